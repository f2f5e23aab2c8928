"""corpus_file.py: texts on disk, and what is made of them there is what memory would hold."""

import bz2
import errno
import gzip
import json
import os
import re
import subprocess
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from w2vlib import Corpus, corpus_file, load_corpus, numbering, pieces, reading, train
from w2vlib.engines import ENGINES

ROOT = Path(__file__).parents[1]
TEXT = "the cat sat\nThe dog sat\n\n  \nthe cat ran"


def some_text(lines=300, seed=0):
    rng = np.random.default_rng(seed)
    words = ["a", "bb", "é", "日本", "<unk>", "x", "y", "", "z z", '"no!"']
    p = [0.3, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]
    return "\n".join(" ".join(rng.choice(words, rng.integers(0, 9), p=p)) for _ in range(lines))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 37)
    monkeypatch.setattr(corpus_file, "BLOCK", 50)


@pytest.fixture
def text(tmp_path):
    (tmp_path / "text.txt").write_text(some_text(), encoding="utf-8")
    return tmp_path / "text.txt"


def decode(corpus):
    return [corpus.vocabulary.word(i) for i in corpus.ids]


def assert_same(found, expected):
    assert isinstance(found.ids, np.memmap) and found.ids.dtype == np.int32
    assert not found.ids.flags.writeable
    assert np.array_equal(found.ids, expected.ids)
    assert list(found.vocabulary) == list(expected.vocabulary)
    assert found.counts.dtype == np.int64 and np.array_equal(found.counts, expected.counts)
    assert repr(found) == repr(expected) and len(found) == len(expected)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"min_count": 1},
        {"min_count": 40, "max_vocab": 6},
        {"min_count": 1, "split_punctuation": True, "lower": True, "nfc": True},
    ],
)
def test_the_same_on_disk_as_in_memory(text, tmp_path, options):
    kept = tmp_path / "text.ids"
    expected = load_corpus(text, **options)
    assert_same(load_corpus(text, **options, on_disk=kept, progress=False), expected)
    assert_same(load_corpus(str(text), **options, on_disk=str(kept)), expected)
    assert_same(load_corpus(kept), expected)
    assert np.array_equal(np.load(kept, mmap_mode="r"), expected.ids)  # as NumPy alone has it


def test_files_of_every_kind(text, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "1.gz").write_bytes(gzip.compress(text.read_bytes()))
    (tmp_path / "more" / "2").write_bytes(bz2.compress(TEXT.encode()))
    expected = load_corpus([text, tmp_path / "more"])
    kept = tmp_path / "kept"
    assert_same(load_corpus([text, tmp_path / "more"], on_disk=kept, progress=False), expected)
    # In the folder that is read it is no text.
    kept = tmp_path / "more" / "kept"
    for _ in range(2):
        found = load_corpus(tmp_path / "more", on_disk=kept, progress=False)
        assert len(found) == len(expected) - len(load_corpus(text))
    with pytest.raises(ValueError, match="kept is an array of NumPy: a text kept"):
        load_corpus(tmp_path / "more")


def test_named_texts(tmp_path):
    expected = load_corpus("default", max_vocab=100)
    for _ in range(2):
        found = load_corpus("default", max_vocab=100, on_disk=tmp_path / "kept", progress=False)
        assert_same(found, expected)
    with pytest.raises(ValueError, match='on_disk is for split="train" alone'):
        load_corpus("ptb", "valid", on_disk=tmp_path / "kept")


@pytest.fixture
def unread(monkeypatch):
    """From here on no text is read."""

    def forbid():
        def words_of(*args):
            raise AssertionError("read")

        monkeypatch.setattr(reading, "words_of", words_of)

    return forbid


def test_a_second_time_nothing_is_read(text, tmp_path, unread):
    kept = tmp_path / "text.ids"
    first = load_corpus(text, min_count=2, on_disk=kept, progress=False)
    unread()
    assert_same(load_corpus(text, min_count=2, on_disk=kept), first)


