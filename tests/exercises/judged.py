"""What holds of every code exercise, on any numbers that its check draws."""

from w2vlib.exercises import find


def holds(name, right, mistakes):
    """A solution is right, and each known mistake gets the words that are about it."""
    code = find(name)
    for seed in range(5):
        assert code.judge(right, seed).said == "Right."
        for mistake, said in mistakes.items():
            assert said in code.judge(mistake, seed).said
