"""Answers to chapter 11's exercises, right and wrong."""

import numpy as np


def skipgram(inputs, outputs, word, ids, rate):
    h, dh = inputs[word].copy(), np.zeros(inputs.shape[1], np.float32)
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-h @ outputs[j])) - (i == 0)
        dh += error * outputs[j]
        outputs[j] -= rate * error * h
    inputs[word] -= rate * dh


def skipgram_too_early(inputs, outputs, word, ids, rate):
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-inputs[word] @ outputs[j])) - (i == 0)
        h = inputs[word].copy()
        inputs[word] -= rate * error * outputs[j]
        outputs[j] -= rate * error * h


def skipgram_in_place(inputs, outputs, word, ids, rate):
    h = inputs[word]
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-h @ outputs[j])) - (i == 0)
        for k in range(len(h)):
            h[k] -= rate * error * outputs[j, k]
            outputs[j, k] -= rate * error * h[k]


def skipgram_summed_early(inputs, outputs, word, ids, rate):
    h, dh = inputs[word], np.zeros(inputs.shape[1], np.float32)
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-h @ outputs[j])) - (i == 0)
        dh += error * outputs[j]
        outputs[j] -= rate * error * h
        h -= rate * dh


EARLY = [skipgram_too_early, skipgram_in_place, skipgram_summed_early]
RIGHT = {"learn_skipgram": [skipgram]}
WRONG = {"learn_skipgram": dict.fromkeys(EARLY, "keep dh apart")}
