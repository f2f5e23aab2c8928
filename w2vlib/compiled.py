"""Chapter 11: CBOW with negative sampling in Numba: plain loops, compiled, on many cores.

The lines of the text come in a new random order in each epoch. A few of them, thinned of their most
frequent words, make up a group: one step. With x the input and y the output vectors of its T words,
and n the output vectors of its M negatives, a step is that of chapter 10:

    h = A x             each word's window, summed: A (T, T) is a band beside the diagonal
    h . y  and  h nT    the scores of the targets and of the negatives
    dx = AT dh          back through the same band

A neighbour at distance d weighs 1/d. A window's sum is divided by the root of its total weight.
Every row that a step moves also decays: it loses the share rate * decay of itself.

This approximates the CBOW of chapter 7:

- *Windows end with the line* (which is meant), and a line of more than 40 words is cut.
- *Shared negatives.* The words of a group share M negatives, each weighted K/M. One that is the
  word itself is left out, not drawn again.
- *Stale rows.* All words of a group see the input vectors as they were before it.
- *A sigmoid of two polynomials*, wrong by 0.00005 at most.
- *Races.* Threads change the same vectors without waiting for each other (Hogwild, Recht et al.
  2011). A group touches few of the V rows: where two meet, a change may be lost, and little is.

What a group needs stays in the caches nearest to the processor.

What is compiled checks no argument: that would cost what it saves. `train` has checked what it
hands on; a wrong id reads or writes outside the array, and may crash Python.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

__all__ = [
    "band_product",
    "descend",
    "draw",
    "forward",
    "gather",
    "learn_targets",
    "make_room",
    "product",
    "random",
    "scores",
    "sigmoid",
    "step",
    "target_errors",
    "weigh_errors",
    "weigh_windows",
]

f32 = np.float32

EVERY = 64  # groups from one whose loss is computed to the next

compiled = njit(fastmath=True, nogil=True, error_model="numpy", forceinline=True)


def cached(function):
    """`function` compiled with all that it calls, and kept on disk for the next run."""
    options = {"fastmath": True, "nogil": True, "error_model": "numpy"}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # no folder to write to, neither beside this file nor of the user's own
        return njit(**options)(function)


class Text(NamedTuple):
    """A text to train on: ids (T,) int32, lines (n + 1,) int64, where each line starts and the last
    one ends, and keep (V,) float32, the share of each word that is not thinned away."""

    ids: np.ndarray
    lines: np.ndarray
    keep: np.ndarray


class Sampling(NamedTuple):
    """How negatives are drawn: the two parts of an AliasTable, share (V,) float32 and alias (V,);
    how many a group shares, a multiple of 4; and for how many of a word's own these stand, K."""

    share: np.ndarray
    alias: np.ndarray
    shared: int
    negative: np.float32


@cached
def train_lines(inputs, outputs, text, order, group, band, sampling, rate, decay, state):
    """Train on the lines whose numbers are in `order`: a step for every `group` words or more.

    band: (1 + w,) float32, the weight of a neighbour by its distance; state: as `random` takes it.
    Returns the loss of some groups, summed over their words, and how many words these are.
    """
    words = np.empty(group + longest_line(text, order), np.int64)
    first, last = np.empty_like(words), np.empty_like(words)
    negatives = np.empty(sampling.shared, np.int64)
    room = make_room(len(words) + 3, sampling.shared, outputs.shape[1])
    done, groups, losses, counted = 0, 0, 0.0, 0
    while done < len(order):
        done, size = next_group(words, first, last, text, order, done, group, len(band) - 1, state)
        draw_negatives(negatives, sampling, state)
        these = words[:size], first[:size], last[:size]
        if groups % EVERY == 0:
            found, among = loss(inputs, outputs, *these, negatives, band, sampling.negative, room)
            losses, counted = losses + found, counted + among
        step(inputs, outputs, *these, negatives, band, sampling.negative, rate, decay, room)
        groups += 1
    return losses, counted


def is_ready():
    """Whether the machine code is there in this process."""
    return bool(train_lines.signatures)


@compiled
def longest_line(text, order):
    """How many words the longest of these lines has."""
    longest = 0
    for i in order:
        longest = max(longest, text.lines[i + 1] - text.lines[i])
    return longest


