"""The stages of the speed ledger: each does the same step in the way of its chapter.

The step is one of gradient descent on a batch of 32 targets. A stage knows how it is done and how
many numbers, of 4 bytes, it moves: each large array counts once for each layer or optimiser that
reads or writes it; what NumPy makes and throws away on the way is left out. A dense gradient is
cleared or written, then read by the optimiser, which makes a scaled copy of it (written, read) and
reads and writes the parameter: 6 times its size.
"""

from time import perf_counter

import numpy as np

from w2vlib import check
from w2vlib.binary import SigmoidWithLoss
from w2vlib.bottlenecks import MatMul, OneHotCBOW, SoftmaxWithLoss
from w2vlib.draws import AliasTable, draw_others
from w2vlib.embedding import Embedding
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.machine import sized
from w2vlib.sampler import UnigramSampler
from w2vlib.sparse_gradients import SparseCBOW, SparseSGD
from w2vlib.training import CBOW, SGD, sum_shared

BATCH, HIDDEN, WINDOW, NEGATIVE, POWER = 32, 100, 5, 5, 0.75
CONTEXT = 2 * WINDOW

N, H, C, K = BATCH, HIDDEN, CONTEXT, NEGATIVE  # for the counts
ROWS = 4 * N * C * H  # context rows read and copied; their gradients read and written


def batch(vocab_size, rng):
    """Contexts, target and the ids of a small corpus, frequent words first (Zipf's law)."""
    p = 1 / np.arange(1, vocab_size + 1)
    ids = rng.choice(vocab_size, size=BATCH * (CONTEXT + 1), p=p / p.sum())
    corpus = np.concatenate([np.arange(vocab_size), ids])
    return ids[BATCH:].reshape(BATCH, CONTEXT), ids[:BATCH], corpus


def weights(vocab_size, rng):
    """A matrix to begin with, (V, H) float32."""
    return 0.01 * rng.standard_normal((vocab_size, HIDDEN), dtype=np.float32)


def seconds(f, repeats=5):
    """The time that f() takes: the shortest of a few runs, the one that was disturbed least.

    Raises what f raises; TypeError or ValueError for what is no function, or other repeats.
    Source: chapter 1; as Python's timeit advises.

    >>> 0 < seconds(lambda: sum(range(1000))) < 1
    True
    """
    check.called_with(f, "of nothing", "f")
    check.whole(repeats, "repeats", at_most=10**6)
    times = []
    for _ in range(repeats):
        start = end = perf_counter()
        runs = 0
        while end == start:  # a browser's clock moves ten times in a millisecond
            f()
            runs += 1
            end = perf_counter()
        times.append((end - start) / runs)
    return min(times)


class Stage:
    """A way to do the step. `name`, for the ledger; missing(), what it cannot run without.

    build(V, rng) -> a model with the contexts and the target of a batch; numbers(V) -> how many
    numbers a step moves.
    """

    optimizer = SGD

    def missing(self):
        return []

    def step(self, vocab_size, rng):
        """A function that does one step."""
        model, contexts, target = self.build(vocab_size, rng)
        optimizer = self.optimizer(lr=0.01)

        def step():
            model.forward(contexts, target)
            model.backward()
            optimizer.update(*sum_shared(model.params, model.grads))

        return step

    def speed(self, vocab_size, rng, budget):
        """Targets a second, by the fastest of the steps that fit into `budget` seconds, or of 3.

        In a browser one step will do.
        """
        step = self.step(vocab_size, rng)
        step()  # the first step pays for memory that the others find ready
        repeats = int(np.clip(budget / seconds(step, 1), sized(3, 1), 1000))
        return BATCH / seconds(step, repeats)


class OneHot(Stage):
    name = "one-hot and softmax"

    def build(self, V, rng):
        contexts, target, _ = batch(V, rng)
        return OneHotCBOW(V, HIDDEN, rng=rng), contexts, target

    def numbers(self, V):
        one_hots = 4 * N * C * V  # written; read forward and backward; their own gradient
        return one_hots + 8 * V * H + softmax_numbers(V)


def softmax_numbers(V):
    """What the output moves where all V words have their scores."""
    product = N * V + V * H * 2 + 2 * N * V  # scores; W_out forward and backward; dscores twice
    return product + 5 * N * V + 6 * V * H  # maximum, shift, exp, sum, divide; W_out's gradient


class LookUp:
    """CBOW with an Embedding below, and something else above it."""

    def __init__(self, W_in, out_layer, loss_layer):
        self.in_layer, self.out_layer, self.loss_layer = Embedding(W_in), out_layer, loss_layer
        self.params = self.in_layer.params + out_layer.params
        self.grads = self.in_layer.grads + out_layer.grads

    def forward(self, contexts, target):
        h = self.in_layer.forward(contexts).mean(axis=1)
        return self.loss(h, target)

    def backward(self):
        dh = self.dh()
        self.in_layer.backward(np.repeat(dh[:, np.newaxis] / CONTEXT, CONTEXT, axis=1))


