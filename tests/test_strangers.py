"""Files from strangers, damaged at random and on purpose: a value, or a refusal in words."""

import bz2
import gzip
import json
import lzma
import re
import tarfile
import warnings
import zipfile
import zlib

import numpy as np
import pytest
import strangers
from peaks import peak

from w2vlib import (
    Corpus,
    Vocabulary,
    WordVectors,
    files,
    join_phrases,
    load_corpus,
    ptb,
    train,
    word2vec_format,
)
from w2vlib.engines import ENGINES

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

EXTREME = [
    b"0",
    b"-1",
    b"99",
    b"2147483648",
    b"1000000000",
    b"9223372036854775807",
    b"9" * 40,
    b"1.5",
]
MOST = 48_000_000  # bytes that a small file may take
each_target = pytest.mark.parametrize("name", strangers.TARGETS)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """The whole files of each target."""
    folder = tmp_path_factory.mktemp("seeds")
    return {name: list(it.seeds(folder)) for name, it in strangers.TARGETS.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("strangers")


@st.composite
def damage(draw, whole):
    """A file with some bytes cut off, changed, put in or put in place of a number."""
    data = draw(st.sampled_from(whole))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(data)))
        end = draw(st.integers(place, min(len(data), place + 20)))
        new = draw(st.sampled_from(strangers.TOKENS) | st.binary(max_size=4))
        numbers = list(re.finditer(rb"\d+", data))
        how = draw(st.sampled_from(["cut", "change", "put in", "twice", "number"]))
        if how == "cut":
            data = data[:place]
        elif how == "change":
            data = data[:place] + new + data[end:]
        elif how == "put in":
            data = data[:place] + new + data[place:]
        elif how == "twice":
            data = data[:end] + data[place:]
        elif numbers:
            number = draw(st.sampled_from(numbers))
            data = data[: number.start()] + draw(st.sampled_from(EXTREME)) + data[number.end() :]
    return data


@each_target
def test_whole_files_are_read(name, seeds, folder):
    read = [strangers.read(name, data, folder) for data in seeds[name]]
    assert sum(it is not None for it in read) >= 2, read


@each_target
def test_damaged_files_are_read_or_refused(name, seeds, folder):
    @hypothesis.settings(max_examples=4 * hypothesis.settings.default.max_examples)
    @hypothesis.given(damage(seeds[name]))
    def read(data):
        strangers.read(name, data, folder)

    read()


@each_target
def test_files_that_are_cut_off_anywhere(name, seeds, folder):
    for whole in seeds[name]:
        step = len(whole) // 300 + 1
        for end in range(0, len(whole), step):
            strangers.read(name, whole[:end], folder)


# Bombs, and headers that lie ----------------------------------------------------------------------


def refused(path, read, says):
    """It is, and takes little memory."""

    def attempt():
        with pytest.raises(ValueError, match=says):
            read(path)

    assert peak(attempt) < MOST


def read_through(path):
    with files.reading(path) as file:
        while file.read(files.CHUNK):
            pass


@pytest.mark.parametrize("module", [gzip, bz2, lzma], ids=lambda it: it.__name__)
def test_a_bomb_is_refused_before_it_fills_memory(module, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "UNPACKED", 1 << 25)
    path = tmp_path / "bomb"
    path.write_bytes(module.compress(bytes(1 << 26)))
    refused(path, read_through, "bomb would become more than 200 times as large, unpacked")
    path.write_bytes(module.compress(module.compress(b"a" * (1 << 26))))
    refused(path, read_through, "bomb would become more than 200 times as large, unpacked")


def test_what_is_packed_well_is_no_bomb(tmp_path):
    (tmp_path / "text").write_bytes(gzip.compress(b"a b c d\n" * 500_000))
    assert len(load_corpus(tmp_path / "text")) == 2_500_000


