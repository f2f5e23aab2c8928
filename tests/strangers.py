"""Readers of files from strangers: for each, small files that are whole, and what reads any bytes.

`read` returns a value or raises one of REFUSED, with words; anything else is a fault of ours.
tests/test_strangers.py damages the files at random, tools/fuzz.py by what code that covers.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import warnings
import zipfile
import zlib
from typing import NamedTuple

import numpy as np

from w2vlib import Corpus, WordVectors, load_corpus, ptb, train
from w2vlib.classroom import cells, grade, hand_ins, marks, report, sheet
from w2vlib.classroom.remote import Ended, Raised, Student
from w2vlib.classroom.wire import encode, line
from w2vlib.exercises.exercise import Code, Fields, Number, Numbers, Shape, Word
from w2vlib.questions import read_analogies, read_word_pairs

REFUSED = (ValueError, OSError)
WORDS = ["the", "cat", "\u00e9", "new_york", "\uac00"]
TEXT = "the cat sat\nthe \u00e9 sat , the cat\n\nno new_york (no!)\n"
TOKENS = [  # which mean something to a reader
    *[b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x93NUMPY\1\0", b"PK\3\4", b"PK\5\6"],
    *[b"ustar", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"\n", b"\r\n", b" ", b"\t", b"#", b":"],
    *[b"-1", b"0", b"1e999", b"nan", b"-inf", b"2147483648", b"9223372036854775808", b"9" * 30],
    *[b"null", b"true", b"[]", b"{}", b'""', b'"\\ud800"', b"[" * 50, b'{"list":[', b"check("],
    *[b'"cells"', b'"source"', b'"worksheets"', b'"input"', b'"number"', b'"array"', b'"handle"'],
    *[b"'descr': '<i4'", b"'descr': '|O'", b"'fortran_order': True", b"'shape': (", b'"counts"'],
    *[b"<eos>", b"<unk>"],
]


class Target(NamedTuple):
    """A reader. seeds: a function of a folder, which gives whole files, bytes; read: of bytes and a
    folder."""

    seeds: object
    read: object


def put(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


# Vectors ------------------------------------------------------------------------------------------


def some_vectors(V=3, H=2):
    numbers = np.random.default_rng(0).standard_normal((V, H)).astype(np.float32)
    return WordVectors(numbers, WORDS[:V])


def vector_files(folder):
    wv = some_vectors()
    for name in "a.txt", "a.txt.gz", "a.txt.bz2", "a.txt.xz", "a.bin", "b.bin.gz", "a.glove":
        options = {"binary": ".bin" in name, "header": ".glove" not in name}
        wv.save(folder / name, **options)
        yield (folder / name).read_bytes()


def read_vectors(data, folder):
    wv = WordVectors.load(put(folder, "vectors", data))
    assert wv.vectors.dtype == np.float32 and wv.vectors.shape[0] == len(wv) > 0
    assert np.isfinite(wv.vectors).all()
    return wv


def mapped_files(folder):
    for V, H in (3, 2), (1, 1):
        some_vectors(V, H).save(folder / "a.npy")
        yield (folder / "a.npy").read_bytes()


def read_mapped(data, folder):
    wv = WordVectors.load(put(folder, "vectors.npy", data))
    assert wv.vectors.shape[0] == len(wv) > 0 and wv.vectors.nbytes <= len(data)
    return float(wv.vectors.sum(dtype=float))


# Texts --------------------------------------------------------------------------------------------


def texts(folder):
    text = TEXT.encode()
    yield from (text, gzip.compress(text), bz2.compress(text), lzma.compress(text))
    yield gzip.compress(bz2.compress(text[:20])) + gzip.compress(b"")
    yield from (b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"), "a b\nb a\n".encode("utf-16"))


def read_text(data, folder):
    path = put(folder, "text", data)
    corpus = load_corpus(path, min_count=1, split_punctuation=True, lower=True, nfc=True)
    assert 0 <= corpus.ids.min() and corpus.ids.max() < len(corpus.vocabulary)
    assert np.array_equal(np.bincount(corpus.ids), corpus.counts)
    return corpus


def texts_on_disk(folder):
    for sentences in [TEXT.splitlines(), [["a\nb", "\udcff", "c"]]]:
        kept = folder / "kept"
        Corpus.from_sentences(sentences, min_count=1, on_disk=kept, progress=False)
        yield kept.read_bytes()


def read_text_on_disk(data, folder):
    path = put(folder, "kept", data)
    corpus = load_corpus(path)
    if not data.startswith(b"\x93NUMPY"):
        return corpus
    assert len(corpus.ids) == corpus.counts.sum() and len(corpus) * 4 < len(data)
    if len(corpus) < 10_000 and len(corpus.vocabulary) < 10_000:
        try:
            learn(corpus)
        except IndexError as error:
            assert "corpus.ids holds the id" in str(error)
    return corpus


# Checkpoints --------------------------------------------------------------------------------------


def some_corpus():
    ids = np.arange(24, dtype=np.int32) % 4
    return Corpus(ids, ["<eos>", "a", "b", "c"], np.bincount(ids), "text")


def learn(corpus, **options):
    return train(
        corpus,
        vector_size=2,
        window=1,
        negative=1,
        epochs=2,
        subsample=0,
        progress=False,
        **options,
    )


def checkpoints(folder):
    path = folder / "checkpoint"
    for epochs in 1, 2:
        path.unlink(missing_ok=True)
        learn(some_corpus(), checkpoint=path, callback=lambda it, last=epochs: it.epoch == last)
        yield path.read_bytes()


def read_checkpoint(data, folder):
    """As it is, and as one writes it who knows how the sum is made."""
    learnt = _go_on(data, folder)
    magic, header, rest = (*data.split(b"\n", 2), b"", b"")[:3]
    try:
        header = json.loads(header)
        total = zlib.crc32(rest, zlib.crc32(json.dumps(header["state"]).encode()))
        header["sum"] = total
        data = b"\n".join([magic, json.dumps(header).encode(), rest])
    except (KeyError, TypeError, ValueError, RecursionError):
        return learnt
    return _go_on(data, folder) or learnt


def _go_on(data, folder):
    path = put(folder, "checkpoint", data)
    try:
        return learn(some_corpus(), checkpoint=path)
    except ValueError as error:
        assert str(path) in str(error), error
        assert path.read_bytes() == data  # nothing is lost
    except FloatingPointError:  # numbers out of all bounds, as the file has them
        pass


# What is asked ------------------------------------------------------------------------------------


def question_files(folder):
    yield b"word1\tword2\tscore\nthe\tcat\t7.5\n# no\nnew york\tcity\t3\n"
    yield b"the cat 3\ncat the 1e1\n"
    yield b": family\nthe cat the \xc3\xa9\n: other\na b c d\n"
    yield gzip.compress(b": s\na b c d\n")


def read_questions(data, folder):
    path, wv, found = put(folder, "questions", data), some_vectors(), []
    for read, ask in (
        (read_word_pairs, wv.evaluate_word_pairs),
        (read_analogies, wv.evaluate_analogies),
    ):
        try:
            found += [len(read(path)), ask(path)]
        except ValueError as error:
            refused = error
    if not found:
        raise refused
    return found


# Hand-ins, and what a student's process says ------------------------------------------------------


def hand_in_files(folder):
    def code(source):
        return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}

    text = {"cell_type": "markdown", "source": ["# mine\n"]}
    answers = ["import numpy as np\n", 'check("lookup_by_hand", row_3=6, everything=f"{9}")']
    asked = 'check("gradient_by_product", lambda i, d, V: [x for x in i])\n%time\n!ls'
    own = [text, code(answers), code(asked), code("for i in range(3"), code("class A:\n  b = 1")]
    whole = {"cells": own, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    yield json.dumps(whole).encode()
    yield b"\xef\xbb\xbf" + json.dumps(whole, indent=1).encode()
    yield json.dumps(
        {"worksheets": [{"cells": [{"cell_type": "code", "input": "a = 1"}]}]}
    ).encode()
    yield b"import os, sys as s\nfor x in [1]:\n  def f(a=x): return s.b\nwith f() as y: y.z += x"
    part = json.loads(sheet.sheet("02_embedding"))
    yield json.dumps(part | {"cells": part["cells"][:5]}).encode()


def read_hand_in(data, folder):
    """As a notebook, as the code of a cell, and as the name of its file."""
    read_code([{"source": data.decode(errors="replace")}])
    page = report._file(hand_ins._plain(os.fsdecode(data.replace(b"/", b""))))
    assert page.isprintable() and "/" not in page and len(page.encode()) < 250
    path = put(folder, "ana.ipynb", data)
    grade._answered(path, {b"lookup_by_hand": "02_embedding"})
    return read_code(cells.read(path))


def read_code(of_cells):
    code = cells.pieces(of_cells)
    for piece in code:
        cells.calls(piece)
        cells.needed(code, piece)
        if piece.tree is None:
            assert marks.plain(cells.error(piece.source))
        assert marks.plain(piece.source).isprintable()
    return marks.fingerprint(code)


class Told(Student):
    """A student's process that has sent one line, and will send it again."""

    def __init__(self, text):
        super().__init__(None, 1)
        self.text, self.process = text, True

    def _write(self, text, until):
        pass

    def _line(self, until):
        return self.text

    def end(self):
        self.process = None


