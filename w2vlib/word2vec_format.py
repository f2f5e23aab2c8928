"""Word vectors on disk, in the two formats of the word2vec distribution.

Both start with a line "V H" (rows, numbers a row). A text row is the word and H decimal numbers,
parted by blanks; a binary row is the word, one blank and H float32, little endian. word2vec.c
ends its binary rows with a newline and gensim does not: `load` reads both. fastText's .vec files
are the text format, and GloVe's files but for its first line.
"""

import codecs
import contextlib
import itertools
import os
import re
import warnings

import numpy as np

from w2vlib import check, files

LONGEST = 1 << 20  # bytes of a first line, or of a word
WIDEST = 1 << 20  # numbers a row
DIGITS = 100  # bytes of a number, with the blank before it, on average over a row
START = 9 << 20  # numbers of room at the start: above 32 MB memory grows without a copy, by glibc

FOREIGN = (  # how files begin that are often taken for these, and what they are
    (rb"\xba\x16O/", "a model of fastText (.bin): load the .vec file that stands beside it"),
    (rb"\x80[\x02-\x05]", "a pickle of gensim or Python: there, write a word2vec file"),
    (rb"\xff\xfe|\xfe\xff|.\0.\0|\0.\0.", "UTF-16 text: save it as UTF-8"),
    (rb"(?i)\s*<(!doctype|html|\?xml)", "a web page: the download brought no vectors"),
    (rb"version https://git-lfs", "a pointer of Git LFS: fetch the file itself, by `git lfs pull`"),
)


def save(path, words, vectors, binary=False, header=True):
    """Write `words` (V strings) and `vectors` (V, H) to `path`; `load` returns them to the bit.

    header=False leaves out the first line, as GloVe does. A name that ends in .gz, .bz2 or .xz is
    written compressed. The file appears under its name only when it is complete: until then, and
    after an error, what stood there before still stands; a pipe or a device is written into.
    ValueError for what the format cannot hold, OSError for a path that cannot be written.
    """
    encoded = [_encode(word, binary) for word in words]
    vectors = np.asarray(vectors, dtype="<f4")
    if vectors.ndim != 2 or len(encoded) != len(vectors):
        raise ValueError(
            f"vectors must have one row for each of the {len(encoded)} words, got {vectors.shape}"
        )
    if not header and (binary or vectors.shape[1] == 1):
        what = "binary rows" if binary else "rows of one number"
        raise ValueError(f"header is False: {what} cannot be read without the first line")
    with files.writing(path) as file:
        if header:
            file.write(b"%d %d\n" % vectors.shape)
        for word, row in zip(encoded, vectors, strict=True):
            # str() of a float32 is the shortest text that reads back as the same float32
            numbers = row.tobytes() if binary else " ".join(map(str, row)).encode()
            file.write(word + b" " + numbers + b"\n")


def load(path, limit=None, encoding="utf-8", errors="strict"):
    """Read a text or binary file, plain or compressed, all told apart by their contents.

    Returns words (list) and vectors (V, H) float32. limit: how many rows to read, from the first;
    None is all. encoding, errors: of the words, as `bytes.decode` takes them. In a text a word may
    hold blanks. Of a word that comes twice the first row counts, and a warning says so. ValueError,
    with the file and the line or row, for a file that is damaged or something else.
    """
    if limit is not None:
        check.whole(limit, "limit")
    path = files.find(path)
    ids, twice, again = {}, None, 0
    with files.reading(path) as file:
        V, H, first = _header(file, path)
        vectors = _empty(path, limit, V, H)
        for where, word, row in itertools.islice(_rows(file, path, V, H, first), limit):
            word = _decoded(word, where, encoding, errors)
            if not np.isfinite(row).all():
                raise ValueError(
                    f"{where}: the vector of {check.short(word)} holds NaN or infinity, and should "
                    "be finite"
                )
            if word in ids:
                twice, again = twice or word, again + 1
                continue
            if len(ids) == len(vectors):
                _grow(vectors, path)
            vectors[len(ids)] = row
            ids[word] = len(ids)
        if V and limit is None and file.read().strip():
            raise ValueError(
                f"{path}: more follows after the {V} rows that its first line states: it should "
                "state as many as there are"
            )
    if twice:
        warnings.warn(
            f"{path}: {check.short(twice)} stands there more than once"
            + (f", and {again - 1} more rows repeat a word" if again > 1 else "")
            + ": the first row of a word counts",
            stacklevel=3,
        )
    vectors.resize((len(ids), H), refcheck=False)
    return list(ids), vectors


def _rows(file, path, V, H, first):
    """Of each row where it stands, its word and its numbers (H,)."""
    if V is None:  # the file has no header: its first line is a row
        lines = itertools.chain([first], iter(lambda: file.readline(LONGEST + DIGITS * H), b""))
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _text_row(line, H, f"{path}, line {number}")
    elif _looks_like_text(file, H):
        for i in range(V):
            line = file.readline(LONGEST + DIGITS * H)
            yield _text_row(line, H, f"{path}, line {i + 2}")
    else:
        for i in range(V):
            yield _binary_row(file, H, f"{path}, row {i + 1} of {V} (binary)")


