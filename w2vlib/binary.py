"""Chapter 3: from one question with V answers to a question with two."""

import numpy as np

from w2vlib import check

__all__ = ["SigmoidWithLoss", "sigmoid"]


def sigmoid(x):
    """1 / (1 + exp(-x)), for scores of any size: exp only ever sees numbers at or below 0.

    x: a float or an array of floats of any shape.
    Returns the same shape, in (0, 1) up to rounding.
    Raises TypeError for whole numbers without a sign, or too short to hold -x.
    Source: DLFS2 4.2.3, equation 4.2.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    check.scores(x, "x")
    e = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0), 1, e) / (1 + e)


class SigmoidWithLoss:
    """Sigmoid of a score, then the mean binary cross entropy with the answer, 0 or 1.

    forward: score (N,) float and t (N,) of 0 and 1 -> loss, a float, finite for any finite score.
    backward: (y - t) * dout / N, of shape (N,), where y = sigmoid(score).
    Raises TypeError for other scores, ValueError for other labels or when shapes do not fit.
    Source: DLFS2 4.2.3, equation 4.3.

    >>> layer = SigmoidWithLoss()
    >>> loss = layer.forward(np.array([0.0, 0.0]), np.array([1, 0]))
    >>> bool(np.isclose(loss, np.log(2)))
    True
    >>> layer.backward()
    array([-0.25,  0.25])
    """

    def __init__(self):
        self.params, self.grads = [], []
        self.y, self.t = None, None

    def forward(self, score, t):
        check.array(score, "score")
        check.scores(score, "score")
        check.labels(t, "t")
        check.shape(t, np.shape(score), "t")
        self.y = sigmoid(score)
        self.t = np.asarray(t, dtype=self.y.dtype)
        # -log y is log(1 + exp(-score)), and -log(1 - y) is log(1 + exp(score)).
        loss = np.logaddexp(0, np.where(self.t == 1, -score, score))
        return np.sum(loss / loss.size)

    def backward(self, dout=1):
        check.called(self.y, "SigmoidWithLoss")
        check.number(dout, "dout")
        return (self.y - self.t) * dout / self.t.size
