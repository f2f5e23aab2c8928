"""Word vectors on disk as they lie in memory: a matrix of NumPy (.npy), its words in a file beside.

Such a matrix is not read but mapped: it is there at once, takes memory only where it is looked at,
and several programs share it.
"""

import os

import numpy as np

from w2vlib import check, files

SUFFIX = ".npy"
WORDS = ".words.txt"  # in its place: a word a line


def is_mapped(path):
    """Whether a path, by its name, is that of such a matrix."""
    return files.expand(path).lower().endswith(SUFFIX)


def words_file(path):
    """The path of the words that belong to a matrix."""
    return files.expand(path)[: -len(SUFFIX)] + WORDS


def written(path):
    """The files that are written when vectors are saved under a path."""
    return [path, words_file(path)] if is_mapped(path) else [path]


def save(path, words, vectors):
    """Write vectors (V, H) float32, and their words beside. ValueError for a word of two lines."""
    for word in words:
        if word.splitlines() != [word]:
            raise ValueError(
                f"the word {word!r} cannot be saved: it is empty or holds a line's end"
            )
    with files.writing(path) as matrix, files.writing(words_file(path)) as beside:  # both or none
        np.lib.format.write_array(matrix, vectors, allow_pickle=False)
        beside.writelines(f"{word}\n".encode() for word in words)


def load(path, limit=None):
    """Map a matrix that `save` has written -> words (list), vectors (V, H) float32.

    limit: how many rows, from the first; None is all. ValueError for files that do not fit.
    """
    if limit is not None:
        check.whole(limit, "limit")
    path = files.find(path)
    beside = words_file(path)
    if not os.path.exists(beside):
        raise FileNotFoundError(
            f"{path} has no words: {beside} is not there, which `save` writes beside it; for an "
            "array of your own take WordVectors(numpy.load(path), words)"
        )
    try:
        vectors = np.lib.format.open_memmap(path, mode="r")
    except ValueError as error:
        raise ValueError(f"{path} is no whole matrix of NumPy: {error}") from None
    with files.reading(beside) as file:
        words = _lines(file.read(), beside)
    if vectors.ndim != 2 or vectors.dtype != np.float32 or len(words) != len(vectors):
        raise ValueError(
            f"{path} and {beside} do not fit: {vectors.dtype} {vectors.shape}, {len(words)} words"
        )
    return words[:limit], vectors[:limit]


def _lines(text, path):
    try:
        return text.decode().split("\n")[:-1]
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path} is not UTF-8 text: see line {line}") from None
