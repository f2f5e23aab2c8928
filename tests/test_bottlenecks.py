"""Chapter 1: windows, one-hot rows, MatMul, SoftmaxWithLoss and the CBOW made of them."""

import numpy as np
import pytest
import reference

from w2vlib.bottlenecks import (
    MatMul,
    OneHotCBOW,
    SoftmaxWithLoss,
    create_contexts_target,
    one_hot,
)

rng = np.random.default_rng(1)
W = rng.standard_normal((5, 3))
X = rng.standard_normal((4, 5))
DOUT = rng.standard_normal((4, 3))
SCORE = rng.standard_normal((4, 5))
T = np.array([0, 4, 2, 4])


def test_windows_of_the_toy_corpus():
    corpus = np.array([0, 1, 2, 3, 4, 1, 5, 6], dtype=np.int32)
    contexts, target = create_contexts_target(corpus, 1)
    assert contexts.tolist() == [[0, 2], [1, 3], [2, 4], [3, 1], [4, 5], [1, 6]]
    assert target.tolist() == [1, 2, 3, 4, 1, 5]
    assert contexts.dtype == target.dtype == np.int32


@pytest.mark.parametrize("window_size", [1, 2, 3])
def test_windows_by_the_definition(window_size):
    corpus = np.arange(100, 107)
    contexts, target = create_contexts_target(corpus, window_size)
    assert len(contexts) == len(target) == 7 - 2 * window_size
    for n, (words, word_id) in enumerate(zip(contexts, target, strict=True)):
        at = n + window_size
        around = [corpus[at + d] for d in range(-window_size, window_size + 1) if d != 0]
        assert word_id == corpus[at]
        assert words.tolist() == around


def test_windows_are_copies():
    corpus = np.arange(5)
    contexts, target = create_contexts_target(corpus, 2)
    contexts[:] = 9
    target[:] = 9
    assert corpus.tolist() == [0, 1, 2, 3, 4]


def test_one_hot_by_hand():
    rows = one_hot(np.array([[1, 0], [2, 2]]), 3)
    assert rows.tolist() == [[[0, 1, 0], [1, 0, 0]], [[0, 0, 1], [0, 0, 1]]]
    assert rows.dtype == np.float32
    assert one_hot(1, 3).tolist() == [0, 1, 0]


def test_matmul_agrees_with_the_reference():
    np.testing.assert_allclose(MatMul(W).forward(X), reference.matmul(X, W), rtol=1e-12)


def test_matmul_gradients_are_the_numerical_ones():
    layer, x = MatMul(W.copy()), X.copy()

    def loss():
        return np.sum(layer.forward(x) * DOUT)

    dW, dx = (reference.numerical_gradient(loss, a) for a in (layer.params[0], x))
    loss()
    np.testing.assert_allclose(layer.backward(DOUT), dx, atol=1e-8)
    np.testing.assert_allclose(layer.grads[0], dW, atol=1e-8)