@compiled
def next_group(words, first, last, text, order, done, group, window, state):
    """Thin lines from order[done] on, until there are `group` words, and set up their windows.

    Returns how many lines are done, and how many words there are.
    """
    size = 0
    while done < len(order) and size < group:
        start = size
        for place in range(text.lines[order[done]], text.lines[order[done] + 1]):
            words[size] = text.ids[place]
            # or else the next word takes its place
            size += random(state) < text.keep[text.ids[place]]
        for t in range(start, size):
            first[t], last[t] = max(start, t - window), min(size, t + window + 1)
        done += 1
    return done, size


@compiled
def draw_negatives(negatives, sampling, state):
    """Fill `negatives` (M,) with ids, by a Sampling."""
    for m in range(len(negatives)):
        negatives[m] = draw(sampling.share, sampling.alias, state)


@compiled
def random(state):
    """The next number in [0, 1), float64: float32 has too few to choose from a million words.

    state: (1,) uint64, not 0, changed in place.
    Raises nothing.
    Source: xorshift, Marsaglia 2003.

    >>> state = np.array([88172645463325252], np.uint64)
    >>> 0 <= random(state) < 1, random(state) != random(state)
    (True, True)
    """
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return (x >> np.uint64(11)) * 2.0**-53


@compiled
def draw(share, alias, state):
    """An id, from the two parts of an `AliasTable`.

    share, alias: (V,) float32 and (V,) ids.
    state: as `random` takes it.
    Raises nothing.
    Source: Walker 1977; Vose 1991.

    >>> share, alias = np.array([0, 1], np.float32), np.array([1, 1])  # id 1 alone
    >>> draw(share, alias, np.array([88172645463325252], np.uint64))
    1
    """
    i = int(random(state) * len(share))
    return i if random(state) < share[i] else int(alias[i])


@compiled
def make_room(T, M, H):
    """Where a `step` on T words with M negatives keeps what it computes on the way.

    Returns x, h, dh (T, H), n, dn (M, H), the windows (T, T), and the errors of the targets (T,)
        and of the negatives (T, M), all float32.
    Raises nothing.
    Source: chapter 11.

    >>> [array.shape for array in make_room(8, 4, 5)]
    [(8, 5), (8, 5), (8, 5), (4, 5), (4, 5), (8, 8), (8,), (8, 4)]
    """
    x, h = np.zeros((T, H), f32), np.zeros((T, H), f32)
    dh = np.zeros((T, H), f32)
    n, dn = np.zeros((M, H), f32), np.zeros((M, H), f32)
    return x, h, dh, n, dn, np.zeros((T, T), f32), np.zeros(T, f32), np.zeros((T, M), f32)


@compiled
def step(inputs, outputs, words, first, last, negatives, band, K, rate, decay, room):
    """One step on a group, in place on `inputs` and `outputs`.

    inputs, outputs: (V, H) and (V, H and more, for `lanes`), float32.
    words: (T,) ids; the window of word t is words first[t] to last[t] - 1, without t.
    first, last: (T,) ints, both rising.
    negatives: (M,) ids, weighted K/M.
    band: (1 + w,) float32, the weight of a neighbour by its distance.
    rate, decay: float32, the learning rate, and the weight decay.
    room: what `make_room` makes for T + 3 words.
    Raises nothing: `train` has checked what it passes on.
    Source: chapter 11; word2vec.c; negatives shared by a batch as in Ji et al. 2016.

    >>> inputs, outputs = np.ones((9, 4), f32), np.zeros((9, 4), f32)
    >>> words, first, last = np.array([0, 1]), np.array([0, 0]), np.array([2, 2])
    >>> numbers = np.array([0, 1], f32), f32(5), f32(0.1), f32(0)  # band, K, rate, decay
    >>> step(inputs, outputs, words, first, last, np.arange(5, 9), *numbers, make_room(5, 4, 4))
    >>> outputs[[0, 5], 0].round(3)  # the word comes nearer, the negative goes away
    array([ 0.05 , -0.125], dtype=float32)
    """
    forward(inputs, outputs, words, first, last, negatives, band, room)
    x, h, dh, n, dn, windows, targets, errors = room
    rows = len(words) + -len(words) % 4
    weigh_errors(errors, words, negatives, K)
    product(dh[:rows], errors[:rows], n)
    product(dn, errors[:rows].T, h[:rows])
    learn_targets(outputs, words, h, dh, targets, rate, decay)
    band_product(x, windows.T, dh, first, last)
    descend(inputs, words, x, rate, decay)
    descend(outputs, negatives, dn, rate, decay)


