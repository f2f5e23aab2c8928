"""Every exercise of the course: found by its name, and true to its messages."""

import importlib
import inspect

import numpy as np
import pytest
from judged import holds

from w2vlib.exercises import chapters, check, find
from w2vlib.exercises.exercise import Choice, Fields, Word

ALL = [
    (chapter, name, exercise)
    for chapter in chapters()
    for name, exercise in importlib.import_module(f"w2vlib.exercises.{chapter}").EXERCISES.items()
]
each_form = pytest.mark.parametrize(
    "exercise", [pytest.param(it, id=name) for _, name, it in ALL if isinstance(it, Fields)]
)
each_code = pytest.mark.parametrize(
    "name", [name for _, name, it in ALL if not isinstance(it, Fields)]
)


def test_names_are_unique():
    names = [name for _, name, _ in ALL]
    assert len(set(names)) == len(names) and all(name.isidentifier() for name in names)


@each_form
def test_right_answers_and_known_mistakes(exercise):
    for field in exercise.values():
        spellings = field.right if isinstance(field, Word) and not isinstance(field, Choice) else ""
        rights = [field.right] if isinstance(spellings, str) else spellings
        assert all(field.judge(right).state == "right" for right in rights)
        if not isinstance(field, Word):
            assert field.judge(str(field.right)).state == "right"
        for mistake, said in field.mistakes.items():
            assert field.judge(mistake).said == f"Not yet: {said}", mistake
        for said in field.mistakes.values():
            assert said[-1] in ".?!" and said.isascii()


@each_code
def test_code_that_is_not_there_or_absurd(name):
    code = find(name)
    assert inspect.isgeneratorfunction(code.steps) and code.steps.__doc__
    assert code.judge(...).state == code.judge(None).state == "unwritten"
    for answer in 6, "six", Ellipsis.__class__, lambda *args: np.nan, lambda *args: 1 / 0:
        for seed in range(2):
            assert code.judge(answer, seed).state == "wrong"


@each_code
def test_a_stub_is_not_written_yet(name):
    assert find(name).judge(lambda *args: None).state == "unwritten"


def test_a_name_that_no_chapter_has():
    with pytest.raises(ValueError, match="did you mean 'lookup_by_hand'"):
        check("lookup_by_hands", row_3=6)
    with pytest.raises(ValueError, match="no exercise 7"):
        check(7)
    with pytest.raises(ValueError, match="no field 'row_4', but row_3, everything"):
        check("lookup_by_hand", row_4=6)
    with pytest.raises(ValueError, match="has the fields row_3, everything"):
        check("lookup_by_hand", 6)
    with pytest.raises(ValueError, match="has no fields"):
        check("gradient_by_product", answer=6)


def test_what_a_cell_shows():
    told = check("lookup_by_hand", row_3=6)
    assert repr(told) == "row_3: Right.\neverything: Not written yet."
    assert repr(check("gradient_by_product", ...)).startswith("Not written yet: replace")


# ---- Solutions of the code exercises, and the mistakes that they name


def overwritten(idx, dout, V):
    dW = np.zeros((V, dout.shape[1]))
    dW[idx] = dout
    return dW


def by_loop(idx, dout, V):
    dW = np.zeros((V, dout.shape[1]))
    for i, row in zip(idx, dout):
        dW[i] += row
    return dW


def of_contexts(gradient):
    return lambda idx, dout, V: gradient(idx.ravel(), dout.reshape(-1, dout.shape[-1]), V)


def several_back(W, h, idx, dout):
    dout = dout[:, :, np.newaxis]
    dW = np.zeros_like(W)
    np.add.at(dW, idx, dout * h[:, np.newaxis])
    return dW, np.sum(dout * W[idx], axis=1)


def several_put(W, h, idx, dout):
    dW = np.zeros_like(W)
    dW[idx] = dout[:, :, np.newaxis] * h[:, np.newaxis]
    return dW, np.sum(dout[:, :, np.newaxis] * W[idx], axis=1)


def first_by_softmax(scores):
    rows = np.exp(np.stack([scores, 0 * scores], axis=1))
    return (rows / rows.sum(axis=1, keepdims=True))[:, 0]


def log_by_cases(s):
    return [-np.log(1 + np.exp(-x)) if x > 0 else x - np.log(1 + np.exp(x)) for x in s]


def log_of_textbook(s):
    with np.errstate(all="ignore"):
        return np.log(1 / (1 + np.exp(-s)))


def skipgram(inputs, outputs, word, ids, rate):
    h, dh = inputs[word].copy(), np.zeros(inputs.shape[1], np.float32)
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-h @ outputs[j])) - (i == 0)
        dh += error * outputs[j]
        outputs[j] -= rate * error * h
    inputs[word] -= rate * dh


