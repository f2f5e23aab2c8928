"""w2vlib.word2vec_format and WordVectors.save / load: files that other programs read too."""

import os
import pathlib

import numpy as np
import pytest

from w2vlib import WordVectors, word2vec_format

WORDS = ["the", "<eos>", "köttbullar", "日本", "3.5", "-1", "nan", "no\u00a0break"]
EXTREMES = np.array([0, -0.0, 1e-45, -1e-38, 3.4e38, 1 / 3, 16777217, 0.1], dtype=np.float32)
ROW = {
    "word2vec.c": b"a " + np.float32([1, 2]).tobytes() + b"\n",
    "gensim": b"a " + np.float32([1, 2]).tobytes(),
}


def some_vectors(V=8, H=5, seed=0):
    return np.random.default_rng(seed).normal(size=(V, H)).astype(np.float32)


def written(tmp_path, content):
    path = tmp_path / "vectors"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("H", [1, 2, 5, 300])
def test_round_trip_is_exact(tmp_path, binary, H):
    vectors = some_vectors(H=H)
    vectors[:, 0] = EXTREMES
    WordVectors(vectors, WORDS).save(tmp_path / "vectors", binary=binary)
    loaded = WordVectors.load(tmp_path / "vectors")
    assert list(loaded.vocabulary) == WORDS
    assert loaded.vectors.dtype == np.float32
    assert loaded.vectors.tobytes() == vectors.tobytes()  # -0.0 too


@pytest.mark.parametrize("binary", [False, True])
def test_round_trip_of_every_magnitude(tmp_path, binary):
    bits = np.random.default_rng(1).integers(0, 2**32, size=(2000, 4), dtype=np.uint32)
    vectors = bits.view(np.float32)
    vectors[~np.isfinite(vectors)] = 0
    word2vec_format.save(tmp_path / "vectors", map(str, range(2000)), vectors, binary=binary)
    words, loaded = word2vec_format.load(tmp_path / "vectors")
    assert words == [str(i) for i in range(2000)]
    assert loaded.tobytes() == vectors.tobytes()


@pytest.mark.parametrize("binary", [False, True])
def test_detection_holds_for_many_small_files(tmp_path, binary):
    rng = np.random.default_rng(2)
    for H in (1, 2, 3):
        for _ in range(200):
            vectors = rng.normal(scale=0.01, size=(2, H)).astype(np.float32)
            word2vec_format.save(tmp_path / "vectors", ["a", "1"], vectors, binary=binary)
            assert (word2vec_format.load(tmp_path / "vectors")[1] == vectors).all()


def test_text_is_readable(tmp_path):
    WordVectors(np.float32([[0.1, 2], [-3, 1e-9]]), ["a", "b"]).save(tmp_path / "vectors.txt")
    assert (tmp_path / "vectors.txt").read_bytes() == b"2 2\na 0.1 2.0\nb -3.0 1e-09\n"


def test_binary_is_little_endian_with_a_newline_a_row(tmp_path):
    word2vec_format.save(tmp_path / "vectors", ["a"], np.array([[1, 2]], ">f4"), binary=True)
    assert (tmp_path / "vectors").read_bytes() == b"1 2\n" + b"a \0\0\x80\x3f\0\0\0\x40\n"


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_ours(tmp_path, binary):
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    wv = WordVectors(some_vectors(), WORDS)
    wv.save(tmp_path / "vectors", binary=binary)
    theirs = models.KeyedVectors.load_word2vec_format(tmp_path / "vectors", binary=binary)
    assert theirs.index_to_key == WORDS
    assert (theirs.vectors == wv.vectors).all()


@pytest.mark.parametrize("binary", [False, True])
def test_we_read_gensims(tmp_path, binary):
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    theirs = models.KeyedVectors(5)
    theirs.add_vectors(WORDS, some_vectors())
    theirs.save_word2vec_format(tmp_path / "vectors", binary=binary)
    ours = WordVectors.load(tmp_path / "vectors")
    assert list(ours.vocabulary) == WORDS
    assert (ours.vectors == theirs.vectors).all()


@pytest.mark.parametrize("row", ROW.values(), ids=ROW)
def test_binary_with_and_without_newlines(tmp_path, row):
    path = written(tmp_path, b"3 2\n" + row + row.replace(b"a", b"b") + row.replace(b"a", b"c"))
    words, vectors = word2vec_format.load(path)
    assert words == ["a", "b", "c"]
    assert (vectors == [1, 2]).all()


@pytest.mark.parametrize(
    "text",
    [
        b"2 2\na 1 2 \nb 3 4 \n",  # word2vec.c and fastText end their rows with a blank
        b"2 2\r\na 1 2\r\nb 3 4\r\n",
        b"2 2\na 1 2\nb 3 4",
        b"2 2\na 1e0 +2\nb 3. 4\n\n\n",
    ],
)
def test_text_of_other_programs(tmp_path, text):
    words, vectors = word2vec_format.load(written(tmp_path, text))
    assert words == ["a", "b"]
    assert (vectors == [[1, 2], [3, 4]]).all()


FLOATS = np.float32([1, 2]).tobytes()


