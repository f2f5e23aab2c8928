"""Chapter 12: several copies of the vectors, each trained on a part of the text, meet now and then.

A copy says which rows it changed since it last met the others, and by how much. The changes of all
copies are added, those of frequent words by less than their sum, and every copy takes the result.
Rows of frequent words meet more often than others (Ji et al. 2016): the ids go by frequency.
"""

import numpy as np

from w2vlib import check

__all__ = ["find_changes", "merge", "row_weights", "rows_that_meet"]

LEVELS = 4  # all rows meet at each 2**(levels - 1)th meeting
PULL = 1 / 50  # of what it was, a row keeps exp(-PULL * copies**2) in a change at rate 1; by trial


def rows_that_meet(meeting, vocab_size, levels=LEVELS):
    """How many rows meet at a meeting, the most frequent ones: all, half or fewer of them.

    meeting: its number, from 1 up: every other one is of the fewest, every fourth of more, ...
    vocab_size: V.
    levels: how many different numbers of rows there are.
    Raises TypeError or ValueError unless all are whole numbers from 1 up.
    Source: chapter 12; Ji et al. 2016.

    >>> [rows_that_meet(meeting, 1000) for meeting in range(1, 9)]
    [125, 250, 125, 500, 125, 250, 125, 1000]
    """
    check.whole(meeting, "meeting")
    check.whole(vocab_size, "vocab_size")
    check.whole(levels, "levels", at_most=64)
    check.kind(levels, int, "levels")
    halvings = levels - 1
    while halvings and meeting % 2 == 0:
        meeting, halvings = meeting // 2, halvings - 1
    return -(-vocab_size // 2**halvings)


def find_changes(copy, base):
    """The rows of a copy that changed since the meeting which gave `base`.

    copy, base: (V, H) float32.
    Returns ids (N,) and changes (N, H) float32.
    Raises TypeError or ValueError unless both are such arrays, of one shape.
    Source: chapter 12.

    >>> find_changes(np.array([[1.0], [2.5]]), np.array([[1.0], [2.0]]))
    (array([1]), array([[0.5]]))
    """
    check.real(copy, "copy")
    check.shape(copy, (None, None), "copy")
    check.real(base, "base")
    check.shape(base, copy.shape, "base")
    ids = np.flatnonzero((copy != base).any(axis=1))
    return ids, copy[ids] - base[ids]


def row_weights(moves, copies):
    """What the sum of the copies' changes of a row is multiplied by: from 1 down to 1 / copies.

    Copies that change a row a little add up. Those that change it again and again go the same way
    from the same place, each of them as far as there is to go; the mean of them is enough.

    moves: (N,) float, how often each copy changed the row, times the learning rate.
    copies: int or (N,), how many changed it, 1 or more.
    Returns weights (N,).
    Raises TypeError or ValueError for other numbers.
    Source: chapter 12.

    >>> row_weights(np.array([0.0, 1.0, 1000.0]), copies=2).round(2)
    array([1.  , 0.96, 0.5 ])
    """
    check.array(moves, "moves")
    check.likelihoods(moves, "moves")
    check.counts(copies, np.shape(moves), "copies")
    kept = np.exp(-PULL * copies**2 * moves)
    # As if one copy had learnt after the other: each finds less left to do.
    before = np.arange(np.max(copies, initial=0))[:, np.newaxis]
    return np.mean(kept**before, axis=0, where=before < copies)


def merge(found, size):
    """The changes of all copies, together.

    A row that one copy alone changed gets all of its change.

    found: of each copy ids (N,), changes (N, H) and moves (N,), how often it changed these rows,
        times the learning rate.
    size: how many rows there are, all ids are below it.
    Returns ids (N,), in order, and changes (N, H), float32.
    Raises TypeError, ValueError or IndexError for other arrays, or an id that is not below size.
    Source: chapter 12.

    >>> here = np.array([0, 2]), np.ones((2, 1)), np.array([1000, 0])
    >>> there = np.array([0]), np.ones((1, 1)), np.array([1000])
    >>> ids, changes = merge([here, there], size=3)
    >>> ids, changes.ravel()
    (array([0, 2]), array([1., 1.], dtype=float32))
    """
    check.whole(size, "size")
    check.changes(found, size, "found")
    check.room(size * found[0][1].shape[1], f"size is {size}")
    total = np.zeros((size, found[0][1].shape[1]), np.float32)
    moves, tellers = np.zeros(size), np.zeros(size, int)
    for ids, changes, moved in found:
        total[ids] += changes
        moves[ids] += moved
        tellers[ids] += 1
    ids = np.flatnonzero(tellers)
    weights = row_weights(moves[ids] / tellers[ids], tellers[ids])
    return ids, total[ids] * weights[:, np.newaxis].astype(np.float32)
