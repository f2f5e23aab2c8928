"""The compiled engine: chapter 11's step, on every line of the text, on as many threads as wanted.

Threads share both matrices without locks (Hogwild, Recht et al. 2011).
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from w2vlib.corpus import Corpus
from w2vlib.draws import AliasTable, kept_share, negative_weights
from w2vlib.engine import Engine
from w2vlib.pieces import pieces
from w2vlib.progress import Stderr
from w2vlib.reading import EOS
from w2vlib.vocabulary import Vocabulary

GROUP = 20  # words in a group, or a few more; fewer, where ...
REPEATS = 2  # ... one word alone would come more often than this in a group, on average
SHARING = 16 / 5  # M/K, negatives that the words of a group share, for each negative of a word
START = 8  # times word2vec.c's first vectors, which take epochs to leave 0
LANES = 8  # numbers that the processor takes at a time
CALM = 0.045  # of Engine; found by trial on texts of 7 to 300 words, with windows of 1 to 39
CHUNK = 50_000  # words of the text from one report to the next


def fit(
    vectors, outputs, corpus, *,
    window, negative, power, epochs, subsample, learning_rate, decay, seed, report,
    model="cbow", first=0, threads=1,
):  # fmt: skip
    """Train both matrices in place, by the arguments of `w2vlib.train`; see Engine.

    With more threads than one, no two runs are quite the same.
    """
    total = epochs * len(corpus)
    options = {"window": window, "negative": negative, "power": power, "subsample": subsample}
    with Learner(corpus.counts, model=model, decay=decay, threads=threads, **options) as learner:
        for piece in pieces(corpus, epochs, seed, first):

            def rate(done, before=piece.done):
                return learning_rate * (1 - (before + done) / total)

            for tokens, loss in learner.learn(vectors, outputs, piece, rate):
                report(tokens, loss)
            yield


class Learner:
    """The compiled step, for one piece of a text after the other; a context, for its threads.

    counts: (V,), of the whole text. The rest is as for `w2vlib.train`.
    """

    def __init__(self, counts, *, model, window, negative, power, subsample, decay, threads=1):
        from w2vlib import compiled  # here: Numba takes its time to load

        self.compiled, self.train_lines = compiled, kernels(model).train_lines
        self.counts, self.keep = counts, kept_share(counts, subsample)
        self.band = np.append(0, 1 / np.arange(1, window + 1)).astype(np.float32)
        guesses = 2 * self.band.sum() if model == "skipgram" else 1
        self.group = words_per_group(counts * self.keep, guesses)
        self.weights = negative_weights(counts, power)
        table = AliasTable(self.weights)
        shared = 4 * int(np.ceil(SHARING * negative / 4))
        self.sampling = compiled.Sampling(
            table.share.astype(np.float32), table.alias, shared, np.float32(negative)
        )
        self.longest = max(2 * self.group, 2 * min(window, GROUP))
        self.decay, self.threads = np.float32(decay), threads
        self.pool, self.parts, self.lines = ThreadPoolExecutor(threads), None, None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.pool.shutdown()

    def learn(self, vectors, outputs, piece, rate):
        """Train both matrices on a Piece, in steps -> of each, its words and its mean loss.

        rate: rate(done) -> the learning rate after so many words of the piece.
        """
        if piece.parts != self.parts:  # a short text is one piece, again and again
            self.parts, self.lines = piece.parts, cut_lines(piece, self.longest)
        text, lines = self.compiled.Text(piece.ids, self.lines, self.keep), self.lines
        done = 0

        def work(order, state):
            return self.train(vectors, outputs, text, order, rate(done), state)

        states = piece.rng.integers(1, 2**63, size=(self.threads, 1), dtype=np.uint64)
        chunks = -(-len(piece) // CHUNK)
        for order in np.array_split(piece.rng.permutation(len(lines) - 1), chunks):
            found = list(self.pool.map(work, np.array_split(order, self.threads), states))
            tokens = int(np.sum(lines[order + 1] - lines[order]))
            done += tokens
            loss, words = np.sum(found, axis=0)
            yield tokens, float(loss / words) if words else None

    def train(self, vectors, outputs, text, order, rate, state):
        """Train on lines of a `compiled.Text` at one rate, on one thread; see `train_lines`."""
        return self.train_lines(
            vectors, outputs, text, order, self.group, self.band, self.sampling,
            np.float32(rate), self.decay, state,
        )  # fmt: skip

    def often(self):
        """How often a word of the text changes a row of the vectors, and of the outputs, (V,) each.

        These come with the word as it is kept, and as one of the negatives of a group.
        """
        kept = self.counts * self.keep / self.counts.sum()
        drawn = self.weights / self.weights.sum() * kept.sum() * self.sampling.shared / GROUP
        return kept, kept + drawn


def kernels(model):
    """The room with the `train_lines` of a model."""
    from w2vlib import compiled, compiled_skipgram

    return {"cbow": compiled, "skipgram": compiled_skipgram}[model]


def words_per_group(counts, guesses=1):
    """GROUP, or as few as keep the expected repeats of the most frequent word below REPEATS.

    guesses: how many a word makes, by weight: each of them is a repeat.
    """
    return int(np.clip(REPEATS / guesses * counts.sum() / counts.max(), 1, GROUP))


def cut_lines(text, longest):
    """Where each line of the text starts, longer ones cut, and last where it ends: (n + 1,).

    text: a Corpus or a Piece.
    """
    starts = np.zeros(1, np.int64)
    if EOS in text.vocabulary:
        ends = np.flatnonzero(text.ids[:-1] == text.vocabulary[EOS])
        starts = np.append(starts, ends + 1)
    parts = -(-np.diff(starts, append=len(text)) // longest)
    parts = parts.astype(np.intp)  # which repeat wants, where that is 32 bits
    before = np.repeat(np.cumsum(parts) - parts, parts)  # parts of the lines before
    place = longest * (np.arange(len(before)) - before)  # in its line
    return np.append(np.repeat(starts, parts) + place, len(text))


def prepare(progress=True, model="cbow"):
    """Compile, or load what an earlier run has compiled, by training on a text of two words."""
    if progress and not kernels(model).is_ready():
        print("Preparing the compiled engine: the first time takes some seconds", file=Stderr())
    two_words = Corpus(np.array([0, 1]), Vocabulary(["a", "b"]), np.array([1, 1]), "two")
    matrices = ENGINE.start(2, 1, np.random.default_rng(0))
    training = fit(
        *matrices, two_words, model=model, window=1, negative=1, power=1, epochs=1, subsample=0,
        learning_rate=1.0, decay=0.0, seed=0, report=lambda tokens, loss=None: None,
    )  # fmt: skip
    list(training)


def touches(negative, vector_size):
    """Numbers moved for a word: its row of each matrix, and its part of the group's negatives.

    All but the rows stays in the cache: a row is read, and later read again and written.
    """
    return 3 * (2 + SHARING * negative / GROUP) * vector_size


# The defaults take it to the quality of gensim in 15 epochs (tools/bench.py measures it).
ENGINE = Engine(
    name="compiled",
    says="is several times faster and needs Numba",
    stage="compiled",
    fit=fit,
    defaults={
        "cbow": {"subsample": 1e-3, "learning_rate": 0.2, "decay": 0.05},
        "skipgram": {"subsample": 1e-3, "learning_rate": 0.1, "decay": 0.05},
    },
    touches=touches,
    limits={"window": 2 * GROUP - 1, "negative": 1000, "learning_rate": 1},
    needs=("numba",),
    extra="speed",
    threads=True,
    lanes=LANES,
    scale=START,
    calm=CALM,
    prepare=prepare,
)
