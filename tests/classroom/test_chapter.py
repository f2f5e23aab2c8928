"""What is read from a chapter: its exercises, with the idea and the minutes of each."""

import pytest

from w2vlib.classroom import cells, chapter

each_chapter = pytest.mark.parametrize("stem", chapter.stems())


@each_chapter
def test_every_exercise_says_its_idea_and_its_minutes(stem):
    tasks = chapter.exercises(stem)
    assert 3 <= len(tasks) == len({task.title for task in tasks})
    for task in tasks:
        low, high = (3, 8) if task.level == "Core" else (10, 20)
        assert task.idea and task.idea[0].isupper() and low <= task.minutes <= high, task.title


def test_an_exercise_may_stand_anywhere_in_its_chapter():
    first, *_ = chapter.exercises("07_training")
    assert (first.title, first.idea) == ("momentum", "Optimisers")
    assert first.checks == {"momentum": "Momentum"} and "velocity" in first.solved
    assert not any("bias correction" in "".join(cell["source"]) for cell in first.cells)


@pytest.mark.parametrize(
    "source, uses, later",
    [
        ("for i in things:\n    row = i\n    print(row, other)", "things other", ""),
        ("print(i)\nfor i in things:\n    pass", "i things", ""),
        ("a = 2\nsquares = [a * b + c for b in things]", "c things", ""),
        ("with one as two:\n    print(two, three)", "one three", ""),
        ("try:\n    a\nexcept one as e:\n    print(e)\nfinally:\n    b", "a b one", ""),
        ("while a:\n    b = 1\nelse:\n    print(b)", "a", ""),
        ("if a:\n    b = c\nprint(b)", "a c", ""),
        ("def f(x):\n    y = x + z\n    return [y for _ in w]", "", "w z"),
        ("class A(B):\n    def f(self):\n        return C", "B", "C"),
    ],
)
def test_what_a_cell_uses_of_others(source, uses, later):
    (piece,) = cells.pieces([{"source": source}])
    assert (piece.uses, piece.later) == (set(uses.split()), set(later.split()))
