"""How well each word answers a question: sums and products of cosines, for all words at once."""

import numpy as np

from w2vlib import check

ROWS, WORDS = 512, 4096  # questions and words of which all scores are in memory at a time


def row_lengths(x):
    """The length of each row of `x` (..., H), float32; 1 in place of 0. Needs no copy of `x`."""
    lengths = np.sqrt(np.einsum("...j,...j->...", x, x, dtype=np.float64))
    return np.where(lengths > 0, lengths, 1).astype(np.float32)


def by_sum(vectors, lengths, rows, signs):
    """Cosines of all vectors with signed sums of rows (3CosAdd), (..., V).

    vectors: (V, H) and their `lengths` (V,); rows: (..., n, H), of length 1; signs: (n,), 1 or -1.
    """
    total = np.einsum("n,...nh->...h", signs, rows)
    return (total / row_lengths(total)[..., None]) @ vectors.T / lengths


def by_product(vectors, lengths, rows, signs):
    """The same for a product of cosines over another (3CosMul; Levy and Goldberg 2014)."""
    cosines = rows.reshape(-1, rows.shape[-1]) @ vectors.T / lengths  # as one product of matrices
    shifted = (cosines.reshape(*rows.shape[:-1], -1) + 1) / 2
    above, below = (shifted[..., signs == sign, :].prod(axis=-2) for sign in (1, -1))
    return above / (below + np.float32(0.001))


METHODS = {"3CosAdd": by_sum, "3CosMul": by_product}


def scoring(method):
    """The function that scores words by a method. Raises ValueError for another one."""
    check.choice(method, METHODS, "method")
    return METHODS[method]


def best_answers(score, questions, spelling, rows=ROWS, words=WORDS):
    """The best answer to each question "a is to b as c is to what?" -> ids (N,), -1 for none.

    score: score(some, among) returns the scores of a slice of the questions, for a slice of the
    words. questions: (N, 3) ids; spelling: (V,), for each id the one that stands for all words that
    differ from it by case alone, as questions and answers do.
    """
    alike = {}
    for i in np.flatnonzero(spelling != np.arange(len(spelling))):
        alike.setdefault(spelling[i], []).append(i)
    answers = np.full(len(questions), -1)
    for start in range(0, len(questions), rows):
        some = slice(start, start + rows)
        part = questions[some]
        asked = [(i, j) for i, q in enumerate(part) for w in q for j in (w, *alike.get(w, ()))]
        at, ids = np.array(asked).T
        best = np.full(len(part), -np.inf)
        for first in range(0, len(spelling), words):
            found = score(some, slice(first, first + words))
            here = (first <= ids) & (ids < first + words)
            found[at[here], ids[here] - first] = -np.inf
            winner = found.argmax(axis=1)
            value = found[np.arange(len(part)), winner]
            better = value > best
            best[better] = value[better]
            answers[some][better] = spelling[first + winner[better]]
    return answers
