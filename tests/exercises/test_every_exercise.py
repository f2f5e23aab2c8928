"""Every exercise of the course: found by its name, and true to its messages."""

import importlib
import inspect

import numpy as np
import pytest

from w2vlib.exercises import chapters, check, find
from w2vlib.exercises.exercise import Choice, Fields, Word

ALL = [
    (chapter, name, exercise)
    for chapter in chapters()
    for name, exercise in importlib.import_module(f"w2vlib.exercises.{chapter}").EXERCISES.items()
]
each_form = pytest.mark.parametrize(
    "exercise", [pytest.param(it, id=name) for _, name, it in ALL if isinstance(it, Fields)]
)
each_code = pytest.mark.parametrize(
    "name", [name for _, name, it in ALL if not isinstance(it, Fields)]
)


def test_names_are_unique():
    names = [name for _, name, _ in ALL]
    assert len(set(names)) == len(names) and all(name.isidentifier() for name in names)


@each_form
def test_right_answers_and_known_mistakes(exercise):
    for field in exercise.values():
        spellings = field.right if isinstance(field, Word) and not isinstance(field, Choice) else ""
        rights = [field.right] if isinstance(spellings, str) else spellings
        assert all(field.judge(right).state == "right" for right in rights)
        if not isinstance(field, Word):
            assert field.judge(str(field.right)).state == "right"
        for mistake, said in field.mistakes.items():
            assert field.judge(mistake).said == f"Not yet: {said}", mistake
        for said in field.mistakes.values():
            assert said[-1] in ".?!" and said.isascii()


@each_code
def test_code_that_is_not_there_or_absurd(name):
    code = find(name)
    assert inspect.isgeneratorfunction(code.steps) and code.steps.__doc__
    assert code.judge(...).state == code.judge(None).state == "unwritten"
    for answer in 6, "six", Ellipsis.__class__, lambda *args: np.nan, lambda *args: 1 / 0:
        for seed in range(2):
            assert code.judge(answer, seed).state == "wrong"


@each_code
def test_a_stub_is_not_written_yet(name):
    assert find(name).judge(lambda *args: None).state == "unwritten"


def test_a_name_that_no_chapter_has():
    with pytest.raises(ValueError, match="did you mean 'lookup_by_hand'"):
        check("lookup_by_hands", row_3=6)
    with pytest.raises(TypeError, match="name is 7"):
        check(7)
    with pytest.raises(ValueError, match="no field 'row_4', but row_3, everything"):
        check("lookup_by_hand", row_4=6)
    with pytest.raises(ValueError, match="has the fields row_3, everything"):
        check("lookup_by_hand", 6)
    with pytest.raises(ValueError, match="has the fields row_3, everything"):
        check("lookup_by_hand", 6, 9)
    with pytest.raises(ValueError, match="has no fields") as error:
        check("gradient_by_product", answer=6)
    assert error.value._render_traceback_() == [str(error.value)]  # in IPython: no frames


def test_a_check_that_is_stopped():
    def endless(*args):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as error:
        check("gradient_by_product", endless)
    assert error.value._render_traceback_() == ["It was stopped while your code ran."]


def test_what_a_cell_shows():
    told = check("lookup_by_hand", row_3=6)
    assert repr(told) == "row_3: Right.\neverything: Not written yet."
    assert repr(check("gradient_by_product", ...)).startswith("Not written yet: replace")


def test_two_decimals_are_enough():
    asked = find("how_often_kept")
    assert {asked["kept"].judge(answer).state for answer in ("0.18", "18%", "0.183")} == {"right"}
    assert asked["left_out"].judge("0.82").state == "right"
    assert "the paper's form" in asked["kept"].judge("0.16").said
    assert "how often it is left out" in asked["kept"].judge("0.82").said
    assert asked["kept"].judge("0.2").said == asked["left_out"].judge(".8").said
    assert "two decimals" in asked["kept"].judge(".2").said
