"""tools/stored_results.py: chapter 8's vectors, 10's updates of CBOW and trials, 12's copies."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from small import twins

from w2vlib import Corpus, Vocabulary, WordVectors, fused, hogwild, load_corpus
from w2vlib.engines import ENGINES
from w2vlib.gradient_check import numerical_gradient

sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))

from stored_results import (
    AFTERWARDS,
    CONSTANTS,
    RESULTS,
    SEEDS,
    TRIALS,
    UPDATED,
    UPDATES,
    centred,
    defaults,
    divided_gradients,
    plain_windows,
    train_changed,
)

B, T, H, M = 2, fused.BLOCK, 3, 4


@pytest.fixture
def rows():
    """x, y, negs, undivided windows and weights in float64, and what divides the windows."""
    rng = np.random.default_rng(1)
    lines = np.sort(rng.integers(12, size=(B, T)), axis=1)
    windows = plain_windows(lines, fused.window_band(3).astype(float))
    total = windows.sum(axis=2, keepdims=True)
    assert len(np.unique(total)) > 3  # the windows differ, and one word stands alone
    assert (total == 0).any()
    total[total == 0] = 1
    x, y, negs = (rng.standard_normal(shape) for shape in [(B, T, H), (B * T, H), (M, H)])
    return (x, y, negs, windows, 0.3 * (rng.random((B * T, M)) < 0.8)), total


def loss(x, y, negs, windows, weights):
    h = (windows @ x).reshape(y.shape)
    no = weights * np.logaddexp(0, h @ negs.T)
    return np.logaddexp(0, -np.sum(h * y, axis=1)).sum() + no.sum()


@pytest.mark.parametrize("name", UPDATES)
def test_mean_and_root_are_gradients_and_the_whole_error_is_none(rows, name):
    (x, y, negs, windows, weights), total = rows
    forward, back = UPDATES[name]
    found = divided_gradients(forward, back)(x, y, negs, windows, weights)
    windows = windows / forward(total)
    for grad, array in zip(found, (x, y, negs), strict=True):
        wanted = numerical_gradient(lambda: loss(x, y, negs, windows, weights), array)
        is_gradient = np.allclose(grad.reshape(array.shape), wanted, atol=1e-7)
        assert is_gradient == (name != "whole error" or array is not x)


def test_the_root_is_the_engines_own(rows):
    (x, y, negs, windows, weights), total = rows
    found = divided_gradients(*UPDATES["root"])(x, y, negs, windows, weights)
    ours = fused.gradients(x, y, negs, windows / np.sqrt(total), weights)
    for grad, own in zip(found, ours, strict=True):
        np.testing.assert_allclose(grad, own, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("cbow_mean", [1, 0])
def test_gensim_divides_once(cbow_mean):
    """Its mean gets the whole error on the way back, and its sum, cbow_mean=0, a part of it."""
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    options = {"vector_size": 4, "window": 1, "negative": 1, "min_count": 1, "sample": 0}
    model = models.Word2Vec(sg=0, cbow_mean=cbow_mean, workers=1, **options)
    model.build_vocab([["a", "b", "c", "negative"]])
    a, b, c, negative = (model.wv.key_to_index[word] for word in ["a", "b", "c", "negative"])
    model.cum_table[:] = np.where(np.arange(4) < negative, 0, 2**31 - 1)  # no other is drawn
    x, y = np.random.default_rng(0).standard_normal((2, 4, 4))
    model.wv.vectors[:], model.syn1neg[:] = x, y
    rate = 0.1
    model.train([["a", "b", "c"]], total_examples=1, epochs=1, start_alpha=rate, end_alpha=rate)
    for target, context in [(a, [b]), (b, [a, c]), (c, [b])]:
        h = x[context].sum(axis=0) / (len(context) if cbow_mean else 1)
        error = 1 / (1 + np.exp(-y[[target, negative]] @ h)) - [1, 0]
        dh = error @ y[[target, negative]]
        y[[target, negative]] -= rate * np.outer(error, h)
        x[context] -= rate * dh / (1 if cbow_mean else len(context))
    # gensim's sigmoid comes from a table
    np.testing.assert_allclose(model.wv.vectors, x, atol=0.005)
    np.testing.assert_allclose(model.syn1neg, y, atol=0.005)


@pytest.mark.parametrize("seed", SEEDS)
def test_stored_vectors_are_those_of_the_defaults_rounded(seed):
    stored = json.loads((RESULTS / "vectors.json").read_text(encoding="utf-8"))
    corpus = load_corpus("default")
    assert stored["settings"] == defaults(corpus), "tools/stored_results.py vectors makes them anew"
    words, numbers = (RESULTS / f"vectors_{seed}.bytes").read_bytes().split(b"\n", 1)
    words = words.decode().split(" ")
    assert words == list(corpus.vocabulary)
    numbers = np.frombuffer(numbers, np.int8).reshape(len(words), -1)
    assert numbers.shape[1] == stored["settings"]["vector_size"]
    rounded = WordVectors(numbers.astype(np.float32) / 64, words)
    (run,) = [run for run in stored["runs"] if run["seed"] == seed]
    assert abs(rounded.evaluate_word_pairs().spearman - run["spearman"]) < 0.005
    assert abs(rounded.evaluate_analogies().accuracy - run["accuracy"]) < 0.005


def test_stored_updates_have_the_settings_that_they_are_remade_with():
    stored = json.loads((RESULTS / "updates.json").read_text(encoding="utf-8"))
    assert stored["settings"] == UPDATED
    assert {run["update"] for run in stored["runs"]} == UPDATES.keys()


def test_stored_trials_start_from_the_defaults_and_are_all_there():
    stored = json.loads((RESULTS / "trials.json").read_text(encoding="utf-8"))
    usual = defaults(load_corpus("default"), engine="compiled") | CONSTANTS
    assert stored["settings"] == usual, "tools/stored_results.py trials makes them anew"
    changes = [*TRIALS, *({"afterwards": name} for name in AFTERWARDS)]
    for seed in (1, 2, 3):
        runs = [run["change"] for run in stored["runs"] if run["seed"] == seed]
        assert sorted(map(str, runs)) == sorted(map(str, changes))


@pytest.mark.filterwarnings("ignore:subsample")
@pytest.mark.parametrize("change", TRIALS[1:], ids=str)
def test_a_trial_changes_what_it_says_and_leaves_no_trace(change):
    pytest.importorskip("numba", reason="Numba is not installed")
    ids = np.random.default_rng(0).integers(40, size=2000)
    counts = np.bincount(ids)
    corpus = Corpus(ids, Vocabulary([f"w{i}" for i in range(40)]), counts, "test")
    before = {name: getattr(hogwild, name) for name in CONSTANTS}, ENGINES["compiled"]
    once = train_changed(corpus, change | {"vector_size": 8}, seed=1)
    usual = train_changed(corpus, {"vector_size": 8}, seed=1)
    diverged = once is None
    assert diverged or not np.allclose(once.vectors, usual.vectors)
    assert ({name: getattr(hogwild, name) for name in CONSTANTS}, ENGINES["compiled"]) == before


def test_centred_rows():
    rows = centred(np.random.default_rng(0).standard_normal((9, 4)))
    assert np.allclose(rows.mean(axis=0), 0)


def test_stored_copies_start_from_the_defaults_and_are_all_there():
    pytest.importorskip("numba", reason="Numba is not installed")
    from copies import PLANS

    stored = json.loads((RESULTS / "copies.json").read_text(encoding="utf-8"))
    usual = defaults(load_corpus("default"), engine="compiled")
    assert stored["settings"] == usual, "tools/stored_results.py copies makes them anew"
    for seed in (1, 2, 3):
        runs = [run for run in stored["runs"] if run["seed"] == seed]
        assert [tuple(run[name] for name in PLANS[0]._fields) for run in runs] == PLANS


def test_copies_meet():
    """Two copies learn what one does, one tells nobody; rules and levels make a difference."""
    pytest.importorskip("numba", reason="Numba is not installed")
    from copies import Plan, train_copies

    corpus, found = twins(), {}
    given = {"epochs": 8, "subsample": 0, "learning_rate": 0.1, "decay": 0.05, "seed": 1}
    for plan in [Plan(1, 1), Plan(2, 8), Plan(2, 8, "mean"), Plan(2, 8, levels=True)]:
        vectors, sent = train_copies(corpus, plan, **given)
        assert vectors.similarity("a", "b") > vectors.similarity("a", "c") + 0.5, plan
        assert (sent == 0) == (plan.copies == 1)
        found[plan] = vectors.vectors, sent
    (merged, often), (mean, _), (_, seldom) = list(found.values())[1:]
    assert not np.allclose(merged, mean)
    assert seldom < often