def replies(folder):
    def other(value):
        return {"handle": [3, False]}

    values = [6, "3 x 2", [(2, 3), None], {"row_3": 6, "x": np.arange(6.0).reshape(2, 3)}, other]
    values += [np.float32(3), np.array(["3", "\uac00"]), ..., True, [other, [np.arange(3)]]]
    yield from (line({"value": encode(value, other)}).rstrip() for value in values)
    yield line({"value": encode(values, other)}).rstrip()
    yield line({"error": ["ValueError", "no", "cell 3", 2, "1 / 0"]}).rstrip()
    yield line({"error": ["SystemExit", "", None, None, ""]}).rstrip()


FIELDS = Fields(
    row_3=Number(6, percent=True), x=Numbers([1, 2]), y=Shape((3, 2)), z=Word("cat", {"dog": "no."})
)


def steps(answer, rng):
    x = rng.standard_normal((2, 3))
    yield answer(x), x, []
    yield answer(x).sum(), x.sum(), []
    yield answer(x)[0], x[0], []


def read_reply(data, folder):
    """Whatever it says is an answer, or ends the student's process: nothing else may come of it."""
    student, got = Told(data), None
    try:
        student.run("a = 1", "cell 1")
        given = student.answers("check", "f")
        for it in given[-5:] if isinstance(given, list) else [given]:
            got = FIELDS.judge(**it) if isinstance(it, dict) else Code(steps).judge(it)
            fields = it if isinstance(it, dict) else dict.fromkeys(FIELDS, it)
            FIELDS.judge(**{name: marks._typed(fields.get(name)) for name in FIELDS})
    except (Ended, Raised) as ended:
        assert marks.plain(str(ended))
    return got


