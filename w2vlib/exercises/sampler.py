"""Chapter 5: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Fields, Number, Numbers, in_place

COUNTS = np.array([400, 300, 150, 100, 50])
TIMES, MOST = 4000, 30  # rows drawn; a statistic that chance passes once in 100,000 times


def misses(found, p):
    """The chi-square statistic of counts against the probabilities p, (V,) each."""
    allowed = p > 0
    expected = found.sum() * p[allowed]
    return np.sum((found[allowed] - expected) ** 2 / expected)


def without(p, word_id):
    """p (V,) with one word left out."""
    rest = p.copy()
    rest[word_id] = 0
    return rest / rest.sum()


def draw(answer, rng):
    """Negatives (N, K) by throws at running sums that are ready."""
    p = COUNTS / COUNTS.sum()
    target = rng.integers(5, size=7)
    negatives = answer(np.cumsum(p), target, 3, rng)
    if negatives is None:
        yield None, 0
    yield np.zeros_like(negatives), np.zeros((7, 3))
    target = rng.integers(5, size=TIMES)
    negatives = np.asarray(answer(np.cumsum(p), target, 3, rng))
    said = "a row holds its own target: throw again until none does."
    hits = np.any(negatives == target[:, np.newaxis])
    yield hits, False, [(True, said)]
    said = "the words do not come in proportion to the rest of p."
    for word_id in range(5):
        found = np.bincount(negatives[target == word_id].ravel(), minlength=5)
        yield misses(found, without(p, word_id)) > MOST, False, [(True, said)]


@in_place
def draw_different(answer, rng):
    """Negatives (N, K), no word twice in a row."""
    p = COUNTS / COUNTS.sum()
    before, target = p.copy(), rng.integers(5, size=7)
    negatives = answer(p, target[:1], 3, rng)
    if negatives is None:
        yield None, 0
    said = "p has changed: set the target to 0 in a copy of it."
    yield np.array_equal(p, before), True, [(False, said)]
    negatives = answer(p, target, 3, rng)
    yield np.zeros_like(negatives), np.zeros((7, 3))
    target = np.full(TIMES, 4)
    negatives = np.asarray(answer(p, target, 2, rng))
    said = "a row holds its own target."
    yield np.any(negatives == 4), False, [(True, said)]
    said = "a row holds a word twice."
    yield np.any(negatives[:, 0] == negatives[:, 1]), False, [(True, said)]
    said = "the first word of a row does not come in proportion to the rest of p."
    found = np.bincount(negatives[:, 0], minlength=5)
    yield misses(found, without(p, 4)) > MOST, False, [(True, said)]


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
            {200: "that is with the target still in the draw."},
            label="of 1,000 negatives, word 2",
        ),
    ),
    "draw": draw,
    "draw_different": draw_different,
    "closest_failing": Fields(
        power=Number(
            0.78,
            {
                0.76: "this one passes the test: go a little further.",
                0.77: "this one passes the test: go a little further.",
                0.79: "it fails, but a closer one fails, too.",
                0.8: "it fails, but a closer one fails, too.",
                0.72: "it fails, but a power above 0.75 was asked for.",
                0.73: "it fails, but a power above 0.75 was asked for.",
                0.74: "it passes; and a power above 0.75 was asked for.",
            },
        ),
    ),
}