@compiled
def forward(inputs, outputs, words, first, last, negatives, band, room):
    """The rows of a group and its windows, the errors of its targets, and the negatives' scores.

    All are written into `room`: x, h, n, the windows, the errors of the targets (T,), and the
    scores of the negatives (T, M), float32.

    The arguments are those of `step`.
    Raises nothing.
    Source: chapter 11.

    >>> words, first, last = np.array([0, 1]), np.array([0, 0]), np.array([2, 2])
    >>> room, band = make_room(5, 4, 4), np.array([0, 1], f32)
    >>> forward(np.ones((9, 4), f32), np.zeros((9, 4), f32), words, first, last, words, band, room)
    >>> room[6][:2]  # sigmoid(0) - 1
    array([-0.5, -0.5], dtype=float32)
    """
    x, h, _, n, _, windows, targets, errors = room
    gather(x, inputs, words)
    gather(n, outputs, negatives)
    weigh_windows(windows, first, last, band)
    band_product(h, windows, x, first, last)
    # The products take four rows at a time: the last ones are 0.
    T, rows = len(words), len(words) + -len(words) % 4
    h[T:rows] = 0
    target_errors(targets, outputs, words, h)
    scores(errors[:rows], h[:rows], n)


@compiled
def loss(inputs, outputs, words, first, last, negatives, band, K, room):
    """The loss of a group before its `step`, summed over the words that have neighbours.

    That of a word is -log sigmoid(h . y), and K/M times -log sigmoid(-h . n) for each of the M
    negatives that is not the word itself.

    The arguments are those of `step`. Returns the sum, and how many words these are.
    """
    forward(inputs, outputs, words, first, last, negatives, band, room)
    _, _, _, _, _, _, targets, found = room
    weight, total, counted = K / f32(len(negatives)), 0.0, 0
    for t in range(len(words)):
        if last[t] - first[t] > 1:
            total -= np.log(f32(1) + targets[t])
            for m in range(len(negatives)):
                if negatives[m] != words[t]:
                    total -= weight * np.log(sigmoid(-found[t, m]))
            counted += 1
    return total, counted


@compiled
def gather(rows, W, ids):
    """rows[i] = W[ids[i]], as far as W has columns.

    rows, W, ids: (n, H), (V, H) float32, (n,) ids.
    Raises nothing.
    Source: chapter 11.

    >>> rows = np.zeros((2, 1), f32)
    >>> gather(rows, np.array([[1], [2], [3]], f32), np.array([2, 0]))
    >>> rows.ravel()
    array([3., 1.], dtype=float32)
    """
    for i in range(len(ids)):
        j = ids[i]  # read once, here: the inner loop may be done many numbers at a time
        for k in range(W.shape[1]):
            rows[i, k] = W[j, k]


@compiled
def descend(W, ids, gradients, rate, decay):
    """Rows W[ids[i]] decay, and go down gradients[i], one after the other: an id may come again.

    W, ids, gradients: (V, H) float32, (n,) ids, (n, H) float32.
    rate, decay: float32, the learning rate, and the weight decay.
    Raises nothing.
    Source: chapter 11; weight decay, Krogh and Hertz 1992.

    >>> W = np.ones((9, 1), f32)
    >>> descend(W, np.array([7, 3, 7]), np.ones((3, 1), f32), f32(0.25), f32(0))
    >>> W[3], W[7]
    (array([0.75], dtype=float32), array([0.5], dtype=float32))
    """
    kept = f32(1) - rate * decay
    for i in range(len(ids)):
        j = ids[i]
        for k in range(W.shape[1]):
            W[j, k] = kept * W[j, k] - rate * gradients[i, k]