def test_matmul_keeps_its_arrays_and_float32():
    weights = W.astype(np.float32)
    layer = MatMul(weights)
    grad = layer.grads[0]
    for _ in range(2):  # the second backward does not add to the first
        out = layer.forward(X.astype(np.float32))
        dx = layer.backward(DOUT.astype(np.float32))
        assert out.dtype == dx.dtype == grad.dtype == np.float32
        assert layer.params[0] is weights and layer.grads[0] is grad
        np.testing.assert_allclose(grad, X.T @ DOUT, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("t", [T, T.astype(np.uint8), T.tolist(), one_hot(T, 5)])
def test_softmax_agrees_with_the_reference(t):
    loss = SoftmaxWithLoss().forward(SCORE, t)
    np.testing.assert_allclose(loss, reference.softmax_loss(SCORE, T), rtol=1e-12)


@pytest.mark.parametrize("dout", [1, -2.5])
def test_softmax_gradient_is_the_numerical_one(dout):
    layer, score = SoftmaxWithLoss(), SCORE.copy()
    expected = reference.numerical_gradient(lambda: dout * layer.forward(score, T), score)
    layer.forward(score, T)
    np.testing.assert_allclose(layer.backward(dout), expected, atol=1e-8)
    np.testing.assert_allclose(layer.backward(dout), expected, atol=1e-8)  # y is not used up


@pytest.mark.parametrize("dtype, big", [(np.float32, 1e38), (np.float64, 1e307)])
def test_softmax_survives_huge_scores(dtype, big):
    layer = SoftmaxWithLoss()
    score = np.array([[big, -big, 0], [-big, big, 0], [-big, -big, -big]], dtype=dtype)
    with np.errstate(all="raise", under="ignore"):
        assert layer.forward(score, [0, 1, 2]) == pytest.approx(np.log(3) / 3)
        gradient = layer.backward()
        assert layer.forward(score[:1], [2]) == pytest.approx(big)
    third = 1 / 9
    expected = [[0, 0, 0], [0, 0, 0], [third, third, third - 1 / 3]]
    np.testing.assert_allclose(gradient, expected, rtol=1e-6)
    assert gradient.dtype == dtype


def test_softmax_keeps_float32():
    layer = SoftmaxWithLoss()
    assert layer.forward(SCORE.astype(np.float32), T).dtype == np.float32
    assert layer.backward(2.0).dtype == np.float32
    assert layer.params == layer.grads == []


CONTEXTS = np.array([[0, 1], [3, 3], [6, 0], [2, 3]])
TARGET = np.array([2, 0, 5, 0])


def in_float64(model):
    """Widen the model's weights: a numerical gradient needs more digits than float32 has."""
    r = np.random.default_rng(2)
    for layer in (model.in_layer, model.out_layer):
        layer.params[:] = [r.standard_normal(layer.params[0].shape)]
        layer.grads[:] = [np.zeros_like(layer.params[0])]
    model.params = model.in_layer.params + model.out_layer.params
    model.grads = model.in_layer.grads + model.out_layer.grads
    return model


def test_one_hot_cbow_agrees_with_a_cbow_by_hand():
    model = in_float64(OneHotCBOW(7, 4, rng=0))
    W_in, W_out = model.params
    score = reference.matmul(reference.window_mean(W_in, CONTEXTS), W_out)
    expected = reference.softmax_loss(score, TARGET)
    np.testing.assert_allclose(model.forward(CONTEXTS, TARGET), expected, rtol=1e-7)


@pytest.mark.parametrize("dout", [1, 3])
def test_one_hot_cbow_gradients_are_the_numerical_ones(dout):
    model = in_float64(OneHotCBOW(7, 4, rng=0))
    expected = [
        reference.numerical_gradient(lambda: dout * model.forward(CONTEXTS, TARGET), param)
        for param in model.params
    ]
    model.forward(CONTEXTS, TARGET)
    assert model.backward(dout) is None
    for grad, wanted in zip(model.grads, expected, strict=True):
        np.testing.assert_allclose(grad, wanted, atol=1e-8)


def test_one_hot_cbow_keeps_its_arrays_and_float32():
    model = OneHotCBOW(7, 4, rng=0)
    params, grads = list(model.params), list(model.grads)
    assert [p.shape for p in params] == [(7, 4), (4, 7)]
    loss = model.forward(CONTEXTS, TARGET)
    model.backward()
    for param, grad, now, grad_now in zip(params, grads, model.params, model.grads, strict=True):
        assert param is now and grad is grad_now
        assert param.dtype == grad.dtype == np.float32
        assert grad.any()
    assert loss.dtype == np.float32
    assert model.word_vecs is model.params[0]


def test_one_hot_cbow_follows_its_seed():
    first, again, other = (OneHotCBOW(7, 4, rng=seed) for seed in (0, 0, 1))
    for a, b, c in zip(first.params, again.params, other.params, strict=True):
        assert np.array_equal(a, b) and not np.array_equal(a, c)
    assert not np.array_equal(first.params[0], first.params[1].T)


def forwarded(layer, *inputs):
    layer.forward(*inputs)
    return layer


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: create_contexts_target([0, 1], 1), ValueError, "corpus has 2 ids.*at least 3"),
        (lambda: create_contexts_target([0.0], 1), TypeError, "corpus has dtype float64"),
        (lambda: create_contexts_target([[0, 1]], 1), ValueError, "corpus has shape"),
        (lambda: create_contexts_target([], 1), ValueError, "corpus is empty"),
        (lambda: create_contexts_target([0, 1, 2], 0), ValueError, "window_size is 0"),
        (lambda: create_contexts_target([0, 1, 2], 1.0), TypeError, "window_size is 1.0"),
        (lambda: one_hot([3], 3), IndexError, "ids holds the id 3"),
        (lambda: one_hot([-1], 3), IndexError, "ids holds the id -1"),
        (lambda: one_hot([0], 0), ValueError, "vocab_size is 0"),
        (lambda: MatMul(np.full((2, 2), np.nan)), ValueError, "W holds NaN"),
        (lambda: MatMul(W).forward(X.T), ValueError, r"x has shape \(5, 4\).*\(any, 5\)"),
        (lambda: MatMul(W).backward(DOUT), RuntimeError, "MatMul.backward.*forward first"),
        (lambda: forwarded(MatMul(W), X).backward(DOUT.T), ValueError, "dout has shape"),
        (lambda: SoftmaxWithLoss().forward(SCORE, [0, 1, 2, 5]), IndexError, "t holds the id 5"),
        (lambda: SoftmaxWithLoss().forward(SCORE, [0, 1, 2, -1]), IndexError, "t holds the id -1"),
        (lambda: SoftmaxWithLoss().forward(SCORE, [0, 1]), ValueError, r"t has shape \(2,\).*4"),
        (lambda: SoftmaxWithLoss().forward(SCORE, [0.0] * 4), TypeError, "t has dtype float64"),
        (lambda: SoftmaxWithLoss().forward(SCORE[0], [0]), ValueError, "score has shape"),
        (lambda: SoftmaxWithLoss().backward(), RuntimeError, "SoftmaxWithLoss.backward"),
        (lambda: OneHotCBOW(1, 4), ValueError, "vocab_size is 1.*at least 2"),
        (lambda: OneHotCBOW(7, 0), ValueError, "hidden_size is 0"),
        (lambda: OneHotCBOW(5, 4).forward(CONTEXTS, TARGET), IndexError, "contexts holds the id 6"),
        (lambda: OneHotCBOW(7, 4).forward(TARGET, TARGET), ValueError, "contexts has shape"),
        (lambda: OneHotCBOW(7, 4).forward(CONTEXTS, TARGET + 2), IndexError, "holds the id 7"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("t", [T[:, np.newaxis], np.eye(len(T))])
def test_labels_of_another_shape_are_not_taken_for_one_hot_rows(t):
    with pytest.raises(ValueError, match="t has shape"):
        SoftmaxWithLoss().forward(SCORE, t)


@pytest.mark.parametrize(
    "row",
    [
        [0, 0, 0, 0, 0],
        [1, 0, 0, 1, 0],
        [0, 2, 0, 0, 0],
        [0.5, 0.5, 0, 0, 0],
        [0, np.nan, 0, 0, 0],
        [0, -1, 1, 1, 0],
    ],
)
def test_a_row_of_labels_names_exactly_one_class(row):
    t = one_hot(T, 5)
    t[2] = row
    with pytest.raises(ValueError, match=r"\(row 2\): each should hold a single 1 and zeros"):
        SoftmaxWithLoss().forward(SCORE, t)


def test_one_hot_cbow_names_the_argument_that_is_wrong():
    model = OneHotCBOW(7, 4)
    contexts, target = np.array([[0, 2], [1, 3]]), np.array([1, 2])
    with pytest.raises(ValueError, match="target has shape"):
        model.forward(contexts, target[:, np.newaxis])
    with pytest.raises(IndexError, match="target holds the id 7"):
        model.forward(contexts, np.array([1, 7]))
    with pytest.raises(TypeError, match="contexts is a list"):
        model.forward(contexts.tolist(), target)
