"""Words -> numbers as they come, and to ids in the end, in no more memory than the words need."""

import itertools
import warnings

import numpy as np

from w2vlib import reading
from w2vlib.reading import EOS, UNK

MOST = 10_000_000  # different words in memory at once: with all that is kept of them, 1.5 GB


class Numbering:
    """The numbers of a text's words, int32, a block at a time, and what each becomes in the end.

    Where there are more than MOST different words, the rarest are taken for <unk>, as in
    word2vec.c, and are counted anew if they come again. Here these are half of all. Those that stay
    are numbered afresh, from 0 up: of each time a table is kept.

    lists: as for `reading.id_blocks`; they are gone through once.
    choose: choose(counts, number), which returns what `vocabulary.choose_words` does.
    """

    def __init__(self, lists, choose):
        self.lists, self.choose = lists, choose
        self.number = reading.numbering()
        self.counts = np.zeros(0, np.int64)
        self.length, self.tables, self.least = 0, [], 0

    def __iter__(self):
        for ids in reading.id_blocks(self.lists, self.number):
            yield ids
            self.length += len(ids)
            self._count_all(len(self.number))
            np.add.at(self.counts, ids, 1)
            if len(self.number) > MOST:
                self._forget()

    def finish(self):
        """What the blocks become -> parts, counts (V,), words (V).

        parts: from the last back, each a start, a stop and the new id of each number there.
        """
        table, counts, words = self.choose(self.counts[: len(self.number)], self.number)
        parts, stop = [], self.length
        for start, before in reversed([(0, None), *self.tables]):
            parts.append((start, stop, table))
            table, stop = table if before is None else table[before], start
        if self.tables:
            warnings.warn(
                f"the text has more than {MOST:,} different words: where they outgrew memory, "
                f"those with a count of {self.least} or less by then were taken for {UNK}",
                stacklevel=4,
            )
        return parts, counts, words

    def _count_all(self, size):
        """Room to count so many words, and as many again."""
        if size > len(self.counts):
            self.counts = np.pad(self.counts, (0, size))

    def _forget(self):
        unk, size = self.number[UNK], len(self.number)
        self._count_all(size)
        counts = self.counts[:size]
        least = int(np.median(counts))
        stay = counts > least
        stay[[self.number[word] for word in (EOS, UNK) if word in self.number]] = True
        table = (np.cumsum(stay) - 1).astype(np.int32)
        table[~stay] = table[unk]
        words = list(itertools.compress(self.number, stay))
        self.number.clear()
        self.number.update(zip(words, itertools.count()))
        self.number.default_factory = itertools.count(len(words)).__next__
        counts[unk] += counts[~stay].sum()
        self.counts = counts[stay]
        self.tables.append((self.length, table))
        self.least = max(self.least, least)
