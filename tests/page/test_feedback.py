"""What a learner is told about right, wrong and missing answers."""

import numpy as np
import pytest

from w2vlib.page.feedback import feedback


@pytest.mark.parametrize(
    "answer, expected, says",
    [
        (None, 3, "Not written yet"),
        (..., 3, "Not written yet"),
        ("three", 3, "should be numbers"),
        ([1, 2], [[1, 2]], "shape is (2,), and it should be (1, 2)"),
        (4, 3, "4 is too large"),
        (2, 3, "2 is too small"),
        ([1.0, 5.0, 3.0], [1.0, 2.0, 3.0], "1 of 3 numbers differ, the first at index (1,)"),
        (np.nan, 3, "NaN is no number"),
        ([1, np.nan], [1, 2], "NaN is no number"),
        (10**400, 3, "Not yet"),
    ],
)
def test_wrong_answers(answer, expected, says, capsys):
    feedback(answer, expected)
    assert says in capsys.readouterr().out


def test_a_known_mistake_is_named(capsys):
    feedback([2, 2], [3, 3], mistakes=[([2, 2], "the rows are not summed.")])
    assert capsys.readouterr().out == "Not yet: the rows are not summed.\n"


def test_a_right_answer(capsys):
    feedback(np.float32(0.1), 0.1)
    assert capsys.readouterr().out == "Right.\n"


def test_an_object_that_is_equal_to_everything_is_not_right(capsys):
    class Agrees:
        def __eq__(self, other):
            return True

    feedback(Agrees(), 3)
    assert "Right" not in capsys.readouterr().out
