"""questions.py: the two kinds of files that vectors are scored on."""

import gzip

import pytest

from w2vlib.questions import read_analogies, read_word_pairs

MISSING = ["-", "N/A", "NA", "null", "none", "infinity"]  # a score, not a column's name


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_shipped_sets():
    pairs = read_word_pairs()
    assert len(pairs) == 353
    assert ("tiger", "cat", 7.35) in pairs
    sections = read_analogies()
    assert len(sections) == 14
    assert sum(map(len, sections.values())) == 19544
    assert ("athens", "greece", "baghdad", "iraq") in sections["capital-common-countries"]


@pytest.mark.parametrize(
    "text",
    [
        "a\tb\t3\nc\td\t4.5\n",
        "a b 3\nC D 4.5",
        "a \t b \t 3\nc   d   4.5\n",
        "\ufeffa\tb\t3\r\nc\td\t4.5\r\n",
        "\n\n  \na\tb\t3\n\nc\td\t4.5\n\n",
        "word1\tword2\tscore\na\tb\t3\nc\td\t4.5\n",
        "Word 1\tWord 2\tHuman (mean)\na\tb\t3\nc\td\t4.5\n",
        "word1 word2 SimLex999\na b 3\nc d 4.5\n",
        "# from a paper\n\nWord 1\tWord 2\tHuman (mean)\n# two pairs\na\tb\t3\nc\td\t4.5\n",
    ],
)
def test_word_pairs(write, text):
    assert read_word_pairs(write(text)) == [("a", "b", 3.0), ("c", "d", 4.5)]


def test_words_of_several_parts_between_tabs(write):
    assert read_word_pairs(write("New York\tcity\t-3e0\n")) == [("new york", "city", -3.0)]


def test_analogies(write):
    text = ":one\n\n# comment\nA b c D\n :  two words\r\na\tb\tc\td\r\n: one\ne f g h"
    assert read_analogies(write(text)) == {
        "one": [("a", "b", "c", "d"), ("e", "f", "g", "h")],
        "two words": [("a", "b", "c", "d")],
    }


def test_compressed_files(write):
    assert read_word_pairs(write(gzip.compress(b"a b 3\n"))) == [("a", "b", 3.0)]
    assert read_analogies(write(gzip.compress(b": s\na b c d\n"))) == {"s": [("a", "b", "c", "d")]}


@pytest.mark.parametrize(
    "read, text, complaint",
    [
        (read_word_pairs, "", "no pairs found"),
        (read_word_pairs, "# nothing\n", "no pairs found"),
        (read_word_pairs, "word1\tword2\tscore\n", "no pairs found"),
        (read_word_pairs, "a\tb\t3\na b c 3\n", "line 2: expected three columns"),
        (read_word_pairs, "a\tb\t3\na\tb\tlow\n", "line 2: .*low"),
        (read_word_pairs, "a\tb\t3\nword1\tword2\tscore\n", "line 2: .*word1"),
        (read_word_pairs, "a\tb\t6,5\na\tb\t3\n", "line 1: .*6,5"),
        (read_word_pairs, "# first\na\tb\t1.2.3\n", "line 2: .*1.2.3"),
        (read_word_pairs, "a\tb\tnan\n", "line 1: .*nan"),
        *((read_word_pairs, f"a\tb\t{no}\nc\td\t3\n", f"line 1: .*{no}") for no in MISSING),
        (read_word_pairs, "a\tb\t3\na\tb\tNaN\n", "line 2: .*NaN"),
        (read_word_pairs, "a\tb\t3\na\tb\t-inf\n", "line 2: .*-inf"),
        (read_word_pairs, "a\tb\t3\na\t\t3\n", "line 2: expected three columns"),
        (read_word_pairs, "a\tb\t3\t4\n", "line 1: expected three columns"),
        (read_word_pairs, "a,b,3\n", "line 1: expected three columns.*parted by tabs or blanks"),
        (read_analogies, "", "no questions found"),
        (read_analogies, ": empty\n", "no questions found"),
        (read_analogies, "a b c d\n", "line 1: expected four words under a line"),
        (read_analogies, ": section\na b c d\na b c\n", "line 3: expected four words.*'a b c'"),
    ],
)
def test_bad_files_are_told_by_line(tmp_path, read, text, complaint):
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(ValueError, match=complaint) as error:
        read(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("read", [read_word_pairs, read_analogies])
def test_files_that_are_no_text(tmp_path, read):
    (tmp_path / "file").write_bytes(b"caf\xe9\tcoffee\t9\n")
    with pytest.raises(ValueError, match="is not UTF-8 text: see line 1"):
        read(tmp_path / "file")
    with pytest.raises(FileNotFoundError, match="no file"):
        read(tmp_path / "none")
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