def _encode(word, binary):
    """`word` as UTF-8, if it can be read again: a text is read from the right, past blanks."""
    try:
        encoded = word.encode()
    except UnicodeEncodeError:
        raise ValueError(f"the word {word!r} cannot be written as UTF-8") from None
    parts = encoded.split()
    if not parts or b" ".join(parts) != encoded or b"\0" in encoded:
        raise ValueError(
            f"the word {word!r} cannot be saved: in this format a word is not empty and holds no "
            "tabs, newlines, NULs, nor blanks but one between others; put another character, such "
            "as '_', in their place"
        )
    if len(parts) > 1 and (binary or _is_number(parts[-1])):
        where = "a binary file" if binary else "a text, before numbers,"
        raise ValueError(
            f"the word {word!r} cannot be saved: in {where} it would end at its blank; put another "
            "character, such as '_', in its place, or give a name that ends in .npy"
        )
    return encoded


def check_encoding(encoding, errors):
    """Raise ValueError unless `bytes.decode` takes both, also where a byte is none of a text."""
    try:
        b"a".decode(encoding)
        with contextlib.suppress(UnicodeDecodeError):  # as errors="strict" asks for
            b"\xff".decode("ascii", errors)
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f"encoding={check.short(encoding)} and errors={check.short(errors)} are not what "
            f"bytes.decode takes, such as 'latin-1' and 'replace' ({check.short(error)})"
        ) from None


def _decoded(encoded, where, encoding, errors):
    """The bytes of a word as text."""
    try:
        word = encoded.decode(encoding, errors)
    except UnicodeError:
        raise ValueError(
            f"{where}: the word {encoded[:40]!r} is not {encoding.upper()}: say its encoding, "
            "or errors='replace'"
        ) from None
    if not encoded or encoded.strip() != encoded or re.search(rb"[\0\n\r]", encoded):
        raise ValueError(f"{where}: expected a word, found {word[:40]!r}")
    return word


def _header(file, path):
    """Read the first line -> V, H and b"", or in a file without header None, H and that line."""
    start = file.peek(100)[:100]
    for pattern, what in FOREIGN:
        if re.match(pattern, start):
            raise ValueError(f"{path} is {what}")
    if start.startswith(codecs.BOM_UTF8):
        file.read(len(codecs.BOM_UTF8))
    line = file.readline(LONGEST)
    try:
        V, H = map(int, line.split())
    except ValueError:
        V = H = 0
    if V > 0 and H > 0:
        if H > WIDEST:
            raise ValueError(
                f"{path}: its first line states rows of {check.short(H, 20)} numbers, but "
                f"{WIDEST:,} are the most that is read: is it right?"
            )
        return V, H, b""
    numbers = list(itertools.takewhile(_is_number, reversed(line.split()[1:])))
    if len(numbers) > 1:
        return None, len(numbers), line
    raise ValueError(
        f"{path}, line 1: expected two whole numbers, rows and numbers a row, as in '10000 100', "
        f"or a word and its numbers; found {line[:40]!r}"
    )


def _empty(path, limit, V, H):
    """Room for the rows, as many as a first line states only where the file is as large."""
    size = 0 if V is None or files.is_stream(path) else os.path.getsize(path)
    rows = max(size // (4 * H), START // H, 1)
    with _told_of_memory(path):
        return np.empty((min(rows, V or rows, limit or rows), H), np.float32)


def _grow(vectors, path):
    """Room for more rows: a sixteenth, since what is not filled takes memory, too."""
    V, H = vectors.shape
    with _told_of_memory(path):
        vectors.resize((V + V // 16 + 1, H), refcheck=False)


@contextlib.contextmanager
def _told_of_memory(path):
    try:
        yield
    except MemoryError:
        raise ValueError(
            f"{path} holds more vectors than the memory does: say how many to read (limit)"
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


def _text_row(line, H, where):
    if not line:
        raise ValueError(f"{where}: the file ends here: it is cut off, or line 1 is wrong")
    if line[:1].isspace():
        raise ValueError(f"{where}: expected a word, found {line[:40]!r}")
    word, *numbers = line.rsplit(None, H)
    if len(word) > LONGEST:
        raise ValueError(f"{where}: expected a word and {H} numbers, found {line[:40]!r}")
    first, *more = word.split()
    if len(numbers) < H or more and all(map(_is_number, more)):
        found = len(more) + len(numbers)
        raise ValueError(f"{where}: {_shown(first)} has {found} numbers, line 1 promises {H}")
    try:
        with np.errstate(over="ignore"):  # to infinity, which `load` reports
            return where, word, np.array(numbers, dtype=np.float32)
    except ValueError:
        bad = next(number for number in numbers if not _is_number(number))
        raise ValueError(f"{where}: {bad[:40]!r} is no number such as 0.5") from None


def _shown(word):
    """The bytes of a word for a message."""
    return repr(word[:40].decode(errors="replace"))


def _binary_row(file, H, where):
    word = bytearray()
    while (char := file.read(1)) not in (b" ", b""):
        word += char
        if len(word) > LONGEST:
            raise ValueError(f"{where}: expected a word and a blank, found {bytes(word[:40])!r}")
    numbers = file.read(4 * H)
    if len(numbers) < 4 * H:
        raise ValueError(f"{where}: the file ends here: it is cut off, or its first line is wrong")
    return where, bytes(word.lstrip(b"\n")), np.frombuffer(numbers, dtype="<f4")
