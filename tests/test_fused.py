"""The fused NumPy engine against slow loops, a float64 reference, and what it claims to expect."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peaks import peak
from small import corpus_of, twins

from w2vlib import CBOW, SGD, Trainer, create_contexts_target, descent, fused, fused_skipgram
from w2vlib.draws import kept_share
from w2vlib.reading import EOS


def zipf_corpus(V, length, seed=0):
    """Word 1 is <eos>, every ninth word; the others as in natural text, roughly."""
    p = 1 / np.arange(1, V + 1)
    ids = np.random.default_rng(seed).choice(V, size=length, p=p / p.sum())
    ids[8::9] = 1
    return corpus_of(ids, [EOS if i == 1 else f"w{i}" for i in range(V)])


def train(corpus, H=8, report=lambda tokens, loss=None: None, seed=1, **options):
    """`fused.fit` with small defaults -> the vectors."""
    rng = np.random.default_rng(seed)
    vectors, outputs = fused.ENGINE.start(len(corpus.vocabulary), H, rng)
    defaults = {
        "window": 2,
        "negative": 5,
        "power": 0.75,
        "epochs": 2,
        "subsample": 0,
        "learning_rate": 0.1,
        "decay": 0,
    }
    list(fused.fit(vectors, outputs, corpus, seed=seed, report=report, **{**defaults, **options}))
    return vectors


# Windows ------------------------------------------------------------------------------------------


def slow_windows(lines, window):
    """What window_weights should hold, word by word."""
    B, T = lines.shape
    windows = np.zeros((B, T, T))
    for b in range(B):
        for i in range(T):
            near = range(max(0, i - window), min(T, i + window + 1))
            near = [j for j in near if j != i and lines[b, j] == lines[b, i]]
            weight = {j: 1 - (abs(i - j) - 1) / window for j in near}
            for j, w in weight.items():
                windows[b, i, j] = w / np.sqrt(sum(weight.values()))
    return windows


@pytest.mark.parametrize("window", [1, 2, 5, 100])
def test_windows_are_those_of_a_loop(window):
    lines = np.sort(np.random.default_rng(0).integers(6, size=(3, fused.BLOCK)), axis=1)
    windows = fused.window_weights(lines, fused.window_band(window))
    assert windows.dtype == np.float32
    np.testing.assert_allclose(windows, slow_windows(lines, window), rtol=1e-6)


def test_windows_never_cross_lines_and_a_word_alone_has_none():
    lines = np.arange(fused.BLOCK).reshape(1, -1) // 3
    lines[0, -2:] = [98, 99]
    windows = fused.window_weights(lines, fused.window_band(5))
    assert (windows[lines[:, :, None] != lines[:, None, :]] == 0).all()
    assert (windows[0, -2:] == 0).all()
    assert np.isfinite(windows).all()


# Gradients ----------------------------------------------------------------------------------------

B, T, H, M = 2, fused.BLOCK, 4, 6


@pytest.fixture
def rows():
    """x, y, negs, windows, weights in float64."""
    rng = np.random.default_rng(1)
    lines = np.sort(rng.integers(8, size=(B, T)), axis=1)
    windows = slow_windows(lines, 3)
    x, y, negs = (rng.standard_normal(shape) for shape in [(B, T, H), (B * T, H), (M, H)])
    return x, y, negs, windows, 0.3 * (rng.random((B * T, M)) < 0.8)


def loss(x, y, negs, windows, weights):
    """The loss that `gradients` states, term by term."""
    total = 0.0
    for i in range(B * T):
        b, t = divmod(i, T)
        h = sum(windows[b, t, j] * x[b, j] for j in range(T))
        total += np.log1p(np.exp(-h @ y[i]))
        total += sum(weights[i, m] * np.log1p(np.exp(h @ negs[m])) for m in range(M))
    return total


def test_gradients_are_the_numerical_ones(rows):
    grads = fused.gradients(*rows)
    rng = np.random.default_rng(2)
    for array, grad in zip(rows[:3], grads):
        flat = array.reshape(-1)
        for i in rng.choice(flat.size, 8, replace=False):
            value = flat[i]
            flat[i] = value + 1e-5
            above = loss(*rows)
            flat[i] = value - 1e-5
            below = loss(*rows)
            flat[i] = value
            assert grad.reshape(-1)[i] == pytest.approx((above - below) / 2e-5, rel=1e-6, abs=1e-8)


def test_float32_agrees_with_float64(rows):
    single = fused.gradients(*(a.astype(np.float32) for a in rows))
    for found, expected in zip(single, fused.gradients(*rows)):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@given(
    V=st.integers(2, 40), B=st.integers(1, 2), H=st.integers(1, 5), M=st.integers(1, 9),
    K=st.integers(1, 5), window=st.integers(1, 31), seed=st.integers(0, 2**32),
    rate=st.sampled_from([1e-30, 1e-3]), decay=st.sampled_from([0, 0.5]),
)  # fmt: skip
def test_step_is_gradient_descent_on_both_matrices(V, B, H, M, K, window, seed, rate, decay):
    """Against a slow loop with its own sums over repeated words and excluded negatives."""
    rng = np.random.default_rng(seed)
    inputs, outputs = rng.standard_normal((2, V, H))
    ids, negatives = rng.integers(V, size=(B, T)), rng.integers(V, size=M)
    ids, negatives = ids.astype(np.intp), negatives.astype(np.intp)
    lines = np.sort(rng.integers(8, size=(B, T)), axis=1)
    windows = fused.window_weights(lines, fused.window_band(window))
    dinputs, doutputs = np.zeros((V, H)), np.zeros((V, H))
    for b, t in np.ndindex(B, T):
        word, neighbours = ids[b, t], np.flatnonzero(windows[b, t])
        dinputs[word] += decay * inputs[word]
        doutputs[word] += decay * outputs[word]
        h = sum((windows[b, t, j] * inputs[ids[b, j]] for j in neighbours), np.zeros(H))
        pairs = [(word, 1, 1)] + [(n, 0, K / M) for n in negatives if n != word]
        dh = np.zeros(H)
        for other, label, weight in pairs:
            dscore = weight * (1 / (1 + np.exp(-h @ outputs[other])) - label)
            dh += dscore * outputs[other]
            doutputs[other] += dscore * h
        for j in neighbours:
            dinputs[ids[b, j]] += windows[b, t, j] * dh
    np.add.at(doutputs, negatives, decay * outputs[negatives])
    expected = inputs - rate * dinputs, outputs - rate * doutputs
    fused.step(inputs, outputs, ids, windows, negatives, K, rate, decay)
    np.testing.assert_allclose(inputs, expected[0], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(outputs, expected[1], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("room", [fused, fused_skipgram])
@given(seed=st.integers(0, 2**32), size=st.sampled_from([1, 100, 1000]), V=st.integers(2, 40))
def test_all_is_finite_for_scores_of_ten_thousand_and_more(room, seed, size, V):
    rng = np.random.default_rng(seed)
    inputs, outputs = size * rng.choice([-1, 1], size=(2, V, H)).astype(np.float32)
    ids, negatives = rng.integers(V, size=(B, T)), rng.integers(V, size=M)
    windows = fused.window_weights(np.sort(ids, axis=1), fused.window_band(3))
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(room.loss(inputs, outputs, ids, windows, negatives, 5) or 0)
        room.step(inputs, outputs, ids, windows, negatives, 5, 0.1, 0.05)
    for W in inputs, outputs:
        assert np.abs(W).max() <= size + 2  # by the brake; not so if NaN


def test_sigmoid_cannot_overflow():
    x = np.float32([-1e30, -100, 0, 100, 1e30])
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(fused.sigmoid(x), [0, 0, 0.5, 1, 1], atol=1e-7)


@pytest.mark.parametrize("ids", [[0], [3, 3, 3, 3], [4, 1, 4, 0, 1, 4], list(range(50)) * 3])
def test_descend_sums_repeated_rows(ids):
    ids = np.array(ids)
    grads = 0.1 * np.random.default_rng(4).standard_normal((len(ids), 3))
    W, expected = np.ones((60, 3)), np.ones((60, 3))
    np.subtract.at(expected, ids, 0.5 * grads)
    fused.descend(W, fused.find_repeats(ids), grads, 0.5)
    np.testing.assert_allclose(W, expected)


# Negatives ----------------------------------------------------------------------------------------


def test_draws_follow_the_counts_to_the_power():
    """Chi-square. Draws in equal parts spread less than independent ones: a fit as good is sure."""
    counts, power = np.array([400, 1, 90, 7, 0, 30]), 0.75
    p = counts**power / np.sum(counts**power)
    rng = np.random.default_rng(5)
    draws = np.concatenate([fused.draw(np.cumsum(p), 16, rng) for _ in range(5000)])
    seen = np.bincount(draws, minlength=6)
    assert seen[4] == 0
    expected = len(draws) * p
    chi2 = np.sum((seen - expected)[p > 0] ** 2 / expected[p > 0])
    assert chi2 < 20.5  # 4 degrees of freedom: independent draws pass this once in 2,500 times


def test_shared_negatives_expect_what_independent_ones_do(rows):
    """The mean of dx over many draws is that of K negatives for each word, drawn on their own."""
    x, _, _, windows, _ = rows
    rng = np.random.default_rng(6)
    V, K, M = 12, 5, 16
    outputs = rng.standard_normal((V, H))
    p = rng.random(V)
    p /= p.sum()
    words = rng.integers(V, size=B * T)
    # Exactly: a word's negatives add K * sum_v p_v sigmoid(h . v) v, without the word itself.
    h = (windows @ x).reshape(B * T, H)
    share = K * p * (np.arange(V) != words[:, None]) / (1 + np.exp(-h @ outputs.T))
    share[np.arange(B * T), words] += 1 / (1 + np.exp(-np.sum(h * outputs[words], axis=1))) - 1
    expected = (windows.mT @ (share @ outputs).reshape(B, T, H)).reshape(B * T, H)

    found = []
    for _ in range(2000):
        negatives = fused.draw(np.cumsum(p), M, rng)
        weights = K / M * (words[:, None] != negatives)
        negs = outputs[negatives]
        found.append(fused.gradients(x, outputs[words], negs, windows, weights)[0])
    error = np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - expected) < 5 * error + 1e-12).all()


# Blocks -------------------------------------------------------------------------------------------


def test_blocks_hold_the_text_in_order_with_its_lines():
    corpus = zipf_corpus(50, 10 * fused.BLOCK + 7)
    ids, lines = fused.cut_blocks(corpus, np.ones(50, np.float32), np.random.default_rng(0))
    assert ids.shape == lines.shape == (10, fused.BLOCK)
    flat, text = ids.ravel(), corpus.ids
    starts = [s for s in range(8) if (text[s : s + len(flat)] == flat).all()]
    assert starts
    ends = flat == corpus.vocabulary[EOS]
    assert (np.diff(lines.ravel()) == ends[:-1]).all()  # <eos> belongs to the line it ends


@pytest.mark.parametrize("length", [2, 3, fused.BLOCK - 1])
def test_a_text_shorter_than_a_block_is_filled_up(length):
    corpus = corpus_of(np.arange(length) % 2)
    ids, lines = fused.cut_blocks(corpus, np.ones(2, np.float32), np.random.default_rng(0))
    assert ids.shape == (1, fused.BLOCK)
    assert (ids[0, :length] == corpus.ids).all()
    assert len(set(lines[0, length:]) | {0}) == fused.BLOCK - length + 1


def test_subsampling_keeps_words_with_their_probability():
    corpus = zipf_corpus(20, 200_000)
    keep = kept_share(corpus.counts, 1e-3)
    f = corpus.counts / len(corpus.ids)
    np.testing.assert_allclose(keep, np.minimum(1, np.sqrt(1e-3 / f) + 1e-3 / f), rtol=1e-6)
    ids, _ = fused.cut_blocks(corpus, keep, np.random.default_rng(0))
    expected = corpus.counts * keep
    assert (
        np.abs(np.bincount(ids.ravel(), minlength=20) - expected) < 6 * expected**0.5 + 32
    ).all()
    assert (kept_share(corpus.counts, 0) == 1).all()


def test_descend_brakes_long_steps():
    W = np.zeros((4, 3))
    grads = np.array([[300, 0, 400], [0.3, 0, 0.4], [0, 0, 0]])
    ids = np.array([3, 1, 0])
    fused.descend(W, fused.find_repeats(ids), grads, 0.5)
    longest = descent.LARGEST_STEP * np.array([0.6, 0, 0.8])
    np.testing.assert_allclose(W, [[0, 0, 0], [-0.15, 0, -0.2], [0, 0, 0], -longest])


def test_small_vocabularies_take_small_steps():
    assert fused.blocks_per_step(np.ones(10_000)) == fused.BLOCKS
    assert fused.blocks_per_step(np.ones(7)) == 1
    assert fused.blocks_per_step(np.ones(64)) == 16
    assert fused.blocks_per_step(np.ones(32)) == 8


# Training -----------------------------------------------------------------------------------------


def cosines(vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit @ unit.T


def test_learns_that_words_in_the_same_company_are_alike():
    similar = cosines(train(twins(), epochs=3))
    assert similar[0, 1] > 0.8 and similar[2, 3] > 0.8
    assert similar[0, 2] < 0.6 and similar[1, 3] < 0.6


def test_learns_from_a_text_without_lines():
    """The same company, in one long line: pairs stand apart by words that say nothing."""
    rng = np.random.default_rng(0)
    first = rng.integers(4, size=4000)
    noise = 6 + rng.integers(40, size=(4000, 2))
    ids = np.column_stack([first, 4 + first // 2, noise]).ravel()
    similar = cosines(train(corpus_of(ids), window=1, epochs=4))
    assert min(similar[0, 1], similar[2, 3]) > max(similar[0, 2], similar[1, 3]) + 0.3


def test_same_seed_same_vectors():
    corpus = zipf_corpus(300, 5000)
    first, again, other = (train(corpus, subsample=1e-2, seed=seed) for seed in (1, 1, 2))
    assert first.dtype == np.float32
    assert (first == again).all()
    assert (first != other).any()


def test_reports_every_token_once():
    reports = []

    def report(tokens, loss=None):
        reports.append(tokens)

    train(zipf_corpus(300, 5000), report=report, epochs=3, subsample=1e-3)
    assert sum(reports) == 3 * 5000
    assert min(reports) >= 0 and len(reports) > 3


# Cost ---------------------------------------------------------------------------------------------


def test_a_step_allocates_nothing_in_proportion_to_the_vocabulary():
    def peak_of(V):
        rng = np.random.default_rng(0)
        inputs, outputs = np.zeros((2, V, 10), np.float32)
        thresholds = np.arange(1, V + 1) / V
        ids = rng.integers(1000, size=(4, T), dtype=np.intp)
        windows = fused.window_weights(ids, fused.window_band(5))

        def step():
            negatives = fused.draw(thresholds, 64, rng)
            fused.step(inputs, outputs, ids, windows, negatives, 5, 0.1, 0.1)

        return peak(step, tries=5)

    assert peak_of(200_000) < 1.2 * peak_of(1000)


def test_much_faster_than_layer_by_layer():
    """By far more than this in fact; a machine with other work must not fail the test."""
    corpus = zipf_corpus(2000, 20_000)
    start = time.process_time()
    train(corpus, H=50, window=5, epochs=1)
    fast = len(corpus.ids) / (time.process_time() - start)

    contexts, target = create_contexts_target(corpus.ids[:700], 5)
    model = CBOW(2000, 50, 5, corpus.ids, rng=np.random.default_rng(0))
    start = time.process_time()
    Trainer(model, SGD(0.1)).fit(contexts, target, max_epoch=1, progress=False)
    slow = len(target) / (time.process_time() - start)
    assert fast > 5 * slow
