"""What the self-check cells of the exercises say."""

import numpy as np

__all__ = ["feedback"]


def feedback(answer, expected, mistakes=()):
    """Compare an answer with the expected one, and print what to think about.

    answer: a number or an array; None counts as not written yet.
    expected: a float or an array, any shape.
    mistakes: pairs of a well-known wrong answer and what to say to it.
    Raises nothing: whatever the answer is, it says what to change.
    Source: of this course.

    >>> feedback(4, 5, mistakes=[(4, "count the target, too.")])
    Not yet: count the target, too.
    """
    if answer is None or answer is ...:
        print("Not written yet: replace the ... above,\nrun that cell, then this one.")
        return
    try:
        answer, expected = np.asarray(answer, dtype=float), np.asarray(expected, dtype=float)
    except (OverflowError, TypeError, ValueError):
        print(f"Not yet: this should be numbers, but it is {type(answer).__name__}.")
        return
    if answer.shape != expected.shape:
        print(f"Not yet: the shape is {answer.shape}, and it should be {expected.shape}.")
        return
    if np.allclose(answer, expected, rtol=1e-4, atol=1e-6):
        print("Right.")
        return
    for wrong, message in mistakes:
        if np.shape(wrong) == answer.shape and np.allclose(answer, wrong, rtol=1e-4, atol=1e-6):
            print(f"Not yet: {message}")
            return
    if np.isnan(answer).any():
        print("Not yet: NaN is no number; look for 0 / 0, or for the logarithm of what is below 0.")
        return
    if expected.ndim == 0:
        print(f"Not yet: {answer:g} is too {'large' if answer > expected else 'small'}.")
        return
    differs = ~np.isclose(answer, expected, rtol=1e-4, atol=1e-6)
    place = tuple(int(i) for i in np.argwhere(differs)[0])
    print(f"Not yet: {differs.sum()} of {answer.size} numbers differ, the first at index {place}.")
    return
