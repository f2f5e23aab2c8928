"""The stages of the speed ledger: each does the same step in the way of its chapter.

A stage is a function build(V, rng) and a count. build returns a function that does one step on a
batch of 32 targets; an engine, which trains for a while in one go, returns the tokens a second of
its fastest epoch instead. The count is of the numbers, of 4 bytes, that a step moves.
"""

from importlib.util import find_spec
from time import perf_counter

import numpy as np

from w2vlib import draws
from w2vlib.binary import SigmoidWithLoss
from w2vlib.bottlenecks import MatMul, OneHotCBOW, SoftmaxWithLoss
from w2vlib.corpus import Corpus, Vocabulary
from w2vlib.embedding import Embedding
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.engines import ENGINES
from w2vlib.sampler import UnigramSampler
from w2vlib.sparse_gradients import SparseCBOW, SparseSGD
from w2vlib.training import CBOW, SGD, sum_shared

BATCH, HIDDEN, WINDOW, NEGATIVE = 32, 100, 5, 5
CONTEXT = 2 * WINDOW
POWER = 0.75
SUBSAMPLE = ENGINES["numpy"].defaults["subsample"]
TOKENS, EPOCHS = 200_000, 4  # an engine's text; the first epoch warms it up


def _batch(vocab_size, rng):
    """Ids of a batch and of a small corpus, frequent words first (Zipf's law)."""
    p = 1 / np.arange(1, vocab_size + 1)
    ids = rng.choice(vocab_size, size=BATCH * (CONTEXT + 1), p=p / p.sum())
    corpus = np.concatenate([np.arange(vocab_size), ids])
    return ids[BATCH:].reshape(BATCH, CONTEXT), ids[:BATCH], corpus


def _weights(vocab_size, rng):
    return 0.01 * rng.standard_normal((vocab_size, HIDDEN), dtype=np.float32)


def _trains(model, contexts, target, optimizer=None):
    """A step of `model`: forward, backward, and plain gradient descent."""
    optimizer = optimizer or SGD(lr=0.01)

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


class _AliasSampler:
    """UnigramSampler's draws, from an alias table: nothing of V numbers is handled in a step."""

    def __init__(self, sampler):
        self.table, self.rng = draws.AliasTable(sampler.word_p), sampler.rng
        self.sample_size = sampler.sample_size

    def get_negative_sample(self, target):
        return draws.draw_others(self.table, target, self.sample_size, self.rng)


def _row_sparse(V, rng, alias=False):
    contexts, target, corpus = _batch(V, rng)
    model = SparseCBOW(V, HIDDEN, WINDOW, corpus, rng=rng)
    if alias:
        model.loss_layer.sampler = _AliasSampler(model.loss_layer.sampler)
    return _trains(model, contexts, target, SparseSGD(lr=0.01))


def _alias(V, rng):
    return _row_sparse(V, rng, alias=True)


def _text(V, rng):
    """A stretch of a long text without lines, by Zipf's law, and how many words subsampling keeps.

    `counts` are those of the long text: the stretch need not hold every word.
    """
    p = 1 / np.arange(1, V + 1)
    p /= p.sum()
    ids = rng.choice(V, size=TOKENS, p=p).astype(np.int32)
    counts = 1 + (100 * V * p).astype(np.int64)
    corpus = Corpus(ids, Vocabulary(map(str, range(V))), counts, "Zipf")
    return corpus, draws.kept_share(counts, SUBSAMPLE)[ids].sum()


def _engine(name):
    """`train` with this engine, its speed in words that are trained on, not thinned away."""

    def speed(V, rng):
        corpus, kept = _text(V, rng)
        done, ends = 0, []

        def report(tokens):
            nonlocal done
            done += tokens
            if done >= (len(ends) + 1) * len(corpus):
                ends.append(perf_counter())

        engine = ENGINES[name]
        engine.fit(
            *engine.start(V, HIDDEN, rng),
            corpus,
            window=WINDOW,
            negative=NEGATIVE,
            power=POWER,
            epochs=EPOCHS,
            subsample=SUBSAMPLE,
            learning_rate=engine.defaults["learning_rate"],
            rng=rng,
            report=report,
        )
        return kept / np.diff(ends).min()

    return speed


def _gensim(V, rng):
    """gensim's CBOW at the same settings, one worker."""
    from gensim.models import Word2Vec
    from gensim.models.callbacks import CallbackAny2Vec

    corpus, kept = _text(V, rng)
    lines = [[str(i) for i in line] for line in corpus.ids.reshape(-1, 1000)]
    ends = []
    callback = CallbackAny2Vec()
    callback.on_epoch_end = lambda model: ends.append(perf_counter())
    model = Word2Vec(
        vector_size=HIDDEN,
        window=WINDOW,
        negative=NEGATIVE,
        ns_exponent=POWER,
        sample=SUBSAMPLE,
        min_count=1,
        workers=1,
    )
    model.build_vocab_from_freq(dict(zip(corpus.vocabulary, corpus.counts.tolist(), strict=True)))
    model.train(lines, total_examples=len(lines), epochs=EPOCHS, callbacks=[callback])
    return kept / np.diff(ends).min()


# Numbers read and written in one step. A dense gradient is cleared or written, then read by the
# optimiser, which makes a scaled copy of it (written, read) and reads and writes the parameter: 6.
H, N, C, K = HIDDEN, BATCH, CONTEXT, NEGATIVE
_ROWS = 4 * N * C * H  # context rows read and copied; their gradients read and written


def _count_softmax_out(V):
    product = N * V + V * H * 2 + 2 * N * V  # scores; W_out forward and backward; dscores twice
    return product + 5 * N * V + 6 * V * H  # maximum, shift, exp, sum, divide; W_out's gradient


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


# Rows take the place of whole matrices: 4 as in _ROWS, and the 6 of a gradient and its update.
def _count_row_sparse(V):
    return 10 * (N * C + N * (K + 1)) * H + N * 2 * 6 * V


def _count_alias(V):
    return 10 * (N * C + N * (K + 1)) * H + 4 * N * K  # a draw: share and alias, of 8 bytes each


def _count_fused(V):
    return round(ENGINES["numpy"].touches(K, H) * N)


def _count_compiled(V):
    return round(ENGINES["compiled"].touches(K, H) * N)


def _count_gensim(V):
    return 3 * (N * (WINDOW + 1) + N * (K + 1)) * H  # it draws the window's size: w + 1 on average


STAGES = {
    "one-hot and softmax": (_one_hot, _count_one_hot),
    "+ Embedding": (_embedding, _count_embedding),
    "+ sigmoid of one score": (_sigmoid, _count_sigmoid),
    "+ EmbeddingDot": (_embedding_dot, _count_embedding_dot),
    "+ negatives drawn": (_drawn, _count_drawn),
    "+ negative sampling": (_negative_sampling, _count_negative_sampling),
}

LATER = {
    "+ row-sparse gradients": (_row_sparse, _count_row_sparse),
    "+ alias draws": (_alias, _count_alias),
    "fused in NumPy": (_engine("numpy"), _count_fused),
    "compiled": (_engine("compiled"), _count_compiled),
    "gensim": (_gensim, _count_gensim),
}
NEEDS = {"compiled": "numba", "gensim": "gensim"}


def missing():
    """The later stages that cannot run here, each with the package that it needs."""
    return {
        stage: NEEDS[stage] for stage in LATER if stage in NEEDS and not find_spec(NEEDS[stage])
    }
