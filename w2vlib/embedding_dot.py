"""Chapter 4: the score of one word instead of the scores of all of them."""

import numpy as np

from w2vlib import check
from w2vlib.embedding import Embedding

__all__ = ["EmbeddingDot"]


class EmbeddingDot:
    """Look up one row of W for each row of h, and take their dot product.

    W: (V, H) float, a word's output vector in each row.
    forward: h (N, H) and idx (N,) integers -> scores (N,).
    backward: dout (N,) -> dh (N, H); the gradient of W is in `grads[0]`, repeated ids summed.
    Raises what `Embedding` raises, and ValueError when h, idx and W do not fit.
    Source: DLFS2 4.2.4.

    >>> layer = EmbeddingDot(np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]]))
    >>> layer.forward(np.array([[1.0, 3.0], [1.0, 3.0]]), np.array([1, 2]))
    array([3., 8.])
    >>> layer.backward(np.array([1.0, 0.5]))
    array([[0., 1.],
           [1., 1.]])
    """

    def __init__(self, W):
        self.embed = Embedding(W)
        self.params = self.embed.params
        self.grads = self.embed.grads
        self.cache = None

    def forward(self, h, idx):
        check.real(h, "h")
        check.shape(h, (None, self.params[0].shape[1]), "h")
        check.ids(idx, "idx", size=len(self.params[0]))
        check.shape(idx, (len(h),), "idx")
        target_W = self.embed.forward(idx)
        self.cache = (h, target_W)
        return np.sum(target_W * h, axis=1)

    def backward(self, dout):
        check.called(self.cache, "EmbeddingDot")
        h, target_W = self.cache
        check.real(dout, "dout")
        check.shape(dout, (len(h),), "dout")
        dout = dout[:, np.newaxis]
        self.embed.backward(dout * h)
        return dout * target_W
