"""Chapter 11: CBOW with negative sampling in Numba: plain loops, compiled, on as many cores as wanted.

The lines of the text come in a new random order in each epoch. A few of them, thinned of their most
frequent words, make up a group: one step. With x the input and y the output vectors of its T words,
and n the output vectors of its M negatives, a step is that of chapter 10:

    h = A x             each word's window, summed: A (T, T) is a band beside the diagonal
    h . y  and  h nT    the scores of the targets and of the negatives
    dx = AT dh          back through the same band

A neighbour at distance d weighs 1/d. A window's sum is divided by the root of its total weight.

This approximates the CBOW of chapter 7:

- *Windows end with the line* (which is meant), and a line of more than two groups is cut.
- *Shared negatives.* The words of a group share M negatives, each weighted K/M. One that is the
  word itself is left out, not drawn again.
- *Stale rows.* All words of a group see the input vectors as they were before it.
- *A sigmoid of two polynomials*, wrong by 0.00005 at most.
- *Races.* Threads change the same vectors without waiting for each other (Hogwild, Recht et al.
  2011). A group touches few of the V rows: where two meet, a change may be lost, and little is.

What a group needs stays in the caches nearest to the processor.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from w2vlib.corpus import EOS
from w2vlib.fused import AliasTable, kept_share

try:
    from numba import njit
except ImportError as error:
    raise ImportError(
        'engine="compiled" needs Numba: python -m pip install "w2vlib[speed]"; '
        'engine="numpy" works without it'
    ) from error

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

GROUP = 20  # words in a group, or a few more; fewer, where ...
REPEATS = 2  # ... one word alone would come more often than this in a group, on average
SHARING = 16 / 5  # M/K, negatives that the words of a group share, for each negative of a word
START = 8  # times larger than word2vec.c's first vectors, which take epochs to leave 0
CHUNK = 50_000  # words of the text from one report to the next
LANES = 8  # numbers that the processor takes at a time: rows are filled up to a multiple

f32 = np.float32


compiled = njit(fastmath=True, nogil=True, error_model="numpy", forceinline=True)


def cached(function):
    """`function` compiled with all that it calls, and kept on disk for the next run."""
    options = {"fastmath": True, "nogil": True, "error_model": "numpy"}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # no folder to write to, neither beside this file nor of the user's own
        return njit(**options)(function)


def fit(
    vectors, corpus, *,
    window, negative, power, epochs, subsample, learning_rate, rng, report, threads=1,
):  # fmt: skip
    """Train `vectors`, (V, H) float32, in place, by the arguments of `w2vlib.train`.

    `report(tokens)` is called after each chunk with the number of words of the text it stands for.
    With more threads than one, no two runs are quite the same.
    """
    vectors *= np.float32(START)
    V, H = vectors.shape
    outputs = np.zeros((V, H + -H % LANES), np.float32)
    band = np.append(0, 1 / np.arange(1, window + 1)).astype(np.float32)
    keep = kept_share(corpus.counts, subsample)
    group = words_per_group(corpus.counts * keep)
    ids, lines = np.require(corpus.ids, np.int32, "CW"), cut_lines(corpus, 2 * group)
    table = AliasTable(corpus.counts**power)
    share, alias = table.share.astype(np.float32), table.alias
    shared = 4 * int(np.ceil(SHARING * negative / 4))
    states = rng.integers(1, 2**63, size=(threads, 1), dtype=np.uint64)
    chunks = int(np.ceil(len(corpus) / CHUNK))
    done, total = 0, epochs * len(corpus)

    def work(order, state):
        rate = learning_rate * (1 - done / total)
        train_lines(
            vectors, outputs, ids, lines, order, group, keep, share, alias,
            shared, band, f32(negative), f32(rate), state,
        )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        for _ in range(epochs):
            for order in np.array_split(rng.permutation(len(lines) - 1), chunks):
                list(pool.map(work, np.array_split(order, threads), states))
                tokens = int(np.sum(lines[order + 1] - lines[order]))
                done += tokens
                report(tokens)


def make_ready():
    """Compile, or load what an earlier run has compiled, by training on a text without words."""
    none, no_lines = np.zeros(0, np.int32), np.zeros(1, np.int64)
    W, share = np.zeros((1, LANES), np.float32), np.ones(1, np.float32)
    train_lines(
        W, W, none, no_lines, no_lines[:0], 1, share, share, no_lines, 4, share, f32(1), f32(0),
        np.ones(1, np.uint64),
    )  # fmt: skip


def is_ready():
    """Whether the machine code is there in this process."""
    return bool(train_lines.signatures)


def words_per_group(counts):
    """GROUP, or as few as keep the expected repeats of the most frequent word below REPEATS."""
    return int(np.clip(REPEATS * counts.sum() / counts.max(), 1, GROUP))


def cut_lines(corpus, longest):
    """Where in the text each line starts, longer ones cut, and last where the text ends: (n + 1,)."""
    starts = np.zeros(1, np.int64)
    if EOS in corpus.vocabulary:
        ends = np.flatnonzero(corpus.ids[:-1] == corpus.vocabulary[EOS])
        starts = np.append(starts, ends + 1)
    pieces = -(-np.diff(starts, append=len(corpus)) // longest)
    before = np.repeat(np.cumsum(pieces) - pieces, pieces)  # pieces of the lines before
    place = longest * (np.arange(len(before)) - before)  # in its line
    return np.append(np.repeat(starts, pieces) + place, len(corpus))


@cached
def train_lines(
    inputs, outputs, ids, lines, order, group, keep, share, alias,
    shared, band, negative, rate, state,
):  # fmt: skip
    """Train on the lines whose numbers are in `order`, a group after the other."""
    window = len(band) - 1
    words = np.empty(3 * group, np.int64)
    first, last = np.empty_like(words), np.empty_like(words)
    negatives = np.empty(shared, np.int64)
    room = make_room(3 * group + 3, shared, outputs.shape[1])
    size = 0
    for i in range(len(order)):
        start = size
        for place in range(lines[order[i]], lines[order[i] + 1]):
            words[size] = ids[place]
            size += random(state) < keep[ids[place]]  # or else the next word takes its place
        for t in range(start, size):
            first[t], last[t] = max(start, t - window), min(size, t + window + 1)
        if size >= group or i == len(order) - 1:
            for m in range(shared):
                negatives[m] = draw(share, alias, state)
            step(inputs, outputs, words[:size], first, last, negatives, band, negative, rate, room)
            size = 0


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
    """One step on a group, in place on inputs (V, H) and outputs (V, H and more, for LANES).

    words (T,) ids; the window of word t is words first[t] to last[t] - 1, without t; negatives (M,)
    ids, weighted K/M; band (1 + w,) the weight of a neighbour by its distance;
    room: what `make_room` makes.
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
