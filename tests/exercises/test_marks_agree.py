"""The marks say of every known answer what the page says, though the answer runs apart."""

import inspect
import os
import re

import pytest
from quality import CODE, EXERCISES, answers

from w2vlib.classroom import isolation
from w2vlib.classroom.marks import SEEDS
from w2vlib.classroom.remote import Student
from w2vlib.exercises import find

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="processes are watched on POSIX alone"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
]


@pytest.mark.parametrize("room", sorted({EXERCISES[name][0] for name in CODE}))
def test_marks_and_page_agree(room):
    source = inspect.getsource(__import__(f"answers_{room}"))
    with Student(isolation.here(), 60) as student:
        student.anew()
        student.run(source, "cell 1")
        for name in CODE:
            if EXERCISES[name][0] != room:
                continue
            (_, *right), wrong = answers(name)
            student.run(f"all = [*RIGHT[{name!r}], *WRONG[{name!r}]]", "cell 2")
            (apart,) = student.answers("", "all")
            for here, there in zip([*right, *wrong], apart, strict=True):
                page = find(name).judge(here, SEEDS[0])
                marks = find(name).judge(there, SEEDS[0])
                said = [
                    re.sub("line .* of the cell,.*, raises ", "raises ", it.said)
                    for it in (page, marks)
                ]
                assert marks.state == page.state and said[0] == said[1], (name, here)
