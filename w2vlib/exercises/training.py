"""Chapter 7: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.evaluation import WordVectors
from w2vlib.exercises.exercise import Fields, Number, alike, idle, sizes


def momentum(answer, rng):
    """Where an optimiser with momentum takes some parameters in a few steps."""
    shape = tuple(sizes(rng, 2))
    for shapes in [[(1,)], [shape, shape], [shape, shape[:1]]]:
        lr, rate, steps = rng.uniform(0.02, 0.2), rng.uniform(0.3, 0.8), rng.integers(3, 6)
        grads = [rng.standard_normal((steps, *shape)) for shape in shapes]
        params, optimizer = [np.zeros(shape) for shape in shapes], answer(lr, rate)
        for n in range(steps if optimizer is not None else 0):
            optimizer.update(list(params), [grad[n].copy() for grad in grads])
        got = np.concatenate([param.ravel() for param in params])
        grads = np.concatenate([grad.reshape(steps, -1) for grad in grads], axis=1)
        velocity = rolling(rate, -lr * grads)
        places = velocity.sum(axis=0)
        mean = rolling(rate, -lr * (1 - rate) * grads).sum(axis=0)
        mistakes = [
            (
                0 * places,
                "the params are as they were: change them in place, by param += velocity.",
            ),
            (-lr * grads.sum(axis=0), "that is SGD: the old velocity is lost."),
            (velocity[-1], "the velocity is right: add it to the parameter."),
            (-places, "the velocity goes against the gradient."),
            (rolling(0.9, -lr * grads).sum(axis=0), "0.9 is the default: take self.momentum."),
            (mean, "that is a running mean, like Adam's m: here all of lr times grad counts."),
        ]
        if len(set(shapes)) < len(shapes):  # one velocity for both in turn
            pushes = -lr * grads.reshape(-1, *shape)
            shared = rolling(rate, pushes).reshape(steps, -1).sum(axis=0)
            mistakes.append((shared, "each parameter needs a velocity of its own."))
        stub = not got.any() and idle(getattr(answer, "update", None))
        yield (None if stub else got), places, mistakes


def rolling(rate, pushes):
    """The velocity after each push: what is left of the one before, and the push."""
    velocities = np.zeros_like(pushes)
    for n, push in enumerate(pushes):
        velocities[n] = rate * velocities[n - 1] + push  # that before the first is 0
    return velocities


def ordered(pairs):
    """Pairs (n, 2) in the order of their numbers; what is none as it is."""
    try:
        array = np.array(pairs, dtype=float)
        return array[np.lexsort(array.T)] if array.shape[1:] == (2,) else array
    except (TypeError, ValueError):
        return pairs


def skip_gram_pairs(answer, rng):
    """All guesses of skip-gram, (2wN, 2), in any order: a word that is given, a word to guess."""
    for _ in range(2):
        N, w = 2 * rng.integers(1, 4) + 1, rng.integers(1, 4)  # N is not 2w
        ids = rng.permutation(50)[: N * (2 * w + 1)].reshape(N, -1)
        target, contexts = ids[:, 0], ids[:, 1:]
        pairs = np.column_stack([np.repeat(target, 2 * w), contexts.ravel()])
        tiled = np.column_stack([np.tile(target, 2 * w), contexts.ravel()])
        by_place = np.column_stack([np.repeat(target, 2 * w), contexts.T.ravel()])
        apart = "a target must stand beside its own contexts"
        got = answer(contexts, target)
        yield (
            None if got is None or got is ... else ordered(got),
            ordered(pairs),
            [
                (ordered(pairs[:, ::-1]), "the given word comes first: that is the target."),
                (pairs.T, "that is its transpose: each pair is a row."),
                (pairs[:, ::-1].T, "that is its transpose: each pair is a row."),
                (ordered(tiled), f"{apart}: np.repeat, for np.tile goes round all of them."),
                (ordered(by_place), f"{apart}: these go through the places one by one."),
            ],
        )


def padded_mean(answer, rng):
    """The mean of the context rows that are there, (N, H)."""
    for _ in range(2):
        V, H, N, w = sizes(rng, 4)
        W = rng.standard_normal((V, H))
        contexts = rng.integers(V - 1, size=(N, 2 * w))  # no context has the last row of W
        contexts[0, 0] = contexts[1, w:] = contexts[-1] = -1
        real = (contexts >= 0)[:, :, np.newaxis]
        total, count = (W[contexts] * real).sum(axis=1), real.sum(axis=1)
        with_last = W[contexts].sum(axis=1)
        with np.errstate(all="ignore"):
            no_word, over_0 = total / count, with_last / count
        last_row = "-1 looks up the last row of W: it should count for nothing."
        yield (
            answer(W, contexts),
            total / np.maximum(count, 1),
            [
                (with_last / (2 * w), last_row),
                (with_last / np.maximum(count, 1), last_row),
                (over_0, last_row),
                (
                    with_last,
                    "take the mean, and of the words alone: -1 looks up the last row of W.",
                ),
                (total, "that is the sum: divide by how many words there are."),
                (total / (2 * w), "divide by how many words there are, not by 2w."),
                (no_word, "the last context has no word: 0 / 0. Divide by 1 there."),
            ],
        )


NOUNS = ["tea", "coffee", "car", "rust", "rain", "king", "snow", "bread", "owl", "piano"]


def share_right(answer, rng):
    """The share of triples whose near word is the nearer one."""
    for _ in range(2):
        right, mistakes = 0, [(0, "")]
        while alike(0, right, *(other for other, _ in mistakes)):  # until each mistake shows
            V, H, n = rng.integers((5, 2, 2), (11, 5, 5))
            n = 2 * n + 1  # odd, so that a half is no share
            rows = rng.standard_normal((V, H)) * rng.uniform(0.3, 4, (V, 1))
            wv = WordVectors(rows.astype(np.float32), NOUNS[:V])
            triples = [tuple(map(str, rng.permutation(NOUNS[:V])[:3])) for _ in range(n)]
            nearer = [wv.similarity(a, b) > wv.similarity(a, c) for a, b, c in triples]
            by_dot = [wv[a] @ wv[b] > wv[a] @ wv[c] for a, b, c in triples]
            right = sum(nearer) / n
            mistakes = [
                (1 - right, "the comparison is the wrong way round."),
                (sum(nearer), "a share: divide by the number of triples."),
                (sum(by_dot) / n, "take the similarity, a cosine: lengths should not count."),
            ]
        yield answer(wv, triples), right, mistakes


EXERCISES = {
    "think_questions": Fields(
        cbow=Number(
            192,
            {
                160: "the question about the right word is missing.",
                32: "count each of the K + 1 questions.",
            },
            label="CBOW",
        ),
        skip_gram=Number(
            1920,
            {
                960: "w is the words on each side: there are 2w.",
                192: "skip-gram guesses 2w words for each target.",
                1600: "the question about the right word is missing.",
            },
            label="skip-gram",
        ),
    ),
    "how_often_kept": Fields(
        kept=Number(
            0.183,
            {
                0.158: "that is the paper's form: ours adds t/f.",
                0.2: "nearly: give two decimals.",
                0.817: "that is how often it is left out.",
            },
            tolerance=0.006,
        ),
        left_out=Number(
            0.817,
            {
                0.842: "that is the paper's form: ours adds t/f.",
                0.8: "nearly: give two decimals.",
                0.183: "that is how often it is kept.",
            },
            tolerance=0.006,
        ),
        all_kept=Number(
            0.00262,
            {
                0.001: "there the first term alone is 1, and the second comes on top.",
                0.618: "that is the root of t/f: square it, then solve for f.",
                0.382: "that is t/f: solve it for f.",
                0.00162: "t over x: t/f is the square of x.",
            },
            tolerance=0.00004,
        ),
    ),
    "momentum": momentum,
    "skip_gram_pairs": skip_gram_pairs,
    "padded_mean": padded_mean,
    "share_right": share_right,
}
