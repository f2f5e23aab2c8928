"""The loss that engines report is that of chapter 7, and engines agree on it."""

import importlib

import numpy as np
import pytest

from w2vlib import Corpus, NegativeSamplingLoss, Vocabulary, fused, hogwild, load_corpus
from w2vlib.engines import ENGINES, MODELS
from w2vlib.reading import EOS

V, H, WINDOW = 60, 12, 3


class Given:
    def __init__(self, negatives):
        self.negatives = negatives

    def get_negative_sample(self, target):
        return np.broadcast_to(self.negatives, (len(target), len(self.negatives)))


def matrices(seed=0):
    rng = np.random.default_rng(seed)
    inputs, outputs = rng.normal(size=(2, V, H), scale=0.5).astype(np.float32)
    return inputs, np.pad(outputs, ((0, 0), (0, 4)))  # lanes


def chapter_7(inputs, outputs, lines, negatives, weigh):
    """The mean loss of the words of lines, by its layers; weigh: a neighbour's weight by distance.

    A window's sum is over the root of its total weight. A line of one word has no window.
    """
    hs, words = [], []
    for line in lines:
        for t, word in enumerate(line):
            near = [j for j in range(len(line)) if j != t and abs(j - t) <= WINDOW]
            weights = np.array([weigh(abs(j - t)) for j in near])
            if near:
                hs.append(weights @ inputs[[line[j] for j in near]] / np.sqrt(weights.sum()))
                words.append(word)
    W = np.ascontiguousarray(outputs[:, :H])
    layer = NegativeSamplingLoss(W, np.arange(V), 0.75, len(negatives), sampler=Given(negatives))
    return layer.forward(np.array(hs), np.array(words))


LINES = [[3, 1, 4, 1, 5, 9], [2, 6], [5], [8, 9, 7, 9, 3, 2, 3]]
NEGATIVES = np.arange(20, 28)


def test_the_numpy_engines_loss_is_that_of_chapter_7():
    inputs, outputs = matrices()
    words = np.concatenate(LINES)
    filler = np.arange(fused.BLOCK - len(words))
    ids = np.append(words, 30 + filler)[np.newaxis]
    lines = np.append(np.repeat(range(4), [6, 2, 1, 7]), 4 + filler)[np.newaxis]  # no neighbours
    windows = fused.window_weights(lines, fused.window_band(WINDOW))
    found = fused.loss(inputs, outputs, ids, windows, NEGATIVES, len(NEGATIVES))
    expected = chapter_7(inputs, outputs, LINES, NEGATIVES, lambda d: 1 - (d - 1) / WINDOW)
    assert found == pytest.approx(expected, rel=1e-5)
    alone = np.arange(fused.BLOCK)[np.newaxis]
    windows = fused.window_weights(alone, fused.window_band(WINDOW))
    assert fused.loss(inputs, outputs, alone, windows, NEGATIVES, 5) is None


def test_the_compiled_engines_loss_is_that_of_chapter_7():
    pytest.importorskip("numba", reason="Numba is not installed")
    compiled = importlib.import_module("w2vlib.compiled")
    inputs, outputs = matrices()
    words = np.concatenate(LINES)
    starts = np.repeat([0, 6, 8, 9], [6, 2, 1, 7])
    stops = np.repeat([6, 8, 9, 16], [6, 2, 1, 7])
    first = np.maximum(starts, np.arange(16) - WINDOW)
    last = np.minimum(stops, np.arange(16) + WINDOW + 1)
    band = np.append(0, 1 / np.arange(1, WINDOW + 1)).astype(np.float32)
    total, counted = compiled.loss(
        inputs, outputs, words, first, last, NEGATIVES, band, np.float32(len(NEGATIVES)),
        compiled.make_room(20, len(NEGATIVES), outputs.shape[1]),
    )  # fmt: skip
    assert counted == 15
    expected = chapter_7(inputs, outputs, LINES, NEGATIVES, lambda d: 1 / d)
    assert total / counted == pytest.approx(expected, rel=1e-3)  # sigmoid is off by 0.00005


def test_a_negative_that_is_the_word_itself_counts_for_nothing():
    inputs, outputs = matrices()
    ids, lines = np.arange(fused.BLOCK)[np.newaxis], np.zeros((1, fused.BLOCK))
    windows = fused.window_weights(lines, fused.window_band(WINDOW))
    with_itself, without = (
        fused.loss(inputs, outputs, ids, windows, np.array(negatives), 5)
        for negatives in ([40, 7], [40, 40])
    )
    outputs[7] = 0  # scores of 0
    h = (windows[0] @ inputs[: fused.BLOCK]).astype(float)
    others = np.arange(fused.BLOCK) != 7
    minus = (others * np.log1p(np.exp(h @ matrices()[1][7, :H]))).mean()
    half = np.log1p(np.exp(h @ outputs[40, :H])).mean()
    assert with_itself == pytest.approx(without - 2.5 * half + 2.5 * minus, rel=1e-5)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ["numpy", "compiled"])
def test_the_loss_starts_at_chance_and_falls(name, model, monkeypatch):
    monkeypatch.setattr(hogwild, "CHUNK", 100)
    if ENGINES[name].missing():
        pytest.skip("it cannot run here")
    rng = np.random.default_rng(0)
    lines = [[*rng.choice(10, size=6) + 10 * topic, 20] for topic in rng.integers(2, size=3000)]
    ids = np.concatenate(lines)
    corpus = Corpus(ids, Vocabulary([*map(str, range(20)), EOS]), np.bincount(ids), "two topics")
    found, engine = [], ENGINES[name]
    list(
        engine.fit(
            *engine.start(21, 10, np.random.default_rng(0)), corpus, model=model, window=3,
            negative=5, power=0.75, epochs=4, subsample=0, learning_rate=0.05, decay=0, seed=1,
            report=lambda tokens, loss=None: found.append(loss),
        )
    )  # fmt: skip
    found = [loss for loss in found if loss is not None]
    assert found[0] == pytest.approx(6 * np.log(2), rel=0.15)  # less a negative that is the word
    assert found[-1] < 0.85 * found[0] and max(found) == max(found[:3])


@pytest.mark.parametrize("model", MODELS)
def test_the_engines_agree_on_the_loss_of_the_same_vectors(model):
    if ENGINES["compiled"].missing():
        pytest.skip("it needs Numba")
    corpus = load_corpus("default", max_vocab=500)
    inputs = np.random.default_rng(0).normal(size=(500, 16), scale=0.3).astype(np.float32)

    def mean_loss(name):
        seen = []
        list(
            ENGINES[name].fit(
                inputs.copy(), inputs.copy(), corpus, model=model, window=1, negative=5,
                power=0.75, epochs=1, subsample=0, learning_rate=1e-9, decay=0, seed=1,
                report=lambda tokens, loss=None: seen.append((tokens, loss)),
            )
        )  # fmt: skip
        tokens, losses = zip(*[(tokens, loss) for tokens, loss in seen if loss is not None])
        return np.average(losses, weights=tokens)

    assert mean_loss("numpy") == pytest.approx(mean_loss("compiled"), rel=0.02)