def test_another_text_or_other_options_are_read(text, tmp_path, unread):
    kept = tmp_path / "text.ids"
    first = load_corpus(text, on_disk=kept, progress=False)
    before, ids = load_corpus(text), first.ids
    assert len(load_corpus(text, max_vocab=5, on_disk=kept, progress=False).vocabulary) == 5
    lower = load_corpus(text, lower=True, on_disk=kept, progress=False)
    assert_same(lower, load_corpus(text, lower=True))
    text.write_text(some_text(seed=1), encoding="utf-8")
    assert_same(load_corpus(text, on_disk=kept, progress=False), load_corpus(text))
    status = text.stat()
    os.utime(text, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    (text.parent / "other.txt").write_bytes(text.read_bytes())
    unread()
    for changed in text, text.parent / "other.txt", [text, text]:
        with pytest.raises(AssertionError, match="read"):
            load_corpus(changed, on_disk=kept, progress=False)
    assert np.array_equal(ids, before.ids)  # who has mapped the first still has it


def test_sentences_go_to_disk_one_by_one(tmp_path):
    sentences = [["New York", "a\nb"], "the cat", (), "\udcff \u2028x the", ["the"]] * 3000
    expected = Corpus.from_sentences(sentences, min_count=1)
    kept = tmp_path / "kept"
    seen = 0

    def generate():
        nonlocal seen
        for sentence in sentences:
            seen += 1
            yield sentence
            if seen == 10_000:
                assert max(path.stat().st_size for path in tmp_path.iterdir()) > 50_000

    found = Corpus.from_sentences(generate(), min_count=1, on_disk=kept, progress=False)
    assert_same(found, expected)
    assert_same(load_corpus(kept), expected)
    assert "\udcff" in found.vocabulary and "a\nb" in found.vocabulary
    again = Corpus.from_sentences(["a b c"], min_count=1, on_disk=kept, progress=False)
    assert len(again) == 4 and len(load_corpus(kept)) == 4 and len(found) == len(expected)


@pytest.mark.parametrize("compress", [bytes, gzip.compress, bz2.compress])
def test_standard_input(text, tmp_path, compress):
    code = "from w2vlib import load_corpus; print(load_corpus('-', on_disk='kept'))"
    for _ in range(2):  # a pipe is always read
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=compress(text.read_bytes()), capture_output=True, check=False, cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        assert b"reading" in done.stderr  # the bar
    expected = load_corpus(text)
    assert np.array_equal(load_corpus(tmp_path / "kept").ids, expected.ids)


def test_a_bar_of_bytes(text, tmp_path, capsys):
    pytest.importorskip("tqdm")
    (tmp_path / "more.gz").write_bytes(gzip.compress(b"more words\n" * 10_000))
    load_corpus([text, tmp_path / "more.gz"], on_disk=tmp_path / "kept")
    assert "100%" in capsys.readouterr().err
    load_corpus([text, tmp_path / "more.gz"], on_disk=tmp_path / "kept")
    Corpus.from_sentences(["a b"], min_count=1, on_disk=tmp_path / "kept", progress=False)
    assert capsys.readouterr().err == ""


def test_an_interruption_leaves_what_was_there(text, tmp_path, monkeypatch):
    kept = tmp_path / "text.ids"
    first = load_corpus(text, on_disk=kept, progress=False)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def generate():
        yield from ["a b c"] * 100
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Corpus.from_sentences(generate(), on_disk=kept, progress=False)
    with pytest.raises(ValueError, match="0 come min_count=1000 times"):
        load_corpus(text, min_count=1000, on_disk=kept, progress=False)

    def fsync(number):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="no space"):
        load_corpus(text, min_count=2, on_disk=kept, progress=False)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert_same(load_corpus(text, on_disk=kept), first)


ENDLESS = """
import itertools, sys
from w2vlib import Corpus
words = (f"a b {i % 1000}" for i in itertools.count())
Corpus.from_sentences(words, on_disk=sys.argv[1], progress=False)
"""


def test_killed_while_it_writes(tmp_path):
    kept = tmp_path / "kept"
    process = subprocess.Popen([sys.executable, "-c", ENDLESS, kept], cwd=ROOT)
    while not any(path.stat().st_size > 10**6 for path in tmp_path.iterdir()):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not kept.exists()
    [left] = tmp_path.iterdir()
    assert re.fullmatch(r"\.kept\.[0-9a-f]{16}\.part", left.name)
    assert len(Corpus.from_sentences(["a b"], min_count=1, on_disk=kept, progress=False)) == 3


TOGETHER = """
import sys
from w2vlib import load_corpus
corpus = load_corpus(sys.argv[1], on_disk=sys.argv[2], progress=False)
print(len(corpus), int(corpus.ids.sum()))
"""


