"""Chapter 13: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Fields, Number


def rounds(values):
    """What all lanes have after each round, (rounds, n); distances n / 2, n / 4, ..."""
    found, lane, distance = [], np.arange(len(values)), len(values) // 2
    while distance:
        values = values + values[lane ^ distance]
        found.append(values)
        distance //= 2
    return np.array(found)


def from_one(values):
    """The same with distances from 1 up."""
    found, lane, distance = [], np.arange(len(values)), 1
    while distance < len(values):
        values = values + values[lane ^ distance]
        found.append(values)
        distance *= 2
    return np.array(found)


def one_by_one(values):
    """The same with lanes that add what others have already changed."""
    found, values, distance = [], values.copy(), len(values) // 2
    while distance:
        for i in range(len(values)):
            values[i] += values[i ^ distance]
        found.append(values.copy())
        distance //= 2
    return np.array(found)


def lower_half(values):
    """The same where a lane adds only what comes from behind it."""
    found, distance = [], len(values) // 2
    while distance:
        other = np.append(values[distance:], np.zeros(distance))
        values = values + other
        found.append(values)
        distance //= 2
    return np.array(found)


def sum_in_rounds(answer, rng):
    """All lanes' numbers after each round, for 8 lanes or more, whole numbers of either sign."""
    for power in rng.permutation([3, 4, 5])[:2]:
        values = np.round(rng.normal(0, 50, 2**power))
        right = rounds(values)
        yield (
            answer(values.copy()),
            right,
            [
                (right[-1], "that is the last round: what do the lanes have after each?"),
                (right[-1, 0], "that is the sum alone: what do the lanes have after each round?"),
                (
                    np.array([values, *right]),
                    "begin with the first round, not with what was there.",
                ),
                (right.T, "turn it: a row for each round, a column for each lane."),
                (from_one(values), "the sum is right. Begin with half of the lanes, down to 1."),
                (one_by_one(values), "all lanes add at the same time: make a new array."),
                (lower_half(values), "every lane has another one: i ^ distance, not i + distance."),
            ],
        )


EXERCISES = {
    "which_pieces": Fields(
        a=Number(
            4,
            {
                1: "a piece holds eight numbers, not 32.",
                32: "eight neighbours are in one piece.",
                8: "that is how many numbers are in a piece.",
                128: "that is bytes: how many pieces of 32?",
            },
            label="pieces in (a)",
        ),
        b=Number(
            8,
            {
                4: "they reach over 64 columns, not 32.",
                16: "four of the numbers are in each piece.",
                32: "four of the numbers are in each piece.",
                2: "a piece holds eight numbers, not 32.",
            },
            label="pieces in (b)",
        ),
        c=Number(
            32,
            {
                4: "they are not neighbours: a row lies between one and the next.",
                1: "a piece holds eight numbers of one row.",
                384: "that is how many pieces the 32 rows have: which of them move?",
            },
            label="pieces in (c)",
        ),
        wanted=Number(
            0.125,
            {
                8: "the other way round: a part of 1.",
                12.5: "that is per cent: write it as a decimal number.",
                0.03125: "of a piece, not of the warp: how many numbers are in it?",
            },
            tolerance=0.001,
            label="part that is wanted in (c) (a decimal)",
        ),
    ),
    "warp_for_300": Fields(
        turns=Number(
            10,
            {
                9: "nine turns are 288 columns.",
                9.375: "a turn is whole, even if some lanes idle.",
                300: "a turn does 32 columns.",
            },
        ),
        idle=Number(
            20,
            {
                12: "so many have something to do.",
                0: "300 is not a multiple of 32.",
                4: "that would be a vector of 28 more, or of 316: what is left after nine turns?",
            },
            label="lanes that idle in the last turn",
        ),
        rounds=Number(
            5,
            {
                31: "each round adds for all lanes at once: it doubles what a lane has.",
                32: "each round adds for all lanes at once: it doubles what a lane has.",
                10: "that is turns: the sums of the turns are in one number a lane by then.",
                9: "that would be for 512 numbers: there are 32 sums.",
                16: "that is the first distance.",
            },
        ),
    ),
    "think_rest": Fields(
        times=Number(
            1.75,
            {
                2.33: "that would be the kernel without the rest.",
                0.57: "that is the part that is left: how many times as fast?",
                0.43: "that is the part of the kernel: what is left?",
                1.43: "the time that is left is 0.57 of it: divide.",
            },
            tolerance=0.04,
            label="times as fast (a decimal)",
        )
    ),
    "sum_in_rounds": sum_in_rounds,
}
