"""Chapter 5: negatives come in proportion to count ** power, and are never the target."""

import numpy as np
import pytest

from w2vlib.sampler import UnigramSampler

CORPUS = np.repeat([0, 1, 2, 4, 5], [1, 3, 9, 27, 60])  # no word 3


def chi_square_quantile(df, z=3.72):
    """The quantile that one draw in 10,000 exceeds (Wilson and Hilferty 1931)."""
    return df * (1 - 2 / (9 * df) + z * (2 / (9 * df)) ** 0.5) ** 3


def test_the_quantile_agrees_with_the_tables():
    assert chi_square_quantile(5, z=1.645) == pytest.approx(11.07, rel=0.01)
    assert chi_square_quantile(10, z=3.09) == pytest.approx(29.59, rel=0.01)


def test_the_power_lifts_rare_words():
    corpus = np.repeat([0, 1, 2], [70, 29, 1])
    expected = [0.64196878, 0.33150408, 0.02652714]
    np.testing.assert_allclose(UnigramSampler(corpus, 0.75, 2).word_p, expected, atol=1e-8)


@pytest.mark.parametrize("power", [0, 0.75, 1])
def test_word_p_by_the_definition(power):
    sampler = UnigramSampler(CORPUS, power, 2)
    weight = [1, 3**power, 9**power, 0, 27**power, 60**power]  # an absent word stays at 0
    np.testing.assert_allclose(sampler.word_p, np.array(weight) / sum(weight), rtol=1e-12)
    assert sampler.word_p.dtype == np.float64


@pytest.mark.parametrize("power", [0, 0.75, 1, 9, 60])
@pytest.mark.parametrize("V", [2, 3, 7, 1000, 1_000_000])
def test_each_target_has_the_exact_chances_of_the_others(V, power):
    """One word is most of the text, most come once; a million are numbers of their own."""
    corpus = np.append(np.arange(V), np.full(100_000, V // 2))
    sampler, seen = UnigramSampler(corpus, power, 1), []

    class Notes:
        def choice(self, V, **options):
            seen.append(options["p"])
            return np.random.default_rng(0).choice(V, **options)

    sampler.rng = Notes()
    with np.errstate(all="raise", under="ignore"):
        negatives = sampler.get_negative_sample([0, V // 2, V - 1])
    assert sampler.word_p.sum() == pytest.approx(1)
    for target, p, negative in zip([0, V // 2, V - 1], seen, negatives, strict=True):
        weights = np.bincount(corpus) ** float(power)
        weights[target] = 0
        np.testing.assert_allclose(p, weights / weights.sum(), rtol=1e-9)
        assert p[target] == 0 and negative[0] != target


def test_the_example_of_the_source():
    corpus, target = np.array([0, 1, 2, 3, 4, 1, 2, 3]), np.array([1, 3, 0])
    sampler = UnigramSampler(corpus, 0.75, 2, rng=0)
    draws = [sampler.get_negative_sample(target) for _ in range(100)]
    for negatives in draws:
        assert negatives.shape == (3, 2) and negatives.dtype == np.int32
        assert not (negatives == target[:, None]).any()
    for row, word_id in enumerate(target):
        seen = {int(word) for negatives in draws for word in negatives[row]}
        assert seen == {0, 1, 2, 3, 4} - {int(word_id)}


@pytest.mark.parametrize("power", [0, 0.75, 1])
def test_draws_follow_word_p_without_the_target(power):
    sampler = UnigramSampler(CORPUS, power, 4, rng=1)
    for target in (0, 2, 5, 3):
        negatives = sampler.get_negative_sample(np.full(1500, target))
        p = sampler.word_p.copy()
        p[target] = 0
        expected = p / p.sum() * negatives.size
        observed = np.bincount(negatives.ravel(), minlength=6)
        assert not observed[expected == 0].any()
        possible = expected > 0
        chi_square = np.sum((observed - expected)[possible] ** 2 / expected[possible])
        assert chi_square < chi_square_quantile(np.count_nonzero(possible) - 1)


def test_a_negative_may_come_twice_in_a_row():
    negatives = UnigramSampler(CORPUS, 1, 4, rng=1).get_negative_sample(np.zeros(20, dtype=int))
    assert any(len(set(row.tolist())) < 4 for row in negatives)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_the_seed_decides(dtype):
    target = np.arange(6, dtype=dtype)

    def draw(rng):
        return UnigramSampler(CORPUS.astype(dtype), 0.75, 4, rng=rng).get_negative_sample(target)

    assert np.array_equal(draw(1), draw(1))
    assert np.array_equal(draw(1), draw(np.random.default_rng(1)))
    assert not np.array_equal(draw(1), draw(2))


def test_successive_draws_differ():
    sampler = UnigramSampler(CORPUS, 0.75, 4, rng=1)
    target = np.arange(6)
    first = sampler.get_negative_sample(target)
    assert not np.array_equal(first, sampler.get_negative_sample(target))


def test_as_many_negatives_as_there_are_other_words():
    assert UnigramSampler([0, 1], 0.75, 1).get_negative_sample([0, 1]).tolist() == [[1], [0]]


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: UnigramSampler([], 1, 1), ValueError, "corpus is empty"),
        (lambda: UnigramSampler([[0, 1]], 1, 1), ValueError, "corpus has shape"),
        (lambda: UnigramSampler([0.0, 1], 1, 1), TypeError, "corpus has dtype float64"),
        (lambda: UnigramSampler([0, -1], 1, 1), IndexError, "corpus holds the id -1"),
        (lambda: UnigramSampler([0, 1], "1", 1), TypeError, "power is '1'"),
        (lambda: UnigramSampler([0, 1], np.nan, 1), ValueError, "power is nan"),
        (lambda: UnigramSampler([0, 1], 1, 0), ValueError, "sample_size is 0"),
        (lambda: UnigramSampler([0, 1], 1, 1.0), TypeError, "sample_size is 1.0"),
        (lambda: UnigramSampler([0, 0], 1, 1), ValueError, "sample_size is 1, .* 1 different"),
        (lambda: UnigramSampler([0, 1, 9], 1, 3), ValueError, "sample_size is 3, .* 3 different"),
        (lambda: UnigramSampler(CORPUS, 1, 2).get_negative_sample([6]), IndexError, "target.* 6"),
        (lambda: UnigramSampler(CORPUS, 1, 2).get_negative_sample([-1]), IndexError, "target.* -1"),
        (lambda: UnigramSampler(CORPUS, 1, 2).get_negative_sample([[1]]), ValueError, "target has"),
        (lambda: UnigramSampler(CORPUS, 1, 2).get_negative_sample([1.0]), TypeError, "target has"),
        (lambda: UnigramSampler(CORPUS, 1, 2).get_negative_sample(1), ValueError, "target is 1"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize(
    "power, says",
    [(-1, "at least 0"), (200.5, "take a smaller"), (154, "take a smaller"), (1e300, "smaller")],
)  # 4 * 1e308
def test_powers_out_of_reach(power, says):
    corpus = np.repeat([0, 1, 2, 3], 100)
    with pytest.raises(ValueError, match=says), np.errstate(all="raise"):
        UnigramSampler(corpus, power, 2)
    assert UnigramSampler(corpus, 153.8, 2).word_p.tolist() == [0.25] * 4
