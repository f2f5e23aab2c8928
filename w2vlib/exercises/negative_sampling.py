"""Chapter 6: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.binary import sigmoid
from w2vlib.exercises.exercise import Fields, Number, in_place


def loss_of(score, label):
    """The loss of each question, with the score's shape."""
    return np.logaddexp(0, np.where(np.asarray(label) == 1, -score, score))


def question_loss(answer, rng):
    """Losses that no score overflows, of the score's shape."""
    for shape in [(5,), (3, 4)]:
        score, label = 3 * rng.standard_normal(shape), rng.integers(2, size=shape)
        score.flat[0], label.flat[:2] = 2, (1, 0)
        right = loss_of(score, label)
        said = "yes and no are exchanged: a yes costs little where the score is high."
        yield answer(score, label), right, [(loss_of(-score, label), said)]
    score, label = np.array([-1000.0, 1000.0, 1000.0]), np.array([1, 1, 0])
    said = "at a score of 1,000 it overflows: let np.logaddexp take the exponential."
    with np.errstate(all="ignore"):
        got = np.asarray(answer(score, label), dtype=float)
    yield np.isfinite(got).all(), True, [(False, said)]
    yield got, loss_of(score, label)


def updated(W, h, words, lr, add=np.subtract.at):
    """W (V, H) after one step of gradient descent, by all V scores' rows."""
    t = np.zeros(words.shape)
    t[:, 0] = 1
    y = sigmoid(np.sum(h[:, np.newaxis] * W[words], axis=2))
    rows = ((y - t) / len(h))[:, :, np.newaxis] * h[:, np.newaxis]
    W = W.copy()
    add(W, words, lr * rows)
    return W


def put(W, words, rows):
    """What W[words] -= rows does: of equal ids the last one counts."""
    W[words] -= rows


@in_place
def step_rows(answer, rng):
    """One step on W (V, H), in place."""
    for V in (9, 20):
        W, h = rng.standard_normal((V, 3)), rng.standard_normal((8, 3))
        words = rng.integers(V, size=(8, 4))
        start, right = W.copy(), updated(W, h, words, 0.1)
        told = answer(W, h, words, 0.1)
        if np.array_equal(W, start):
            if told is None:
                yield None, right
            yield False, True, [(False, "W is as it was: change it in place.")]
        twice = "a word that comes twice keeps only its last gradient: np.subtract.at."
        up = "the wrong way: a step goes against the gradient."
        mean = "divide by the number of targets: the loss is a mean over the batch."
        mistakes = [
            (updated(start, h, words, 0.1, put), twice),
            (updated(start, h, words, -0.1), up),
            (updated(start, h, words, 0.8), mean),
        ]
        yield W, right, mistakes


EXERCISES = {
    "think_rows": Fields(
        rows=Number(
            192,
            {
                160: "that is the negatives: each target's own row changes, too.",
                6: "that is one target: there are 32.",
                32: "that is the targets: their negatives change, too.",
            },
        ),
        percent=Number(
            1.92,
            {0.0192: "that is the share: in percent it is a hundred times this."},
            tolerance=0.1,
            percent=True,
        ),
    ),
    "one_target": Fields(
        loss=Number(
            2 * np.log(2),
            {
                0.6931: "that is one question; there are two: add their losses.",
                0: "each y is a half, and a question at a half costs log 2.",
                0.602: "that is by log10: log is the natural one here.",
            },
            tolerance=0.006,
            label="loss, as a decimal",
        ),
        dh_0=Number(
            0,
            {
                -0.5: "that is the gradient of one score: multiply by its row of weights.",
                0.5: "that is the gradient of one score: multiply by its row of weights.",
            },
            label="dh, first number",
        ),
        dh_1=Number(
            -1,
            {
                1: "both signs are turned: y - t is -0.5 for the yes.",
                -2.5: "that is the positive's part: add the negative's.",
                1.5: "that is the negative's part: add the positive's.",
                4: "the positive's sign: y - t is 0.5 - 1.",
                -4: "the negative's sign: y - t is 0.5 - 0.",
                -0.5: "that is the gradient of one score: multiply by its row of weights.",
                0.5: "that is the gradient of one score: multiply by its row of weights.",
            },
            label="dh, second number",
        ),
    ),
    "settles": Fields(
        y=Number(
            0.75,
            {
                3: "that is a/b: y is the share of yes among all answers.",
                0.25: "that is the share of no.",
                30: "that is the count of yes: y is the share of yes among all answers.",
                0.375: "divide by the count of all answers, once: each is a yes or a no.",
            },
        ),
        score=Number(
            np.log(3),
            {
                3: "that is a/b: the score is its logarithm.",
                -np.log(3): "more yes than no: the score is positive.",
                np.log10(3): "that is by log10: log is the natural one here.",
                0.75: "that is y: the score is what the sigmoid makes y of.",
            },
            tolerance=0.006,
            label="score, as a decimal",
        ),
        y_with_twice_K=Number(
            0.6,
            {0.75: "twice the negatives: the word hears no 20 times."},
            label="y with twice the negatives",
        ),
    ),
    "question_loss": question_loss,
    "step_rows": step_rows,
}
