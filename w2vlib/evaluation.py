"""Chapter 8: what the vectors know. Neighbours, analogies, and human judgements of similarity."""

from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from w2vlib import check, word2vec_format
from w2vlib.corpus import Vocabulary

DATA = Path(__file__).with_name("data")


class PairScore(NamedTuple):
    """How well cosines agree with people: Spearman's rank correlation, over `pairs` of `total`."""

    spearman: float
    pairs: int
    total: int

    def __repr__(self):
        return f"Spearman {self.spearman:.3f} over {self.pairs} of {self.total} pairs"


class AnalogyScore(NamedTuple):
    """`correct` / `covered` analogies; `covered` of the `total` have all four words known.

    `sections` maps the name of each section to its own AnalogyScore, which has no sections.
    `accuracy` is NaN where nothing is covered.
    """

    accuracy: float
    correct: int
    covered: int
    total: int
    sections: dict | None = None

    def __repr__(self):
        sections = self.sections or {}
        lines = [f"{self.accuracy:.1%} ({self.correct} of {self.covered}; {self.total} in all)"]
        width = max(map(len, sections), default=0)
        lines += [f"  {name:{width}}  {score!r}" for name, score in sections.items()]
        return "\n".join(lines)


class WordVectors:
    """Trained word vectors and the questions one can ask them.

    vectors: (V, H) floats, kept as a read-only float32 copy, so that training on does not change
    it. vocabulary: a Vocabulary, or the V words in the order of the rows.

    Raises TypeError unless `vectors` is an array of floats; ValueError for NaN or infinity, for a
    word that comes twice, and unless there is one row a word. DLFS2 4 (introduction).
    """

    def __init__(self, vectors, vocabulary):
        if not isinstance(vocabulary, Vocabulary):
            vocabulary = Vocabulary(vocabulary)
        check.weights(vectors, "vectors")
        check.shape(vectors, (len(vocabulary), None), "vectors")
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

    def __contains__(self, word):
        return word in self.vocabulary

    def __getitem__(self, word):
        """The vector of `word`, (H,) float32. KeyError with similar spellings if unknown."""
        return self.vectors[self.vocabulary[word]]

    def similarity(self, a, b):
        """The cosine of the angle between two words' vectors: 1 same direction, 0 unrelated."""
        return float(self.unit[self.vocabulary[a]] @ self.unit[self.vocabulary[b]])

    def most_similar(self, word, topn=10):
        """The `topn` words of highest cosine with `word`, itself left out.

        word: a word, or a vector of H floats (then no word is left out). Returns a list of
        (word, cosine), best first.
        """
        if isinstance(word, str):
            i = self.vocabulary[word]
            return self._nearest(self.unit[i], topn, leave_out=[i])
        return self._nearest(word, topn)

    def analogy(self, a, b, c, topn=5):
        """`a` is to `b` as `c` is to what? The words nearest to b - a + c (3CosAdd).

        analogy("man", "king", "woman") should answer queen. The three words of the question are
        left out. Returns a list of (word, cosine), best first. DLFS2 4.3; Mikolov et al. (2013).
        """
        ids = [self.vocabulary[word] for word in (a, b, c)]
        a, b, c = self.unit[ids]
        return self._nearest(b - a + c, topn, leave_out=ids)

    def _nearest(self, vector, topn, leave_out=()):
        """The `topn` words of highest cosine with `vector`, without the ids in `leave_out`."""
        vector = np.asarray(vector, dtype=np.float32)
        check.shape(vector, self.vectors.shape[1:], "vector")
        check.whole(topn, "topn")
        if not np.isfinite(vector).all():
            raise ValueError("vector holds NaN or infinity: it should be finite")
        cosines = self.unit @ normalize(vector)
        topn = min(topn, len(self) - len(set(leave_out)))
        cosines[list(leave_out)] = -np.inf
        best = np.argpartition(-cosines, topn - 1)[:topn]
        best = sorted(best, key=lambda i: (-cosines[i], i))
        return [(self.vocabulary.word(i), float(cosines[i])) for i in best]

    def evaluate_word_pairs(self, path=None):
        """How far cosines rank pairs of words as people do -> PairScore(spearman, pairs, total).

        path: a file of lines "word1 <tab> word2 <tab> score"; lines that start with '#' and a
        header are passed over. None is WordSim-353 (Finkelstein et al., 2002). Case is ignored;
        pairs with an unknown word are left out, and show in `pairs` < `total`.
        """
        pairs = read_word_pairs(path or DATA / "wordsim353.tsv")
        ids = self._ids_by_lower_case()
        known = [(ids[a], ids[b], score) for a, b, score in pairs if a in ids and b in ids]
        a, b, scores = np.array(known).reshape(-1, 3).T
        cosines = np.sum(self.unit[a.astype(int)] * self.unit[b.astype(int)], axis=1)
        return PairScore(spearman(cosines, scores), len(known), len(pairs))

    def evaluate_analogies(self, path=None):
        """The share of analogies whose right answer comes first -> AnalogyScore.

        path: a file of lines "a b c d" under lines ": section". None is Google's set (Mikolov et
        al., 2013). Case is ignored; questions with an unknown word are left out, and show in
        `covered` < `total`. The three words of a question cannot be its answer.
        """
        ids, sections = self._ids_by_lower_case(), {}
        for name, questions in read_analogies(path or DATA / "questions-words.txt").items():
            known = [[ids[word] for word in q] for q in questions if all(w in ids for w in q)]
            known = np.array(known, dtype=int).reshape(-1, 4)
            correct = np.sum(self._answers(known[:, :3]) == known[:, 3])
            sections[name] = _analogy_score(correct, len(known), len(questions))
        totals = np.sum([score[1:4] for score in sections.values()], axis=0)
        return _analogy_score(*totals, sections)

    def _answers(self, questions, block=1 << 22):
        """The best answer to each row (a, b, c) of ids; `block` cosines at a time fit in memory."""
        answers = np.empty(len(questions), dtype=int)
        rows = max(1, block // len(self))
        for i in range(0, len(questions), rows):
            part = questions[i : i + rows]
            a, b, c = self.unit[part.T]
            cosines = (b - a + c) @ self.unit.T  # up to a factor a row, which moves no maximum
            np.put_along_axis(cosines, part, -np.inf, axis=1)
            answers[i : i + rows] = cosines.argmax(axis=1)
        return answers

    def _ids_by_lower_case(self):
        """Lower-cased word -> id; of 'Bank' and 'bank', the more frequent one."""
        words = list(self.vocabulary)
        return {words[i].lower(): i for i in reversed(range(len(words)))}

    def save(self, path, binary=False):
        """Write a word2vec file, which gensim and fastText read; the same vectors on `load`.

        binary=False is text, for people and most programs; binary=True is smaller and faster. An
        interrupted save leaves the former file as it was. ValueError for words with blanks.
        """
        word2vec_format.save(path, self.vocabulary, self.vectors, binary)

    @classmethod
    def load(cls, path):
        """Read a word2vec file, text or binary (found out by itself).

        ValueError with the file and line if it is damaged, FileNotFoundError if it is not there.
        """
        words, vectors = word2vec_format.load(path)
        return cls(vectors, words)


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


def read_word_pairs(path):
    """Read lines "word1 <tab> word2 <tab> score" -> list of (word1, word2, score), lower case."""
    pairs = []
    for number, line in _lines(path):
        if line.startswith("#"):
            continue
        try:
            a, b, score = line.lower().split("\t")
            pairs.append((a.strip(), b.strip(), float(score)))
        except ValueError:
            if number > 1:  # the first line may name the columns
                raise ValueError(
                    f"{path}, line {number}: expected word, word and score, parted by tabs; "
                    f"found {line[:60]!r}"
                ) from None
    if not pairs:
        raise ValueError(f"{path}: no pairs found; expected lines 'word1 <tab> word2 <tab> score'")
    return pairs


def read_analogies(path):
    """Read lines "a b c d" under ": section" -> {section: list of (a, b, c, d)}, lower case."""
    sections, questions = {}, None
    for number, line in _lines(path):
        if line.startswith(":"):
            questions = sections.setdefault(line[1:].strip(), [])
            continue
        words = tuple(line.lower().split())
        if questions is None or len(words) != 4:
            raise ValueError(
                f"{path}, line {number}: expected four words under a line ': section'; "
                f"found {line[:60]!r}"
            )
        questions.append(words)
    if not any(sections.values()):
        raise ValueError(f"{path}: no questions found; expected ': section' and lines 'a b c d'")
    return sections


def _lines(path):
    """The numbered lines of a UTF-8 text file that are not blank."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a UTF-8 text file ({error})") from None
    lines = enumerate(text.splitlines(), start=1)
    return [(number, line.strip()) for number, line in lines if line.strip()]


def _analogy_score(correct, covered, total, sections=None):
    accuracy = correct / covered if covered else float("nan")
    return AnalogyScore(float(accuracy), int(correct), int(covered), int(total), sections)
