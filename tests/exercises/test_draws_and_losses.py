"""The code exercises of chapters 5 and 6: solutions, and the mistakes that they name."""

import numpy as np
import pytest
from judged import holds

from w2vlib import sigmoid


def thrown(ends, target, K, rng):
    negatives = np.searchsorted(ends, rng.random((len(target), K)))
    while (hit := negatives == target[:, np.newaxis]).any():
        negatives[hit] = np.searchsorted(ends, rng.random(hit.sum()))
    return negatives


def thrown_once(ends, target, K, rng):
    return np.searchsorted(ends, rng.random((len(target), K)))


def next_word(ends, target, K, rng):
    negatives = thrown_once(ends, target, K, rng)
    return np.where(negatives == target[:, np.newaxis], (negatives + 1) % 5, negatives)


def different(p, target, K, rng, replace=False):
    rows = []
    for word_id in target:
        rest = p.copy()
        rest[word_id] = 0
        rows.append(rng.choice(len(p), size=K, replace=replace, p=rest / rest.sum()))
    return np.array(rows)


def with_repeats(p, target, K, rng):
    return different(p, target, K, rng, replace=True)


def all_alike(p, target, K, rng):
    return different(np.ones(len(p)), target, K, rng)


def with_targets(p, target, K, rng):
    return np.array([rng.choice(len(p), size=K, replace=False, p=p) for _ in target])


def without_copy(p, target, K, rng):
    drawn = different(p, target, K, rng)
    p[target] = 0
    return drawn


def stable(score, label):
    return np.logaddexp(0, (1 - 2 * label) * score)


def exchanged(score, label):
    return stable(score, 1 - label)


def of_all(score, label):
    return stable(score, label).mean()


def plain(score, label):
    y = 1 / (1 + np.exp(-score))
    return -np.log(np.where(label == 1, y, 1 - y))


def gradients(W, h, words):
    t = np.zeros(words.shape)
    t[:, 0] = 1
    y = sigmoid(np.einsum("nh,nkh->nk", h, W[words]))
    return np.einsum("nk,nh->nkh", (y - t) / len(h), h)


def stepped(W, h, words, lr):
    np.subtract.at(W, words, lr * gradients(W, h, words))


def put(W, h, words, lr):
    W[words] -= lr * gradients(W, h, words)


def uphill(W, h, words, lr):
    stepped(W, h, words, -lr)


def summed(W, h, words, lr):
    stepped(W, h, words, len(h) * lr)


def elsewhere(W, h, words, lr):
    W = W.copy()
    stepped(W, h, words, lr)
    return W


@pytest.mark.parametrize(
    "name, right, mistakes",
    [
        (
            "draw",
            thrown,
            {thrown_once: "holds its own target", next_word: "in proportion to the rest"},
        ),
        (
            "draw_different",
            different,
            {
                with_repeats: "holds a word twice",
                all_alike: "not come in proportion",
                with_targets: "holds its own target",
                without_copy: "p has changed",
            },
        ),
        (
            "question_loss",
            stable,
            {exchanged: "are exchanged", of_all: "the shape is ()", plain: "overflows"},
        ),
        (
            "step_rows",
            stepped,
            {
                put: "keeps only its last gradient",
                uphill: "the wrong way",
                summed: "divide by the number",
                elsewhere: "W is as it was",
            },
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_solutions_and_mistakes(name, right, mistakes):
    holds(name, right, mistakes)
