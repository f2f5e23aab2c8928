"""A text in pieces: a training takes one after the other, and needs no more memory than for one.

A long text is cut into parts, each of whole lines. In each epoch these come in a new random order,
and as many as fit together make up a piece: a text may be sorted, and its neighbouring parts alike.
Within a piece an engine shuffles what it trains on. All random numbers are seeded by the epoch and
the piece: with the two matrices and the number of pieces done, a training goes on where it stopped.
"""

from dataclasses import dataclass

import numpy as np

from w2vlib import check, corpus_file
from w2vlib.reading import EOS
from w2vlib.vocabulary import Vocabulary

PIECE = 1 << 21  # words; a text of no more is one piece
PARTS = 32  # in a piece
LONGEST = 1 << 12  # words to the end of a line, or else it is cut; engines cut much shorter ones


@dataclass(frozen=True)
class Piece:
    """Some parts of a Corpus: their `ids`, in memory, and the `vocabulary`.

    parts: the numbers of the parts; one piece has the same in each epoch.
    rng: a Generator for all that is drawn while it is trained on.
    done: words of the text that were trained on before, in all epochs.
    Raises IndexError for an id that is not in the vocabulary: compiled code would not notice, and a
        file that ids are mapped from may hold anything.
    """

    parts: tuple
    ids: np.ndarray
    vocabulary: Vocabulary
    rng: np.random.Generator
    done: int

    def __post_init__(self):
        check.ids(self.ids, "corpus.ids", size=len(self.vocabulary))

    def __len__(self):
        return len(self.ids)


def pieces(corpus, epochs, seed, first=0):
    """Each Piece of each epoch, in the order of training, but for the `first` ones."""
    edges, number = cut_parts(corpus), count_pieces(corpus)
    for epoch in range(first // number, epochs):
        order = np.random.default_rng((seed, 1 + epoch)).permutation(len(edges) - 1)
        done = epoch * len(corpus)
        for turn, parts in enumerate(np.array_split(order, number)):
            if epoch * number + turn >= first:
                cuts = [corpus_file.part(corpus.ids, *edges[i : i + 2].tolist()) for i in parts]
                rng = np.random.default_rng((seed, 1 + epoch, 1 + turn))
                ids = np.concatenate(cuts) if len(cuts) > 1 else cuts[0]
                yield Piece(tuple(parts.tolist()), ids, corpus.vocabulary, rng, done)
            done += int(np.sum(edges[parts + 1] - edges[parts]))


def count_pieces(corpus):
    """How many there are in an epoch."""
    return -(-count_parts(corpus) // PARTS)


def count_parts(corpus):
    return 1 if len(corpus) <= PIECE else -(-len(corpus) // (PIECE // PARTS))


def cut_parts(corpus):
    """Where each part starts, and the last one ends: (n + 1,) int64, as equal as lines allow."""
    number = count_parts(corpus)
    edges = np.arange(number + 1, dtype=np.int64) * len(corpus) // number
    if EOS in corpus.vocabulary:
        reach = min(LONGEST, len(corpus) // (2 * number))
        for i, edge in enumerate(edges[1:-1].tolist(), 1):
            near = corpus_file.part(corpus.ids, edge - 1, edge - 1 + reach)
            ends = np.flatnonzero(near == corpus.vocabulary[EOS])
            edges[i] += ends[0] if len(ends) else 0
    return edges
