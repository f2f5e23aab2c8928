"""Text as word ids: `Corpus` and `load_corpus`.

Three kinds of text load in the same way: the corpus that ships with the course, the Penn Treebank
(fetched when it is first asked for), and texts of your own, in files or from a program. One that is
larger than memory stays on disk (corpus_file.py).
"""

import itertools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2vlib import check, corpus_file, files, machine, ptb, reading
from w2vlib.check import short
from w2vlib.numbering import Numbering
from w2vlib.reading import UNK
from w2vlib.vocabulary import Vocabulary, choose_words

__all__ = ["Corpus", "load_corpus"]

NAMED = ("default", "ptb")
PART = 1 << 20  # ids that are looked at at once
DEFAULT_PATH = Path(__file__).with_name("data") / "wordnet-glosses-10k.txt.bz2"


@dataclass(frozen=True, repr=False, eq=False)
class Corpus:
    """A text as word ids, with its vocabulary. `len(corpus)` is T.

    ids: int32 (T,), the text, a word after the other; of a text on disk a read-only np.memmap.
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
        check.label(self.name, "name")
        size = len(vocabulary)
        if not size:
            raise ValueError("vocabulary is empty: it should hold the words of ids")
        check.ids(self.ids, "ids", size=size, ndim=1)
        check.shape(self.counts, (size,), "counts")
        if (dtype := np.asarray(self.counts).dtype).kind not in "iu":
            raise TypeError(
                f"counts has dtype {dtype}: it should be whole numbers, how often each word comes "
                "in ids"
            )
        if (few := _fewest(np.asarray(self.counts), np.asarray(self.ids))) < 1:
            raise ValueError(
                f"counts says that a word of ids comes {few} times: it should be at least once; "
                "count ids anew"
            )
        if not 0 <= np.min(self.counts) <= np.max(self.counts) < 2**63:
            raise ValueError("counts should be from 0 up, and below 2**63: count ids anew")
        ids, counts = np.asarray(self.ids, np.int32), np.asarray(self.counts, np.int64)
        self._set(ids, vocabulary, counts, self.name)

    def _set(self, ids, vocabulary, counts, name):
        # A frozen dataclass lets nobody assign, itself included; hence the long way.
        parts = {"ids": ids, "vocabulary": vocabulary, "counts": counts, "name": name}
        for field, value in parts.items():
            object.__setattr__(self, field, value)

    @classmethod
    def _on_disk(cls, ids, index):
        """What `corpus_file.load` returns, as a Corpus; no id is looked at."""
        corpus = object.__new__(cls)
        counts = np.array(index["counts"], np.int64)
        corpus._set(ids, Vocabulary(index["words"]), counts, index["name"])
        return corpus

    @classmethod
    def _in_memory(cls, lists, choose, name):
        """Lists of words, as a Corpus; choose: as for a `Numbering`."""
        ids, number = reading.word_ids(lists)
        new_id, counts, words = choose(np.bincount(ids, minlength=len(number)), number)
        return cls(new_id[ids], Vocabulary(words), counts, name)

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
        on_disk=None,
        progress=True,
    ):
        """Sentences from a program -> `Corpus`, as `load_corpus` makes one of a file's lines.

        sentences: texts, with blanks between words, or lists of words, which may hold blanks; any
            iterable of them, which is gone through once. A sentence without words counts for
            nothing.
        min_count, max_vocab, lower, split_punctuation, nfc: as for `load_corpus`; punctuation is
            not split off the words of a list.
        on_disk, progress: as for `load_corpus`, but what is kept there is always made anew;
            `load_corpus(on_disk)` opens it again.
        Raises TypeError for what is no sentence; ValueError without two words to learn.
        Source: DLFS2 2.3.1 (`preprocess`).

        >>> corpus = Corpus.from_sentences(["You say goodbye", ["I", "say", "hello"]], min_count=1)
        >>> corpus.ids.tolist(), corpus.vocabulary.word(0)
        ([2, 0, 3, 1, 4, 0, 5, 1], 'say')
        """
        no_list = str | bytes | dict | np.ndarray
        if isinstance(sentences, no_list) or not isinstance(sentences, Iterable):
            raise TypeError(
                f"sentences must be texts or lists of words, one for each sentence, but is "
                f"{short(sentences)}"
            )
        check_kept(min_count, max_vocab)
        check.flag(progress, "progress")
        change = make_change(lower, split_punctuation, nfc)
        name = "sentences"

        def choose(counts, number):
            return choose_words(counts, number, min_count, max_vocab, name)

        if on_disk is None:
            return cls._in_memory(reading.words_of_sentences(sentences, change), choose, name)
        corpus_file.check(on_disk)
        sentences = machine.bar(sentences, "reading", progress)
        blocks = Numbering(reading.words_of_sentences(sentences, change), choose)
        return cls._on_disk(*corpus_file.write(on_disk, blocks, name=name, made_from=None))

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
    on_disk=None,
    progress=True,
):
    """Load a text as word ids -> `Corpus`.

    Unless you say otherwise the text is taken as it is: words stand between blanks, in upper and
    lower case. Each line ends in "<eos>"; empty lines count for nothing. Ids go by falling
    frequency, ties by first appearance.

    name_or_path: "default" (10,000 words of WordNet's glosses, shipped, works offline), "ptb" (the
        Penn Treebank, fetched once), or the path of a UTF-8 text with one sentence a line: a file,
        plain or compressed by gzip, bzip2 or xz, or a pipe; a folder, for all files in it and in
        its folders, in the order of their names, but for pipes, devices, and names that begin with
        "."; or a list of such paths. "-" is standard input. Or a text that was kept on disk, alone.
    split: "train", and for "ptb" also "valid" and "test", with the vocabulary of "train".
    min_count: words that come fewer times (5 unless you say otherwise; "default" and "ptb" keep all
        their words) become "<unk>".
    max_vocab: so do the rarest until the vocabulary, with "<eos>" and "<unk>", has at most as many.
    lower: put all in lower case (default: no).
    split_punctuation: make words of their own of the signs before and after a word, as in "no!";
        those within, as in "don't" and "3.5", stay (default: no).
    nfc: write each letter with its accents as one character where Unicode has it, so that what
        looks the same is the same word (default: no).
    on_disk: for a text larger than memory the path of a file, where its ids are kept, 4 bytes a
        word; `ids` is then a read-only np.memmap of it, and memory holds the different words alone.
        (Where a limit such as that of `ulimit -v` forbids that, each slice of `ids` is one.)
        With the same text, by names, sizes and times of its files, and the same options, the file
        is opened as it is; else it is made anew and replaced.
    progress: show a bar while a text goes to disk.
    However long its lines are, a text takes 4 bytes of memory a word, 12 while it is loaded, and
    what its different words take.
    Raises TypeError or ValueError for a bad argument, a text without two words to learn or without
        blanks between its words, a damaged file or one that is not UTF-8; FileNotFoundError;
        ConnectionError when "ptb" cannot be fetched. Warns where a text on disk has more than ten
        million different words: the rarest half is taken for "<unk>" each time there are so many.
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
    if is_path and name_or_path not in NAMED:
        path = files.expand(name_or_path, "name_or_path")
        if corpus_file.is_one(path):
            options = {"split": split != "train", "min_count": min_count, "max_vocab": max_vocab}
            options |= {"lower": lower, "split_punctuation": split_punctuation, "nfc": nfc}
            options |= {"on_disk": on_disk}
            return _reopened(path, options)
    splits = list(ptb.SHA256) if name_or_path == "ptb" else ["train"]
    if not isinstance(split, str) or split not in splits:
        raise ValueError(
            f"split must be {' or '.join(map(repr, splits))} for {short(str(name_or_path))}, "
            f'but is {short(split)}; "train" is there for every text, others for "ptb" alone'
        )
    named = name_or_path in NAMED
    if min_count is None:
        min_count = 1 if named else 5
    check_kept(min_count, max_vocab)
    check.flag(progress, "progress")
    change = make_change(lower, split_punctuation, nfc)

    paths = text_files(name_or_path)
    name = Path(name_or_path).name if is_path else f"{len(paths)} texts"
    told = paths[0] if len(paths) == 1 else name

    def choose(counts, number):
        if not named:
            reading.check_segmented(counts, number, told)
        return choose_words(counts, number, min_count, max_vocab, told)

    if on_disk is None:
        corpus = Corpus._in_memory(_lists(paths, change), choose, name)
        return corpus if split == "train" else _other_split(split, corpus.vocabulary, change)
    if split != "train":
        raise ValueError(f'on_disk is for split="train" alone, but split is {split!r}')
    former = corpus_file.check(on_disk)
    paths = [path for path in paths if not files.same(path, on_disk)]  # in one folder with them
    made_from = corpus_file.made_from(paths, min_count, max_vocab, *change)
    if former and made_from and former[1]["made_from"] == made_from:
        return Corpus._on_disk(*former)
    del former  # Windows replaces no file that is mapped
    with corpus_file.watching(paths, progress) as watch:
        blocks = Numbering(_lists(paths, change, watch), choose)
        return Corpus._on_disk(*corpus_file.write(on_disk, blocks, name=name, made_from=made_from))


