"""Answers to chapter 8's exercises, right and wrong."""

import numpy as np

from w2vlib.evaluation import average_ranks, spearman


def odd(rows):
    return (rows @ rows.mean(axis=0)).argmin()


def odd_by_loop(wv, words):
    fits = {a: sum(wv.similarity(a, b) for b in words) for a in words}
    return words.index(min(fits, key=fits.get))


def best_in(wv, words):
    rows = wv.unit[wv.vocabulary.ids(words)]
    return (rows @ rows.mean(axis=0)).argmax()


def cos_mul(wv, a, b, c):
    cosines = [[float(row @ wv.unit[wv.vocabulary[word]]) for row in wv.unit] for word in (a, b, c)]
    up_a, up_b, up_c = (np.array(cosines) + 1) / 2
    return up_b * up_c / (up_a + 0.001)


def added(wv, a, b, c):
    return wv.unit @ (wv.unit[wv.vocabulary.ids([a, b, c])].T @ [-1, 1, 1])


def not_shifted(wv, a, b, c):
    to_a, to_b, to_c = (wv.unit @ wv.unit[wv.vocabulary.ids([a, b, c])].T).T
    return to_b * to_c / (to_a + 0.001)


def known(wv, pairs):
    pairs = [pair for pair in pairs if pair[0] in wv and pair[1] in wv]
    cosines = [wv.similarity(a, b) for a, b, _ in pairs]
    return np.array(cosines), np.array([score for _, _, score in pairs]), len(pairs)


def by_ranks(wv, pairs):
    cosines, scores, n = known(wv, pairs)
    return [np.corrcoef(average_ranks(cosines), average_ranks(scores))[0, 1], n]


def ties_in_order(wv, pairs):
    cosines, scores, n = known(wv, pairs)
    ranks = (np.argsort(np.argsort(x, kind="stable")) for x in (cosines, scores))
    return np.corrcoef(*ranks)[0, 1], n


def of_numbers(wv, pairs):
    cosines, scores, n = known(wv, pairs)
    return np.corrcoef(cosines, scores)[0, 1], n


def of_dots(wv, pairs):
    pairs = [pair for pair in pairs if pair[0] in wv and pair[1] in wv]
    return spearman([wv[a] @ wv[b] for a, b, _ in pairs], [pair[2] for pair in pairs]), len(pairs)


def with_zeros(wv, pairs):
    cosines = [wv.similarity(a, b) if a in wv and b in wv else 0 for a, b, _ in pairs]
    return spearman(cosines, [pair[2] for pair in pairs]), len(pairs)


def by_distance(wv, pairs):
    rho, n = by_ranks(wv, pairs)
    return -rho, n


def of_all(wv, pairs):
    return by_ranks(wv, pairs)[0], len(pairs)


def without_count(wv, pairs):
    return by_ranks(wv, pairs)[0]


def second_unseen(wv, pairs):
    pairs = [pair for pair in pairs if pair[0] in wv]
    return spearman([wv.similarity(a, b) for a, b, _ in pairs], [pair[2] for pair in pairs]), 0


RIGHT = {"odd_one_out": [odd_by_loop], "cos_mul": [cos_mul], "agreement": [by_ranks]}
WRONG = {
    "odd_one_out": {
        lambda wv, words: odd(np.array([wv[word] for word in words])): "do not count",
        best_in: "the *lowest* cosine",
    },
    "cos_mul": {
        added: "those are cosines added",
        not_shifted: "shift the cosines first",
        lambda wv, a, b, c: cos_mul(wv, b, a, c): "are exchanged",
    },
    "agreement": {
        ties_in_order: "share the mean of their ranks",
        of_numbers: "rank both first",
        of_dots: "take cosines",
        with_zeros: "leave out pairs that have no cosine",
        by_distance: "the sign",
        of_all: "whose words are both known",
        without_count: "how many pairs count, too",
        second_unseen: "UnknownWord",
    },
}
