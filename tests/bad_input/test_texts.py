"""Texts, vectors and questions of any bytes: read as they are, or the error says why not."""

import gzip
import re

import numpy as np
import pytest
from long import LONG
from peaks import peak

from w2vlib import WordVectors, load_corpus, train
from w2vlib.questions import read_analogies, read_word_pairs
from w2vlib.reading import SMALL

hypothesis = pytest.importorskip("hypothesis", reason="Hypothesis is not installed")
from hypothesis import HealthCheck, given, settings, strategies

SIZE = 100_000_000 if LONG else 5_000_000  # bytes of one line
WORDS = ["king", "queen", "고양이", "🐈", "e\u0301", "<eos>", "\u200b", "0.5", "1 2", ": x", "a\tb"]
TEXT = ["\n", "\r\n", "\r", " ", "\t", "\ufeff", "\x85", "\u2028", "\x1c", *WORDS]
BYTES = [b"\0", b"\xff", b"\xc3", b"\x1b$B", b"\x1f\x8b\x08", b"PK\x03\x04", "한".encode("utf-16")]
anything = strategies.lists(
    strategies.sampled_from([*(part.encode() for part in TEXT), *BYTES])
    | strategies.binary(max_size=4)
).map(b"".join)
texts = strategies.lists(strategies.sampled_from(TEXT), min_size=1).map("".join)
here = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some file"


def check_words(error, path):
    """The error of a file names it, and shows no other error behind it."""
    assert str(path) in str(error) or path.name in str(error), error
    assert re.search(
        r"should|must|give|expected|save|unpack|put|take|get|cannot|promises|is ", str(error)
    )


@here
@given(text=texts)
def test_a_text_is_read_as_it_is(path, text):
    plain = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    lines = [[*line.split(), "<eos>"] for line in plain.split("\n")]
    words = [word for line in lines for word in line]
    ends = {
        i for i, word in enumerate(words) if word == "<eos>" and words[i - 1 : i] in ([], ["<eos>"])
    }
    words = [word for i, word in enumerate(words) if i not in ends]
    path.write_bytes(text.encode())
    try:
        corpus = load_corpus(path, min_count=1)
    except ValueError as error:
        check_words(error, path)
        assert len(set(words) - {"<eos>", "<unk>"}) < 2 or "blank" in str(error)
        return
    assert [corpus.vocabulary.word(i) for i in corpus.ids] == words


@here
@given(content=anything)
def test_any_bytes_are_a_text_that_trains_or_an_error_that_names_them(path, content):
    path.write_bytes(content)
    try:
        corpus = load_corpus(path, min_count=1)
        options = {"vector_size": 2, "epochs": 1, "subsample": 0, "progress": False}
        assert np.isfinite(train(corpus, **options).vectors).all()
    except ValueError as error:
        check_words(error, path)
    assert path.read_bytes() == content


@here
@given(content=anything)
def test_any_bytes_are_vectors_or_an_error_that_names_them(path, content):
    for head in (b"", b"2 2\n", b"1 1\n", b"999999999 999999999\n"):
        path.write_bytes(head + content)
        try:
            vectors = WordVectors.load(path)
            assert np.isfinite(vectors.vectors).all() and len(set(vectors.vocabulary)) == len(
                vectors
            )
        except ValueError as error:
            check_words(error, path)


@pytest.mark.parametrize("read", [read_word_pairs, read_analogies])
@here
@given(content=anything)
def test_any_bytes_are_questions_or_an_error_that_names_them(path, read, content):
    path.write_bytes(content)
    try:
        assert read(path)
    except ValueError as error:
        check_words(error, path)


def test_one_long_line_of_words(path):
    words = SIZE // 5
    path.write_bytes(b"king queen " * (words // 2))
    assert peak(lambda: load_corpus(path)) < 12 * words + 40e6


def test_one_long_line_without_a_blank(path):
    path.write_bytes(b"x" * SIZE)

    def load():
        with pytest.raises(ValueError, match="characters without a blank: put blanks"):
            load_corpus(path)

    assert peak(load) < 60e6


@pytest.mark.parametrize("read", [read_word_pairs, read_analogies])
def test_one_long_line_of_no_question(path, read):
    path.write_bytes(b"king queen " * (SMALL // 11))

    def load():
        with pytest.raises(ValueError, match="expected") as caught:
            read(path)
        assert len(str(caught.value)) < 500

    assert peak(load) < 10 * SMALL


@pytest.mark.parametrize("line", [b"king queen ", b"a b 3\n", b":\n"])
@pytest.mark.parametrize("read", [read_word_pairs, read_analogies])
def test_too_many_questions(path, read, line):
    path.write_bytes(gzip.compress(line * (4 * SMALL // len(line))))

    def load():
        with pytest.raises(ValueError, match="more than 10,000,000 characters, so .* another file"):
            read(path)

    assert peak(load) < 10 * SMALL
