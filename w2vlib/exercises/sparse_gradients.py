"""Chapter 9: what its exercises expect, and what is said to each known mistake."""

from types import SimpleNamespace

import numpy as np

from w2vlib.exercises.exercise import (
    ALL_ROWS,
    MANY,
    Choice,
    Fields,
    Number,
    Numbers,
    Rows,
    idle,
    in_place,
)


def summed(idx, dout):
    """Each id once, in rising order, and the sums of its rows, by a loop."""
    idx, dout = np.ravel(idx).tolist(), dout.reshape(-1, dout.shape[-1])
    ids = sorted(set(idx))
    rows = [sum(row for i, row in zip(idx, dout) if i == one) for one in ids]
    return np.array(ids), np.array(rows)


def lookups(rng):
    """Ids that were looked up, and their gradients: by hand, and of one, two and three axes."""
    yield np.array([2, 0, 2]), np.array([[1.0, 2.0], [5.0, 6.0], [10.0, 20.0]])
    for axes in 1, 2, 3:
        shape = tuple(rng.integers(2, 5, size=axes))
        idx = rng.integers(9, size=(shape[0] + 3, *shape[1:]))
        idx[:4] = np.reshape([7, 2, 7, 2], (4, *[1] * (axes - 1)))  # repeated, and out of order
        yield idx, rng.standard_normal((*idx.shape, rng.integers(2, 6)))


def put_gradient(answer, rng):
    """The ids and the rows that `put` leaves in a row-sparse gradient."""
    for idx, dout in lookups(rng):
        gradient = answer(np.zeros((9, dout.shape[-1])))
        if gradient is None or gradient is ...:
            yield gradient, 0
        returned = gradient.put(idx.copy(), dout.copy())
        got = gradient.ids, gradient.rows
        if not np.size(got[0]):
            if returned is None or returned is ...:
                yield None, 0
            raise TypeError("put returns something, where it should set self.ids and self.rows")
        every, flat = idx.size, dout.reshape(idx.size, -1)
        ids, rows = summed(idx, dout)
        twice = "an id stands in ids for each of its places: each should stand there once."
        yield np.size(got[0]), len(ids), [(every, twice)]
        unsorted = list(dict.fromkeys(np.ravel(idx).tolist()))
        yield got[0], ids, [(unsorted, "the right ids, but not in rising order.")]
        places = [np.flatnonzero(np.ravel(idx) == i) for i in ids]
        starts = np.unique(np.sort(np.ravel(idx)), return_index=True)[1]
        unsorted_starts = np.unique(np.ravel(idx), return_index=True)[1]
        yield (
            got[1],
            rows,
            [
                (flat[[at[0] for at in places]], "only the first row of each id is left: sum all."),
                (flat[[at[-1] for at in places]], "only the last row of each id is left: sum all."),
                (
                    np.add.reduceat(flat, starts),
                    "sort dout by the same order as the ids before you sum.",
                ),
                (np.add.reduceat(flat, unsorted_starts), NOTHING_SORTED),
                ([flat[at].mean(axis=0) for at in places], "that is the mean of its rows: sum."),
            ],
        )
        one = np.ones((1, dout.shape[-1]))
        gradient.put(np.array([8]), one.copy())
        yield gradient.ids, [8], [([*ids, 8], KEPT), (sorted({*ids, 8}), KEPT)]
        yield gradient.rows, one, [(np.vstack([rows, one]), KEPT)]
    many = 10**15  # rows of which no machine has the memory
    gradient = answer(SimpleNamespace(shape=(many, 2), dtype=np.dtype(float)))
    try:
        gradient.put(np.array([many - 1, 3, many - 1]), np.ones((3, 2)))
    except (MemoryError, OverflowError, ValueError):
        yield True, False, [(True, AS_LONG)]


NOTHING_SORTED = (
    "nothing is sorted: reduceat sums what lies side by side. Sort the ids, and dout by the same "
    "order."
)
KEPT = "a second put keeps what the first has left: it should take its place."
AS_LONG = (
    "the sums are right, but with an array as long as the largest id. Three rows came in: make "
    "none that is longer."
)


