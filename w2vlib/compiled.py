"""Chapter 11: CBOW with negative sampling in Numba: plain loops, compiled, on as many cores as wanted.

The lines of the text come in a new random order in each epoch. A few of them, thinned of their most
frequent words, make up a group: one step. With x the input and y the output vectors of its T words,
and n the output vectors of its M negatives, a step is that of chapter 10:

    h = A x             each word's window, summed: A (T, T) is a band beside the diagonal
    h . y  and  h nT    the scores of the targets and of the negatives
    dx = AT dh          back through the same band

A neighbour at distance d weighs 1/d. A window's sum is divided by the root of its total weight.

This approximates the CBOW of chapter 7:

- *Windows end with the line* (which is meant), and a line of more than two groups, or than two
  windows where these are longer, is cut.
- *Shared negatives.* The words of a group share M negatives, each weighted K/M. One that is the
  word itself is left out, not drawn again.
- *Stale rows.* All words of a group see the input vectors as they were before it.
- *A sigmoid of two polynomials*, wrong by 0.00005 at most.
- *Races.* Threads change the same vectors without waiting for each other (Hogwild, Recht et al.
  2011). A group touches few of the V rows: where two meet, a change may be lost, and little is.

What a group needs stays in the caches nearest to the processor.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

__all__ = [
    "descend",
    "draw",
    "gather",
    "learn_targets",
    "make_room",
    "product",
    "random",
    "scale_windows",
    "scores",
    "sigmoid",
    "step",
    "weigh_errors",
    "window_sums",
]

f32 = np.float32


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
def train_lines(inputs, outputs, text, order, group, band, sampling, rate, state):
    """Train on the lines whose numbers are in `order`: a step for every `group` words, or some more.

    band: (1 + w,) float32, the weight of a neighbour by its distance; state: as `random` takes it.
    """
    window = len(band) - 1
    longest = 0
    for i in range(len(order)):
        longest = max(longest, text.lines[order[i] + 1] - text.lines[order[i]])
    words = np.empty(group + longest, np.int64)
    first, last = np.empty_like(words), np.empty_like(words)
    negatives = np.empty(sampling.shared, np.int64)
    room = make_room(len(words) + 3, sampling.shared, outputs.shape[1])
    size = 0
    for i in range(len(order)):
        start = size
        for place in range(text.lines[order[i]], text.lines[order[i] + 1]):
            words[size] = text.ids[place]
            # or else the next word takes its place
            size += random(state) < text.keep[text.ids[place]]
        for t in range(start, size):
            first[t], last[t] = max(start, t - window), min(size, t + window + 1)
        if size >= group or i == len(order) - 1:
            for m in range(len(negatives)):
                negatives[m] = draw(sampling.share, sampling.alias, state)
            step(
                inputs, outputs, words[:size], first, last, negatives,
                band, sampling.negative, rate, room,
            )  # fmt: skip
            size = 0


def is_ready():
    """Whether the machine code is there in this process."""
    return bool(train_lines.signatures)


@compiled
def random(state):
    """The next number in [0, 1), float32, by xorshift (Marsaglia 2003); state: (1,) uint64."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return f32(x >> np.uint64(40)) * f32(2**-24)


@compiled
def draw(share, alias, state):
    """An id, from the two parts of an AliasTable."""
    i = int(random(state) * f32(len(share)))
    return i if random(state) < share[i] else int(alias[i])


@compiled
def make_room(T, M, H):
    """Where a step keeps x, h, dh (T, H), n, dn (M, H), the errors (T, M) and the scales (T,)."""
    x, h = np.zeros((T, H), f32), np.zeros((T, H), f32)
    dh = np.zeros((T, H), f32)
    n, dn = np.zeros((M, H), f32), np.zeros((M, H), f32)
    return x, h, dh, n, dn, np.zeros((T, M), f32), np.zeros(T, f32)


