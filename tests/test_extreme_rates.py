"""A rate that is far too large ends in an error that says what to do, and what was good is kept.

No number of a result is ever NaN, and no warning of NumPy's escapes.
"""

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import corpus_of

from w2vlib import CBOW, SGD, Adam, SkipGram, Trainer, WordVectors, progress, train
from w2vlib.bottlenecks import OneHotCBOW, create_contexts_target
from w2vlib.checkpoint import Checkpoint
from w2vlib.engines import ENGINES
from w2vlib.progress import DivergenceError
from w2vlib.sparse_gradients import SparseAdaGrad, SparseAdam, SparseCBOW, SparseSGD

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")
EACH_MODEL = [(e.name, model) for e in ENGINES.values() for model in e.models if e.name != "dask"]


def texts(words, length, seed):
    """Some have one word that is nearly all of them."""
    p = np.random.default_rng(seed).dirichlet(np.full(words, 0.3))
    ids = np.random.default_rng(seed).choice(words, size=length, p=p)
    return corpus_of(np.append(ids, np.arange(words)))


CORPORA = st.builds(texts, st.integers(2, 9), st.integers(1, 80), st.integers(0, 2**32))


def is_sound(wv):
    return all(np.abs(W).max() < 1000 for W in (wv.vectors, wv.outputs.vectors))


@pytest.fixture
def looking(monkeypatch):
    """After each report the vectors are looked at, and kept where they are sound."""
    monkeypatch.setattr(progress, "REST", 0)


@pytest.mark.parametrize("engine, model", EACH_MODEL)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corpus=CORPORA, rate=st.sampled_from([1e-46, 1e-45, 1e-30, 0.5, 1, 1e3, 1e30, 1e308]),
    decay=st.sampled_from([0, 0.9, 1e30, 1e40]), negative=st.sampled_from([1, 5, 1000]),
    window=st.sampled_from([1, 31]), vector_size=st.integers(1, 9),
)  # fmt: skip
def test_a_training_ends_well_or_says_what_to_do(looking, engine, model, corpus, rate, **options):
    if ENGINES[engine].missing():
        pytest.skip("it cannot run here")
    options |= {"engine": engine, "model": model, "subsample": 0, "progress": False, "epochs": 2}
    try:
        assert is_sound(wv := train(corpus, learning_rate=rate, **options))
        assert len(corpus) < 40 if wv.loss is None else np.isfinite(wv.loss)
    except DivergenceError as error:
        assert f"learning_rate is {rate:g}, try {rate / 4:g}" in str(error)
        assert error.vectors is None or np.abs(error.vectors.vectors).max() < 1000
        assert 0.1 < rate <= 1  # no smaller one diverges, and larger ones are refused
    except ValueError as error:
        assert f"learning_rate is {rate}" in str(error) or f"decay is {options['decay']}" in str(
            error
        )


DIVERGES = {"engine": "compiled", "learning_rate": 1, "negative": 1000, "window": 30, "epochs": 3}
SEVEN = {"vector_size": 5, "subsample": 0, "progress": False}


@pytest.fixture
def seven():
    return corpus_of(np.random.default_rng(0).integers(7, size=300))


@pytest.mark.parametrize("model", ["cbow", "skipgram"])
@pytest.mark.parametrize("engine", ["compiled", "dask"])
@pytest.mark.usefixtures("dask_here")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_it_diverges_and_what_was_given_is_as_it_was(engine, model, seven, tmp_path, looking):
    if ENGINES[engine].missing():
        pytest.skip("it cannot run here")
    first = train(seven, epochs=1, engine=engine, model=model, **SEVEN)
    before = first.vectors.copy(), first.outputs.vectors.copy()
    options = SEVEN | DIVERGES | {"engine": engine, "model": model, "start": first}
    with pytest.raises(DivergenceError, match="after .* tokens: learning_rate is 1, try 0.25"):
        train(seven, checkpoint=tmp_path / "made", **options)
    assert all(map(np.array_equal, before, (first.vectors, first.outputs.vectors)))
    assert not (tmp_path / "made").exists()  # not even the first epoch was sound
    assert is_sound(train(seven, **options | {"learning_rate": 1 / 256}))


