"""The last stages of the speed ledger: the engines, and gensim beside them.

They train for a while in one go, on a text drawn by Zipf's law. Their speed is that of the fastest
epoch, in words that are trained on: those that subsampling leaves out do not count.
"""

from importlib.util import find_spec
from time import perf_counter

import numpy as np

from w2vlib.corpus import Corpus
from w2vlib.draws import kept_share
from w2vlib.engines import ENGINES
from w2vlib.machine import sized
from w2vlib.stages import BATCH, HIDDEN, NEGATIVE, POWER, WINDOW
from w2vlib.vocabulary import Vocabulary

SUBSAMPLE = 3e-4
TOKENS, EPOCHS = sized(200_000, 20_000), sized(4, 2)  # the first epoch warms up


def zipf_text(vocab_size, rng):
    """A stretch of a long text without lines, and how many of its words subsampling keeps.

    `counts` are those of the long text: the stretch need not hold every word.
    """
    p = 1 / np.arange(1, vocab_size + 1)
    p /= p.sum()
    ids = rng.choice(vocab_size, size=TOKENS, p=p).astype(np.int32)
    counts = 1 + (100 * vocab_size * p).astype(np.int64)
    corpus = Corpus(ids, Vocabulary(map(str, range(vocab_size))), counts, "Zipf")
    return corpus, kept_share(counts, SUBSAMPLE)[ids].sum()


class EngineStage:
    """`train` with an engine. As a Stage; `budget` is of no account."""

    def __init__(self, engine):
        self.engine, self.name, self.missing = engine, engine.stage, engine.missing

    def speed(self, vocab_size, rng, budget):
        corpus, kept = zipf_text(vocab_size, rng)
        done, ends = 0, []

        def report(tokens, loss=None):
            nonlocal done
            done += tokens
            if done >= (len(ends) + 1) * len(corpus):
                ends.append(perf_counter())

        training = self.engine.fit(
            *self.engine.start(vocab_size, HIDDEN, rng),
            corpus,
            model="cbow",
            window=WINDOW,
            negative=NEGATIVE,
            power=POWER,
            epochs=EPOCHS,
            subsample=SUBSAMPLE,
            learning_rate=self.engine.defaults["cbow"]["learning_rate"],
            decay=self.engine.defaults["cbow"]["decay"],
            seed=0,
            first=0,
            report=report,
        )
        list(training)
        return kept / np.diff(ends).min()

    def numbers(self, vocab_size):
        return round(BATCH * self.engine.touches(NEGATIVE, HIDDEN))


class Gensim:
    """gensim's CBOW at the same settings, one worker. Not a stage of ours: for comparison."""

    name = "gensim"

    def speed(self, vocab_size, rng, budget):
        from gensim.models import Word2Vec
        from gensim.models.callbacks import CallbackAny2Vec

        corpus, kept = zipf_text(vocab_size, rng)
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
        counts = corpus.counts.tolist()
        model.build_vocab_from_freq(dict(zip(corpus.vocabulary, counts, strict=True)))
        model.train(lines, total_examples=len(lines), epochs=EPOCHS, callbacks=[callback])
        return kept / np.diff(ends).min()

    def missing(self):
        return [] if find_spec("gensim") else ["gensim"]

    def numbers(self, vocab_size):
        contexts = WINDOW + 1  # it draws the window's size: w + 1 words on average
        return 3 * BATCH * (contexts + NEGATIVE + 1) * HIDDEN


HERE = [engine for engine in ENGINES.values() if not engine.connect]  # on this core
TRAINED = [*map(EngineStage, HERE), Gensim()]
