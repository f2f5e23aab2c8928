"""Chapter 8: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.evaluation import WordVectors, spearman
from w2vlib.exercises.exercise import Fields, Number, alike

WORDS = ["tea", "coffee", "car", "rust", "rain", "king", "snow", "bread", "owl", "piano"]


def some_vectors(rng):
    """Six to ten words with vectors of unlike lengths."""
    V, H = rng.integers((6, 3), (11, 6))
    rows = rng.standard_normal((V, H)) * rng.uniform(0.5, 4, (V, 1))
    return WordVectors(rows.astype(np.float32), WORDS[:V])


def some_words(wv, n, rng):
    """n different words of wv."""
    return [str(word) for word in rng.permutation(list(wv))[:n]]


def odd_one_out(answer, rng):
    """The place of the word with the lowest cosine with the mean of the unit vectors."""
    for n in (4, 5, 6):
        place, best, by_length = 0, 0, {0}
        while by_length & {place, best}:  # until lengths make another word the odd one out
            wv = some_vectors(rng)
            words = some_words(wv, n, rng)
            ids = wv.vocabulary.ids(words)
            rows, raw = wv.unit[ids], wv.vectors[ids]
            fits = rows @ rows.mean(axis=0)
            place, best = int(fits.argmin()), int(fits.argmax())
            by_length = {
                int((raw @ raw.mean(axis=0)).argmin()),
                int((rows @ raw.mean(axis=0)).argmin()),
            }
        said = dict.fromkeys(by_length, "take the rows of `wv.unit`, so that lengths do not count.")
        said[best] = "the *lowest* cosine with the mean is asked for."
        yield answer(wv, words), place, list(said.items())


def cos_mul(answer, rng):
    """(V,) the product of the shifted cosines with b and c, over that with a."""
    for _ in range(2):
        wv = some_vectors(rng)
        a, b, c = some_words(wv, 3, rng)
        cosines = wv.unit @ wv.unit[wv.vocabulary.ids([a, b, c])].T
        to_a, to_b, to_c = cosines.T
        up_a, up_b, up_c = ((cosines + 1) / 2).T
        yield (
            answer(wv, a, b, c),
            up_b * up_c / (up_a + 0.001),
            [
                (to_b - to_a + to_c, "those are cosines added: multiply and divide."),
                (to_b * to_c / (to_a + 0.001), "shift the cosines first: (cosine + 1) / 2."),
                (up_a * up_c / (up_b + 0.001), "a and b are exchanged: a's goes below the line."),
            ],
        )


def agreement(answer, rng):
    """The rank correlation of cosines and scores, and how many pairs have both words: (2,)."""
    for _ in range(2):
        rho, mistakes = 0, [(0, "")]
        while alike(rho, *(other for other, _ in mistakes)):  # until each mistake shows
            wv = some_vectors(rng)
            pairs = [some_words(wv, 2, rng) for _ in range(rng.integers(6, 11))]
            scores = rng.integers(11, size=len(pairs)).astype(float)
            scores[1] = scores[0]
            pairs = [(*pair, float(score)) for pair, score in zip(pairs, scores)]
            cosines = [wv.similarity(a, b) for a, b, _ in pairs]
            dots = [wv[a] @ wv[b] for a, b, _ in pairs]
            rho, n = spearman(cosines, scores), len(pairs)
            for pair in [("zeppelin", WORDS[0], 5.0), (WORDS[1], "zeppelin", 5.0)]:
                pairs.insert(rng.integers(n), pair)
            as_zero = [wv.similarity(a, b) if a in wv and b in wv else 0 for a, b, _ in pairs]
            mistakes = [
                (in_order(cosines, scores), "equal scores share the mean of their ranks."),
                (np.corrcoef(cosines, scores)[0, 1], "that is of the numbers: rank both first."),
                (spearman(dots, scores), "those are dot products: take cosines."),
                (
                    spearman(as_zero, [pair[2] for pair in pairs]),
                    "leave out pairs that have no cosine.",
                ),
                (-rho, "the sign: a high cosine goes with a high score."),
            ]
        counts = [((other, m), said) for other, said in mistakes for m in (n, n + 2)]
        counts.append(((rho, n + 2), "only the pairs count whose words are both known."))
        counts.append((rho, "return how many pairs count, too."))
        yield answer(wv, pairs), (rho, n), counts


def in_order(x, y):
    """The rank correlation where of equal values the first is the smaller."""
    ranks = [np.argsort(np.argsort(values, kind="stable")) for values in (x, y)]
    return np.corrcoef(*ranks)[0, 1]


ADDED = "that is the dot product: divide by both lengths."

EXERCISES = {
    "think_family": Fields(
        questions=Number(
            156,
            {
                169: "no pair is set against itself.",
                78: "pair 1 against pair 2 is another question than pair 2 against pair 1.",
                13: "that is the number of pairs: each is set against every other one.",
            },
        ),
        answers=Number(
            13,
            {
                156: "questions with the same c get the same answer.",
                12: "one for each word c. How many words c are there?",
                26: "only the first word of a pair stands as c.",
            },
            label="different answers",
        ),
    ),
    "cosine_by_hand": Fields(
        first=Number(
            11 / 15,
            {11: ADDED, 11 / 225: "divide by the lengths, not by their squares."},
            tolerance=0.006,
            label="(1, 2, 2) and (3, 0, 4)",
        ),
        longer=Number(
            11 / 15,
            {110: ADDED, 22 / 3: "the longer vector has the longer length, too."},
            tolerance=0.006,
            label="(10, 20, 20) and (3, 0, 4)",
        ),
    ),
    "odd_one_out": odd_one_out,
    "cos_mul": cos_mul,
    "agreement": agreement,
}
