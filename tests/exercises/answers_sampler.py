"""Answers to chapter 5's exercises, right and wrong."""

import numpy as np


def rest_by_loop(p, target):
    rows = []
    for word_id in target:
        row = [0 if i == word_id else share for i, share in enumerate(p)]
        rows.append([share / sum(row) for share in row])
    return rows


def old(p, target):
    return np.tile(p, (len(target), 1))


def zeroed(p, target):
    rest = old(p, target)
    rest[np.arange(len(target)), target] = 0
    return rest


def one_row(p, target):
    rest = p.copy()
    rest[target] = 0
    return rest / rest.sum()


def rest_in_place(p, target):
    rest = rest_by_loop(p, target)
    p[target] = 0
    return rest


def without_return(p, target):
    rest_by_loop(p, target)


# Throws at running sums


def thrown_again(ends, target, K, rng):
    """All darts of a row once more, until none is its target."""
    negatives = np.empty((len(target), K), int)
    left = np.arange(len(target))
    while len(left):
        negatives[left] = np.searchsorted(ends, rng.random((len(left), K)))
        left = left[(negatives[left] == target[left, np.newaxis]).any(axis=1)]
    return negatives


def thrown_past(ends, target, K, rng):
    """Darts at what is left when the target's stretch is taken out."""
    p = np.diff(ends, prepend=0)[target, np.newaxis]
    darts = rng.random((len(target), K)) * (1 - p)
    starts = ends[target, np.newaxis] - p
    return np.searchsorted(ends, np.where(darts < starts, darts, darts + p))


def thrown_once(ends, target, K, rng):
    return np.searchsorted(ends, rng.random((len(target), K)))


def next_word(ends, target, K, rng):
    negatives = thrown_once(ends, target, K, rng)
    return np.where(negatives == target[:, np.newaxis], (negatives + 1) % len(ends), negatives)


def darts(ends, target, K, rng):
    return rng.random((len(target), K))


def one_dart_a_row(ends, target, K, rng):
    return np.repeat(thrown_again(ends, target, 1, rng), K, axis=1)


# Draws without a word twice


def different(p, target, K, rng, replace=False):
    rows = []
    for word_id in target:
        rest = p.copy()
        rest[word_id] = 0
        rows.append(rng.choice(len(p), size=K, replace=replace, p=rest / rest.sum()))
    return np.array(rows)


def one_after_another(p, target, K, rng):
    rest = zeroed(p, target)
    chosen = []
    for _ in range(K):
        ends = np.cumsum(rest, axis=1)
        dart = rng.random(len(target)) * ends[:, -1]
        chosen.append((ends <= dart[:, np.newaxis]).sum(axis=1))
        rest[np.arange(len(target)), chosen[-1]] = 0
    return np.sort(np.stack(chosen, axis=1), axis=1)


def by_noise(p, target, K, rng):
    """The largest of log p and Gumbel noise."""
    noise = rng.gumbel(size=(len(target), len(p))) + np.log(p)
    noise[np.arange(len(target)), target] = -np.inf
    return np.argsort(-noise, axis=1)[:, :K]


def with_repeats(p, target, K, rng):
    return different(p, target, K, rng, replace=True)


def whole_rows_again(p, target, K, rng):
    negatives, left = np.empty((len(target), K), int), np.arange(len(target))
    while len(left):
        negatives[left] = with_repeats(p, target[left], K, rng)
        alike = np.diff(np.sort(negatives[left], axis=1), axis=1) == 0
        left = left[alike.any(axis=1)]
    return negatives


def all_alike(p, target, K, rng):
    return different(np.ones(len(p)), target, K, rng)


def with_targets(p, target, K, rng):
    return np.array([rng.choice(len(p), size=K, replace=False, p=p) for _ in target])


def without_copy(p, target, K, rng):
    drawn = different(p, target, K, rng)
    p[target] = 0
    return drawn


def sideways(draw):
    return lambda *args: draw(*args).T


RIGHT = {
    "leave_out": [rest_by_loop],
    "draw": [thrown_again, thrown_past],
    "draw_different": [one_after_another, by_noise],
}
WRONG = {
    "leave_out": {
        zeroed: "the rows do not sum to 1",
        lambda *args: zeroed(*args) / zeroed(*args).sum(): "by its own sum",
        old: "these are the old ones",
        one_row: "a row of its own",
        lambda p, target: np.tile(one_row(p, target), (len(target), 1)): "a row has one target",
        rest_in_place: "in a copy of it",
        without_return: "it returns nothing, and what it was given is as it was",
    },
    "draw": {
        sideways(thrown_again): "the shape is",
        darts: "these are no ids",
        thrown_once: "holds its own target",
        one_dart_a_row: "always the same one",
        next_word: "in proportion to the rest",
        lambda ends, *args: thrown_again(np.arange(1, len(ends) + 1) / len(ends), *args): (
            "in proportion to the rest"
        ),
    },
    "draw_different": {
        without_copy: "in a copy of it",
        sideways(different): "the shape is",
        lambda p, target, K, rng: darts(p, target, K, rng): "these are no ids",
        with_targets: "holds its own target",
        with_repeats: "holds a word twice",
        whole_rows_again: "throwing the whole row again",
        all_alike: "not come in proportion",
    },
}
