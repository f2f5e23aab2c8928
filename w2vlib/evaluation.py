"""Chapter 8: what the vectors know. Neighbours, analogies, and human judgements of similarity."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from w2vlib import check, word2vec_format
from w2vlib.corpus import Vocabulary
from w2vlib.questions import read_analogies, read_word_pairs

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

    def __init__(self, vectors, vocabulary):
        if not isinstance(vocabulary, Vocabulary):
            vocabulary = Vocabulary(vocabulary)
        check.weights(vectors, "vectors")
        check.shape(vectors, (len(vocabulary), None), "vectors")
        if vectors.itemsize > 4 and np.abs(vectors).max() > np.finfo(np.float32).max:
            raise ValueError("vectors holds numbers that are too large for float32")
        self.vocabulary = vocabulary
        self.vectors = vectors.astype(np.float32)  # a copy
        self.vectors.flags.writeable = False

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
        """The vector of `word`, (H,) float32. UnknownWord, a KeyError, if there is none."""
        return self.vectors[self.vocabulary[word]]

    def similarity(self, a, b):
        """The cosine of the angle between two words' vectors: 1 same direction, 0 unrelated."""
        return float(self.unit[self.vocabulary[a]] @ self.unit[self.vocabulary[b]])

    def most_similar(self, word, topn=10):
        """The `topn` words of highest cosine with `word`, itself left out.

        word: a word, or a vector of H numbers (then no word is left out); topn: at least 1.
        Returns a list of (word, cosine), best first.
        """
        if isinstance(word, str):
            i = self.vocabulary[word]
            return self._nearest(self.unit[i], topn, leave_out=[i])
        check.vector(word, self.vectors.shape[1], "word")
        return self._nearest(word, topn)

    def analogy(self, a, b, c, topn=5):
        """`a` is to `b` as `c` is to what? The words nearest to b - a + c (3CosAdd).

        `analogy("man", "king", "woman")` should answer queen. The three words of the question are
        left out. Returns a list of (word, cosine), best first. DLFS2 4.3; Mikolov et al. (2013).
        """
        ids = [self.vocabulary[word] for word in (a, b, c)]
        a, b, c = self.unit[ids]
        return self._nearest(b - a + c, topn, leave_out=ids)

    def _nearest(self, vector, topn, leave_out=()):
        """The `topn` words of highest cosine with `vector`, without the ids in `leave_out`."""
        check.whole(topn, "topn")
        vector = np.asarray(vector, dtype=np.float32)
        cosines = self.unit @ normalize(vector)
        topn = min(topn, len(self) - len(set(leave_out)))
        cosines[list(leave_out)] = -np.inf
        best = np.argpartition(-cosines, topn - 1)[:topn]
        best = sorted(best, key=lambda i: (-cosines[i], i))
        return [(self.vocabulary.word(i), float(cosines[i])) for i in best]

    def evaluate_word_pairs(self, path=None):
        """How far cosines rank pairs of words as people do -> PairScore(spearman, pairs, total).

        path: a file as `read_word_pairs` reads it; None is WordSim-353 (Finkelstein et al., 2002).
        Case is ignored: of words that differ by case alone the most frequent counts. Pairs with an
        unknown word are left out, and show in `pairs` < `total`.
        """
        pairs = read_word_pairs(path)
        ids = self._ids_by_lower_case()
        known = [(ids[a], ids[b], score) for a, b, score in pairs if a in ids and b in ids]
        a, b, scores = np.array(known).reshape(-1, 3).T
        cosines = np.sum(self.unit[a.astype(int)] * self.unit[b.astype(int)], axis=1)
        return PairScore(spearman(cosines, scores), len(known), len(pairs))

    def evaluate_analogies(self, path=None):
        """The share of analogies whose right answer comes first -> AnalogyScore.

        path: a file as `read_analogies` reads it; None is Google's set (Mikolov et al., 2013). Case
        is ignored: an answer is right in any case. Questions with an unknown word are left out, and
        show in `covered` < `total`. The three words of a question, in any case, cannot be its
        answer.
        """
        ids, sections = self._ids_by_lower_case(), {}
        spelling = np.array([ids[word.lower()] for word in self.vocabulary])
        for name, questions in read_analogies(path).items():
            known = [[ids[word] for word in q] for q in questions if all(w in ids for w in q)]
            known = np.array(known, dtype=int).reshape(-1, 4)
            correct = best_answers(self.unit, known[:, :3], spelling) == known[:, 3]
            correct &= (known[:, :3] != known[:, 3:]).all(axis=1)  # where no word was left, too
            sections[name] = _analogy_score(np.sum(correct), len(known), len(questions))
        totals = np.sum([score[1:4] for score in sections.values()], axis=0)
        return _analogy_score(*totals, sections)

    def _ids_by_lower_case(self):
        """Lower-cased word -> id; of 'Bank' and 'bank', the more frequent one."""
        words = list(self.vocabulary)
        return {words[i].lower(): i for i in reversed(range(len(words)))}

    def save(self, path, binary=False):
        """Write a word2vec file: gensim reads both kinds, fastText text; `load` gives the same.

        binary=False is text, for people and most programs; binary=True is smaller and faster. A
        name that ends in .gz, .bz2 or .xz is written compressed. A save that fails leaves the
        former file as it was. ValueError for words with blanks, OSError for a path that cannot be
        written.
        """
        word2vec_format.save(path, self.vocabulary, self.vectors, binary)

    @classmethod
    def load(cls, path, *, limit=None, encoding="utf-8", errors="strict"):
        """Read a word2vec file, text or binary, or GloVe's, plain or compressed: its contents tell.

        limit: how many rows to read, from the first; None is all. encoding, errors: of the words,
        as `bytes.decode` takes them. Of a word that comes twice the first row counts, and a warning
        says so. ValueError with the file and line if it is damaged, FileNotFoundError if it is not
        there.
        """
        words, vectors = word2vec_format.load(path, limit, encoding, errors)
        loaded = cls.__new__(cls)  # no copy: they may fill half of the memory
        loaded.vocabulary, loaded.vectors = Vocabulary(words), vectors
        loaded.vectors.flags.writeable = False
        return loaded


def normalize(x):
    """`x` (..., H) with each vector scaled to length 1, float32; zero vectors stay zero."""
    length = np.linalg.norm(x.astype(np.float64), axis=-1, keepdims=True)
    return (x / np.where(length > 0, length, 1)).astype(np.float32)


def best_answers(unit, questions, spelling, block=1 << 22):
    """The best answer to each question "a is to b as c is to what?" -> ids (N,).

    unit: (V, H) vectors of length 1; questions: (N, 3) ids; spelling: (V,), for each id the one
    that stands for all words that differ from it by case alone, as questions and answers do.
    `block` cosines at a time are in memory.
    """
    answers = np.empty(len(questions), dtype=int)
    others = np.flatnonzero(spelling != np.arange(len(unit)))
    rows = max(1, block // len(unit))
    for i in range(0, len(questions), rows):
        part = questions[i : i + rows]
        a, b, c = unit[part.T]
        cosines = (b - a + c) @ unit.T  # up to a factor a row, which moves no maximum
        np.maximum.at(cosines.T, spelling[others], cosines.T[others])
        cosines[:, others] = -np.inf
        np.put_along_axis(cosines, part, -np.inf, axis=1)
        answers[i : i + rows] = cosines.argmax(axis=1)
    return answers


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
