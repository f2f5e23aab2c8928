"""Every exercise: its solutions pass, its known mistakes are told, and its check is complete."""

import ast
import re

import pytest
from quality import (
    CHANGES,
    CODE,
    EXERCISES,
    Watched,
    answers,
    by_heart,
    exercise_of,
    of_shown_shapes,
    returning,
)

from w2vlib.classroom import cells, chapter
from w2vlib.classroom.marks import SEEDS
from w2vlib.classroom.wire import arrays
from w2vlib.exercises import find
from w2vlib.exercises.exercise import Fields

ALL = [0, 1, 2, *SEEDS]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
each_code = pytest.mark.parametrize("name", CODE)


@each_code
def test_solutions_pass(name):
    """The chapter's own, those written otherwise, and each with other dtypes and orders."""
    check, (right, _) = Watched(name), answers(name)
    assert len(right) > 1
    for answer in right:
        for seed in ALL:
            assert check.judge(answer, seed).said == "Right."
        for kind, change in CHANGES.items():
            assert check.judge(returning(answer, change), 1).said == "Right.", kind


@each_code
def test_a_known_mistake_gets_the_words_that_are_about_it(name):
    check, (_, wrong) = Watched(name), answers(name)
    assert wrong
    for answer, words in wrong.items():
        for seed in ALL:
            verdict = check.judge(answer, seed)
            assert verdict.state == "wrong" and words in verdict.said, answer


@each_code
def test_every_step_is_failed_and_all_words_are_said(name):
    """So no part of a check is idle: some known mistake fails there, and each text is heard."""
    check, (right, wrong) = Watched(name), answers(name)
    lines, failed, ready, said = set(), set(), set(), set()
    for answer in [*right, *wrong]:
        for seed in ALL:
            said.add(check.judge(answer, seed).said.removeprefix("Not yet: "))
            lines |= {step.line for step in check.taken if step.state == "right"}
            # An answer that raises is told so after the step, which it has passed.
            failed |= {step.line for step in check.taken if step.state == "wrong"}
            ready |= {words for step in check.taken for words in step.messages}
    assert lines <= failed, f"no mistake fails in the lines {sorted(lines - failed)}"
    assert ready <= said, f"never said: {sorted(ready - said)}"


@each_code
def test_an_answer_learnt_by_heart_gets_no_marks(name):
    check, (right, _) = Watched(name), answers(name)
    learnt = by_heart(right[0], check)
    assert check.judge(learnt()).said == "Right."
    for seed in SEEDS:
        assert check.judge(learnt(), seed).state == "wrong"


@each_code
def test_an_answer_for_the_shown_shapes_gets_no_marks(name):
    check, (right, _) = Watched(name), answers(name)
    answer = of_shown_shapes(right[0], check)
    if answer is not None:
        assert check.judge(answer).said == "Right."
        assert any(check.judge(answer, seed).state == "wrong" for seed in SEEDS)


@each_code
def test_a_stub_says_what_comes_in_and_out(name):
    """So that it can be done on a sheet, without the chapter."""
    task, function = exercise_of(name)
    nodes = [node for piece in cells.pieces(task.cells) for node in ast.walk(piece.tree)]
    (stub,) = [node for node in nodes if getattr(node, "name", None) == function]
    methods = [node for node in stub.body if isinstance(node, ast.FunctionDef)]
    for it in [node for node in methods if not node.name.startswith("_")] or [stub]:
        said = ast.get_docstring(it) or ""
        for argument in it.args.args:
            assert argument.arg == "self" or re.search(rf"\b{argument.arg}\b", said), argument.arg


@each_code
def test_an_answer_that_empties_what_it_is_given_gets_no_marks(name):
    right, emptied = answers(name)[0][0], []
    if isinstance(right, type):
        pytest.skip("a class keeps what it is given")

    def answer(*args):
        for array in arrays(args):
            array[...] = 0
            emptied.append(array.size)
        return right(*args)

    verdicts = [find(name).judge(answer, seed).state for seed in SEEDS]
    assert not sum(emptied) or "right" not in verdicts


FIELDS = [
    pytest.param(exercise, id=name)
    for name, (_, exercise) in EXERCISES.items()
    if isinstance(exercise, Fields)
]


@pytest.mark.parametrize("exercise", FIELDS)
def test_every_field_knows_a_mistake(exercise):
    assert all(field.mistakes for field in exercise.values())


@pytest.mark.parametrize("stem", chapter.stems())
def test_no_exercise_needs_the_answer_to_another(stem):
    """A mistake in one is told by its own check alone."""
    tasks = chapter.exercises(stem)
    for task in tasks:
        others = {name for other in tasks if other is not task for name in other.checks.values()}
        assert not any(piece.binds & others for piece in task.needs), task.title


def test_a_step_that_nothing_fails_is_noticed(monkeypatch):
    """The watch itself: it knows the step at which an answer failed."""

    def steps(answer, rng):
        yield answer(1), 1, [(2, "one")]
        yield answer(2), 2, [(3, "two")]

    monkeypatch.setattr("quality.find", lambda name: type("It", (), {"steps": steps}))
    check = Watched("any")
    assert check.judge(lambda x: x + (x == 2)).said == "Not yet: two"
    first, second = check.taken
    assert (first.state, second.state) == ("right", "wrong") and second.line == first.line + 1
    assert (first.messages, second.messages) == (["one"], ["two"])
    assert "ZeroDivisionError" in check.judge(lambda x: x // (2 - x)).said
    assert [step.state for step in check.taken] == ["right"]
