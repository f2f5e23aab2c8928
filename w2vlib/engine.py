"""What an engine is: how it trains, and what it says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np

from w2vlib import check
from w2vlib.pieces import count_pieces

__all__ = ["Engine"]


@dataclass(frozen=True)
class Engine:
    """A way to train word vectors. Each engine's room ends in one, `ENGINE`.

    name: for `train(engine=name)`.
    says: in a few words, what it is.
    stage: its name in the ledger.
    fit: fit(vectors, outputs, corpus, *, model, window, negative, power, epochs, subsample,
        learning_rate, decay, seed, first, report) is a generator. It trains vectors (V, H) and
        outputs (V, H or more), float32 as `start` makes them, in place, on the `pieces` of the
        corpus by epochs, seed and first, the number of those done before. It calls report(tokens,
        loss) after each step, with the words of the text that the step stands for and the mean
        loss of a word, or None where this step is not asked: a few give an estimate. It yields
        after each piece: None, or what to call to have the two matrices up to date, if they are
        not. They are when the generator ends, however it does, so that an interruption loses
        nothing.
    defaults: for each model that it trains, "cbow" or "skipgram", the subsample,
        learning_rate and decay that suit it.
    touches: touches(negative, vector_size) -> how many numbers of both matrices it moves for a
        word.
    limits: argument -> the largest value that it can honour.
    needs: packages, by the name they are imported by.
    extra: the extra of w2vlib that brings them.
    lacks: lacks() -> what else it needs and this machine lacks, in words, or None.
    threads: whether `fit` takes `threads`.
    lanes: rows of `outputs` are filled up with zeros to a multiple of this.
    scale: how much larger the first vectors are than those of word2vec.c.
    calm: how large its rate may be by default where words come again and again; see `usual_rate` of
        `w2vlib.engines`.
    prepare: prepare(progress, model) does what has to be done once before any training, such as
        compiling; where that takes long, and progress is True, it says so on stderr. None: nothing
        to do.
    connect: where it trains elsewhere: connect(client) is a context with the `client` that `fit`
        and `load` take.
    load: load(text, client) -> what it trains on, for a text that is no Corpus.
    count_pieces: count_pieces(corpus) -> how many pieces `fit` makes of it in an epoch.
    Raises nothing itself; `train` checks models, limits, needs and threads.
    Source: w2vlib; chapters 10 and 11 build one each.

    >>> still = Engine(
    ...     name="still", says="learns nothing", stage="nothing at all", touches=lambda K, H: 0,
    ...     fit=lambda vectors, outputs, corpus, **options: iter(()),
    ...     defaults={"cbow": {"subsample": 0, "learning_rate": 0.1, "decay": 0}},
    ...     needs=("numpy",),
    ... )
    >>> vectors, outputs = still.start(7, 5, np.random.default_rng(0))
    >>> vectors.shape, outputs.dtype.name, still.missing()
    ((7, 5), 'float32', [])
    """

    name: str
    says: str
    stage: str
    fit: Callable
    defaults: Mapping
    touches: Callable
    limits: Mapping = field(default_factory=dict)
    needs: tuple = ()
    extra: str = ""
    lacks: Callable | None = None
    threads: bool = False
    lanes: int = 1
    scale: float = 1
    calm: float = np.inf
    prepare: Callable | None = None
    connect: Callable | None = None
    load: Callable | None = None
    count_pieces: Callable = count_pieces

    @property
    def models(self):
        """What it trains, by name."""
        return tuple(self.defaults)

    def start(self, vocab_size, vector_size, rng):
        """The matrices before training, float32: vectors (V, H), small; outputs (V, H or more)."""
        check.whole(vocab_size, "vocab_size")
        check.whole(vector_size, "vector_size")
        check.matrices(vocab_size, vector_size, name="vector_size")
        check.kind(rng, np.random.Generator, "rng")
        vectors = rng.random((vocab_size, vector_size), dtype=np.float32) - np.float32(0.5)
        vectors *= np.float32(self.scale / vector_size)
        columns = vector_size + -vector_size % self.lanes
        return vectors, np.zeros((vocab_size, columns), np.float32)

    def missing(self):
        """What it needs and is not here: packages, or what it `lacks`."""
        packages = [package for package in self.needs if find_spec(package) is None]
        if packages or self.lacks is None:
            return packages
        lacking = self.lacks()
        return [] if lacking is None else [lacking]
