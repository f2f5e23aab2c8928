"""w2vlib.word2vec_format and WordVectors.save / load: files that other programs read too."""

import os
import pathlib
import pickle
import shutil
import threading

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
        b"2 2\na\t1\t2\nb\t3\t4\n",
        b"2\t2\na  1  2\nb  3  4\n",
        b"\xef\xbb\xbf2 2\na 1 2\nb 3 4\n",
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
        (b"2\n", "line 1: expected two whole numbers"),
        (b"0 2\n", "line 1: expected two whole numbers"),
        (b"2 -2\na 1 2\n", "line 1: expected two whole numbers"),
        (b"the cat sat on the mat\n", r"line 1: expected two whole numbers.*found b'the [^(]*$"),
        (b"\x1f\x8b\x08\0junk\n", "is cut off or damaged"),
        (b"PK\x03\x04junk\n", "is a zip archive"),
        (b"\xba\x16O/\x0c\0\0\0" + bytes(99), "is a model of fastText .*load the .vec file"),
        (pickle.dumps({"a": 1}), "is a pickle"),
        (b"\x93NUMPY\1\0v\0{}", r"is an array of NumPy: .* vectors by a name in \.npy"),
        ("2 2\na 1 2\nb 3 4\n".encode("utf-16"), "is UTF-16 text"),
        ("2 2\na 1 2\nb 3 4\n".encode("utf-16-be"), "is UTF-16 text"),
        (b"<!DOCTYPE html>\n<html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"),
        (b"99999999999 300\na 1 2\n", "line 2: 'a' has 2 numbers, line 1 promises 300"),
        (
            b"1 %d\na 1 2\n" % 10**400,
            r"states rows of 1000\d+\.\.\. numbers, but 1,048,576 are the most",
        ),
        (b"9999 300\na 1 2\n", "line 2: 'a' has 2 numbers, line 1 promises 300"),
        (b"3 2\na 1.25 2.25\nb 3.25 4.25\n", "line 4: the file ends here"),
        (b"2 2\na 1.25 2.25\nb 3.25", "line 3: 'b' has 1 numbers, line 1 promises 2"),
        (b"2 2\na 1 2\nb 3 4 5\n", "line 3: 'b' has 3 numbers, line 1 promises 2"),
        (b"2 3\na 1.25 2.25\nb 3.25 4.25\n", "line 2: 'a' has 2 numbers, line 1 promises 3"),
        (b"2 2\na 1 2\nb 3 four\n", "line 3: .*four"),
        (b"2 2\na 1 2\nb 3 nan\n", "line 3: the vector of 'b' holds NaN or infinity"),
        (b"2 2\na 1 2\nb 3 1e99\n", "line 3: the vector of 'b' holds NaN or infinity"),
        (b"2 2\na 1 2\nb 3 4\nc 5 6\n", "more follows after the 2 rows"),
        (b"2 2\na 1 2\ncaf\xe9 3 4\n", r"line 3: the word b'caf\\xe9' is not UTF-8"),
        (b"2 2\ncaf\xe9 3 4\na 1 2\n", r"line 2: the word b'caf\\xe9' is not UTF-8"),
        (b"2 2\na 1 2\n 3 4\n", "line 3: expected a word"),
        (b"2 2\na 1 2\n\nb 3 4\n", "line 3: expected a word"),
        (b"2 2\na 1,5 2,5\nb 1,5 2,5\n", "line 2: .*1,5"),
        (b"2 3\na 1 x 3\nb 1 3 2\n", "line 2: .*x"),
        (b"2 3\na\nb 1 3 2\n", "line 2: 'a' has 0 numbers"),
        (b"2 3\n\na 1 3 2\nb 1 3 2\n", "line 2: expected a word"),
        (b"2 2\n", "line 2: the file ends here"),
        (b"2 2\na\0b 1 2\nb 1 3\n", "line 2: expected a word, found 'a.x00b'"),
        (b"2 2\na " + FLOATS + b"b " + FLOATS[:7], r"row 2 of 2 \(binary\): the file ends here"),
        (b"2 2\na " + FLOATS + b"b", r"row 2 of 2 \(binary\): the file ends here"),
        (b"2 2\na " + FLOATS + b"caf\xe9 " + FLOATS, "row 2 of 2.* is not UTF-8"),
        (b"a 1 2\nb 3\n", "line 2: 'b' has 1 numbers, line 1 promises 2"),
        (b"a 1 2\nb 3 x\n", "line 2: b'x' is no number"),
        (b"a 1 2\nb 3 nan\n", "line 2: the vector of 'b' holds NaN"),
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


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_glove_without_a_header(tmp_path, end):
    path = written(tmp_path, b", 1 2\n3.5 3 4\n<unk> 5 6" + end)
    words, vectors = word2vec_format.load(path)
    assert words == [",", "3.5", "<unk>"] and vectors.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_glove_of_many_rows(tmp_path):
    vectors = some_vectors(500, 30)
    rows = [f"w{i} {' '.join(map(str, row))}\n" for i, row in enumerate(vectors)]
    words, loaded = word2vec_format.load(written(tmp_path, "".join(rows).encode()))
    assert words[499] == "w499" and (loaded == vectors).all() and loaded.flags.owndata


