"""Chapter 3: sigmoid and its loss, right for any finite score."""

import numpy as np
import pytest
import reference

from w2vlib.binary import SigmoidWithLoss, sigmoid

SCORE = np.array([-20.0, -1.5, -0.1, 0, 0.1, 2, 20])
T = np.array([0, 1, 0, 1, 1, 0, 1])


def test_sigmoid_agrees_with_the_reference():
    expected = [reference.sigmoid(x) for x in SCORE]
    np.testing.assert_allclose(sigmoid(SCORE), expected, rtol=1e-12)
    assert sigmoid(0) == 0.5
    assert sigmoid(2.0) == pytest.approx(reference.sigmoid(2))
    assert sigmoid(SCORE.reshape(7, 1)).shape == (7, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_survives_huge_scores(dtype):
    big = np.finfo(dtype).max
    with np.errstate(all="raise", under="ignore"):
        y = sigmoid(np.array([-big, -1000, 1000, big], dtype=dtype))
    assert y.tolist() == [0, 0, 1, 1]
    assert y.dtype == dtype


@pytest.mark.parametrize("t", [T, T.astype(bool), T.astype(float), T.tolist()])
def test_loss_agrees_with_the_reference(t):
    loss = SigmoidWithLoss().forward(SCORE, t)
    np.testing.assert_allclose(loss, reference.sigmoid_loss(SCORE, T), rtol=1e-12)


@pytest.mark.parametrize("dout", [1, -2.5])
def test_gradient_is_the_numerical_one(dout):
    layer, score = SigmoidWithLoss(), SCORE.copy()
    expected = reference.numerical_gradient(lambda: dout * layer.forward(score, T), score)
    layer.forward(score, T)
    np.testing.assert_allclose(layer.backward(dout), expected, atol=1e-8)
    np.testing.assert_allclose(layer.backward(dout), expected, atol=1e-8)  # y is not used up


def test_gradient_is_y_minus_t():
    layer = SigmoidWithLoss()
    layer.forward(np.array([0.0, 0.0]), np.array([1, 0]))
    assert layer.backward().tolist() == [-0.25, 0.25]
    assert layer.params == layer.grads == []


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_loss_survives_huge_scores(dtype):
    layer, big = SigmoidWithLoss(), np.finfo(dtype).max
    score = np.array([big, -big, big, -big], dtype=dtype)
    with np.errstate(all="raise", under="ignore"):
        loss = layer.forward(score, np.array([1, 0, 0, 1]))
        gradient = layer.backward()
    assert loss == pytest.approx(big / 2)
    assert gradient.tolist() == [0, 0, 0.25, -0.25]
    assert layer.forward(score[:2], [1, 0]) == 0


def test_small_losses_keep_their_digits():
    assert SigmoidWithLoss().forward(np.array([50.0]), [1]) == pytest.approx(np.exp(-50))


def test_keeps_float32():
    layer = SigmoidWithLoss()
    assert layer.forward(SCORE.astype(np.float32), T).dtype == np.float32
    assert layer.backward(2.0).dtype == np.float32


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: SigmoidWithLoss().forward(SCORE, T * 2), ValueError, "t holds.*only 0 .* and 1"),
        (lambda: SigmoidWithLoss().forward(SCORE, T - 0.5), ValueError, "t holds"),
        (lambda: SigmoidWithLoss().forward(SCORE, T[:1]), ValueError, r"t has shape \(1,\).*\(7\)"),
        (lambda: SigmoidWithLoss().forward(SCORE, T[:, None]), ValueError, r"t has shape \(7, 1\)"),
        (lambda: SigmoidWithLoss().forward(np.ones(0), []), ValueError, "t is empty"),
        (lambda: SigmoidWithLoss().backward(), RuntimeError, "SigmoidWithLoss.backward.*first"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()