@compiled
def weigh_windows(windows, first, last, band):
    """windows[t, j] = what word j weighs in the window of t; else 0.

    The weights go by the distance. Those of a window are divided by the root of their sum.

    windows: (T + 3, T + 3) float32, or more, of which as many become 0.
    first, last: (T,), a window is words first[t] to last[t] - 1, without t.
    band: (1 + w,) float32, a weight by distance.
    Raises nothing.
    Source: chapter 11.

    >>> windows, band = np.zeros((3, 3), f32), np.array([0, 4], f32)
    >>> weigh_windows(windows, np.array([0, 0, 2]), np.array([2, 2, 3]), band)
    >>> windows  # two words, and one alone
    array([[0., 2., 0.],
           [2., 0., 0.],
           [0., 0., 0.]], dtype=float32)
    """
    used = min(len(first) + 3, len(windows))
    for t in range(used):
        for j in range(used):
            windows[t, j] = 0
    for t in range(len(first)):
        total = f32(0)
        for j in range(first[t], last[t]):
            total += band[abs(j - t)]
        scale = f32(1) / np.sqrt(total) if total else f32(0)
        for j in range(first[t], last[t]):
            windows[t, j] = band[abs(j - t)] * scale


@compiled
def band_product(C, A, B, first, last):
    """C = A @ B where row t of A is 0 but for its columns first[t] to last[t] - 1.

    Two rows at a time, by the columns that either uses, in fours.

    C, A, B: (T, H), (T, J) and (J, H) float32, or more; rows past T, and three columns past the
        last that is used, have to be there, and be 0 in A.
    first, last: (T,) ints, both rising.
    Raises nothing.
    Source: chapter 11.

    >>> C, A, B = np.ones((4, 1), f32), np.eye(4, 7, dtype=f32), np.arange(7, dtype=f32)
    >>> band_product(C, A, B.reshape(7, 1), np.arange(4), np.arange(1, 5))
    >>> C.ravel()
    array([0., 1., 2., 3.], dtype=float32)
    """
    for i in range(0, len(first), 2):
        start, stop = reach(first, last, i)
        product(C[i : i + 2], A[i : i + 2, start:stop], B[start:stop])


@compiled
def weigh_errors(errors, words, negatives, negative):
    """Scores become the errors of the negatives, each weighted K/M; a word is not its own.

    errors: (T, M) float32, the scores, changed in place.
    words, negatives: (T,) and (M,) ids.
    negative: float32, K.
    Raises nothing.
    Source: chapter 11.

    >>> errors = np.zeros((1, 2), f32)
    >>> weigh_errors(errors, np.array([7]), np.array([3, 7]), f32(4))
    >>> errors
    array([[1., 0.]], dtype=float32)
    """
    weight = negative / f32(len(negatives))
    for t in range(len(words)):
        for m in range(len(negatives)):
            another = negatives[m] != words[t]
            errors[t, m] = sigmoid(errors[t, m]) * weight * another


@compiled
def reach(first, last, i):
    """The columns that rows i and i + 1 of a band use, in fours: from the first up to the end."""
    start, stop = first[i], last[min(i + 1, len(first) - 1)]
    return start, stop + (start - stop) % 4


@compiled
def target_errors(errors, outputs, words, h):
    """errors[t] = sigmoid(score) - 1, by the score of word t as the target of h[t].

    errors, outputs, words, h: (T or more,), (V, H) float32, (T,) ids, (T or more, H) float32.
    Raises nothing.
    Source: chapter 11; Mikolov et al. 2013b, equation 4.

    >>> errors = np.zeros(1, f32)
    >>> target_errors(errors, np.zeros((9, 1), f32), np.array([7]), np.ones((1, 1), f32))
    >>> errors.item()
    -0.5
    """
    for t in range(len(words)):
        u, score = words[t], f32(0)
        for k in range(h.shape[1]):
            score += h[t, k] * outputs[u, k]
        errors[t] = score
    for t in range(len(words)):
        errors[t] = sigmoid(errors[t]) - f32(1)


