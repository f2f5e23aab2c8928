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


def test_a_save_that_fails_leaves_the_former_file(saved, monkeypatch):
    wv, path = saved
    before = path.read_bytes()

    def write_array(file, *rest, **options):
        raise OSError("no space left")

    monkeypatch.setattr(np.lib.format, "write_array", write_array)
    with pytest.raises(OSError, match="no space"):
        WordVectors(wv.vectors, ["four", "other", "words", "here"]).save(path)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def test_what_is_not_whole(saved, tmp_path):
    wv, path = saved
    whole = path.read_bytes()
    np.save(path, wv.vectors)
    matrix = path.read_bytes()
    assert whole.startswith(matrix)
    with pytest.raises(ValueError, match=r"vectors.npy has no words, .* an array of your own"):
        WordVectors.load(path)
    for damaged in whole[:-1], whole[:-11], whole + b"more\n":
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"cut off or damaged: float32 \(4, 3\), [235] words"):
            WordVectors.load(path)
    path.write_bytes(matrix + "the\nétat\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"words in .*vectors.npy are not UTF-8: see line 2"):
        WordVectors.load(path)
    archive = tmp_path / "some.npz"
    np.savez(archive, whole)
    for damaged in matrix[:-5], b"", archive.read_bytes():
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="is no whole matrix of NumPy"):
            WordVectors.load(path)
    with pytest.raises(FileNotFoundError, match="no file"):
        WordVectors.load(tmp_path / "none.npy")
    with pytest.raises(ValueError, match="limit is 0"):
        WordVectors.load(path, limit=0)
