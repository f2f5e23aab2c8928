"""Chapter 12: what its exercises expect, and what is said to each known mistake."""

import numpy as np

from w2vlib.exercises.exercise import Fields, Number, sizes


def means(found, tokens, size, tellers_only=True):
    """Ids that were told, and the means of their changes, by tokens, in a loop over the rows.

    tellers_only: only the copies that have told of a row count for it.
    """
    told = [dict(zip(ids.tolist(), changes)) for ids, changes in found]
    ids = [i for i in range(size) if any(i in rows for rows in told)]
    rows = []
    for i in ids:
        of_row = [(rows[i], n) for rows, n in zip(told, tokens) if i in rows]
        among = sum(n for _, n in of_row) if tellers_only else sum(tokens)
        rows.append(sum(n * change for change, n in of_row) / among)
    return np.array(ids), np.array(rows)


def summed(found, tokens, size):
    """The sums of the changes."""
    ids, rows = means(found, np.ones(len(tokens)), size, tellers_only=False)
    return ids, rows * len(tokens)


def last(found, tokens, size):
    """The change of whoever told of a row last."""
    rows = {i: change for told in found for i, change in zip(told[0].tolist(), told[1])}
    return np.array(sorted(rows)), np.array([rows[i] for i in sorted(rows)])


MISTAKES = [
    (
        lambda found, tokens, size: means(found, tokens, size, tellers_only=False),
        "that divides by the tokens of all copies: count those that told of the row.",
    ),
    (
        lambda found, tokens, size: means(found, np.ones(len(tokens)), size),
        "each copy counts alike: let it count as often as it has read tokens.",
    ),
    (
        lambda found, tokens, size: means(found, np.ones(len(tokens)), size, tellers_only=False),
        "that is the mean over all copies: count the tokens of those that told of the row.",
    ),
    (summed, "that is the sum: a mean was asked for."),
    (last, "only the change of the last copy is left: add them up, times the tokens."),
]


def merge_by_tokens(answer, rng):
    """The ids and the means of changes that copies tell of."""
    for _ in range(2):
        M, H, size = sizes(rng, 3)
        size += 40
        tokens = rng.permutation(np.arange(1, M + 1)) * 100
        found = []
        for _ in range(M):
            ids = np.sort(rng.choice(12, 8, replace=False))  # some are told of twice
            found.append((ids, rng.standard_normal((8, H))))
        given = [(ids.copy(), changes.copy()) for ids, changes in found]
        got = answer(given, tokens.copy(), size)
        if got is None or got is ...:
            yield got, 0
        if not isinstance(got, (tuple, list)) or len(got) != 2:
            raise TypeError(PAIR)
        ids, rows = means(found, tokens, size)
        yield np.size(got[0]), len(ids), [(size, ALL), (8 * M, TWICE)]
        yield got[0], ids, [(list(dict.fromkeys(np.concatenate([i for i, _ in found]))), ORDER)]
        wrong = [(mistake(found, tokens, size)[1], said) for mistake, said in MISTAKES]
        yield got[1], rows, wrong


PAIR = "it should return two arrays, ids and changes"
ALL = "all rows are there: return the ids that a copy has told of, and no others."
ORDER = "the right ids, but not in rising order."
TWICE = "an id stands there once for each copy that told of it: once is enough."


EXERCISES = {
    "what_a_meeting_costs": Fields(
        megabytes=Number(
            800,
            {
                400: "that is one matrix: there are two.",
                200: "these are the numbers, in millions: each has 4 bytes.",
                100: "one matrix, and its numbers: each has 4 bytes.",
                1600: "a float32 has 4 bytes, not 8.",
                808: "that is with the ids: leave them out.",
                6400: "bytes, not bits.",
            },
            label="megabytes",
        ),
        seconds=Number(
            6.4,
            {
                3.2: "that is one matrix: there are two.",
                0.8: "125 MB a second are a gigabit: divide the megabytes by 125.",
                1.6: "each number has 4 bytes.",
                12.8: "a float32 has 4 bytes, not 8.",
            },
            label="seconds",
        ),
    ),
    "how_many_rows_meet": Fields(
        rows=Number(
            64_000,
            {
                56_000: "with three levels all rows meet at each fourth meeting: twice in eight.",
                40_000: "the fourth meeting is of all rows, and so is the eighth.",
                32_000: "that is in four meetings.",
                28_000: "meetings 4 and 8 are of all 16,000 rows.",
                128_000: "that is with all rows in each meeting.",
                8_000: "that is a meeting, on average: in eight of them.",
            },
            label="rows in eight meetings",
        ),
        part=Number(
            0.5,
            {
                4: "of eight times all rows: divide by 8 times 16,000.",
                0.3125: "that is with four levels.",
                2: "the other way round.",
            },
            label="part of all (a decimal)",
        ),
    ),
    "merge_by_tokens": merge_by_tokens,
}
