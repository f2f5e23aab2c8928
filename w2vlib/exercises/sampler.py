"""Chapter 5: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Fields, Number, Numbers, in_place, sizes

ROWS = 10_000  # drawn, to see how often each word comes
CHANGED = "p has changed: set the target to 0 in a copy of it."
OWN = "a row holds its own target"
UNLIKE = "the words do not come in proportion to the rest of p."
AGAIN = (
    "throwing the whole row again gives rare words more than their share: keep the words that are "
    "there, and draw the next from what they leave of p."
)


def comes_otherwise(found, p):
    """Whether counts differ from the probabilities p as chance does once in 100,000 times.

    found, p: (V,) each; chi-square, whose mean is V - 1, and its variance twice that.
    """
    allowed = p > 0
    expected = found.sum() * p[allowed]
    mean = allowed.sum() - 1
    return np.sum((found[allowed] - expected) ** 2 / expected) > mean + 6 * np.sqrt(2 * mean) + 12


def without(p, word_id):
    """p (V,) with one word left out."""
    rest = p.copy()
    rest[word_id] = 0
    return rest / rest.sum()


def some_shares(rng, most=9, power=1):
    """Probabilities (V,) of fewer than `most` - 1 words, each several times as likely as the least.

    power: 2 makes them less alike.
    """
    p = (rng.permutation(np.arange(1, rng.integers(6, most))) + rng.random()) ** power
    return p / p.sum()


def no_ids(negatives, V):
    """Whether something is no id of V words."""
    plain = np.asarray(negatives, dtype=float)
    return bool(((plain < 0) | (plain >= V) | (plain % 1 != 0)).any())


@in_place
def leave_out(answer, rng):
    """The probabilities of negatives, a row for each target, (N, V)."""
    p = some_shares(rng)
    V, N = len(p), int(rng.integers(3, 6))
    before, target = p.copy(), rng.permutation(V)[:N]
    rest = np.tile(p, (N, 1))
    rest[np.arange(N), target] = 0
    right = rest / rest.sum(axis=1, keepdims=True)
    got = answer(p, target)
    if got is None or got is ...:
        yield got, 0
    yield np.array_equal(p, before), True, [(False, CHANGED)]
    every = without(before, target)
    yield (
        got,
        right,
        [
            (rest, "the rows do not sum to 1: divide each by what is left of it."),
            (rest / rest.sum(), "all rows together sum to 1: each should, by its own sum."),
            (np.tile(before, (N, 1)), "these are the old ones: the target must not be drawn."),
            (every, "all targets are left out of one row: each has a row of its own."),
            (np.tile(every, (N, 1)), "all targets are left out of each row: a row has one target."),
        ],
    )


def draw(answer, rng):
    """Negatives (N, K) by throws at running sums that are ready."""
    p = some_shares(rng)
    V, (N, K) = len(p), sizes(rng, 2)
    target, many = rng.integers(V, size=N), rng.integers(V, size=ROWS)
    negatives = answer(np.cumsum(p), target, K, rng)
    if negatives is None or negatives is ...:
        yield negatives, 0
    yield np.zeros_like(negatives), np.zeros((N, K))
    negatives = np.array(answer(np.cumsum(p), many, K, rng))
    said = f"these are no ids: they should be whole numbers from 0 to {V - 1}."
    yield no_ids(negatives, V), False, [(True, said)]
    hits = np.any(negatives == many[:, np.newaxis])
    yield hits, False, [(True, f"{OWN}: throw again until none does.")]
    said = "the words of a row are always the same one: throw K darts for each row."
    yield np.all(negatives == negatives[:, :1]), False, [(True, said)]
    for word_id in range(V):
        found = np.bincount(negatives[many == word_id].ravel().astype(int), minlength=V)
        yield comes_otherwise(found, without(p, word_id)), False, [(True, UNLIKE)]


@in_place
def draw_different(answer, rng):
    """Negatives (N, K), no word twice in a row."""
    p = some_shares(rng, most=8, power=2)
    V, N, K = len(p), int(rng.integers(4, 8)), int(rng.integers(2, 4))
    before, target = p.copy(), rng.integers(V, size=N)
    one = int(rng.integers(V))
    negatives = answer(p, target, K, rng)
    if negatives is None or negatives is ...:
        yield negatives, 0
    yield np.array_equal(p, before), True, [(False, CHANGED)]
    yield np.zeros_like(negatives), np.zeros((N, K))
    negatives = np.array(answer(p, np.full(ROWS, one), 2, rng))
    said = f"these are no ids: they should be whole numbers from 0 to {V - 1}."
    yield no_ids(negatives, V), False, [(True, said)]
    yield np.any(negatives == one), False, [(True, f"{OWN}.")]
    said = "a row holds a word twice."
    yield np.any(negatives[:, 0] == negatives[:, 1]), False, [(True, said)]
    low, high = np.sort(negatives, axis=1).T.astype(int)
    found = np.bincount(low * V + high, minlength=V * V)
    rest = without(p, one)
    both = np.triu(np.outer(rest, rest), 1)  # of two words, whatever order they come in
    pairs = (both.T / (1 - rest)).T + both / (1 - rest)  # one first, then one of what it leaves
    again, pairs, allowed = both.ravel() / both.sum(), pairs.ravel(), both.ravel() > 0
    likelier = found[allowed] @ np.log(again[allowed] / pairs[allowed]) > 0
    said = AGAIN if likelier and not comes_otherwise(found, again) else UNLIKE
    yield bool(likelier or comes_otherwise(found, pairs)), False, [(True, said)]


EXERCISES = {
    "think_eight_times": Fields(
        count=Number(
            16,
            {
                8: "that is power 1: at 0.75 eight times the count is 4.8 times the draws.",
                6: "divide the power the other way: the count to 0.75 is to be 8.",
                4.76: "that is 8 to the power 0.75: which count has 8 as its power?",
            },
            tolerance=0.005,
            label="how often river occurs",
        ),
    ),
    "power_by_hand": Fields(
        p=Numbers(
            [8 / 36, 1 / 36, 27 / 36],
            {
                (16 / 98, 1 / 98, 81 / 98): "these are the plain shares: where is the power?",
                (8, 1, 27): "right powers; divide, so that they sum to 1.",
                (12, 0.75, 60.75): "a power, not a factor: 16 to the power 0.75 is 2 ** 3.",
            },
            tolerance=0.006,
            label="the three probabilities",
        ),
    ),
    "leave_one_out": Fields(
        p=Numbers(
            [0, 0.6, 0.4],
            {
                (0.5, 0.3, 0.2): "these are the old ones: the target must not be drawn.",
                (0, 0.3, 0.2): "these sum to 0.5: make them sum to 1.",
                (0, 0.5, 0.5): "word 1 stays 1.5 times as likely as word 2.",
                (0, 0.55, 0.45): "add no equal parts: all grow by the same factor.",
            },
            label="probabilities of words 0, 1, 2",
        ),
        word_2=Number(
            400,
            {
                200: "that is with the target still in the draw.",
                0.4: "that is the share: of 1,000 draws it is 1,000 times that.",
            },
            label="of 1,000 negatives, word 2",
        ),
    ),
    "leave_out": leave_out,
    "draw": draw,
    "draw_different": draw_different,
    "closest_failing": Fields(
        power=Number(
            0.78,
            {
                0.76: "this one passes, with trial as it stands: go a little further.",
                0.77: "this one passes, with trial as it stands: go a little further.",
                0.79: "it fails, but a closer one fails, too.",
                0.8: "it fails, but a closer one fails, too.",
                0.72: "it fails, but a power above 0.75 was asked for.",
                0.73: "it fails, but a power above 0.75 was asked for.",
                0.74: "it passes; and a power above 0.75 was asked for.",
            },
        ),
    ),
}