# Archives -----------------------------------------------------------------------------------------

MEMBER = "simple-examples/data/ptb.train.txt"
EVIL = ["../out", "/out", "C:\\out", "a/../../out", "a\\..\\out", "CON", "nul.txt", "x" * 300]


def archives(folder):
    for names in [MEMBER], [*EVIL, MEMBER, MEMBER], ["./" + MEMBER]:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in names:
                archive.writestr(name, f"text of {name}")
        yield file.getvalue()
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            for name in names:
                member = tarfile.TarInfo(name)
                member.size = 4
                archive.addfile(member, io.BytesIO(b"text"))
            link = tarfile.TarInfo("out")
            link.type, link.linkname = tarfile.SYMTYPE, "../.."
            archive.addfile(link)
        yield file.getvalue()


def read_archive(data, folder):
    """Any Exception will do: another address is tried. But no file is written but the one asked."""
    place = folder / "archive"
    place.mkdir(exist_ok=True)
    path, target = put(place, "arrived", data), place / "taken-out"
    target.unlink(missing_ok=True)
    before = set(folder.rglob("*"))
    try:
        with open(path, "rb") as archive, open(target, "wb") as out:
            ptb.take_out(archive, MEMBER, out)
        assert target.stat().st_size <= ptb.LARGEST
    except AssertionError:
        raise
    except Exception:  # noqa: BLE001 - as said
        return None
    finally:
        assert set(folder.rglob("*")) - before <= {target}
    return target.read_bytes()


TARGETS = {
    "vectors": Target(vector_files, read_vectors),
    "mapped": Target(mapped_files, read_mapped),
    "text": Target(texts, read_text),
    "text on disk": Target(texts_on_disk, read_text_on_disk),
    "checkpoint": Target(checkpoints, read_checkpoint),
    "questions": Target(question_files, read_questions),
    "hand-in": Target(hand_in_files, read_hand_in),
    "reply": Target(replies, read_reply),
    "archive": Target(archives, read_archive),
}


def read(name, data, folder):
    """What a target makes of any bytes; None where it refuses them, in words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return TARGETS[name].read(data, folder)
        except REFUSED as error:
            said = str(error)
            assert said and len(said) < 2000, f"{len(said)} characters are no message"
            return None
