"""Chapter 7: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.evaluation import WordVectors
from w2vlib.exercises.exercise import Fields, Number


def momentum(answer, rng):
    """Where an optimiser with momentum takes some parameters in three steps."""
    for lr, rate, shapes in [
        (0.1, 0.9, [(1,)]),
        (0.02, 0.5, [(2,), (2,)]),
        (0.05, 0.8, [(3,), (2, 2)]),
    ]:
        grads = [rng.standard_normal((3, *shape)) for shape in shapes]
        params, optimizer = [np.zeros(shape) for shape in shapes], answer(lr, rate)
        for n in range(3 if optimizer is not None else 0):
            optimizer.update(params, [grad[n].copy() for grad in grads])
        got = np.concatenate([param.ravel() for param in params])
        grads = np.concatenate([grad.reshape(3, -1) for grad in grads], axis=1)
        velocity = rolling(rate, -lr * grads)
        places = velocity.sum(axis=0)
        mistakes = [
            (-lr * grads.sum(axis=0), "that is SGD: the old velocity is lost."),
            (velocity[-1], "the velocity is right: add it to the parameter."),
            (-places, "the velocity goes against the gradient."),
        ]
        if shapes == [(2,), (2,)]:  # one velocity for both in turn
            shared = rolling(rate, -lr * grads.reshape(-1, *shapes[0]))
            shared = shared.reshape(3, -1).sum(axis=0)
            mistakes.append((shared, "each parameter needs a velocity of its own."))
        yield (got if got.any() else None), places, mistakes


def rolling(rate, pushes):
    """The velocity after each push: what is left of the one before, and the push."""
    velocities = np.zeros_like(pushes)
    for n, push in enumerate(pushes):
        velocities[n] = rate * velocities[n - 1] + push  # that before the first is 0
    return velocities


def padded_mean(answer, rng):
    """The mean of the context rows that are there, (N, H)."""
    W = rng.standard_normal((6, 3))
    contexts = rng.integers(5, size=(4, 4))  # the last row of W belongs to no context
    contexts[0, 0] = contexts[1, 2:] = contexts[3] = -1
    real = (contexts >= 0)[:, :, np.newaxis]
    total, count = (W[contexts] * real).sum(axis=1), real.sum(axis=1)
    last_row = W[contexts].mean(axis=1)
    with np.errstate(all="ignore"):
        no_word = total / count
    yield (
        answer(W, contexts),
        total / np.maximum(count, 1),
        [
            (last_row, "-1 looks up the last row of W: it should count for nothing."),
            (total, "that is the sum: divide by how many words there are."),
            (total / 4, "divide by how many words there are, not by 2w."),
            (no_word, "the last context has no word: 0 / 0. Divide by 1 there."),
        ],
    )


def share_right(answer, rng):
    """The share of triples whose near word is the nearer one."""
    vectors = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]])
    toy = WordVectors(vectors, ["king", "queen", "car"])
    triples = [("king", "queen", "car"), ("queen", "king", "car"), ("car", "king", "queen")]
    yield (
        answer(toy, triples),
        2 / 3,
        [
            (1 / 3, "the comparison is the wrong way round."),
            (2, "a share: divide by the number of triples."),
        ],
    )


EXERCISES = {
    "think_questions": Fields(
        cbow=Number(
            192,
            {
                160: "the question about the right word is missing.",
                32: "count each of the K + 1 questions.",
            },
            label="CBOW",
        ),
        skip_gram=Number(
            1920,
            {
                960: "w is the words on each side: there are 2w.",
                192: "skip-gram guesses 2w words for each target.",
                1600: "the question about the right word is missing.",
            },
            label="skip-gram",
        ),
    ),
    "how_often_kept": Fields(
        kept=Number(
            0.183,
            {
                0.158: "that is the paper's form: ours adds t/f.",
                0.2: "nearly: give two decimals.",
                0.817: "that is how often it is left out.",
            },
            tolerance=0.006,
        ),
        left_out=Number(
            0.817,
            {
                0.842: "that is the paper's form: ours adds t/f.",
                0.8: "nearly: give two decimals.",
                0.183: "that is how often it is kept.",
            },
            tolerance=0.006,
        ),
    ),
    "momentum": momentum,
    "padded_mean": padded_mean,
    "share_right": share_right,
}
