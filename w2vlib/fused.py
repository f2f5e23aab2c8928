"""Chapter 10: CBOW with negative sampling in NumPy, fused: many words a step, in small products.

The text, thinned of its most frequent words, is cut into blocks of T words; some blocks, taken from
anywhere in the text, make one step. With x the input vectors and y the output vectors of a block's
words, and negs the output vectors of the step's M negatives:

    h = A x             each word's window, summed: A (T, T) is a band beside the diagonal
    h . y, h negsT      the scores of the targets and of the negatives
    dx = AT dh          back through the same band

A neighbour at distance d weighs 1 - (d - 1)/w: that is how often word2vec.c counts it, which draws
the size of each window from 1 to w. A window's sum is divided by the root of its total weight,
there and back: a true gradient, whose steps are about as long as those of word2vec.c, which are
none (Irsoy et al. 2021).

This approximates the CBOW of chapter 7:

- *Windows end with the block.* (They end with the line too, which is meant.) A word near the edge
  of a block misses some neighbours. The cuts fall elsewhere in each epoch.
- *Shared negatives.* All words of a step share M negatives, each weighted K/M. What is expected is
  the same as for K negatives a word, but the words of a step no longer draw apart from each other.
- *A negative that is the word itself* is left out, not drawn again.
- *Stale rows.* All words of a step see the vectors as they were before it.

A step touches only the rows of its own words: its cost does not grow with the vocabulary.

What works inside a step, `step`, `gradients`, `window_weights` and `draw`, checks no argument:
`train` has checked what it hands on.
"""

import numpy as np

from w2vlib import check, fused_skipgram
from w2vlib.descent import add_decay, descend, find_repeats, sigmoid, softplus
from w2vlib.draws import AliasTable, draw_others, kept_share, negative_weights
from w2vlib.engine import Engine
from w2vlib.pieces import pieces
from w2vlib.reading import EOS

__all__ = [
    "AliasTable",
    "add_decay",
    "descend",
    "draw",
    "draw_others",
    "find_repeats",
    "gradients",
    "sigmoid",
    "step",
    "window_band",
    "window_weights",
]

BLOCK = 32  # T, words in a block
BLOCKS = 16  # blocks in a step, at most; fewer, where ...
REPEATS = 8  # ... one word alone would come more often than this in a step, on average
SHARING = 64 / 5  # M/K, negatives that the words of a step share, for each negative of a word
EVERY = 64  # steps from one whose loss is computed to the next


def fit(
    vectors, outputs, corpus, *,
    window, negative, power, epochs, subsample, learning_rate, decay, seed, report,
    model="cbow", first=0,
):  # fmt: skip
    """Train both matrices in place, by the arguments of `w2vlib.train`; see Engine."""
    weigh, learn, estimate = window_weights, step, loss
    if model == "skipgram":
        weigh, learn = fused_skipgram.pair_weights, fused_skipgram.step
        estimate = fused_skipgram.loss
    thresholds = np.cumsum(negative_weights(corpus.counts, power))
    thresholds /= thresholds[-1]
    band = window_band(window)
    keep = kept_share(corpus.counts, subsample)
    size = blocks_per_step(corpus.counts * keep)
    total = epochs * len(corpus)
    for piece in pieces(corpus, epochs, seed, first):
        blocks, lines = cut_blocks(piece, keep, piece.rng)
        order, done = piece.rng.permutation(len(blocks)), piece.done
        for number, start in enumerate(range(0, len(order), size)):
            chosen = order[start : start + size]
            windows = weigh(lines.take(chosen, axis=0), band)
            negatives = draw(thresholds, round(SHARING * negative), piece.rng)
            rate = learning_rate * (1 - done / total)
            settings = blocks.take(chosen, axis=0), windows, negatives, negative
            found = None if number % EVERY else estimate(vectors, outputs, *settings)
            learn(vectors, outputs, *settings, rate, decay)
            before = done
            done = piece.done + len(piece) * (start + len(chosen)) // len(order)
            report(done - before, found)
        yield


