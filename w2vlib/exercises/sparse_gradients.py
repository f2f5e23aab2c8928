"""Chapter 9: what its exercises expect, and what is said to each known mistake."""

import dis
import tracemalloc

import numpy as np

from w2vlib.exercises.exercise import Choice, Fields, Number, Numbers, in_place


def summed(idx, dout):
    """Each id once, in rising order, and the sums of its rows, by a loop."""
    idx, dout = np.ravel(idx).tolist(), dout.reshape(-1, dout.shape[-1])
    ids = sorted(set(idx))
    rows = [sum(row for i, row in zip(idx, dout) if i == one) for one in ids]
    return np.array(ids), np.array(rows)


def megabytes(work):
    """The most MB that a call asks for while it runs."""
    traced = tracemalloc.is_tracing()
    tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        work()
        return (tracemalloc.get_traced_memory()[1] - before) / 1e6
    finally:
        if not traced:
            tracemalloc.stop()


def unwritten(function):
    """Whether a function uses none of its arguments."""
    code = getattr(function, "__code__", None)
    return code is not None and not any(
        "FAST" in step.opname or "DEREF" in step.opname for step in dis.get_instructions(code)
    )


def sum_equal_ids(answer, rng):
    """ids and rows of a row-sparse gradient, for ids of one and of two dimensions."""
    idx, dout = np.array([2, 0, 2]), np.array([[1.0, 2.0], [5.0, 6.0], [10.0, 20.0]])
    cases = [(idx, dout)]
    for N, M, H in [(3, 4, 2), (5, 2, 3)]:
        idx = rng.integers(4, size=(N, M))
        idx[0] = 3, *[1] * (M - 1)  # a repeated id, and one out of order
        cases.append((idx, rng.standard_normal((N, M, H))))
    for idx, dout in cases:
        got = answer(idx, dout)
        if got is None or got is ...:
            yield got, 0
        if not isinstance(got, (tuple, list)) or len(got) != 2:
            raise TypeError("It should return two arrays: return ids, rows")
        ids, rows = summed(idx, dout)
        every = np.size(idx)
        twice = "an id stands in ids for each of its places: each should stand there once."
        yield np.size(got[0]), len(ids), [(every, twice)]
        first = [np.ravel(idx).tolist().index(i) for i in ids]
        flat = dout.reshape(every, -1)
        in_order = flat[np.argsort(np.ravel(idx), kind="stable")]
        starts = np.unique(np.sort(np.ravel(idx)), return_index=True)[1]
        last = [max(np.flatnonzero(np.ravel(idx) == i)) for i in ids]
        unsorted = list(dict.fromkeys(np.ravel(idx).tolist()))
        yield got[0], ids, [(unsorted, "the right ids, but not in rising order.")]
        yield (
            got[1],
            rows,
            [
                (flat[first], "only the first row of each id is left: sum all of them."),
                (in_order[starts], "only the first row of each id is left: sum all of them."),
                (flat[last], "only the last row of each id is left: sum all of them."),
                (
                    np.add.reduceat(flat, starts),
                    "sort dout by the same order as the ids before you sum.",
                ),
            ],
        )
    idx, dout = np.array([1_000_000, 3, 1_000_000]), np.ones((3, 2))
    wide = megabytes(lambda: answer(idx, dout)) > 1
    said = "the sums are right, but with an array as long as the largest id: for ids up to a "
    yield float(wide), 0, [(1, f"{said}million it takes megabytes. Three rows came in.")]


@in_place
def sgd_on_rows(answer, rng):
    """W after SGD on some of its rows, in place."""
    for V, H in [(4, 2), (9, 3)]:
        before, rows = rng.standard_normal((V, H)), rng.standard_normal((3, H))
        ids = np.sort(rng.choice(V, 3, replace=False))
        W, lr = before.copy(), 0.1
        got = answer(W, ids, rows.copy(), lr)
        if got is ... or (got is None and unwritten(answer)):
            yield None, 0

        def moved(by, before=before, ids=ids):
            other = before.copy()
            other[ids] += by
            return other

        right = moved(-lr * rows)
        yield (
            W,
            right,
            [
                (before, "W itself is as it was: write into it, by W[ids] -= ..."),
                (moved(lr * rows), "that goes up the slope: subtract."),
                (moved(-rows), "the learning rate is missing."),
                (moved(-before[ids] - lr * rows), "the old rows are gone: use -=, not =."),
                (moved(-before[ids] + lr * rows), "the old rows are gone: use -=, not =."),
            ],
        )
    W, ids, rows = np.zeros((200_000, 2)), np.array([5, 7]), np.ones((2, 2))
    wide = megabytes(lambda: answer(W, ids, rows, 0.1)) > 1
    said = "the result is right, but an array as large as W was made: take W[ids] alone."
    yield float(wide), 0, [(1, said)]


