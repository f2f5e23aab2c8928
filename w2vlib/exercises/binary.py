"""Chapter 3: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.binary import sigmoid
from w2vlib.exercises.exercise import Fields, Number, Numbers


def logit(answer, rng):
    """The scores of probabilities, (N,)."""
    y = np.append(0.9, rng.uniform(0.01, 0.99, size=rng.integers(2, 8)))
    score = np.log(y / (1 - y))
    yield (
        answer(y),
        score,
        [
            (-score, "turn the sign: a yes has a score above 0."),
            (score / np.log(10), "this is the log to base 10: take np.log."),
            (y / (1 - y), "these are the odds, 9 to 1 for 0.9: the score is their logarithm."),
            (sigmoid(y), "this is the sigmoid once more: its inverse is asked for."),
        ],
    )


def first_of_two(answer, rng):
    """The probability that a softmax gives to each score beside a 0, (N,)."""
    scores = rng.standard_normal(rng.integers(3, 8))
    one = np.exp(scores) / np.exp(scores).sum()
    yield (
        answer(scores),
        sigmoid(scores),
        [
            (1 - sigmoid(scores), "this is the probability of the other."),
            (one, "this is one softmax over all scores: each has one of its own, beside a 0."),
            (
                np.stack([sigmoid(scores), 1 - sigmoid(scores)], axis=1),
                "these are both probabilities: only the first of each two is asked for.",
            ),
        ],
    )


def log_sigmoid(answer, rng):
    """The logarithm of the sigmoid, for any score, (N,)."""
    s = np.append(rng.standard_normal(rng.integers(2, 8)), [-3.0, 5.0])
    expected = -np.logaddexp(0, -s)
    yield (
        answer(s),
        expected,
        [
            (-expected, "this is the loss: the logarithm of a probability is not above 0."),
            (-np.logaddexp(0, s), "this is the logarithm of 1 - y: turn the sign of the score."),
        ],
    )
    far = int(rng.integers(800, 2000))
    low = f"at -{far:,} this is minus infinity: exp({far:,}) is too large, or the sigmoid 0."
    high = f"at {far:,} this is minus infinity: exp({far:,}) is too large."
    hidden = []
    for exponent in (7, 8, 10, 12, 15):
        small = np.log(10.0**-exponent)
        said = f"at -{far:,} this is {small:.1f}: a small number hides the infinity."
        hidden.append(([small, 0.0], f"{said} Use logaddexp."))
    yield (
        answer(np.array([-far, far], dtype=float)),
        [-far, 0.0],
        [
            ([-np.inf, 0.0], f"{low} Use logaddexp."),
            ([-far, -np.inf], f"{high} Use logaddexp."),
            *hidden,
        ],
    )


EXERCISES = {
    "think_one_column": Fields(
        numbers=Number(
            100,
            {
                100_000_000: "all of W_out was multiplied, but one column makes this score.",
                1: "that is the score. How many numbers of W_out does its sum hold?",
                1_000_000: "that is a row, a number of each word. One word has a column.",
            },
            label="so many numbers had a part",
        )
    ),
    "gradient_by_hand": Fields(
        gradient=Numbers(
            [-0.25, 0.25],
            {
                (-0.5, 0.5): "this is y - t. The loss is a mean: who divides by N?",
                (0.25, -0.25): "the sign: for a yes, y - t is 0.5 - 1.",
                (0.5, -0.5): "the sign, for a yes y - t is 0.5 - 1; and the loss is a mean.",
            },
            label="gradient, two numbers",
        )
    ),
    "logit": logit,
    "log_sigmoid": log_sigmoid,
    "first_of_two": first_of_two,
    "where_float32_gives_up": Fields(
        score_32=Number(
            17,
            {
                16: "close: 1 - y is still 1.2e-7 there, two units in the last bit.",
                18: "a little less: it is the sum of 1 and exp(-s) that is rounded, above 1.",
                37: "this is the one for float64.",
            },
            label="in float32",
        ),
        score_64=Number(
            37,
            {
                36: "close: 1 - y is still 2.2e-16 there, two units in the last bit.",
                17: "this is the one for float32.",
            },
            label="in float64",
        ),
    ),
}
