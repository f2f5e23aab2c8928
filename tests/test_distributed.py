"""Copies that meet: which rows, what each changed, and what becomes of all changes."""

from types import SimpleNamespace

import numpy as np
import pytest
from small import lines_of_nine

from w2vlib.distributed import find_changes, merge, row_weights, rows_that_meet


def told(copy, base, moves):
    """What a copy says: ids, changes, and how often it changed these rows, times the rate."""
    ids, changes = find_changes(copy, base)
    return ids, changes, np.broadcast_to(moves, len(base))[ids]


@pytest.fixture
def base():
    return np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)


def changed(base, ids, seed):
    copy = base.copy()
    copy[ids] += np.random.default_rng(seed).normal(size=(len(ids), 8)).astype(np.float32)
    return copy


def test_all_rows_meet_now_and_then_and_the_first_ones_always():
    for V in (1, 7, 8, 1000, 10_001):
        rows = [rows_that_meet(meeting, V) for meeting in range(1, 17)]
        assert rows[7] == rows[15] == V
        assert rows[:8] == rows[8:]
        assert min(rows) == rows[0] == -(-V // 8)
    assert [rows_that_meet(meeting, 800) for meeting in (1, 2, 4, 8)] == [100, 200, 400, 800]


def test_changes_are_those_rows_and_only_those(base):
    ids, changes = find_changes(changed(base, [3, 7, 40], seed=1), base)
    assert ids.tolist() == [3, 7, 40]
    copy = base.copy()
    copy[ids] += changes
    assert np.allclose(copy, changed(base, [3, 7, 40], seed=1), atol=1e-6)
    ids, changes = find_changes(base, base)
    assert ids.size == 0
    assert changes.shape == (0, 8)


def test_one_number_of_a_row_is_a_change(base):
    copy = base.copy()
    copy[5, 7] = np.nextafter(copy[5, 7], np.float32(9))
    assert find_changes(copy, base)[0].tolist() == [5]


@pytest.mark.parametrize("copies", [1, 2, 3, 8])
def test_weights_fall_from_one_to_that_of_the_mean(copies):
    weights = row_weights(np.array([0, 0.01, 0.1, 1, 10, 1e4]), copies)
    assert weights[0] == 1
    assert np.isclose(weights[-1], 1 / copies)
    assert (np.diff(weights) <= 0).all()
    assert copies == 1 or weights[1] > weights[3] > 1.01 / copies


def test_weights_go_by_the_copies_of_each_row():
    moves, copies = np.array([0.5, 2, 3, 50]), np.array([1, 2, 5, 3])
    each = [row_weights(np.array([m]), int(c))[0] for m, c in zip(moves, copies, strict=True)]
    assert np.allclose(row_weights(moves, copies), each)
    assert row_weights(np.zeros(0), np.zeros(0, int)).shape == (0,)


@pytest.mark.parametrize("moves", [0, 0.3, 1e4])
def test_one_copy_keeps_what_it_learnt(base, moves):
    copy = changed(base, [0, 9, 49], seed=1)
    ids, changes = merge([told(copy, base, moves)], len(base))
    assert ids.tolist() == [0, 9, 49]
    assert np.array_equal(changes, copy[ids] - base[ids])


@pytest.mark.parametrize("moves", [0, 0.3, 1e4])
def test_what_one_of_the_copies_changed_stays_as_it_is(base, moves):
    copies = [changed(base, part, seed=1) for part in ([1, 2], [30], [4, 49])]
    ids, changes = merge([told(copy, base, moves) for copy in copies], len(base))
    assert ids.tolist() == [1, 2, 4, 30, 49]
    assert np.allclose(base[ids] + changes, np.sum(copies, axis=0)[ids] - 2 * base[ids], atol=1e-5)


@pytest.mark.parametrize(("moves", "kept"), [(0, 1), (1e4, 1 / 3)])
def test_small_changes_add_up_and_many_of_them_are_averaged(base, moves, kept):
    copies = [changed(base, [6, 20], seed) for seed in range(3)]
    ids, changes = merge([told(copy, base, moves) for copy in copies], len(base))
    total = np.sum([copy[ids] - base[ids] for copy in copies], axis=0)
    assert ids.tolist() == [6, 20]
    assert np.allclose(changes, kept * total, atol=1e-6)


def test_the_order_of_the_copies_does_not_matter(base):
    rng = np.random.default_rng(1)
    found = [told(changed(base, rng.permutation(50)[:20], s), base, rng.random(50)) for s in (1, 2)]
    for one, other in zip(merge(found, 50), merge(found[::-1], 50), strict=True):
        assert np.allclose(one, other)


def test_merged_changes_are_float32_and_nothing_is_nothing(base):
    ids, changes = merge([told(base, base, 1.0)] * 2, len(base))
    assert ids.size == 0
    assert changes.shape == (0, 8)
    assert changes.dtype == np.float32
    assert merge([told(changed(base, [2], 1), base, 1.0)] * 2, len(base))[1].dtype == np.float32


def test_in_a_bowl_the_sum_overshoots_and_the_merged_change_does_not():
    """Copies that descend x**2 from the same place."""
    rate, times, copies = 0.2, 40, 4
    base = np.ones((1, 1))
    copy = base * (1 - rate) ** times
    found = [told(copy, base, rate * times)] * copies
    (_, change), total = merge(found, 1), copies * (copy - base)
    assert abs((base + change).item()) < 0.2 < abs((base + total).item())


@pytest.mark.parametrize("model", ["cbow", "skipgram"])
def test_a_copy_learns_as_the_compiled_engine_does(model, tmp_path, monkeypatch):
    """On the same draws: a copy's first part is all of a short text."""
    pytest.importorskip("numba", reason="Numba is not installed")
    pytest.importorskip("distributed", reason="Dask is not installed")
    from w2vlib import copies, hogwild
    from w2vlib.cluster_text import ClusterText

    worker = SimpleNamespace(
        local_directory=str(tmp_path), address="here", state=SimpleNamespace(nthreads=1)
    )
    monkeypatch.setattr(copies, "get_worker", lambda: worker)
    options = {"window": 3, "negative": 5, "power": 0.75, "subsample": 0.01, "decay": 0.1}
    options |= {"model": model, "seed": 7}
    corpus = lines_of_nine()
    both = hogwild.ENGINE.start(40, 5, np.random.default_rng(0))
    text, copy = ClusterText.of(corpus), copies.Copy("a training", options)
    copy.begin(text.without_ids(), *both)
    assert len(text.sizes) == 1
    words, parts, _, _, sound = copy.learn([0], [(0, text.sent(0))], 0, 0.1, 0.0, 40, 1e9)
    assert (words, parts, sound) == (3000, 1, True)
    list(
        hogwild.fit(
            *both, corpus, epochs=1, learning_rate=0.1,
            report=lambda tokens, loss=None: None, **options,
        )
    )  # fmt: skip
    for found, expected in zip(copy.matrices, both, strict=True):
        np.testing.assert_array_equal(found, expected)
