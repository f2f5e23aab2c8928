"""Chapter 4: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.embedding import asked_twice
from w2vlib.exercises.exercise import Choice, Fields, Number, Numbers, sizes

HAPPENS = ["an error", "nothing bad", "a wrong shape", "wrong numbers"]
CHANGES = [
    "half the words",
    "float16 for float32",
    "dot products twice as fast",
    "touching the rows alone",
]


def looked_at(rng):
    """W (V, H), h (N, H) and idx (N, K), with N, K and H different, and an id twice in a row."""
    N, K, H = sizes(rng, 3)
    V = int(rng.integers(8, 12))
    idx = rng.integers(V, size=(N, K))
    idx[-1, :2] = idx[0, 0]
    return rng.standard_normal((V, H)), rng.standard_normal((N, H)), idx


def scores_of_several(answer, rng):
    """The scores of K words for each row of h, (N, K)."""
    W, h, idx = looked_at(rng)
    right = np.einsum("nkh,nh->nk", W[idx], h)
    yield (
        answer(W, h, idx),
        right,
        [
            (W[idx] @ h[0], "h[0] for all: each row of idx has its own row of h."),
            (W[idx].sum(axis=2), "these are sums of the rows of W: where is h?"),
            (
                np.repeat(right[:, :1], idx.shape[1], axis=1),
                "this is the first word's score for all: each word of a row has its own.",
            ),
            (
                np.einsum("nkh,nh->nh", W[idx], h),
                "the sum goes over the K words: it should go over the H products of each.",
            ),
            (W[idx] @ h.T, "each word meets all N rows of h: only that of its own row counts."),
        ],
    )


def backward_of_several(answer, rng):
    """Its way back: dW (V, H) and dh (N, H)."""
    W, h, idx = looked_at(rng)
    dout = rng.standard_normal(idx.shape)
    got = answer(W, h, idx, dout)
    if got is None or got is ...:
        yield got, 0
    two = isinstance(got, (tuple, list)) and len(got) == 2
    yield two, True, [(False, "two arrays are asked for: return dW, dh.")]
    parts = dout[..., np.newaxis] * h[:, np.newaxis]
    dW, put, of_one, of_W = np.zeros((4, *W.shape))
    put[idx] = parts
    np.add.at(dW, idx, parts)
    np.add.at(of_one, idx, np.broadcast_to(h[:, np.newaxis], parts.shape))
    np.add.at(of_W, idx, dout[..., np.newaxis] * W[idx])
    dh = np.einsum("nk,nkh->nh", dout, W[idx])
    yield (
        got[0],
        dW,
        [
            (put, asked_twice(idx)),
            (of_one, "dout is missing: each row of h comes in times the number of its score."),
            (of_W, "the gradient of W is made of rows of h, not of W."),
            (dh, "the first of the two should be dW, and it is dh."),
        ],
    )
    yield (
        got[1],
        dh,
        [
            (dout[:, :1] * W[idx[:, 0]], "h was used for K words: this is the first one's part."),
            (dh / idx.shape[1], "h was used for K words: sum their parts, without a mean."),
            (W[idx].sum(axis=1), "dout is missing: each word's row counts times its number."),
        ],
    )


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
    "next_bottleneck": Fields(
        whole=Number(
            4_800_000_000,
            {
                2_400_000_000: "there are two tables.",
                1_200_000_000: "those are numbers: each has 4 bytes.",
                4_000_000_000: "the gradient is cleared, too: one pass more.",
                800_000_000: "that is one pass over both: how many are there?",
            },
            label="bytes of whole tables",
        ),
        rows=Number(
            844_800,
            {
                140_800: "that is one pass: as many as before, over fewer rows.",
                211_200: "those are numbers: each has 4 bytes.",
                768_000: "those are the 320 rows: 32 of the other table are touched as well.",
            },
            label="bytes of the rows",
        ),
        change=Choice(
            CHANGES,
            CHANGES[3],
            {
                CHANGES[0]: "that halves the bytes: look for thousands.",
                CHANGES[1]: "that halves the bytes: look for thousands.",
                CHANGES[2]: "they read 352 rows as it is: hardly any of the bytes are theirs.",
            },
            label="the fastest step by",
        ),
    ),
}
