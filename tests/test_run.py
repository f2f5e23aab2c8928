"""What `train` says on its way, and what it goes on from: loss, callback, `start`, outputs."""

from dataclasses import replace

import numpy as np
import pytest

from w2vlib import Corpus, Vocabulary, WordVectors, pieces, train
from w2vlib.engines import ENGINES
from w2vlib.progress import Progress

QUIET = {"vector_size": 6, "epochs": 3, "subsample": 0, "progress": False}
ABLE = [
    pytest.param(name, marks=pytest.mark.skipif(bool(engine.missing()), reason="cannot run here"))
    for name, engine in ENGINES.items()
    if name != "cuda"
]
pytestmark = pytest.mark.usefixtures("dask_here")


@pytest.fixture
def corpus():
    ids = np.random.default_rng(0).integers(40, size=3000)
    return Corpus(ids, Vocabulary([f"w{i}" for i in range(40)]), np.bincount(ids), "test")


def swap(monkeypatch, fit):
    monkeypatch.setitem(ENGINES, "numpy", replace(ENGINES["numpy"], fit=fit))


def numbered(vectors, outputs, corpus, *, epochs, first, report, **options):
    """A `fit` for texts of 3,000 words in 3 pieces: after piece n the vectors are n + 1."""
    for number in range(first, 3 * epochs):
        vectors[:] = number + 1
        outputs[:] = -number - 1
        report(600, 4.0 - number)
        report(400)
        yield


# Loss and outputs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ABLE)
def test_the_result_has_the_loss_and_the_output_vectors(corpus, engine):
    wv = train(corpus, engine=engine, **QUIET)
    assert type(wv.loss) is float and 0 < wv.loss < 1.1 * 6 * np.log(2)
    assert isinstance(wv.outputs, WordVectors)
    assert wv.outputs.vectors.shape == (40, 6) and wv.outputs.vocabulary is wv.vocabulary
    assert wv.outputs.vectors.any() and not np.array_equal(wv.outputs.vectors, wv.vectors)
    assert not wv.vectors.flags.writeable and not wv.outputs.vectors.flags.writeable
    assert (wv.outputs.loss, wv.outputs.outputs) == (None, None)


def test_other_vectors_have_neither(corpus, tmp_path):
    wv = train(corpus, **QUIET)
    wv.save(tmp_path / "vectors")
    for other in (WordVectors.load(tmp_path / "vectors"), WordVectors(wv.vectors, wv.vocabulary)):
        assert (other.loss, other.outputs) == (None, None)
    wv.outputs.save(tmp_path / "outputs")
    found = WordVectors.load(tmp_path / "outputs").vectors
    np.testing.assert_allclose(found, wv.outputs.vectors, rtol=1e-6)


def test_the_loss_is_that_of_the_last_epoch_by_words(corpus, monkeypatch, capsys):
    def fit(vectors, outputs, corpus, *, report, **options):
        for losses in ((9.0, None), (4.0, 1.0), (None, 2.0)):
            report(2000, losses[0])
            report(1000, losses[1])
            yield

    swap(monkeypatch, fit)
    seen = []
    wv = train(corpus, callback=lambda p: seen.append(p.loss), **QUIET | {"progress": True})
    assert seen == [9.0, 3.0, 2.0] and wv.loss == 2.0
    assert "loss=2.000" in capsys.readouterr().err


def test_without_a_loss_there_is_none(corpus, monkeypatch):
    def fit(vectors, outputs, corpus, *, report, **options):
        report(3000)
        yield

    swap(monkeypatch, fit)
    assert train(corpus, **QUIET).loss is None


# Callback -----------------------------------------------------------------------------------------


@pytest.fixture
def thirds(corpus, monkeypatch):
    """Its text in three pieces, and an engine that numbers them."""
    monkeypatch.setattr(pieces, "PIECE", 1024)
    swap(monkeypatch, numbered)
    return corpus


def test_once_an_epoch_it_is_told_how_far(thirds):
    seen = []
    wv = train(thirds, callback=seen.append, **QUIET)
    assert all(isinstance(progress, Progress) for progress in seen)
    assert [(p.epoch, p.epochs, p.tokens, p.total) for p in seen] == [
        (1, 3, 3000, 9000), (2, 3, 6000, 9000), (3, 3, 9000, 9000)
    ]  # fmt: skip
    assert [p.loss for p in seen] == [3.0, 0.0, -3.0]
    assert wv.loss == -3.0


def test_it_may_look_at_the_vectors(thirds):
    seen = []
    train(thirds, callback=lambda progress: seen.append(progress.vectors), **QUIET)
    assert [wv.vectors.max() for wv in seen] == [3, 6, 9]  # copies: they stay as they were
    assert [wv.outputs.vectors.min() for wv in seen] == [-3, -6, -9]
    assert seen[0].vocabulary is thirds.vocabulary and seen[1].loss == 0.0


@pytest.mark.parametrize("engine", ABLE)
def test_looking_changes_nothing(corpus, engine):
    plain = train(corpus, engine=engine, **QUIET).vectors
    looked = train(corpus, engine=engine, callback=lambda p: p.vectors and None, **QUIET).vectors
    np.testing.assert_array_equal(plain, looked)