@pytest.mark.parametrize(
    "content, complaint",
    [
        (b"", "line 1: expected two whole numbers"),
        (b"a 1 2\nb 3 4\n", "line 1: expected two whole numbers.*GloVe"),
        (b"2\n", "line 1: expected two whole numbers"),
        (b"0 2\n", "line 1: expected two whole numbers"),
        (b"2 -2\na 1 2\n", "line 1: expected two whole numbers"),
        (b"\x1f\x8b\x08\0junk\n", "line 1: expected two whole numbers"),
        (b"9999999999 300\na 1 2\n", "states 9999999999 rows .* cut off"),
        (b"3 2\na 1.25 2.25\nb 3.25 4.25\n", "line 4: the file ends here"),
        (b"2 2\na 1.25 2.25\nb 3.25", "line 3: 'b' has 1 numbers, line 1 promises 2"),
        (b"2 2\na 1 2\nb 3 4 5\n", "line 3: 'b' has 3 numbers, line 1 promises 2"),
        (b"2 3\na 1.25 2.25\nb 3.25 4.25\n", "line 2: 'a' has 2 numbers, line 1 promises 3"),
        (b"2 2\na 1 2\nb 3 four\n", "line 3: .*four"),
        (b"2 2\na 1 2\nb 3 nan\n", "line 3: the vector of 'b' holds NaN or infinity"),
        (b"2 2\na 1 2\nb 3 1e99\n", "line 3: the vector of 'b' holds NaN or infinity"),
        (b"2 2\na 1 2\na 3 4\n", "line 3: 'a' stands there for the second time"),
        (b"2 2\na 1 2\nb 3 4\nc 5 6\n", "more follows after the 2 rows"),
        (b"2 2\na 1 2\ncaf\xe9 3 4\n", r"line 3: the word b'caf\\xe9' is not UTF-8"),
        (b"2 2\ncaf\xe9 3 4\na 1 2\n", r"line 2: the word b'caf\\xe9' is not UTF-8"),
        (b"2 2\na 1 2\n 3 4\n", "line 3: expected a word"),
        (b"2 2\na " + FLOATS + b"b " + FLOATS[:7], r"row 2 of 2 \(binary\): the file ends here"),
        (b"2 2\na " + FLOATS + b"b", r"row 2 of 2 \(binary\): the file ends here"),
        (b"2 2\na " + FLOATS + b"caf\xe9 " + FLOATS, "row 2 of 2.* is not UTF-8"),
        (b"2 2\na " + FLOATS + b"a " + FLOATS, "row 2 of 2.*second time"),
        (b"2 2\na " + FLOATS + b" " + FLOATS, "row 2 of 2.*expected a word"),
        (b"1 2\na " + FLOATS + b"b " + FLOATS, "more follows after the 1 rows"),
        (b"1 2\na " + np.float32([1, np.nan]).tobytes(), "row 1 of 1.*NaN"),
    ],
)
def test_damaged_files_are_told_by_place(tmp_path, content, complaint):
    path = written(tmp_path, content)
    with pytest.raises(ValueError, match=complaint) as error:
        WordVectors.load(path)
    assert str(path) in str(error.value)


def test_any_cut_is_noticed(tmp_path):
    for binary in (False, True):
        word2vec_format.save(tmp_path / "whole", ["a", "b"], some_vectors(2, 3), binary=binary)
        whole = (tmp_path / "whole").read_bytes()
        for end in range(len(whole) - 1):  # without its last newline it still is whole
            path = written(tmp_path, whole[:end])
            try:
                loaded = word2vec_format.load(path)[1]
            except ValueError:
                continue
            # A last decimal that lost digits is still a number: text cannot tell.
            assert not binary and (loaded[:, :2] == some_vectors(2, 3)[:, :2]).all()


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        WordVectors.load(tmp_path / "none")


@pytest.mark.parametrize("word", ["", "New York", "two\nlines", "tab\tbed", "\ud800"])
@pytest.mark.parametrize("binary", [False, True])
def test_words_that_the_format_cannot_hold(tmp_path, word, binary):
    wv = WordVectors(some_vectors(2), ["good", word])
    with pytest.raises(ValueError, match="the word .* cannot be"):
        wv.save(tmp_path / "vectors", binary=binary)
    assert not list(tmp_path.iterdir())


def test_rows_and_words_must_match(tmp_path):
    with pytest.raises(ValueError, match="one row for each of the 1 words"):
        word2vec_format.save(tmp_path / "vectors", ["a"], some_vectors(2))


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupted_save_leaves_the_former_file(tmp_path, monkeypatch, error):
    path = tmp_path / "vectors"
    WordVectors(some_vectors(2), ["a", "b"]).save(path)
    before = path.read_bytes()

    def encode(word):
        if word == "b":  # the first row is written by then
            raise error
        return word.encode()

    monkeypatch.setattr(word2vec_format, "_encode", encode)
    with pytest.raises(type(error) if isinstance(error, OSError) else error):
        WordVectors(some_vectors(2, seed=1), ["a", "b"]).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_save_follows_a_symbolic_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    try:
        os.symlink(target, link)
    except OSError:
        pytest.skip("this system allows no symbolic links")
    WordVectors(some_vectors(2), ["a", "b"]).save(link)
    assert link.is_symlink() and target.read_text().startswith("2 5\n")


def test_paths_may_be_strings(tmp_path):
    name = str(pathlib.Path(tmp_path, "vectors"))
    WordVectors(some_vectors(2), ["a", "b"]).save(name)
    assert len(WordVectors.load(name)) == 2
