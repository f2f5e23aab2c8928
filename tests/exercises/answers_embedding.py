"""Answers to chapter 2's exercises, right and wrong."""

import numpy as np


def by_loop(idx, dout, V):
    """Word by word: the rows that asked for it, summed."""
    return np.array([dout[idx == word].sum(axis=0) for word in range(V)])


def by_index(idx, dout, V):
    dW = np.zeros((V, dout.shape[-1]), np.float32)
    np.add.at(dW, idx, dout)
    return dW


def by_counts(idx, dout, V):
    """Column by column: bincount sums weights."""
    return np.stack([np.bincount(idx, column, V) for column in dout.T], axis=1)


def overwritten(idx, dout, V):
    last = {int(word): row for word, row in zip(idx, dout)}
    return np.array([last.get(word, 0 * dout[0]) for word in range(V)])


def of_contexts(gradient):
    return lambda idx, dout, V: gradient(idx.ravel(), dout.reshape(-1, dout.shape[-1]), V)


def to_the_first(idx, dout, V):
    return by_loop(idx[:, 0], dout.sum(axis=1), V)


def first_alone(idx, dout, V):
    dW = np.zeros((V, dout.shape[1]))
    words, first = np.unique(idx, return_index=True)
    dW[words] = dout[first]
    return dW


def dout_unsorted(idx, dout, V):
    dW = np.zeros((V, dout.shape[1]))
    words, starts = np.unique(np.sort(idx), return_index=True)
    dW[words] = np.add.reduceat(dout, starts)
    return dW


def packed(idx, dout, V):
    dW, right = np.zeros((V, dout.shape[1])), by_loop(idx, dout, V)
    dW[: len(np.unique(idx))] = right[np.unique(idx)]
    return dW


def into_the_void(idx, dout, V):
    return np.add.at(np.zeros((V, dout.shape[-1])), idx, dout)


RIGHT = {
    "gradient_by_product": [by_loop, by_index, by_counts],
    "repair_the_overwrite": [of_contexts(by_loop), of_contexts(by_counts)],
    "gradient_by_sorting": [by_loop, by_index, by_counts],
}
WRONG = {
    "gradient_by_product": {
        overwritten: "it holds only the",
        lambda *args: by_loop(*args).T: "its transpose",
    },
    "repair_the_overwrite": {
        of_contexts(overwritten): "+= computes first, then assigns",
        to_the_first: "all goes to the first id",
        into_the_void: "it returns None: its last line should return the result",
    },
    "gradient_by_sorting": {
        overwritten: "it holds only the last gradient",
        first_alone: "it holds only the first gradient",
        dout_unsorted: "take dout in the same order",
        packed: "each belongs into the row of its id",
    },
}