def test_two_processes_together(tmp_path):
    text, kept = tmp_path / "text.txt", tmp_path / "kept"
    text.write_text(some_text(20_000), encoding="utf-8")
    command = [sys.executable, "-c", TOGETHER, text, kept]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate()[0].decode() for process in both]
    expected = load_corpus(text)
    assert said == [f"{len(expected)} {expected.ids.sum()}\n"] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "text.txt"]


def test_what_is_no_whole_text_on_disk(text, tmp_path):
    kept = tmp_path / "kept"
    load_corpus(text, on_disk=kept, progress=False)
    whole = kept.read_bytes()
    end = whole.index(b'{"version"')
    index = json.loads(whole[end:])
    other = whole[:end] + json.dumps(index | {"counts": index["counts"][::-1][:-1]}).encode()
    np.save(tmp_path / "array.npy", np.arange(9))
    array = (tmp_path / "array.npy").read_bytes()
    for damaged in whole[:-1], whole[:end], whole[: end - 4], whole[:20], other, array:
        kept.write_bytes(damaged)
        with pytest.raises(ValueError, match="kept is no whole text .* keeps on disk: .* delete"):
            load_corpus(kept)
        with pytest.raises(ValueError, match="kept is no whole text"):
            load_corpus(text, on_disk=kept)
        assert kept.read_bytes() == damaged
    before = text.read_bytes()
    for sentences in (
        lambda: Corpus.from_sentences(["a b"], on_disk=text),
        lambda: load_corpus(text, on_disk=text),
    ):
        with pytest.raises(ValueError, match="text.txt is no whole text"):
            sentences()
    assert text.read_bytes() == before


@pytest.mark.parametrize(
    ("on_disk", "error", "says"),
    [
        ("", ValueError, "on_disk is empty"),
        (7, TypeError, "on_disk must be a string or a Path, but is 7"),
        (True, TypeError, "on_disk must be a string or a Path"),
        (".", IsADirectoryError, "is a folder"),
        ("none/kept", FileNotFoundError, "there is no folder"),
        ("/dev/null", ValueError, "on_disk is /dev/null, a pipe or a device"),
    ],
)
def test_bad_places(text, on_disk, error, says, monkeypatch):
    monkeypatch.chdir(text.parent)
    with pytest.raises(error, match=says):
        load_corpus(text, on_disk=on_disk)
    with pytest.raises(error, match=says):
        Corpus.from_sentences(["a b"], on_disk=on_disk)


@pytest.mark.parametrize(
    "options",
    [{"min_count": 5}, {"max_vocab": 9}, {"lower": True}, {"on_disk": "other"}, {"split": "test"}],
)
def test_words_on_disk_are_chosen(text, tmp_path, options):
    load_corpus(text, on_disk=tmp_path / "kept", progress=False)
    with pytest.raises(ValueError, match=f"kept is a text on disk, .* {next(iter(options))} has"):
        load_corpus(tmp_path / "kept", **options)


