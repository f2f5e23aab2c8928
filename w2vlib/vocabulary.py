"""Words and their ids: `Vocabulary`, what is said of a word that it lacks, and which to keep."""

import difflib
import itertools
import operator
from collections.abc import Iterable

import numpy as np

from w2vlib.check import shapeless, short
from w2vlib.reading import EOS, UNK

__all__ = ["UnknownWord", "Vocabulary"]


class UnknownWord(KeyError):
    """A word that a vocabulary lacks. Its message, made when it is shown, names words spelt alike.

    Raises nothing itself: `Vocabulary` and `WordVectors` raise it. It is a KeyError.
    Source: w2vlib; the words spelt alike by Python's difflib.

    >>> try:
    ...     Vocabulary(["king", "queen"])["kings"]
    ... except KeyError as error:
    ...     print(error)
    'kings' is not in the vocabulary; close to it: 'king'
    """

    def __init__(self, word, vocabulary):
        super().__init__(word, vocabulary)

    def __str__(self):
        word, vocabulary = self.args
        # Frequent words are the likelier wish, and comparing with a million would take seconds.
        frequent = itertools.islice(vocabulary, 20_000)
        close = difflib.get_close_matches(word, frequent)
        if word.lower() in vocabulary and word.lower() not in close:
            close.insert(0, word.lower())
        hint = f"; close to it: {', '.join(map(repr, close))}" if close else ""
        return f"{short(word)} is not in the vocabulary{hint}"


class Vocabulary:
    """The words that a model knows, each with an id: its place in `words`, counted from 0.

    `len(v)`, `for word in v` (in id order), `word in v`, `v[word]` -> id, `v.word(id)` -> word,
    `v.ids(words)` -> int32 of shape (len(words),).

    words: different strings, in the order of their ids.
    Raises TypeError for a word that is not a string, ValueError for one that comes twice;
        `UnknownWord`, a KeyError, for one that is not there.
    Source: DLFS2 2.3.1 (`word_to_id` and `id_to_word`).

    >>> vocabulary = Vocabulary(["you", "say", "goodbye"])
    >>> vocabulary["say"], vocabulary.word(2), "hello" in vocabulary, len(vocabulary)
    (1, 'goodbye', False, 3)
    >>> vocabulary.ids(["say", "you"]).tolist()
    [1, 0]
    """

    def __init__(self, words):
        if isinstance(words, str | bytes):
            raise TypeError(f"words must be a list of strings, but is one string: {short(words)}")
        if isinstance(words, dict | set | frozenset):
            raise TypeError(
                f"words must be a list in the order of the ids, but is a {type(words).__name__}: "
                "from a dict of words by id make [id_to_word[i] for i in range(len(id_to_word))]"
            )
        if not isinstance(words, Iterable) or shapeless(words):
            raise TypeError(f"words must be a list of strings, but is {short(words)}")
        self._words = list(words)
        self._ids = {}
        for i, word in enumerate(self._words):
            if not isinstance(word, str):
                raise TypeError(f"words must be strings, but words[{i}] is {short(word)}")
            if self._ids.setdefault(word, i) != i:
                raise ValueError(
                    f"words must be different, but {short(word)} is there twice: "
                    f"words[{self._ids[word]}] and words[{i}]"
                )

    def __len__(self):
        return len(self._words)

    def __iter__(self):
        return iter(self._words)

    def __contains__(self, word):
        return isinstance(word, str) and word in self._ids

    def __getitem__(self, word):
        """Id of `word`; UnknownWord, a KeyError, where there is none."""
        try:
            return self._ids[word]
        except (KeyError, TypeError, ValueError):
            pass
        if not isinstance(word, str):
            raise TypeError(
                f"word must be one string, but is {short(word)}: vocabulary.ids(words) gives the "
                "ids of several words, vocabulary.word(id) the word with an id"
            )
        raise UnknownWord(word, self)

    def __repr__(self):
        first = ", ".join(map(repr, self._words[:3])) + (", ..." if len(self) > 3 else "")
        return f"Vocabulary({len(self):,} words: {first})"

    def word(self, id):
        """The word with this id; IndexError outside 0 <= id < len(v), TypeError for no integer."""
        try:
            i = operator.index(None if isinstance(id, bool) else id)
        except TypeError:
            raise TypeError(f"id must be an integer, but is {short(id)}") from None
        if not 0 <= i < len(self):
            raise IndexError(f"id must be at least 0 and below {len(self)}, but is {short(i)}")
        return self._words[i]

    def ids(self, words):
        """Ids of several words: int32 (len(words),). UnknownWord names the first missing."""
        if isinstance(words, str | bytes) or not isinstance(words, Iterable) or shapeless(words):
            raise TypeError(
                f"words must be a list of words, but is {short(words)}; "
                "split a string first: words.split()"
            )
        return np.array([self[word] for word in words], dtype=np.int32)


def choose_words(counts, number, min_count, max_vocab, told):
    """Which of a text's words to keep -> the new id of each, (n,) int32, and counts and words.

    Ids go by falling frequency, ties by first appearance; words left out become "<unk>".

    counts: (n,), how often each comes.
    number: {word: its place in counts}, in this order.
    min_count, max_vocab: as for `w2vlib.load_corpus`.
    told: what errors call the text.
    Returns new_id (n,), and counts (V,) and words, a list, of those that are kept.
    """
    if not counts.any():
        raise ValueError(f"{told} holds no words: give at least one sentence of words")
    words, counts = list(number), counts.copy()
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
    new_id, counts, order = by_frequency(counts)
    return new_id[to], counts, [words[i] for i in order]


def by_frequency(counts):
    """Ids by falling counts, ties as they are -> new_id (n,) int32, counts and order (V,).

    order: where each of the V that come at all stood.
    """
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    new_id = np.zeros(len(counts), np.int32)
    new_id[order] = np.arange(len(order))
    return new_id, counts[order], order