@pytest.mark.parametrize("start", [b"3 2\n", b""])
def test_words_that_hold_blanks(tmp_path, start):
    path = written(tmp_path, start + b"a 1 2\nnew york 3 4\n. . 5 6\n")
    words, vectors = word2vec_format.load(path)
    assert words == ["a", "new york", ". ."] and vectors[1].tolist() == [3, 4]


@pytest.mark.parametrize(
    "content",
    [
        b"4 2\na 1 2\nb 3 4\na 5 6\nb 7 8\n",
        b"a 1 2\nb 3 4\na 5 6\nb 7 8\n",
        b"4 2\n"
        + b"".join(
            w + b" " + np.float32(x).tobytes()
            for w, x in zip([b"a", b"b", b"a", b"b"], [[1, 2], [3, 4], [5, 6], [7, 8]])
        ),
    ],
    ids=["text", "glove", "binary"],
)
def test_a_word_that_comes_twice_counts_once(tmp_path, content):
    with pytest.warns(UserWarning, match="'a' stands there more than once, and 1 more row") as seen:
        wv = WordVectors.load(written(tmp_path, content))
    assert list(wv) == ["a", "b"] and wv.vectors.tolist() == [[1, 2], [3, 4]]
    assert len(seen) == 1 and seen[0].filename == __file__


@pytest.mark.parametrize("binary", [False, True])
def test_the_first_rows_alone(tmp_path, binary):
    vectors = some_vectors()
    WordVectors(vectors, WORDS).save(tmp_path / "vectors", binary=binary)
    wv = WordVectors.load(tmp_path / "vectors", limit=3)
    assert list(wv) == WORDS[:3] and (wv.vectors == vectors[:3]).all()
    assert len(WordVectors.load(tmp_path / "vectors", limit=99)) == 8
    with pytest.raises(ValueError, match="limit is 0: it should be at least 1"):
        WordVectors.load(tmp_path / "vectors", limit=0)
    assert len(WordVectors.load(written(tmp_path, b"a 1 2\nb 3 4\n"), limit=1)) == 1


def test_other_encodings(tmp_path):
    path = written(tmp_path, b"2 2\ncaf\xe9 1 2\nb 3 4\n")
    assert list(WordVectors.load(path, encoding="latin-1")) == ["café", "b"]
    assert list(WordVectors.load(path, errors="replace")) == ["caf\ufffd", "b"]
    with pytest.raises(ValueError, match="is not UTF-8: say its encoding, or errors='replace'"):
        WordVectors.load(path)
    with pytest.raises(ValueError, match="line 2: the word .* is not PUNYCODE"):
        WordVectors.load(path, encoding="punycode")
    for options in (
        {"encoding": "klingon"},
        {"encoding": "hex"},
        {"errors": "laugh"},
        {"errors": "xmlcharrefreplace"},  # which is for writing alone
    ):
        for either in path, tmp_path / "vectors.npy":
            with pytest.raises(ValueError, match="not what bytes.decode takes"):
                WordVectors.load(either, **options)


def test_loaded_vectors_are_not_copied_and_cannot_be_written(tmp_path, monkeypatch):
    path = written(tmp_path, b"2 2\na 1 2\nb 3 4\n")
    vectors = np.float32([[1, 2], [3, 4]])
    monkeypatch.setattr(word2vec_format, "load", lambda *options: (["a", "b"], vectors))
    assert np.shares_memory(WordVectors.load(path).vectors, vectors)
    with pytest.raises(ValueError, match="read-only"):
        vectors[0] = 0


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


