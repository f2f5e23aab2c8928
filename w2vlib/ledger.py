"""The speed ledger: each stage of the course does one step of the same task on your machine.

The task never changes: a batch of 32 targets, a window of 5 words on each side, vectors of 100
numbers, 5 negatives. A stage is a way to do that step, a count of the bytes it touches, and the
chapter that builds it.
"""

from time import perf_counter
from typing import NamedTuple

import numpy as np

from w2vlib import check
from w2vlib.binary import SigmoidWithLoss
from w2vlib.bottlenecks import MatMul, OneHotCBOW, SoftmaxWithLoss
from w2vlib.embedding import Embedding
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.sampler import UnigramSampler
from w2vlib.training import CBOW, SGD, sum_shared

__all__ = ["STAGES", "Row", "bytes_touched", "measure", "seconds", "table"]

BATCH, HIDDEN, WINDOW, NEGATIVE = 32, 100, 5, 5
CONTEXT = 2 * WINDOW
FLOAT = 4  # bytes


class Row(NamedTuple):
    """A line of the ledger; `growth` is the bytes at V = 1,000,000 over those at V = 10,000."""

    stage: str
    tokens_per_second: float
    bytes: int
    growth: float


def seconds(f, repeats=5):
    """The time that f() takes: the shortest of a few runs, the one that was disturbed least."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        f()
        times.append(perf_counter() - start)
    return min(times)


def measure(stage, vocab_size=10_000, budget=0.5):
    """Run steps of `stage` for about `budget` seconds, at least three, and return its Row.

    The speed is that of the fastest step. Raises ValueError for a stage that is not in STAGES.
    """
    check.whole(vocab_size, "vocab_size", at_least=NEGATIVE + 1)
    step = _find(stage)[0](vocab_size, np.random.default_rng(0))
    step()  # the first step pays for memory that the others find ready
    repeats = int(np.clip(budget / seconds(step, 1), 3, 1000))
    small, large = bytes_touched(stage, 10_000), bytes_touched(stage, 1_000_000)
    speed = BATCH / seconds(step, repeats)
    return Row(stage, speed, bytes_touched(stage, vocab_size), large / small)


def bytes_touched(stage, vocab_size):
    """Bytes that one step of `stage` moves, by a simple count from the shapes of its arrays.

    Each large array counts once for each layer or optimiser that reads or writes it; what NumPy
    makes and throws away on the way is left out.
    """
    check.whole(vocab_size, "vocab_size", at_least=2)
    return FLOAT * _find(stage)[1](vocab_size)


def table(rows):
    """The rows as lines of text, each with its factor over the first."""
    lines = [f"{'stage':<24}{'tokens/s':>10}{'MB a step':>11}{'growth':>8}{'factor':>8}"]
    for row in rows:
        factor = row.tokens_per_second / rows[0].tokens_per_second
        lines.append(
            f"{row.stage:<24}{row.tokens_per_second:>10,.0f}{row.bytes / 1e6:>11,.1f}"
            f"{row.growth:>7.1f}x{factor:>7.1f}x"
        )
    return "\n".join(lines)


def _find(stage):
    if stage not in STAGES:
        raise ValueError(f"stage is {stage!r}: it should be one of {', '.join(map(repr, STAGES))}")
    return STAGES[stage]


def _batch(vocab_size, rng):
    """Ids of a batch and of a small corpus, frequent words first (Zipf's law)."""
    p = 1 / np.arange(1, vocab_size + 1)
    ids = rng.choice(vocab_size, size=BATCH * (CONTEXT + 1), p=p / p.sum())
    corpus = np.concatenate([np.arange(vocab_size), ids])
    return ids[BATCH:].reshape(BATCH, CONTEXT), ids[:BATCH], corpus


def _weights(vocab_size, rng):
    return 0.01 * rng.standard_normal((vocab_size, HIDDEN), dtype=np.float32)


def _trains(model, contexts, target):
    """A step of `model`: forward, backward, and plain gradient descent."""
    optimizer = SGD(lr=0.01)

    def step():
        model.forward(contexts, target)
        model.backward()
        optimizer.update(*sum_shared(model.params, model.grads))

    return step


class _LookUp:
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


class _Softmax(_LookUp):
    def loss(self, h, target):
        return self.loss_layer.forward(self.out_layer.forward(h), target)

    def dh(self):
        return self.out_layer.backward(self.loss_layer.backward())


class _Sigmoid(_LookUp):
    """Yes or no about the target, but its score is still picked out of all V."""

    def loss(self, h, target):
        self.scores, self.target = self.out_layer.forward(h), target
        score = self.scores[np.arange(len(target)), target]
        return self.loss_layer.forward(score, np.ones(len(target)))

    def dh(self):
        dscores = np.zeros_like(self.scores)
        dscores[np.arange(len(self.target)), self.target] = self.loss_layer.backward()
        return self.out_layer.backward(dscores)


class _Dot(_LookUp):
    """Yes or no about the target, from its own output vector."""

    def loss(self, h, target):
        return self.loss_layer.forward(self.out_layer.forward(h, target), np.ones(len(target)))

    def dh(self):
        return self.out_layer.backward(self.loss_layer.backward())


def _one_hot(V, rng):
    contexts, target, _ = _batch(V, rng)
    return _trains(OneHotCBOW(V, HIDDEN, rng=rng), contexts, target)


def _embedding(V, rng):
    contexts, target, _ = _batch(V, rng)
    out = MatMul(np.ascontiguousarray(_weights(V, rng).T))
    return _trains(_Softmax(_weights(V, rng), out, SoftmaxWithLoss()), contexts, target)


def _sigmoid(V, rng):
    contexts, target, _ = _batch(V, rng)
    out = MatMul(np.ascontiguousarray(_weights(V, rng).T))
    return _trains(_Sigmoid(_weights(V, rng), out, SigmoidWithLoss()), contexts, target)


def _embedding_dot(V, rng):
    contexts, target, _ = _batch(V, rng)
    out = EmbeddingDot(_weights(V, rng))
    return _trains(_Dot(_weights(V, rng), out, SigmoidWithLoss()), contexts, target)


def _drawn(V, rng):
    _, target, corpus = _batch(V, rng)
    step = _embedding_dot(V, rng)
    sampler = UnigramSampler(corpus, 0.75, NEGATIVE, rng=rng)

    def step_and_draw():
        step()
        sampler.get_negative_sample(target)

    return step_and_draw


def _negative_sampling(V, rng):
    contexts, target, corpus = _batch(V, rng)
    return _trains(CBOW(V, HIDDEN, WINDOW, corpus, rng=rng), contexts, target)


# Numbers read and written in one step. A dense gradient is cleared or written, then read by the
# optimiser, which makes a scaled copy of it (written, read) and reads and writes the parameter: 6.
H, N, C, K = HIDDEN, BATCH, CONTEXT, NEGATIVE
_ROWS = 4 * N * C * H  # context rows read and copied; their gradients read and written


def _count_softmax_out(V):
    product = N * V + V * H * 2 + 2 * N * V  # scores; W_out forward and backward; dscores twice
    return product + 5 * N * V + 6 * V * H  # shift, exp, sum, divide, pick; W_out's gradient


def _count_one_hot(V):
    one_hots = 4 * N * C * V  # written; read forward and backward; their own gradient
    return one_hots + 8 * V * H + _count_softmax_out(V)


def _count_embedding(V):
    return _ROWS + 6 * V * H + _count_softmax_out(V)


def _count_sigmoid(V):
    return _ROWS + 6 * V * H + 4 * N * V + 8 * V * H  # scores, zeros, read twice


def _count_embedding_dot(V):
    return _ROWS + 6 * V * H + 4 * N * H + 6 * V * H


def _count_drawn(V):
    return _count_embedding_dot(V) + N * 2 * 6 * V  # float64: copied, scaled, summed, cumulated


def _count_negative_sampling(V):
    drawn = N * 2 * 6 * V
    shared = K * 3 * V * H + K * V * H  # K more gradients: cleared, then added into the first
    return _ROWS + 6 * V * H + (K + 1) * 4 * N * H + 6 * V * H + shared + drawn


STAGES = {
    "one-hot and softmax": (_one_hot, _count_one_hot),
    "+ Embedding": (_embedding, _count_embedding),
    "+ sigmoid of one score": (_sigmoid, _count_sigmoid),
    "+ EmbeddingDot": (_embedding_dot, _count_embedding_dot),
    "+ negatives drawn": (_drawn, _count_drawn),
    "+ negative sampling": (_negative_sampling, _count_negative_sampling),
}
