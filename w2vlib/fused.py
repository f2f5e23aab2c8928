"""Chapter 10: CBOW with negative sampling in NumPy, fused: many words a step, all in matrix products.

The text, thinned of its most frequent words, is cut into blocks of T words. Inside a block
everything is a product of small matrices; B blocks in random order make one step. With x the rows
of the input vectors and y those of the output vectors of a block's T words, and n the output
vectors of its M negatives:

    h = A x         the mean of each word's window: A is (T, T), a band beside the diagonal
    h . y, h nT     the scores of the targets and of the negatives
    dx = AT dh      the gradient goes back through the same band

What this approximates, and the plain CBOW of chapter 7 does not:

- *Windows end with the block.* (They end with the line too, which is meant.) A word near a block's
  edge sees fewer neighbours. The cuts fall elsewhere in each epoch.
- *Shared negatives.* The words of a block share M negatives, each weighted K/M. The expectation is
  that of K negatives a word; the draws of the block's words are no longer independent.
- *A word is not its own negative*: such pairs are left out, not drawn again.
- *Stale rows.* All words of a step see the vectors as they were before it.

A step touches only the rows of its own words: it costs the same whatever the vocabulary.
"""

import numpy as np

from w2vlib.corpus import EOS

BLOCK = 64  # T, words in a block
BLOCKS = 8  # B, blocks in a step
NEGATIVES = 16  # M, negatives that the words of a block share


def fit(vectors, corpus, *, window, negative, power, epochs, subsample, learning_rate, rng, report):
    """Train `vectors`, (V, H) float32, in place.

    `report(tokens)` is called after each step with the number of words of the text that it stands
    for. The other arguments are those of `w2vlib.train`.
    """
    inputs = AdaGrad(vectors)
    outputs = AdaGrad(np.zeros_like(vectors))
    thresholds = cumulative(corpus.counts**power)
    band = window_band(window)
    weight = np.float32(negative / NEGATIVES)
    for epoch in range(epochs):
        blocks, lines = cut_blocks(corpus, subsample, rng)
        order = rng.permutation(len(blocks))
        reported = 0
        for start in range(0, len(order), BLOCKS):
            done = start / len(order)
            rate = np.float32(learning_rate * (1 - (epoch + done) / epochs))
            chosen = order[start : start + BLOCKS]
            ids = blocks[chosen]
            windows = window_means(lines[chosen], band)
            negatives = draw(thresholds, (len(ids), NEGATIVES), rng)
            x, y, n = inputs.rows(ids), outputs.rows(ids), outputs.rows(negatives)
            dx, dy, dn = gradients(x, y, n, windows, ids[:, :, None] != negatives[:, None, :], weight)
            inputs.update(ids, dx, rate)
            outputs.update(np.hstack([ids, negatives]), np.hstack([dy, dn]), rate)
            tokens = round((done + len(chosen) / len(order)) * len(corpus.ids))
            report(tokens - reported)
            reported = tokens


def gradients(x, y, n, windows, allowed, weight):
    """Gradients of the loss by the rows x, y (B, T, H) and n (B, M, H) -> dx, dy, dn.

    The loss is the sum over all words of -log sigmoid(h . y) and, for each negative that is
    `allowed` (B, T, M), of -weight * log sigmoid(-h . n), where h = windows @ x, windows (B, T, T).
    """
    h = windows @ x
    dpositive = sigmoid(np.vecdot(h, y)) - 1
    dnegative = sigmoid(h @ n.mT) * allowed * weight
    dpositive = dpositive[:, :, None]
    dh = dpositive * y + dnegative @ n
    return windows.mT @ dh, dpositive * h, dnegative.mT @ h


def sigmoid(x):
    """1 / (1 + exp(-x)), by the hyperbolic tangent: fast, and it cannot overflow."""
    return np.float32(0.5) * np.tanh(np.float32(0.5) * x) + np.float32(0.5)


