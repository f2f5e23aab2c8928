"""Checks of input: what they refuse, in which words, and what they let pass."""

import numpy as np
import pytest

from w2vlib import check


class Corpus:
    ids = np.array([0, 1])


def test_good_input_passes_without_a_word():
    check.ids(np.array([[0, 6]], dtype=np.uint8), "idx", size=7, ndim=2)
    check.ids([0, 6], "idx", size=7)
    check.ids(3, "idx")
    check.weights(np.zeros((1, 1), dtype=np.float16), "W")
    check.shape(np.zeros((2, 3)), (None, 3), "x")
    check.shape(1.5, (), "x")
    check.labels([0, 1.0, True], "t")
    for x in (0, -1.5, [1, 2], np.float16(1), np.zeros((2, 2)), np.arange(3)):
        check.scores(x, "x")
    check.vector([1, 2.5], 2, "word")
    check.vector(np.array([255, 0], np.uint8), 2, "word")
    check.classes(np.eye(3, dtype=bool), np.zeros((3, 3)), "t")
    check.classes(np.array([2, 0]), np.zeros((2, 3)), "t")
    check.whole(np.int64(1), "n")
    check.whole(0, "n", at_least=0)
    check.number(-3, "power")
    check.number(np.float32(0.1), "lr", above=0)
    check.number(0, "lr", at_least=0)
    check.called((), "Layer")


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: check.ids(Corpus(), "idx"), TypeError, "idx is a Corpus: pass its ids, idx.ids"),
        (lambda: check.ids([], "idx"), ValueError, "idx is empty"),
        (lambda: check.ids([0.0], "idx"), TypeError, "idx has dtype float64.*astype"),
        (lambda: check.ids([True], "idx"), TypeError, "idx has dtype bool"),
        (lambda: check.ids([[0]], "idx", ndim=1), ValueError, r"idx has shape \(1, 1\).*1 dim"),
        (lambda: check.ids([2, -1], "idx"), IndexError, "idx holds the id -1: ids start at 0"),
        (lambda: check.ids([7], "idx", size=7), IndexError, r"id 7, but .* 7 rows \(0 to 6\)"),
        (lambda: check.weights([[1.0]], "W"), TypeError, "W is a list.*NumPy array of float32"),
        (lambda: check.weights(np.eye(2, dtype=np.int64), "W"), TypeError, "W has dtype int64"),
        (lambda: check.weights(np.zeros(3), "W"), ValueError, r"W has shape \(3,\).*columns"),
        (lambda: check.weights(np.zeros((0, 3)), "W"), ValueError, r"W has shape \(0, 3\)"),
        (lambda: check.weights(np.ma.zeros((2, 3)), "W"), TypeError, "W is a MaskedArray: pass"),
        (lambda: check.weights(np.array([[1], [np.inf]]), "W"), ValueError, "first in row 1"),
        (lambda: check.shape([1, 2], (3,), "x"), ValueError, r"x has shape \(2,\).*\(3\)"),
        (lambda: check.shape([1, 2], (2, None), "x"), ValueError, r"should be \(2, any\)"),
        (lambda: check.labels([], "t"), ValueError, "t is empty"),
        (lambda: check.labels([0, 2], "t"), ValueError, r"t holds \[0, 2\].*only 0 .* and 1"),
        (lambda: check.labels([np.nan], "t"), ValueError, "t holds"),
        (lambda: check.scores(np.uint8([200]), "x"), TypeError, r"x has dtype uint8.*x\.astype"),
        (lambda: check.scores(np.int8([-128]), "x"), TypeError, "x has dtype int8"),
        (lambda: check.scores(np.uint64([1]), "x"), TypeError, "x has dtype uint64"),
        (lambda: check.scores(True, "x"), TypeError, "x has dtype bool"),
        (lambda: check.scores("1", "x"), TypeError, "x is '1': it should be an array"),
        (lambda: check.scores(1j, "x"), TypeError, "x has dtype complex128"),
        (lambda: check.classes([[0, 0]], np.zeros((1, 2)), "t"), ValueError, r"\[0, 0\] \(row 0\)"),
        (
            lambda: check.classes([[0, 1], [1, 1]], np.eye(2), "t"),
            ValueError,
            r"\[1, 1\] \(row 1\)",
        ),
        (lambda: check.classes([[0.5, 0.5]], np.zeros((1, 2)), "t"), ValueError, "a single 1"),
        (lambda: check.classes([[2, -1]], np.zeros((1, 2)), "t"), ValueError, "a single 1"),
        (lambda: check.classes([[1, np.nan]], np.zeros((1, 2)), "t"), ValueError, "a single 1"),
        (lambda: check.vector("ab", 2, "word"), TypeError, "one word or a vector of 2 numbers"),
        (lambda: check.vector([1, 2, 3], 2, "word"), ValueError, r"word has shape \(3,\)"),
        (lambda: check.vector([1, np.inf], 2, "word"), ValueError, "word holds inf: give"),
        (lambda: check.whole(2.0, "n"), TypeError, "n is 2.0.*whole number"),
        (lambda: check.whole(True, "n"), TypeError, "n is True.*whole number"),
        (lambda: check.whole(0, "n"), ValueError, "n is 0.*at least 1"),
        (lambda: check.whole(1, "n", at_least=2), ValueError, "n is 1.*at least 2"),
        (lambda: check.number("1", "lr"), TypeError, "lr is '1'.*number"),
        (lambda: check.number(True, "lr"), TypeError, "lr is True.*number"),
        (lambda: check.number(np.nan, "lr"), ValueError, "lr is nan.*finite"),
        (lambda: check.number(0, "lr", above=0), ValueError, "lr is 0.*more than 0"),
        (lambda: check.number(-1, "lr", at_least=0), ValueError, "lr is -1.*at least 0"),
        (lambda: check.ids([[1], [2, 3]], "ids"), ValueError, "ids has rows of different lengths"),
        (lambda: check.shape([[1], [2, 3]], (2,), "x"), ValueError, "x has rows of different"),
        (lambda: check.labels([[1], [0, 1]], "t"), ValueError, "t has rows of different lengths"),
        (lambda: check.scores([[1], [0, 1]], "x"), ValueError, "x has rows of different lengths"),
        (lambda: check.number(1, "beta1", below=1), ValueError, "beta1 is 1.*less than 1"),
        (lambda: check.number(np.float16(-1), "lr", at_least=0), ValueError, "lr is -1.0"),
        (lambda: check.seed("one", "rng"), TypeError, "rng is 'one': it should be None, a whole"),
        (lambda: check.seed(-1, "rng"), TypeError, "rng is -1"),
        (lambda: check.pairs([np.ones(2)], np.ones((1, 2))), TypeError, r"grads is array.*pass"),
        (lambda: check.pairs([np.ones(2)], []), ValueError, "params holds 1 and grads 0"),
        (
            lambda: check.pairs([np.ones(2, int)], [np.ones(2)]),
            TypeError,
            r"params\[0\] has dtype int",
        ),
        (lambda: check.pairs([[1.0]], [np.ones(1)]), TypeError, r"params\[0\] is a list"),
        (
            lambda: check.pairs([np.ones((3, 2))], [np.ones(2)]),  # which NumPy would stretch
            ValueError,
            r"grads\[0\] has shape \(2,\): .* \(3, 2\), as params\[0\]",
        ),
        (lambda: check.called(None, "Layer"), RuntimeError, "Layer.backward.*call forward first"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()
