"""What a hand-in is worth: its cells run apart, its answers judged here."""

import hashlib
import re
import time
from typing import NamedTuple

from w2vlib import exercises
from w2vlib.classroom import cells
from w2vlib.classroom.remote import Ended, Raised, Remote, Student
from w2vlib.exercises.exercise import Fields, wrong

SEEDS = (11, 12, 13)  # a page's checks use 0
IN_ALL = 10  # a hand-in may take so many times what one cell may
TRIES = 5  # answers to one exercise that are looked at, the last ones
LONGEST = 2000  # signs of a typed answer, and of a reason
MEDDLING = re.compile(
    r"\bw2vlib\.(exercises|classroom)\b(?!\s+import\s+check\b)|^[ \t]*def check\b"
    r"|^[ \t]*check[ \t]*=",
    re.MULTILINE,
)


class Mark(NamedTuple):
    """What one exercise is worth: points, of how many, why, and what a teacher should look at."""

    exercise: str
    points: int
    of: int
    reason: str
    review: str = ""


class Answer(NamedTuple):
    """What one answer is worth, what is said to it, whether it was filled in, and a note."""

    points: int = 0
    said: str = "It has no answer to this exercise."
    filled: bool = False
    note: str = ""


class Task(NamedTuple):
    """What is asked: the name of a check, that of the function it is handed (None for fields), the
    pieces of code that are given, and what is expected."""

    name: str
    function: str | None
    needs: list
    expected: object

    @property
    def has_fields(self):
        """Whether its answers are numbers and words."""
        return isinstance(self.expected, Fields)

    @property
    def worth(self):
        """Its points."""
        return worth(self.expected)


class Rules(NamedTuple):
    """How hand-ins are marked: how they are kept apart, the seconds that a cell or a call may
    take, and all of a hand-in."""

    isolation: object
    timeout: float

    @property
    def in_all(self):
        """Seconds that all of a hand-in may take."""
        return IN_ALL * self.timeout


def worth(expected):
    """Points: one a field, two for code."""
    return len(expected) if isinstance(expected, Fields) else 2


def tasks(chapter, private):
    """The tasks of a chapter's exercises: what is expected is a teacher's own, or the course's."""
    return [
        Task(name, function, exercise.needs, private.get(name) or exercises.find(name))
        for exercise in chapter
        for name, function in exercise.checks.items()
    ]


def mark(path, asked, rules):
    """Yield the marks of a hand-in, one a task, then its fingerprint, None where it has no code.

    path: a notebook. asked: the tasks. rules: Rules.
    """
    until = time.monotonic() + rules.in_all, f"all of it took more than {rules.in_all:g} s"
    try:
        code = cells.pieces(cells.read(path))
    except ValueError as error:
        said = sentence(f"{error}.")
        yield from [Mark(task.name, 0, task.worth, said, "unreadable") for task in asked]
        yield None
        return
    notes = {"tampered"} if any(MEDDLING.search(cell.source) for cell in code) else set()
    with Student(rules.isolation, rules.timeout, until) as student:
        for task in asked:
            answer, more = _best(code, task, student)
            review = ", ".join(sorted(filter(None, {*notes, *more, answer.note})))
            yield Mark(task.name, answer.points, task.worth, plain(answer.said)[:LONGEST], review)
    yield fingerprint(code)


def fingerprint(code):
    """The same for two hand-ins with the same code; None for one without."""
    text = "\n".join(cell.source.strip() for cell in code)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if text else None


def plain(text):
    """A text as one line of what can be printed."""
    return cells.printable(" ".join(text.split()))


def sentence(text):
    """A text with a capital."""
    return text[:1].upper() + text[1:]


def _best(code, task, student):
    """The answer that counts, and notes about all of them."""
    written = [cell for cell in code if _writes(cell, task)]
    # A cell may have been doubled, or have lost its check, or hand it something of another name.
    others = [cell for cell in code if task.name in cells.calls(cell) and cell not in written]
    if written:
        others = [cell for cell in others if cells.calls(cell)[task.name] != task.function]
    tried = (written + others)[: -TRIES - 1 : -1]
    best, notes = (_fields if task.has_fields else _code)(code, tried, task, student)
    if len({cell.source for cell in written}) > 1:
        notes.add("answered more than once")
    return best, notes


def _writes(cell, task):
    """Whether a cell holds what an exercise asks for: the fields, or the function of that name."""
    if cell.tree is None:
        call, stub = rf"\bcheck\(\s*[\"']{task.name}[\"']", rf"\b(def|class)\s+{task.function}\b"
        return re.search(stub if task.function else call, cell.source)
    return task.function in cell.binds if task.function else task.name in cells.calls(cell)


def _fields(code, tried, task, student):
    """What was written last into each field, in whichever cell: nobody can try all numbers."""
    values, failed, notes = {}, None, set()
    for cell in tried:
        try:
            given = _run(code, cell, task, student)
        except (Raised, Ended) as error:
            failed = failed or _failure(error, task)
            continue
        for answer in reversed(given):
            if not isinstance(answer, dict):
                answer = dict.fromkeys(task.expected, answer) if len(task.expected) == 1 else {}
            for name, field in task.expected.items():
                value = _typed(answer.get(name))
                if field.blank(value):
                    continue
                if repr(values.setdefault(name, value)) != repr(value):
                    notes.add("answered more than once")
    if failed and not values:
        return failed, notes
    verdicts = task.expected.judge(**values)
    right = sum(verdict.state == "right" for verdict in verdicts.values())
    said = " ".join(f"{name}: {verdict.said}" for name, verdict in verdicts.items())
    return Answer(right, said, True), notes


def _typed(value):
    """A value for a field: texts not endless, and nothing that asks the student's process."""
    if isinstance(value, Remote):
        return object()
    return value[:LONGEST] if isinstance(value, str) else value


def _code(code, tried, task, student):
    """Whichever does best, and no notes: who knows a right one needs no luck."""
    answers = []
    for cell in tried:
        try:
            for answer in _run(code, cell, task, student):
                answers.append(_judge(task.expected, answer))
        except (Raised, Ended) as error:
            answers.append(_failure(error, task))
    return max(answers, key=lambda it: (it.points, it.filled), default=Answer()), set()


def _judge(expected, answer):
    """What code is worth: right with all seeds, or nothing."""
    for seed in SEEDS:
        verdict = expected.judge(answer, seed)
        if verdict.state != "right":
            return Answer(0, verdict.said, verdict.state != "unwritten")
    return Answer(2, verdict.said, True)


def _run(code, cell, task, student):
    """Run a cell and what it needs -> the last answers that it gives. Raises Raised or Ended."""
    if cell.tree is None:
        raise Raised(cells.error(cell.source))
    student.anew()
    for it in task.needs:
        student.run(it.source, f"given {it.cell}")
    for it in [*cells.needed(code, cell), cell]:
        student.run(it.source, f"cell {it.cell}")
    return student.answers(task.name, task.function)[-TRIES:]


def _failure(error, task):
    """The answer that came to nothing."""
    if isinstance(error, Ended):
        return Answer(0, sentence(f"{error}."), True, "over a limit")
    missing = f"NameError: name '{task.function}' is not defined." in str(error)
    name = f" Your answer must be called `{task.function}`." * missing
    return Answer(0, wrong(f"{error}{name}").said, True)