def cut_blocks(corpus, subsample, rng):
    """The text without some of its frequent words, cut into blocks -> ids, lines, both (n, T).

    A word that makes up the share f of the text is kept with probability sqrt(t/f) + t/f, where t
    is `subsample` (Mikolov et al. 2013, as in word2vec.c); 0 keeps all. `lines` numbers the line
    that each word stands in. A rest shorter than a block is left out, at another end each time.
    """
    ids = corpus.ids
    lines = np.zeros(len(ids), np.int32)
    if EOS in corpus.vocabulary:
        np.cumsum(ids[:-1] == corpus.vocabulary[EOS], out=lines[1:])
    if subsample:
        ratio = subsample * len(ids) / np.maximum(corpus.counts, 1)
        keep = (np.sqrt(ratio) + ratio).astype(np.float32)
        kept = rng.random(len(ids), dtype=np.float32) < keep[ids]
        ids, lines = ids[kept], lines[kept]
    if len(ids) < BLOCK:  # fill one block with words in lines of their own, which have no window
        missing = BLOCK - len(ids)
        ids = np.append(ids, np.zeros(missing, np.int32))
        lines = np.append(lines, -1 - np.arange(missing, dtype=np.int32))
    n = len(ids) // BLOCK
    first = rng.integers(len(ids) - n * BLOCK + 1)
    inside = slice(first, first + n * BLOCK)
    return ids[inside].reshape(n, BLOCK), lines[inside].reshape(n, BLOCK)


def window_band(window):
    """(T, T) float32: 1 where two places of a block are at most `window` words apart, else 0."""
    place = np.arange(BLOCK)
    distance = np.abs(place[:, None] - place)
    return ((distance > 0) & (distance <= window)).astype(np.float32)


def window_means(lines, band):
    """(B, T, T) float32: row i holds 1/n at the n neighbours of word i that share its line."""
    windows = (lines[:, :, None] == lines[:, None, :]) * band
    windows /= np.maximum(windows.sum(axis=2, keepdims=True), np.float32(1e-6))
    return windows


def cumulative(weights):
    """Running sum of `weights`, scaled to end in 1: what `draw` searches."""
    total = np.cumsum(weights, dtype=np.float64)
    return total / total[-1]


def draw(thresholds, shape, rng):
    """Ids in proportion to the weights, by a binary search: O(log V) a draw."""
    return np.searchsorted(thresholds, rng.random(shape), side="right").astype(np.int32)


class AdaGrad:
    """Rows of a weight matrix, updated with a step size of their own (Duchi et al. 2011).

    The usual AdaGrad keeps a sum of squared gradients for each weight; here there is one for each
    row, so that the state is V numbers. `W` is changed in place.
    """

    def __init__(self, W):
        self.W = W
        self.squares = np.zeros(len(W), W.dtype)

    def rows(self, ids):
        return self.W.take(ids, axis=0)

    def update(self, ids, grads, rate):
        """Move the rows `ids`; the gradients of a row that comes more than once are summed."""
        ids, grads = sum_repeats(ids.ravel(), grads.reshape(-1, grads.shape[-1]))
        self.squares[ids] += np.vecdot(grads, grads) / grads.shape[1]
        grads *= (rate / np.sqrt(self.squares[ids] + np.float32(1e-12)))[:, None]
        self.W[ids] -= grads


def sum_repeats(ids, rows):
    """Sum the rows of equal ids: (n,), (n, H) -> the different ids, in order, and their sums.

    Faster than `np.add.at`, which adds number by number. Most ids come once: their row is copied.
    The second row of each repeated id is added to its first, then the third, and so on.
    """
    order = np.argsort(ids, kind="stable")
    unique, start, count = np.unique(ids[order], return_index=True, return_counts=True)
    sums = rows.take(order[start], axis=0)
    repeated, turn = np.flatnonzero(count > 1), 1
    while len(repeated):
        sums[repeated] += rows.take(order[start[repeated] + turn], axis=0)
        turn += 1
        repeated = repeated[count[repeated] > turn]
    return unique, sums
