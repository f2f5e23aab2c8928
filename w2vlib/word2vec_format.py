"""Word vectors on disk, in the two formats of the word2vec distribution.

Both start with a line "V H" (rows, numbers a row). A text row is the word and H decimal numbers,
parted by blanks; a binary row is the word, one blank and H float32, little endian. word2vec.c
ends its binary rows with a newline and gensim does not: `load` reads both. fastText's .vec files
are the text format.
"""

import os
from pathlib import Path

import numpy as np


def save(path, words, vectors, binary=False):
    """Write `words` (V strings) and `vectors` (V, H) to `path`; `load` returns them to the bit.

    The file appears under its name only when it is complete: until then, and after an error, what
    stood there before still stands. ValueError for a word that the format cannot hold.
    """
    words = list(words)
    vectors = np.asarray(vectors, dtype="<f4")
    if vectors.ndim != 2 or len(words) != len(vectors):
        raise ValueError(
            f"vectors must have one row for each of the {len(words)} words, got {vectors.shape}"
        )
    path = Path(os.path.realpath(path))  # a symbolic link stays one
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            file.write(b"%d %d\n" % vectors.shape)
            for word, row in zip(words, vectors, strict=True):
                # str() of a float32 is the shortest text that reads back as the same float32
                numbers = row.tobytes() if binary else " ".join(map(str, row)).encode()
                file.write(_encode(word) + b" " + numbers + b"\n")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def load(path):
    """Read a text or binary file, told apart by their contents -> words (list), vectors (V, H).

    ValueError, with the file and the line or row, for a file that is damaged or something else.
    """
    with open(path, "rb") as file:
        V, H = _header(file, path)
        is_text = _looks_like_text(file, H)
        vectors = np.empty((V, H), dtype=np.float32)
        first_seen = {}
        for i in range(V):
            where = f"{path}, line {i + 2}" if is_text else f"{path}, row {i + 1} of {V} (binary)"
            word, vectors[i] = (_text_row if is_text else _binary_row)(file, H, where)
            if not np.isfinite(vectors[i]).all():
                raise ValueError(f"{where}: the vector of {word!r} holds NaN or infinity")
            if first_seen.setdefault(word, i) != i:
                raise ValueError(
                    f"{where}: {word!r} stands there for the second time; each word needs one row"
                )
        if file.read().strip():
            raise ValueError(f"{path}: more follows after the {V} rows that its first line states")
    return list(first_seen), vectors


def _encode(word):
    """`word` as UTF-8, without what would end it early in the file."""
    try:
        encoded = word.encode()
    except UnicodeEncodeError:
        raise ValueError(f"the word {word!r} cannot be written as UTF-8") from None
    if encoded.split() != [encoded]:
        raise ValueError(
            f"the word {word!r} cannot be saved: in this format a word is not empty and holds "
            "no blanks, tabs or newlines; put another character, such as '_', in their place"
        )
    return encoded


def _decode(encoded, where):
    try:
        word = encoded.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{where}: the word {encoded[:40]!r} is not UTF-8") from None
    if encoded.split() != [encoded]:
        raise ValueError(f"{where}: expected a word, found {word[:40]!r}")
    return word


def _header(file, path):
    """Read the first line -> V, H, after a look whether the file can be as large as they say."""
    line = file.readline(100)
    try:
        V, H = map(int, line.split())
    except ValueError:
        V = H = 0
    if V < 1 or H < 1:
        raise ValueError(
            f"{path}, line 1: expected two whole numbers, rows and numbers a row, as in '10000 100'"
            f"; found {line[:40]!r} (GloVe's files lack this line: put it in)"
        )
    size, least = os.path.getsize(path), V * (2 * H + 1)  # "a 0 0\n": no row is shorter than this
    if size < least:
        raise ValueError(
            f"{path}: its first line states {V} rows of {H} numbers, which take {least} bytes or "
            f"more, and the file has {size}: it is cut off, or its first line is wrong"
        )
    return V, H


def _looks_like_text(file, H):
    """Whether numbers in decimal notation follow the first word; leaves the file where it was."""
    start = file.tell()
    tokens = file.readline().split()[1:3]  # two of them: one might be an accident of binary bytes
    file.seek(start)
    return len(tokens) >= min(H, 2) and all(map(_is_number, tokens))


def _is_number(token):
    try:
        float(token)
    except ValueError:
        return False
    return True


def _text_row(file, H, where):
    line = file.readline()
    if not line:
        raise ValueError(f"{where}: the file ends here: it is cut off, or line 1 is wrong")
    word, *numbers = line.rstrip().split(b" ")
    word = _decode(word, where)
    if len(numbers) != H:
        raise ValueError(f"{where}: {word!r} has {len(numbers)} numbers, line 1 promises {H}")
    try:
        with np.errstate(over="ignore"):  # to infinity, which `load` reports
            return word, np.array(numbers, dtype=np.float32)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _binary_row(file, H, where):
    word = bytearray()
    while (char := file.read(1)) not in (b" ", b""):
        word += char
    numbers = file.read(4 * H)
    if len(numbers) < 4 * H:
        raise ValueError(f"{where}: the file ends here: it is cut off, or its first line is wrong")
    return _decode(bytes(word.lstrip(b"\n")), where), np.frombuffer(numbers, dtype="<f4")
