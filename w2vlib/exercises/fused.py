"""Chapter 10: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Fields, Number


class Watched(np.ndarray):
    """Rows that note whether a ufunc's `at`, such as np.add.at, was given them."""

    used_at = False

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        Watched.used_at |= method == "at"
        plain = [x.view(np.ndarray) if isinstance(x, Watched) else x for x in inputs]
        return getattr(ufunc, method)(*plain, **kwargs)


def faster_scatter(answer, rng):
    """Rows summed by their ids, (V, H), without np.add.at."""
    Watched.used_at = False
    for V, N in [(6, 30), (40, 50), (5, 0)]:
        ids, grads = rng.integers(V, size=N), rng.standard_normal((N, 3))
        given = ids.copy(), grads.copy()
        expected, last = np.zeros((V, 3)), np.zeros((V, 3))
        np.add.at(expected, ids, grads)
        last[ids] = grads
        first = np.zeros((V, 3))
        rows, places = np.unique(ids, return_index=True)
        first[rows] = grads[places]
        yield (
            answer(ids, grads.view(Watched), V),
            expected,
            [
                (last, "an id that comes twice keeps only its last row: go on with those left."),
                (first, "that is the first round: go on with the ids that are left."),
            ],
        )
        yield ids, given[0]
        yield grads, given[1]
        yield Watched.used_at, False, [(True, "right sums, but by np.add.at: sum in rounds.")]


def window_lines(answer, rng):
    """Window sums that end at the ends of lines, (T, H)."""
    for lengths, w in [([5, 1, 9, 3], 2), ([4, 4, 1, 1, 7], 3)]:
        lines = np.repeat(np.arange(len(lengths)), lengths)
        x = rng.standard_normal((len(lines), 2))
        far = np.abs(np.arange(len(x))[:, np.newaxis] - np.arange(len(x)))
        near = far <= w
        same = lines[:, np.newaxis] == lines
        yield (
            answer(x, lines, w),
            (near & same & (far > 0)) @ x,
            [
                ((near & (far > 0)) @ x, "windows still cross lines."),
                ((near & same) @ x, "a word is no neighbour of its own: take its row away."),
            ],
        )


EXERCISES = {
    "fill_a_table": Fields(
        share_2=Number(
            0.6,
            {
                0.2: "that is p; columns have height 1: multiply by V.",
                0.4: "that is what the alias has of the column.",
            },
            label="word 2's own share",
        ),
        left_0=Number(
            1.1,
            {
                1.5: "word 2 has taken its part from it.",
                0.9: "it gives what word 2 lacks, not what word 2 has.",
                1: "that is after word 1, too, which has not had its part yet.",
            },
            label="left to word 0",
        ),
    ),
    "intensity_of_a_window": Fields(
        product=Number(
            3.45,
            {
                13.8: "that is for each number; a number has four bytes.",
                6.9: "count multiply-adds: each is two operations.",
                6.06: "the sums are written, too: count them.",
                8: "the vectors are read, too: three arrays move.",
            },
            tolerance=0.06,
            label="the product",
        ),
        loop=Number(
            0.23,
            {
                0.91: "that is for each number; a number has four bytes.",
                0.45: "count multiply-adds: each is two operations.",
                0.25: "one row is written, too: count it.",
            },
            tolerance=0.006,
            label="the loop",
        ),
    ),
    "faster_scatter": faster_scatter,
    "window_lines": window_lines,
}
