"""Word vectors on disk as they lie in memory: a matrix of NumPy (.npy), its words behind it.

Such a matrix is not read but mapped: it is there at once, takes memory only where it is looked at,
and several programs share it. The words, a line each, stand behind it, where no reader of such
files looks: in one file, so that both always belong together.
"""

import numpy as np

from w2vlib import check, files, npy

SUFFIX = ".npy"


def is_mapped(path):
    """Whether a path, by its name, is that of such a matrix."""
    return files.expand(path).lower().endswith(SUFFIX)


def save(path, words, vectors):
    """Write vectors (V, H) float32, and their words. ValueError for a word of two lines."""
    for word in words:
        if word.splitlines() != [word]:
            raise ValueError(
                f"the word {word!r} cannot be saved: it is empty or holds a line's end"
            )
    with files.writing(path) as file:
        np.lib.format.write_array(file, vectors, allow_pickle=False)
        file.writelines(f"{word}\n".encode() for word in words)


def load(path, limit=None):
    """Map a matrix that `save` has written -> words (list), vectors (V, H) float32.

    limit: how many rows, from the first; None is all. ValueError for a file that is not whole.
    """
    if limit is not None:
        check.whole(limit, "limit")
    path = files.find(path)
    try:
        with open(path, "rb") as file:
            start, shape, order = npy.read_header(file, np.float32)
            if len(shape) != 2 or not shape[1]:
                raise ValueError(f"its shape is {shape}")
            vectors = np.memmap(file, np.float32, "r", start, shape, order)
            file.seek(start + vectors.nbytes)
            beyond = file.read()
    except ValueError as error:
        raise ValueError(f"{path} is no whole matrix of NumPy: {error}") from None
    words = _lines(beyond, path)
    if not words:
        raise ValueError(
            f"{path} has no words, which `save` writes behind the matrix: for an array of your own "
            "take WordVectors(numpy.load(path), words)"
        )
    if len(words) != len(vectors):
        raise ValueError(
            f"{path} is cut off or damaged: {vectors.dtype} {vectors.shape}, {len(words)} words"
        )
    return words[:limit], vectors[:limit]


def _lines(text, path):
    try:
        return text.decode().split("\n")[:-1]
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise ValueError(f"the words in {path} are not UTF-8: see line {line} of them") from None
