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
        yield got_dW, dW, [(put, "ids repeat: add them up.")]
        yield got_dh, np.einsum("nk,nkh->nh", dout, w[idx])


EXERCISES = {
    "think_diagonal": Fields(
        times_as_many=Number(
            32,
            {
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
        n32=Choice(HAPPENS, "an error", label="N = 32, H = 100"),
        n100=Choice(
            HAPPENS,
            "wrong numbers",
            {"nothing bad": "N = H: are the numbers lined up with rows or with columns?"},
            label="N = 100, H = 100",
        ),
        n1=Choice(
            HAPPENS,
            "nothing bad",
            {"an error": "N = 1: a length of 1 stretches to any length."},
            label="N = 1, H = 100",
        ),
        n4=Choice(
            HAPPENS,
            "a wrong shape",
            {"nothing bad": "H = 1: what shape do (4,) and (4, 1) give?"},
            label="N = 4, H = 1",
        ),
    ),
    "scores_of_several": scores_of_several,
    "backward_of_several": backward_of_several,
}
