"""Chapter 1: what its exercises expect, and what is said to each known mistake."""

import math

import numpy as np

from w2vlib.exercises.exercise import Fields, Number, sizes


def first_backward(answer, rng):
    """The gradient of W in x @ W, and nothing else, (D, H)."""
    N, D, H = sizes(rng, 3)
    x, dout = rng.standard_normal((N, D)), rng.standard_normal((N, H))
    right = x.T @ dout
    yield (
        answer(x, dout),
        right,
        [
            (np.zeros((D, H)), "the gradient of W is still all zeros."),
            (right.T, "that is its transpose: a gradient has the shape of its W, here (D, H)."),
            (right / N, "a mean too many: dout has been divided by N already."),
        ],
    )


EXERCISES = {
    "think_two_gaps": Fields(
        one_gap=Number(
            math.log(2),
            {0.5: "that is the probability: the loss is minus its logarithm."},
            tolerance=0.006,
            label="loss of one torn gap",
        ),
        all_six=Number(
            math.log(2) / 3,
            {
                math.log(2): "that is one torn gap: the mean is over six, and four cost nothing.",
                math.log(2) / 6: "two of the six gaps are torn.",
            },
            tolerance=0.006,
            label="mean of all six",
        ),
    ),
    "think_two_words": Fields(
        times_as_many=Number(
            2,
            {
                10: "that is with ten context words.",
                1: "two words go in, and one mean comes out.",
                5: "that is how much the input side shrank.",
            },
        )
    ),
    "count_by_hand": Fields(
        product_in=Number(
            200_000,
            {
                100_000: "2 words on each side are 4 in all.",
                50_000: "that is for one word of the context.",
            },
            label="product with W_in",
        ),
        product_out=Number(
            50_000,
            {200_000: "the mean leaves one row h for all context words."},
            label="product with W_out",
        ),
        exps=Number(
            1_000,
            {1: "the denominator needs the exp of every score."},
            label="calls of exp",
        ),
    ),
    "memory_of_a_batch": Fields(
        one_hot_rows=Number(
            885_760_000,
            {
                221_440_000: "those are numbers: each has 4 bytes.",
                88_576_000: "each target has 10 context words.",
            },
            label="bytes of one-hot rows",
        ),
        ids=Number(1_280, {320: "those are numbers: each has 4 bytes."}, label="bytes of ids"),
    ),
    "longer_vectors": Fields(
        ratio=Number(
            10 / 11,
            {
                0.9: "two decimals are asked for.",
                0.8: "the output side counts too: one row h for each target.",
                1.1: "that is old over new.",
                2: "only H doubled: C matters too.",
            },
            tolerance=0.006,
        )
    ),
    "first_backward": first_backward,
    "saved_by_first_backward": Fields(
        saved=Number(
            10 / 33,
            {
                1 / 3: "that is the share of the input side alone.",
                10 / 11: "only one of the input side's three products is saved.",
            },
            tolerance=0.004,
        )
    ),
}