class Softmax(LookUp):
    """One word out of all V."""

    def loss(self, h, target):
        return self.loss_layer.forward(self.out_layer.forward(h), target)

    def dh(self):
        return self.out_layer.backward(self.loss_layer.backward())


class Sigmoid(LookUp):
    """Yes or no about the target, but its score is still picked out of all V."""

    def loss(self, h, target):
        self.scores, self.target = self.out_layer.forward(h), target
        score = self.scores[np.arange(len(target)), target]
        return self.loss_layer.forward(score, np.ones(len(target)))

    def dh(self):
        dscores = np.zeros_like(self.scores)
        dscores[np.arange(len(self.target)), self.target] = self.loss_layer.backward()
        return self.out_layer.backward(dscores)


class Dot(LookUp):
    """Yes or no about the target, from its own output vector."""

    def loss(self, h, target):
        return self.loss_layer.forward(self.out_layer.forward(h, target), np.ones(len(target)))

    def dh(self):
        return self.out_layer.backward(self.loss_layer.backward())


class WithEmbedding(Stage):
    name = "+ Embedding"
    Model, Loss = Softmax, SoftmaxWithLoss

    def build(self, V, rng):
        contexts, target, _ = batch(V, rng)
        out = MatMul(np.ascontiguousarray(weights(V, rng).T))
        return self.Model(weights(V, rng), out, self.Loss()), contexts, target

    def numbers(self, V):
        return ROWS + 6 * V * H + softmax_numbers(V)


class WithSigmoid(WithEmbedding):
    name = "+ sigmoid of one score"
    Model, Loss = Sigmoid, SigmoidWithLoss

    def numbers(self, V):
        return ROWS + 6 * V * H + 4 * N * V + 8 * V * H  # scores, zeros, read twice


class WithEmbeddingDot(Stage):
    name = "+ EmbeddingDot"

    def build(self, V, rng):
        contexts, target, _ = batch(V, rng)
        out = EmbeddingDot(weights(V, rng))
        return Dot(weights(V, rng), out, SigmoidWithLoss()), contexts, target

    def numbers(self, V):
        return ROWS + 6 * V * H + 4 * N * H + 6 * V * H


class Drawn(WithEmbeddingDot):
    name = "+ negatives drawn"

    def step(self, V, rng):
        _, target, corpus = batch(V, rng)
        step = super().step(V, rng)
        sampler = UnigramSampler(corpus, POWER, NEGATIVE, rng=rng)

        def step_and_draw():
            step()
            sampler.get_negative_sample(target)

        return step_and_draw

    def numbers(self, V):
        return super().numbers(V) + drawn_numbers(V)


def drawn_numbers(V):
    """What a draw moves for each target: float64, copied, scaled, summed, cumulated."""
    return N * 2 * 6 * V


class NegativeSampling(Stage):
    name = "+ negative sampling"

    def build(self, V, rng):
        contexts, target, corpus = batch(V, rng)
        return CBOW(V, HIDDEN, WINDOW, corpus, rng=rng), contexts, target

    def numbers(self, V):
        shared = K * 3 * V * H + K * V * H  # K more gradients: cleared, then added into the first
        out = (K + 1) * 4 * N * H + 6 * V * H + shared
        return ROWS + 6 * V * H + out + drawn_numbers(V)


class RowSparse(Stage):
    name = "+ row-sparse gradients"
    optimizer = SparseSGD

    def build(self, V, rng):
        contexts, target, corpus = batch(V, rng)
        return SparseCBOW(V, HIDDEN, WINDOW, corpus, rng=rng), contexts, target

    def numbers(self, V):  # rows for whole matrices: 4 as in ROWS, 6 of a gradient and its update
        return 10 * (N * C + N * (K + 1)) * H + drawn_numbers(V)


class AliasSampler(UnigramSampler):
    """The same draws from an alias table: nothing of V numbers is handled in a step."""

    def __init__(self, corpus, power, sample_size, *, rng=None):
        super().__init__(corpus, power, sample_size, rng=rng)
        self.table = AliasTable(self.word_p)

    def get_negative_sample(self, target):
        return draw_others(self.table, target, self.sample_size, self.rng)


class AliasDraws(RowSparse):
    name = "+ alias draws"

    def build(self, V, rng):
        contexts, target, corpus = batch(V, rng)
        sampler = AliasSampler(corpus, POWER, NEGATIVE, rng=rng)
        model = SparseCBOW(V, HIDDEN, WINDOW, corpus, rng=rng, sampler=sampler)
        return model, contexts, target

    def numbers(self, V):
        return 10 * (N * C + N * (K + 1)) * H + 4 * N * K  # a draw: share and alias, of 8 bytes


TEXTBOOK = [
    OneHot(),
    WithEmbedding(),
    WithSigmoid(),
    WithEmbeddingDot(),
    Drawn(),
    NegativeSampling(),
]
SPARSE = [RowSparse(), AliasDraws()]
