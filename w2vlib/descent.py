"""What the steps of the NumPy engine share; chapter 10 builds it.

It works inside a step and checks no argument: `train` has checked what it hands on.
"""

import numpy as np

__all__ = ["add_decay", "descend", "find_repeats", "sigmoid"]

LARGEST_STEP = 1.0  # no row moves further at once: a brake against divergence


def sigmoid(x):
    """1 / (1 + exp(-x)), written over x; by the hyperbolic tangent, which cannot overflow.

    x: float, of any shape, which it keeps.
    Raises nothing.
    Source: DLFS2 equation 4.2.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    x *= 0.5
    np.tanh(x, out=x)
    x *= 0.5
    x += 0.5
    return x


def softplus(x):
    """log(1 + exp(x)) for any array: -log sigmoid(-x). It cannot overflow."""
    return np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)))


def add_decay(gradients, rows, decay):
    """Add `decay` times their rows to gradients: the slopes of decay/2 times their squares.

    gradients: arrays (N, H), float; rows: as many arrays of as many numbers; decay: a number.
    Raises nothing.
    Source: weight decay, Krogh and Hertz 1992.

    >>> gradient = np.zeros((1, 2))
    >>> add_decay([gradient], [np.array([[1.0, -2.0]])], 0.5)
    >>> gradient
    array([[ 0.5, -1. ]])
    """
    for gradient, row in zip(gradients, rows, strict=True):
        gradient += np.float32(decay) * row.reshape(gradient.shape)


def find_repeats(ids):
    """Which of `ids` (n,) come again: what `descend` needs to sum the gradients of equal ids.

    Returns rows, the different ids; first, the place of each in `ids`; later, the places that are
        left; again, which of the rows stand there; which, a 0/1 matrix, float32 of shape
        (len(again), len(later)), 1 where the two are the same word.
    Raises nothing.
    Source: chapter 10.

    >>> rows, first, later, again, which = find_repeats(np.array([7, 3, 7]))
    >>> rows.tolist(), rows[again].tolist(), which.tolist()
    ([3, 7], [7], [[1.0]])
    """
    order = ids.argsort()
    ordered = ids.take(order)
    new = np.ones(len(ids), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    group = (np.cumsum(new) - 1)[~new]
    again = np.unique(group)
    which = (again[:, np.newaxis] == group).astype(np.float32)
    return ordered[new], order[new], order[~new], again, which


def descend(W, repeats, grads, rate):
    """Move rows of W against their gradients; those of equal ids are summed.

    Most words of a step come once, so the sum is a copy and a small product. `np.subtract.at`, one
    number after the other, takes many times as long. No row moves further than LARGEST_STEP.

    W: (V, H) float32, changed in place.
    repeats: what `find_repeats` says of the n ids.
    grads: (n, H).
    rate: the learning rate.
    Raises nothing.
    Source: chapter 10.

    >>> W = np.zeros((9, 1))
    >>> descend(W, find_repeats(np.array([7, 3, 7])), np.ones((3, 1)), rate=0.25)
    >>> W[3], W[7]
    (array([-0.25]), array([-0.5]))
    """
    rows, first, later, again, which = repeats
    steps = grads.take(first, axis=0)
    steps[again] += which @ grads.take(later, axis=0)
    steps *= rate
    squares = np.vecdot(steps, steps)
    if squares.max() > LARGEST_STEP**2:
        lengths = np.sqrt(np.maximum(squares, LARGEST_STEP**2))
        steps *= (LARGEST_STEP / lengths)[:, np.newaxis]
    W[rows] -= steps
