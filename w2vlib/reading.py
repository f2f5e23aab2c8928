"""A text -> its lines, or its words as numbers, a block at a time.

A file is UTF-8, with or without byte order marks, with line ends of any system. What is no such
text is told by line, with what it may be instead.
"""

import codecs
import functools
import io
import itertools
import re
import sys
import unicodedata
from collections import defaultdict
from typing import NamedTuple

import numpy as np

from w2vlib import files
from w2vlib.check import short

EOS = "<eos>"  # ends each line
UNK = "<unk>"  # stands for each word that the vocabulary leaves out

BLOCK = 1 << 20  # bytes read at a time: only so many words are Python strings at once
BATCH = 1 << 17  # words numbered at a time
BYTE_ORDER_MARK = "\ufeff"  # in mid-text, too, where files were put together
BYTE_ORDER = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ACCIDENTS = ("\0", "\x1b$")  # where UTF-16 and ISO 2022 pass for UTF-8
LONGEST = 1 << 20  # characters of a word, more than any has
SMALL = 10_000_000  # characters of a file of questions; Google's has 600,000

# Thai to Burmese, Khmer, kana, Chinese characters: written without blanks between words.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
SEGMENT = (
    "put blanks between the words first; where a language writes none, with a program that finds "
    "its words (such as jieba for Chinese, MeCab for Japanese, PyThaiNLP for Thai)"
)


def blocks(path, watch=None, opened=files.reading):
    """The text of a file, plain or compressed, in pieces, with "\\n" at the end of each line.

    watch: as for `files.reading`; opened: that, or what opens path otherwise.
    Raises ValueError for what is not UTF-8 text.
    """
    utf8 = codecs.getincrementaldecoder("utf-8-sig")()
    decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
    line, block = 1, b"first"
    with opened(path, watch) as file:
        while block:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block).replace(BYTE_ORDER_MARK, "")
            except UnicodeDecodeError as error:
                line += error.object.count(b"\n", 0, error.start)
                raise ValueError(_not_utf8(path, line, block)) from None
            for sign in ACCIDENTS:
                if sign in text:
                    line += text.count("\n", 0, text.index(sign))
                    raise ValueError(_not_utf8(path, line, block))
            line += text.count("\n")
            yield text


def _not_utf8(path, line, block):
    fewer, more = sorted([block[::2].count(0), block[1::2].count(0)])  # every other byte, in UTF-16
    if fewer + more > len(block) // 2:
        guess = "UTF-32"
    elif block.startswith(BYTE_ORDER) or more > 5 * fewer + 1 + len(block) // 50:
        guess = "UTF-16"
    elif more:
        return f"{path} holds NUL characters, see line {line}: give the name of a UTF-8 text"
    elif b"\x1b$" in block:
        guess = "ISO 2022"
    else:
        guess = "an older encoding, such as Latin-1 or Windows-1252"
    return (
        f"{path} is not UTF-8 text: see line {line}; it seems to be {guess}: "
        "save it as UTF-8 and load it again"
    )


def lines(path):
    """The lines of a small text that are neither blank nor start with "#", and their numbers.

    Raises ValueError for a large one, without reading all of it.
    """
    text = io.StringIO()
    for block in blocks(path):
        text.write(block)
        if text.tell() > SMALL:
            raise ValueError(
                f"{path} holds more than {SMALL:,} characters, so it is no list of questions: "
                "give the name of another file"
            )
    text.seek(0)
    for number, line in enumerate(map(str.strip, text), 1):
        if line and not line.startswith("#"):
            yield number, line


class Change(NamedTuple):
    """What is done to a text before it is counted: `load_corpus` says what each of them means."""

    lower: bool = False
    split_punctuation: bool = False
    nfc: bool = False

    def text(self, text):
        """A text of whole words, changed."""
        text = unicodedata.normalize("NFC", text) if self.nfc else text
        return text.lower() if self.lower else text

    def words(self, text):
        """The words of such a text, a list."""
        words = self.text(text).split()
        if not self.split_punctuation:
            return words
        return list(itertools.chain.from_iterable(map(_parts, words)))