@compiled
def step(inputs, outputs, words, first, last, negatives, band, K, rate, room):
    """One step on a group, in place on inputs (V, H) and outputs (V, H and more, for `lanes`).

    words (T,) ids; the window of word t is words first[t] to last[t] - 1, without t; negatives (M,)
    ids, weighted K/M; band (1 + w,) the weight of a neighbour by its distance; room: what
    `make_room` makes.
    """
    x, h, dh, n, dn, errors, scale = room
    # The products take four rows at a time: the last ones are 0.
    T, rows = len(words), len(words) + -len(words) % 4
    h, dh, errors = h[:rows], dh[:rows], errors[:rows]
    h[T:], errors[T:] = 0, 0
    gather(x, inputs, words)
    gather(n, outputs, negatives)
    window_sums(h, x, first, last, band, T)
    scale_windows(h, scale, first, last, band, T)
    scores(errors, h, n)
    weigh_errors(errors, words, negatives, K)
    product(dh, errors, n)
    product(dn, errors.T, h)
    learn_targets(outputs, words, h, dh, scale, rate)
    window_sums(x, dh, first, last, band, T)
    descend(inputs, words, x, rate)
    descend(outputs, negatives, dn, rate)


@compiled
def gather(rows, W, ids):
    """rows[i] = W[ids[i]], as far as W has columns."""
    for i in range(len(ids)):
        j = ids[i]  # read once, here: the inner loop may be done many numbers at a time
        for k in range(W.shape[1]):
            rows[i, k] = W[j, k]


@compiled
def descend(W, ids, gradients, rate):
    """W[ids[i]] -= rate * gradients[i], one after the other: an id may come again."""
    for i in range(len(ids)):
        j = ids[i]
        for k in range(W.shape[1]):
            W[j, k] -= rate * gradients[i, k]


@compiled
def window_sums(sums, x, first, last, band, T):
    """sums[t] = the rows of x in the window of t, each times its weight, added up."""
    for t in range(T):
        for k in range(x.shape[1]):
            sums[t, k] = 0
        for j in range(first[t], last[t]):
            weight = band[abs(j - t)]
            for k in range(x.shape[1]):
                sums[t, k] += weight * x[j, k]


@compiled
def scale_windows(h, scale, first, last, band, T):
    """Divide each window's sum by the root of its total weight; scale[t] is what it was times."""
    for t in range(T):
        total = f32(0)
        for j in range(first[t], last[t]):
            total += band[abs(j - t)]
        scale[t] = f32(1) / np.sqrt(total) if total else f32(0)
        for k in range(h.shape[1]):
            h[t, k] *= scale[t]


@compiled
def weigh_errors(errors, words, negatives, negative):
    """Scores become the errors of the negatives, each weighted K/M; a word is not its own."""
    weight = negative / f32(len(negatives))
    for t in range(len(words)):
        for m in range(len(negatives)):
            another = negatives[m] != words[t]
            errors[t, m] = sigmoid(errors[t, m]) * weight * another


@compiled
def learn_targets(outputs, words, h, dh, scale, rate):
    """The positive examples: add their part to dh, scale it, and move their output vectors."""
    for t in range(len(words)):
        u, score = words[t], f32(0)
        for k in range(h.shape[1]):
            score += h[t, k] * outputs[u, k]
        error = sigmoid(score) - f32(1)
        for k in range(h.shape[1]):
            y = outputs[u, k]
            dh[t, k] = (dh[t, k] + error * y) * scale[t]
            outputs[u, k] = y - rate * error * h[t, k]


@compiled
def scores(result, h, n):
    """result = h @ n.T, by two rows and four columns: what is loaded serves several products.

    xp is the sum of the products of x and p, and so on.
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
    """C = A @ B, by two rows of C and four of B: what is loaded serves several times."""
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
    """1 / (1 + exp(-x)) = (1 + tanh(x/2)) / 2, with the tangent as a continued fraction (Lambert)."""
    x = min(max(x, f32(-9.8)), f32(9.8)) / f32(2)
    q = x * x
    above = f32(135135) + q * (f32(17325) + q * (f32(378) + q))
    below = f32(135135) + q * (f32(62370) + q * (f32(3150) + q * f32(28)))
    return f32(0.5) + f32(0.5) * x * above / below
