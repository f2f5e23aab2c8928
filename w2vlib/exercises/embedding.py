"""Chapter 2: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Fields, Number, sizes


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


def asked_twice(idx, which="last"):
    """What to say to one who keeps one gradient of each row, where ids repeat."""
    rows, times = np.unique(idx, return_counts=True)
    row, times = rows[times.argmax()], times.max()
    if times == 2:
        which = {"last": "second"}.get(which, which)
    often = "twice" if times == 2 else f"{times} times"
    return f"row {row} was asked for {often}; it holds only the {which} gradient."


def looked_up(rng, *shape):
    """Ids of a shape, one of them twice at least, and V: (V, ids)."""
    V = int(np.prod(shape)) + rng.integers(2, 5)
    idx = rng.integers(V, size=shape)
    idx.flat[-1] = idx.flat[0]
    return int(V), idx


def gradient_by_product(answer, rng):
    """The lookup's gradient as one product, (V, H)."""
    N, H = sizes(rng, 2)
    V, idx = looked_up(rng, N)
    dout = rng.standard_normal((N, H))
    right = rows_added(idx, dout, V)
    yield (
        answer(idx, dout, V),
        right,
        [
            (rows_put(idx, dout, V), asked_twice(idx)),
            (right.T, "that is its transpose: a gradient has the shape of its W, here (V, H)."),
        ],
    )


def repair_the_overwrite(answer, rng):
    """The gradient of contexts, ids of shape (N, C), without loss: (V, H)."""
    N, C, H = sizes(rng, 3)
    V, idx = looked_up(rng, N, C)
    dout = rng.standard_normal((N, C, H))
    rows = idx.ravel(), dout.reshape(-1, H), V
    why = " += computes first, then assigns."
    first = rows_added(idx[:, 0], dout.sum(axis=1), V)
    yield (
        answer(idx, dout, V),
        rows_added(*rows),
        [
            (rows_put(*rows), asked_twice(idx) + why),
            (first, "all goes to the first id of each context: each id has a gradient of its own."),
        ],
    )


def gradient_by_sorting(answer, rng):
    """The lookup's gradient with ids sorted first, (V, H)."""
    V, H, N = *sizes(rng, 2), int(rng.integers(20, 40))
    V += 2
    idx, dout = rng.integers(1, V - 1, size=N), rng.standard_normal((N, H))
    idx[idx == 1] = V - 1  # not asked for: 0, 1
    idx[:2] = V - 1, 2  # not sorted
    order = np.argsort(idx, kind="stable")
    words, starts = np.unique(idx[order], return_index=True)
    first, unsorted, packed = np.zeros((3, V, H))
    first[words] = dout[order][starts]
    unsorted[words] = np.add.reduceat(dout, starts)
    packed[: len(words)] = np.add.reduceat(dout[order], starts)
    yield (
        answer(idx, dout, V),
        rows_added(idx, dout, V),
        [
            (rows_put(idx, dout, V), asked_twice(idx)),
            (first, asked_twice(idx, "first")),
            (unsorted, "the ids are sorted and dout is not: take dout in the same order."),
            (packed, "the sums stand in the first rows: each belongs into the row of its id."),
        ],
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