@in_place
def one_sum_a_row(answer, rng):
    """W and the sums, (V, H) and (V,), after a step of row-wise AdaGrad."""
    given = [np.array([0, 2]), np.array([[3.0, 9.0], [1.0, 1.0]]), np.array([1.0, 0.0, 8.0, 0.0])]
    for ids, rows, before in [
        given,
        (np.array([1, 3]), rng.standard_normal((2, 5)), rng.random(4)),
    ]:
        W, squares = np.ones((4, rows.shape[1])), before.copy()
        got = answer(W, squares, ids, rows.copy(), 0.1)
        if np.array_equal(squares, before) and (W == 1).all() and (got is None or got is ...):
            yield None, 0
        expected, added = before.copy(), before.copy()
        expected[ids] += np.mean(rows**2, axis=1)
        added[ids] += np.sum(rows**2, axis=1)
        said = "that is the sum of squares: take the mean."
        yield squares, expected, [(added, said), (before, "squares is as it was: add to it.")]

        def stepped(root, ids=ids, rows=rows):
            other = np.ones((4, rows.shape[1]))
            other[ids] -= 0.1 * rows / root[:, np.newaxis]
            return other

        yield (
            W,
            stepped(np.sqrt(expected[ids])),
            [
                (np.ones(W.shape), "squares is right, but W is as it was."),
                (stepped(expected[ids]), "divide by the root of s, not by s."),
                (
                    stepped(np.sqrt(before[ids]) + 1e-7),
                    "add to squares before you divide by its root.",
                ),
            ],
        )


def coasted(m, v, t, k, first=1, shrink_first=True):
    """How far Adam goes in k steps without a gradient, after step t."""
    way = 0.0
    for s in range(t + first, t + first + k):
        if shrink_first:
            m, v = 0.9 * m, 0.999 * v
        lr = 0.1 * (1 - 0.999**s) ** 0.5 / (1 - 0.9**s)
        way -= lr * m / (np.sqrt(v) + 1e-7)
        if not shrink_first:
            m, v = 0.9 * m, 0.999 * v
    return way


def missed_steps(answer, rng):
    """The way of one number, a float."""
    for m, v, t, k in [(0.1, 0.001, 1, 30), (*rng.uniform(0.1, 1, 2), 20, 5)]:
        way = coasted(m, v, t, k)
        yield (
            answer(m, v, t, k),
            way,
            [
                (-way, "the sign: the way goes against the gradient."),
                (
                    coasted(m, v, t, k, 0, shrink_first=False),
                    "begin with t + 1, and shrink the means first.",
                ),
                (coasted(m, v, t, k, 0), "the first missed step is t + 1, not t."),
                (
                    coasted(m, v, t, k, shrink_first=False),
                    "m and v shrink before the step, not after.",
                ),
            ],
        )


EXERCISES = {
    "sum_equal_ids": sum_equal_ids,
    "sgd_on_rows": sgd_on_rows,
    "think_weight_decay": Fields(
        passes=Choice(
            ["it passes", "it does not pass"],
            "it does not pass",
            {"it passes": "put g = 0 in: what becomes of the row?"},
            label="SGD with weight decay",
        ),
        factor=Number(
            0.9999**100,
            {
                0.9999: "that is for one step: it is multiplied 100 times.",
                0.99: "nearly: 100 times 0.0001 less is the sum. The factors multiply.",
                1: "with g = 0 the weights still shrink, in each step.",
            },
            tolerance=2e-5,
        ),
    ),
    "think_first_step": Fields(
        units=Number(
            0.1 / 0.001**0.5,
            {
                1: "that is step 1, where the bias correction makes up for m and v being small.",
                100: "0.1 / 0.001: take the root of v.",
                0.1: "that is m, if g is 1: it is divided by the root of v.",
            },
            tolerance=0.05,
            label="times the learning rate",
        )
    ),
    "two_arrays_by_hand": Fields(
        ids=Numbers(
            [1, 5],
            {
                (5, 1): "the right ids, in the wrong order.",
                (5, 1, 5, 5): "each id stands there once.",
                (1, 5, 5, 5): "sorted, but each id stands there once.",
            },
        ),
        rows=Numbers(
            [[1, 1], [3, 3]],
            {
                (1, 1, 1, 1): "5 comes three times: sum its rows.",
                (3, 3, 1, 1): "the rows stand in the order of ids.",
                (1, 1, 1, 1, 1, 1, 1, 1): "that is dout: rows of equal ids are summed.",
                (1, 3): "each row has two numbers.",
            },
        ),
    ),
    "weigh_the_gradient": Fields(
        dense_bytes=Number(
            400_000_000, {100_000_000: "these are numbers; each has 4 bytes."}, label="dense, bytes"
        ),
        sparse_bytes=Number(
            130_560,
            {
                128_000: "the rows are right; the ids take room as well.",
                2_560: "these are the ids; the rows are missing.",
                32_320: "these are numbers: a number of a row has 4 bytes, an id 8.",
            },
            label="row-sparse, bytes",
        ),
    ),
    "one_sum_a_row": one_sum_a_row,
    "missed_steps": missed_steps,
}