@pytest.mark.parametrize("module", [gzip, bz2, lzma], ids=lambda it: it.__name__)
def test_packed_over_and_over(module, tmp_path):
    data = b"a b\n"
    for _ in range(20):
        data = module.compress(data)
    (tmp_path / "text").write_bytes(data)
    with pytest.raises(ValueError, match="text is compressed more than 3 times over"):
        load_corpus(tmp_path / "text")


def test_memory_that_a_header_of_xz_asks_for(tmp_path):
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 26}]
    data = bytearray(lzma.compress(b"a b\n", filters=filters))
    assert data[16] == 28  # 64 MB
    data[16] = 40  # 4 GB
    data[20:24] = zlib.crc32(data[12:20]).to_bytes(4, "little")
    (tmp_path / "text").write_bytes(data)
    refused(tmp_path / "text", load_corpus, "text is cut off or damaged .*[Mm]emory")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"1000000000 100\na 1 2\n", "line 2: 'a' has 2 numbers, line 1 promises 100"),
        (b"2000000000 1\na \0\0", "row 1 of 2000000000 .* the file ends here"),
        (b"1 1000000\na 1 2\n", "line 2: 'a' has 2 numbers, line 1 promises 1000000"),
        (b"1 1000000\na \0\1", "row 1 of 1 .* the file ends here"),
        (b"1 1000000000000\na 1 2\n", "rows of 1000000000000 numbers, but 1,048,576 are the most"),
        (b"a" * 2_000_000, "line 1: expected two whole numbers"),
        (b"1 2\n" + b"a" * 3_000_000, "line 2: expected a word and 2 numbers, found b'a+"),
        (b"1 50000\na" + b" 11" * 1_900_000, "line 2: expected a word and 50000 numbers"),
        (b"1 2\n\0" + b"a" * 3_000_000, "row 1 of 1 .* expected a word and a blank"),
    ],
    ids=lambda it: repr(it[:20]),
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_first_line_that_promises_what_is_not_there(content, says, pack, tmp_path):
    (tmp_path / "vectors").write_bytes(pack(content))
    refused(tmp_path / "vectors", WordVectors.load, says)


def test_more_vectors_than_memory_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(word2vec_format, "START", 1 << 60)
    (tmp_path / "vectors").write_bytes(b"1000000000000 1000\na 1 2\n")
    with pytest.raises(
        ValueError, match="vectors holds more vectors than the memory does: .*limit"
    ):
        WordVectors.load(tmp_path / "vectors")


HEADERS = [
    b"",
    b"(" * 64,
    b"[" * 8000,
    b"'" * 64,
    b"\xff" * 64,
    b"{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }",
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 2), }" % 2**63,
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 4), }" % 2**62,
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1000000000), }",
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -4), }",
    b"{'descr': '<f4', 'fortran_order': False, 'shape': (True, 2), }",
    b"{'descr': '<i4', 'fortran_order': False, 'shape': (%d,), }" % 10**30,
    b"{'descr': '<i4', 'fortran_order': False, 'shape': (1000000000,), }",
    b"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 2), }",
]


@pytest.mark.parametrize("header", HEADERS, ids=lambda it: repr(it[:70]))
@pytest.mark.parametrize("version", [1, 2])
def test_headers_of_numpy_that_lie(header, version, tmp_path):
    size = len(header).to_bytes(2 * version, "little")
    start = b"\x93NUMPY%c\0" % version + size
    (tmp_path / "a.npy").write_bytes(start + header + bytes(16) + b"a\nb\n")
    refused(tmp_path / "a.npy", WordVectors.load, "a.npy is no whole matrix of NumPy")
    refused(tmp_path / "a.npy", load_corpus, "a.npy is no whole text")


@pytest.mark.parametrize("shape", [b"4294967296, 4294967296", b"2, 1000000000", b"2, 4"])
def test_less_follows_than_a_header_promises(shape, tmp_path):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%b), }" % shape
    start = b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little")
    (tmp_path / "a.npy").write_bytes(start + header + bytes(31))
    says = rf"its header promises the shape \({shape.decode()}\), but 31 bytes follow"
    refused(tmp_path / "a.npy", WordVectors.load, says)


