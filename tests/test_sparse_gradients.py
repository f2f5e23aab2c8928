"""Chapter 9: row-sparse gradients are the dense ones, without the rows of zeros."""

from types import SimpleNamespace

import numpy as np
import pytest
import reference
from peaks import peak

from w2vlib.bottlenecks import create_contexts_target
from w2vlib.embedding import Embedding
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.negative_sampling import NegativeSamplingLoss
from w2vlib.sparse_gradients import (
    SparseAdaGrad,
    SparseAdam,
    SparseCBOW,
    SparseEmbedding,
    SparseEmbeddingDot,
    SparseGradient,
    SparseNegativeSamplingLoss,
    SparseSGD,
)
from w2vlib.training import CBOW, SGD, Adam, Trainer, sum_shared

V, H, N = 30, 4, 6
W = np.random.default_rng(1).standard_normal((V, H))
IDS = [[2], [1, 0, 3, 0], [[0, 2], [2, 2], [6, 5]], [[[4]]], 5]
CORPUS = np.random.default_rng(4).integers(0, V, size=400)
CORPUS[:V] = np.arange(V)
CONTEXTS, TARGET = create_contexts_target(CORPUS, 2)


def normal(*shape):
    return np.random.default_rng(2).standard_normal(shape)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.int64])
@pytest.mark.parametrize("idx", IDS)
def test_embedding_agrees_with_the_dense_one_and_the_loop(idx, dtype):
    idx = np.array(idx, dtype=dtype)
    sparse, dense, dout = SparseEmbedding(W), Embedding(W), normal(*idx.shape, H)
    assert np.array_equal(sparse.forward(idx), dense.forward(idx))
    assert sparse.backward(dout) is None
    dense.backward(dout)
    (grad,) = sparse.grads
    assert grad.ids.tolist() == sorted(set(idx.ravel().tolist()))
    assert grad.rows.shape == (len(grad.ids), H)
    np.testing.assert_allclose(grad.dense(), dense.grads[0], rtol=1e-12, atol=1e-14)
    expected = reference.embedding_gradient(W.shape, idx, dout)
    np.testing.assert_allclose(grad.dense(), expected, rtol=1e-12, atol=1e-14)


def test_a_gradient_is_empty_at_first_and_then_the_last_one():
    grad = SparseGradient(W.astype(np.float32))
    assert grad.ids.size == 0 and not grad.dense().any() and grad.dense().shape == (V, H)
    grad.put(np.array([3, 1, 3]), np.float32([[1] * H, [2] * H, [10] * H]))
    assert grad.ids.tolist() == [1, 3] and grad.rows[:, 0].tolist() == [2, 11]
    grad.put(np.array([7]), np.ones((1, H), dtype=np.float32))
    assert grad.ids.tolist() == [7] and grad.dense().sum() == H
    assert grad.rows.dtype == grad.dense().dtype == np.float32


def test_dot_is_embedding_dot_of_each_column():
    idx, h, dout = np.random.default_rng(3).integers(V, size=(N, 3)), normal(N, H), normal(N, 3)
    sparse, columns = SparseEmbeddingDot(W), [EmbeddingDot(W) for _ in range(3)]
    score = sparse.forward(h, idx)
    assert score.shape == (N, 3)
    for i, column in enumerate(columns):
        np.testing.assert_allclose(score[:, i], column.forward(h, idx[:, i]), rtol=1e-12)
    dh = sum(column.backward(dout[:, i]) for i, column in enumerate(columns))
    np.testing.assert_allclose(sparse.backward(dout), dh, atol=1e-12)
    dW = sum(column.grads[0] for column in columns)
    np.testing.assert_allclose(sparse.grads[0].dense(), dW, atol=1e-12)


@pytest.mark.parametrize("dout", [1, -2.5])
def test_loss_and_gradients_are_those_of_the_dense_loss(dout):
    h, target = normal(N, H), np.array([0, 5, 5, 29, 1, 7])
    sparse, dense = (
        Loss(W, CORPUS, 0.5, 3, rng=8)
        for Loss in (SparseNegativeSamplingLoss, NegativeSamplingLoss)
    )
    for _ in range(3):  # the same negatives each time
        np.testing.assert_allclose(sparse.forward(h, target), dense.forward(h, target), rtol=1e-12)
        np.testing.assert_allclose(sparse.backward(dout), dense.backward(dout), atol=1e-12)
        np.testing.assert_allclose(sparse.grads[0].dense(), sum(dense.grads), atol=1e-12)