def skipgram_too_early(inputs, outputs, word, ids, rate):
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-inputs[word] @ outputs[j])) - (i == 0)
        h = inputs[word].copy()
        inputs[word] -= rate * error * outputs[j]
        outputs[j] -= rate * error * h


def skipgram_in_place(inputs, outputs, word, ids, rate):
    h = inputs[word]
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-h @ outputs[j])) - (i == 0)
        for k in range(len(h)):
            h[k] -= rate * error * outputs[j, k]
            outputs[j, k] -= rate * error * h[k]


def skipgram_summed_early(inputs, outputs, word, ids, rate):
    h, dh = inputs[word], np.zeros(inputs.shape[1], np.float32)
    for i, j in enumerate(ids):
        error = 1 / (1 + np.exp(-h @ outputs[j])) - (i == 0)
        dh += error * outputs[j]
        outputs[j] -= rate * error * h
        h -= rate * dh


def odd(rows):
    return (rows @ rows.mean(axis=0)).argmin()


def by_rounds(ids, grads, V, rounds=None):
    W = np.zeros((V, grads.shape[1]))
    while len(ids) and rounds != 0:
        rows, first = np.unique(ids, return_index=True)
        W[rows] += grads[first]
        ids, grads = np.delete(ids, first), np.delete(grads, first, axis=0)
        rounds = rounds and rounds - 1
    return W


def by_index(ids, grads, V):
    W = np.zeros((V, grads.shape[1]))
    np.add.at(W, ids, grads)
    return W


def by_running_sum(x, lines, w):
    i = np.arange(len(x))
    s = np.vstack([np.zeros((1, x.shape[1])), np.cumsum(x, axis=0)])
    low = np.maximum(i - w, np.searchsorted(lines, lines, side="left"))
    high = np.minimum(i + w + 1, np.searchsorted(lines, lines, side="right"))
    return s[high] - s[low] - x


@pytest.mark.parametrize(
    "name, right, mistakes",
    [
        (
            "first_backward",
            lambda x, dout: x.T @ dout,
            {lambda x, dout: np.zeros((3, 2)): "still all zeros"},
        ),
        (
            "logit",
            lambda y: -np.log(1 / y - 1),
            {
                lambda y: np.log(1 / y - 1): "turn the sign",
                lambda y: np.log10(y / (1 - y)): "take np.log",
            },
        ),
        (
            "first_of_two",
            first_by_softmax,
            {lambda scores: 1 - first_by_softmax(scores): "the probability of the other"},
        ),
        (
            "log_sigmoid",
            log_by_cases,
            {
                log_of_textbook: "minus infinity",
                lambda s: np.logaddexp(0, -s): "this is the loss",
                lambda s: -np.logaddexp(0, s): "the logarithm of 1 - y",
            },
        ),
        (
            "odd_one_out",
            lambda wv, words: odd(wv.unit[wv.vocabulary.ids(words)]),
            {
                lambda wv, words: odd(np.array([wv[word] for word in words])): "do not count",
            },
        ),
        (
            "repair_the_overwrite",
            of_contexts(by_loop),
            {of_contexts(overwritten): "+= computes first, then assigns"},
        ),
        (
            "scores_of_several",
            lambda W, h, idx: np.sum(W[idx] * h[:, np.newaxis], axis=2),
            {
                lambda W, h, idx: np.sum(W[idx] * h[0], axis=2): "h[0] for all",
                lambda W, h, idx: np.sum(W[idx], axis=2): "where is h?",
            },
        ),
        ("backward_of_several", several_back, {several_put: "ids repeat"}),
        ("gradient_by_product", by_loop, {overwritten: "row 0 holds only the last"}),
        (
            "learn_skipgram",
            skipgram,
            dict.fromkeys(
                [skipgram_too_early, skipgram_in_place, skipgram_summed_early], "keep dh apart"
            ),
        ),
        ("gradient_by_sorting", by_loop, {overwritten: "keeps only its last row"}),
        (
            "faster_scatter",
            by_rounds,
            {
                overwritten: "keeps only its last row",
                lambda ids, grads, V: by_rounds(ids, grads, V, 1): "the first round",
                by_index: "by np.add.at",
            },
        ),
        (
            "window_lines",
            by_running_sum,
            {
                lambda x, lines, w: by_running_sum(x, 0 * lines, w): "still cross lines",
                lambda x, lines, w: by_running_sum(x, lines, w) + x: "take its row away",
            },
        ),
    ],
)
def test_solutions_and_mistakes(name, right, mistakes):
    holds(name, right, mistakes)
