"""Chapter 6: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.binary import sigmoid
from w2vlib.exercises.exercise import ALL_ROWS, MANY, Fields, Number, Rows, idle, in_place, sizes


def score_gradients(answer, rng):
    """The gradient of the loss by each score, (N, K + 1)."""
    for _ in range(2):
        N, questions = sizes(rng, 2)
        score = 2 * rng.standard_normal((N, questions))
        t = np.zeros(score.shape)
        t[:, 0] = 1
        y = sigmoid(score)
        right = (y - t) / N
        mistakes = [
            (y - t, "divide by N: each question's loss is a mean over the targets."),
            ((y - t) / questions, "that divides by K + 1: divide by N, the number of targets."),
            (right / questions, "the K + 1 means are added up: divide by N alone."),
            (-right, "the sign: the gradient is y less the label."),
            (y / N, "the label of column 0 is 1: take it away there."),
            (right * y * (1 - y), "the sigmoid's slope is in y - t already: it cancels there."),
        ]
        yield answer(score), right, mistakes


def loss_of(score, label):
    """The loss of each question, with the score's shape."""
    return np.logaddexp(0, np.where(np.asarray(label) == 1, -score, score))


def question_loss(answer, rng):
    """Losses that no score overflows, of the score's shape."""
    for shape in [sizes(rng, 1), sizes(rng, 2)]:
        score, label = 3 * rng.standard_normal(shape), rng.integers(2, size=shape)
        score.flat[0], label.flat[:2] = 2, (1, 0)
        right = loss_of(score, label)
        said = "yes and no are exchanged: a yes costs little where the score is high."
        one = "that is one number for all: each question has a loss of its own."
        no_label = "where is the label? A no costs another loss than a yes."
        mistakes = [(loss_of(-score, label), said), (right.mean(), one), (right.sum(), one)]
        mistakes += [(loss_of(score, 1), no_label), (loss_of(score, 0), no_label)]
        yield answer(score, label), right, mistakes
    score = 1000.0 * rng.integers(1, 9, size=rng.integers(3, 7))
    score[0] *= -1
    label = rng.integers(2, size=score.shape)
    label[:3] = 1, 1, 0
    right = loss_of(score, label)
    with np.errstate(all="ignore"):
        got = np.asarray(answer(score, label), dtype=float)
        near = got.shape == right.shape and np.allclose(got, right)
    said = "at a score of 1,000 it overflows: let np.logaddexp take the exponential."
    yield np.isfinite(got).all(), True, [(False, said)]
    said = "a no where the score is 1,000 costs 1,000: a clip that keeps log from 0 bends the loss."
    yield near, True, [(False, said)]


def updated(W, h, words, lr, add=np.subtract.at, label=1):
    """W (V, H) after one step of gradient descent, by all V scores' rows."""
    t = np.zeros(words.shape)
    t[:, 0] = label
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
    for _ in range(2):
        V, H, N, K = sizes(rng, 4)
        W, h = rng.standard_normal((V, H)), rng.standard_normal((N, H))
        words = rng.integers(V, size=(N, K + 1))  # more than V ids: some come twice
        lr = rng.uniform(0.05, 0.5)
        start, right = W.copy(), updated(W, h, words, lr)
        told = answer(W, h, words, lr)
        if told is ... or (told is None and np.array_equal(W, start) and idle(answer)):
            yield None, right
        twice = "a word that comes twice keeps only its last gradient: np.subtract.at."
        uphill = "the wrong way: a step goes against the gradient."
        mean = "divide by the number of targets: the loss is a mean over the batch."
        mistakes = [
            (start, "W is as it was: change it in place."),
            (updated(start, h, words, lr, put), twice),
            (updated(start, h, words, -lr), uphill),
            (updated(start, h, words, -lr, put), uphill),
            (updated(start, h, words, N * lr), mean),
            (updated(start, h, words, lr, label=0), "column 0 is the targets': its label is 1."),
            (updated(start, h, words, 1), "where is lr?"),
        ]
        yield W, right, mistakes
    W, words = rng.standard_normal((MANY, H)).view(Rows), rng.integers(MANY, size=words.shape)
    try:
        answer(W, h, words, lr)
    except ValueError as error:
        if str(error) != ALL_ROWS:
            raise
        said = "the step is right, but it computes with all V rows: take those of words alone."
        yield True, False, [(True, said)]


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
    "score_gradients": score_gradients,
    "question_loss": question_loss,
    "step_rows": step_rows,
}
