"""Slow and plainly right: float64, one number at a time. The layers are tested against these."""

import math

import numpy as np


def numerical_gradient(loss, x, eps=1e-5):
    """d loss() / dx by central differences. `loss` reads x, a float64 array, changed in place."""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + eps
        up = loss()
        x[i] = kept - eps
        down = loss()
        x[i] = kept
        gradient[i] = (up - down) / (2 * eps)
    return gradient


def dot(a, b):
    return sum(float(p) * float(q) for p, q in zip(a, b, strict=True))


def matmul(x, W):
    return np.array([[dot(row, column) for column in W.T] for row in x])


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def softmax_loss(score, t):
    """Mean cross entropy; score (N, V), t (N,) ids."""
    losses = []
    for row, right in zip(score, t, strict=True):
        exps = [math.exp(s) for s in row]
        losses.append(-math.log(exps[right] / sum(exps)))
    return sum(losses) / len(losses)


def sigmoid_loss(score, t):
    """Mean binary cross entropy; score (N,), t (N,) of 0 and 1."""
    losses = []
    for s, yes in zip(score, t, strict=True):
        losses.append(-math.log(sigmoid(s) if yes else 1 - sigmoid(s)))
    return sum(losses) / len(losses)


def embedding_gradient(shape, idx, dout):
    """The loop of DLFS2 4.1.2: each row of dout is added to the row of its word."""
    dW = np.zeros(shape)
    for i in np.ndindex(np.shape(idx)):
        dW[np.asarray(idx)[i]] += dout[i]
    return dW


def window_mean(W, contexts):
    """The mean of the word vectors of each row of contexts (N, C) -> (N, H)."""
    rows = []
    for words in contexts:
        total = np.zeros(W.shape[1])
        for word in words:
            total += W[word]
        rows.append(total / len(words))
    return np.array(rows)


def negative_sampling_loss(h, W, target, negatives):
    """The target's mean loss, plus that of each column of negatives (N, K)."""
    total = 0.0
    for row, word_id, others in zip(h, target, negatives, strict=True):
        total += sigmoid_loss([dot(row, W[word_id])], [1])
        for other in others:
            total += sigmoid_loss([dot(row, W[other])], [0])
    return total / len(target)


BITS = 2**64 - 1


def random_number(seed, i):
    """SplitMix64 in whole numbers of Python's, as Steele et al. (2014) write it."""
    z = (seed + i * 0x9E3779B97F4A7C15) & BITS
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & BITS
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & BITS
    return ((z ^ (z >> 31)) >> 40) / 2**24


def drawn(share, alias, seed, i):
    j = int(random_number(seed, 2 * i) * len(share))
    return j if random_number(seed, 2 * i + 1) < share[j] else int(alias[j])


def window_weights(t, T, window):
    distance = np.abs(np.arange(T) - t)
    weights = np.where((distance > 0) & (distance <= window), 1 / np.maximum(distance, 1), 0)
    return weights / np.sqrt(weights.sum())


def learn_a_line(inputs, outputs, words, share, alias, seed, window, negative, rate, decay):
    """What a warp should do, word after word, in float64."""
    inputs, outputs = inputs.astype(float), outputs.astype(float)
    for t, word in enumerate(words):
        weights = window_weights(t, len(words), window)
        h, dh = weights @ inputs[words], 0
        others = [drawn(share, alias, seed, t * negative + m) for m in range(negative)]
        for other, label in [(word, 1), *((o, 0) for o in others if o != word)]:
            error = 1 / (1 + np.exp(-h @ outputs[other])) - label
            dh = dh + error * outputs[other]
            outputs[other] -= rate * (error * h + label * decay * outputs[other])
        np.add.at(inputs, words, -rate * np.outer(weights, dh))
        inputs[word] -= rate * decay * inputs[word]
    return inputs, outputs