AS_IT_IS = Change()


def _parts(word):
    """A word without the signs around it, and these; a run of one sign stays together."""
    if word.isalnum() or word in (EOS, UNK):
        return [word]
    core = word.strip(_signs())
    start = len(word) - len(word.lstrip(_signs()))
    runs = itertools.groupby(word[:start]), itertools.groupby(word[start + len(core) :])
    before, after = (["".join(run) for _, run in side] for side in runs)
    return [*before, core, *after] if core else before


@functools.cache
def _signs():
    """All punctuation and symbols of Unicode."""
    kinds = "PS"
    every = map(chr, range(sys.maxunicode + 1))
    return "".join(sign for sign in every if unicodedata.category(sign)[0] in kinds)


def numbering():
    """A dict of words that gives the next number to each new one."""
    return defaultdict(itertools.count().__next__)


def id_blocks(lists, number):
    """Lists of words -> their numbers, int32, some at a time, without the ends of empty lines.

    lists: such as `words_of` and `words_of_sentences` give, with "<eos>" at the end of each line.
    number: a `numbering`, which grows; between two blocks it may be changed.
    """
    words, after_end = itertools.chain.from_iterable(lists), True
    while batch := list(itertools.islice(words, BATCH)):
        ids = np.fromiter(map(number.__getitem__, batch), np.int32, len(batch))
        # An empty line leaves an <eos> without a word before it: take it out.
        ends = ids == number.get(EOS, -1)
        yield ids[~ends | np.concatenate([[not after_end], ~ends[:-1]])]
        after_end = ends[-1]


def word_ids(lists):
    """Such lists -> ids (T,) int32 by first appearance, and {word: its id}, in that order."""
    number = numbering()
    parts = list(id_blocks(lists, number))
    return np.concatenate(parts) if parts else np.empty(0, np.int32), number


def words_of(path, change=AS_IT_IS, watch=None, opened=files.reading):
    """Lists of a file's words, with <eos> for each end of line, and at the end of the last line."""
    rest = ""
    for text in blocks(path, watch, opened):
        text = rest + text
        rest = "" if not text or text[-1].isspace() else text.rsplit(None, 1)[-1]
        if len(rest) > LONGEST:
            raise ValueError(f"{path} holds {len(rest):,} characters without a blank: {SEGMENT}")
        whole = text[: len(text) - len(rest)]  # a block may end in a word
        yield change.words(whole.replace("\n", f" {EOS} "))
    yield [*change.words(rest), EOS]


def words_of_sentences(sentences, change=AS_IT_IS):
    """Lists of words, each a sentence and <eos>, of texts or of lists of words.

    A word of a list stays one, whatever it holds. Raises TypeError for what is neither.
    """
    for i, sentence in enumerate(sentences):
        if isinstance(sentence, str):
            words = change.words(sentence)
        elif isinstance(sentence, list | tuple) and all(map(_is_word, sentence)):
            words = map(change.text, sentence)
        else:
            raise TypeError(
                f"sentences[{i}] is {short(sentence)}: it should be a text or a list of words"
            )
        yield [*words, EOS]


def _is_word(word):
    return isinstance(word, str) and word != ""


def check_segmented(counts, number, told):
    """Raise ValueError if no line holds two words, or if what stands between blanks is no word.

    counts: how often each word of `number` comes. told: what the errors call the text.
    """
    ends = counts[number[EOS]] if EOS in number else 0
    if ends and counts.sum() == 2 * ends:
        raise ValueError(f"one word a line in {told}, and no blank in any: {SEGMENT}")
    words = list(itertools.islice(number, 10_000))
    unspaced = [word for word in words if UNSPACED.search(word)]
    if 2 * len(unspaced) > len(words) and sum(map(len, unspaced)) > 8 * len(unspaced):
        raise ValueError(
            f"few blanks in {told}: what stands between two of them is as long as "
            f"{short(max(unspaced, key=len))}; {SEGMENT}"
        )
