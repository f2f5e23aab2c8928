"""`train`: what it accepts, what it says, and what it keeps when it is interrupted."""

import errno
import io
import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pytest
from small import corpus_of, lines_of_nine

from w2vlib import Corpus, Vocabulary, WordVectors, progress, train
from w2vlib.engines import ENGINES, usual_epochs
from w2vlib.progress import Bar, DivergenceError

QUIET = {"vector_size": 6, "epochs": 2, "subsample": 0, "progress": False}
pytestmark = pytest.mark.usefixtures("dask_here")


@pytest.fixture
def corpus():
    ids = np.random.default_rng(0).integers(40, size=3000)
    return Corpus(ids, Vocabulary([f"w{i}" for i in range(40)]), np.bincount(ids), "test")


def swap(monkeypatch, fit, name="numpy", **says):
    """Let another function train in place of an engine's."""
    says |= {"needs": (), "lacks": None, "prepare": None, "connect": None, "load": None}
    engine = replace(ENGINES[name], fit=fit, **says)
    monkeypatch.setitem(ENGINES, name, engine)


def noting(seen):
    """A `fit` that notes its options."""

    def fit(vectors, outputs, corpus, **options):
        seen.update(options)
        yield

    return fit


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
    swap(monkeypatch, noting(seen))
    options = {
        "window": 3,
        "negative": 4,
        "power": 0.5,
        "epochs": 7,
        "subsample": 0.5,
        "learning_rate": 0.2,
        "decay": 0.1,
    }
    train(corpus, vector_size=6, progress=False, **options)
    assert options.items() <= seen.items()
    assert set(seen) == {*options, "model", "seed", "first", "report"}
    assert (seen["model"], seen["seed"], seen["first"]) == ("cbow", 1, 0)


EACH_MODEL = [(engine.name, model) for engine in ENGINES.values() for model in engine.models]


@pytest.mark.parametrize("engine, model", EACH_MODEL)
def test_what_is_not_given_is_what_suits_the_engine(engine, model, monkeypatch):
    seen, corpus = {}, corpus_of(np.arange(3000) % 1000)
    swap(monkeypatch, noting(seen), engine)
    defaults = ENGINES[engine].defaults[model]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so short a text should not be thinned
        train(corpus, engine=engine, model=model, progress=False)
    assert defaults.items() <= seen.items()
    assert (seen["window"], seen["negative"], seen["power"]) == (5, 5, 0.75)
    assert seen.get("threads") == (1 if ENGINES[engine].threads else None)
    train(corpus, engine=engine, model=model, subsample=0, progress=False)
    assert seen["subsample"] == 0 and seen["epochs"] == 20


@pytest.mark.parametrize(
    "tokens, passes",
    [(0, 20), (100, 20), (929_589, 14), (1_781_424, 7), (3_000_000, 4), (10**8, 3), (10**11, 3)],
)
def test_a_long_text_is_read_fewer_times(tokens, passes):
    """13 million words in all, in 3 to 20 passes."""
    assert usual_epochs(tokens) == passes


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"engine": "abacus"}, ValueError, ["engine", "abacus", "numpy"]),
        ({"vector_size": 0}, ValueError, ["vector_size", "0"]),
        ({"vector_size": 1.5}, TypeError, ["vector_size", "1.5"]),
        ({"model": "glove"}, ValueError, ["model", "'glove'", "'cbow' or 'skipgram'"]),
        ({"model": ["cbow"]}, ValueError, ["model", "['cbow']"]),
        ({"window": 0}, ValueError, ["window"]),
        ({"negative": 0}, ValueError, ["negative"]),
        ({"epochs": -1}, ValueError, ["epochs", "-1"]),
        ({"epochs": "3"}, TypeError, ["epochs", "'3'"]),
        ({"epochs": 10**12}, ValueError, ["epochs", "1000000000000", "at most"]),
        ({"negative": 10**12}, ValueError, ["negative", "1000000000000", "at most"]),
        ({"power": 10**400}, ValueError, ["power"]),
        ({"learning_rate": 1e30}, ValueError, ["learning_rate", "1e+30", "at most"]),
        ({"engine": ["numpy"]}, ValueError, ["engine", "['numpy']"]),
        ({"threads": 10**6}, ValueError, ["threads", "1000000", "at most"]),
        ({"power": -1}, ValueError, ["power"]),
        ({"power": float("nan")}, ValueError, ["power", "nan"]),
        ({"subsample": -1e-3}, ValueError, ["subsample"]),
        ({"learning_rate": 0}, ValueError, ["learning_rate"]),
        ({"learning_rate": 1e-60}, ValueError, ["learning_rate", "1e-60", "float32"]),
        ({"decay": -0.1}, ValueError, ["decay", "-0.1"]),
        ({"decay": 3, "learning_rate": 0.5}, ValueError, ["decay is 3", "0.5", "less than 1"]),
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
    with pytest.raises(TypeError, match="corpus is array.*load_corpus"):
        train(corpus.ids)
    one = Corpus(np.zeros(50, int), Vocabulary(["only"]), np.array([50]), "one")
    with pytest.raises(ValueError, match="at least 2"):
        train(one, **QUIET)
    one = Corpus(np.zeros(50, int), Vocabulary(["only", "never"]), np.array([50, 0]), "one of two")
    with pytest.raises(ValueError, match="50 words, 1 of them different"):
        train(one, **QUIET)


