"""Text as word ids: `Corpus` and `load_corpus`.

Three kinds of text load in the same way: the corpus that ships with the course, the Penn Treebank
(fetched when it is first asked for), and texts of your own, in files or from a program.
"""

import itertools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2vlib import check, files, ptb, reading
from w2vlib.check import short
from w2vlib.reading import EOS, UNK
from w2vlib.vocabulary import Vocabulary

__all__ = ["Corpus", "load_corpus"]

DEFAULT_PATH = Path(__file__).with_name("data") / "wordnet-glosses-10k.txt.bz2"


@dataclass(frozen=True, repr=False, eq=False)
class Corpus:
    """A text as word ids, with its vocabulary. `len(corpus)` is T.

    ids: int32 (T,), the text, a word after the other.
    vocabulary: a `Vocabulary`, or its V words in the order of the ids.
    counts: int64 (V,), how often each of them comes in `ids`.
    name: for titles and messages.
    Raises TypeError or ValueError where the parts do not fit together or `ids` is empty, IndexError
        where an id is not in the vocabulary.
    Source: DLFS2 2.3.1 (`preprocess`), with the counts beside it.

    >>> ids = np.array([0, 1, 2, 1])
    >>> Corpus(ids, ["you", "say", "goodbye"], np.bincount(ids), "four words")
    Corpus('four words', 4 ids, 3 words)
    """

    ids: np.ndarray
    vocabulary: Vocabulary
    counts: np.ndarray
    name: str

    def __post_init__(self):
        vocabulary = self.vocabulary
        if not isinstance(vocabulary, Vocabulary):
            vocabulary = Vocabulary(vocabulary)
        size = len(vocabulary)
        check.ids(self.ids, "ids", size=size, ndim=1)
        check.shape(self.counts, (size,), "counts")
        if not np.issubdtype(np.asarray(self.counts).dtype, np.integer):
            raise TypeError("counts should be whole numbers: how often each word comes in ids")
        if (few := np.asarray(self.counts)[np.asarray(self.ids)].min()) < 1:
            raise ValueError(f"counts says that a word of ids comes {few} times: count ids anew")
        if not 0 <= np.min(self.counts) <= np.max(self.counts) < 2**63:
            raise ValueError("counts should be from 0 up, and below 2**63: count ids anew")
        # A frozen dataclass lets nobody assign, itself included; hence the long way.
        object.__setattr__(self, "vocabulary", vocabulary)
        object.__setattr__(self, "ids", np.asarray(self.ids, np.int32))
        object.__setattr__(self, "counts", np.asarray(self.counts, np.int64))

    @classmethod
    def from_sentences(
        cls,
        sentences,
        *,
        min_count=5,
        max_vocab=None,
        lower=False,
        split_punctuation=False,
        nfc=False,
    ):
        """Sentences from a program -> `Corpus`, as `load_corpus` makes one of a file's lines.

        sentences: texts, with blanks between words, or lists of words, which may hold blanks; any
            iterable of them, which is gone through once. A sentence without words counts for
            nothing.
        min_count, max_vocab, lower, split_punctuation, nfc: as for `load_corpus`; punctuation is
            not split off the words of a list.
        Raises TypeError for what is no sentence; ValueError without two words to learn.
        Source: DLFS2 2.3.1 (`preprocess`).

        >>> corpus = Corpus.from_sentences(["You say goodbye", ["I", "say", "hello"]], min_count=1)
        >>> corpus.ids.tolist(), corpus.vocabulary.word(0)
        ([2, 0, 3, 1, 4, 0, 5, 1], 'say')
        """
        if isinstance(sentences, str | bytes | dict) or not isinstance(sentences, Iterable):
            raise TypeError(
                f"sentences must be texts or lists of words, one for each sentence, but is "
                f"{short(sentences)}"
            )
        _check_kept(min_count, max_vocab)
        change = _change(lower, split_punctuation, nfc)
        ids, number = reading.word_ids(reading.words_of_sentences(sentences, change))
        ids, counts, words = _choose_words(ids, number, min_count, max_vocab, "sentences")
        return cls(ids, Vocabulary(words), counts, "sentences")

    def __len__(self):
        return len(self.ids)

    def __repr__(self):
        return f"Corpus({self.name!r}, {len(self):,} ids, {len(self.vocabulary):,} words)"


