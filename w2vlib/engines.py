"""`train`: word vectors from a corpus, by the engine of your choice."""

import contextlib
import warnings

import numpy as np

from w2vlib import check, fused, hogwild
from w2vlib.corpus import Corpus
from w2vlib.draws import kept_share, negative_weights
from w2vlib.evaluation import WordVectors
from w2vlib.progress import Progress

# Whoever adds an engine writes its room, and names it here.
ENGINES = {engine.name: engine for engine in (fused.ENGINE, hogwild.ENGINE)}


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
    to 0. These three are by default what suits the engine, see its `defaults`. engine: one of ENGINES,
    by name. threads: how many it runs on, if it takes more than one. seed: the same seed gives the
    same vectors on the same machine; with more threads than one, nearly. progress: show a bar.

    Ctrl-C (in a notebook: interrupt the kernel) ends the training and returns what was learnt.
    Raises TypeError or ValueError for bad arguments, ImportError where the engine lacks a package,
    FloatingPointError if the training diverges.
    Source: DLFS2 4.3; Mikolov et al. (2013).
    """
    if not isinstance(engine, str) or engine not in ENGINES:
        names = " or ".join(map(repr, ENGINES))
        raise ValueError(f"engine is {engine!r}: it should be {names}")
    engine = ENGINES[engine]
    given = {"epochs": epochs, "subsample": subsample, "learning_rate": learning_rate}
    options = {name: engine.defaults[name] if x is None else x for name, x in given.items()}
    options |= {"window": window, "negative": negative, "power": power}
    check_arguments(corpus, vector_size, **options)
    check.whole(seed, "seed", at_least=0)
    check_engine(engine, threads, options)
    if engine.threads:
        options["threads"] = threads
    if engine.prepare:
        engine.prepare(progress)

    rng = np.random.default_rng(seed)
    vectors, outputs = engine.start(len(corpus.vocabulary), vector_size, rng)
    tokens = options["epochs"] * len(corpus.ids)
    with one_blas_thread(), Progress(tokens, show=progress) as report:
        engine.fit(vectors, outputs, corpus, rng=rng, report=report, **options)
    if not np.isfinite(vectors).all():
        rate = options["learning_rate"]
        raise FloatingPointError(
            f"the training diverged: learning_rate is {rate}, try {rate / 4:g}"
        )
    return WordVectors(vectors, corpus.vocabulary)


def check_engine(engine, threads, options):
    """Raise ImportError where a package is missing, ValueError for what the engine cannot honour."""
    if missing := engine.missing():
        raise ImportError(
            f'engine="{engine.name}" needs {" and ".join(missing)}: '
            f'python -m pip install "w2vlib[{engine.extra}]"'
            + instead(lambda other: not other.missing())
        )
    for name, largest in engine.limits.items():
        if options[name] > largest:
            raise ValueError(
                f'{name} is {options[name]}: engine="{engine.name}" takes at most {largest}'
                + instead(lambda other, name=name: other.limits.get(name, np.inf) >= options[name])
            )
    check.whole(threads, "threads")
    if threads > 1 and not engine.threads:
        raise ValueError(
            f'threads is {threads}: engine="{engine.name}" runs on one'
            + instead(lambda other: other.threads)
        )


def instead(able):
    """What to say of the engines that are `able` to do what one cannot."""
    names = " or ".join(f'engine="{other.name}"' for other in ENGINES.values() if able(other))
    return f"; try {names}" if names else ""


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
    negative_weights(corpus.counts, power)  # which refuses a power that is too large
    left = int(corpus.counts @ kept_share(corpus.counts, subsample))
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
