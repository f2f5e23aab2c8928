"""Chapter 6: the loss that needs K + 1 words instead of V."""

import numpy as np

from w2vlib import check
from w2vlib.binary import SigmoidWithLoss
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.sampler import UnigramSampler

__all__ = ["NegativeSamplingLoss"]


class NegativeSamplingLoss:
    """One yes/no question about the target, and one about each of `sample_size` negatives.

    `params` names W once for each of the sample_size + 1 layers, and `grads` holds each layer's own
    gradient: their sum is W's.

    W: (V, H) float, output vectors.
    corpus: (T,) word ids, for the sampler; power, sample_size, rng: as in `UnigramSampler`.
    sampler: what draws the negatives instead of one, by its `get_negative_sample`.
    forward: h (N, H) and target (N,) ids -> loss, the positive's mean loss plus that of each
        negative.
    backward: dout=1 -> dh (N, H).
    Raises what its layers raise.
    Source: DLFS2 4.2.5 and 4.2.7; Mikolov et al. 2013b, equation 4.

    >>> layer = NegativeSamplingLoss(np.zeros((4, 3)), np.arange(4), sample_size=2, rng=0)
    >>> loss = layer.forward(np.ones((5, 3)), np.array([0, 1, 2, 3, 0]))
    >>> bool(np.isclose(loss, 3 * np.log(2)))
    True
    >>> layer.backward().shape, len(layer.grads)
    ((5, 3), 3)
    """

    def __init__(self, W, corpus, power=0.75, sample_size=5, *, rng=None, sampler=None):
        check.weights(W, "W")
        check.ids(corpus, "corpus", size=len(W), ndim=1)
        check.whole(sample_size, "sample_size")
        check.room((int(sample_size) + 1) * W.size, f"sample_size is {sample_size}", W.itemsize)
        check.sampler(sampler, "sampler")
        self.sampler = sampler or UnigramSampler(corpus, power, sample_size, rng=rng)
        self.embed_dot_layers = [EmbeddingDot(W) for _ in range(sample_size + 1)]
        self.loss_layers = [SigmoidWithLoss() for _ in range(sample_size + 1)]
        self.params, self.grads = [], []
        for layer in self.embed_dot_layers:
            self.params += layer.params
            self.grads += layer.grads

    def forward(self, h, target):
        negatives = self.sampler.get_negative_sample(target)
        check.shape(negatives, (len(target), len(self.loss_layers) - 1), "negatives")
        check.joined(target, negatives, "target")
        check.shape(h, (len(target), None), "h")
        words = np.column_stack([target, negatives])
        loss = 0
        for i, (dot, with_loss) in enumerate(zip(self.embed_dot_layers, self.loss_layers)):
            score = dot.forward(h, words[:, i])
            label = np.full(len(target), 1 if i == 0 else 0)
            loss += with_loss.forward(score, label)
        return loss

    def backward(self, dout=1):
        dh = 0
        for dot, with_loss in zip(self.embed_dot_layers, self.loss_layers):
            dh = dh + dot.backward(with_loss.backward(dout))
        return dh
