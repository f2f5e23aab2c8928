"""reading.py: decoded text by blocks and lines; what is no UTF-8 text is told."""

import codecs
import re

import numpy as np
import pytest

from w2vlib import reading

TEXT = "one two\n\nthree\n# four\n  # five\n six \n"


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "text.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("block", [1, 2, 7, 1 << 20])
def test_blocks_whatever_the_line_ends(write, monkeypatch, end, mark, block):
    monkeypatch.setattr(reading, "BLOCK", block)
    path = write(mark + TEXT.replace("\n", end).encode())
    assert "".join(reading.blocks(path)) == TEXT


def test_byte_order_marks_of_texts_put_together(write):
    mark = codecs.BOM_UTF8
    path = write(mark + mark + b"one two\n" + mark + b"one\n")
    ids, number = reading.word_ids(reading.words_of(path))
    assert list(number) == ["one", "two", "<eos>"] and len(ids) == 5


def test_lines_that_say_something(write):
    assert list(reading.lines(write(TEXT))) == [(1, "one two"), (3, "three"), (6, "six")]
    assert list(reading.lines(write(""))) == []


def test_word_ids(write):
    ids, number = reading.word_ids(reading.words_of(write("b a\n\n \na c")))
    assert ids.dtype == np.int32 and ids.tolist() == [0, 1, 2, 1, 3, 2]
    assert number == {"b": 0, "a": 1, "<eos>": 2, "c": 3}


LINES = "the cat sat on the mat\nle thé était prêt\n" * 30


@pytest.mark.parametrize("block", [5, 1 << 20])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (LINES.encode("utf-16"), r"line \d+; it seems to be UTF-16"),
        (LINES.encode("utf-16-le"), r"line \d+; it seems to be UTF-16"),
        (LINES.encode("utf-16-be"), r"line \d+; it seems to be UTF-16"),
        ("天气 很好\n".encode("utf-16"), r"line \d+; it seems to be UTF-16"),
        (LINES.encode("utf-32"), r"line \d+; it seems to be UTF-"),
        (LINES.encode("utf-32-be"), r"line \d+; it seems to be UTF-"),
        (LINES.encode("latin-1"), "line 2; it seems to be an older encoding, such as Latin-1"),
        (LINES.encode("cp1252"), "line 2; it seems to be an older encoding"),
        ("天气很好 我们去公园\n".encode("utf-16-le"), r"line \d+; it seems to be UTF-16"),
        ("天气 很好\n".encode("gbk"), "line 1; it seems to be an older encoding"),
        ("plain\n天気 です\n".encode("iso2022_jp"), "line 2; it seems to be ISO 2022"),
        (b"one\ntwo\nthr\0ee four five\n", "line 3: give the name of a UTF-8 text"),
        (b"\x7fELF" + bytes(3) + b"\xff\xfe" * 20, "line 1: give the name of a UTF-8 text"),
        (b"whole\nlines\ncut \xc3", "line 3; it seems to be an older encoding"),
    ],
)
def test_what_is_no_utf8_text(write, monkeypatch, content, says, block):
    path = write(content)
    if block == 5:  # the place is told whatever the blocks; the guess needs more than five bytes
        monkeypatch.setattr(reading, "BLOCK", block)
        says = re.split("[;:]", says)[0]
    with pytest.raises(ValueError, match=f"see {says}") as caught:
        list(reading.blocks(path))
    assert str(path) in str(caught.value)


def counted(path):
    ids, number = reading.word_ids(reading.words_of(path))
    return np.bincount(ids, minlength=len(number)), number


@pytest.mark.parametrize(
    "text",
    [
        "天气\n我们\n" * 20,
        "\n".join(f"天气很好{i}我们去公园" for i in range(50)),
        "天气很好 word，我们今天下午一起去公园散步，然后回家\n" * 50,
        "วันนี้อากาศดีมากเราไปสวนสาธารณะกัน ทุกคน\n" * 50,
        "list\nof\nwords\n",
    ],
)
def test_text_without_blanks_between_words(write, text):
    path = write(text)
    with pytest.raises(ValueError, match="no blank|few blanks") as caught:
        reading.check_segmented(*counted(path), path)
    assert "put blanks between the words" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "天气 很 好\n我们 去 公园\n" * 20,
        "วันนี้ อากาศ ดี มาก\n" * 20,
        "he said 天气很好我们今天下午一起去公园散步 and left\n" * 20,
        "안녕하세요 여러분\n" * 20,
        "Donaudampfschifffahrtsgesellschaft fährt\n" * 20,
    ],
)
def test_text_with_blanks_between_words(write, text):
    path = write(text)
    reading.check_segmented(*counted(path), path)


def test_a_word_that_never_ends(write, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 10)
    monkeypatch.setattr(reading, "LONGEST", 50)
    with pytest.raises(ValueError, match="characters without a blank: put blanks"):
        reading.word_ids(reading.words_of(write("天气很好" * 100)))


@pytest.mark.parametrize("block", [1, 3, 1 << 20])
def test_changes_of_a_text_wherever_blocks_end(write, monkeypatch, block):
    monkeypatch.setattr(reading, "BLOCK", block)
    path = write('"Don\'t!" he said ... (3.5%)\n<unk> caf\u0065\u0301 -- well-known, ΟΔΟΣ')

    def words(**change):
        return [w for part in reading.words_of(path, reading.Change(**change)) for w in part]

    assert words(split_punctuation=True) == [
        *['"', "Don't", "!", '"', "he", "said", "...", "(", "3.5", "%", ")", "<eos>"],
        *["<unk>", "cafe\u0301", "--", "well-known", ",", "ΟΔΟΣ", "<eos>"],
    ]
    assert words(lower=True)[-2] == "οδος"  # the last sigma is one: whole words are changed
    assert "café" in words(nfc=True) and "café" not in words()


def test_vowel_signs_are_no_punctuation(write):
    path = write("हिन्दी, नमस्ते।")
    lists = reading.words_of(path, reading.Change(split_punctuation=True))
    assert [word for words in lists for word in words] == ["हिन्दी", ",", "नमस्ते", "।", "<eos>"]
