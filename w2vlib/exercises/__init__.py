"""The exercises of the course: `check` says what there is to say to an answer.

Each chapter has a module here, with a dict `EXERCISES`: {name: `Fields` or a generator function for
`Code`}. Names are unique over the course. Text, stub, hints and solution stand in the chapter.
"""

import difflib
import importlib
import pkgutil

from w2vlib import check as tool
from w2vlib.exercises.exercise import Code, Fields
from w2vlib.page.answer import Answer

__all__ = ["check", "find"]


def chapters():
    """The names of the modules with exercises."""
    return [room.name for room in pkgutil.iter_modules(__path__) if room.name != "exercise"]


def find(name):
    """An exercise by its name: `Fields` or `Code`, with what is expected.

    name: the name that its cell passes to `check`.
    Raises TypeError for what is no name, ValueError for one that no chapter has.
    Source: of this course.

    >>> sorted(find("lookup_by_hand"))
    ['everything', 'row_3']
    """
    tool.kind(name, str, "name")
    names = []
    for chapter in chapters():
        exercises = importlib.import_module(f"w2vlib.exercises.{chapter}").EXERCISES
        if name in exercises:
            found = exercises[name]
            return found if isinstance(found, Fields) else Code(found)
        names += exercises
    near = difflib.get_close_matches(name, names, n=1)
    raise CannotCheck(
        f"no exercise {tool.short(name)}: "
        + (f"did you mean {near[0]!r}?" if near else "take the name that its chapter gives")
    )


class CannotCheck(ValueError):
    """A call of `check` that does not fit; where a cell makes it, its words say all."""

    def _render_traceback_(self):
        return [str(self)]


class Stopped(KeyboardInterrupt):
    """The reader has stopped a check; the frames between would not help."""

    _render_traceback_ = CannotCheck._render_traceback_


def check(name, answer=..., /, *more, seed=0, **answers):
    """Say what there is to say to the answer of an exercise.

    name: the exercise.
    answer: a function, a class or an array, any shape, where code is asked for.
    seed: an int; with another one, code is tried on other numbers.
    answers: a number, a word or a shape for each field of the exercise, as values or as texts; with
        ..., the page shows a field to type it into.
    Raises ValueError for a name or a field that the exercise does not have, TypeError for what is
        no name, and for a seed that is no whole number.
    Source: of this course.

    >>> check("lookup_by_hand", row_3=3, everything="9")
    row_3: Not yet: that is one of the two rows: 3 comes twice, and they add up.
    everything: Right.
    """
    exercise = find(name)
    tool.whole(seed, "seed", at_least=0)
    if isinstance(exercise, Code):
        if answers or more:
            raise CannotCheck(f'{name!r} has no fields: call check("{name}", what you wrote)')
        try:
            verdict = exercise.judge(answer, seed)
        except KeyboardInterrupt:
            raise Stopped("It was stopped while your code ran.") from None
        return Answer(name, {"": verdict})
    if more or (answer is not ... and len(exercise) > 1):
        call = ", ".join(f"{field}=..." for field in exercise)
        raise CannotCheck(
            f'{name!r} has the fields {", ".join(exercise)}: name them, check("{name}", {call})'
        )
    if answer is not ...:
        answers = dict.fromkeys(exercise, answer) | answers
    for field in answers:
        if field not in exercise:
            raise CannotCheck(f"{name!r} has no field {field!r}, but {', '.join(exercise)}")
    labels = {field: it.label or field.replace("_", " ") for field, it in exercise.items()}
    expected = {field: it.data() for field, it in exercise.items()}
    return Answer(name, exercise.judge(**answers), labels, expected, answers)
