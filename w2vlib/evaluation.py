"""Chapter 8: what the vectors know. Neighbours, analogies, and human judgements of similarity."""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from w2vlib import check, mapped, word2vec_format
from w2vlib.cosines import best_answers, row_lengths, scoring
from w2vlib.questions import read_analogies, read_word_pairs
from w2vlib.vocabulary import Vocabulary

__all__ = ["AnalogyScore", "PairScore", "WordVectors"]


class PairScore(NamedTuple):
    """How well cosines agree with people: Spearman's rank correlation, over `pairs` of `total`.

    It is NaN where there is none: fewer than two pairs known, or all their scores or cosines equal.

    Raises nothing.
    Source: Spearman 1904, as `WordVectors` computes it in chapter 8.

    >>> PairScore(spearman=0.528, pairs=203, total=353)
    Spearman 0.528 over 203 of 353 pairs
    """

    spearman: float
    pairs: int
    total: int

    def __repr__(self):
        score = "no score" if np.isnan(self.spearman) else f"Spearman {self.spearman:.3f}"
        return f"{score} over {self.pairs} of {self.total} pairs"


class AnalogyScore(NamedTuple):
    """`correct` / `covered` analogies; `covered` of the `total` have all four words known.

    `sections` maps the name of each section to its own AnalogyScore, which has no sections.
    `accuracy` is NaN where nothing is covered.

    Raises nothing.
    Source: Mikolov et al. 2013a, section 4.1.

    >>> AnalogyScore(accuracy=0.25, correct=1, covered=4, total=9)
    25.0% (1 of 4; 9 in all)
    """

    accuracy: float
    correct: int
    covered: int
    total: int
    sections: dict | None = None

    def __repr__(self):
        sections = self.sections or {}
        score = f"{self.accuracy:.1%}" if self.covered else "no score"
        lines = [f"{score} ({self.correct} of {self.covered}; {self.total} in all)"]
        width = max(map(len, sections), default=0)
        lines += [f"  {name:{width}}  {score!r}" for name, score in sections.items()]
        return "\n".join(lines)


