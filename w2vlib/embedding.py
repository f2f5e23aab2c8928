"""Chapter 2: a row lookup instead of a product with a one-hot vector."""

import numpy as np

from w2vlib import check

__all__ = ["Embedding"]


class Embedding:
    """A table of word vectors: ids in, rows out.

    W: (V, H) float.
    forward: idx, integers of any shape -> W[idx], of shape idx.shape + (H,).
    backward: dout, of that shape -> None; the gradient of W is in `grads[0]`, where the rows of an
        id that occurs more than once are summed.
    Raises TypeError for ids that are not whole numbers, IndexError for ids outside [0, V),
        ValueError when dout does not fit.
    Source: DLFS2 4.1.1-4.1.2.

    >>> layer = Embedding(np.array([[0.0, 0.1], [1.0, 1.1]]))
    >>> layer.forward(np.array([1, 1]))
    array([[1. , 1.1],
           [1. , 1.1]])
    >>> layer.backward(np.array([[1.0, 2.0], [10.0, 20.0]]))
    >>> layer.grads[0]
    array([[ 0.,  0.],
           [11., 22.]])
    """

    def __init__(self, W):
        check.weights(W, "W")
        self.params = [W]
        self.grads = [np.zeros_like(W)]
        self.idx = None

    def forward(self, idx):
        (W,) = self.params
        check.ids(idx, "idx", size=len(W))
        self.idx = idx
        return W[idx]

    def backward(self, dout):
        check.called(self.idx, "Embedding")
        (dW,) = self.grads
        check.real(dout, "dout")
        check.shape(dout, (*np.shape(self.idx), dW.shape[1]), "dout")
        dW[...] = 0
        np.add.at(dW, self.idx, dout)
