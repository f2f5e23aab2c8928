"""The two matrices that an engine trains: what they start from, and the WordVectors they become."""

import numpy as np

from w2vlib import check
from w2vlib.check import short
from w2vlib.evaluation import WordVectors
from w2vlib.vocabulary import Vocabulary


def check_former(former, vector_size):
    """Raise TypeError or ValueError for vectors that `vector_size` numbers cannot go on from."""
    if not isinstance(former, WordVectors):
        raise TypeError(
            f"start is {short(former)}: it should be WordVectors, such as train returns and "
            "WordVectors.load reads"
        )
    if former.vectors.shape[1] != vector_size:
        raise ValueError(
            f"vector_size is {vector_size}, but the vectors of start have "
            f"{former.vectors.shape[1]} numbers: take vector_size={former.vectors.shape[1]}"
        )
    outputs = former.outputs
    if outputs is not None and (
        not isinstance(outputs, WordVectors) or outputs.vectors.shape != former.vectors.shape
    ):
        raise ValueError(
            f"start.outputs is {short(outputs)}: it should be the output vectors of the words of "
            f"start, WordVectors of shape {former.vectors.shape}, or None"
        )
    for known, name in (former, "start"), (outputs, "start.outputs"):
        if known is not None and not check.is_sound(known.vectors):
            raise ValueError(
                f"{name} holds numbers of {check.SOUND} and more, or NaN: no training can go on "
                "from there; take the vectors from before it diverged, or shorter ones"
            )


def start(engine, vocabulary, vector_size, seed, former=None):
    """Vectors (V, H) and outputs (V, H or more), float32, as the engine starts them.

    Rows of words that `former`, WordVectors, knows are taken from there. MemoryError, which names
    the argument, where there is no room.
    """
    try:
        check.room(2 * len(vocabulary) * int(vector_size), "vector_size")
        matrices = engine.start(len(vocabulary), vector_size, np.random.default_rng(seed))
    except (MemoryError, ValueError, OverflowError) as error:
        gigabytes = 2 * 4 * len(vocabulary) * vector_size // 10**9
        raise MemoryError(
            f"vector_size is {vector_size}: the vectors of {len(vocabulary):,} words would take "
            f"{gigabytes:,} GB; take a smaller one, or fewer words (max_vocab of load_corpus)"
        ) from error
    if former is not None:
        here = [i for i, word in enumerate(vocabulary) if word in former]
        there = former.vocabulary.ids(vocabulary.word(i) for i in here)
        for matrix, known in zip(matrices, (former, former.outputs)):
            if known is not None:
                matrix[here, :vector_size] = known.vectors[there]
    return matrices


def learnt(vectors, outputs, vocabulary, former=None, loss=None):
    """WordVectors of both matrices, without a copy; outputs may be None.

    Words that `former` alone knows follow, as they are there.
    """
    if outputs is not None:
        outputs = outputs[:, : vectors.shape[1]]
    rest = [] if former is None else [i for i, w in enumerate(former) if w not in vocabulary]
    if rest:
        vocabulary = Vocabulary([*vocabulary, *map(former.vocabulary.word, rest)])
        vectors = np.append(vectors, former.vectors[rest], axis=0)
        if outputs is not None:
            known = former.outputs
            added = np.zeros_like(vectors[: len(rest)]) if known is None else known.vectors[rest]
            outputs = np.append(outputs, added, axis=0)
    return WordVectors._adopt(vectors, vocabulary, outputs, loss)
