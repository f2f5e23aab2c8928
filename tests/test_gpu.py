"""The kernels for a graphics processor and their engine, in Numba's CUDA simulator.

The simulator has to be chosen before Numba is imported: so this file runs itself again, in a
process of its own. There the threads are Python's, a word takes milliseconds, and one block comes
after the other.
"""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from long import LONG
from reference import drawn, learn_a_line, random_number, window_weights

from w2vlib import Corpus, Vocabulary, cuda_engine, load_corpus, pieces, progress, train
from w2vlib.draws import kept_share
from w2vlib.progress import DivergenceError
from w2vlib.reading import EOS

SIMULATOR = "NUMBA_ENABLE_CUDASIM"
outside = pytest.mark.skipif(SIMULATOR in os.environ, reason="for the process that starts it")
inside = pytest.mark.skipif(
    SIMULATOR not in os.environ, reason="for the process with the simulator"
)

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
QUIET = {"engine": "cuda", "window": 2, "negative": 2, "subsample": 0, "progress": False}

if SIMULATOR in os.environ:
    from numba import cuda  # of the module: there the simulator looks for a kernel's

    sys.setswitchinterval(1e-4)  # its threads wait for each other at every turn


def run(*command, **variables):
    environment = {name: value for name, value in os.environ.items() if name != SIMULATOR}
    return subprocess.run(
        [sys.executable, *command],
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@outside
def test_all_that_follows_in_the_simulator():
    pytest.importorskip("numba", reason="Numba is not installed")
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:nbval"]
    done = run("-m", "pytest", *options, __file__, **{SIMULATOR: "1"})
    assert done.returncode == 0, done.stdout + done.stderr


@outside
def test_without_a_card_the_error_says_what_is_needed():
    pytest.importorskip("numba", reason="Numba is not installed")
    code = (
        "from w2vlib import load_corpus, train\n"
        "try: train(load_corpus('default'), engine='cuda')\n"
        "except ImportError as error: print(error)"
    )
    done = run("-c", code, CUDA_VISIBLE_DEVICES="")
    assert done.returncode == 0, done.stderr
    assert 'engine="cuda" needs' in done.stdout and 'pip install "w2vlib[gpu]"' in done.stdout
    assert 'try engine="numpy" or engine="compiled"' in done.stdout


@outside
def test_fewer_lines_at_once_where_one_word_is_frequent():
    assert cuda_engine.lines_at_once(np.full(10_000, 5)) == cuda_engine.AT_ONCE
    assert cuda_engine.lines_at_once(np.full(100, 5)) == 100 * cuda_engine.REPEATS
    assert cuda_engine.lines_at_once(np.array([1, 0])) == cuda_engine.REPEATS
    corpus = load_corpus("default")
    subsample = cuda_engine.ENGINE.defaults["cbow"]["subsample"]
    kept = corpus.counts * kept_share(corpus.counts, subsample)
    assert cuda_engine.AT_ONCE / 2 < cuda_engine.lines_at_once(kept) < cuda_engine.AT_ONCE
    assert cuda_engine.lines_at_once(corpus.counts) < cuda_engine.AT_ONCE / 20


def matrices(V, H, rng):
    return [np.float32(rng.normal(size=(V, H), scale=1.5 / np.sqrt(H))) for _ in range(2)]


def learn_on_card(inputs, outputs, words, share, alias, seed, window, negative, rate, decay=0):
    from numba import cuda

    from w2vlib import gpu

    inputs, outputs = cuda.to_device(inputs), cuda.to_device(outputs)
    learn = gpu.make_learn(-(-inputs.shape[1] // gpu.WARP))
    starts, counts = np.zeros(1, np.int64), np.array([len(words)], np.int32)
    losses = cuda.to_device(np.zeros(2))
    learn[1, gpu.WARP](
        inputs, outputs, np.int32(words), starts, counts, window, negative, share, alias,
        np.float32(rate), np.float32(rate), np.float32(decay), np.uint64(seed), losses,
    )  # fmt: skip
    return inputs.copy_to_host(), outputs.copy_to_host(), losses.copy_to_host()


@inside
@settings(max_examples=200 if LONG else 15)
@given(
    size=st.sampled_from([1, 3, 40, 300]), T=st.integers(2, 9), V=st.integers(2, 12),
    window=st.integers(1, 5), negative=st.integers(1, 5), seed=st.integers(0, 2**63),
    rate=st.sampled_from([1e-30, 0.1]), decay=st.sampled_from([0, 0.5]),
)  # fmt: skip
def test_a_warp_does_what_the_textbook_does(size, T, V, window, negative, seed, rate, decay):
    rng = np.random.default_rng(seed)
    words = rng.integers(V, size=T)
    share, alias = rng.random(V, dtype=np.float32), rng.integers(V, size=V).astype(np.int32)
    before = matrices(V, size, rng)
    rest = words, share, alias, seed, window, negative, rate, decay
    for found, expected in zip(learn_on_card(*before, *rest)[:2], learn_a_line(*before, *rest)):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@inside
@pytest.mark.parametrize("V", [2, 1000, 1_000_000])
def test_draws_are_those_of_plain_python_and_follow_the_table(V):
    from w2vlib import gpu

    @cuda.jit
    def draw_all(share, alias, seed, drawn):
        i = cuda.grid(1)
        drawn[i] = gpu.draw(share, alias, seed, i)

    rng = np.random.default_rng(V)
    share, alias = rng.random(V, dtype=np.float32), rng.integers(V, size=V).astype(np.int32)
    found = np.zeros(40, np.int64)
    draw_all[10, 4](share, alias, np.uint64(2**63 + V), found)
    assert found.tolist() == [drawn(share, alias, 2**63 + V, i) for i in range(40)]
    many = np.array([drawn(share, alias, 7, i) for i in range(20_000)])
    p = np.bincount(alias, 1 - share.astype(float), minlength=V) + share
    parts = np.minimum(np.cumsum(p) / V * 10, 9.999).astype(int)  # ten parts of the vocabulary
    expected = np.bincount(parts, p, minlength=10) / V * len(many)
    seen = np.bincount(parts[many], minlength=10)
    chi2 = ((seen - expected)[expected > 0] ** 2 / expected[expected > 0]).sum()
    assert chi2 < 33.7  # 9 degrees of freedom: once in 10,000


@inside
@pytest.mark.parametrize("rate", [1e-45, 1])
def test_a_training_ends_well_or_says_what_to_do(two_topics, monkeypatch, rate):
    monkeypatch.setattr(progress, "REST", 0)
    monkeypatch.setattr(cuda_engine, "PAUSE", 0.0)
    options = QUIET | {"vector_size": 2, "epochs": 1, "negative": 5, "learning_rate": rate}
    try:
        wv = train(two_topics, **options)
        assert np.isfinite(wv.vectors).all() and np.isfinite(wv.loss)
    except DivergenceError as error:
        assert rate == 1 and "learning_rate is 1, try 0.25" in str(error)
        assert error.vectors is None or np.isfinite(error.vectors.vectors).all()


@inside
@pytest.mark.parametrize("size", [100, 1e4])
def test_scores_of_ten_thousand_and_more_stay_finite(size):
    """A product of two such rows is 1e4 at least; more than exp can take in float64, too."""
    before = [np.float32([[size, -size], [-size, size]]) for _ in range(2)]
    words, table = np.array([0, 1, 0]), (np.float32([0.5, 1]), np.int32([1, 0]))
    *found, losses = learn_on_card(*before, words, *table, 1, 2, 3, 1e-4, 0.1)
    assert all(np.isfinite(array).all() for array in (*found, losses))


@inside
def test_the_loss_is_that_of_chapter_7():
    rng = np.random.default_rng(2)
    words, window, seed, K = np.array([3, 1, 4, 1, 5]), 2, 77, 3
    share, alias = rng.random(12, dtype=np.float32), rng.integers(12, size=12).astype(np.int32)
    inputs, outputs = matrices(12, 8, rng)
    *_, found = learn_on_card(inputs, outputs, words, share, alias, seed, window, K, 0)
    loss = 0
    for t, word in enumerate(words):
        h = window_weights(t, len(words), window) @ inputs[words]
        loss += np.log1p(np.exp(-h @ outputs[word]))
        others = [drawn(share, alias, seed, t * K + m) for m in range(K)]
        loss += sum(np.log1p(np.exp(h @ outputs[other])) for other in others if other != word)
    np.testing.assert_allclose(found, [loss, len(words)], rtol=1e-5)


@inside
def test_the_loss_falls(two_topics):
    seen = []
    wv = train(
        two_topics, vector_size=6, epochs=3, learning_rate=0.5,
        callback=lambda progress: seen.append(progress.loss), **QUIET,
    )  # fmt: skip
    assert seen[0] == pytest.approx(3 * np.log(2), rel=0.2)
    assert seen[0] > seen[1] > seen[2] == wv.loss


@inside
def test_a_small_step_is_that_of_the_compiled_engine():
    from w2vlib import compiled

    rng = np.random.default_rng(1)
    words, negative, rate, window = np.array([3, 1, 4, 5, 0]), 4, 1e-3, 2
    share, alias = np.zeros(8, np.float32), np.full(8, 7, np.int32)  # all draws give word 7
    before = matrices(8, 16, rng)
    *found, _ = learn_on_card(*before, words, share, alias, 1, window, negative, rate)
    expected = [W.copy() for W in before]
    places = np.arange(len(words))
    first, last = np.maximum(0, places - window), np.minimum(len(words), places + window + 1)
    room = compiled.make_room(len(words) + 3, 4, 16)
    band = np.float32([0, 1, 1 / 2])
    compiled.step(
        *expected, words, first, last, np.full(4, 7), band, np.float32(negative),
        np.float32(rate), np.float32(0), room,
    )  # fmt: skip
    for was, one, other in zip(before, found, expected):
        moved = np.abs(other - was).max()
        assert moved > 1e-4
        # They differ by what a word sees of the words before it, and that is of second order.
        np.testing.assert_allclose(one, other, atol=0.01 * moved)


@inside
def test_thin_moves_the_words_that_stay_together():
    from numba import cuda

    from w2vlib import gpu

    rng = np.random.default_rng(3)
    lines = np.append(0, np.cumsum(rng.integers(1, 9, size=40)))
    text = rng.integers(30, size=lines[-1]).astype(np.int32)
    keep, order = rng.random(30, dtype=np.float32), rng.permutation(40)[:33]
    kept = cuda.to_device(np.full_like(text, -1))
    starts, counts = np.zeros(33, np.int64), np.zeros(33, np.int32)
    gpu.thin[2, 20](text, lines, order, keep, np.uint64(99), kept, starts, counts)
    kept = kept.copy_to_host()
    for i, line in enumerate(order):
        places = range(lines[line], lines[line + 1])
        words = [text[place] for place in places if random_number(99, place) < keep[text[place]]]
        assert starts[i] == lines[line]
        assert counts[i] == (len(words) if len(words) > 1 else 0)
        assert kept[starts[i] : starts[i] + len(words)].tolist() == words
    assert 0 in counts and counts.sum() < len(text)


@pytest.fixture
def two_topics():
    """Lines of words 0 to 3, and lines of words 4 to 7; word 8 ends each."""
    rng = np.random.default_rng(0)
    words = rng.integers(4, size=(16, 5)) + 4 * (np.arange(16) % 2)[:, np.newaxis]
    ids = np.append(words, np.full((16, 1), 8), axis=1).ravel()
    return Corpus(ids, Vocabulary([*"abcdefgh", EOS]), np.bincount(ids), "two topics")


@inside
def test_words_of_one_topic_come_to_be_alike(two_topics):
    wv = train(two_topics, vector_size=6, epochs=4, learning_rate=0.5, **QUIET)
    unit = wv.vectors / np.linalg.norm(wv.vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    within = (cosines[:4, :4].sum() - 4 + cosines[4:8, 4:8].sum() - 4) / 24
    assert within > cosines[:4, 4:8].mean() + 0.25


@inside
def test_same_seed_same_vectors(two_topics):
    options = QUIET | {"vector_size": 3, "epochs": 1}
    first, again, other = (train(two_topics, seed=s, **options).vectors for s in (3, 3, 4))
    assert (first == again).all() and (first != other).any()


@inside
def test_what_was_learnt_comes_back_from_the_card(two_topics, monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", 64)  # 2 launches an epoch
    tokens, seen = [], []
    vectors, outputs = cuda_engine.ENGINE.start(9, 3, np.random.default_rng(0))
    before = vectors.copy()

    def report(n, loss=None):
        tokens.append(n)
        seen.append(outputs.any())
        raise KeyboardInterrupt

    options = {"window": 2, "negative": 1, "power": 0.75, "epochs": 1, "subsample": 0}
    with pytest.raises(KeyboardInterrupt):
        list(cuda_engine.fit(
            vectors, outputs, two_topics, learning_rate=0.1, decay=0, seed=0, report=report,
            **options,
        ))  # fmt: skip
    assert sum(tokens) == len(two_topics) // 2 and seen == [False]
    assert outputs.any() and not np.array_equal(vectors, before)


@inside
def test_once_in_a_while_the_vectors_come_back(two_topics, monkeypatch):
    monkeypatch.setattr(cuda_engine, "PAUSE", 0.0)
    vectors, outputs = cuda_engine.ENGINE.start(9, 3, np.random.default_rng(0))
    seen = []
    options = {"window": 2, "negative": 1, "power": 0.75, "epochs": 1, "subsample": 0}
    list(cuda_engine.fit(
        vectors, outputs, two_topics, learning_rate=0.1, decay=0, seed=0,
        report=lambda tokens, loss=None: seen.append(outputs.any()), **options,
    ))  # fmt: skip
    assert seen == [True]
