"""Skip-gram with negative sampling in Numba: chapter 11's plan, turned round.

Each word of a group guesses the words of its window. With x the input and y the output vectors of
its T words, and n the output vectors of the M negatives that they share:

    P = x yT, S = x nT                  the scores of the pairs and of the negatives
    dx = dP y + dS n                    by their errors, dP and dS
    dy = dPT x, dn = dST x

P (T, T) is a band beside the diagonal. Narrow products along it take the place of CBOW's window
sums, so that all guesses of a word together cost little more than CBOW's one.

A pair at distance d weighs 1/d. This approximates the skip-gram of chapter 7 as `compiled` does its
CBOW, but for the negatives: each of the M weighs K/M of what the pairs of a word weigh together,
without those pairs whose target it is. It is left out there, not drawn again.
"""

import numpy as np

from w2vlib.compiled import (
    EVERY,
    band_product,
    cached,
    compiled,
    descend,
    draw_negatives,
    f32,
    gather,
    longest_line,
    next_group,
    product,
    reach,
    scores,
    sigmoid,
)


@cached
def train_lines(inputs, outputs, text, order, group, band, sampling, rate, decay, state):
    """Train on the lines whose numbers are in `order`, as `compiled.train_lines` does for CBOW.

    Of long lines no more than twice `group` words guess in a step. Returns the loss of some steps,
    summed over their pairs, each times its weight, and what these weigh.
    """
    words = np.empty(group + longest_line(text, order), np.int64)
    first, last = np.empty_like(words), np.empty_like(words)
    negatives = np.empty(sampling.shared, np.int64)
    room = make_room(2 * group + 3, len(words) + 3, sampling.shared, outputs.shape[1])
    done, groups, losses, counted = 0, 0, 0.0, 0.0
    while done < len(order):
        done, size = next_group(words, first, last, text, order, done, group, len(band) - 1, state)
        steps = 1 + size // (2 * group)
        for i in range(steps):
            part = size * i // steps, size * (i + 1) // steps
            draw_negatives(negatives, sampling, state)
            if groups % EVERY == 0:
                found, among = loss(
                    inputs, outputs, words[:size], first, last, *part, negatives,
                    band, sampling.negative,
                )  # fmt: skip
                losses, counted = losses + found, counted + among
            step(
                inputs, outputs, words[:size], first, last, *part, negatives,
                band, sampling.negative, rate, decay, room,
            )  # fmt: skip
            groups += 1
    return losses, counted


def is_ready():
    """Whether the machine code is there in this process."""
    return bool(train_lines.signatures)


@compiled
def make_room(T, C, M, H):
    """Where a `step` on up to T - 3 words that guess, and up to C - 3 guessed, keeps what it needs.

    Returns, all float32 but for the last two: x, dx (T, H), y, dy (C, H), n, dn (M, H), the pairs
        (T, C), errors (T, M) and weights (T, M) of the negatives; guessed (T, 2) and guessing
        (C, 2), the first column and the end of what is used of a row of pairs, and of a column.
    """
    x, dx = np.zeros((T, H), f32), np.zeros((T, H), f32)
    y, dy = np.zeros((C, H), f32), np.zeros((C, H), f32)
    n, dn = np.zeros((M, H), f32), np.zeros((M, H), f32)
    pairs, errors, weights = np.zeros((T, C), f32), np.zeros((T, M), f32), np.zeros((T, M), f32)
    guessed, guessing = np.zeros((T, 2), np.int64), np.zeros((C, 2), np.int64)
    return x, dx, y, dy, n, dn, pairs, errors, weights, guessed, guessing


