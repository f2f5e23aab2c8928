"""Chapter 7: CBOW, skip-gram, the optimisers and the training loop."""

import numpy as np
import pytest
import reference

from w2vlib.bottlenecks import OneHotCBOW, create_contexts_target
from w2vlib.negative_sampling import NegativeSamplingLoss
from w2vlib.sparse_gradients import SparseCBOW, SparseSGD
from w2vlib.training import CBOW, SGD, Adam, SkipGram, Trainer, sum_shared

CORPUS = np.array([0, 1, 2, 3, 4, 1, 5, 6])  # you say goodbye and i say hello .
CONTEXTS, TARGET = create_contexts_target(CORPUS, 1)
NEGATIVES = np.random.default_rng(3).integers(0, 7, size=(12, 5))
MODELS = [CBOW, SkipGram]


class Given:
    """Negatives that stay the same."""

    def get_negative_sample(self, target):
        return NEGATIVES[: len(target)]


def held(Model):
    """A model in float64, which a numerical gradient needs, with larger weights."""
    model = Model(7, 3, 1, CORPUS, rng=2, sampler=Given(), dtype=float)
    for W in model.params[:2]:
        W *= 100
    return model


def test_cbow_agrees_with_the_reference():
    model = held(CBOW)
    W_in, W_out = model.params[:2]
    h = reference.window_mean(W_in, CONTEXTS)
    expected = reference.negative_sampling_loss(h, W_out, TARGET, NEGATIVES[:6])
    np.testing.assert_allclose(model.forward(CONTEXTS, TARGET), expected, rtol=1e-12)


def test_skip_gram_agrees_with_the_reference():
    model = held(SkipGram)
    W_in, W_out = model.params[:2]
    expected = sum(
        reference.negative_sampling_loss(
            W_in[TARGET], W_out, CONTEXTS[:, place], NEGATIVES.reshape(6, 2, 5)[:, place]
        )
        for place in range(2)
    )
    np.testing.assert_allclose(model.forward(CONTEXTS, TARGET), expected, rtol=1e-12)


@pytest.mark.parametrize("dout", [1, -2.5])
@pytest.mark.parametrize("Model", MODELS)
def test_gradients_are_the_numerical_ones(Model, dout):
    model = held(Model)

    def loss():
        return dout * model.forward(CONTEXTS, TARGET)

    expected = [reference.numerical_gradient(loss, param) for param in model.params[:2]]
    loss()
    assert model.backward(dout) is None
    _, grads = sum_shared(model.params, model.grads)
    for grad, wanted in zip(grads, expected, strict=True):
        np.testing.assert_allclose(grad, wanted, atol=1e-8)


@pytest.mark.parametrize("Model", MODELS)
def test_models_keep_their_arrays_and_float32(Model):
    model = Model(7, 3, 1, CORPUS.astype(np.int32), rng=0)
    params, grads = list(model.params), list(model.grads)
    word_vecs = model.word_vecs
    before = word_vecs.copy()
    assert word_vecs.shape == (7, 3)
    assert model.forward(CONTEXTS, TARGET).dtype == np.float32
    Trainer(model, Adam()).fit(CONTEXTS, TARGET, max_epoch=2, progress=False)
    for param, grad, now, grad_now in zip(params, grads, model.params, model.grads, strict=True):
        assert param is now and grad is grad_now
        assert param.dtype == grad.dtype == np.float32
    assert model.word_vecs is word_vecs is params[0]
    assert not np.array_equal(word_vecs, before)


@pytest.mark.parametrize("Model", [*MODELS, SparseCBOW])
def test_power_and_sample_size_reach_the_sampler(Model):
    model = Model(7, 3, 1, CORPUS, 0.5, 2, rng=0)
    weight = np.bincount(CORPUS) ** 0.5
    np.testing.assert_allclose(model.loss_layer.sampler.word_p, weight / weight.sum())
    assert model.loss_layer.sampler.sample_size == 2
    places = 2 if Model is SkipGram else 1
    assert model.forward(CONTEXTS, TARGET) == pytest.approx(3 * np.log(2) * places, rel=0.01)


