"""Skip-gram's step in NumPy against slow loops, chapter 7's SkipGram, and a float64 reference."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import numerical_gradient
from small import twins

from w2vlib import SkipGram, fused, load_corpus, train
from w2vlib import fused_skipgram as skipgram

B, T, H, M, K, V = 2, 7, 4, 6, 5, 9
OPTIONS = {"model": "skipgram", "progress": False}


def loss(inputs, outputs, ids, windows, negatives, negative=K):
    """What a step descends, term by term."""
    total = 0.0
    for b, t, j in zip(*np.nonzero(windows)):
        x, target = inputs[ids[b, t]], ids[b, j]
        others = [n for n in negatives if n != target]
        pair = np.log1p(np.exp(-x @ outputs[target]))
        pair += negative / len(negatives) * sum(np.log1p(np.exp(x @ outputs[n])) for n in others)
        total += windows[b, t, j] * pair
    return total


def any_task(B, T, H, M, V, window, seed):
    """Blocks with words that come again, negatives that are among them; all in float64."""
    rng = np.random.default_rng(seed)
    lines = np.sort(rng.integers(3, size=(B, T)), axis=1)
    return SimpleNamespace(
        inputs=rng.standard_normal((V, H)),
        outputs=rng.standard_normal((V, H)),
        ids=rng.integers(V, size=(B, T), dtype=np.intp),
        windows=skipgram.pair_weights(lines, fused.window_band(window)[:T, :T]),
        negatives=rng.integers(V, size=M, dtype=np.intp),
    )


@pytest.fixture
def task():
    return any_task(B, T, H, M, V, window=3, seed=1)


@settings(max_examples=settings.default.max_examples // 2)
@given(
    B=st.integers(1, 2), T=st.integers(1, 6), H=st.integers(1, 3), M=st.integers(1, 5),
    V=st.integers(2, 6), window=st.integers(1, 6), seed=st.integers(0, 2**32),
    negative=st.integers(1, 5), rate=st.sampled_from([1e-30, 1e-3]),
    decay=st.sampled_from([0, 0.5]),
)  # fmt: skip
def test_a_step_is_gradient_descent_on_both_matrices(negative, rate, decay, **sizes):
    task = any_task(**sizes)
    before = task.inputs.copy(), task.outputs.copy()
    slopes = [
        numerical_gradient(lambda: loss(**vars(task), negative=negative), W)
        for W in (task.inputs, task.outputs)
    ]
    skipgram.step(**vars(task), negative=negative, rate=rate, decay=decay)
    np.add.at(slopes[0], task.ids, decay * before[0][task.ids])
    for ids in (task.ids, task.negatives):
        np.add.at(slopes[1], ids, decay * before[1][ids])
    for W, old, slope in zip((task.inputs, task.outputs), before, slopes, strict=True):
        np.testing.assert_allclose(W, old - rate * slope, rtol=1e-7, atol=1e-9)


def test_the_loss_told_is_the_mean_of_the_pairs(task):
    found = skipgram.loss(**vars(task), negative=K)
    assert found == pytest.approx(loss(**vars(task)) / task.windows.sum(), rel=1e-6)
    task.windows = np.zeros_like(task.windows)
    assert skipgram.loss(**vars(task), negative=K) is None


def test_float32_agrees_with_float64(task):
    single = SimpleNamespace(**vars(task))
    single.inputs, single.outputs = (W.astype(np.float32) for W in (task.inputs, task.outputs))
    for each in (task, single):
        skipgram.step(**vars(each), negative=K, rate=0.1, decay=0.1)
    assert single.inputs.dtype == single.outputs.dtype == np.float32
    np.testing.assert_allclose(single.inputs, task.inputs, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(single.outputs, task.outputs, rtol=1e-4, atol=1e-5)


def test_pairs_are_weighed_by_distance_and_never_cross_lines():
    lines = np.array([[0, 0, 0, 1, 1]])
    expected = [[0, 1, 0.5, 0, 0], [1, 0, 1, 0, 0], [0.5, 1, 0, 0, 0]]
    expected += [[0, 0, 0, 0, 1], [0, 0, 0, 1, 0]]
    windows = skipgram.pair_weights(lines, fused.window_band(2)[:5, :5])
    assert windows.dtype == np.float32
    np.testing.assert_array_equal(windows[0], expected)


class Given:
    """A sampler that hands out K draws a target from others of the text, anew each time."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def get_negative_sample(self, target):
        drawn = self.rng.choice(V, size=(len(target), K), p=self.p)
        while (hit := drawn == target[:, np.newaxis]).any():
            drawn[hit] = self.rng.choice(V, size=np.count_nonzero(hit), p=self.p)
        return drawn


def test_expected_is_the_gradient_of_chapter_7():
    """With negatives that are never a target, where leaving out and drawing again are the same.

    Chapter 7 has whole windows: the middle word of each block alone, with w words on each side.
    """
    rng, w = np.random.default_rng(3), 3
    inputs, outputs = rng.standard_normal((2, V, H))
    ids = rng.integers(4, size=(B, 2 * w + 1), dtype=np.intp)
    p = np.repeat([0, 0.2], [4, 5])  # words 0 to 3 are targets, the others negatives
    windows = np.zeros((B, 2 * w + 1, 2 * w + 1))
    windows[:, w] = 1
    windows[:, w, w] = 0

    model = SkipGram(V, H, w, ids.ravel(), rng=rng, sampler=Given(p, rng), dtype=np.float64)
    W_in, W_out = model.params[:2]
    W_in[:], W_out[:] = inputs, outputs
    theirs, ours = [], []
    for _ in range(2000):
        model.forward(np.delete(ids, w, axis=1), ids[:, w])
        model.backward()
        W_out_grad = sum(model.grads[1:])
        theirs.append(B * np.array([model.grads[0], W_out_grad]))  # theirs is the mean of B words
        moved = inputs.copy(), outputs.copy()
        negatives = fused.draw(np.cumsum(p), M, rng)
        skipgram.step(*moved, ids, windows, negatives, K, rate=0.01, decay=0)
        ours.append((np.array([inputs, outputs]) - moved) / 0.01)
    error = np.hypot(np.std(theirs, axis=0), np.std(ours, axis=0)) / np.sqrt(2000)
    difference = np.mean(theirs, axis=0) - np.mean(ours, axis=0)
    assert np.abs(np.mean(theirs, axis=0)).max() > 1
    assert (np.abs(difference) < 5 * error + 1e-8).all()


# Training -----------------------------------------------------------------------------------------


def test_learns_that_words_in_the_same_company_are_alike():
    wv = train(twins(), vector_size=8, window=2, epochs=3, subsample=0, **OPTIONS)
    assert min(wv.similarity("a", "b"), wv.similarity("c", "d")) > 0.8
    assert max(wv.similarity("a", "c"), wv.similarity("b", "d")) < 0.6


def test_it_is_not_cbow():
    corpus = twins(300)
    options = {"vector_size": 8, "epochs": 1, "subsample": 0, "progress": False}
    ours, again, cbow = (
        train(corpus, model=model, **options).vectors for model in ("skipgram", "skipgram", "cbow")
    )
    assert (ours == again).all() and (ours != cbow).any()


def test_the_vectors_are_good():
    wv = train(load_corpus("default"), epochs=2, **OPTIONS)
    assert wv.evaluate_word_pairs().spearman > 0.48 and wv.evaluate_analogies().accuracy > 0.08
