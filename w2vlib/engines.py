"""`train`: word vectors from a corpus, by the engine of your choice."""

import contextlib
import warnings

import numpy as np

from w2vlib import check, cluster, cuda_engine, fused, hogwild, matrices
from w2vlib.check import short
from w2vlib.checkpoint import Checkpoint, name_training
from w2vlib.cluster_text import ClusterText
from w2vlib.corpus import Corpus
from w2vlib.draws import kept_share, negative_weights
from w2vlib.run import Run
from w2vlib.vocabulary import Vocabulary

__all__ = ["ENGINES", "train"]

# Whoever adds an engine writes its room, and names it here.
ENGINES = {
    engine.name: engine
    for engine in (
        fused.ENGINE,
        hogwild.ENGINE,
        cuda_engine.ENGINE,
        cluster.ENGINE,
    )
}

MODELS = ("cbow", "skipgram")
# A long text says in a few passes what a short one says in many.
WORDS, LEAST, MOST = 13_000_000, 3, 20


def train(
    corpus,
    *,
    model="cbow",
    vector_size=100,
    window=5,
    negative=5,
    power=0.75,
    epochs=None,
    subsample=None,
    learning_rate=None,
    decay=None,
    engine="numpy",
    threads=1,
    seed=1,
    progress=True,
    callback=None,
    checkpoint=None,
    start=None,
    client=None,
):
    """Train word vectors with negative sampling on `corpus` -> `WordVectors`.

    Ctrl-C (in a notebook: interrupt the kernel) ends the training and returns what was learnt.
    An error does not: there it is in the attribute `vectors` of the error.

    corpus: a `Corpus`, from `load_corpus`. For engine="dask" also the path or URL of a text or of a
        folder of texts, or a list of them, which the workers read, or what `load_on_cluster` makes.
    model: "cbow", which guesses a word from those around it, or "skipgram", which guesses these
        from the word.
    vector_size: H, numbers in a vector, float32.
    window: words on each side.
    negative: K, negatives for each word.
    power: negatives are drawn in proportion to count**power.
    epochs: passes over the corpus; by default what suits its length, `usual_epochs`.
    subsample: words that make up a larger share of the text than this are thinned out (0: none).
        This and the next two are by default what suits the engine and the model.
    learning_rate: at the start; it falls linearly to 0. By default it is lower for a text of few
        words, `usual_rate`.
    decay: weight decay. Each time that a row of a matrix learns, it first loses the share
        learning_rate * decay of itself (0: none).
    engine: one of ENGINES, by name.
    threads: how many it runs on, if it takes more than one.
    seed: the same seed gives the same vectors on the same machine; with more threads, nearly.
    progress: show a bar.
    callback: a function that is called with a `Progress` at the end of each epoch. When it returns
        True, or anything true, the training ends.
    checkpoint: the name of a file that is written at the end of each epoch, and in long ones from
        minute to minute. If it is there, the same call goes on from it, and ends with what it would
        have given in one go, to the last bit (on one thread). `threads` may change, nothing else
        may. At the end it stays: then the same call returns the result at once. Of programs that
        train the same at the same time, what is furthest is kept; one that finds the file of
        another training ends in a ValueError, with what it has learnt in `vectors`.
    start: `WordVectors` to go on from. Words that it knows start from its vectors, and from its
        `outputs` if it has them, others as usual; words that the corpus lacks follow in the result
        as they are.
    client: for engine="dask" a `distributed.Client`, or the address of a scheduler; by default a
        cluster on this machine, with a process for each of its cores.
    Returns WordVectors of shape (V, H), in the order of the corpus's vocabulary, with two
        attributes: `outputs`, the output vectors as WordVectors, and `loss`, the mean loss of a
        word in the last epoch, estimated from some of the steps as they came; None where a text of
        a few words has none of these. The loss of a word is -log sigmoid(h . y) - sum of
        log sigmoid(-h . n) over K negatives, where h is what the model makes of its window, y the
        word's output vector and n that of a negative; negatives that many words share are weighted
        to K, and one that is the word itself is left out.
    Raises TypeError or ValueError for bad arguments and ImportError where the engine lacks a
        package or a card, both before it trains; MemoryError; OSError where the checkpoint cannot
        be written; and `DivergenceError`, a FloatingPointError, as soon as vectors grow out of all
        bounds: the last sound ones are in its attribute `vectors`.
    Source: DLFS2 4.3; Mikolov et al. (2013).

    >>> ids = np.tile([0, 1, 2, 3, 0, 1, 4, 3], 100)
    >>> corpus = Corpus(ids, "you say goodbye . hello".split(), np.bincount(ids), "toy")
    >>> vectors = train(corpus, vector_size=5, window=1, epochs=1, subsample=0, progress=False)
    >>> vectors, vectors.most_similar("goodbye", topn=1)[0][0] in vectors
    (WordVectors(5 words, 5 dimensions), True)
    """
    options = {
        "model": model, "vector_size": vector_size, "window": window, "negative": negative,
        "power": power, "epochs": epochs, "subsample": subsample, "learning_rate": learning_rate,
        "decay": decay, "engine": engine, "threads": threads, "seed": seed,
    }  # fmt: skip
    engine, settled = settle(**options)
    is_here = isinstance(corpus, Corpus | ClusterText)  # or else it is for workers to read
    if is_here or not engine.load:
        check_type(corpus, engine)
        engine, settled = settle(**options, corpus=corpus)
    vector_size = int(vector_size)
    check.flag(progress, "progress")
    if callback is not None:
        check.called_with(callback, "of one argument", "callback")
    if start is not None:
        matrices.check_former(start, vector_size)
    with connection(engine, client) as connected:
        if not is_here:
            corpus = engine.load(corpus, connected)
            engine, settled = settle(**options, corpus=corpus)
        if engine.connect:
            settled["client"] = connected
        if checkpoint is not None:
            checkpoint = Checkpoint(
                checkpoint, name_training(engine, corpus, vector_size, settled, start)
            )
        if engine.prepare:
            engine.prepare(progress, model)
        both = matrices.start(engine, corpus.vocabulary, vector_size, settled["seed"], start)
        run = Run(engine, corpus, settled, both, start, show=progress)
        if checkpoint is not None:
            run.go_on(checkpoint)
        with one_blas_thread():
            return run(callback)