def test_dense_and_sparse_do_not_mix_in_silence():
    """Each model with the other's optimisers, alone and by the Trainer: told, and nothing moved."""
    for Model, optimizer, told in (
        (SparseCBOW, SGD(0.1), "grads holds a SparseGradient.*SparseSGD"),
        (SparseCBOW, Adam(), "grads holds a SparseGradient.*SparseSGD"),
        (CBOW, SparseSGD(0.1), "grads holds an array.*such as SGD"),
        (SkipGram, SparseSGD(0.1), "grads holds an array.*such as SGD"),
    ):
        model = Model(7, 3, 1, CORPUS, rng=0)
        before = [W.copy() for W in model.params]
        with pytest.raises(TypeError, match=told):
            optimizer.update(model.params, model.grads)
        with pytest.raises(TypeError, match=told):
            Trainer(model, optimizer).fit(CONTEXTS, TARGET, 1, progress=False)
        assert all(map(np.array_equal, before, model.params))
    model = SparseCBOW(7, 3, 1, CORPUS, rng=0)
    with pytest.raises(TypeError, match="shared parameter holds a SparseGradient"):
        sum_shared(model.params * 2, model.grads * 2)


@pytest.mark.parametrize("Loss", [NegativeSamplingLoss, SparseCBOW.Loss])
def test_a_sampler_that_does_not_fit_is_named(Loss):
    loss = Loss(np.ones((7, 3)), CORPUS, sample_size=2, sampler=Given())
    with pytest.raises(ValueError, match=r"negatives has shape \(6, 5\).*\(6, 2\)"):
        loss.forward(np.ones((6, 3)), TARGET)


@pytest.mark.parametrize("Model", MODELS)
def test_a_wider_window(Model):
    contexts, target = create_contexts_target(CORPUS, 3)
    model = Model(7, 3, 3, CORPUS, rng=0)
    assert model.forward(contexts, target) == pytest.approx(
        6 * np.log(2) * (6 if Model is SkipGram else 1), rel=0.01
    )  # small weights: every question is a toss-up
    model.backward()
    rows = np.flatnonzero(model.grads[0].any(axis=1))
    assert set(rows) == set(target if Model is SkipGram else contexts.ravel())


def test_sum_shared():
    a, b = np.zeros(2), np.zeros(2)
    grads = [np.array([1.0, 2]), np.array([5.0, 5]), np.array([10.0, 20]), np.array([100.0, 200])]
    params, sums = sum_shared([a, b, a, a], grads)
    assert params[0] is a and params[1] is b and len(params) == 2
    assert [s.tolist() for s in sums] == [[111, 222], [5, 5]]
    assert sums[0] is grads[0] and grads[2].tolist() == [10, 20]


def test_sgd_by_hand():
    param, grad = np.array([1.0, 2, 3]), np.array([10.0, 0, -10])
    SGD(lr=0.1).update([param], [grad])
    assert param.tolist() == [0, 2, 4]
    assert grad.tolist() == [10, 0, -10]


def test_adam_agrees_with_the_paper():
    lr, beta1, beta2 = 0.1, 0.8, 0.95
    params = [np.array([1.0, -2.0]), np.array([[0.5]])]
    gradients = np.random.default_rng(1).standard_normal((10, 3))
    expected = []
    for x, column in zip([1.0, -2.0, 0.5], gradients.T, strict=True):
        m = v = 0.0
        for t, g in enumerate(column, start=1):
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g * g
            x -= lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t)) ** 0.5
        expected.append(x)
    adam = Adam(lr=lr, beta1=beta1, beta2=beta2, eps=1e-12)
    for row in gradients:
        adam.update(params, [row[:2].copy(), row[2:].reshape(1, 1)])
    found = [*params[0], params[1][0, 0]]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_adam_starts_with_steps_of_lr_and_rests_at_zero_gradient():
    param = np.zeros(3, dtype=np.float32)
    Adam(lr=0.25).update([param], [np.array([100, 0.01, 0], dtype=np.float32)])
    np.testing.assert_allclose(param, [-0.25, -0.25, 0], rtol=1e-3)
    assert param.dtype == np.float32


class Recorder:
    """A model and an optimiser that learn nothing, and remember what they were given."""

    def __init__(self):
        self.params, self.grads, self.batches, self.updates = [], [], [], []

    def forward(self, contexts, target):
        self.batches.append((contexts, target))
        return float(target.sum())

    def backward(self):
        pass

    def update(self, params, grads):
        self.updates.append(params)


