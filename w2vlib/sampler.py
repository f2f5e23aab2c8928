"""Chapter 5: which words to take as wrong answers."""

import numpy as np

from w2vlib import check

__all__ = ["UnigramSampler"]


class UnigramSampler:
    """Draw negatives: words in proportion to count ** power, never the row's own target.

    `word_p` (V,) float64 sums to 1, with V = the largest id + 1; an id that the corpus lacks has
    probability 0.

    corpus: (T,) word ids.
    power: 0.75 in word2vec, 1 for plain counts, 0 for all words alike.
    sample_size: negatives a row, K, drawn with replacement.
    rng: a seed or a numpy.random.Generator.
    Raises ValueError when the corpus has fewer than sample_size words beside the target.
    Source: DLFS2 4.2.6, equation 4.4; Mikolov et al. 2013b, section 2.2.

    >>> sampler = UnigramSampler(np.array([0, 1, 2, 2, 2]), power=1, sample_size=2, rng=0)
    >>> sampler.word_p
    array([0.2, 0.2, 0.6])
    >>> target = np.array([0, 2])
    >>> negatives = sampler.get_negative_sample(target)
    >>> negatives.shape, bool((negatives == target[:, np.newaxis]).any())
    ((2, 2), False)
    """

    def __init__(self, corpus, power, sample_size, *, rng=None):
        check.ids(corpus, "corpus", ndim=1)
        check.number(power, "power", at_least=0)
        check.whole(sample_size, "sample_size")
        check.seed(rng, "rng")
        check.room(np.max(corpus) + 1, f"corpus holds the id {np.max(corpus)}", size=8)
        counts = np.bincount(corpus)
        if np.count_nonzero(counts) <= sample_size:
            raise ValueError(
                f"sample_size is {sample_size}, but the corpus has {np.count_nonzero(counts)} "
                "different word(s), the target among them: take a larger corpus or fewer negatives"
            )
        if power * np.log(counts.max()) > np.log(check.LARGEST / len(counts)):
            raise ValueError(
                f"power is {power}: counts to that power are too large, take a smaller"
            )
        seen = counts > 0
        weight = np.zeros(len(counts))
        weight[seen] = counts[seen] ** float(power)
        self.word_p = weight / weight.sum()
        self.sample_size = sample_size
        self.rng = np.random.default_rng(rng)

    def get_negative_sample(self, target):
        """target: (N,) ids -> (N, sample_size) int32 ids, in no row the row's target."""
        check.ids(target, "target", size=len(self.word_p), ndim=1)
        negatives = np.empty((len(target), self.sample_size), dtype=np.int32)
        for i, word_id in enumerate(target):
            p = self.word_p.copy()
            p[word_id] = 0
            negatives[i] = self.rng.choice(len(p), size=self.sample_size, p=p / p.sum())
        return negatives
