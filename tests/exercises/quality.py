"""What the tests of all exercises share: each with its answers, and checks that are watched.

The answers to a chapter's exercises stand in `answers_<chapter>.py`: `RIGHT`, {exercise: solutions
written otherwise than the chapter's own}, and `WRONG`, {exercise: {a wrong answer: words of what is
said to it}}.
"""

import functools
import importlib
import inspect
import itertools
import os
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from w2vlib.classroom import cells, chapter
from w2vlib.classroom.wire import arrays
from w2vlib.exercises import chapters, find
from w2vlib.exercises.exercise import Code, Fields

STEMS = {stem.partition("_")[2]: stem for stem in chapter.stems()}
EXERCISES = {
    name: (room, exercise)
    for room in chapters()
    for name, exercise in importlib.import_module(f"w2vlib.exercises.{room}").EXERCISES.items()
}
CODE = [name for name, (_, exercise) in EXERCISES.items() if not isinstance(exercise, Fields)]


def answers(name):
    """The right answers to an exercise, the chapter's first; the wrong ones with their words."""
    room = EXERCISES[name][0]
    others = importlib.import_module(f"answers_{room}")
    return [solution(name), *others.RIGHT[name]], others.WRONG[name]


@functools.cache
def exercise_of(name):
    """The chapter's exercise with a check, and the name of what is handed to it."""
    stem = STEMS[EXERCISES[name][0]]
    task = next(task for task in chapter.exercises(stem) if name in task.checks)
    return task, task.checks[name]


@functools.cache
def solution(name):
    """What the chapter's folded solution to an exercise defines."""
    task, function = exercise_of(name)
    given = [piece for piece in cells.pieces(task.cells) if not cells.calls(piece)]
    names, here = {"__name__": "solution"}, os.getcwd()
    os.chdir(chapter.BOOK)  # what the chapter's own cells read
    try:
        for piece in [*task.needs, *given, *cells.pieces([{"source": task.solved}])]:
            exec(piece.source, names)  # noqa: S102 - our own notebook
    finally:
        os.chdir(here)
    return names[function]


class Step(NamedTuple):
    """A step of a check: the line of its `yield`, the verdict's state, words for mistakes."""

    line: int
    state: str
    messages: list


class Watched(Code):
    """The check of a code exercise; `taken` holds the steps that its last answer went through."""

    def __init__(self, name):
        inner = find(name).steps
        self.taken = []

        def steps(answer, rng):
            generator = inner(answer, rng)
            for step in generator:
                said = [words for _, words in step[2]] if len(step) > 2 else []
                self.taken.append(Step(generator.gi_frame.f_lineno, "wrong", said))
                yield step
                self.taken[-1] = self.taken[-1]._replace(state="right")

        if hasattr(inner, "in_place"):
            steps.in_place = True
        super().__init__(steps)

    def judge(self, answer, seed=0):
        self.taken.clear()
        return super().judge(answer, seed)


# ---- Answers made from others


def returning(answer, change):
    """The answer with its arrays changed: another dtype or order, or lists."""
    if inspect.isclass(answer):
        return answer
    return lambda *args: changed(answer(*args), change)


def changed(value, change):
    """A value with its arrays changed."""
    if type(value) in (list, tuple):
        return type(value)(changed(item, change) for item in value)
    return change(value) if isinstance(value, np.ndarray) else value


def narrow(array):
    """The array with half the bytes."""
    return array.astype({"f": np.float32, "i": np.int32}.get(array.dtype.kind, array.dtype))


CHANGES = {
    "narrow": narrow,
    "fortran": np.asfortranarray,
    "list": np.ndarray.tolist,
}


def shapes(args):
    """The shapes in what an answer was called with; None where there is none."""
    found = [array.shape for array in arrays([*args])]
    found += [it.vectors.shape for it in args if hasattr(it, "vectors")]
    found += [(len(it),) for it in args if isinstance(it, list)]
    return tuple(found) or None


def wrapped(answer, around):
    """The answer with each call of it, or of its methods, made by around(function, *args)."""
    if not inspect.isclass(answer):
        return functools.partial(around, answer)
    methods = {
        name: lambda self, *args, it=it: around(functools.partial(it, self), *args)
        for name, it in vars(answer).items()
        if inspect.isfunction(it) and not name.startswith("_")
    }
    return type(answer.__name__, (answer,), methods)


def inside(function):
    """The attributes of the object whose method a call of `wrapped` is for."""
    return vars(function.args[0]) if isinstance(function, functools.partial) else {}


def by_heart(answer, check):
    """An answer that replays what this one did for the check that is shown to students."""
    known = []

    def noting(function, *args):
        value = function(*args)
        known.append(deepcopy((value, args, inside(function))))
        return value

    assert check.judge(wrapped(answer, noting)).state == "right"

    def replaying(replies, function, *args):
        value, left, attributes = next(replies)
        inside(function).update(deepcopy(attributes))
        for mine, theirs in zip(arrays(args), arrays(left), strict=True):
            mine[...] = theirs
        return deepcopy(value)

    return lambda: wrapped(answer, functools.partial(replaying, itertools.chain(known)))


def of_shown_shapes(answer, check):
    """An answer that is right for the shapes that students are shown, None if there are none."""
    seen = set()

    def noting(function, *args):
        seen.add(shapes(args))
        return function(*args)

    assert check.judge(wrapped(answer, noting)).state == "right"

    def refusing(function, *args):
        if shapes(args) not in seen:
            raise ValueError("another shape than those shown")
        return function(*args)

    return wrapped(answer, refusing) if seen != {None} else None