def settle(
    *, vector_size, window, negative, power, epochs, subsample, learning_rate, decay, engine,
    threads, seed, model="cbow", corpus=None,
):  # fmt: skip
    """The arguments of `train` but for the corpus, checked -> an Engine, and options for its `fit`.

    corpus: as soon as it is there; then it is checked, too, and what suits it is taken.
    Raises what `train` raises for arguments that cannot work.
    """
    check.choice(engine, ENGINES, "engine")
    engine = ENGINES[engine]
    check_model(engine, model)
    given = {"subsample": subsample, "learning_rate": learning_rate, "decay": decay}
    options = {name: engine.defaults[model][name] if x is None else x for name, x in given.items()}
    options["epochs"] = usual_epochs(len(corpus or ())) if epochs is None else epochs
    options |= {"window": window, "negative": negative, "power": power}
    # As numbers of Python's: products of NumPy's small types overflow.
    options = {name: x.item() if isinstance(x, np.generic) else x for name, x in options.items()}
    vector_size, threads, seed = (
        int(x) if isinstance(x, np.integer) else x for x in (vector_size, threads, seed)
    )
    check.whole(vector_size, "vector_size", at_most=10**30)
    check.whole(options["window"], "window")
    check.whole(options["negative"], "negative")
    check.whole(options["epochs"], "epochs", at_most=10**9)
    check.number(options["power"], "power", at_least=0)
    check.number(options["subsample"], "subsample", at_least=0)
    check.number(options["learning_rate"], "learning_rate", above=0)
    if np.float32(min(options["learning_rate"], 1)) == 0:
        raise ValueError(
            f"learning_rate is {options['learning_rate']}: in float32 that is 0, take a larger one"
        )
    check.number(options["decay"], "decay", at_least=0, below=1e38)  # in float32 it is a number
    check.whole(threads, "threads", at_most=1000)
    check.whole(seed, "seed", at_least=0)
    check_engine(engine, threads, options)
    if options["decay"] * options["learning_rate"] >= 1:
        raise ValueError(
            f"decay is {options['decay']}: times the learning_rate, {options['learning_rate']}, it "
            "should be less than 1, or nothing is left of the vectors; 0.05 is usual"
        )
    if corpus is not None:
        check_corpus(corpus, options["power"], options["subsample"], options["epochs"])
        if learning_rate is None:
            options["learning_rate"] = usual_rate(engine, corpus, options)
    if engine.threads:
        options["threads"] = int(threads)
    return engine, options | {"model": model, "seed": int(seed)}


