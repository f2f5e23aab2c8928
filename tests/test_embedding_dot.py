"""Chapter 4: the score of one word is the dot product of its row and h."""

import numpy as np
import pytest
import reference

from w2vlib.bottlenecks import MatMul
from w2vlib.embedding_dot import EmbeddingDot

rng = np.random.default_rng(1)
W = rng.standard_normal((7, 3))
H = rng.standard_normal((4, 3))
IDX = np.array([0, 3, 1, 3])
DOUT = rng.standard_normal(4)


def test_by_hand():
    weights = np.arange(21.0).reshape(7, 3)
    layer = EmbeddingDot(weights)
    h = np.array([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]])
    assert layer.forward(h, np.array([0, 3, 1])).tolist() == [5, 122, 86]
    assert layer.backward(np.array([1.0, 10, 0])).tolist() == [[0, 1, 2], [90, 100, 110], [0, 0, 0]]
    assert layer.grads[0][[0, 1, 3]].tolist() == [[0, 1, 2], [0, 0, 0], [30, 40, 50]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_agrees_with_the_reference(dtype):
    expected = [reference.dot(h, W[i]) for h, i in zip(H, IDX, strict=True)]
    out = EmbeddingDot(W).forward(H, IDX.astype(dtype))
    np.testing.assert_allclose(out, expected, rtol=1e-12)


def test_picks_from_the_scores_of_all_words():
    scores = MatMul(W.T.copy()).forward(H)
    np.testing.assert_allclose(EmbeddingDot(W).forward(H, IDX), scores[np.arange(4), IDX])


def test_gradients_are_the_numerical_ones():
    layer, h = EmbeddingDot(W.copy()), H.copy()

    def loss():
        return np.sum(layer.forward(h, IDX) * DOUT)

    dW, dh = (reference.numerical_gradient(loss, a) for a in (layer.params[0], h))
    loss()
    np.testing.assert_allclose(layer.backward(DOUT), dh, atol=1e-8)
    np.testing.assert_allclose(layer.grads[0], dW, atol=1e-8)


def test_repeated_ids_are_summed():
    layer = EmbeddingDot(W)
    layer.forward(H, np.array([2, 2, 2, 2]))
    layer.backward(np.ones(4))
    np.testing.assert_allclose(layer.grads[0][2], H.sum(axis=0))
    assert not layer.grads[0][[0, 1, 3, 4, 5, 6]].any()


def test_keeps_its_arrays_and_float32():
    weights = W.astype(np.float32)
    layer = EmbeddingDot(weights)
    grad = layer.grads[0]
    for _ in range(2):  # each backward starts from zero
        out = layer.forward(H.astype(np.float32), IDX)
        dh = layer.backward(DOUT.astype(np.float32))
        assert out.dtype == dh.dtype == grad.dtype == np.float32
        assert layer.params[0] is weights and layer.grads[0] is grad
        expected = reference.embedding_gradient(W.shape, IDX, DOUT[:, None] * H)
        np.testing.assert_allclose(grad, expected, rtol=1e-4, atol=1e-5)


def forwarded():
    layer = EmbeddingDot(W)
    layer.forward(H, IDX)
    return layer


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: EmbeddingDot(np.ones(3)), ValueError, r"W has shape \(3,\)"),
        (lambda: EmbeddingDot(W).forward(H[:, :2], IDX), ValueError, r"h has shape.*\(any, 3\)"),
        (lambda: EmbeddingDot(W).forward(H, IDX[:3]), ValueError, r"idx has shape \(3,\).*\(4\)"),
        (lambda: EmbeddingDot(W).forward(H, IDX[:, None]), ValueError, r"idx has shape \(4, 1\)"),
        (lambda: EmbeddingDot(W).forward(H, IDX + 4), IndexError, "idx holds the id 7"),
        (lambda: EmbeddingDot(W).forward(H, IDX - 1), IndexError, "idx holds the id -1"),
        (lambda: EmbeddingDot(W).forward(H, IDX * 1.0), TypeError, "idx has dtype float64"),
        (lambda: EmbeddingDot(W).backward(DOUT), RuntimeError, "EmbeddingDot.backward.*first"),
        (lambda: forwarded().backward(DOUT[:1]), ValueError, r"dout has shape \(1,\).*\(4\)"),
        (lambda: forwarded().backward(H), ValueError, r"dout has shape \(4, 3\)"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()
