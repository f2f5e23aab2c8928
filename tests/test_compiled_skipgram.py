"""Skip-gram's compiled step against the NumPy engine's gradients, and what it learns."""

from types import SimpleNamespace

import numpy as np
import pytest
from small import check_moved, descended, lines_of_nine, two_lines

from w2vlib import fused_skipgram, hogwild, load_corpus, train

pytest.importorskip("numba", reason="numba is not installed")
from w2vlib import compiled_skipgram as skipgram

OPTIONS = {"model": "skipgram", "engine": "compiled", "progress": False}

DECAY = 0.1


@pytest.fixture
def group():
    """All of its words guess."""
    return SimpleNamespace(**vars(two_lines()), start=0, stop=7)


def do_step(g, room=None, rate=0.1, negative=5, decay=DECAY):
    if room is None:
        T, M, H = len(g.words) + 3, len(g.negatives), g.outputs.shape[1]
        room = skipgram.make_room(T, T, M, H)
    skipgram.step(
        g.inputs, g.outputs, g.words, g.first, g.last, g.start, g.stop, g.negatives, g.band,
        np.float32(negative), np.float32(rate), np.float32(decay), room,
    )  # fmt: skip


def windows_of(g):
    T = len(g.words)
    windows = np.zeros((1, T, T))
    for t in range(g.start, g.stop):
        for j in range(g.first[t], g.last[t]):
            windows[0, t, j] = g.band[abs(j - t)]
    return windows


def in_numpy(g, decay, rate=0.1, negative=5):
    """The same step by the NumPy engine's in float64 -> inputs and outputs after it."""
    windows = windows_of(g)
    share = negative / len(g.negatives)
    weights = windows @ ((g.words[:, np.newaxis] != g.negatives) * share)
    inputs, outputs = g.inputs.astype(float), g.outputs[:, :5].astype(float)
    dx, dy, dn = fused_skipgram.gradients(
        inputs[g.words][np.newaxis], outputs[g.words][np.newaxis], outputs[g.negatives],
        windows, weights,
    )  # fmt: skip
    guess, guessed = slice(g.start, g.stop), slice(g.first[g.start], g.last[g.stop - 1])
    for W, ids, slopes in [
        (inputs, g.words[guess], dx[guess]),
        (outputs, g.words[guessed], dy[guessed]),
        (outputs, g.negatives, dn),
    ]:
        descended(W, ids, slopes, rate, decay)
    return inputs, outputs


def check_step(g, room=None, decay=DECAY):
    """And the loss that is told before it."""
    before = g.inputs.copy(), g.outputs.copy()
    total, counted = skipgram.loss(
        g.inputs, g.outputs, g.words, g.first, g.last, g.start, g.stop, g.negatives, g.band,
        np.float32(5),
    )  # fmt: skip
    expected = fused_skipgram.loss(*before, g.words[np.newaxis], windows_of(g), g.negatives, 5)
    assert total / counted == pytest.approx(expected, rel=1e-3)  # sigmoid is off by 0.00005
    inputs, outputs = in_numpy(g, decay)
    do_step(g, room, decay=decay)
    check_moved(g, before, inputs, outputs)


def test_a_step_is_that_of_the_numpy_engine(group):
    check_step(group)


def test_a_negative_is_left_out_for_the_pairs_whose_target_it_is(group):
    group.negatives[1] = 8
    check_step(group)


def test_words_and_negatives_that_come_twice_count_twice(group):
    group.words[2] = group.words[6] = 3
    group.negatives[:2] = 3
    check_step(group, decay=0)


@pytest.mark.parametrize("size", range(2, 30))
@pytest.mark.parametrize("window", [1, 5, 40])
def test_any_part_of_any_number_of_words_in_lines_of_any_length(group, size, window):
    """In a room that larger groups have used before."""
    rng = np.random.default_rng(size)
    room = skipgram.make_room(33, 33, 4, 8)
    for part in room:
        part[:, : 5 if part.shape[1] == 8 else None] = 7  # what fills a row up stays 0
    group.words = rng.integers(20, size=size)
    group.words[-2:] = 3
    ends = np.append(np.sort(rng.permutation(np.arange(1, size - 1))[: size // 6]), size)
    line = np.searchsorted(ends, np.arange(size), side="right")
    group.first = np.maximum(np.append(0, ends)[line], np.arange(size) - window)
    group.last = np.minimum(ends[line], np.arange(size) + window + 1)
    group.band = np.append(0, 1 / np.arange(1, window + 1)).astype(np.float32)
    group.start, group.stop = (0, size) if size % 3 else (size // 4, size - 1)
    check_step(group, room, decay=0)  # in which order rows decay would show


def test_words_alone_in_their_lines_guess_nothing(group):
    group.first, group.last = np.arange(7), np.arange(1, 8)
    before = group.inputs.copy(), group.outputs.copy()
    do_step(group, decay=0)
    assert (group.inputs == before[0]).all() and (group.outputs == before[1]).all()


# Training -----------------------------------------------------------------------------------------


@pytest.fixture
def corpus():
    return lines_of_nine()


def test_one_thread_gives_the_same_vectors_again_and_not_those_of_cbow(corpus):
    options = OPTIONS | {"epochs": 1, "subsample": 0}
    first, again, other, cbow = (
        train(corpus, **options | more).vectors for more in ({}, {}, {"seed": 2}, {"model": "cbow"})
    )
    assert (first == again).all() and (first != other).any() and (first != cbow).any()


def test_the_vectors_are_good_and_two_threads_do_them_no_harm():
    corpus, scores = load_corpus("default"), []
    for threads in (1, 2):
        wv = train(corpus, epochs=2, threads=threads, **OPTIONS)
        scores.append((wv.evaluate_word_pairs().spearman, wv.evaluate_analogies().accuracy))
    (pairs, analogies), (pairs_2, analogies_2) = scores
    assert pairs > 0.49 and analogies > 0.1
    assert pairs_2 > pairs - 0.06 and analogies_2 > analogies - 0.04


def test_a_small_vocabulary_makes_smaller_groups_than_for_cbow():
    """A word that makes two guesses at once is as a word that comes twice."""
    assert hogwild.words_per_group(np.full(1000, 7), guesses=4) == hogwild.GROUP
    assert hogwild.words_per_group(np.array([5, 5, 5, 5])) == 8
    assert hogwild.words_per_group(np.array([5, 5, 5, 5]), guesses=4) == 2


def test_preparing_is_told_once_for_each_model(monkeypatch, capsys):
    hogwild.prepare(progress=False, model="skipgram")
    assert skipgram.is_ready()
    hogwild.prepare(model="skipgram")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(skipgram, "is_ready", lambda: False)
    hogwild.prepare(model="skipgram")
    assert "first time takes some seconds" in capsys.readouterr().err
