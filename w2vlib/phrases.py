"""Two words that come together far more often than chance would have it, as one: 'new_york'."""

import numpy as np

from w2vlib import check, corpus_file
from w2vlib.corpus import Corpus
from w2vlib.reading import EOS, UNK
from w2vlib.vocabulary import by_frequency

__all__ = ["join_phrases"]

PART = 1 << 18  # words looked at at once
PAIRS = 1 << 25  # pairs of words, not all different, that are counted at once


def join_phrases(corpus, *, threshold=100, discount=5, on_disk=None):
    """A corpus with the pairs of words that are phrases made into one word each -> `Corpus`.

    Two words in a row are a phrase if they come together `threshold` times as often as words drawn
    apart would; `discount` is taken from their count first, so that rare pairs are none. Of words
    that could join to either side, the first two do. Join again for longer phrases.

    corpus: a `Corpus`. "<eos>" and "<unk>" are no part of a phrase.
    threshold: more than 0; a higher one gives fewer phrases.
    discount: at least 0; a pair must come more often than this.
    on_disk: for a text larger than memory the path of a file for the new ids, as of `load_corpus`;
        a former one is replaced.
    Raises TypeError for what is no corpus, ValueError for other numbers, IndexError for an id that
        is not in its vocabulary.
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
    if on_disk is not None:
        corpus_file.check(on_disk)
    blocks = Joined(corpus, find_phrases(corpus, float(threshold), float(discount)))
    if on_disk is not None:
        return Corpus._on_disk(
            *corpus_file.write(on_disk, blocks, name=corpus.name, made_from=None)
        )
    ids = np.concatenate(list(blocks))
    [(_, _, new_id)], counts, words = blocks.finish()
    return Corpus(new_id[ids], words, counts, corpus.name)


def parts(corpus):
    """The text in parts, each with the first word of the next, (PART + 1,) int64 but for the last.

    With each how many of its words are its own.
    """
    for start in range(0, len(corpus), PART):
        ids = corpus_file.part(corpus.ids, start, start + PART + 1).astype(np.int64)
        check.ids(ids, "corpus.ids", size=len(corpus.vocabulary))  # a file may hold anything
        yield ids, min(PART, len(ids))


def find_phrases(corpus, threshold, discount):
    """The pairs of words that are phrases, a V + b for words a and b, rising."""
    V, counts = len(corpus.vocabulary), corpus.counts.astype(float)
    counts[[corpus.vocabulary[word] for word in (EOS, UNK) if word in corpus.vocabulary]] = 0

    def are_phrases(a, b, together):
        return together - discount > threshold * (a * b / len(corpus))

    def candidates(ids):
        each = counts[ids]
        # No two words come together more often than the rarer of them.
        rarer = np.minimum(each[:-1], each[1:])
        at = np.flatnonzero(are_phrases(each[:-1], each[1:], rarer))
        return ids[at] * V + ids[at + 1]

    # Each pair is counted in one of some passes over the text, whose pairs memory holds.
    passes, found = -(-len(corpus) // PAIRS), []
    for i in range(passes):
        chosen = (candidates(ids) for ids, _ in parts(corpus))
        chosen = [pairs[pairs % passes == i] for pairs in chosen]
        pairs, together = np.unique(np.concatenate(chosen), return_counts=True)
        found.append(pairs[are_phrases(counts[pairs // V], counts[pairs % V], together)])
    return np.sort(np.concatenate(found))


class Joined:
    """The text in blocks of numbers, with one for the two words of each phrase.

    phrases: as `find_phrases` returns them. `finish` as for `corpus_file.write`.
    """

    def __init__(self, corpus, phrases):
        self.corpus, words = corpus, list(corpus.vocabulary)
        V, self.number = len(words), {word: i for i, word in enumerate(words)}
        names = (f"{words[pair // V]}_{words[pair % V]}" for pair in phrases.tolist())
        as_one = [self.number.setdefault(name, len(self.number)) for name in names]
        self.as_one = np.array(as_one, np.int32)
        self.phrases = np.append(phrases, np.iinfo(np.int64).max)  # which no pair is
        self.counts, self.length = np.zeros(len(self.number), np.int64), 0

    def __iter__(self):
        V, taken = len(self.corpus.vocabulary), False
        for ids, own in parts(self.corpus):
            pairs = ids[:-1] * V + ids[1:]
            kind = self.phrases.searchsorted(pairs)
            at = np.flatnonzero(self.phrases[kind] == pairs)
            at = at[at >= taken]  # the first word may belong to the part before
            # In a row of pairs that overlap every other one joins, the first of them first.
            follows = np.diff(at, prepend=-2) == 1
            place = np.arange(len(at))
            at = at[(place - np.maximum.accumulate(np.where(follows, 0, place))) % 2 == 0]

            stays = np.ones(own + 1, bool)
            stays[0] = not taken
            stays[at + 1] = False
            taken, ids = not stays[own], ids[:own].astype(np.int32)
            ids[at] = self.as_one[kind[at]]
            ids = ids[stays[:own]]
            self.length += len(ids)
            np.add.at(self.counts, ids, 1)
            yield ids

    def finish(self):
        new_id, counts, order = by_frequency(self.counts)
        words = list(self.number)
        return [(0, self.length, new_id)], counts, [words[i] for i in order]
