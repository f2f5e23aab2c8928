"""Chapter 6: one question about the target and K about negatives, over one W."""

import numpy as np
import pytest
import reference

from w2vlib.negative_sampling import NegativeSamplingLoss

CORPUS = np.array([0, 1, 2, 3, 4, 1, 5, 6])
rng = np.random.default_rng(1)
W = rng.standard_normal((7, 3))
H = rng.standard_normal((4, 3))
TARGET = np.array([2, 0, 2, 5])
NEGATIVES = np.array([[1, 3], [4, 6], [6, 1], [3, 3]], dtype=np.int32)


@pytest.fixture
def hold(monkeypatch):
    """Make a layer draw NEGATIVES, whatever its sampler would have drawn."""

    def hold(layer):
        monkeypatch.setattr(layer.sampler, "get_negative_sample", lambda target: NEGATIVES)
        return layer

    return hold


def loss_layer(weights):
    return NegativeSamplingLoss(weights, CORPUS, sample_size=2, rng=0)


def test_agrees_with_the_reference(hold):
    expected = reference.negative_sampling_loss(H, W, TARGET, NEGATIVES)
    np.testing.assert_allclose(hold(loss_layer(W)).forward(H, TARGET), expected, rtol=1e-12)


@pytest.mark.parametrize("dout", [1, -2.5])
def test_gradients_are_the_numerical_ones(hold, dout):
    layer, h = hold(loss_layer(W.copy())), H.copy()

    def loss():
        return dout * layer.forward(h, TARGET)

    dW, dh = (reference.numerical_gradient(loss, a) for a in (layer.params[0], h))
    loss()
    np.testing.assert_allclose(layer.backward(dout), dh, atol=1e-8)
    np.testing.assert_allclose(sum(layer.grads), dW, atol=1e-8)


def test_each_layer_sees_its_own_word(hold):
    layer = hold(loss_layer(W))
    layer.forward(H, TARGET)
    layer.backward()
    words = np.column_stack([TARGET, NEGATIVES])
    for i, grad in enumerate(layer.grads):
        assert set(np.flatnonzero(grad.any(axis=1))) == set(words[:, i])


def test_dh_is_the_sum_over_the_repeat_node(hold):
    layer = hold(loss_layer(W))
    layer.forward(H, TARGET)
    dh = np.zeros(H.shape)
    for label, words in zip([1, 0, 0], [TARGET, *NEGATIVES.T], strict=True):
        for n, word in enumerate(words):
            dh[n] += (reference.sigmoid(reference.dot(H[n], W[word])) - label) * W[word] / len(H)
    np.testing.assert_allclose(layer.backward(), dh, rtol=1e-10)


def test_negatives_are_those_of_the_sampler():
    layer, twin = loss_layer(W), loss_layer(W)
    losses = []
    for _ in range(3):
        negatives = twin.sampler.get_negative_sample(TARGET)
        losses.append(layer.forward(H, TARGET))
        expected = reference.negative_sampling_loss(H, W, TARGET, negatives)
        np.testing.assert_allclose(losses[-1], expected, rtol=1e-12)
    assert len(set(losses)) == 3  # drawn afresh each time


def test_the_defaults_are_those_of_word2vec():
    layer = NegativeSamplingLoss(W, CORPUS)
    assert len(layer.params) == len(layer.grads) == 6
    weight = np.bincount(CORPUS) ** 0.75
    np.testing.assert_allclose(layer.sampler.word_p, weight / weight.sum())


def test_one_w_and_a_gradient_for_each_layer():
    weights = W.astype(np.float32)
    layer = loss_layer(weights)
    grads = list(layer.grads)
    assert len({id(g) for g in grads}) == 3
    for _ in range(2):
        loss = layer.forward(H.astype(np.float32), TARGET)
        dh = layer.backward()
        assert loss.dtype == dh.dtype == np.float32
        assert all(param is weights for param in layer.params)
        for grad, now in zip(grads, layer.grads, strict=True):
            assert grad is now and grad.dtype == np.float32
        # Each backward starts from zero: the rows of the positive's gradient sum to this.
        y = [reference.sigmoid(reference.dot(h, W[t])) for h, t in zip(H, TARGET, strict=True)]
        expected = sum((p - 1) / 4 * h for p, h in zip(y, H, strict=True))
        np.testing.assert_allclose(grads[0].sum(axis=0), expected, rtol=1e-4, atol=1e-6)


def test_survives_huge_scores(hold):
    layer = hold(loss_layer(np.full((7, 3), 1e150)))
    h = np.full((4, 3), 1e150)
    with np.errstate(all="raise", under="ignore"):
        assert layer.forward(h, TARGET) == pytest.approx(6e300)
        assert np.isfinite(layer.backward()).all()


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: NegativeSamplingLoss(np.ones(3), CORPUS), ValueError, "W has shape"),
        (lambda: NegativeSamplingLoss(W[:6], CORPUS), IndexError, "corpus holds the id 6.*6 rows"),
        (lambda: NegativeSamplingLoss(W, []), ValueError, "corpus is empty"),
        (lambda: NegativeSamplingLoss(W, CORPUS * 1.0), TypeError, "corpus has dtype float64"),
        (lambda: NegativeSamplingLoss(W, [0, 1, 0]), ValueError, "sample_size is 5.* 2 different"),
        (lambda: NegativeSamplingLoss(W, CORPUS, power=None), TypeError, "power is None"),
        (lambda: NegativeSamplingLoss(W, CORPUS, sample_size=0), ValueError, "sample_size is 0"),
        (lambda: loss_layer(W).forward(H, TARGET + 2), IndexError, "target holds the id 7"),
        (lambda: loss_layer(W).forward(H, TARGET * 1.0), TypeError, "target has dtype float64"),
        (lambda: loss_layer(W).forward(H, TARGET[:, None]), ValueError, "target has shape"),
        (lambda: loss_layer(W).forward(H[:, :2], TARGET), ValueError, r"h has shape \(4, 2\)"),
        (lambda: loss_layer(W).forward(H[:2], TARGET), ValueError, "has shape"),
        (lambda: loss_layer(W).backward(), RuntimeError, "call forward first"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()