def test_each_example_once_an_epoch_and_the_last_short_batch():
    model = Recorder()
    target = np.arange(10)
    contexts = np.stack([target + 100, target + 200], axis=1)
    Trainer(model, model).fit(contexts, target, 3, 4, rng=0, progress=False)
    assert [len(t) for _, t in model.batches] == [4, 4, 2] * 3
    assert len(model.updates) == 9
    epochs = [np.concatenate([t for _, t in model.batches[i : i + 3]]) for i in (0, 3, 6)]
    for order in epochs:
        assert sorted(order) == list(range(10))
    assert len({tuple(order) for order in epochs}) == 3  # shuffled afresh
    for words, t in model.batches:
        assert np.array_equal(words, np.stack([t + 100, t + 200], axis=1))


def test_losses_are_means_of_eval_interval_batches():
    model = Recorder()
    trainer = Trainer(model, model)
    target = np.arange(10)
    trainer.fit(target[:, None], target, 3, 4, eval_interval=2, rng=0, progress=False)
    batch = [float(t.sum()) for _, t in model.batches]
    expected = [np.mean(batch[i : i + 2]) for i in range(0, 9, 2)]
    np.testing.assert_allclose(trainer.losses, expected)
    trainer.fit(target[:, None], target, 1, 10, progress=False)
    assert trainer.losses[5:] == [45]  # a second fit goes on


@pytest.mark.parametrize(
    "model",
    [OneHotCBOW(7, 5, rng=0), CBOW(7, 5, 1, CORPUS, rng=0), SkipGram(7, 5, 1, CORPUS, rng=0)],
    ids=lambda model: type(model).__name__,
)
def test_losses_fall_on_the_toy_corpus(model):
    trainer = Trainer(model, Adam(lr=0.01))
    trainer.fit(CONTEXTS, TARGET, max_epoch=300, batch_size=3, rng=0, progress=False)
    assert np.mean(trainer.losses[-5:]) < 0.5 * trainer.losses[0]


def test_a_step_updates_a_shared_parameter_once_with_the_summed_gradient():
    model, twin = CBOW(7, 3, 1, CORPUS, rng=0), CBOW(7, 3, 1, CORPUS, rng=0)
    loss = Trainer(model, SGD(lr=0.5)).step(CONTEXTS, TARGET)
    assert loss == twin.forward(CONTEXTS, TARGET)  # the loss before the update
    twin.backward()
    W_in, W_out = twin.params[:2]
    np.testing.assert_allclose(model.params[0], W_in - 0.5 * twin.grads[0], rtol=1e-5)
    np.testing.assert_allclose(model.params[1], W_out - 0.5 * sum(twin.grads[1:]), rtol=1e-5)


@pytest.mark.parametrize("Model", MODELS)
def test_the_seeds_decide(Model):
    def vectors(model_seed, fit_seed):
        model = Model(7, 3, 1, CORPUS, rng=model_seed)
        trainer = Trainer(model, Adam(lr=0.1))
        trainer.fit(CONTEXTS, TARGET, 3, 2, rng=fit_seed, progress=False)
        return model.word_vecs

    assert np.array_equal(vectors(1, 1), vectors(1, 1))
    assert not np.array_equal(vectors(1, 1), vectors(2, 1))
    assert not np.array_equal(vectors(1, 1), vectors(1, 2))


def test_an_interrupted_fit_keeps_what_it_learnt():
    class Interrupted(CBOW):
        batches = 0

        def forward(self, contexts, target):
            self.batches += 1
            if self.batches == 3:
                raise KeyboardInterrupt
            return super().forward(contexts, target)

    model, twin = (M(7, 3, 1, CORPUS, rng=0) for M in (Interrupted, CBOW))
    with pytest.raises(KeyboardInterrupt):
        Trainer(model, SGD(lr=0.1)).fit(CONTEXTS, TARGET, 9, 3, rng=1, progress=False)
    Trainer(twin, SGD(lr=0.1)).fit(CONTEXTS, TARGET, 1, 3, rng=1, progress=False)  # two batches
    for param, learnt in zip(model.params, twin.params, strict=True):
        assert np.array_equal(param, learnt)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_no_number_stops_the_fit(bad):
    model = CBOW(7, 3, 1, CORPUS, rng=0)
    model.params[0][:] = bad
    with (
        np.errstate(all="ignore"),
        pytest.raises(FloatingPointError, match="epoch 1: lr is 0.1, try 0.025"),
    ):
        Trainer(model, SGD(lr=0.1)).fit(CONTEXTS, TARGET, progress=False)