@pytest.mark.parametrize("dout", [1, -2.5])
def test_gradients_are_the_numerical_ones(dout):
    model = SparseCBOW(V, H, 2, CORPUS, rng=1, dtype=float)
    W_in, W_out = model.params
    W_in *= 100
    W_out *= 100

    def loss():
        model.loss_layer.sampler.rng = np.random.default_rng(5)
        return dout * model.forward(CONTEXTS[:N], TARGET[:N])

    expected = [reference.numerical_gradient(loss, x) for x in (W_in, W_out)]
    loss()
    assert model.backward(dout) is None
    grads = model.in_layer.grads + model.loss_layer.grads
    for grad, wanted in zip(grads, expected, strict=True):
        np.testing.assert_allclose(grad.dense(), wanted, atol=1e-8)


def test_cbow_is_cbow():
    sparse, dense = SparseCBOW(V, H, 2, CORPUS, rng=3), CBOW(V, H, 2, CORPUS, rng=3)
    assert len(sparse.params) == len(sparse.grads) == 2
    assert sparse.word_vecs is sparse.params[0]
    for param, wanted in zip(sparse.params, dense.params[:2], strict=True):
        assert np.array_equal(param, wanted) and param.dtype == np.float32
    loss = sparse.forward(CONTEXTS[:N], TARGET[:N])
    assert loss == pytest.approx(dense.forward(CONTEXTS[:N], TARGET[:N]), rel=1e-6)
    sparse.backward()
    dense.backward()
    _, wanted = sum_shared(dense.params, dense.grads)
    for grad, dW in zip(sparse.grads, wanted, strict=True):
        assert grad.rows.dtype == np.float32
        np.testing.assert_allclose(grad.dense(), dW, rtol=1e-4, atol=1e-9)


class AdaGrad:
    """On dense gradients, in so many words."""

    def __init__(self, lr, eps=1e-7):
        self.lr, self.eps, self.squares = lr, eps, None

    def update(self, params, grads):
        self.squares = self.squares or [np.zeros_like(p) for p in params]
        for param, grad, squares in zip(params, grads, self.squares, strict=True):
            squares += grad**2
            param -= self.lr * grad / (np.sqrt(squares) + self.eps)


def trained(Model, optimizer, steps=200):
    """A model after `steps` batches, and its losses."""
    model, losses = Model(V, H, 2, CORPUS, rng=0), []
    trainer = Trainer(model, optimizer)
    for step in range(steps):
        batch = np.random.default_rng(step).integers(len(TARGET), size=N)
        losses.append(trainer.step(CONTEXTS[batch], TARGET[batch]))
    return model, losses


def test_the_same_path_as_cbow_with_sgd():
    (model, losses), (twin, wanted) = trained(SparseCBOW, SparseSGD(0.3)), trained(CBOW, SGD(0.3))
    assert losses[-1] < losses[0]
    np.testing.assert_allclose(losses, wanted, rtol=1e-3)
    for param, expected in zip(model.params, twin.params[:2], strict=True):
        np.testing.assert_allclose(param, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "sparse, dense, same",
    [
        (SparseSGD(0.3), SGD(0.3), True),
        (SparseAdaGrad(0.1), AdaGrad(0.1), True),
        (SparseAdam(0.1), Adam(0.1), False),
    ],
)
def test_optimisers_on_the_same_gradients(sparse, dense, same):
    model = SparseCBOW(V, H, 2, CORPUS, rng=0)
    twins = [param.copy() for param in model.params]
    for step in range(100):
        batch = np.random.default_rng(step).integers(len(TARGET), size=N)
        model.forward(CONTEXTS[batch], TARGET[batch])
        model.backward()
        sparse.update(model.params, model.grads)
        dense.update(twins, [grad.dense() for grad in model.grads])
    for param, twin in zip(model.params, twins, strict=True):
        assert np.array_equal(param, twin) == same


def test_adam_is_lazy():
    model, losses = trained(SparseCBOW, SparseAdam(0.01))
    twin, wanted = trained(CBOW, Adam(0.01))
    assert losses[-1] < losses[0] and wanted[-1] < wanted[0]
    assert np.abs(model.params[0] - twin.params[0]).max() > 0.01


def test_adam_on_rows_that_are_in_every_batch_is_adam():
    params, twins = [np.zeros((3, 2))], [np.zeros((3, 2))]
    lazy, adam, grad = SparseAdam(0.1), Adam(0.1), SparseGradient(params[0])
    for rows in np.random.default_rng(6).standard_normal((20, 3, 2)):
        grad.put(np.arange(3), rows)
        lazy.update(params, [grad])
        adam.update(twins, [rows])
    np.testing.assert_allclose(params[0], twins[0], rtol=1e-12)


@pytest.mark.parametrize("optimizer", [SparseSGD(0.1), SparseAdaGrad(0.1), SparseAdam(0.1)])
def test_only_the_rows_of_the_batch_move_in_place(optimizer):
    model = SparseCBOW(V, H, 2, CORPUS, rng=0)
    params, grads = list(model.params), list(model.grads)
    for start in (0, N):
        before = [p.copy() for p in params]
        batch = slice(start, start + N)
        Trainer(model, optimizer).step(CONTEXTS[batch], TARGET[batch])
        for param, old, grad in zip(params, before, grads, strict=True):
            assert param.dtype == np.float32
            assert np.flatnonzero((param != old).any(axis=1)).tolist() == grad.ids.tolist()
    for kept, now in zip(params + grads, model.params + model.grads, strict=True):
        assert kept is now