def usual_epochs(tokens):
    """Passes over a corpus of so many words: WORDS in all, but neither too few nor too many."""
    return int(np.clip(round(WORDS / max(tokens, 1)), LEAST, MOST))


def usual_rate(engine, corpus, options):
    """The engine's rate, or less where words come so often that a step takes them too far.

    again is how often a word of the text comes, for another one, as itself or as a negative. The
    rate is `calm` over its root at most.
    """
    kept = corpus.counts * kept_share(corpus.counts, options["subsample"])
    drawn = negative_weights(corpus.counts, options["power"])
    kept, drawn = kept / kept.sum(), drawn / drawn.sum()
    again = kept @ (kept + options["negative"] * drawn)
    return min(options["learning_rate"], float(engine.calm / np.sqrt(again)))


def check_model(engine, model):
    """Raise ValueError for a model that there is not, or that the engine does not train."""
    check.choice(model, MODELS, "model")
    if model not in engine.models:
        raise ValueError(
            f'model is "{model}": engine="{engine.name}" trains {" and ".join(engine.models)}'
            + instead(lambda other: model in other.models)
        )


def check_engine(engine, threads, options):
    """Raise ImportError where something is missing, ValueError for what it cannot honour."""
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
    if threads > 1 and not engine.threads:
        raise ValueError(
            f'threads is {threads}: engine="{engine.name}" runs on one'
            + instead(lambda other: other.threads)
        )


def connection(engine, client):
    """A context with the client that an engine trains with, or None where it trains here."""
    if engine.connect:
        return engine.connect(client)
    if client is not None:
        raise ValueError(
            f'client is {short(client)}: engine="{engine.name}" trains in this process'
            + instead(lambda other: other.connect)
        )
    return contextlib.nullcontext()


def instead(able):
    """What to say of the engines that are `able` to do what one cannot."""
    names = " or ".join(f'engine="{other.name}"' for other in ENGINES.values() if able(other))
    return f"; try {names}" if names else ""


def check_type(corpus, engine):
    """Raise TypeError for what is no Corpus, or ClusterText for an engine that takes one."""
    if not isinstance(corpus, (Corpus, ClusterText) if engine.load else Corpus):
        raise TypeError(f"corpus is {short(corpus)}: it should be a Corpus, see w2vlib.load_corpus")
    if not isinstance(corpus.vocabulary, Vocabulary):
        raise TypeError(
            f"corpus.vocabulary is {type(corpus.vocabulary).__name__}: it should be a Vocabulary, "
            "w2vlib.Vocabulary(words) with the words in the order of their ids"
        )


def check_corpus(corpus, power, subsample, epochs):
    """Raise ValueError for a corpus that these cannot be trained on, and warn of a short one."""
    different = np.count_nonzero(corpus.counts)
    if different < 2 or len(corpus) < 2:
        raise ValueError(
            f"corpus has {len(corpus)} words, {different} of them different: it takes at least 2 "
            "to predict one from the other"
        )
    negative_weights(corpus.counts, power)  # which refuses a power that is too large
    left = corpus.counts @ kept_share(corpus.counts, subsample)
    if left * epochs < 1:
        raise ValueError(
            f"subsample is {subsample}: of the corpus's {len(corpus)} words it leaves none to "
            "learn from; take a larger one, or 0, which keeps all"
        )
    if left < min(1000, len(corpus)):
        warnings.warn(
            f"subsample={subsample} leaves about {left:.0f} of the corpus's {len(corpus)} "
            "words in each epoch: for a text as short as this, take subsample=0, which keeps all",
            stacklevel=4,
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