BAD = ["", " a", "a ", "a  b", "two\nlines", "tab\tbed", "nul\0", "\ud800", "windows 95", "a b nan"]


@pytest.mark.parametrize("word", BAD)
@pytest.mark.parametrize("binary", [False, True])
def test_words_that_the_format_cannot_hold(tmp_path, word, binary):
    wv = WordVectors(some_vectors(2), ["good", word])
    with pytest.raises(ValueError, match="the word .* cannot be"):
        wv.save(tmp_path / "vectors", binary=binary)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("H", [2, 3])
def test_words_with_blanks_are_text_alone(tmp_path, header, H):
    words = ["3 in one", ". . .", "New York", "no\u00a0break", "a"]
    wv = WordVectors(some_vectors(5, H), words)
    wv.save(tmp_path / "vectors", header=header)
    loaded = WordVectors.load(tmp_path / "vectors")
    assert list(loaded) == words and (loaded.vectors == wv.vectors).all()
    with pytest.raises(ValueError, match=r"'3 in one' cannot be saved: in a binary file .* \.npy"):
        wv.save(tmp_path / "vectors", binary=True)


def test_text_without_its_first_line_is_gloves(tmp_path):
    wv = WordVectors(np.float32([[0.1, 2], [-3, 1e-9]]), ["a", "b"])
    wv.save(tmp_path / "glove.txt", header=False)
    assert (tmp_path / "glove.txt").read_bytes() == b"a 0.1 2.0\nb -3.0 1e-09\n"
    for bad, binary in (wv, True), (WordVectors(np.ones((2, 1)), ["a", "b"]), False):
        with pytest.raises(ValueError, match="header is False: .* without the first line"):
            bad.save(tmp_path / "bad", binary=binary, header=False)
    assert len(list(tmp_path.iterdir())) == 1


def test_rows_and_words_must_match(tmp_path):
    with pytest.raises(ValueError, match="one row for each of the 1 words"):
        word2vec_format.save(tmp_path / "vectors", ["a"], some_vectors(2))


@pytest.mark.parametrize("name", ["vectors.gz", "vectors.vec.bz2", "VECTORS.XZ"])
@pytest.mark.parametrize("binary", [False, True])
def test_compressed_files(tmp_path, name, binary):
    wv = WordVectors(some_vectors(), WORDS)
    wv.save(tmp_path / name, binary=binary)
    assert (tmp_path / name).read_bytes()[:2] in (b"\x1f\x8b", b"BZ", b"\xfd7")
    shutil.move(tmp_path / name, tmp_path / "vectors.bin")  # contents tell, not the name
    loaded = WordVectors.load(tmp_path / "vectors.bin")
    assert list(loaded.vocabulary) == WORDS and (loaded.vectors == wv.vectors).all()


@pytest.mark.parametrize("binary", [False, True])
def test_rows_longer_than_a_block(tmp_path, binary):
    vectors = some_vectors(2, 20_000)
    word2vec_format.save(tmp_path / "vectors.gz", ["a", "b"], vectors, binary=binary)
    assert (word2vec_format.load(tmp_path / "vectors.gz")[1] == vectors).all()


@pytest.mark.parametrize("binary", [False, True])
def test_vectors_from_a_pipe(tmp_path, binary):
    os.mkfifo(tmp_path / "pipe")
    wv = WordVectors(some_vectors(), WORDS)
    writer = threading.Thread(target=wv.save, args=(tmp_path / "pipe", binary))
    writer.start()
    assert (WordVectors.load(tmp_path / "pipe").vectors == wv.vectors).all()
    writer.join()


def test_a_word_that_cannot_be_saved_is_found_before_anything_is_written(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(ValueError, match="'New York' cannot be saved"):
        WordVectors(some_vectors(2), ["good", "New York"]).save(tmp_path / "pipe", binary=True)
    assert os.read(reader, 100) == b""
    os.close(reader)


def test_paths_may_be_strings(tmp_path):
    name = str(pathlib.Path(tmp_path, "vectors"))
    WordVectors(some_vectors(2), ["a", "b"]).save(name)
    assert len(WordVectors.load(name)) == 2