@in_place
def sparse_sgd(answer, rng):
    """Two matrices after an update of SparseSGD, in place, one after the other in one array."""
    for _ in range(2):
        shapes = [(rng.integers(6, 12), H) for H in rng.integers(2, 6, size=2)]
        before = [rng.standard_normal(shape) for shape in shapes]
        ids = [np.sort(rng.choice(V, 3, replace=False)) for V, _ in shapes]
        rows = [rng.standard_normal((3, H)) for _, H in shapes]
        params, lr = [W.copy() for W in before], rng.uniform(0.1, 0.5)
        optimizer = answer(lr)
        if optimizer is None or optimizer is ...:
            yield optimizer, 0
        got = optimizer.update(params, gradients(ids, rows))

        def moved(by, old=1, first=0, before=before, ids=ids, rows=rows):
            after = [W.copy() for W in before]
            for W, i, g in list(zip(after, ids, rows))[first:]:
                W[i] = old * W[i] + by * g
            return np.concatenate([W.ravel() for W in after])

        found = np.concatenate([W.ravel() for W in params])
        if (found == moved(0)).all() and (
            got is ... or (got is None and idle(getattr(answer, "update", None)))
        ):
            yield None, 0
        only_one = moved(-lr)
        only_one[before[0].size :] = before[1].ravel()
        yield (
            found,
            moved(-lr),
            [
                (moved(0), "the matrices are as they were: write into them, by W[ids] -= ..."),
                (moved(lr), "that goes up the slope: subtract."),
                (moved(-1), "the learning rate is missing."),
                (moved(-lr, old=0), "the old rows are gone: use -=, not =."),
                (moved(lr, old=0), "the old rows are gone: use -=, not =."),
                (only_one, "only the first matrix has changed: there may be several."),
                (moved(-lr, first=1), "only the last matrix has changed: there may be several."),
            ],
        )
    W, given = np.zeros((MANY, 2)).view(Rows), gradients([np.array([5, 7])], [np.ones((2, 2))])
    try:
        answer(0.1).update([W], given)
    except ValueError as error:
        if str(error) != ALL_ROWS:
            raise
        yield True, False, [(True, ALL_ROWS)]


def gradients(ids, rows):
    """Row-sparse gradients, as an optimiser reads them."""
    return [SimpleNamespace(ids=i.copy(), rows=g.copy()) for i, g in zip(ids, rows)]


@in_place
def one_sum_a_row(answer, rng):
    """W and the sums, (V, H) and (V,), after a step of row-wise AdaGrad."""
    cases = [([0, 2], np.array([[3.0, 9.0], [1.0, 1.0]]), np.array([1.0, 0.0, 8.0, 0.0]))]
    for _ in range(2):
        V, R, H = rng.integers([5, 2, 2], [9, 5, 7])
        ids = np.sort(rng.choice(V, R, replace=False))
        cases.append((ids, rng.standard_normal((R, H)), rng.uniform(0.5, 2, V)))
    for ids, rows, before in cases:
        ids, V = np.array(ids), len(before)
        W, squares = np.ones((V, rows.shape[1])), before.copy()
        got = answer(W, squares, ids.copy(), rows.copy(), 0.1)
        if np.array_equal(squares, before) and (W == 1).all() and (got is None or got is ...):
            yield None, 0
        expected, added, over = before.copy(), before.copy(), before.copy()
        expected[ids] += np.mean(rows**2, axis=1)
        added[ids] += np.sum(rows**2, axis=1)
        over[ids] = np.mean(rows**2, axis=1)
        yield (
            squares,
            expected,
            [
                (added, "that is the sum of squares: take the mean."),
                (over, "the old sums are gone: use +=, not =."),
                (before, "squares is as it was: add to it."),
            ],
        )

        def stepped(root, V=V, ids=ids, rows=rows):
            other = np.ones((V, rows.shape[1]))
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
    cases = [(0.1, 0.001, 1, 30)]
    cases += [(*rng.uniform(0.1, 1, 2), *map(int, rng.integers(3, 40, size=2))) for _ in range(2)]
    for m, v, t, k in cases:
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
    "put_gradient": put_gradient,
    "sparse_sgd": sparse_sgd,
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
