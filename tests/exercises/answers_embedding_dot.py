"""Answers to chapter 4's exercises, right and wrong."""

import numpy as np


def by_loop(W, h, idx):
    scores = np.empty(idx.shape, np.float32)
    for n, k in np.ndindex(idx.shape):
        scores[n, k] = W[idx[n, k]] @ h[n]
    return scores


def by_product(W, h, idx):
    """All scores, of which some are picked."""
    return np.take_along_axis(h @ W.T, idx, axis=1)


def back(W, h, idx, dout):
    dW, dh = np.zeros_like(W), np.zeros_like(h)
    for n, k in np.ndindex(idx.shape):
        dW[idx[n, k]] += dout[n, k] * h[n]
        dh[n] += dout[n, k] * W[idx[n, k]]
    return dW, dh


def back_by_product(W, h, idx, dout):
    full = np.zeros((len(h), len(W)))
    np.add.at(full, (np.arange(len(h))[:, np.newaxis], idx), dout)
    return [full.T @ h, full @ W]


def put(W, h, idx, dout):
    dW = np.zeros_like(W)
    dW[idx] = dout[:, :, np.newaxis] * h[:, np.newaxis]
    return dW, back(W, h, idx, dout)[1]


def ones(W, h, idx, dout):
    return back(W, h, idx, np.ones(dout.shape))


def of_W(W, h, idx, dout):
    dW = np.zeros_like(W)
    np.add.at(dW, idx, dout[:, :, np.newaxis] * W[idx])
    return dW, back(W, h, idx, dout)[1]


def with_dh(change):
    """Right dW, and a dh of another kind."""
    return lambda W, h, idx, dout: (back(W, h, idx, dout)[0], change(W, h, idx, dout))


RIGHT = {
    "scores_of_several": [by_loop, by_product],
    "backward_of_several": [back, back_by_product],
}
WRONG = {
    "scores_of_several": {
        lambda W, h, idx: np.sum(W[idx] * h[0], axis=2): "h[0] for all",
        lambda W, h, idx: np.sum(W[idx], axis=2): "where is h?",
        lambda W, h, idx: by_loop(W, h, np.repeat(idx[:, :1], idx.shape[1], axis=1)): (
            "each word of a row has its own"
        ),
        lambda W, h, idx: np.sum(W[idx] * h[:, np.newaxis], axis=1): "over the H products",
        lambda W, h, idx: W[idx] @ h.T: "only that of its own row",
    },
    "backward_of_several": {
        put: "it holds only the",
        ones: "dout is missing: each row of h",
        of_W: "made of rows of h",
        lambda *args: back(*args)[::-1]: "and it is dh",
        lambda *args: back(*args)[0]: "two arrays are asked for: return dW, dh.",
        with_dh(lambda W, h, idx, dout: dout[:, :1] * W[idx[:, 0]]): "the first one's part",
        with_dh(lambda W, h, idx, dout: back(W, h, idx, dout)[1] / idx.shape[1]): "without a mean",
        with_dh(lambda W, h, idx, dout: ones(W, h, idx, dout)[1]): "each word's row counts",
    },
}
