"""Chapter 2: Embedding is MatMul of one-hot rows, without the product."""

import numpy as np
import pytest
import reference

from w2vlib.bottlenecks import MatMul, one_hot
from w2vlib.embedding import Embedding

W = np.random.default_rng(1).standard_normal((7, 3))
IDS = [[2], [1, 0, 3, 0], [[0, 2], [2, 2], [6, 5]], [[[4]]], 5]
TYPES = [np.int8, np.uint16, np.int32, np.int64]


def dout_for(idx):
    return np.random.default_rng(2).standard_normal((*np.shape(idx), W.shape[1]))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("idx", IDS)
def test_agrees_with_the_loop(idx, dtype):
    layer, idx = Embedding(W), np.array(idx, dtype=dtype)
    out = layer.forward(idx)
    assert out.shape == (*idx.shape, 3)
    for i in np.ndindex(idx.shape):
        assert out[i].tolist() == W[int(idx[i])].tolist()
    dout = dout_for(idx)
    assert layer.backward(dout) is None
    expected = reference.embedding_gradient(W.shape, idx, dout)
    np.testing.assert_allclose(layer.grads[0], expected, rtol=1e-12)


def test_repeated_ids_are_summed():
    layer = Embedding(W)
    layer.forward(np.array([0, 2, 0]))
    layer.backward(np.array([[1.0, 2, 3], [4, 5, 6], [10, 20, 30]]))
    assert layer.grads[0].tolist() == [[11, 22, 33], [0, 0, 0], [4, 5, 6]] + [[0, 0, 0]] * 4


@pytest.mark.parametrize("idx", IDS)
def test_gradient_is_the_numerical_one(idx):
    layer, dout = Embedding(W.copy()), dout_for(idx)
    expected = reference.numerical_gradient(
        lambda: np.sum(layer.forward(idx) * dout), layer.params[0]
    )
    layer.forward(idx)
    layer.backward(dout)
    np.testing.assert_allclose(layer.grads[0], expected, atol=1e-8)


def test_is_matmul_of_one_hot_rows():
    idx = np.array([3, 1, 3, 3, 0])
    fast, slow = Embedding(W), MatMul(W)
    assert np.array_equal(fast.forward(idx), slow.forward(one_hot(idx, 7)))
    dout = dout_for(idx)
    fast.backward(dout)
    slow.backward(dout)
    np.testing.assert_allclose(fast.grads[0], slow.grads[0], rtol=1e-12)


def test_keeps_its_arrays_and_float32():
    weights = W.astype(np.float32)
    layer = Embedding(weights)
    grad = layer.grads[0]
    for _ in range(2):  # each backward starts from zero
        out = layer.forward(np.array([1, 1]))
        layer.backward(np.ones((2, 3), dtype=np.float32))
        assert out.dtype == grad.dtype == np.float32
        assert layer.params[0] is weights and layer.grads[0] is grad
        assert grad[1].tolist() == [2, 2, 2] and grad.sum() == 6
    layer.forward(np.array([4]))
    layer.backward(np.ones((1, 3), dtype=np.float32))
    assert grad[1].tolist() == [0, 0, 0]


def test_forward_gives_a_copy_and_sees_updates():
    weights = W.copy()
    layer = Embedding(weights)
    layer.forward(np.array([1]))[:] = 9
    assert np.array_equal(weights, W)
    weights[1] = 5
    assert layer.forward(np.array([1])).tolist() == [[5, 5, 5]]


def forwarded(idx):
    layer = Embedding(W)
    layer.forward(idx)
    return layer


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: Embedding([[1.0]]), TypeError, "W is a list"),
        (lambda: Embedding(np.ones(3)), ValueError, r"W has shape \(3,\)"),
        (lambda: Embedding(np.full((2, 2), np.nan)), ValueError, "W holds NaN.*row 0"),
        (lambda: Embedding(W).forward(np.array([0.0])), TypeError, "idx has dtype float64"),
        (lambda: Embedding(W).forward(np.array([True])), TypeError, "idx has dtype bool"),
        (lambda: Embedding(W).forward([]), ValueError, "idx is empty"),
        (lambda: Embedding(W).forward([0, 7]), IndexError, r"idx holds the id 7.*\(0 to 6\)"),
        (lambda: Embedding(W).forward([0, -1]), IndexError, "idx holds the id -1"),
        (lambda: Embedding(W).backward(np.ones((1, 3))), RuntimeError, "Embedding.backward.*first"),
        (lambda: forwarded([0, 1]).backward(np.ones((2, 4))), ValueError, "dout has shape"),
        (lambda: forwarded([0, 1]).backward(np.ones((1, 3))), ValueError, "dout has shape"),
        (lambda: forwarded([0, 1]).backward(1), TypeError, "dout is 1: pass an array"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_tuple_of_ids_is_not_read_as_row_and_column():
    with pytest.raises(TypeError, match="np.array"):
        Embedding(np.ones((5, 3))).forward((1, 2))


def test_words_in_place_of_ids():
    with pytest.raises(TypeError, match="vocabulary.ids"):
        Embedding(np.ones((5, 3))).forward(np.array(["you", "say"]))
