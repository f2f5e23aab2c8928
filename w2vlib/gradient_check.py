"""Gradients the slow and certain way, to prove the fast ones right."""

import numpy as np

from w2vlib import check

__all__ = ["numerical_gradient"]


def numerical_gradient(f, x, eps=1e-4):
    """The slope of f() along each number of x, found by nudging it up and down.

    f: takes nothing, returns a float, and reads x.
    x: a float64 array of any shape, changed in place and put back.
    Returns a float64 array of x's shape.
    Raises TypeError unless x is float64: differences this small drown in float32's rounding;
        ValueError where x cannot be changed.
    Source: DLFS2 1.4.1 (central differences).

    >>> x = np.array([1.0, 3.0])
    >>> numerical_gradient(lambda: np.sum(x**2), x).round(6)
    array([2., 6.])
    """
    check.called_with(f, "of nothing", "f")
    check.array(x, "x")
    if x.dtype != np.float64:
        raise TypeError(f"x has dtype {x.dtype}: use x.astype(np.float64)")
    check.writable(x, "x")
    check.number(eps, "eps", above=0)
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + eps
        up = f()
        x[i] = old - eps
        down = f()
        x[i] = old
        grad[i] = (up - down) / (2 * eps)
    return grad