@pytest.mark.parametrize("most", [20, 60, 200])
def test_more_words_than_memory_holds(tmp_path, monkeypatch, most):
    rng = np.random.default_rng(0)
    drawn = np.minimum(rng.zipf(1.4, 6000), 10**6)
    lines = [[f"w{i}" for i in drawn[start : start + 6].tolist()] for start in range(0, 6000, 6)]
    counts = Counter(word for line in lines for word in line)
    monkeypatch.setattr(numbering, "MOST", most)
    kept = tmp_path / "kept"
    with pytest.warns(UserWarning, match=f"more than {most} different words: .* <unk>"):
        corpus = Corpus.from_sentences(iter(lines), min_count=1, on_disk=kept, progress=False)
    expected = [word for line in lines for word in [*line, "<eos>"]]
    found = decode(corpus)
    assert len(found) == len(expected)
    assert all(a in (b, "<unk>") for a, b in zip(found, expected))
    assert Counter(found) == dict(zip(corpus.vocabulary, corpus.counts.tolist()))
    assert (np.diff(corpus.counts) <= 0).all() and len(corpus.vocabulary) < len(counts)
    often = [word for word, _ in counts.most_common(5)]
    assert [Counter(found)[word] for word in often] == [counts[word] for word in often]
    monkeypatch.setattr(numbering, "MOST", 10**6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Corpus.from_sentences(iter(lines), min_count=1, on_disk=kept, progress=False)


def test_trained_on_disk_as_in_memory(text, tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", 300)
    kept = load_corpus(text, on_disk=tmp_path / "kept", progress=False)
    options = {"vector_size": 8, "epochs": 2, "subsample": 0, "progress": False}
    vectors = [train(corpus, **options).vectors for corpus in (kept, load_corpus(text))]
    assert len(kept) > 900 and vectors[0].tobytes() == vectors[1].tobytes()


def write_ids(path, words, ids, times):
    """A text on disk: `ids` again and again."""
    with open(path, "wb") as file:
        corpus_file._write_header(file, times * len(ids))
        file.writelines(ids for _ in range(times))
        counts = (times * np.bincount(ids)).tolist()
        index = {"version": corpus_file.VERSION, "words": words, "counts": counts}
        file.write(json.dumps(index | {"name": "again", "made_from": None}).encode())


LIMITED = """
import re, resource, sys
import numpy as np
from w2vlib import Corpus, load_corpus, pieces, train

def status(what):
    with open("/proc/self/status") as file:
        return 1024 * int(re.search(what + r":\\s+(\\d+)", file.read())[1])

def learn(corpus):
    return train(
        corpus, engine=sys.argv[1], vector_size=8, epochs=1, subsample=1e-7, progress=False
    )

small = Corpus.from_sentences([f"w{i} w{i % 7}" for i in range(10_000)], min_count=1)
learn(small)  # all that the engine needs is loaded
pieces.PIECE = 1 << 17
room, before = load_corpus(sys.argv[2]).ids.nbytes // 10, status("VmRSS")
limit, used = {
    "private": (resource.RLIMIT_DATA, "VmData"), "mapped, too": (resource.RLIMIT_AS, "VmSize")
}[sys.argv[3]]
resource.setrlimit(limit, (status(used) + room,) * 2)
corpus = load_corpus(sys.argv[2])
vectors = learn(corpus)
grown = status("VmHWM") - before
try:
    np.array(corpus.ids)
except (MemoryError, OSError):
    print(corpus, len(vectors), grown < room, isinstance(corpus.ids, np.memmap))
"""


@pytest.mark.parametrize("limit", ["private", "mapped, too"])
@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_a_text_of_ten_times_the_memory_is_trained_on(tmp_path, engine, limit):
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc to see the memory of a process")
    if ENGINES[engine].missing():
        pytest.skip(f"engine {engine} lacks {ENGINES[engine].missing()}")
    lines = np.random.default_rng(0).integers(1, 1000, (1 << 16, 16), np.int32)
    lines[:, -1] = 0
    words = ["<eos>", *(f"w{i}" for i in range(1, 1000))]
    write_ids(tmp_path / "kept", words, lines.ravel(), 40)
    command = [sys.executable, "-c", LIMITED, engine, tmp_path / "kept", limit]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    corpus = "Corpus('again', 41,943,040 ids, 1,000 words)"
    assert done.stdout == f"{corpus} 1000 True {limit == 'private'}\n", done.stderr


def test_slices_are_those_of_an_array(text, tmp_path, monkeypatch):
    ids = load_corpus(text, on_disk=tmp_path / "kept", progress=False).ids

    def memmap(file, dtype, mode, offset, shape):
        if shape == ids.shape:
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return mapped(file, dtype, mode, offset, shape)

    mapped = np.memmap
    monkeypatch.setattr(np, "memmap", memmap)
    corpus = load_corpus(tmp_path / "kept")
    (tmp_path / "kept").unlink()
    assert len(corpus) == len(ids) and corpus.ids.nbytes == ids.nbytes
    for i in 0, 7, -1, np.int64(3):
        assert corpus.ids[i] == ids[i]
    parts = [(3, 9), (0, 0), (5, None, 3), (-4, None), (9, 2, -2), (90, 3), (1, 10**9)]
    for part in parts:
        assert np.array_equal(corpus.ids[slice(*part)], ids[slice(*part)])
    assert corpus.ids[3:9].dtype == np.int32
    assert list(corpus.ids) == ids.tolist()
    with pytest.raises(IndexError):
        corpus.ids[len(ids)]
    monkeypatch.undo()
    assert np.array_equal(corpus.ids, ids)