def test_a_checkpoint_holds_the_last_sound_state(seven, tmp_path, monkeypatch):
    """Outputs that are NaN are found as well as vectors."""

    def fit(vectors, outputs, corpus, *, first, **options):
        for epoch in range(1 + first, 4):
            vectors[:], outputs[:] = epoch, [epoch, np.nan][epoch == 3]
            yield

    monkeypatch.setitem(ENGINES, "numpy", replace(ENGINES["numpy"], fit=fit))
    path = tmp_path / "made"
    with pytest.raises(DivergenceError):
        train(seven, epochs=3, checkpoint=path, **SEVEN)
    saved = []

    def note(self, matrices):
        load(self, matrices)
        saved.extend(matrix.copy() for matrix in matrices)

    load = Checkpoint.load
    monkeypatch.setattr(Checkpoint, "load", note)
    with contextlib.suppress(DivergenceError):
        train(seven, epochs=3, checkpoint=path, **SEVEN)
    assert [set(matrix.ravel()) for matrix in saved] == [{2.0}, {2.0}]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30, -1000])
@pytest.mark.parametrize("which", ["start", "start.outputs"])
def test_a_start_that_nothing_can_go_on_from_is_refused(seven, which, bad):
    sound, unsound = np.zeros((2, 7, 5), np.float32)
    unsound[3, 2] = bad
    words = list(seven.vocabulary)
    both = [WordVectors._adopt(matrix, words) for matrix in (sound, unsound)]
    start = both[1] if which == "start" else both[0]
    start.outputs = both[1]
    with pytest.raises(ValueError, match=f"{which} holds numbers of 1000 and more, or NaN"):
        train(seven, start=start, **SEVEN)


# The textbook's loop ------------------------------------------------------------------------------

PAIRS = [(Model, step) for Model in (CBOW, SkipGram, OneHotCBOW) for step in (SGD, Adam)]
PAIRS += [(SparseCBOW, step) for step in (SparseSGD, SparseAdaGrad, SparseAdam)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("Model, Optimizer", PAIRS)
@given(
    corpus=CORPORA, lr=st.sampled_from([1e-300, 1e-30, 1, 1e3, 1e30, 1e300]),
    batch=st.integers(1, 40), size=st.integers(1, 5),
)  # fmt: skip
def test_a_fit_ends_well_or_the_model_is_as_before(
    Model, Optimizer, dtype, corpus, lr, batch, size
):
    if len(corpus) < 3:
        return
    V = len(corpus.vocabulary)
    if Model is OneHotCBOW:
        model = Model(V, size, rng=0)
    else:
        model = Model(V, size, 1, corpus.ids, sample_size=1, rng=0, dtype=dtype)
    trainer = Trainer(model, Optimizer(lr=1e-3))
    data = create_contexts_target(corpus.ids, 1)
    trainer.fit(*data, 1, batch, rng=0, progress=False)
    before = [param.copy() for param in model.params]
    trainer.optimizer = Optimizer(lr=lr)
    try:
        trainer.fit(*data, 1, batch, rng=1, progress=False)
    except FloatingPointError as error:
        assert f"diverged in epoch 1: lr is {lr:g}, try {lr / 4:g}" in str(error)
        assert all(map(np.array_equal, before, model.params)) and lr >= 1
    assert all(np.abs(param).max() < 1000 for param in model.params)
    trainer.optimizer = Optimizer(lr=1e-3)
    trainer.fit(*data, 1, batch, rng=2, progress=False)
    assert np.isfinite(trainer.losses[-1])


def test_an_epoch_that_was_sound_is_kept():
    data = create_contexts_target(np.arange(40) % 7, 1)
    model, seen = CBOW(7, 3, 1, np.arange(7), sample_size=2, rng=0), []
    step = Trainer.step

    class Faster(Trainer):
        def step(self, contexts, target):
            if len(seen) == 3:  # from the third epoch on
                self.optimizer.lr = 1e6
            seen.append([param.copy() for param in model.params])
            return step(self, contexts, target)

    with pytest.raises(FloatingPointError, match="diverged in epoch 4: lr is 1e\\+06, try 250000"):
        Faster(model, SGD(0.1)).fit(*data, 10, 100, rng=0, progress=False)
    assert all(map(np.array_equal, seen[3], model.params))
    assert not np.array_equal(seen[2][0], seen[3][0])
