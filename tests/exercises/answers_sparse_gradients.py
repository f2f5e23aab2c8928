"""Answers to chapter 9's exercises, right and wrong."""

import numpy as np


def by_sorting(idx, dout):
    idx, dout = np.ravel(idx), dout.reshape(-1, dout.shape[-1])
    order = np.argsort(idx, kind="stable")
    ids, starts = np.unique(idx[order], return_index=True)
    return ids, np.add.reduceat(dout[order], starts)


def without_sums(idx, dout):
    ids, first = np.unique(idx, return_index=True)
    return ids, dout.reshape(-1, dout.shape[-1])[first]


def unsorted_rows(idx, dout):
    ids, starts = np.unique(np.sort(np.ravel(idx)), return_index=True)
    return ids, np.add.reduceat(dout.reshape(-1, dout.shape[-1]), starts)


def by_loop(W, ids, rows, lr):
    for i, row in zip(ids, rows):
        W[i] -= lr * row


def by_long_array(idx, dout):
    dW = np.zeros((idx.max() + 1, dout.shape[-1]))
    np.add.at(dW, idx, dout)
    ids = np.unique(idx)
    return ids, dW[ids]


def of_all_rows(W, ids, rows, lr):
    dW = np.zeros(W.shape)
    dW[ids] = rows
    W -= lr * dW


def lost(W, ids, rows, lr):
    W = W.copy()
    W[ids] -= lr * rows


def up(W, ids, rows, lr):
    W[ids] += lr * rows


def elsewhere(W, ids, rows, lr):
    W = W.copy()
    W[ids] -= lr * rows
    return W


def over(W, ids, rows, lr):
    W[ids] = -lr * rows


def update_rows(W, squares, ids, rows, lr):
    squares[ids] += np.mean(rows**2, axis=1)
    W[ids] -= lr * rows / (np.sqrt(squares[ids])[:, np.newaxis] + 1e-7)


def update_sums(W, squares, ids, rows, lr):
    squares[ids] += np.sum(rows**2, axis=1)


def missed(m, v, t, k, first=1):
    way = 0.0
    for s in range(t + first, t + first + k):
        m, v = 0.9 * m, 0.999 * v
        way -= 0.1 * (1 - 0.999**s) ** 0.5 / (1 - 0.9**s) * m / (np.sqrt(v) + 1e-7)
    return way


RIGHT = {
    "sum_equal_ids": [by_sorting],
    "sgd_on_rows": [by_loop],
    "one_sum_a_row": [update_rows],
    "missed_steps": [missed],
}
WRONG = {
    "sum_equal_ids": {
        lambda idx, dout: (np.sort(np.ravel(idx)), dout): "each of its places",
        without_sums: "only the first row",
        unsorted_rows: "same order as the ids",
        lambda idx, dout: idx: "return ids, rows",
        by_long_array: "as long as the largest id",
    },
    "sgd_on_rows": {
        of_all_rows: "as large as W",
        lost: "W itself is as it was",
        elsewhere: "W itself is as it was",
        up: "subtract",
        over: "use -=, not =",
    },
    "one_sum_a_row": {update_sums: "take the mean"},
    "missed_steps": {
        lambda *args: -missed(*args): "the sign",
        lambda *args: missed(*args, first=0): "t + 1, not t",
    },
}
