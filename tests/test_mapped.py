"""mapped.py: vectors that are mapped, not read."""

import numpy as np
import pytest

from w2vlib import WordVectors

WORDS = ["the", "new york", "\u00e9", "no\u00a0break"]


@pytest.fixture
def saved(tmp_path):
    vectors = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
    wv = WordVectors(vectors, WORDS)
    wv.save(tmp_path / "vectors.npy")
    return wv, tmp_path / "vectors.npy"


def test_what_was_saved_is_mapped(saved):
    wv, path = saved
    mapped = WordVectors.load(path)
    assert isinstance(mapped.vectors, np.memmap) and not mapped.vectors.flags.writeable
    assert list(mapped) == WORDS and np.array_equal(mapped.vectors, wv.vectors)
    assert mapped.most_similar("the") == wv.most_similar("the")
    assert np.array_equal(np.load(path), wv.vectors)  # as any program of NumPy reads it
    assert list(WordVectors.load(path, limit=2)) == WORDS[:2]
    wv.save(path)  # while it is mapped
    assert np.array_equal(mapped.vectors, wv.vectors)


def test_a_word_that_ends_a_line(saved, tmp_path):
    _, path = saved
    before = path.read_bytes()
    for word in "two\nlines", "":
        with pytest.raises(ValueError, match="cannot be saved"):
            WordVectors(np.ones((2, 1)), ["good", word]).save(path)
    assert path.read_bytes() == before and len(WordVectors.load(path)) == 4


def test_a_save_that_fails_leaves_both_files(saved, monkeypatch):
    wv, path = saved
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}

    def write_array(file, *rest, **options):
        raise OSError("no space left")

    monkeypatch.setattr(np.lib.format, "write_array", write_array)
    with pytest.raises(OSError, match="no space"):
        WordVectors(wv.vectors, ["four", "other", "words", "here"]).save(path)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def test_files_that_do_not_fit(saved, tmp_path):
    _, path = saved
    words = tmp_path / "vectors.words.txt"
    words.write_text("the\n")
    with pytest.raises(ValueError, match=r"do not fit: float32 \(4, 3\), 1 words"):
        WordVectors.load(path)
    words.unlink()
    with pytest.raises(FileNotFoundError, match=r"has no words: .*vectors.words.txt is not there"):
        WordVectors.load(path)
    words.write_bytes("the\nétat\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"vectors.words.txt is not UTF-8 text: see line 2"):
        WordVectors.load(path)
    words.write_text("the\n")
    whole, archive = path.read_bytes(), tmp_path / "some.npz"
    np.savez(archive, whole)
    for damaged in whole[:-5], b"", archive.read_bytes():
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="is no whole matrix of NumPy"):
            WordVectors.load(path)
    with pytest.raises(FileNotFoundError, match="no file"):
        WordVectors.load(tmp_path / "none.npy")
    with pytest.raises(ValueError, match="limit is 0"):
        WordVectors.load(path, limit=0)