def step(inputs, outputs, ids, windows, negatives, negative, rate, decay):
    """One step of gradient descent, in place on both (V, H) arrays.

    inputs, outputs: (V, H) float32.
    ids: (B, T) integers of the machine's size, np.intp: B blocks of T words.
    windows: (B, T, T) float32, of `window_weights`.
    negatives: (M,) ids, shared by all words, each weighted K/M with K `negative`; where one is the
        word itself, it is left out.
    rate, decay: the learning rate, and the weight decay: a row's gradient grows by decay times the
        row each time that it is used.
    Raises nothing: `train` has checked what it passes on.
    Source: chapter 10; negatives shared by a batch as in Ji et al. 2016.

    >>> inputs, outputs = np.ones((9, 2), np.float32), np.zeros((9, 2), np.float32)
    >>> ids, lines = np.arange(BLOCK)[np.newaxis] % 8, np.zeros((1, BLOCK), int)
    >>> windows = window_weights(lines, window_band(2))
    >>> step(inputs, outputs, ids, windows, np.array([8]), negative=5, rate=0.01, decay=0)
    >>> bool((outputs[:8] > 0).all()), bool((outputs[8] < 0).all())
    (True, True)
    """
    words = ids.ravel()
    weight = np.float32(negative / len(negatives))
    weights = (words[:, np.newaxis] != negatives) * weight
    x, y = inputs.take(ids, axis=0), outputs.take(words, axis=0)
    negs = outputs.take(negatives, axis=0)
    dx, dy, dnegs = gradients(x, y, negs, windows, weights)
    add_decay((dx, dy, dnegs), (x, y, negs), decay)
    repeats = find_repeats(words)
    descend(inputs, repeats, dx, rate)
    descend(outputs, repeats, dy, rate)
    descend(outputs, find_repeats(negatives), dnegs, rate)


def gradients(x, y, negs, windows, weights):
    """Gradients of the loss by the input and output vectors of a step's words and negatives.

    The loss is the sum over all words of -log sigmoid(h . y) and, for each negative, of
    -weight * log sigmoid(-h . neg), where h = windows @ x.

    x: (B, T, H) float, input vectors.
    y: (BT, H), output vectors.
    negs: (M, H), output vectors of the negatives.
    windows, weights: (B, T, T) and (BT, M).
    Returns dx (BT, H), dy (BT, H), dnegs (M, H).
    Raises nothing.
    Source: chapter 10; Mikolov et al. 2013b, equation 4.

    >>> x, y, negs = np.ones((1, 2, 1)), np.zeros((2, 1)), np.zeros((1, 1))
    >>> windows, weights = np.array([[[0.0, 1.0], [1.0, 0.0]]]), np.ones((2, 1))
    >>> dx, dy, dnegs = gradients(x, y, negs, windows, weights)
    >>> dy.ravel(), dnegs.ravel()  # sigmoid(0) - 1 twice; sigmoid(0) for both words
    (array([-0.5, -0.5]), array([1.]))
    """
    h = (windows @ x).reshape(y.shape)
    dpositive = (sigmoid(np.vecdot(h, y)) - 1)[:, np.newaxis]
    dnegative = sigmoid(h @ negs.T)
    dnegative *= weights
    dh = dnegative @ negs
    dh += dpositive * y
    dx = windows.mT @ dh.reshape(x.shape)
    return dx.reshape(y.shape), dpositive * h, dnegative.T @ h


def loss(inputs, outputs, ids, windows, negatives, negative):
    """The mean loss of a step's words before the `step`; None where none has neighbours.

    The loss of a word is -log sigmoid(h . y), and K/M times -log sigmoid(-h . neg) for each of the
    M negatives that is not the word itself.

    The arguments are those of `step`.
    """
    words = ids.ravel()
    others = words[:, np.newaxis] != negatives
    h = (windows @ inputs.take(ids, axis=0)).reshape(len(words), -1)
    y = outputs[words, : h.shape[1]]
    negs = outputs[negatives, : h.shape[1]]
    found = softplus(-np.vecdot(h, y))
    found += negative / len(negatives) * (softplus(h @ negs.T) * others).sum(axis=1)
    counted = windows.any(axis=2).ravel()
    return float(found[counted].mean()) if counted.any() else None


def blocks_per_step(counts):
    """BLOCKS, or as few as keep the expected repeats of the most frequent word below REPEATS.

    The gradients of a word that comes often in a step add up while its vector stands still: with
    too many of them descent overshoots. It matters for a small vocabulary.
    """
    return int(np.clip(REPEATS / (BLOCK * counts.max() / counts.sum()), 1, BLOCKS))