def test_words_are_told_in_short(tmp_path):
    for text in b"1 2\n%b 1 nan\n", b"2 2\n%b 1 2\n%b 1 2\n", b"1 2\n%b\n":
        (tmp_path / "vectors").write_bytes(text.replace(b"%b", b"a" * 100_000))
        with (
            warnings.catch_warnings(action="error"),
            pytest.raises((UserWarning, ValueError), match="aaa") as caught,
        ):
            WordVectors.load(tmp_path / "vectors")
        assert len(str(caught.value)) < 500
    with pytest.raises(ValueError, match="is there twice") as caught:
        Vocabulary(["a" * 100_000] * 2)
    assert len(str(caught.value)) < 500


# Whoever writes them well -------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path):
    """A text on disk: what makes one of an index changed, or of other ids."""
    path = tmp_path / "kept"
    Corpus.from_sentences(["a b c a", "b c"], min_count=1, on_disk=path, progress=False)
    data = path.read_bytes()
    start, index = data.index(b'{"version"'), data[data.index(b'{"version"') :]
    size = 4 * sum(json.loads(index)["counts"])

    def write(ids=None, **changes):
        own = data[start - size : start] if ids is None else np.array(ids, np.int32).tobytes()
        told = {**json.loads(index), **changes}
        text = json.dumps({name: it for name, it in told.items() if it is not ...})
        path.write_bytes(data[: start - size] + own + text.encode())
        return path

    return write


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ...},
        {"name": []},
        {"made_from": 7},
        {"counts": [2**80, 3 - 2**80, 2, 2]},
        {"counts": [10, -6, 2, 2]},
        {"counts": [2.0, 2.0, 2.0, 2.0]},
        {"counts": {"2": 2}},
        {"words": ["a", "a", "b", "c"]},
        {"words": [1, 2, 3, 4]},
        {"words": "abcd"},
        {"words": None},
        {"version": "1"},
    ],
    ids=str,
)
def test_an_index_that_lies(changes, kept):
    assert len(load_corpus(kept())) == 8
    with pytest.raises(ValueError, match="kept is no whole text"):
        load_corpus(kept(**changes))


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
@pytest.mark.parametrize("bad", [4, 2**31 - 1, -1, -(2**31)])
def test_ids_on_disk_that_no_word_has(engine, bad, kept):
    """Compiled code would read and write beside its arrays."""
    if ENGINES[engine].missing():
        pytest.skip(f"{engine} cannot run here")
    corpus = load_corpus(kept([0, 1, 2, bad, 0, 1, 2, 3]))
    with pytest.raises(IndexError, match=f"corpus.ids holds the id {bad}"):
        train(corpus, engine=engine, vector_size=4, epochs=1, subsample=0, progress=False)
    with pytest.raises(IndexError, match=f"corpus.ids holds the id {bad}"):
        join_phrases(corpus)


@pytest.mark.parametrize(
    "state",
    [
        [],
        None,
        {},
        {"pieces": 1},
        {"pieces": -1, "bar": [0, 0.0, 0, None]},
        {"pieces": 3, "bar": [0, 0.0, 0, None]},
        {"pieces": 10**30, "bar": [0, 0.0, 0, None]},
        {"pieces": 1.5, "bar": [0, 0.0, 0, None]},
        {"pieces": 1, "bar": [0, 0.0]},
        {"pieces": 1, "bar": "abcd"},
        {"pieces": 1, "bar": [0, "a", 0, None]},
        {"pieces": 1, "bar": [0, 0.0, 0, {}]},
        {"pieces": 1, "bar": [-1, 0.0, 0, None]},
    ],
    ids=str,
)
def test_a_checkpoint_that_lies(state, tmp_path):
    path, corpus = tmp_path / "checkpoint", strangers.some_corpus()
    (whole, _) = strangers.checkpoints(tmp_path)
    magic, header, matrices = whole.split(b"\n", 2)
    total = zlib.crc32(matrices, zlib.crc32(json.dumps(state).encode()))
    told = json.dumps(json.loads(header) | {"state": state, "sum": total}).encode()
    path.write_bytes(b"\n".join([magic, told, matrices]))
    if state is None:  # as where nothing was saved: it starts anew
        assert len(strangers.learn(corpus, checkpoint=path)) == 4
        return
    with pytest.raises(ValueError, match="checkpoint .* is cut off or damaged: delete it"):
        strangers.learn(corpus, checkpoint=path)