@compiled
def learn_targets(outputs, words, h, dh, errors, rate, decay):
    """The positive examples: add their part to dh, and move their output vectors.

    outputs: (V, H) float32.
    words, errors: (T,) ids, and (T or more,) float32 from `target_errors`.
    h, dh: (T or more, H) float32.
    rate, decay: float32, the learning rate, and the weight decay.
    Raises nothing.
    Source: chapter 11; Mikolov et al. 2013b, equation 4.

    >>> outputs, h, dh = np.zeros((9, 1), f32), np.ones((1, 1), f32), np.zeros((1, 1), f32)
    >>> errors = np.array([-0.5], f32)
    >>> learn_targets(outputs, np.array([7]), h, dh, errors, f32(0.5), f32(0))
    >>> outputs[7].item()
    0.25
    """
    kept = f32(1) - rate * decay
    for t in range(len(words)):
        u, error = words[t], errors[t]
        for k in range(h.shape[1]):
            y = outputs[u, k]
            dh[t, k] += error * y
            outputs[u, k] = kept * y - rate * error * h[t, k]


@compiled
def scores(result, h, n):
    """result = h @ n.T, by two rows and four columns: what is loaded serves several products.

    xp is the sum of the products of x and p, and so on.

    result, h, n: (T, M), (T, H) and (M, H) float32, T a multiple of 2 and M of 4.
    Raises nothing.
    Source: chapter 11; register blocking as in Goto and van de Geijn 2008.

    >>> result, h = np.zeros((2, 4), f32), np.arange(6, dtype=f32).reshape(2, 3)
    >>> n = np.arange(12, dtype=f32).reshape(4, 3)
    >>> scores(result, h, n)
    >>> np.array_equal(result, h @ n.T)
    True
    """
    for t in range(0, len(h), 2):
        for m in range(0, len(n), 4):
            xp = xq = xr = xs = yp = yq = yr = ys = f32(0)
            for k in range(h.shape[1]):
                x, y = h[t, k], h[t + 1, k]
                p, q = n[m, k], n[m + 1, k]
                r, s = n[m + 2, k], n[m + 3, k]
                xp, xq = xp + x * p, xq + x * q
                xr, xs = xr + x * r, xs + x * s
                yp, yq = yp + y * p, yq + y * q
                yr, ys = yr + y * r, ys + y * s
            result[t, m], result[t, m + 1] = xp, xq
            result[t, m + 2], result[t, m + 3] = xr, xs
            result[t + 1, m], result[t + 1, m + 1] = yp, yq
            result[t + 1, m + 2], result[t + 1, m + 3] = yr, ys


@compiled
def product(C, A, B):
    """C = A @ B, by two rows of C and four of B: what is loaded serves several times.

    C, A, B: (I, K), (I, J) and (J, K) float32, I a multiple of 2 and J of 4.
    Raises nothing.
    Source: chapter 11; register blocking as in Goto and van de Geijn 2008.

    >>> A, B = np.arange(8, dtype=f32).reshape(2, 4), np.arange(12, dtype=f32).reshape(4, 3)
    >>> C = np.zeros((2, 3), f32)
    >>> product(C, A, B)
    >>> np.array_equal(C, A @ B)
    True
    """
    for i in range(0, len(C), 2):
        for k in range(C.shape[1]):
            C[i, k] = C[i + 1, k] = 0
        for j in range(0, len(B), 4):
            xp, xq = A[i, j], A[i, j + 1]
            xr, xs = A[i, j + 2], A[i, j + 3]
            yp, yq = A[i + 1, j], A[i + 1, j + 1]
            yr, ys = A[i + 1, j + 2], A[i + 1, j + 3]
            for k in range(C.shape[1]):
                p, q = B[j, k], B[j + 1, k]
                r, s = B[j + 2, k], B[j + 3, k]
                C[i, k] += xp * p + xq * q + xr * r + xs * s
                C[i + 1, k] += yp * p + yq * q + yr * r + ys * s


@compiled
def sigmoid(x):
    """1 / (1 + exp(-x)) = (1 + tanh(x/2)) / 2, of one float32 without a shape, off by < 0.00005.

    Raises nothing.
    Source: Lambert's continued fraction of the tangent.

    >>> [round(float(sigmoid(f32(x))), 3) for x in (-100, 0, 1)]
    [0.0, 0.5, 0.731]
    """
    x = min(max(x, f32(-9.8)), f32(9.8)) / f32(2)
    q = x * x
    above = f32(135135) + q * (f32(17325) + q * (f32(378) + q))
    below = f32(135135) + q * (f32(62370) + q * (f32(3150) + q * f32(28)))
    return f32(0.5) + f32(0.5) * x * above / below
