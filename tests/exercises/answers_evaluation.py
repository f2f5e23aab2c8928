"""Answers to chapter 8's exercises, right and wrong."""

import numpy as np


def odd(rows):
    return (rows @ rows.mean(axis=0)).argmin()


def cos_mul(wv, a, b, c):
    cosines = [[float(row @ wv.unit[wv.vocabulary[word]]) for row in wv.unit] for word in (a, b, c)]
    up_a, up_b, up_c = (np.array(cosines) + 1) / 2
    return up_b * up_c / (up_a + 0.001)


RIGHT = {
    "odd_one_out": [lambda wv, words: odd(wv.unit[wv.vocabulary.ids(words)])],
    "cos_mul": [cos_mul],
}
WRONG = {
    "odd_one_out": {
        lambda wv, words: odd(np.array([wv[word] for word in words])): "do not count",
    },
    "cos_mul": {
        lambda wv, a, b, c: np.zeros(len(wv.unit)): "numbers differ",
    },
}
