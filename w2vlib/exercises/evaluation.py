"""Chapter 8: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.evaluation import WordVectors
from w2vlib.exercises.exercise import Fields, Number

WORDS = ["tea", "coffee", "car", "rust", "rain", "king"]


def some_vectors(rng):
    """Six words with vectors of unlike lengths."""
    rows = rng.standard_normal((6, 4)) * rng.uniform(0.5, 4, (6, 1))
    return WordVectors(rows.astype(np.float32), WORDS)


def odd_one_out(answer, rng):
    """The place of the word with the lowest cosine with the mean of the unit vectors."""
    for n in (4, 5, 6):
        place, by_length = 0, {0}
        while place in by_length:  # until lengths make another word the odd one out
            wv = some_vectors(rng)
            words = [str(word) for word in rng.permutation(WORDS)[:n]]
            ids = wv.vocabulary.ids(words)
            rows, raw = wv.unit[ids], wv.vectors[ids]
            fits = rows @ rows.mean(axis=0)
            place = int(fits.argmin())
            by_length = {
                int((raw @ raw.mean(axis=0)).argmin()),
                int((rows @ raw.mean(axis=0)).argmin()),
            }
        said = dict.fromkeys(by_length, "take the rows of `wv.unit`, so that lengths do not count.")
        said.setdefault(int(fits.argmax()), "the *lowest* cosine with the mean is asked for.")
        yield answer(wv, words), place, list(said.items())


def cos_mul(answer, rng):
    """(V,) the product of the shifted cosines with b and c, over that with a."""
    for _ in range(2):
        wv = some_vectors(rng)
        a, b, c = [str(word) for word in rng.permutation(WORDS)[:3]]
        cosines = wv.unit @ wv.unit[wv.vocabulary.ids([a, b, c])].T
        to_a, to_b, to_c = cosines.T
        up_a, up_b, up_c = ((cosines + 1) / 2).T
        yield (
            answer(wv, a, b, c),
            up_b * up_c / (up_a + 0.001),
            [
                (to_b - to_a + to_c, "those are cosines added: multiply and divide."),
                (to_b * to_c / (to_a + 0.001), "shift the cosines first: (cosine + 1) / 2."),
            ],
        )


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
}
