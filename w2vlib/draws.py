"""What every engine draws: which words of the text it keeps, and which are taken as negatives."""

import numpy as np

from w2vlib import check

__all__ = ["AliasTable", "draw_others"]


def kept_share(counts, subsample):
    """The probability that a word is kept, (V,) float32: less than 1 for the most frequent.

    sqrt(t/f) + t/f for a word that makes up the share f of the text, where t is `subsample`; 0
    keeps all (Mikolov et al. 2013b, as in word2vec.c).
    """
    if not subsample:
        return np.ones(len(counts), np.float32)
    ratio = min(subsample, 1) * counts.sum() / np.maximum(counts, 1)  # 1 keeps all, too
    return np.minimum(np.sqrt(ratio) + ratio, 1).astype(np.float32)


def negative_weights(counts, power):
    """How likely a word is drawn as a negative, (V,) float64, in proportion to count**power.

    The most likely word weighs 1, one that the text lacks 0. Raises ValueError where the power
    leaves fewer than two words to draw (Mikolov et al. 2013b, section 2.2).
    """
    share = counts / counts.max()  # before the power: no count is too large for it
    weights = np.where(counts > 0, share ** float(power), 0)
    if np.count_nonzero(weights) < 2:
        raise ValueError(
            f"power is {power}: to that power all counts but the largest come to nothing, and one "
            "word alone would be drawn; take a smaller one, 0.75 is usual"
        )
    return weights


class AliasTable:
    """Draw ids from a distribution in O(1) a draw, whatever its size.

    Column i of V columns of height 1 belongs to id i up to `share[i]`, and from there to id
    `alias[i]`. Making the table takes O(V), once.

    p: (V,) weights, ints or floats, at least two of them above 0.
    Raises ValueError for other weights.
    Source: Walker 1977; Vose 1991.

    >>> table = AliasTable(np.array([1, 0, 3]))
    >>> ids = table.draw(10_000, np.random.default_rng(0))
    >>> set(ids.tolist()), bool(abs((ids == 2).mean() - 0.75) < 0.02)
    ({0, 2}, True)
    """

    def __init__(self, p):
        check.likelihoods(p, "p")
        if np.count_nonzero(p) < 2:
            raise ValueError(f"p is {check.short(p)}: it should hold two or more numbers above 0")
        if float(np.max(p)) > check.LARGEST / len(p):
            raise ValueError(f"p holds {np.max(p)}: the sum is too large, divide p by it")
        share = (np.asarray(p, float) * len(p) / np.sum(p)).tolist()
        alias = list(range(len(p)))
        poor = [i for i, s in enumerate(share) if s < 1]
        rich = [i for i, s in enumerate(share) if s >= 1]
        while poor and rich:
            i, j = poor.pop(), rich[-1]
            alias[i] = j
            share[j] -= 1 - share[i]
            if share[j] < 1:
                poor.append(rich.pop())
        self.share, self.alias = np.array(share), np.array(alias)

    def draw(self, size, rng):
        """Ids of shape `size`, independent of each other."""
        check.size(size, "size")
        check.kind(rng, np.random.Generator, "rng")
        column = rng.integers(len(self.share), size=size)
        own = rng.random(size) < self.share[column]
        return np.where(own, column, self.alias[column])


def draw_others(table, target, size, rng):
    """target (N,) -> ids (N, size) from an `AliasTable`, in no row the row's target.

    What hits the target is drawn again, so the others come in proportion to their weights, as from
    `UnigramSampler`. `fused.step` does not draw again but leaves out, see there.

    Raises TypeError or ValueError for other arguments, and ValueError where all but one draw in a
        thousand, or fewer, are a row's target.
    Source: Mikolov et al. 2013b, section 2.2.

    >>> table, target = AliasTable(np.array([1, 1, 1])), np.array([0, 1, 2])
    >>> negatives = draw_others(table, target, 4, np.random.default_rng(0))
    >>> negatives.shape, bool((negatives == target[:, np.newaxis]).any())
    ((3, 4), False)
    """
    check.kind(table, AliasTable, "table")
    check.ids(target, "target", ndim=1)
    check.array(target, "target")
    check.whole(size, "size")
    drawn = table.draw((len(target), size), rng)
    while (hit := drawn == target[:, np.newaxis]).any():
        drawn[hit] = table.draw(np.count_nonzero(hit), rng)
        if (drawn == target[:, np.newaxis])[hit].all() and is_nearly_all(table, drawn[hit][0]):
            raise ValueError(
                f"target holds the id {drawn[hit][0]}, and nearly all that the table draws is that "
                "id: take UnigramSampler, which leaves it out before it draws"
            )
    return drawn


def is_nearly_all(table, word_id):
    """Whether an AliasTable draws little else than this id."""
    return (table.draw(10_000, np.random.default_rng(0)) == word_id).all()
