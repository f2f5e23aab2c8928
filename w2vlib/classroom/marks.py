"""What a hand-in is worth: its cells run apart, its answers judged here."""

import hashlib
import importlib.util
import re
from typing import NamedTuple

from w2vlib import exercises
from w2vlib.classroom import cells
from w2vlib.classroom.remote import Ended, Raised, Remote, Student
from w2vlib.exercises.exercise import Code, Fields

SEEDS = (11, 12, 13)  # a page's checks use 0
MEDDLING = re.compile(
    r"\bw2vlib\.(exercises|classroom)\b(?!\s+import\s+check\b)|^\s*def check\b|^\s*check\s*=",
    re.MULTILINE,
)


class Mark(NamedTuple):
    """What one exercise is worth: points, of how many, why, and what a teacher should look at."""

    exercise: str
    points: int
    of: int
    reason: str
    review: str = ""


class Task(NamedTuple):
    """What a check asks: its name, the name of what it is handed, the pieces that are given."""

    name: str
    function: str | None
    needs: list


def expected(name, private=None):
    """The exercise that marks use: a teacher's own of this name, or else the course's."""
    for path in sorted(private.glob("*.py")) if private else ():
        spec = importlib.util.spec_from_file_location(f"private_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if name in module.EXERCISES:
            found = module.EXERCISES[name]
            return found if isinstance(found, Fields) else Code(found)
    return exercises.find(name)


def mark(path, tasks, timeout, hidden=(), private=None):
    """The marks of a hand-in, one an exercise.

    path: a notebook. tasks: the chapter's exercises (chapter.Exercise).
    timeout: seconds that a cell or a call may take. hidden: folders that the student must not see.
    """
    try:
        code = cells.pieces(cells.read(path))
    except ValueError as error:
        return [
            Mark(name, 0, worth(expected(name, private)), f"{error}.", "unreadable")
            for task in tasks
            for name in task.checks
        ]
    return [
        _mark(code, Task(name, function, task.needs), timeout, hidden, private)
        for task in tasks
        for name, function in task.checks.items()
    ]


def worth(exercise):
    """Points: one a field, two for code."""
    return len(exercise) if isinstance(exercise, Fields) else 2


def fingerprint(path):
    """The same for two hand-ins with the same code."""
    try:
        text = "\n".join(cell.source.strip() for cell in cells.pieces(cells.read(path)))
    except ValueError:
        return None
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def _mark(code, task, timeout, hidden, private):
    exercise = expected(task.name, private)
    # A cell that was doubled, or lost its check: whichever of them does best counts. A check may be
    # handed something of another name, and fields may be answered in more cells than one.
    written = [cell for cell in code if _writes(cell, task)]
    asked = [cell for cell in code if task.name in cells.calls(cell) and cell not in written]
    if written:
        asked = [cell for cell in asked if cells.calls(cell)[task.name] != task.function]
    tried = [[cell] for cell in written + asked]
    if isinstance(exercise, Fields) and len(tried) > 1:
        tried.append(written + asked)
    best, notes = (0, "it has no answer to this exercise."), set()
    if any(MEDDLING.search(cell.source) for cell in code):
        notes.add("tampered")
    for some in tried:
        points, reason, note = _judge(code, some, task, exercise, timeout, hidden)
        notes |= {note} - {""}
        if points > best[0] or some is tried[0]:
            best = points, reason
    if len({cell.source for cell in written}) > 1:
        notes.add("answered more than once")
    return Mark(task.name, best[0], worth(exercise), best[1], ", ".join(sorted(notes)))


def _writes(cell, task):
    """Whether a cell holds what an exercise asks for: the fields, or the function of that name."""
    if task.function is None:
        return task.name in cells.calls(cell)
    return task.function in cell.binds or (
        cell.tree is None and re.search(rf"\b(def|class)\s+{task.function}\b", cell.source)
    )


def _judge(code, some, task, exercise, timeout, hidden):
    """Points, why, and what to look at, for an answer: in one cell, or fields in several."""
    if any(cell.tree is None for cell in some):
        return 0, "its cell has an error that keeps Python from reading it.", ""
    own = [*cells.needed(code, *some), *some]
    try:
        with Student(timeout, hidden) as student:
            for it in task.needs:
                student.run(it.source, f"given {it.cell}")
            for it in own:
                student.run(it.source, f"cell {it.cell}")
            answers = student.answers(task.name, task.function)
            if len(some) > 1 and all(isinstance(answer, dict) for answer in answers):
                answers = [{k: v for answer in answers for k, v in answer.items() if v is not ...}]
            verdicts = [_verdict(exercise, answer) for answer in answers]
            return *max(verdicts, default=(0, "it has no answer to this exercise.")), ""
    except Raised as error:
        where = f"{error.cell}, line {error.line}: " if error.cell else ""
        return 0, f"{where}{error}"[:300], ""
    except Ended as error:
        return 0, f"{error}.", "over a limit"


def _verdict(exercise, answer):
    """Points and why, for one answer."""
    if isinstance(exercise, Fields):
        given = answer if isinstance(answer, dict) else {}
        if not isinstance(answer, dict) and len(exercise) == 1:
            given = dict.fromkeys(exercise, answer)
        given = {name: None if isinstance(v, Remote) else v for name, v in given.items()}
        verdicts = exercise.judge(**{name: given.get(name) for name in exercise})
        said = [f"{name}: {verdict.said}" for name, verdict in verdicts.items()]
        return sum(verdict.state == "right" for verdict in verdicts.values()), " ".join(said)
    for seed in SEEDS:
        verdict = exercise.judge(answer, seed)
        if verdict.state != "right":
            return 0, verdict.said
    return 2, verdict.said
