"""A text in pieces: a training takes one after the other, and needs no more memory than for one.

A piece ends with a line. In each epoch the pieces come in a new random order; within a piece an
engine shuffles what it trains on. All random numbers are seeded by the epoch and the piece: with
them, the two matrices and the number of pieces done, a training can go on where it was cut short.
"""

from dataclasses import dataclass

import numpy as np

from w2vlib import corpus_file
from w2vlib.reading import EOS
from w2vlib.vocabulary import Vocabulary

PIECE = 1 << 22  # words, at most, or a line more; a text of fewer is one piece
LONGEST = 1 << 16  # words; a longer line may be cut, as the engines do with much shorter ones


@dataclass(frozen=True)
class Piece:
    """A part of a Corpus: its `ids`, in memory, and the `vocabulary`.

    number: the place among the pieces of its text, from 0.
    rng: a Generator for all that is drawn while it is trained on.
    done: words of the text that were trained on before, in all epochs.
    """

    number: int
    ids: np.ndarray
    vocabulary: Vocabulary
    rng: np.random.Generator
    done: int

    def __len__(self):
        return len(self.ids)


def pieces(corpus, epochs, seed, first=0):
    """Each Piece of each epoch, in the order of training, but for the `first` ones."""
    edges = cut_pieces(corpus)
    number, done = len(edges) - 1, 0
    for epoch in range(first // number, epochs):
        done = epoch * len(corpus)
        order = np.random.default_rng((seed, 1 + epoch)).permutation(number)
        for turn, i in enumerate(order.tolist()):
            start, stop = edges[i : i + 2].tolist()
            if epoch * number + turn >= first:
                ids = corpus_file.part(corpus.ids, start, stop)
                rng = np.random.default_rng((seed, 1 + epoch, 1 + i))
                yield Piece(i, ids, corpus.vocabulary, rng, done)
            done += stop - start


def cut_pieces(corpus):
    """Where each piece starts, and the last one ends: (n + 1,) int64, as equal as lines allow."""
    number = -(-len(corpus) // PIECE)
    edges = np.arange(number + 1, dtype=np.int64) * len(corpus) // number
    if EOS in corpus.vocabulary:
        for i, edge in enumerate(edges[1:-1], 1):
            stop = edge - 1 + min(LONGEST, PIECE // 2)
            ends = np.flatnonzero(
                corpus_file.part(corpus.ids, edge - 1, stop) == corpus.vocabulary[EOS]
            )
            edges[i] += ends[0] if len(ends) else 0
    return edges
