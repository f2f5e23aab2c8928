"""Chapter 10: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Choice, Fields, Number


class NotAt(np.ndarray):
    """Rows that refuse a ufunc's `at`, such as np.add.at."""

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method == "at":
            raise TypeError(BY_AT)
        plain = [x.view(np.ndarray) if isinstance(x, NotAt) else x for x in inputs]
        return getattr(ufunc, method)(*plain, **kwargs)


BY_AT = "this is np.add.at, which it should be faster than: sum in rounds."


def faster_scatter(answer, rng):
    """Rows summed by their ids, (V, H), without np.add.at."""
    for V, N in [*rng.integers([4, 20], [10, 40], size=(2, 2)).tolist(), (5, 0)]:
        ids, grads = rng.integers(V, size=N), rng.standard_normal((N, rng.integers(2, 6)))
        expected, last, first = np.zeros((3, V, grads.shape[1]))
        np.add.at(expected, ids, grads)
        last[ids] = grads
        rows, places = np.unique(ids, return_index=True)
        first[rows] = grads[places]
        try:
            got = answer(ids, grads.view(NotAt), V)
        except TypeError as error:
            if str(error) != BY_AT:
                raise
            yield True, False, [(True, BY_AT)]
        yield (
            got,
            expected,
            [
                (last, "an id that comes twice keeps only its last row: go on with those left."),
                (first, "that is the first round: go on with the ids that are left."),
            ],
        )


def window_lines(answer, rng):
    """Window sums that end at the ends of lines, (T, H)."""
    for low, w in [(1, 2), (3, int(rng.integers(2, 5)))]:
        lengths = rng.integers(low, 9, size=rng.integers(3, 6))
        lines = np.repeat(np.arange(len(lengths)), lengths.tolist())
        x = rng.standard_normal((len(lines), rng.integers(2, 5)))
        far = np.abs(np.arange(len(x))[:, np.newaxis] - np.arange(len(x)))
        near = far <= w
        same = lines[:, np.newaxis] == lines
        yield (
            answer(x, lines, w),
            (near & same & (far > 0)) @ x,
            [
                ((near & (far > 0)) @ x, "windows still cross lines."),
                ((near & same) @ x, "a word is no neighbour of its own: take its row away."),
                ((near & (far >= 0)) @ x, "windows cross lines, and hold the word itself."),
                (
                    ((near | (far == w + 1)) & same & (far > 0)) @ x,
                    "a window of w ends after w words: this one is a word too long.",
                ),
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
    "three_proposals": Fields(
        first=Choice(
            ["draws", "gradients", "descend"],
            "descend",
            {
                "draws": "ten times as fast saves 4.5 of 444 microseconds.",
                "gradients": "the largest part, but how much of it does the proposal save?",
            },
            label="The proposal that saves most is about",
        ),
        times=Number(
            444 / (444 - 106 * 2 / 3),
            {
                3: "that is descend alone: how long is the whole step, before and after?",
                444 / (444 - 106 / 3): "a third of descend is left, not saved.",
                1.31: "so it would be if descend took no time: a third of it is left.",
                444 / (444 - 273 + 273 / 1.3): "that is the proposal for the gradients.",
                444 / (444 - 4.5): "that is the proposal for the draws.",
                0.84: "that is the time that is left, as a part: the other way round.",
            },
            tolerance=0.005,
            label="with it a step is so many times as fast",
        ),
        at_most=Number(
            444 / 171,
            {
                444 / 273: "that is as if the gradients alone were left: they are what goes.",
                0.61: "that is their share of the step: how long is the rest?",
                0.39: "that is the share that is left: the other way round.",
                1.3: "that is the proposal: now they take no time at all.",
            },
            tolerance=0.01,
            label="and if the gradients took no time, so many times",
        ),
    ),
    "faster_scatter": faster_scatter,
    "window_lines": window_lines,
}
