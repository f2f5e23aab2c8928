"""Copies of the vectors, trained one after the other in one process, which meet now and then."""

from typing import NamedTuple

import numpy as np

from w2vlib import WordVectors, compiled
from w2vlib.distributed import find_changes, merge, rows_that_meet
from w2vlib.hogwild import CHUNK, ENGINE, Learner, cut_lines

MODEL = {"model": "cbow", "window": 5, "negative": 5, "power": 0.75}
SIZE = 100  # of a vector
NUMBER = 4  # bytes of one, and of an id


class Plan(NamedTuple):
    """How copies train: how many, and how often they meet in an epoch; what becomes of changes, by
    RULES; whether frequent rows meet more often than others; and whether a copy gets a stretch of
    the text as it stands, instead of lines from everywhere."""

    copies: int
    meetings: int
    rule: str = "merge"
    levels: bool = False
    in_order: bool = False


RULES = {  # of what all copies have told, and how many rows there are -> ids, changes
    "merge": merge,
    "sum": lambda found, size: merge([(ids, by, 0 * moves) for ids, by, moves in found], size),
    "mean": lambda found, size: merge([(i, by / len(found), 0 * m) for i, by, m in found], size),
}


def train_copies(corpus, plan, *, epochs, subsample, learning_rate, decay, seed):
    """The vectors of all copies after their last meeting, None where they are no numbers any more;
    and the bytes that went from copy to copy, a token."""
    rng, V = np.random.default_rng(seed), len(corpus.vocabulary)
    learner = Learner(corpus.counts, subsample=subsample, decay=decay, **MODEL)
    lines = cut_lines(corpus, learner.longest)
    text = compiled.Text(corpus.ids, lines, learner.keep)
    numbers = np.arange(len(lines) - 1)
    parts = np.array_split(numbers if plan.in_order else rng.permutation(numbers), plan.copies)
    base = ENGINE.start(V, SIZE, rng)
    copies = [[matrix.copy() for matrix in base] for _ in parts]
    # How often a copy changes each row from one meeting to the next: of inputs, and of outputs.
    times = np.array(learner.often()) * len(corpus) / plan.copies / plan.meetings
    moves = np.zeros((2, V))
    total, sent = epochs * plan.meetings, 0

    for meeting in range(total):
        if meeting % plan.meetings == 0:
            orders = [np.array_split(rng.permutation(part), plan.meetings) for part in parts]
        for matrices, order in zip(copies, orders):
            chunks = np.array_split(order[meeting % plan.meetings], steps(corpus, plan))
            for i, chunk in enumerate(chunks):
                rate = learning_rate * (1 - (meeting + i / len(chunks)) / total)
                state = rng.integers(1, 2**63, size=1, dtype=np.uint64)
                learner.train(*matrices, text, chunk, rate, state)
        moves += times * learning_rate * (1 - (meeting + 0.5) / total)
        rows = rows_that_meet(meeting + 1, V) if plan.levels else V
        for m, matrix in enumerate(base):
            sent += meet(matrix[:rows], [pair[m][:rows] for pair in copies], moves[m], plan.rule)
            if not np.isfinite(matrix).all():
                return None, None
        moves[:, :rows] = 0
    return WordVectors(base[0], corpus.vocabulary), sent / epochs / len(corpus)


PLANS = [
    Plan(1, 1),
    *(Plan(copies, meetings) for copies in (2, 4, 8) for meetings in (1, 4, 16, 64)),
    *(Plan(2, meetings, rule) for rule in ("sum", "mean") for meetings in (1, 4, 16, 64)),
    *(Plan(copies, 16, rule) for rule in ("sum", "mean") for copies in (4, 8)),
    *(Plan(copies, meetings, levels=True) for copies in (2, 4, 8, 16) for meetings in (16, 64)),
    *(Plan(copies, 4 * copies, levels=True) for copies in (2, 8)),
    *(Plan(copies, 16, in_order=True) for copies in (2, 4)),
]


def steps(corpus, plan):
    """In how many steps the rate falls between two meetings."""
    return max(1, len(corpus) // plan.copies // plan.meetings // CHUNK)


def meet(base, copies, moves, rule):
    """All copies of these rows tell, and are told, in place -> bytes from copy to copy."""
    found = [(*find_changes(copy, base), moves) for copy in copies]
    found = [(ids, changes, moves[ids]) for ids, changes, moves in found]
    ids, changes = RULES[rule](found, len(base))
    base[ids] += changes
    for copy in copies:
        copy[ids] = base[ids]
    told = sum(len(ids) for ids, *_ in found) + len(copies) * len(ids)
    # Each copy merges its part of the rows, which it need not tell itself.
    return NUMBER * (SIZE + 1) * told * (1 - 1 / len(copies))
