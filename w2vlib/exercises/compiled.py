"""Chapter 11: what its exercises expect, and what is said to each known mistake."""

from copy import deepcopy
from functools import partial

import numpy as np

from w2vlib.exercises.exercise import Fields, Number, in_place, sizes


def skipgram(inputs, outputs, word, ids, rate):
    """What the step of a word and one neighbour, ids[0], leaves: two matrices."""
    inputs, outputs = inputs.copy(), outputs.copy()
    h, y = inputs[word].copy(), outputs[ids]
    error = 1 / (1 + np.exp(-(y @ h)))
    error[0] -= 1
    outputs[ids] -= rate * np.outer(error, h)
    inputs[word] -= rate * error @ y
    return inputs, outputs


def too_early(inputs, outputs, word, ids, rate, order="together"):
    """The same with the word's own row changed while it is still read.

    order: which of the two rows changes first, and is read changed by the other; "summed" changes
        the word's row by all of dh so far, after each id.
    """
    inputs, outputs = inputs.copy(), outputs.copy()
    dh = 0
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-outputs[j] @ inputs[word])) - (i == 0)
        h, y = inputs[word].copy(), outputs[j].copy()
        dh = dh + error * y
        if order == "word":
            h = h - rate * error * y
        outputs[j] -= rate * error * h
        if order == "output":
            y = outputs[j]
        inputs[word] -= rate * (dh if order == "summed" else error * y)
    return inputs, outputs


def from_changed_rows(inputs, outputs, word, ids, rate):
    """The same with dh summed from output rows that have been changed already."""
    after = skipgram(inputs, outputs, word, ids, rate)[1]
    inputs, h = inputs.copy(), inputs[word]
    error = 1 / (1 + np.exp(-(outputs[ids] @ h)))
    error[0] -= 1
    inputs[word] -= rate * error @ after[ids]
    return inputs, after


def without_label(inputs, outputs, word, ids, rate):
    """The same with all ids taken for negatives."""
    inputs, outputs = inputs.copy(), outputs.copy()
    h, y = inputs[word].copy(), outputs[ids]
    error = 1 / (1 + np.exp(-(y @ h)))
    outputs[ids] -= rate * np.outer(error, h)
    inputs[word] -= rate * error @ y
    return inputs, outputs


def outputs_alone(inputs, outputs, *task):
    """The same with the word's own row left as it is."""
    return inputs, skipgram(inputs, outputs, *task)[1]


@in_place
def learn_skipgram(answer, rng):
    """Both matrices after one step; it changes them where they are."""
    early = "the word's row changes while it is still read: keep dh apart."
    orders = ["together", "word", "output", "summed"]
    wrong = [
        *((partial(too_early, order=order), early) for order in orders),
        (from_changed_rows, "dh needs each output row as it was before its change."),
        (lambda *task: skipgram(*task[:4], -task[4]), "that goes uphill: turn the sign."),
        (without_label, "the error is the sigmoid, less 1 for the neighbour, ids[0]."),
        (outputs_alone, "the output rows are right, but the word's row is as it was."),
    ]
    for _ in range(2):
        K, H, more = sizes(rng, 3)
        V = K + 1 + more
        before = rng.normal(0, 0.5, (2, V, H)).astype(np.float32)
        word, *ids = rng.permutation(V)[: K + 2]
        task = *before, word, np.array(ids), np.float32(0.5)
        inputs, outputs = before.copy()
        given = answer(inputs, outputs, *deepcopy(task[2:]))
        got = np.array([inputs, outputs])
        if (got == before).all() and given is not None and given is not ...:
            yield True, False, [(True, RETURNED)]
        yield (
            got if (got != before).any() else given,
            np.array(skipgram(*task)),
            [(np.array(mistake(*task)), said) for mistake, said in wrong],
        )


RETURNED = "the matrices are as they were: change them where they are, and return nothing."


EXERCISES = {
    "locks": Fields(
        longer_by=Number(
            0.28,
            {
                1.28: "that is the whole; asked is what is added.",
                0.005: "56 locks, not one.",
                28: "that is per cent: asked is a fraction.",
                2800: "that is nanoseconds: what part of a step are they?",
                2.8: "that is microseconds: what part of a step are they?",
            },
            tolerance=0.005,
            label="longer by (0.5 for half as long again)",
        )
    ),
    "how_many_cores": Fields(
        part_alone=Number(
            0.11,
            {
                0.89: "that is what all can do.",
                0.9: "that is the speed as a part of the ideal: of which time? Solve it.",
                11: "that is per cent: write 11 per cent as a decimal number.",
                11.1: "that is per cent: write it as a decimal number.",
                0.1: "0.9 of the ideal speed, but of which time? Solve it.",
            },
            tolerance=0.004,
            label="the part s (a decimal)",
        ),
        on_16_cores=Number(
            6.0,
            {14.4: "0.9 of 16: the part grows as the rest shrinks."},
            tolerance=0.1,
            label="times as fast on 16 cores",
        ),
    ),
    "think_cores": Fields(
        on_8_cores=Number(
            5.9,
            {
                8: "that would be without the part that only one thread can do.",
                7.6: "95% of 8: the part of one thread takes as long on 8 cores as on one.",
            },
            tolerance=0.06,
            label="times as fast on 8 cores (a decimal)",
        ),
        on_1000_cores=Number(
            19.6,
            {
                1000: "the twentieth part that one thread does alone stays.",
                950: "95% of 1,000: the part of one thread takes as long as before.",
                20: "that is the limit, which no number of cores reaches.",
            },
            tolerance=0.1,
            label="on a thousand",
        ),
    ),
    "learn_skipgram": learn_skipgram,
}