def cut_blocks(text, keep, rng):
    """The text, each word kept with its probability, in blocks -> ids and lines, both (n, T).

    text: a Corpus or a Piece. `lines` numbers the line that a word stands in. A rest shorter than
    a block is left out, at another end each time.
    """
    ids, lines = text.ids, np.zeros(len(text), np.int32)
    if EOS in text.vocabulary:
        np.cumsum(ids[:-1] == text.vocabulary[EOS], out=lines[1:])
    kept = rng.random(len(ids), dtype=np.float32) < keep[ids]
    ids, lines = ids[kept], lines[kept]
    if len(ids) < BLOCK:  # fill up the only block with words on lines of their own: no neighbours
        missing = BLOCK - len(ids)
        ids = np.append(ids, np.zeros(missing, np.int32))
        lines = np.append(lines, np.arange(-missing, 0, dtype=np.int32))
    n, rest = divmod(len(ids), BLOCK)
    first = rng.integers(rest + 1)
    inside = slice(first, first + n * BLOCK)
    return ids[inside].reshape(n, BLOCK).astype(np.intp), lines[inside].reshape(n, BLOCK)


def window_band(window):
    """What a word weighs for another of its block, by their distance d: 1 - (d - 1)/w, w `window`.

    Returns (T, T) float32, 0 where d is 0 or more than w.
    Raises TypeError or ValueError unless window is a whole number from 1 up.
    Source: the mean of word2vec.c, which draws each window's size from 1 to w.

    >>> window_band(2)[0, :4]
    array([0. , 1. , 0.5, 0. ], dtype=float32)
    """
    check.whole(window, "window")
    place = np.arange(BLOCK)
    distance = np.abs(place[:, np.newaxis] - place)
    band = np.maximum(0, 1 - (distance - 1) / window)
    np.fill_diagonal(band, 0)
    return band.astype(np.float32)


def window_weights(lines, band):
    """What the other words of its block weigh for each word.

    The band, without the pairs on different lines; each row is divided by the root of its sum.

    lines: (B, T) ints, the line that each word stands in.
    band: (T, T) float32, of `window_band`.
    Returns (B, T, T) float32.
    Raises nothing.
    Source: chapter 10.

    >>> lines = np.zeros((1, BLOCK), int)
    >>> lines[0, 2:] = 1
    >>> window_weights(lines, window_band(2))[0, 0, :4]  # the third word is on another line
    array([0., 1., 0., 0.], dtype=float32)
    """
    same = lines[:, :, np.newaxis] == lines[:, np.newaxis, :]
    windows = same * band
    total = windows.sum(axis=2, keepdims=True)
    windows /= np.sqrt(np.where(total > 0, total, 1))
    return windows


def draw(thresholds, size, rng):
    """`size` ids, each with the probability that `thresholds`, their running sum, gives to it.

    One draw falls into each of `size` equal parts of [0, 1): each id is expected as often as among
    independent draws, and is found closer to that number. A binary search: O(log V) a draw.

    thresholds: (V,) float, rising to 1.
    Returns ids, an array of shape (size,).
    Raises nothing.
    Source: stratified sampling, as in Cochran 1977, chapter 5.

    >>> draw(np.array([0.25, 0.25, 1.0]), 8, np.random.default_rng(0))
    array([0, 0, 2, 2, 2, 2, 2, 2])
    """
    return thresholds.searchsorted((np.arange(size) + rng.random(size)) / size)


def touches(negative, vector_size):
    """Numbers moved for a word: a block's rows, and its part of the negatives that a step shares.

    Each row is read and copied, its gradient read and added; then six for the update.
    """
    shared = SHARING * negative / BLOCKS
    return 10 * (2 * BLOCK + shared) * vector_size / BLOCK


# The defaults take it to the quality of gensim in 15 epochs (tools/bench.py measures it).
ENGINE = Engine(
    name="numpy",
    says="needs nothing but NumPy",
    stage="fused in NumPy",
    fit=fit,
    defaults={
        "cbow": {"subsample": 1e-3, "learning_rate": 0.2, "decay": 0.05},
        "skipgram": {"subsample": 1e-3, "learning_rate": 0.1, "decay": 0.05},
    },
    touches=touches,
    # Above a rate of 1, LARGEST_STEP would cut more than half of the steps.
    limits={"window": BLOCK - 1, "negative": 1000, "learning_rate": 1},
)
