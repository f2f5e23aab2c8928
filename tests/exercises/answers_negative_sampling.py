"""Answers to chapter 6's exercises, right and wrong."""

import numpy as np

from w2vlib import sigmoid


def every(score):
    return [[(sigmoid(s) - (k == 0)) / len(score) for k, s in enumerate(row)] for row in score]


def times(answer, factor):
    return lambda score: np.array(answer(score)) * factor(score)


def all_no(score):
    return sigmoid(score) / len(score)


def stable(score, label):
    return np.logaddexp(0, (1 - 2 * label) * score)


def by_cases(score, label):
    losses = np.empty_like(score)
    for at in np.ndindex(score.shape):
        s = score[at] if label[at] else -score[at]
        losses[at] = np.log1p(np.exp(-abs(s))) + max(-s, 0)
    return losses


def exchanged(score, label):
    return stable(score, 1 - label)


def plain(score, label):
    y = 1 / (1 + np.exp(-score))
    return -np.log(np.where(label == 1, y, 1 - y))


def clipped(score, label):
    y = np.clip(1 / (1 + np.exp(-score)), 1e-9, 1 - 1e-9)
    return -np.log(np.where(label == 1, y, 1 - y))


def gradients(W, h, words, positive=1):
    t = np.zeros(words.shape)
    t[:, 0] = positive
    y = sigmoid(np.einsum("nh,nkh->nk", h, W[words]))
    return np.einsum("nk,nh->nkh", (y - t) / len(h), h)


def stepped(W, h, words, lr):
    np.subtract.at(W, words, lr * gradients(W, h, words))


def by_loop(W, h, words, lr):
    before = {word: W[word].copy() for word in words.ravel()}
    for n, row in enumerate(words):
        for k, word in enumerate(row):
            W[word] -= lr * (sigmoid(before[word] @ h[n]) - (k == 0)) / len(h) * h[n]


def put(W, h, words, lr):
    W[words] -= lr * gradients(W, h, words)


def uphill(W, h, words, lr):
    stepped(W, h, words, -lr)


def summed(W, h, words, lr):
    stepped(W, h, words, len(h) * lr)


def at_full_rate(W, h, words, lr):
    stepped(W, h, words, 1)


def only_no(W, h, words, lr):
    np.subtract.at(W, words, lr * gradients(W, h, words, 0))


def put_uphill(W, h, words, lr):
    W[words] += lr * gradients(W, h, words)


def by_all_rows(W, h, words, lr):
    dW = np.zeros(W.shape)
    np.add.at(dW, words, gradients(W, h, words))
    W -= lr * dW


def elsewhere(W, h, words, lr):
    W = W.copy()
    stepped(W, h, words, lr)
    return W


RIGHT = {"score_gradients": [every], "question_loss": [stable, by_cases], "step_rows": [by_loop]}
WRONG = {
    "score_gradients": {
        times(every, len): "divide by N: each",
        times(every, lambda score: 1 / score.shape[1]): "divide by N alone",
        times(every, lambda score: len(score) / score.shape[1]): "that divides by K + 1",
        times(every, lambda score: -1): "the sign",
        times(every, lambda score: sigmoid(score) * sigmoid(-score)): "it cancels there",
        all_no: "the label of column 0 is 1",
    },
    "question_loss": {
        exchanged: "are exchanged",
        lambda *args: stable(*args).mean(): "a loss of its own",
        lambda *args: stable(*args).sum(): "a loss of its own",
        lambda score, label: -np.log(sigmoid(score)): "where is the label?",
        lambda score, label: np.logaddexp(0, score): "where is the label?",
        plain: "overflows",
        clipped: "bends the loss",
    },
    "step_rows": {
        put: "keeps only its last gradient",
        uphill: "the wrong way",
        put_uphill: "the wrong way",
        by_all_rows: "with all V rows",
        summed: "divide by the number",
        at_full_rate: "where is lr",
        only_no: "its label is 1",
        elsewhere: "W is as it was",
    },
}