class WordVectors:
    """Trained word vectors and the questions one can ask them.

    `len(wv)`, `for word in wv` (in the order of the rows), `word in wv`, `wv[word]` -> its vector.

    vectors: (V, H) floats, kept as a read-only float32 copy, so that training on does not
        change it.
    vocabulary: a `Vocabulary`, or the V words in the order of the rows.
    outputs: of vectors that `train` returns, the output vectors of the same words, as WordVectors;
        of others None.
    loss: likewise, the mean loss of a word in the last epoch, see `train`.
    Raises TypeError unless `vectors` is an array of floats; ValueError for NaN, infinity or numbers
        beyond float32, for a word that comes twice, and unless there is one row a word.
    Source: DLFS2 4 (introduction).

    >>> wv = WordVectors(np.array([[2.0, 0.1], [1.0, 0.0], [0.0, 3.0]]), ["tea", "coffee", "car"])
    >>> wv["car"]
    array([0., 3.], dtype=float32)
    >>> [word for word, cosine in wv.most_similar("tea", topn=2)]
    ['coffee', 'car']
    >>> round(wv.similarity("coffee", "car"), 3)
    0.0
    """

    outputs = loss = None

    def __init__(self, vectors, vocabulary):
        if not isinstance(vocabulary, Vocabulary):
            vocabulary = Vocabulary(vocabulary)
        check.weights(vectors, "vectors")
        if len(vectors) != len(vocabulary):
            raise ValueError(
                f"vectors has shape {vectors.shape}, but vocabulary has {len(vocabulary)} words: "
                "give one row for each word"
            )
        if vectors.itemsize > 4 and np.abs(vectors).max() > np.finfo(np.float32).max:
            raise ValueError("vectors holds numbers that are too large for float32")
        self.vocabulary = vocabulary
        self.vectors = vectors.astype(np.float32)  # a copy
        self.vectors.flags.writeable = False

    @cached_property
    def lengths(self):
        """The lengths of the rows, (V,) float32; computed once. A zero row has length 1."""
        return row_lengths(self.vectors)

    @cached_property
    def unit(self):
        """The rows scaled to length 1, (V, H) float32; computed once. A zero row stays zero."""
        return normalize(self.vectors)

    def __repr__(self):
        V, H = self.vectors.shape
        return f"WordVectors({V} words, {H} dimensions)"

    def __len__(self):
        return len(self.vocabulary)

    def __iter__(self):
        return iter(self.vocabulary)

    def __contains__(self, word):
        return word in self.vocabulary

    def __getitem__(self, word):
        """The vector of `word`, (H,) float32, or those of a list of n words, (n, H).

        UnknownWord, a KeyError, for a word that is not there.
        """
        if isinstance(word, list):
            return self.vectors[self.vocabulary.ids(word)]
        return self.vectors[self.vocabulary[word]]

    def get(self, word, default=None):
        """The vector of `word`, (H,) float32; `default` if there is none."""
        return self.vectors[self.vocabulary[word]] if word in self else default

    def similarity(self, a, b):
        """The cosine of the angle between two words' vectors: 1 same direction, 0 unrelated."""
        a, b = normalize(self.vectors[self.vocabulary.ids([a, b])])
        return float(a @ b)

    def most_similar(
        self,
        word=None,
        topn=10,
        *,
        positive=(),
        negative=(),
        restrict_vocab=None,
        method="3CosAdd",
    ):
        """The `topn` words nearest to a word or to a sum of words, these left out.

        word: a word, or a vector of H numbers (then no word is left out); topn: at least 1.
        positive, negative: words or vectors, of each a list or one alone, whose directions are
            added and taken away: king - man + woman is positive=["king", "woman"],
            negative=["man"].
        restrict_vocab: look among the first so many words only, the most frequent.
        method: "3CosAdd", by the cosine with the sum, or "3CosMul", by the product of the cosines,
            moved to between 0 and 1, over that of the negative ones (Levy and Goldberg 2014).
        Returns a list of (word, cosine or product), best first.
        """
        score = scoring(method)
        if restrict_vocab is not None:
            check.whole(restrict_vocab, "restrict_vocab")
        rows, signs, ids = self._asked(word, positive, negative)
        among = slice(restrict_vocab)
        scores = score(self.vectors[among], self.lengths[among], rows, signs)
        return self._best(scores, topn, [i for i in ids if i < len(scores)])

    def _asked(self, word, positive, negative):
        """The unit rows of a question (n, H), their signs (n,), and the ids of its words."""
        positive, negative = listed(positive), listed(negative)
        parts = [("positive", 1, it) for it in positive] + [("negative", -1, it) for it in negative]
        if word is not None or not parts:
            parts.insert(0, ("word", 1, word))
        rows, ids = [], []
        for name, _, it in parts:
            if isinstance(it, str):
                ids.append(self.vocabulary[it])
                it = self.vectors[ids[-1]]
            check.vector(it, self.vectors.shape[1], name)
            rows.append(np.asarray(it, dtype=np.float32))
        signs = np.array([sign for _, sign, _ in parts], np.float32)
        return normalize(np.array(rows)), signs, ids

    def analogy(self, a, b, c, topn=5, *, method="3CosAdd"):
        """`a` is to `b` as `c` is to what? The words nearest to b - a + c.

        `analogy("man", "king", "woman")` should answer queen. The three words of the question are
        left out. method: as for `most_similar`. Returns a list of (word, score), best first.
        DLFS2 4.3; Mikolov et al. (2013).
        """
        self.vocabulary.ids([a, b, c])  # words, not vectors
        return self.most_similar(positive=[b, c], negative=[a], topn=topn, method=method)

    def doesnt_match(self, words):
        """The word that fits least among `words`: of lowest cosine with the mean of all of them."""
        ids = self.vocabulary.ids(words)
        if not len(ids):
            raise ValueError("words is empty: give some words, of which one may not fit")
        rows = normalize(self.vectors[ids])
        return self.vocabulary.word(ids[np.argmin(rows @ rows.mean(axis=0))])

    def _best(self, scores, topn, leave_out=()):
        """The `topn` words of highest score, without the ids in `leave_out`: [(word, score)]."""
        check.whole(topn, "topn")
        topn = min(topn, len(scores) - len(set(leave_out)))
        scores[list(leave_out)] = -np.inf
        best = np.argpartition(-scores, topn - 1)[:topn]
        best = sorted(best, key=lambda i: (-scores[i], i))
        return [(self.vocabulary.word(i), float(scores[i])) for i in best]

    def evaluate_word_pairs(self, path=None):
        """How far cosines rank pairs of words as people do -> PairScore(spearman, pairs, total).

        path: a file as `read_word_pairs` reads it; None is WordSim-353 (Finkelstein et al., 2002).
        Case is ignored: of words that differ by case alone the most frequent counts. Pairs with an
        unknown word are left out, and show in `pairs` < `total`.
        """
        pairs = read_word_pairs(path)
        ids = self._ids_by_lower_case({word for a, b, _ in pairs for word in (a, b)})
        known = [(ids[a], ids[b], score) for a, b, score in pairs if a in ids and b in ids]
        a, b, scores = np.array(known).reshape(-1, 3).T
        a, b = (normalize(self.vectors[i.astype(int)]) for i in (a, b))
        cosines = np.sum(a * b, axis=1)
        return PairScore(spearman(cosines, scores), len(known), len(pairs))

    def evaluate_analogies(self, path=None, *, method="3CosAdd"):
        """The share of analogies whose right answer comes first -> AnalogyScore.

        path: a file as `read_analogies` reads it; None is Google's set (Mikolov et al., 2013).
        method: as for `most_similar`. Case is ignored: an answer is right in any case. Questions
        with an unknown word are left out, and show in `covered` < `total`. The three words of a
        question, in any case, cannot be its answer.
        """
        score, signs = scoring(method), np.float32([-1, 1, 1])

        def scores(some, among):
            return score(self.vectors[among], self.lengths[among], rows[some], signs)

        asked, sections = read_analogies(path), {}
        ids = self._ids_by_lower_case({word for qs in asked.values() for q in qs for word in q})
        lower = enumerate(map(str.lower, self.vocabulary))
        spelling = np.fromiter((ids.get(word, i) for i, word in lower), int, len(self))
        for name, questions in asked.items():
            known = [[ids[word] for word in q] for q in questions if all(w in ids for w in q)]
            known = np.array(known, dtype=int).reshape(-1, 4)
            rows = normalize(self.vectors[known[:, :3]])
            correct = best_answers(scores, known[:, :3], spelling) == known[:, 3]
            sections[name] = _analogy_score(np.sum(correct), len(known), len(questions))
        totals = np.sum([score[1:4] for score in sections.values()], axis=0)
        return _analogy_score(*totals, sections)

    def _ids_by_lower_case(self, asked):
        """Lower-cased word -> id, of those asked for; of 'Bank' and 'bank' the frequent one."""
        ids = {}
        for i, word in enumerate(map(str.lower, self.vocabulary)):
            if word in asked:
                ids.setdefault(word, i)
        return ids

    def save(self, path, binary=False, *, header=True):
        """Write a word2vec file: gensim reads both kinds, fastText text; `load` gives the same.

        binary=False is text, for people and most programs; binary=True is smaller and faster.
        header=False leaves out the first line of a text: a file as GloVe's. A name that ends in
        .gz, .bz2 or .xz is written compressed. Under one that ends in .npy a matrix of NumPy is
        written, its words behind it: `load` maps it, so that it is there at once. A save that fails
        or is killed leaves the former file as it was. ValueError for words that the format cannot
        hold: with blanks they go into .npy and, for `load` alone, into text; OSError for a path
        that cannot be written, or where the disk is full.
        """
        check.flag(binary, "binary")
        check.flag(header, "header")
        if mapped.is_mapped(path):
            mapped.save(path, self.vocabulary, self.vectors)
            return
        word2vec_format.save(path, self.vocabulary, self.vectors, binary, header)

    @classmethod
    def load(cls, path, *, limit=None, encoding="utf-8", errors="strict"):
        """Read a word2vec file, text or binary, or GloVe's, plain or compressed: its contents tell.

        A matrix of NumPy (.npy) that `save` has written is mapped, not read.

        limit: how many rows to read, from the first; None is all. encoding, errors: of the words,
        as `bytes.decode` takes them. Of a word that comes twice the first row counts, and a warning
        says so. ValueError with the file and line if it is damaged, FileNotFoundError if it is not
        there.
        """
        word2vec_format.check_encoding(encoding, errors)
        if mapped.is_mapped(path):
            words, vectors = mapped.load(path, limit)
        else:
            words, vectors = word2vec_format.load(path, limit, encoding, errors)
        return cls._adopt(vectors, Vocabulary(words))

    @classmethod
    def _adopt(cls, vectors, vocabulary, outputs=None, loss=None):
        """Sound arrays as word vectors, without a copy: they may fill half of the memory."""
        adopted = cls.__new__(cls)
        adopted.vocabulary, adopted.vectors, adopted.loss = vocabulary, vectors, loss
        adopted.vectors.flags.writeable = False
        if outputs is not None:
            adopted.outputs = cls._adopt(outputs, vocabulary)
        return adopted


def listed(words):
    """A list of words or vectors, of which one alone may have been given."""
    several = isinstance(words, Iterable) and not isinstance(words, str | bytes)
    return list(words) if several and getattr(words, "ndim", 2) > 1 else [words]


def normalize(x):
    """`x` (..., H) with each vector scaled to length 1, float32; zero vectors stay zero."""
    length = np.linalg.norm(x.astype(np.float64), axis=-1, keepdims=True)
    return (x / np.where(length > 0, length, 1)).astype(np.float32)


def spearman(x, y):
    """Spearman's rank correlation of `x` and `y`, both (n,): Pearson's correlation of their ranks.

    NaN if it is undefined: fewer than two values, or all of them equal.
    """
    x, y = (average_ranks(values) - (len(values) + 1) / 2 for values in (x, y))  # mean 0
    norm = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / norm) if norm else float("nan")


def average_ranks(x):
    """The rank of each value, 1 for the smallest; equal values share the mean of their ranks."""
    _, group, sizes = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(sizes) - (sizes - 1) / 2)[group]


def _analogy_score(correct, covered, total, sections=None):
    accuracy = correct / covered if covered else float("nan")
    return AnalogyScore(float(accuracy), int(correct), int(covered), int(total), sections)