def text_files(name_or_path):
    """The files that `load_corpus` reads for a name, a path, a folder, or a list of them.

    Raises FileNotFoundError for a path that leads nowhere, ValueError for an empty folder.
    """
    if isinstance(name_or_path, list | tuple):
        return list(itertools.chain.from_iterable(map(_files_at, name_or_path)))
    return _files_at(name_or_path)


def _files_at(name_or_path):
    """The same without a list."""
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
    # What leads nowhere stays, for an error with its name.
    found = sorted(path for path in found if not (os.path.exists(path) and files.is_stream(path)))
    if not found:
        raise ValueError(f"{folder} holds no file: put texts into the folder")
    return found


def _lists(paths, change, watch=None):
    """Lists of the words of files; watch: as for `files.reading`."""
    for path in paths:
        try:
            yield from reading.words_of(path, change, watch)
        except ValueError as error:
            if path == DEFAULT_PATH:
                raise ValueError(f"{error}; install w2vlib again") from error
            raise


def _other_split(split, vocabulary, change):
    """Another split of PTB, in the words of the first."""
    ids, number = reading.word_ids(reading.words_of(ptb.path_of(split), change))
    known = [vocabulary[word if word in vocabulary else UNK] for word in number]
    ids = np.array(known, np.int32)[ids]
    counts = np.bincount(ids, minlength=len(vocabulary))
    return Corpus(ids, vocabulary, counts, f"ptb-{split}")


def _reopened(path, options):
    """A text that was kept on disk."""
    for name, value in options.items():
        if value is not None and value is not False:
            raise ValueError(
                f"{path} is a text on disk, made already, where {name} has no effect: load the "
                "text that it was made from"
            )
    return Corpus._on_disk(*corpus_file.load(path))


def check_kept(min_count, max_vocab):
    check.whole(min_count, "min_count")
    if max_vocab is not None:
        check.whole(max_vocab, "max_vocab", at_least=4)  # two words, <eos> and <unk>


def make_change(lower, split_punctuation, nfc):
    for value, name in (lower, "lower"), (split_punctuation, "split_punctuation"), (nfc, "nfc"):
        check.flag(value, name)
    return reading.Change(lower, split_punctuation, nfc)


def _fewest(counts, ids):
    """The smallest of counts[ids], a part of the ids at a time."""
    return min(counts[part].min() for part in np.array_split(ids, len(ids) // PART + 1))
