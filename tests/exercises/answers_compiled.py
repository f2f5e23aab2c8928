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


def skipgram_changed_rows(inputs, outputs, word, ids, rate):
    h, dh = inputs[word].copy(), np.zeros(inputs.shape[1], np.float32)
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-h @ outputs[j])) - (i == 0)
        outputs[j] -= rate * error * h
        dh += error * outputs[j]
    inputs[word] -= rate * dh


def skipgram_on_copies(inputs, outputs, word, ids, rate):
    inputs, outputs = inputs.copy(), outputs.copy()
    skipgram(inputs, outputs, word, ids, rate)
    return inputs, outputs


def skipgram_up(inputs, outputs, word, ids, rate):
    skipgram(inputs, outputs, word, ids, -rate)


def skipgram_without_label(inputs, outputs, word, ids, rate):
    h, y = inputs[word].copy(), outputs[ids]
    error = 1 / (1 + np.exp(-y @ h))
    outputs[ids] -= rate * np.outer(error, h)
    inputs[word] -= rate * error @ y


def skipgram_outputs_alone(inputs, outputs, word, ids, rate):
    skipgram(inputs.copy(), outputs, word, ids, rate)


EARLY = [skipgram_too_early, skipgram_in_place, skipgram_summed_early]
RIGHT = {"learn_skipgram": [skipgram]}
WRONG = {
    "learn_skipgram": {
        **dict.fromkeys(EARLY, "keep dh apart"),
        skipgram_changed_rows: "as it was before its change",
        skipgram_up: "uphill",
        skipgram_without_label: "less 1 for the neighbour",
        skipgram_outputs_alone: "the word's row is as it was",
        skipgram_on_copies: "as they were",
    }
}
