"""Chapter 2: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Fields, Number


def rows_added(idx, dout, V):
    """The gradient of a lookup, by a loop."""
    dW = np.zeros((V, dout.shape[1]))
    for i, row in zip(idx, dout):
        dW[i] += row
    return dW


def rows_put(idx, dout, V):
    """The same with the bug: what comes last overwrites what was there."""
    dW = np.zeros((V, dout.shape[1]))
    dW[idx] = dout
    return dW


def gradient_by_product(answer, rng):
    """The lookup's gradient as one product, (V, H)."""
    said = "row 0 holds only the last of its two parts."
    ids, dout = np.array([0, 2, 0]), np.array([[1.0] * 3, [5.0] * 3, [7.0] * 3])
    yield answer(ids, dout, 4), rows_added(ids, dout, 4), [(rows_put(ids, dout, 4), said)]
    ids, dout = rng.integers(6, size=8), rng.standard_normal((8, 2))
    yield answer(ids, dout, 6), rows_added(ids, dout, 6)


def repair_the_overwrite(answer, rng):
    """The gradient of contexts, ids of shape (N, C), without loss: (V, H)."""
    said = "an id that comes twice keeps only its last row: += computes first, then assigns."
    for V, N, C in [(3, 2, 2), (6, 3, 4)]:
        idx, dout = rng.integers(V, size=(N, C)), rng.standard_normal((N, C, 2))
        idx[0, 0] = idx[-1, -1]  # one that comes twice
        rows = idx.ravel(), dout.reshape(-1, 2), V
        yield answer(idx, dout, V), rows_added(*rows), [(rows_put(*rows), said)]


def gradient_by_sorting(answer, rng):
    """The lookup's gradient with ids sorted first, (V, H)."""
    for V, N in [(6, 40), (50, 20)]:
        idx, dout = rng.integers(V, size=N), rng.standard_normal((N, 2))
        yield (
            answer(idx, dout, V),
            rows_added(idx, dout, V),
            [(rows_put(idx, dout, V), "an id that comes twice keeps only its last row: sum them.")],
        )


EXERCISES = {
    "think_clearing": Fields(
        V=Number(
            1280,
            {
                320: "those are the rows: each is charged four times, 4 N C H.",
                128_000: "those are numbers: how many rows of H are they?",
                1_000: "count again: 4 N C, with N = 32 and C = 10.",
            },
        )
    ),
    "lookup_by_hand": Fields(
        row_3=Number(
            6,
            {3: "that is one of the two rows: 3 comes twice, and they add up."},
            label="sum of row 3",
        ),
        everything=Number(
            9,
            {6: "the id that comes twice must count twice."},
            label="sum of all of dW",
        ),
    ),
    "gradient_by_product": gradient_by_product,
    "repair_the_overwrite": repair_the_overwrite,
    "gradient_by_sorting": gradient_by_sorting,
}
