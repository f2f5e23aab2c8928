"""Every layer on random shapes: its gradients are the numerical ones, and all stays finite."""

import pkgutil
import runpy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import numerical_gradient

from w2vlib.binary import SigmoidWithLoss
from w2vlib.bottlenecks import MatMul, OneHotCBOW, SoftmaxWithLoss
from w2vlib.embedding import Embedding
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.negative_sampling import NegativeSamplingLoss
from w2vlib.sparse_gradients import (
    SparseCBOW,
    SparseEmbedding,
    SparseEmbeddingDot,
    SparseNegativeSamplingLoss,
)
from w2vlib.training import CBOW, SkipGram

REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "book" / "_ext" / "reference.py"))


@dataclass
class Task:
    """Sizes, and what is random of them. Ids come again, since words are few."""

    V: int
    H: int
    N: int
    w: int
    K: int
    whole: type
    dout: float
    seed: int
    size: float = 1.0  # of numbers; scores are as large as its square, or a few times that
    dtype: type = float

    def __post_init__(self):
        self.rng = np.random.default_rng(self.seed)

    def numbers(self, *shape):
        """Some are the largest that there are."""
        numbers = np.clip(self.rng.normal(scale=0.7, size=shape), -1, 1)
        return (self.size * numbers).astype(self.dtype)

    def scores(self, *shape):
        return self.size * self.numbers(*shape)

    def ids(self, *shape):
        return self.rng.integers(self.V, size=shape, dtype=self.whole)

    def get_negative_sample(self, target):
        """The same ones again, and some may be the target."""
        rng = np.random.default_rng(self.seed)
        return rng.integers(self.V, size=(len(target), self.K), dtype=np.int32)


TASKS = {
    "V": st.integers(2, 8),
    "H": st.integers(1, 4),
    "N": st.integers(1, 5),
    "w": st.integers(1, 2),
    "K": st.integers(1, 3),
    "whole": st.sampled_from([np.uint8, np.int32, np.int64]),
    "dout": st.sampled_from([1, -2.5, 1e-3]),
    "seed": st.integers(0, 2**32),
}


def one_hot_cbow(t):
    model = OneHotCBOW(t.V, t.H, rng=0)  # which is float32 by itself
    model.in_layer, model.out_layer = MatMul(t.numbers(t.V, t.H)), MatMul(t.numbers(t.H, t.V))
    model.params = model.in_layer.params + model.out_layer.params
    model.grads = model.in_layer.grads + model.out_layer.grads
    return model


def loss_of(Loss):
    return lambda t: Loss(t.numbers(t.V, t.H), t.ids(9), sample_size=t.K, sampler=t)


def model_of(Model):
    def build(t):
        options = {"sample_size": t.K, "sampler": t, "dtype": t.dtype}
        model = Model(t.V, t.H, t.w, t.ids(9), **options)
        for W in model.params:
            W[...] = t.numbers(*W.shape)
        return model

    return build


# A layer, and what its forward takes. What its backward returns is the gradient of the first.
LAYERS = {
    "MatMul": (lambda t: MatMul(t.numbers(t.V, t.H)), lambda t: [t.numbers(t.N, t.V)]),
    "Embedding": (lambda t: Embedding(t.numbers(t.V, t.H)), lambda t: [t.ids(t.N, t.w)]),
    "SparseEmbedding": (
        lambda t: SparseEmbedding(t.numbers(t.V, t.H)),
        lambda t: [t.ids(t.N, t.w)],
    ),
    "EmbeddingDot": (
        lambda t: EmbeddingDot(t.numbers(t.V, t.H)),
        lambda t: [t.numbers(t.N, t.H), t.ids(t.N)],
    ),
    "SparseEmbeddingDot": (
        lambda t: SparseEmbeddingDot(t.numbers(t.V, t.H)),
        lambda t: [t.numbers(t.N, t.H), t.ids(t.N, t.K)],
    ),
    "SoftmaxWithLoss": (
        lambda t: SoftmaxWithLoss(),
        lambda t: [t.scores(t.N, t.V), t.ids(t.N)],
    ),
    "SoftmaxWithLoss, one-hot": (
        lambda t: SoftmaxWithLoss(),
        lambda t: [t.scores(t.N, t.V), np.eye(t.V)[t.ids(t.N)]],
    ),
    "SigmoidWithLoss": (
        lambda t: SigmoidWithLoss(),
        lambda t: [t.scores(t.N), t.rng.integers(2, size=t.N)],
    ),
    **{
        Loss.__name__: (loss_of(Loss), lambda t: [t.numbers(t.N, t.H), t.ids(t.N)])
        for Loss in (NegativeSamplingLoss, SparseNegativeSamplingLoss)
    },
    **{
        name: (build, lambda t: [t.ids(t.N, 2 * t.w), t.ids(t.N)])
        for name, build in {
            "OneHotCBOW": one_hot_cbow,
            "CBOW": model_of(CBOW),
            "SkipGram": model_of(SkipGram),
            "SparseCBOW": model_of(SparseCBOW),
        }.items()
    },
}


def test_no_layer_is_left_out():
    public = {
        path for path in REFERENCE["PUBLIC"] if hasattr(pkgutil.resolve_name(path), "backward")
    }
    assert {path.rpartition(".")[2] for path in public} == {name.split(",")[0] for name in LAYERS}


def run(name, task):
    """Forward and backward -> its output, a function of what was differentiated, and pairs of x
    and the gradient."""
    layer, args = (make(task) for make in LAYERS[name])
    out = layer.forward(*args)
    dout = task.numbers(*out.shape) if np.ndim(out) else task.dout
    dx = layer.backward(dout)
    pairs = [] if dx is None else [(args[0], dx)]
    dense = [grad.dense() if hasattr(grad, "dense") else grad for grad in layer.grads]
    for W in {id(W): W for W in layer.params}.values():
        pairs.append((W, sum(dW for V, dW in zip(layer.params, dense, strict=True) if V is W)))
    return out, lambda: np.sum(layer.forward(*args) * dout), pairs


@pytest.mark.parametrize("name", LAYERS)
@given(**TASKS)
def test_gradients_are_the_numerical_ones(name, **sizes):
    _, total, pairs = run(name, Task(**sizes))
    assert pairs
    for x, found in pairs:
        np.testing.assert_allclose(found, numerical_gradient(total, x), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", LAYERS)
@given(**TASKS)
def test_all_is_finite_for_scores_of_ten_thousand(name, dtype, **sizes):
    with np.errstate(all="raise", under="ignore"):
        out, _, pairs = run(name, Task(**sizes, size=100.0, dtype=dtype))
    assert np.isfinite(out).all() and out.dtype == dtype
    for x, found in pairs:
        assert np.isfinite(found).all() and found.dtype == dtype and found.shape == x.shape
    expected, _, _ = run(name, Task(**sizes, size=100.0))
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=0.1)
