"""`train`: what it accepts, what it says, and what it keeps when it is interrupted."""

import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest

from w2vlib import Corpus, Vocabulary, WordVectors, train
from w2vlib.engines import ENGINES
from w2vlib.progress import Progress

QUIET = {"vector_size": 6, "epochs": 2, "subsample": 0, "progress": False}


@pytest.fixture
def corpus():
    ids = np.random.default_rng(0).integers(40, size=3000)
    return Corpus(ids, Vocabulary([f"w{i}" for i in range(40)]), np.bincount(ids), "test")


def swap(monkeypatch, fit, name="numpy", **says):
    """Let another function train in place of an engine's."""
    engine = replace(ENGINES[name], fit=fit, needs=(), prepare=None, **says)
    monkeypatch.setitem(ENGINES, name, engine)


def test_returns_word_vectors(corpus):
    wv = train(corpus, **QUIET)
    assert isinstance(wv, WordVectors)
    assert wv.vectors.shape == (40, 6) and wv.vectors.dtype == np.float32
    assert wv.vocabulary is corpus.vocabulary


def test_same_seed_same_vectors(corpus):
    first, again, other = (train(corpus, seed=seed, **QUIET).vectors for seed in (3, 3, 4))
    assert (first == again).all() and (first != other).any()


def test_every_argument_reaches_the_engine(corpus, monkeypatch):
    seen = {}
    swap(monkeypatch, lambda vectors, outputs, corpus, **options: seen.update(options))
    options = {
        "window": 3,
        "negative": 4,
        "power": 0.5,
        "epochs": 7,
        "subsample": 0.5,
        "learning_rate": 0.2,
    }
    train(corpus, vector_size=6, progress=False, **options)
    assert options.items() <= seen.items()
    assert set(seen) == {*options, "rng", "report"}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_not_given_is_what_suits_the_engine(corpus, engine, monkeypatch):
    seen = {}
    swap(monkeypatch, lambda vectors, outputs, corpus, **options: seen.update(options), engine)
    defaults = ENGINES[engine].defaults
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so short a text should not be thinned
        train(corpus, engine=engine, progress=False)
    assert defaults.items() <= seen.items()
    assert (seen["window"], seen["negative"], seen["power"]) == (5, 5, 0.75)
    assert seen.get("threads") == (1 if ENGINES[engine].threads else None)
    train(corpus, engine=engine, subsample=0, progress=False)
    assert seen["subsample"] == 0 and seen["epochs"] == defaults["epochs"]


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"engine": "cuda"}, ValueError, ["engine", "cuda", "numpy"]),
        ({"vector_size": 0}, ValueError, ["vector_size", "0"]),
        ({"vector_size": 1.5}, TypeError, ["vector_size", "1.5"]),
        ({"window": 0}, ValueError, ["window"]),
        ({"negative": 0}, ValueError, ["negative"]),
        ({"epochs": -1}, ValueError, ["epochs", "-1"]),
        ({"epochs": "3"}, TypeError, ["epochs", "'3'"]),
        ({"power": -1}, ValueError, ["power"]),
        ({"power": float("nan")}, ValueError, ["power", "nan"]),
        ({"subsample": -1e-3}, ValueError, ["subsample"]),
        ({"learning_rate": 0}, ValueError, ["learning_rate"]),
        ({"threads": 0}, ValueError, ["threads", "0"]),
        ({"threads": 2}, ValueError, ["threads", "2", "compiled"]),
        ({"seed": -1}, ValueError, ["seed", "-1"]),
        ({"seed": None}, TypeError, ["seed"]),
    ],
)
def test_bad_arguments_are_named(corpus, options, error, words):
    with pytest.raises(error) as caught:
        train(corpus, **{**QUIET, **options})
    for word in words:
        assert word in str(caught.value)


def test_bad_corpus_is_named(corpus):
    with pytest.raises(TypeError, match="corpus is ndarray.*load_corpus"):
        train(corpus.ids)
    one = Corpus(np.zeros(50, int), Vocabulary(["only"]), np.array([50]), "one")
    with pytest.raises(ValueError, match="at least 2"):
        train(one, **QUIET)


def test_a_text_too_short_to_thin_out_is_told(corpus):
    with pytest.warns(UserWarning, match="subsample=0"):
        train(corpus, **{**QUIET, "subsample": 1e-4})


def test_divergence_is_told_with_its_cure(corpus, monkeypatch):
    swap(monkeypatch, lambda vectors, outputs, corpus, **options: vectors.fill(np.nan))
    with pytest.raises(FloatingPointError, match="learning_rate is 0.2, try 0.05"):
        train(corpus, learning_rate=0.2, **QUIET)


def test_an_interruption_keeps_what_was_learnt(corpus, monkeypatch, capsys):
    def fit(vectors, outputs, corpus, *, report, **options):
        vectors[:] = 7
        report(1500)
        raise KeyboardInterrupt

    swap(monkeypatch, fit)
    wv = train(corpus, **QUIET)
    assert (wv.vectors == 7).all()
    out, err = capsys.readouterr()
    assert out == ""
    assert "1,500 of 6,000 tokens (25%)" in err


def test_the_real_engine_can_be_interrupted(corpus, monkeypatch, capsys):
    """Ctrl-C in the middle of an epoch: vectors that are neither the first nor the last ones."""
    report, calls = Progress.__call__, []

    def interrupted(self, tokens):
        report(self, tokens)
        calls.append(tokens)
        if len(calls) == 5:
            raise KeyboardInterrupt

    whole = train(corpus, **QUIET).vectors
    monkeypatch.setattr(Progress, "__call__", interrupted)
    part = train(corpus, **QUIET).vectors
    assert np.isfinite(part).all() and (part != whole).any()
    assert "Interrupted" in capsys.readouterr().err


def test_other_errors_pass_through(corpus, monkeypatch):
    def fit(vectors, outputs, corpus, **options):
        raise ZeroDivisionError

    swap(monkeypatch, fit)
    with pytest.raises(ZeroDivisionError):
        train(corpus, **QUIET)


def test_the_bar_counts_tokens(corpus, capsys):
    train(corpus, **{**QUIET, "progress": True})
    out, err = capsys.readouterr()
    assert out == ""
    assert "6.00k/6.00k" in err and "tokens/s" in err


def test_silent_without_progress(corpus, capsys):
    train(corpus, **QUIET)
    assert capsys.readouterr() == ("", "")


def test_tqdm_loads_only_when_the_bar_is_shown():
    code = "import sys, w2vlib.engines; assert 'tqdm' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_trains_without_threadpoolctl(corpus, monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    assert np.isfinite(train(corpus, **QUIET).vectors).all()