@pytest.mark.parametrize("true", [True, 1, "enough"])
def test_it_may_stop_the_training(thirds, true, capsys):
    wv = train(thirds, callback=lambda p: true if p.epoch == 2 else None, **QUIET)
    assert (wv.vectors == 6).all() and wv.loss == 0.0
    assert capsys.readouterr() == ("", "")


def test_its_errors_lose_nothing(thirds):
    def callback(progress):
        if progress.epoch == 2:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        train(thirds, callback=callback, **QUIET)
    assert (caught.value.vectors.vectors == 6).all()
    assert (caught.value.vectors.outputs.vectors == -6).all()
    assert "in this error's attribute `vectors`" in caught.value.__notes__[0]


def test_an_interruption_of_it_ends_the_training(thirds, capsys):
    def callback(progress):
        raise KeyboardInterrupt

    assert (train(thirds, callback=callback, **QUIET).vectors == 3).all()
    assert "Interrupted after 3,000 of 9,000 tokens" in capsys.readouterr().err


def test_it_should_be_a_function(corpus):
    with pytest.raises(TypeError, match="callback is 3: it should be a function"):
        train(corpus, callback=3, **QUIET)


def test_what_an_error_finds_unsound_is_not_handed_on(corpus, monkeypatch):
    def fit(vectors, outputs, corpus, **options):
        vectors[:] = np.nan
        raise MemoryError
        yield

    swap(monkeypatch, fit)
    with pytest.raises(MemoryError) as caught:
        train(corpus, **QUIET)
    assert not hasattr(caught.value, "vectors")


def test_matrices_that_are_elsewhere_are_fetched_first(thirds, monkeypatch):
    def fit(vectors, outputs, corpus, *, epochs, first, report, **options):
        there = np.zeros_like(vectors)

        def fetch():
            vectors[:] = there

        try:
            for _ in range(first, 3 * epochs):
                there += 1
                report(1000)
                yield fetch
        finally:
            vectors[:] = there + 100

    swap(monkeypatch, fit)
    seen = []
    wv = train(thirds, callback=lambda p: seen.append(p.vectors.vectors.max()), **QUIET)
    assert seen == [3, 6, 9] and (wv.vectors == 109).all()
    wv = train(thirds, callback=lambda p: True, **QUIET)
    assert (wv.vectors == 103).all()


# Start --------------------------------------------------------------------------------------------


def still(vectors, outputs, corpus, **options):
    """A `fit` that learns nothing."""
    yield


@pytest.fixture
def former():
    """Vectors of w38 and w39, which the corpus knows, and of two words that it lacks."""
    vectors = np.arange(24, dtype=np.float32).reshape(4, 6)
    wv = WordVectors(vectors, ["old", "w39", "w38", "older"])
    wv.outputs = WordVectors(-vectors, wv.vocabulary)
    return wv


@pytest.mark.parametrize("with_outputs", [True, False])
def test_training_goes_on_from_former_vectors(corpus, former, monkeypatch, with_outputs):
    swap(monkeypatch, still)
    if not with_outputs:
        former.outputs = None
    fresh, wv = train(corpus, **QUIET), train(corpus, start=former, **QUIET)
    assert list(wv) == [*corpus.vocabulary, "old", "older"]
    np.testing.assert_array_equal(wv.vectors[:38], fresh.vectors[:38])
    np.testing.assert_array_equal(wv.vectors[38:], former[["w38", "w39", "old", "older"]])
    expected = -former[["w38", "w39", "old", "older"]] * with_outputs
    np.testing.assert_array_equal(wv.outputs.vectors[38:], expected)
    assert not wv.outputs.vectors[:38].any() and list(wv.outputs) == list(wv)
    assert wv["w39"].tolist() == former["w39"].tolist()


@pytest.mark.parametrize("engine", ABLE)
def test_what_is_gone_on_from_stays_as_it_was(corpus, engine):
    first = train(corpus, engine=engine, **QUIET)
    before, outputs = first.vectors.copy(), first.outputs.vectors.copy()
    second = train(corpus, engine=engine, start=first, **QUIET)
    np.testing.assert_array_equal(first.vectors, before)
    np.testing.assert_array_equal(first.outputs.vectors, outputs)
    moved = np.abs(second.vectors - before).mean()
    again = np.abs(train(corpus, engine=engine, seed=2, **QUIET).vectors - before).mean()
    assert 0 < moved < again
    assert second.vocabulary is corpus.vocabulary  # nothing to add


def test_an_error_has_the_words_of_both(corpus, former, monkeypatch):
    def fit(vectors, outputs, corpus, **options):
        raise ZeroDivisionError
        yield

    swap(monkeypatch, fit)
    with pytest.raises(ZeroDivisionError) as caught:
        train(corpus, start=former, **QUIET)
    assert "older" in caught.value.vectors and "w7" in caught.value.vectors


def test_vectors_that_cannot_be_gone_on_from_are_refused(corpus, former):
    with pytest.raises(TypeError, match=r"start is (.|\n)*: it should be WordVectors"):
        train(corpus, start=former.vectors, **QUIET)
    told = "vector_size is 7, but the vectors of start have 6 numbers: take vector_size=6"
    with pytest.raises(ValueError, match=told):
        train(corpus, start=former, **QUIET | {"vector_size": 7})
    former.outputs = WordVectors(np.ones((2, 6)), ["old", "older"])
    with pytest.raises(ValueError, match=r"start.outputs is .* of shape \(4, 6\), or None"):
        train(corpus, start=former, **QUIET)