def load_corpus(
    name_or_path,
    split="train",
    *,
    min_count=None,
    max_vocab=None,
    lower=False,
    split_punctuation=False,
    nfc=False,
):
    """Load a text as word ids -> `Corpus`.

    Unless you say otherwise the text is taken as it is: words stand between blanks, in upper and
    lower case. Each line ends in "<eos>"; empty lines count for nothing. Ids go by falling
    frequency, ties by first appearance.

    name_or_path: "default" (10,000 words of WordNet's glosses, shipped, works offline), "ptb" (the
        Penn Treebank, fetched once), or the path of a UTF-8 text with one sentence a line: a file,
        plain or compressed by gzip, bzip2 or xz, or a pipe; a folder, for all files in it and in
        its folders, in the order of their names, without those that begin with "."; or a list of
        such paths. "-" is standard input.
    split: "train", and for "ptb" also "valid" and "test", with the vocabulary of "train".
    min_count: words that come fewer times (5 unless you say otherwise; "default" and "ptb" keep all
        their words) become "<unk>".
    max_vocab: so do the rarest until the vocabulary, with "<eos>" and "<unk>", has at most as many.
    lower: put all in lower case (default: no).
    split_punctuation: make words of their own of the signs before and after a word, as in "no!";
        those within, as in "don't" and "3.5", stay (default: no).
    nfc: write each letter with its accents as one character where Unicode has it, so that what
        looks the same is the same word (default: no).
    Raises TypeError or ValueError for a bad argument, a text without two words to learn or without
        blanks between its words, a damaged file or one that is not UTF-8; FileNotFoundError;
        ConnectionError when "ptb" cannot be fetched.
    Source: DLFS2 2.4.4; 5 as in word2vec.c, which leaves such words out (Mikolov et al. 2013).

    >>> corpus = load_corpus("default", max_vocab=1000)
    >>> len(corpus.vocabulary), corpus.ids.dtype.name, corpus.vocabulary.word(0)
    (1000, 'int32', '<unk>')
    """
    is_path = isinstance(name_or_path, str | os.PathLike)
    if not is_path and not (isinstance(name_or_path, list | tuple) and name_or_path):
        raise TypeError(
            f'name_or_path must be "default", "ptb", the path of a text file or a list of paths, '
            f"but is {short(name_or_path)}: for a text that you have in memory take "
            "Corpus.from_sentences"
        )
    splits = list(ptb.SHA256) if name_or_path == "ptb" else ["train"]
    if split not in splits:
        raise ValueError(
            f"split must be {' or '.join(map(repr, splits))} for {short(str(name_or_path))}, "
            f'but is {short(split)}; "train" is there for every text, others for "ptb" alone'
        )
    named = name_or_path in ("default", "ptb")
    if min_count is None:
        min_count = 1 if named else 5
    _check_kept(min_count, max_vocab)
    change = _change(lower, split_punctuation, nfc)

    paths = text_files(name_or_path)
    name = Path(name_or_path).name if is_path else f"{len(paths)} texts"
    told = paths[0] if len(paths) == 1 else name
    ids, number = _numbered(paths, change, named, told)
    ids, counts, words = _choose_words(ids, number, min_count, max_vocab, told)
    if split != "train":
        ids, number = reading.word_ids(reading.words_of(ptb.path_of(split), change))
        known = {word: i for i, word in enumerate(words)}
        ids = np.array([known.get(word, known[UNK]) for word in number], np.int32)[ids]
        counts = np.bincount(ids, minlength=len(words))
        name = f"ptb-{split}"
    return Corpus(ids, Vocabulary(words), counts, name)


def text_files(name_or_path):
    """The files that `load_corpus` reads for a name, a path, a folder, or a list of them.

    Raises FileNotFoundError for a path that leads nowhere, ValueError for an empty folder.
    """
    if isinstance(name_or_path, list | tuple):
        return list(itertools.chain.from_iterable(map(text_files, name_or_path)))
    if name_or_path == "default":
        return [DEFAULT_PATH]
    if name_or_path == "ptb":
        return [ptb.path_of("train")]
    if name_or_path == "-":
        return ["/dev/stdin"]
    folder = files.expand(name_or_path, "name_or_path")
    if not os.path.isdir(folder):
        return [files.find(name_or_path, "name_or_path", ("default", "ptb"))]
    found = []
    for inner, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [os.path.join(inner, name) for name in names if not name.startswith(".")]
    if not found:
        raise ValueError(f"{folder} holds no file: put texts into the folder")
    return sorted(found)


def _numbered(paths, change, named, told):
    """Word ids of files by first appearance, and {word: its id}. told: what errors call them."""
    lists = itertools.chain.from_iterable(reading.words_of(path, change) for path in paths)
    try:
        ids, number = reading.word_ids(lists)
    except ValueError as error:
        if paths == [DEFAULT_PATH]:
            raise ValueError(f"{error}; install w2vlib again") from error
        raise
    if not named:
        reading.check_segmented(ids, number, told)
    return ids, number


def _check_kept(min_count, max_vocab):
    check.whole(min_count, "min_count")
    if max_vocab is not None:
        check.whole(max_vocab, "max_vocab", at_least=4)  # two words, <eos> and <unk>


def _change(lower, split_punctuation, nfc):
    for value, name in (lower, "lower"), (split_punctuation, "split_punctuation"), (nfc, "nfc"):
        if not isinstance(value, bool):
            raise TypeError(f"{name} is {short(value)}: it should be True or False")
    return reading.Change(lower, split_punctuation, nfc)


def _choose_words(ids, number, min_count, max_vocab, told):
    """Ids by first appearance -> ids by falling frequency, counts, and the words kept."""
    if not len(ids):
        raise ValueError(f"{told} holds no words: give at least one sentence of words")
    words = list(number)
    counts = np.bincount(ids, minlength=len(words))
    special = [number[word] for word in (EOS, UNK) if word in number]
    own = np.ones(len(words), bool)
    own[special] = False
    keep = own & (counts >= min_count)
    if keep.sum() < 2:
        raise ValueError(
            f"{told} must hold at least 2 words to learn, but of its {own.sum():,} different words "
            f"{keep.sum()} come min_count={min_count} times or more: "
            "give a longer text or a smaller min_count"
        )
    with_unk = UNK in number or keep.sum() < own.sum()
    if max_vocab is not None and keep.sum() + 1 + with_unk > max_vocab:
        by_count = np.argsort(np.where(keep, -counts, 0), kind="stable")
        keep[by_count[max_vocab - 2 :]] = False  # two places are for <eos> and <unk>

    # All that is left out becomes one word, <unk>, which appears where the first of them does.
    out = own & ~keep
    if UNK in number:
        out[number[UNK]] = True
    to = np.arange(len(words))
    if out.any():
        first, total = out.argmax(), counts[out].sum()
        words[first] = UNK
        to[out] = first
        counts[out] = 0
        counts[first] = total
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    new_id = np.empty(len(words), np.int32)
    new_id[order] = np.arange(len(order))
    return new_id[to][ids], counts[order], [words[i] for i in order]
