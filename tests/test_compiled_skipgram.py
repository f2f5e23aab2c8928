"""Skip-gram's compiled step against the NumPy engine's gradients, and what it learns."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import descended, guess_in_a_group
from small import any_extreme_group, any_group, check_learnt, check_moved, lines_of_nine, two_lines

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


@given(
    T=st.integers(1, 29), window=st.integers(1, 40), M=st.sampled_from([4, 8, 16]),
    H=st.integers(1, 9), V=st.integers(2, 30), breaks=st.integers(0, 4), seed=st.integers(0, 2**32),
    negative=st.integers(1, 5), rate=st.sampled_from([1e-30, 0.1]), decay=st.sampled_from([0, 0.5]),
    part=st.tuples(st.integers(0, 28), st.integers(0, 28)),
)  # fmt: skip
def test_any_part_of_any_group_learns_as_the_textbook_says(negative, rate, decay, part, **sizes):
    """In a room that larger groups have used before."""
    g = any_group(**sizes)
    room = skipgram.make_room(33, 33, len(g.negatives), g.outputs.shape[1])
    for array in room:
        array[:, : sizes["H"] if array.shape[1] == g.outputs.shape[1] else None] = 7
    g.start, g.stop = (min(i, sizes["T"]) for i in sorted(part))
    windows, H = windows_of(g)[0], g.inputs.shape[1]
    if g.start < g.stop:
        parts = slice(g.start, g.stop), slice(g.first[g.start], g.last[g.stop - 1])
        settings = g.words, windows, *parts, g.negatives, negative, rate, decay
        expected = guess_in_a_group(g.inputs, g.outputs[:, :H], *settings)
    else:
        expected = g.inputs.copy(), g.outputs[:, :H].copy()
    do_step(g, room, rate, negative, decay)
    check_learnt(g, *expected)


@given(T=st.integers(1, 29), V=st.integers(2, 30), seed=st.integers(0, 2**32))
def test_all_is_finite_for_scores_of_ten_thousand(T, V, seed):
    g = any_extreme_group(T, V, seed)
    g.start, g.stop = 0, T
    total, _ = skipgram.loss(
        g.inputs, g.outputs, g.words, g.first, g.last, 0, T, g.negatives, g.band, np.float32(5)
    )
    do_step(g)
    assert np.isfinite(total) and np.isfinite(g.inputs).all() and np.isfinite(g.outputs).all()


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
