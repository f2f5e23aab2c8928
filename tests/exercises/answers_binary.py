"""Answers to chapter 3's exercises, right and wrong."""

import math

import numpy as np


def softmax(scores):
    return np.exp(scores) / np.exp(scores).sum()


def both(scores):
    rows = np.exp(np.stack([scores, 0 * scores], axis=1))
    return rows / rows.sum(axis=1, keepdims=True)


def log_by_cases(s):
    return [-np.log(1 + np.exp(-x)) if x > 0 else x - np.log(1 + np.exp(x)) for x in s]


def log_without_cases(s):
    return np.minimum(s, 0) - np.log1p(np.exp(-np.abs(s)))


def textbook(s):
    return 1 / (1 + np.exp(-s))


def clipped(least):
    return lambda s: np.log(np.clip(textbook(s), least, 1))


RIGHT = {
    "logit": [
        lambda y: -np.log(1 / y - 1),
        lambda y: np.log(y) - np.log1p(-y),
        lambda y: [math.log(p / (1 - p)) for p in y],
    ],
    "first_of_two": [
        lambda scores: both(scores)[:, 0],
        lambda scores: [softmax(np.array([s, 0]))[0] for s in scores],
        textbook,
    ],
    "log_sigmoid": [log_by_cases, log_without_cases],
}
WRONG = {
    "logit": {
        lambda y: np.log(1 / y - 1): "turn the sign",
        lambda y: np.log10(y / (1 - y)): "take np.log",
        lambda y: y / (1 - y): "these are the odds",
        textbook: "the sigmoid once more",
    },
    "first_of_two": {
        lambda scores: both(scores)[:, 1]: "the probability of the other",
        both: "both probabilities",
        softmax: "one softmax over all scores",
    },
    "log_sigmoid": {
        lambda s: np.log(textbook(s)): "minus infinity",
        lambda s: np.log(textbook(s) + 1e-7): "hides the infinity",
        lambda s: s - np.log(1 + np.exp(s)): "exp(",
        **{clipped(10.0**-n): "hides the infinity" for n in (7, 8, 10, 12, 15)},
        lambda s: np.logaddexp(0, -s): "this is the loss",
        lambda s: -np.logaddexp(0, s): "the logarithm of 1 - y",
    },
}
