"""Answers to chapter 6's exercises, right and wrong."""

import numpy as np

from w2vlib import sigmoid


def stable(score, label):
    return np.logaddexp(0, (1 - 2 * label) * score)


def exchanged(score, label):
    return stable(score, 1 - label)


def of_all(score, label):
    return stable(score, label).mean()


def plain(score, label):
    y = 1 / (1 + np.exp(-score))
    return -np.log(np.where(label == 1, y, 1 - y))


def gradients(W, h, words):
    t = np.zeros(words.shape)
    t[:, 0] = 1
    y = sigmoid(np.einsum("nh,nkh->nk", h, W[words]))
    return np.einsum("nk,nh->nkh", (y - t) / len(h), h)


def stepped(W, h, words, lr):
    np.subtract.at(W, words, lr * gradients(W, h, words))


def put(W, h, words, lr):
    W[words] -= lr * gradients(W, h, words)


def uphill(W, h, words, lr):
    stepped(W, h, words, -lr)


def summed(W, h, words, lr):
    stepped(W, h, words, len(h) * lr)


def elsewhere(W, h, words, lr):
    W = W.copy()
    stepped(W, h, words, lr)
    return W


RIGHT = {"question_loss": [stable], "step_rows": [stepped]}
WRONG = {
    "question_loss": {exchanged: "are exchanged", of_all: "the shape is ()", plain: "overflows"},
    "step_rows": {
        put: "keeps only its last gradient",
        uphill: "the wrong way",
        summed: "divide by the number",
        elsewhere: "W is as it was",
    },
}
