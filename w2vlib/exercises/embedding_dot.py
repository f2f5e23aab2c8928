"""Chapter 4: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Choice, Fields, Number, Numbers

W = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0], [2.0, 2.0, 0.0], [1.0, 3.0, 1.0]])
H = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0], [3.0, 1.0, 2.0]])
HAPPENS = ["an error", "nothing bad", "a wrong shape", "wrong numbers"]


def scores_of_several(answer, rng):
    """The scores of K words for each row of h, (N, K)."""
    idx = np.array([[0, 2], [3, 3], [1, 0]])
    mistakes = [
        ([[1, 6], [7, 7], [2, 1]], "h[0] for all: each row of idx has its own row of h."),
        ([[3, 4], [5, 5], [2, 3]], "these are sums of the rows of W: where is h?"),
        ([[1, 1], [4, 4], [3, 3]], "the second word of each row has its own score."),
    ]
    yield answer(W, H, idx), [[1, 6], [4, 4], [3, 7]], mistakes
    w, h, idx = rng.standard_normal((6, 4)), rng.standard_normal((5, 4)), rng.integers(6, size=15)
    idx = idx.reshape(5, 3)
    yield answer(w, h, idx), np.einsum("nkh,nh->nk", w[idx], h)


def backward_of_several(answer, rng):
    """Its way back: dW (V, H) and dh (N, H)."""
    for seed in [None, rng]:
        if seed is None:
            w, h, idx = W, H, np.array([[0, 2], [3, 3], [1, 0]])
            dout = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
        else:
            w, h, dout = (rng.standard_normal(shape) for shape in [(7, 4), (5, 4), (5, 3)])
            idx = rng.integers(7, size=(5, 3))
        parts = dout[..., None] * h[:, None]
        dW, put = np.zeros_like(w), np.zeros_like(w)
        np.add.at(dW, idx, parts)
        put[idx] = parts
        got = answer(w, h, idx, dout)
        got_dW, got_dh = (None, None) if got is None or got is ... else got
        dh = np.einsum("nk,nkh->nh", dout, w[idx])
        swapped = "the first of the two should be dW, and it is dh."
        yield got_dW, dW, [(put, "ids repeat: add them up."), (dh, swapped)]
        yield got_dh, dh


EXERCISES = {
    "think_diagonal": Fields(
        times_as_many=Number(
            32,
            {
                31: "count the 32 that are wanted among the computed, too.",
                1 / 32: "that is the share that is wanted. How many times as many are computed?",
                1024: "so many are computed. How many of them are wanted?",
                10_000: "that is the big product: here only words of the batch are scored.",
            },
        )
    ),
    "batch_by_hand": Fields(
        scores=Numbers(
            [6, 2, 7],
            {
                (1, 4, 3): "these are for idx = [0, 3, 1], the batch above.",
                (6, 6, 1): "each score has its own row of h, not h[0] alone.",
                (6, 2, 8): "the last id is 0: row [1, 0, 2].",
            },
            label="three scores",
        ),
        row_2=Numbers(
            [1, 3, 1],
            {
                (0, 1, 1): "this is only the second part: the two must add up.",
                (1, 2, 0): "this is only the first part: the two must add up.",
                (4, 4, 0): "the gradient of W is made of rows of h, not of W.",
            },
            label="row 2 of the gradient",
        ),
    ),
    "silent_bug": Fields(
        n32=Choice(
            HAPPENS,
            "an error",
            dict.fromkeys(HAPPENS[1:], "32 stands over 100: they differ, and neither is 1."),
            label="N = 32, H = 100",
        ),
        n100=Choice(
            HAPPENS,
            "wrong numbers",
            {
                "an error": "100 stands over 100: they fit.",
                "nothing bad": "N = H: are the numbers lined up with rows or with columns?",
                "a wrong shape": "(100,) and (100, 100) give (100, 100), as they should.",
            },
            label="N = 100, H = 100",
        ),
        n1=Choice(
            HAPPENS,
            "nothing bad",
            {
                "an error": "N = 1: a length of 1 stretches to any length.",
                "a wrong shape": "(1,) and (1, 100) give (1, 100), as they should.",
                "wrong numbers": "there is one row, and one number for all of it.",
            },
            label="N = 1, H = 100",
        ),
        n4=Choice(
            HAPPENS,
            "a wrong shape",
            {
                "an error": "4 stands over 1: a length of 1 stretches to any length.",
                "nothing bad": "H = 1: what shape do (4,) and (4, 1) give?",
                "wrong numbers": "look at the shape first: what do (4,) and (4, 1) give?",
            },
            label="N = 4, H = 1",
        ),
    ),
    "scores_of_several": scores_of_several,
    "backward_of_several": backward_of_several,
}
