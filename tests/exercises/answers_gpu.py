"""Answers to chapter 13's exercises, right and wrong."""

import numpy as np


def by_halves(values):
    """Each half of a stretch gets the other one added."""
    rounds, wide = [], len(values)
    while wide > 1:
        pairs = np.reshape(values, (-1, 2, wide // 2))
        values = (pairs + pairs[:, ::-1]).reshape(-1)
        rounds.append(values)
        wide //= 2
    return rounds


def lane_by_lane(values):
    distance, table = len(values) // 2, []
    before = [float(x) for x in values]
    while distance >= 1:
        before = [before[i] + before[i ^ distance] for i in range(len(before))]
        table.append(tuple(before))
        distance //= 2
    return np.array(table, np.float32)


def last_round(values):
    return by_halves(values)[-1]


def sum_alone(values):
    return values.sum()


def with_the_start(values):
    return np.array([values, *by_halves(values)])


def turned(values):
    return np.array(by_halves(values)).T


def from_one_up(values):
    rounds, distance = [], 1
    while distance < len(values):
        values = values + values[np.arange(len(values)) ^ distance]
        rounds.append(values)
        distance *= 2
    return rounds


def in_place(values):
    rounds, distance = [], len(values) // 2
    while distance:
        for lane in range(len(values)):
            values[lane] = values[lane] + values[lane ^ distance]
        rounds.append(list(values))
        distance //= 2
    return rounds


def from_behind(values):
    rounds, distance, n = [], len(values) // 2, len(values)
    while distance:
        values = [values[i] + (values[i + distance] if i + distance < n else 0) for i in range(n)]
        rounds.append(values)
        distance //= 2
    return rounds


RIGHT = {"sum_in_rounds": [by_halves, lane_by_lane]}
WRONG = {
    "sum_in_rounds": {
        last_round: "the last round",
        sum_alone: "the sum alone",
        with_the_start: "begin with the first round",
        turned: "turn it",
        from_one_up: "Begin with half of the lanes",
        in_place: "make a new array",
        from_behind: "not i + distance",
    }
}