@compiled
def step(inputs, outputs, words, first, last, start, stop, negatives, band, K, rate, decay, room):
    """One step, in place on `inputs` and `outputs`: words start to stop - 1 guess their windows.

    The other arguments are those of `compiled.step`.
    """
    if start == stop:
        return
    x, dx, y, dy, n, dn, pairs, errors, weights, guessed, guessing = room
    begin, end = first[start], last[stop - 1]  # of all that is guessed
    T, C = stop - start, end - begin
    for t in range(T):
        guessed[t] = first[start + t] - begin, last[start + t] - begin
    for c in range(C):
        guessing[c] = max(0, first[begin + c] - start), min(T, last[begin + c] - start)
    gather(x, inputs, words[start:stop])
    gather(y, outputs, words[begin:end])
    gather(n, outputs, negatives)
    # The products take four rows at a time: the last ones are 0.
    x[T:], y[C:], pairs[: T + 3, : C + 3], errors[T:] = 0, 0, 0, 0
    rows = T + -T % 4
    scores(errors[:rows], x[:rows], n)
    there = words[begin:end], guessed, guessing, start - begin
    weigh_negatives(weights[:T], *there, negatives, band, K)
    for t in range(T):
        for m in range(len(negatives)):
            errors[t, m] = sigmoid(errors[t, m]) * weights[t, m]
    pair_errors(pairs, x, y, guessed[:T], start - begin, band)
    product(dn, errors[:rows].T, x[:rows])
    band_product(dy, pairs.T, x, guessing[:C, 0], guessing[:C, 1])
    product(dx[:rows], errors[:rows], n)
    descend(inputs, words[start:stop], dx, rate, decay)
    band_product(dx, pairs, y, guessed[:T, 0], guessed[:T, 1])
    descend(inputs, words[start:stop], dx, rate, f32(0))
    descend(outputs, words[begin:end], dy, rate, decay)
    descend(outputs, negatives, dn, rate, decay)


@compiled
def loss(inputs, outputs, words, first, last, start, stop, negatives, band, K):
    """The loss before a `step`, summed over its pairs, each times its weight.

    That of a pair is -log sigmoid(x . y), and K/M times -log sigmoid(-x . n) for each of the M
    negatives that is not its target.

    The arguments are those of `step`. Returns the sum, and what the pairs weigh.
    """
    share, total, counted = K / f32(len(negatives)), 0.0, 0.0
    for t in range(start, stop):
        for j in range(first[t], last[t]):
            if j != t:
                found = np.log(sigmoid(score(inputs, outputs, words[t], words[j])))
                total -= band[abs(j - t)] * found
                counted += band[abs(j - t)]
        for m in negatives:
            found = np.log(sigmoid(-score(inputs, outputs, words[t], m)))
            for j in range(first[t], last[t]):
                if words[j] != m:
                    total -= share * band[abs(j - t)] * found
    return total, counted


@compiled
def score(inputs, outputs, word, other):
    """The product of the input vector of a word and the output vector of another."""
    total = f32(0)
    for k in range(inputs.shape[1]):
        total += inputs[word, k] * outputs[other, k]
    return total


@compiled
def weigh_negatives(weights, words, guessed, guessing, shift, negatives, band, K):
    """weights[t, m] = K/M times the total weight of what word t guesses, but for the word m itself.

    weights: (T, M) float32.
    words: (C,) ids of what is guessed.
    guessed, guessing: as `make_room` says.
    shift: which of `words` the first word that guesses is.
    negatives, band, K: as `step` takes them.
    """
    share = K / f32(len(negatives))
    for t in range(len(weights)):
        total = f32(0)
        for c in range(guessed[t, 0], guessed[t, 1]):
            total += band[abs(c - shift - t)]
        for m in range(len(negatives)):
            weights[t, m] = share * total
    for c in range(len(words)):
        for m in range(len(negatives)):
            if negatives[m] == words[c]:
                for t in range(guessing[c, 0], guessing[c, 1]):
                    weights[t, m] -= share * band[abs(c - shift - t)]


@compiled
def pair_errors(pairs, x, y, guessed, shift, band):
    """The weighted errors of all guesses; 0 stays where nothing is guessed.

    pairs: (T or more, C or more) float32.
    x, y: (T or more, H) and (C or more, H) float32.
    guessed, shift, band: as `weigh_negatives` takes them.
    """
    for i in range(0, len(guessed), 2):
        start, stop = reach(guessed[:, 0], guessed[:, 1], i)
        scores(pairs[i : i + 2, start:stop], x[i : i + 2], y[start:stop])
        for t in range(i, i + 2):
            for c in range(start, stop):
                if t < len(guessed) and guessed[t, 0] <= c < guessed[t, 1]:
                    error = sigmoid(pairs[t, c]) - f32(1)
                    pairs[t, c] = band[abs(c - shift - t)] * error
                else:
                    pairs[t, c] = 0
