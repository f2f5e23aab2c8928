"""What is read from a chapter: its exercises, with the idea and the minutes of each."""

import pytest

from w2vlib.classroom import chapter

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