def test_a_step_makes_nothing_of_the_size_of_w():
    V = 200_000
    rng = np.random.default_rng(0)
    contexts, target, negatives = (rng.integers(V, size=(N, n)) for n in (4, 1, 5))
    given = SimpleNamespace(get_negative_sample=lambda target: negatives)
    model = SparseCBOW(V, H, 2, np.arange(V), rng=0, sampler=given)
    trainer = Trainer(model, SparseSGD(0.1))
    most = peak(lambda: trainer.step(contexts, target[:, 0]), tries=5)
    assert most < 100_000 < model.word_vecs.nbytes


def forwarded_dot():
    layer = SparseEmbeddingDot(W)
    layer.forward(normal(2, H), np.array([[0, 1, 2], [3, 4, 5]]))
    return layer


def forwarded_embedding():
    layer = SparseEmbedding(W)
    layer.forward([0, 1])
    return layer


DOT = SparseEmbeddingDot(W)


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: SparseEmbedding([[1.0]]), TypeError, "W is a list"),
        (lambda: SparseEmbedding(W).forward([0, V]), IndexError, "idx holds the id 30"),
        (lambda: SparseEmbedding(W).forward([-1]), IndexError, "idx holds the id -1"),
        (lambda: SparseEmbedding(W).backward(W), RuntimeError, "SparseEmbedding.backward.*first"),
        (lambda: forwarded_embedding().backward(np.ones((2, 5))), ValueError, "dout has shape"),
        (lambda: forwarded_embedding().backward(np.ones((4, 2))), ValueError, "dout has shape"),
        (lambda: DOT.forward(normal(2, 5), np.zeros((2, 3), int)), ValueError, "h has shape"),
        (lambda: DOT.forward(normal(2, H), np.zeros(2, int)), ValueError, "idx has shape"),
        (lambda: DOT.forward(normal(2, H), np.zeros((3, 3), int)), ValueError, "idx has shape"),
        (lambda: DOT.forward(normal(2, H), np.full((2, 1), V)), IndexError, "holds the id 30"),
        (lambda: DOT.backward(normal(2, 3)), RuntimeError, "SparseEmbeddingDot.backward.*first"),
        (lambda: forwarded_dot().backward(normal(3, 2)), ValueError, r"dout has.*\(2, 3\)"),
        (lambda: SparseNegativeSamplingLoss(W, [V]), IndexError, "corpus holds the id 30"),
        (lambda: SparseNegativeSamplingLoss(W, [0, 1]), ValueError, "sample_size is 5"),
        (lambda: SparseCBOW(1, 3, 1, CORPUS), ValueError, "vocab_size is 1.*at least 2"),
        (lambda: SparseCBOW(V, 0, 1, CORPUS), ValueError, "hidden_size is 0"),
        (lambda: SparseCBOW(V, 3, 1.5, CORPUS), TypeError, "window_size is 1.5"),
        (lambda: SparseCBOW(V, 3, 1, CORPUS).forward(CONTEXTS, TARGET), ValueError, "contexts has"),
        (lambda: SparseCBOW(V, 3, 1, CORPUS).backward(), RuntimeError, "call forward first"),
        (lambda: SparseSGD(0), ValueError, "lr is 0.*more than 0"),
        (lambda: SparseAdaGrad(-1), ValueError, "lr is -1"),
        (lambda: SparseAdam("0.1"), TypeError, "lr is '0.1'"),
        (lambda: SparseSGD(0.1).update([W], [W]), TypeError, "grads holds an array.*Sparse"),
        (lambda: SparseAdaGrad(0.1).update([W], [W]), TypeError, "grads holds an array"),
        (lambda: SparseAdam(0.1).update([W], [W]), TypeError, "grads holds an array"),
        (lambda: SparseAdam(0.1, beta2=1), ValueError, "beta2 is 1.*less than 1"),
        (lambda: SparseAdaGrad(0.1, eps=-1), ValueError, "eps is -1"),
        (lambda: SparseSGD(0.1).update([W[1:]], [SparseGradient(W)]), ValueError, "has shape"),
        (lambda: SparseGradient(W).put([-1], np.ones((1, H))), IndexError, "idx holds the id -1"),
        (lambda: SparseGradient(W).put([1], np.ones((2, H))), ValueError, "dout has shape"),
        (lambda: SparseGradient(W).put([1], [[1.0] * H]), TypeError, "dout is a list"),
        (lambda: DOT.forward([[1.0] * H], [[1]]), TypeError, "h is a list"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()