def test_progress_is_shown_only_when_asked_for(capsys):
    model = Recorder()
    Trainer(model, model).fit(CONTEXTS, TARGET, 1, progress=False)
    assert capsys.readouterr() == ("", "")
    Trainer(model, model).fit(CONTEXTS, TARGET, 2)
    assert "epoch 2/2" in capsys.readouterr().err


def fit(*args, **kwargs):
    Trainer(CBOW(7, 3, 1, CORPUS), SGD(lr=0.1)).fit(*args, progress=False, **kwargs)


@pytest.mark.parametrize("Model", MODELS)
@pytest.mark.parametrize(
    "arguments, error, words",
    [
        ((1, 3, 1, CORPUS), ValueError, "vocab_size is 1.*at least 2"),
        ((7, 0, 1, CORPUS), ValueError, "hidden_size is 0"),
        ((7, 3, 0, CORPUS), ValueError, "window_size is 0"),
        ((7, 3, 1.5, CORPUS), TypeError, "window_size is 1.5"),
        ((6, 3, 1, CORPUS), IndexError, "corpus holds the id 6"),
        ((7, 3, 1, [0, 1, 2]), ValueError, "sample_size is 5.* 3 different"),
    ],
)
def test_a_model_that_cannot_be_built(Model, arguments, error, words):
    with pytest.raises(error, match=words):
        Model(*arguments)


@pytest.mark.parametrize("Model", MODELS)
@pytest.mark.parametrize(
    "contexts, target, error, words",
    [
        (CONTEXTS[:, :1], TARGET, ValueError, r"contexts has shape \(6, 1\).*\(any, 2\)"),
        (TARGET, TARGET, ValueError, r"contexts has shape \(6,\)"),
        (CONTEXTS, TARGET[:2], ValueError, r"target has shape \(2,\).*\(6\)"),
        (CONTEXTS, TARGET[:, None], ValueError, r"target has shape \(6, 1\)"),
        (CONTEXTS + 1, TARGET, IndexError, "holds the id 7"),
        (CONTEXTS - 1, TARGET, IndexError, "holds the id -1"),
        (CONTEXTS, TARGET + 2, IndexError, "holds the id 7"),
        (CONTEXTS * 1.0, TARGET, TypeError, "dtype float64"),
    ],
)
def test_bad_examples_are_refused(Model, contexts, target, error, words):
    with pytest.raises(error, match=words):
        Model(7, 3, 1, CORPUS).forward(contexts, target)


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: SGD(lr=0), ValueError, "lr is 0.*more than 0"),
        (lambda: SGD(lr="0.1"), TypeError, "lr is '0.1'"),
        (lambda: Adam(lr=-1), ValueError, "lr is -1.*more than 0"),
        (lambda: Adam(lr=np.inf), ValueError, "lr is inf.*finite"),
        (lambda: Adam(beta1=1), ValueError, "beta1 is 1.*less than 1"),
        (lambda: Adam(beta2="0.9"), TypeError, "beta2 is '0.9'"),
        (lambda: SGD(1).update([np.ones((3, 2))], [np.ones(2)]), ValueError, "should be .3, 2."),
        (lambda: Adam().update([np.ones(2)], []), ValueError, "params holds 1 and grads 0"),
        (lambda: CBOW(7, 3, 1, CORPUS, rng="one"), TypeError, "rng is 'one'"),
        (lambda: fit(CONTEXTS, TARGET, rng=-1), TypeError, "rng is -1"),
        (lambda: fit(CONTEXTS, TARGET.astype("u8")), TypeError, "target has dtype uint64.*int32"),
        (lambda: SkipGram(7, 3, 1, CORPUS).forward([[0, 2]], [1]), TypeError, "contexts is a list"),
        (lambda: CBOW(7, 3, 1, CORPUS).backward(), RuntimeError, "call forward first"),
        (lambda: fit(CONTEXTS, TARGET, max_epoch=0), ValueError, "max_epoch is 0"),
        (lambda: fit(CONTEXTS, TARGET, batch_size=0), ValueError, "batch_size is 0"),
        (lambda: fit(CONTEXTS, TARGET, batch_size=2.0), TypeError, "batch_size is 2.0"),
        (lambda: fit(CONTEXTS, TARGET, eval_interval=0), ValueError, "eval_interval is 0"),
        (lambda: fit(CONTEXTS, TARGET[1:]), ValueError, r"target has shape \(5,\).*\(6\)"),
    ],
)
def test_bad_input_is_named_with_its_cure(call, error, words):
    with pytest.raises(error, match=words):
        call()
