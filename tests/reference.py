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


def random_bits(seed, i):
    """SplitMix64 in whole numbers of Python's, as Steele et al. (2014) write it."""
    z = (seed + i * 0x9E3779B97F4A7C15) & BITS
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & BITS
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & BITS
    return z ^ (z >> 31)


def random_number(seed, i):
    return (random_bits(seed, i) >> 40) / 2**24


def drawn(share, alias, seed, i):
    j = (random_bits(seed, 2 * i) >> 32) * len(share) >> 32
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


def descended(W, ids, slopes, rate, decay):
    """Rows of W, float64, decay and go down their slopes one after the other, in place."""
    for i, slope in zip(ids, slopes, strict=True):
        W[i] -= rate * (slope + decay * W[i])


def learn_a_group(inputs, outputs, words, windows, negatives, negative, rate, decay):
    """What a compiled step of CBOW should do, in float64; windows (T, T) hold weights.

    All words see the rows as they were before, but for output vectors of words that come again.
    """
    inputs, outputs = inputs.astype(float), outputs.astype(float)
    h, n = windows @ inputs[words], outputs[negatives]
    targets = 1 / (1 + np.exp(-np.sum(h * outputs[words], axis=1))) - 1
    share = negative / len(negatives) * (words[:, np.newaxis] != negatives)
    errors = share / (1 + np.exp(-h @ n.T))
    dh = errors @ n
    for t, word in enumerate(words):
        dh[t] += targets[t] * outputs[word]
        descended(outputs, [word], [targets[t] * h[t]], rate, decay)
    descended(inputs, words, windows.T @ dh, rate, decay)
    descended(outputs, negatives, errors.T @ h, rate, decay)
    return inputs, outputs


def guess_in_a_group(
    inputs, outputs, words, windows, guess, guessed, negatives, negative, rate, decay
):
    """The same of skip-gram, where words[guess] guess those of words[guessed] that have a weight.

    All that guess, and all that may be guessed, decay.
    """
    inputs, outputs = inputs.astype(float), outputs.astype(float)
    x, y, n = inputs[words], outputs[words], outputs[negatives]
    pairs = windows * (1 / (1 + np.exp(-x @ y.T)) - 1)
    share = negative / len(negatives) * (words[:, np.newaxis] != negatives)
    errors = windows @ share / (1 + np.exp(-x @ n.T))
    descended(inputs, words[guess], (errors @ n)[guess], rate, decay)
    descended(inputs, words[guess], (pairs @ y)[guess], rate, 0)
    descended(outputs, words[guessed], (pairs.T @ x)[guessed], rate, decay)
    descended(outputs, negatives, errors.T @ x, rate, decay)
    return inputs, outputs