def test_settings_are_told_in_few_words(tmp_path):
    path = tmp_path / "checkpoint"
    (whole, _) = strangers.checkpoints(tmp_path)
    magic, header, matrices = whole.split(b"\n", 2)
    told = json.loads(header)
    told["settings"] |= {"engine": "\x1b[2J", "window": "9" * 10_000}
    path.write_bytes(b"\n".join([magic, json.dumps(told).encode(), matrices]))
    with pytest.raises(ValueError, match=r"window is '99+\.\.\. there, 1 here") as caught:
        strangers.learn(strangers.some_corpus(), checkpoint=path)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 1000


# Archives -----------------------------------------------------------------------------------------


def take_out(path, member, target):
    with open(path, "rb") as archive, open(target, "wb") as out:
        ptb.take_out(archive, member, out)


def test_a_member_of_an_archive_is_written_where_it_is_asked_for(tmp_path, seeds):
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    for data in seeds["archive"]:
        for member in strangers.EVIL:
            (inside / "arrived").write_bytes(data)
            try:
                take_out(inside / "arrived", member, inside / "taken-out")
            except KeyError:  # there is no such member
                (inside / "taken-out").unlink()
                continue
            assert (inside / "taken-out").read_bytes() in (b"text", f"text of {member}".encode())
            (inside / "taken-out").unlink()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [inside / "arrived"]


def test_a_member_that_unpacks_to_more_than_it_should(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("text", bytes(2 * ptb.LARGEST))
    says = "it holds more than 10,000,000 bytes"
    refused(tmp_path / "bomb", lambda it: take_out(it, "text", tmp_path / "out"), says)
    assert not (tmp_path / "out").read_bytes()


@pytest.mark.parametrize("kind", [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_what_has_no_contents_is_none_whatever_its_size(kind, tmp_path):
    member, wanted = tarfile.TarInfo("other"), tarfile.TarInfo("text")
    member.type, member.size, wanted.size = kind, 4096, 4
    archive = member.tobuf() + wanted.tobuf() + b"text" + bytes(508)
    (tmp_path / "tar").write_bytes(gzip.compress(archive))
    take_out(tmp_path / "tar", "text", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"text"


@pytest.mark.parametrize(
    ("kind", "size", "times"),
    [
        (tarfile.GNUTYPE_LONGNAME, 60_000_000, 1),
        (tarfile.XHDTYPE, 60_000_000, 1),
        (tarfile.REGTYPE, 0, 60_000),
        (tarfile.REGTYPE, -512, 1),
    ],
    ids=["long name", "long record", "many", "backwards"],
)
def test_a_tar_archive_that_fills_memory_or_never_ends(kind, size, times, tmp_path, monkeypatch):
    monkeypatch.setattr(ptb, "UNPACKED", 30_000_000)
    member = tarfile.TarInfo("other")
    member.type, member.size = kind, size
    content = member.tobuf(tarfile.GNU_FORMAT) * times + bytes(max(size, 0))
    (tmp_path / "bomb").write_bytes(gzip.compress(content))
    says = "it holds more than 30,000,000 bytes"
    refused(tmp_path / "bomb", lambda it: take_out(it, "text", tmp_path / "out"), says)