def test_a_text_too_short_to_thin_out_is_told(corpus):
    with pytest.warns(UserWarning, match="subsample=0"):
        train(corpus, **{**QUIET, "subsample": 1e-4})


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("subsample", [1e-12, 1e-300])
def test_a_subsample_that_leaves_nothing_is_refused(corpus, engine, subsample):
    if ENGINES[engine].missing():
        pytest.skip("it cannot run here")
    with pytest.raises(ValueError, match="subsample is .* leaves none"):
        train(corpus, **{**QUIET, "engine": engine, "subsample": subsample})


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e4, -1e4])
def test_a_divergence_is_found_while_training(corpus, monkeypatch, bad):
    steps = []

    def fit(vectors, outputs, corpus, *, report, **options):
        for step in range(1, 6):
            vectors[:] = step if step < 4 else 5
            if step == 4:
                vectors[3, 2] = bad
            steps.append(step)
            report(1000)
        yield

    swap(monkeypatch, fit)
    monkeypatch.setattr(progress, "REST", 0)  # look after each step
    with pytest.raises(DivergenceError) as caught:
        train(corpus, learning_rate=0.2, **QUIET)
    for told in ("after 4,000 of 6,000 tokens", "learning_rate is 0.2, try 0.05"):
        assert told in str(caught.value)
    assert steps == [1, 2, 3, 4]
    assert isinstance(caught.value, FloatingPointError)
    assert (caught.value.vectors.vectors == 3).all()
    assert caught.value.vectors.vocabulary is corpus.vocabulary


def test_a_divergence_after_the_last_look_is_found_too(corpus, monkeypatch):
    def fit(vectors, outputs, corpus, *, report, **options):
        vectors[:] = np.nan
        yield

    swap(monkeypatch, fit)
    with pytest.raises(DivergenceError) as caught:
        train(corpus, **QUIET)
    assert caught.value.vectors is None  # there were no sound ones


