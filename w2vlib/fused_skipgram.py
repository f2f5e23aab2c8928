"""Skip-gram with negative sampling in NumPy, fused: chapter 10's plan, turned round.

Each word of a block guesses the words of its window. With x the input and y the output vectors of
the block, and negs the output vectors of the step's M negatives:

    P = x yT, S = x negsT               the scores of the pairs and of the negatives
    dx = dP y + dS negs                 by their errors, dP and dS
    dy = dPT x, dnegs = dST x

P (T, T) is nearly as small as CBOW's band, and most of it is needed: all guesses of a word together
cost little more than CBOW's one.

A pair at distance d weighs 1 - (d - 1)/w: that is how often word2vec.c takes it. This approximates
the skip-gram of chapter 7 as `fused` does its CBOW, but for the negatives: each of the M weighs K/M
of what the pairs of a word weigh together, without those pairs whose target it is. It is left out
there, not drawn again.
"""

import numpy as np

from w2vlib.descent import add_decay, descend, find_repeats, sigmoid, softplus


def step(inputs, outputs, ids, windows, negatives, negative, rate, decay):
    """One step of gradient descent, in place on both (V, H) arrays.

    ids: (B, T) integers of the machine's size, np.intp: B blocks of T words.
    windows: (B, T, T) float32, of `pair_weights`.
    negatives: (M,) ids, shared by all words; negative: K.
    rate, decay: as `fused.step` takes them.
    """
    weights = negative_weights(ids, windows, negatives, negative)
    x, y = inputs.take(ids, axis=0), outputs.take(ids, axis=0)
    negs = outputs.take(negatives, axis=0)
    dx, dy, dnegs = gradients(x, y, negs, windows, weights)
    add_decay((dx, dy, dnegs), (x, y, negs), decay)
    repeats = find_repeats(ids.ravel())
    descend(inputs, repeats, dx, rate)
    descend(outputs, repeats, dy, rate)
    descend(outputs, find_repeats(negatives), dnegs, rate)


def negative_weights(ids, windows, negatives, negative):
    """What each negative weighs for each word, (B, T, M): K/M of the pairs that have other targets.

    The arguments are those of `step`.
    """
    share = np.float32(negative / len(negatives))
    return windows @ ((ids[:, :, np.newaxis] != negatives) * share)


def gradients(x, y, negs, windows, weights):
    """Gradients of the loss by the input and output vectors of a step's words and negatives.

    The loss is the sum over all pairs of -window * log sigmoid(x . y) and, for each word and each
    negative, of -weight * log sigmoid(-x . neg).

    x, y: (B, T, H) float, input and output vectors.
    negs: (M, H), output vectors of the negatives.
    windows, weights: (B, T, T) and (B, T, M).
    Returns dx (BT, H), dy (BT, H), dnegs (M, H).
    """
    H = x.shape[2]
    flat = x.reshape(-1, H)
    dpositive = sigmoid(x @ y.mT)
    dpositive -= 1
    dpositive *= windows
    dnegative = sigmoid(flat @ negs.T)
    dnegative *= weights.reshape(dnegative.shape)
    dx = (dpositive @ y).reshape(-1, H)
    dx += dnegative @ negs
    return dx, (dpositive.mT @ x).reshape(-1, H), dnegative.T @ flat


def loss(inputs, outputs, ids, windows, negatives, negative):
    """The mean loss of a step's pairs, by their weight, before the `step`; None where it has none.

    The loss of a pair is -log sigmoid(x . y), and K/M times -log sigmoid(-x . neg) for each of the
    M negatives that is not its target.

    The arguments are those of `step`.
    """
    x, H = inputs.take(ids, axis=0), inputs.shape[1]
    y, negs = outputs[ids, :H], outputs[negatives, :H]
    weights = negative_weights(ids, windows, negatives, negative)
    total = np.vdot(windows, softplus(-x @ y.mT)) + np.vdot(weights, softplus(x @ negs.T))
    return float(total / windows.sum()) if windows.any() else None


def pair_weights(lines, band):
    """What each pair of words of a block weighs: the band, without pairs on different lines.

    lines: (B, T) ints, the line that each word stands in.
    band: (T, T) float32, of `fused.window_band`.
    Returns (B, T, T) float32.
    """
    return (lines[:, :, np.newaxis] == lines[:, np.newaxis, :]) * band
