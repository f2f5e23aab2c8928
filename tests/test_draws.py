"""What every engine draws: each word by its probability, whatever the counts and the power."""

import numpy as np
import pytest

from w2vlib import draws


def test_words_are_kept_by_the_formula():
    counts = np.array([0, 1, 90, 10_000, 500_000])
    share = draws.kept_share(counts, 1e-3)
    assert share.dtype == np.float32
    f = np.maximum(counts, 1) / counts.sum()
    np.testing.assert_allclose(share, np.minimum(1, np.sqrt(1e-3 / f) + 1e-3 / f), rtol=1e-6)
    assert share[-1] < share[-2] < 1 == share[0] == share[1] == share[2]
    assert (draws.kept_share(counts, 0) == 1).all()


@pytest.mark.parametrize("power", [0, 0.75, 1, 3, np.float32(0.5)])
def test_weights_are_counts_to_the_power(power):
    counts = np.array([7, 0, 1, 100])
    weights = draws.negative_weights(counts, power)
    np.testing.assert_allclose(weights[[0, 2, 3]] * 100.0**power, counts[[0, 2, 3]] ** float(power))
    assert weights[1] == 0  # the text lacks it: not even power 0 draws it


@pytest.mark.parametrize("power", [50, 50.0, 200, 1000])
def test_a_large_power_is_honoured_as_long_as_two_words_can_be_drawn(power):
    weights = draws.negative_weights(np.array([10_000, 10_000, 3]), power)
    assert weights[:2].tolist() == [1, 1] and weights[2] == (3 / 10_000) ** power
    with pytest.raises(ValueError, match="power is 1000.*take a smaller"):
        draws.negative_weights(np.array([10_000, 3, 3]), 1000)


@pytest.mark.parametrize("p", [[0.4, 0.3, 0.2, 0.1], [0, 3, 0, 1], [5, 5], [1e-12, 1, 1e12]])
def test_alias_table_gives_each_id_its_probability(p):
    table = draws.AliasTable(p)
    filled = table.share + np.bincount(table.alias, 1 - table.share, minlength=len(p))
    np.testing.assert_allclose(filled / len(p), np.array(p) / np.sum(p), atol=1e-15)


def test_alias_table_of_many_ids_draws_by_their_weights():
    weights = np.random.default_rng(7).random(1000) ** 5
    table = draws.AliasTable(weights)
    filled = table.share + np.bincount(table.alias, 1 - table.share, minlength=1000)
    np.testing.assert_allclose(filled / 1000, weights / weights.sum(), atol=1e-12)
    drawn = table.draw((100, 20), np.random.default_rng(8))
    assert drawn.shape == (100, 20)
    assert (drawn == table.draw((100, 20), np.random.default_rng(8))).all()


@pytest.mark.parametrize("p", [[], [1.0], [0, 0, 2], [[0.5, 0.5]], [1, -1, 3], [1, np.nan], 0.5])
def test_alias_table_refuses_what_is_no_distribution(p):
    with pytest.raises(ValueError, match="p should"):
        draws.AliasTable(p)


def test_others_are_drawn_in_proportion_and_never_the_target():
    weights = np.array([8.0, 4, 2, 1, 0])
    target = np.arange(5).repeat(2000)
    table, rng = draws.AliasTable(weights), np.random.default_rng(9)
    drawn = draws.draw_others(table, target, 5, rng).reshape(5, -1)
    for t in range(5):
        p = weights * (np.arange(5) != t)
        seen = np.bincount(drawn[t], minlength=5)
        assert seen[t] == seen[4] == 0
        expected = (p / p.sum() * 10_000)[p > 0]
        assert np.sum((seen[p > 0] - expected) ** 2 / expected) < 20