def test_looking_costs_less_than_a_hundredth(monkeypatch):
    now, looks = [0.0], []
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])

    class Slow(progress.Watch):
        def look(self):
            looks.append(now[0])
            now[0] += 0.5  # a large vocabulary

    watch = Slow(np.zeros((2, 2)))
    while now[0] < 500:
        watch()
        now[0] += 0.1
    assert 3 <= len(looks) and 0.5 * len(looks) < 0.01 * now[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_an_engine_cannot_honour_is_refused(corpus, engine):
    if ENGINES[engine].missing():
        pytest.skip("it cannot run here")
    for name, largest in ENGINES[engine].limits.items():
        with pytest.raises(ValueError, match=f"{name} is {largest + 1}: .* at most {largest}"):
            train(corpus, **QUIET | {"engine": engine, name: largest + 1})
    assert {"window", "negative", "learning_rate"} <= set(ENGINES[engine].limits)


@pytest.mark.parametrize("engine, model", EACH_MODEL)
@pytest.mark.parametrize("vector_size, window, negative", [(1, 1, 1), (7, 30, 3), (100, 5, 5)])
def test_any_size_will_do(engine, model, vector_size, window, negative):
    if ENGINES[engine].missing():
        pytest.skip("it cannot run here")
    options = {"vector_size": vector_size, "window": window, "negative": negative}
    options |= {"engine": engine, "model": model, "epochs": 1, "subsample": 0, "progress": False}
    wv = train(lines_of_nine(), **options)
    assert wv.vectors.shape == (40, vector_size) and np.isfinite(wv.vectors).all()


@pytest.mark.parametrize("engine, model", EACH_MODEL)
@pytest.mark.parametrize("power", [0, 0.75, 1])
@pytest.mark.parametrize("widest", [False, True])
def test_vectors_stay_finite_on_a_handful_of_words(engine, model, power, widest):
    if ENGINES[engine].missing():
        pytest.skip("it cannot run here")
    options = {"engine": engine, "model": model, "power": power, "negative": 15, "epochs": 40}
    options["window"] = ENGINES[engine].limits["window"] if widest else 1
    wv = train(corpus_of(np.arange(350) % 7), subsample=0, progress=False, **options)
    assert np.isfinite(wv.vectors).all() and np.abs(wv.vectors).max() < 20


@pytest.mark.parametrize("engine, model", EACH_MODEL)
def test_each_width_of_a_window_is_honoured_up_to_the_limit(engine, model):
    if ENGINES[engine].missing():
        pytest.skip("it cannot run here")
    ids = np.random.default_rng(0).integers(100, size=4000)
    corpus = Corpus(ids, Vocabulary([f"w{i}" for i in range(100)]), np.bincount(ids), "a long line")
    largest = ENGINES[engine].limits["window"]
    options = QUIET | {"engine": engine, "model": model, "epochs": 1}
    widths = (largest // 2, largest - 1, largest)
    found = [train(corpus, **options | {"window": width}).vectors for width in widths]
    for one, other in ((0, 1), (1, 2)):
        assert not np.array_equal(found[one], found[other])


def test_who_can_do_it_is_named(corpus):
    with pytest.raises(ValueError, match='window is 35: engine="numpy".*try engine="compiled"'):
        train(corpus, **QUIET | {"window": 35})
    with pytest.raises(ValueError, match='threads is 2: engine="numpy".*try engine="compiled"'):
        train(corpus, **QUIET | {"threads": 2})


def test_few_words_lower_the_usual_rate(monkeypatch):
    seen = {}
    swap(monkeypatch, noting(seen), "compiled", calm=0.05)
    usual = ENGINES["compiled"].defaults["cbow"]["learning_rate"]

    def rate(counts, **options):
        corpus = corpus_of(np.repeat(np.arange(len(counts)), counts))
        train(corpus, engine="compiled", subsample=0, progress=False, **options)
        return seen["learning_rate"]

    assert rate([5] * 1000) == usual
    assert rate([5] * 7) == pytest.approx(0.05 / np.sqrt(6 / 7))  # a word, and 5 negatives
    assert rate([5] * 7, negative=15) == pytest.approx(0.05 / np.sqrt(16 / 7))
    assert rate([6, 2], power=0) == pytest.approx(0.05 / np.sqrt(10 / 16 + 5 / 2))
    assert rate([5] * 7, learning_rate=0.3) == 0.3


def test_a_model_that_an_engine_lacks_is_refused(corpus):
    told = 'model is "skipgram": engine="cuda" trains cbow; try engine="numpy" or engine="compiled"'
    with pytest.raises(ValueError, match=f'^{told} or engine="dask"$'):
        train(corpus, model="skipgram", engine="cuda", **QUIET)


def test_what_is_missing_is_named_with_its_cure(corpus, monkeypatch):
    engine = replace(ENGINES["compiled"], needs=("no_such_package",))
    monkeypatch.setitem(ENGINES, "compiled", engine)
    cure = r'needs no_such_package: python -m pip install "w2vlib\[speed\]"; try engine="numpy"'
    with pytest.raises(ImportError, match=cure):
        train(corpus, engine="compiled", **QUIET)


def test_wrong_arguments_are_found_before_the_training(corpus, monkeypatch):
    def fit(vectors, outputs, corpus, **options):
        raise AssertionError("it trains")
        yield

    swap(monkeypatch, fit)
    counts = np.array([10_000, 1, 1])
    skewed = Corpus(np.array([0, 1, 2]), Vocabulary(["a", "b", "c"]), counts, "skewed")
    with pytest.raises(ValueError, match="power is 300.*take a smaller"):
        train(skewed, **QUIET | {"power": 300})
    with pytest.raises(MemoryError, match="vector_size is 1000000000000.*GB; take a smaller"):
        train(corpus, **QUIET | {"vector_size": 10**12})
    with pytest.raises(MemoryError, match="vector_size is 1000000000000000000000.*GB"):
        train(corpus, **QUIET | {"vector_size": 10**21})
    object.__setattr__(skewed, "vocabulary", {0: "a", 1: "b", 2: "c"})
    with pytest.raises(TypeError, match="vocabulary is dict.*should be a Vocabulary"):
        train(skewed, **QUIET)


def test_small_numbers_of_numpy_do_not_overflow(corpus):
    options = {"epochs": np.int8(2), "window": np.int8(20), "negative": np.int8(100)}
    options |= {"vector_size": np.uint8(6), "power": np.float16(0.75), "seed": np.int8(3)}
    small = train(corpus, **QUIET | options).vectors
    plain = train(corpus, **QUIET | {name: x.item() for name, x in options.items()}).vectors
    assert np.isfinite(small).all() and np.array_equal(small, plain)


def test_an_interruption_keeps_what_was_learnt(corpus, monkeypatch, capsys):
    def fit(vectors, outputs, corpus, *, report, **options):
        vectors[:] = 7
        report(1500)
        raise KeyboardInterrupt
        yield

    swap(monkeypatch, fit)
    wv = train(corpus, **QUIET)
    assert (wv.vectors == 7).all()
    out, err = capsys.readouterr()
    assert out == ""
    assert "1,500 of 6,000 tokens (25%)" in err


def test_the_real_engine_can_be_interrupted(corpus, monkeypatch, capsys):
    """Ctrl-C in the middle of an epoch: vectors that are neither the first nor the last ones."""
    report, calls = Bar.__call__, []

    def interrupted(self, tokens, loss=None):
        report(self, tokens)
        calls.append(tokens)
        if len(calls) == 5:
            raise KeyboardInterrupt

    whole = train(corpus, **QUIET).vectors
    monkeypatch.setattr(Bar, "__call__", interrupted)
    part = train(corpus, **QUIET).vectors
    assert np.isfinite(part).all() and (part != whole).any()
    assert "Interrupted" in capsys.readouterr().err


def test_other_errors_pass_through(corpus, monkeypatch):
    def fit(vectors, outputs, corpus, **options):
        raise ZeroDivisionError
        yield

    swap(monkeypatch, fit)
    with pytest.raises(ZeroDivisionError):
        train(corpus, **QUIET)


def test_the_bar_counts_tokens(corpus, capsys):
    train(corpus, **{**QUIET, "progress": True})
    out, err = capsys.readouterr()
    assert out == ""
    assert "6.00k/6.00k" in err and "tokens/s" in err


class Full(io.StringIO):
    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("stderr", [None, Full()], ids=["closed", "full"])
def test_what_cannot_be_shown_stops_no_training(corpus, monkeypatch, capsys, stderr):
    monkeypatch.setattr(sys, "stderr", stderr)
    shown = train(corpus, **{**QUIET, "progress": True})
    assert np.array_equal(shown.vectors, train(corpus, **QUIET).vectors)

    def fit(vectors, outputs, corpus, *, report, **options):
        report(10)
        raise KeyboardInterrupt
        yield

    swap(monkeypatch, fit)
    train(corpus, **QUIET)  # tells nobody that it was interrupted
    assert capsys.readouterr().out == ""


def test_silent_without_progress(corpus, capsys):
    train(corpus, **QUIET)
    assert capsys.readouterr() == ("", "")


def test_tqdm_loads_only_when_the_bar_is_shown():
    code = "import sys, w2vlib.engines; assert 'tqdm' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_trains_without_threadpoolctl(corpus, monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    assert np.isfinite(train(corpus, **QUIET).vectors).all()
