"""Word vectors on disk, in the two formats of the word2vec distribution.

Both start with a line "V H" (rows, numbers a row). A text row is the word and H decimal numbers,
parted by blanks; a binary row is the word, one blank and H float32, little endian. word2vec.c
ends its binary rows with a newline and gensim does not: `load` reads both. fastText's .vec files
are the text format.
"""

import codecs
import re

import numpy as np

from w2vlib import files

FOREIGN = (  # how files begin that are often taken for these, and what they are
    (rb"\xba\x16O/", "a model of fastText (.bin): load the .vec file that stands beside it"),
    (rb"\x80[\x02-\x05]", "a pickle of gensim or Python: there, write a word2vec file"),
    (rb"\x93NUMPY", "an array of NumPy without words: WordVectors(numpy.load(path), words)"),
    (rb"\xff\xfe|\xfe\xff|.\0.\0|\0.\0.", "UTF-16 text: save it as UTF-8"),
    (rb"(?i)\s*<(!doctype|html|\?xml)", "a web page: the download brought no vectors"),
    (rb"version https://git-lfs", "a pointer of Git LFS: fetch the file itself, by `git lfs pull`"),
)


def save(path, words, vectors, binary=False):
    """Write `words` (V strings) and `vectors` (V, H) to `path`; `load` returns them to the bit.

    A name that ends in .gz, .bz2 or .xz is written compressed. The file appears under its name only
    when it is complete: until then, and after an error, what stood there before still stands; a
    pipe or a device is written into. ValueError for a word that the format cannot hold, OSError for
    a path that cannot be written.
    """
    encoded = [_encode(word) for word in words]
    vectors = np.asarray(vectors, dtype="<f4")
    if vectors.ndim != 2 or len(encoded) != len(vectors):
        raise ValueError(
            f"vectors must have one row for each of the {len(encoded)} words, got {vectors.shape}"
        )
    with files.writing(path) as file:
        file.write(b"%d %d\n" % vectors.shape)
        for word, row in zip(encoded, vectors, strict=True):
            # str() of a float32 is the shortest text that reads back as the same float32
            numbers = row.tobytes() if binary else " ".join(map(str, row)).encode()
            file.write(word + b" " + numbers + b"\n")


def load(path):
    """Read a text or binary file, plain or compressed, all told apart by their contents.

    Returns words (list) and vectors (V, H) float32. ValueError, with the file and the line or row,
    for a file that is damaged or something else.
    """
    path = files.find(path)
    with files.reading(path) as file:
        V, H = _header(file, path)
        is_text = _looks_like_text(file, H)
        vectors = _empty(V, H, path)
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
    if encoded.split() != [encoded] or b"\0" in encoded:
        raise ValueError(
            f"the word {word!r} cannot be saved: in this format a word is not empty and holds "
            "no blanks, tabs, newlines or NULs; put another character, such as '_', in their place"
        )
    return encoded


def _decode(encoded, where):
    try:
        word = encoded.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{where}: the word {encoded[:40]!r} is not UTF-8") from None
    if encoded.split() != [encoded] or b"\0" in encoded:
        raise ValueError(f"{where}: expected a word, found {word[:40]!r}")
    return word


def _header(file, path):
    """Read the first line -> V, H."""
    start = file.peek(100)[:100]
    for pattern, what in FOREIGN:
        if re.match(pattern, start):
            raise ValueError(f"{path} is {what}")
    if start.startswith(codecs.BOM_UTF8):
        file.read(len(codecs.BOM_UTF8))
    line = file.readline(1000)
    try:
        V, H = map(int, line.split())
    except ValueError:
        V = H = 0
    if V < 1 or H < 1:
        numbers = line.split()[1:]
        is_glove = len(numbers) > 1 and all(map(_is_number, numbers[:2]))
        cure = " (GloVe's files lack this line: put it in)" if is_glove else ""
        raise ValueError(
            f"{path}, line 1: expected two whole numbers, rows and numbers a row, as in '10000 100'"
            f"; found {line[:40]!r}{cure}"
        )
    return V, H


def _empty(V, H, path):
    try:
        return np.empty((V, H), dtype=np.float32)
    except (MemoryError, ValueError):
        raise ValueError(
            f"{path}: its first line states {V} rows of {H} numbers, more than the memory holds: "
            "is it right?"
        ) from None


def _looks_like_text(file, H):
    """Whether the first row has numbers in decimal notation; leaves the file where it was.

    Two of them: one might be an accident of binary bytes. They may stand at its end alone, if its
    word holds blanks. If there are none, the row may be damaged text, in which all can be read.
    """
    start, n = file.peek(), min(H, 2)
    tokens = start.split(b"\n")[0].split()[1:]
    if len(tokens) >= n and any(all(map(_is_number, t)) for t in (tokens[:n], tokens[-n:])):
        return True
    if H == 1 or re.search(rb"[\0-\x08\x0e-\x1f]", start):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return True


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
    if line[:1].isspace():
        raise ValueError(f"{where}: expected a word, found {line[:40]!r}")
    word, *numbers = line.split()
    word = _decode(word, where)
    if len(numbers) != H:
        cure = "; if the word holds a blank, put '_' in its place" if len(numbers) > H else ""
        raise ValueError(f"{where}: {word!r} has {len(numbers)} numbers, line 1 promises {H}{cure}")
    try:
        with np.errstate(over="ignore"):  # to infinity, which `load` reports
            return word, np.array(numbers, dtype=np.float32)
    except ValueError:
        bad = next(number for number in numbers if not _is_number(number))
        raise ValueError(f"{where}: {bad[:40]!r} is no number such as 0.5") from None


def _binary_row(file, H, where):
    word = bytearray()
    while (char := file.read(1)) not in (b" ", b""):
        word += char
    numbers = file.read(4 * H)
    if len(numbers) < 4 * H:
        raise ValueError(f"{where}: the file ends here: it is cut off, or its first line is wrong")
    return _decode(bytes(word.lstrip(b"\n")), where), np.frombuffer(numbers, dtype="<f4")
