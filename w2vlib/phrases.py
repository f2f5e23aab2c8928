"""Two words that come together far more often than chance would have it, as one: 'new_york'."""

import numpy as np

from w2vlib import check
from w2vlib.corpus import Corpus
from w2vlib.reading import EOS, UNK

__all__ = ["join_phrases"]


def join_phrases(corpus, *, threshold=100, discount=5):
    """A corpus with the pairs of words that are phrases made into one word each -> `Corpus`.

    Two words in a row are a phrase if they come together `threshold` times as often as words drawn
    apart would; `discount` is taken from their count first, so that rare pairs are none. Of words
    that could join to either side, the first two do. Join again for longer phrases.

    corpus: a `Corpus`. "<eos>" and "<unk>" are no part of a phrase.
    threshold: more than 0; a higher one gives fewer phrases.
    discount: at least 0; a pair must come more often than this.
    Raises TypeError for what is no corpus, ValueError for other numbers.
    Source: Mikolov et al. 2013b, equation 6, times the length of the text, as word2phrase has it.

    >>> from w2vlib import load_corpus
    >>> joined = join_phrases(load_corpus("default"))
    >>> "united_states" in joined.vocabulary, "of_the" in joined.vocabulary
    (True, False)
    """
    if not isinstance(corpus, Corpus):
        raise TypeError(f"corpus is {check.short(corpus)}: pass a Corpus, as load_corpus makes one")
    check.number(threshold, "threshold", above=0)
    check.number(discount, "discount", at_least=0)
    V, ids = len(corpus.vocabulary), corpus.ids.astype(np.int64)
    no_part = [corpus.vocabulary[word] for word in (EOS, UNK) if word in corpus.vocabulary]
    may_join = ~np.isin(ids, no_part)
    at = np.flatnonzero(may_join[:-1] & may_join[1:])
    pairs, kind, count = np.unique(
        ids[at] * V + ids[at + 1], return_inverse=True, return_counts=True
    )
    by_chance = corpus.counts[pairs // V] * corpus.counts[pairs % V] / len(ids)
    phrase = count - discount > threshold * by_chance
    at, kind = at[phrase[kind]], kind[phrase[kind]]

    # In a row of pairs that overlap every other one joins, the first of them first.
    follows = np.concatenate([[False], np.diff(at) == 1]) if len(at) else np.empty(0, bool)
    place = np.arange(len(at))
    joins = (place - np.maximum.accumulate(np.where(follows, 0, place))) % 2 == 0
    at, kind = at[joins], kind[joins]
    return _joined(corpus, ids, at, pairs[kind])


def _joined(corpus, ids, at, pairs):
    """The corpus with one word for the two from each place in `at`; pairs: their ids, a V + b."""
    V, words = len(corpus.vocabulary), list(corpus.vocabulary)
    new = {word: i for i, word in enumerate(words)}
    kinds, kind = np.unique(pairs, return_inverse=True)
    names = [f"{words[pair // V]}_{words[pair % V]}" for pair in kinds.tolist()]
    of_kind = np.array([new.setdefault(name, len(new)) for name in names], dtype=np.int64)
    ids[at] = of_kind[kind]
    ids = np.delete(ids, at + 1)
    counts = np.bincount(ids, minlength=len(new))
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    new_id = np.empty(len(new), np.int32)
    new_id[order] = np.arange(len(order))
    words = list(new)
    return Corpus(new_id[ids], [words[i] for i in order], counts[order], corpus.name)
