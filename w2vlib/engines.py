"""`train`: word vectors from a corpus, by the engine of your choice."""

import contextlib
import sys
import time
import warnings

import numpy as np

from w2vlib import check, fused
from w2vlib.corpus import Corpus
from w2vlib.evaluation import WordVectors


def _fit_compiled(vectors, corpus, **options):
    from w2vlib import compiled  # here: no need of Numba to import w2vlib

    compiled.fit(vectors, corpus, **options)


def warm_up(progress=True):
    """Compile the compiled engine, or load what an earlier run has compiled -> seconds it took.

    `train` does so before it starts. progress: say that it may take a while.
    """
    start = time.perf_counter()
    from w2vlib import compiled

    if progress and not compiled.is_ready():
        print("Preparing the compiled engine: the first time takes some seconds", file=sys.stderr)
    compiled.make_ready()
    return time.perf_counter() - start


# An engine is a function fit(vectors, corpus, *, window, negative, power, epochs, subsample,
# learning_rate, rng, report) that trains `vectors`, (V, H) float32, in place, and calls
# report(tokens) after each step. What it has learnt is in `vectors` at any time, so that
# an interruption loses nothing. The compiled engine also takes `threads`.
ENGINES = {"numpy": fused.fit, "compiled": _fit_compiled}

# What takes each engine to the quality of gensim in 15 epochs (tools/bench.py measures it).
DEFAULTS = {
    "numpy": {"epochs": 10, "subsample": 3e-4, "learning_rate": 0.05},
    "compiled": {"epochs": 9, "subsample": 1e-4, "learning_rate": 0.06},
}


def train(
    corpus,
    *,
    vector_size=100,
    window=5,
    negative=5,
    power=0.75,
    epochs=None,
    subsample=None,
    learning_rate=None,
    engine="numpy",
    threads=1,
    seed=1,
    progress=True,
):
    """Train CBOW word vectors with negative sampling on `corpus` -> WordVectors.

    corpus: a Corpus, from `load_corpus`. vector_size: H, numbers in a vector. window: words on each
    side. negative: K, negatives for each word. power: negatives are drawn in proportion to
    count**power. epochs: passes over the corpus. subsample: words that make up a larger share of
    the text than this are thinned out (0: none). learning_rate: at the start; it falls linearly
    to 0. These three are by default what suits the engine, see DEFAULTS. engine: "numpy", or
    "compiled", which takes Numba and is several times faster. threads: how many the compiled engine
    runs on. seed: the same seed gives the same vectors on the same machine; with more threads than
    one, nearly. progress: show a bar.

    Ctrl-C (in a notebook: interrupt the kernel) ends the training and returns what was learnt.
    Raises TypeError or ValueError for bad arguments, ImportError where the engine lacks Numba,
    FloatingPointError if the training diverges.
    Source: DLFS2 4.3; Mikolov et al. (2013).
    """
    if engine not in ENGINES:
        names = " or ".join(map(repr, ENGINES))
        raise ValueError(f"engine is {engine!r}: it should be {names}")
    given = {"epochs": epochs, "subsample": subsample, "learning_rate": learning_rate}
    options = {name: DEFAULTS[engine][name] if x is None else x for name, x in given.items()}
    options |= {"window": window, "negative": negative, "power": power}
    check_arguments(corpus, vector_size, **options)
    check.whole(threads, "threads")
    check.whole(seed, "seed", at_least=0)
    if engine == "compiled":
        options["threads"] = threads
        warm_up(progress)
    elif threads > 1:
        raise ValueError(f'threads is {threads}: only engine="compiled" runs on more than one')

    rng = np.random.default_rng(seed)
    shape = (len(corpus.vocabulary), vector_size)
    vectors = (rng.random(shape, dtype=np.float32) - np.float32(0.5)) / np.float32(vector_size)
    tokens = options["epochs"] * len(corpus.ids)
    with one_blas_thread(), Progress(tokens, show=progress) as report:
        ENGINES[engine](vectors, corpus, rng=rng, report=report, **options)
    if not np.isfinite(vectors).all():
        rate = options["learning_rate"]
        raise FloatingPointError(
            f"the training diverged: learning_rate is {rate}, try {rate / 4:g}"
        )
    return WordVectors(vectors, corpus.vocabulary)


def check_arguments(corpus, vector_size, window, negative, power, epochs, subsample, learning_rate):
    """Raise TypeError or ValueError for what cannot be trained."""
    if not isinstance(corpus, Corpus):
        raise TypeError(
            f"corpus is {type(corpus).__name__}: it should be a Corpus, see w2vlib.load_corpus"
        )
    if len(corpus.vocabulary) < 2 or len(corpus.ids) < 2:
        raise ValueError(
            f"corpus has {len(corpus.ids)} words, {len(corpus.vocabulary)} of them different: "
            "it takes at least 2 to predict one from the other"
        )
    check.whole(vector_size, "vector_size")
    check.whole(window, "window")
    check.whole(negative, "negative")
    check.whole(epochs, "epochs")
    check.number(power, "power", at_least=0)
    check.number(subsample, "subsample", at_least=0)
    check.number(learning_rate, "learning_rate", above=0)
    left = int(corpus.counts @ fused.kept_share(corpus.counts, subsample))
    if left < min(1000, len(corpus.ids)):
        warnings.warn(
            f"subsample={subsample} leaves about {left} of the corpus's {len(corpus.ids)} words in "
            "each epoch: for a text as short as this, take subsample=0, which keeps all",
            stacklevel=3,
        )


def one_blas_thread():
    """A context in which NumPy's matrix products keep to one thread, if threadpoolctl is there.

    The products of a step are so small that handing them out to threads costs more than it gains:
    on a busy machine, or in a container with fewer cores than it sees, ten times more.
    Without threadpoolctl set OPENBLAS_NUM_THREADS=1 before Python starts.
    """
    try:
        from threadpoolctl import threadpool_limits  # here: no need of it to import w2vlib
    except ImportError:
        return contextlib.nullcontext()
    return threadpool_limits(1, user_api="blas")


class Progress:
    """Counts tokens, shows a bar while it does, and turns an interruption into a message."""

    def __init__(self, total, show=True):
        self.total, self.done, self.shown, self.bar = total, 0, 0.0, None
        if show:
            from tqdm.auto import tqdm  # here: importing w2vlib costs no tqdm

            self.bar = tqdm(total=total, unit="tokens", unit_scale=True)

    def __call__(self, tokens):
        self.done += tokens
        if self.bar is not None and time.monotonic() - self.shown > 0.1:
            self.bar.update(self.done - self.bar.n)
            self.shown = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if self.bar is not None:
            self.bar.update(self.done - self.bar.n)
            self.bar.close()
        if kind is KeyboardInterrupt:
            print(
                f"Interrupted after {self.done:,} of {self.total:,} tokens "
                f"({self.done / self.total:.0%}): the vectors hold what was learnt so far.",
                file=sys.stderr,
            )
            return True
