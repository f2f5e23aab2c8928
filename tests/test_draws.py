"""What every engine draws: each word by its probability, whatever the counts and the power."""

import numpy as np
import pytest
from long import LONG

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


MANY = 1_000_000
COUNTS = {
    "equal": lambda V: np.full(V, 7),
    "Zipf": lambda V: 10**9 // np.arange(1, V + 1),
    "1 or a billion": lambda V: np.where(np.arange(V) % 2, 1, 10**9),
    "one has nearly all": lambda V: np.append(10**9, np.ones(V - 1, int)),
    "one has nearly none": lambda V: np.append(np.full(V - 1, 10**9), 1),
    "half are lacking": lambda V: np.where(np.arange(V) % 2, 0, 3 + np.arange(V)),
}
CASES = [(V, name, power) for V in (2, 3, 7, 1000) for name in COUNTS for power in (0, 0.75, 1, 9)]
CASES = [case for case in CASES if np.count_nonzero(COUNTS[case[1]](case[0])) > 1]
CASES += [(MANY, name, 0.75) for name in (COUNTS if LONG else ["Zipf", "half are lacking"])]


def chances(table, bits=None, dtype=float):
    """What a table draws each id with; by shares as an engine keeps them, and random numbers of
    so many bits."""
    share = np.minimum(table.share.astype(dtype).astype(float), 1)
    if bits:
        share = np.ceil(share * 2.0**bits) / 2.0**bits
    return np.bincount(table.alias, 1 - share, minlength=len(share)) / len(share) + share / len(
        share
    )


@pytest.mark.parametrize("V, name, power", CASES)
def test_what_is_drawn_is_exact(V, name, power):
    counts = COUNTS[name](V)
    weights = draws.negative_weights(counts, power)
    logarithms = power * (np.log(np.maximum(counts, 1)) - np.log(counts.max()))
    np.testing.assert_allclose(weights, np.exp(logarithms) * (counts > 0), rtol=1e-12)
    p = weights / weights.sum()
    thresholds = np.cumsum(weights) / np.sum(weights)
    np.testing.assert_allclose(np.diff(thresholds, prepend=0), p, atol=1e-10)
    table = draws.AliasTable(weights)
    np.testing.assert_allclose(chances(table), p, rtol=1e-10, atol=1e-30)
    np.testing.assert_allclose(chances(table, dtype=np.float32), p, rtol=1e-6, atol=1e-7 / V)
    np.testing.assert_allclose(chances(table, 24, np.float32), p, atol=1e-7)  # on a card
    for found in (chances(table), chances(table, 24, np.float32), np.diff(thresholds)):
        assert (found[counts[-len(found) :] == 0] == 0).all()


@pytest.mark.parametrize("p", [[5e-324, 1e-323, 0], [1e307, 3e307], np.array([1, 2**62])])
def test_alias_table_takes_weights_of_any_size(p):
    with np.errstate(all="raise", under="ignore"):
        table = draws.AliasTable(p)
    p = np.array(p) / np.max(p)
    np.testing.assert_allclose(chances(table), p / p.sum(), rtol=1e-15)
    with pytest.raises(ValueError, match="p holds 1e\\+308.*divide p by it"):
        draws.AliasTable([1e308, 1e308])


def test_alias_table_of_many_ids_draws_by_their_weights():
    weights = np.random.default_rng(7).random(1000) ** 5
    table = draws.AliasTable(weights)
    np.testing.assert_allclose(chances(table), weights / weights.sum(), atol=1e-12)
    drawn = table.draw((100, 2000), np.random.default_rng(8))
    assert drawn.shape == (100, 2000)
    assert (drawn == table.draw((100, 2000), np.random.default_rng(8))).all()
    p = np.append(weights[weights > 0.01], weights[weights <= 0.01].sum()) / weights.sum()
    seen = np.bincount(drawn.ravel(), minlength=1000)
    seen = np.append(seen[weights > 0.01], seen[weights <= 0.01].sum())
    chi2 = np.sum((seen - drawn.size * p) ** 2 / (drawn.size * p))
    assert chi2 < len(p) - 1 + 4 * (2 * len(p)) ** 0.5  # once in some 20,000 times


@pytest.mark.parametrize("p", [[], [1.0], [0, 0, 2], [[0.5, 0.5]], [1, -1, 3], [1, np.nan], 0.5])
def test_alias_table_refuses_what_is_no_distribution(p):
    with pytest.raises(ValueError, match="p .*should"):
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


@pytest.mark.parametrize("others", [1, 3])
def test_a_target_that_is_nearly_all_is_refused_not_drawn_for_ever(others):
    table, rng = draws.AliasTable([1e9] + [1] * others), np.random.default_rng(0)
    with pytest.raises(ValueError, match="target holds the id 0.*UnigramSampler"):
        draws.draw_others(table, np.array([1, 0]), 3, rng)
    assert (draws.draw_others(table, np.array([1, 1]), 3, rng) == 0).all()
    often = draws.AliasTable([50] + [1] * others)  # 98 in 100
    assert (draws.draw_others(often, np.zeros(100, int), 5, rng) > 0).all()


def test_words_are_kept_by_any_subsample_without_a_warning():
    counts = np.array([1, 0, 10**9])
    with np.errstate(all="raise", under="ignore"):
        for subsample in (1e-320, 1, 1e308):
            share = draws.kept_share(counts, subsample)
            assert (share >= 0).all() and (share <= 1).all()
    assert (share == 1).all()
