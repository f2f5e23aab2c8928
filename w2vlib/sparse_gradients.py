"""Chapter 9: gradients and updates that touch only the rows a batch has used."""

import numpy as np

from w2vlib import check
from w2vlib.binary import SigmoidWithLoss
from w2vlib.embedding import Embedding
from w2vlib.sampler import UnigramSampler
from w2vlib.training import CBOW

__all__ = [
    "SparseAdaGrad",
    "SparseAdam",
    "SparseCBOW",
    "SparseEmbedding",
    "SparseEmbeddingDot",
    "SparseGradient",
    "SparseNegativeSamplingLoss",
    "SparseSGD",
]


class SparseGradient:
    """A gradient of W (V, H) without its rows of zeros.

    `ids` (R,): the rows that have a gradient, each once, in rising order; `rows` (R, H) float: what
    it is there. Empty until the first `put`.

    put: idx, integers of any shape, and dout of shape idx.shape + (H,) take the place of what was
        there; rows of equal ids are summed.
    dense: () -> (V, H), for comparison: it costs what the rest of this module avoids.
    Raises ValueError when the shapes of idx and dout do not fit.
    Source: chapter 9; as PyTorch's Embedding(sparse=True) and TensorFlow's IndexedSlices.

    >>> gradient = SparseGradient(np.zeros((1_000_000, 2)))
    >>> gradient.put(np.array([7, 3, 7]), np.array([[1.0, 1.0], [2.0, 2.0], [5.0, 5.0]]))
    >>> gradient.ids.tolist(), gradient.rows.tolist()
    ([3, 7], [[2.0, 2.0], [6.0, 6.0]])
    """

    def __init__(self, W):
        check.weights(W, "W")
        self.shape = W.shape
        self.ids = np.empty(0, dtype=int)
        self.rows = np.empty((0, W.shape[1]), dtype=W.dtype)

    def put(self, idx, dout):
        check.ids(idx, "idx", size=self.shape[0])
        check.real(dout, "dout")
        check.shape(dout, (*np.shape(idx), self.shape[1]), "dout")
        idx, dout = np.ravel(idx), dout.reshape(-1, self.shape[1])
        order = np.argsort(idx, kind="stable")
        self.ids, starts = np.unique(idx[order], return_index=True)
        self.rows = np.add.reduceat(dout[order], starts)

    def dense(self):
        dW = np.zeros(self.shape, dtype=self.rows.dtype)
        dW[self.ids] = self.rows
        return dW


class SparseEmbedding(Embedding):
    """Embedding, with a `SparseGradient` in `grads[0]`: nothing of V rows is made or cleared.

    W, forward, backward: shapes, float and ids as in `Embedding`.
    Raises what `Embedding` raises.
    Source: chapter 9; DLFS2 4.1.1 for what it computes.

    >>> layer = SparseEmbedding(np.zeros((1000, 2)))
    >>> layer.forward(np.array([5, 5])).shape
    (2, 2)
    >>> layer.backward(np.array([[1.0, 2.0], [10.0, 20.0]]))
    >>> layer.grads[0].ids.tolist(), layer.grads[0].rows.tolist()
    ([5], [[11.0, 22.0]])
    """

    def __init__(self, W):
        check.weights(W, "W")
        self.params = [W]
        self.grads = [SparseGradient(W)]
        self.idx = None

    def backward(self, dout):
        check.called(self.idx, "SparseEmbedding")
        (dW,) = self.grads
        check.real(dout, "dout")
        check.shape(dout, (*np.shape(self.idx), dW.shape[1]), "dout")
        dW.put(self.idx, dout)


class SparseEmbeddingDot:
    """The scores of M words for each row of h, from one lookup.

    W: (V, H) float, a word's output vector in each row.
    forward: h (N, H) and idx (N, M) integers -> scores (N, M).
    backward: dout (N, M) -> dh (N, H), the sum over the M words; the gradient of W, a
        `SparseGradient`, is in `grads[0]`.
    Raises what `EmbeddingDot` raises.
    Source: DLFS2 4.2.4 and 4.2.5.

    >>> layer = SparseEmbeddingDot(np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]]))
    >>> layer.forward(np.array([[1.0, 3.0]]), np.array([[1, 2]]))
    array([[3., 8.]])
    >>> layer.backward(np.array([[1.0, 0.5]]))
    array([[1., 2.]])
    """

    def __init__(self, W):
        self.embed = SparseEmbedding(W)
        self.params = self.embed.params
        self.grads = self.embed.grads
        self.cache = None

    def forward(self, h, idx):
        check.real(h, "h")
        check.shape(h, (None, self.params[0].shape[1]), "h")
        check.ids(idx, "idx", size=len(self.params[0]))
        check.shape(idx, (len(h), None), "idx")
        target_W = self.embed.forward(idx)
        self.cache = (h, target_W)
        return np.sum(target_W * h[:, np.newaxis], axis=2)

    def backward(self, dout):
        check.called(self.cache, "SparseEmbeddingDot")
        h, target_W = self.cache
        check.real(dout, "dout")
        check.shape(dout, target_W.shape[:2], "dout")
        dout = dout[:, :, np.newaxis]
        self.embed.backward(dout * h[:, np.newaxis])
        return np.sum(dout * target_W, axis=1)


class SparseNegativeSamplingLoss:
    """NegativeSamplingLoss, with all K + 1 questions asked at once and one gradient of W.

    `params` names W once, and `grads` holds one `SparseGradient`.

    W, corpus, power, sample_size, forward, backward: shapes, float and ids as in
        `NegativeSamplingLoss`.
    Raises what `NegativeSamplingLoss` raises.
    Source: DLFS2 4.2.5 and 4.2.7; Mikolov et al. 2013b, equation 4.

    >>> layer = SparseNegativeSamplingLoss(np.zeros((9, 3)), np.arange(9), sample_size=2, rng=0)
    >>> loss = layer.forward(np.ones((2, 3)), np.array([0, 1]))
    >>> bool(np.isclose(loss, 3 * np.log(2))), len(layer.grads)
    (True, 1)
    """

    def __init__(self, W, corpus, power=0.75, sample_size=5, *, rng=None, sampler=None):
        check.weights(W, "W")
        check.ids(corpus, "corpus", size=len(W), ndim=1)
        check.whole(sample_size, "sample_size")
        check.sampler(sampler, "sampler")
        self.sampler = sampler or UnigramSampler(corpus, power, sample_size, rng=rng)
        self.embed_dot = SparseEmbeddingDot(W)
        self.loss_layer = SigmoidWithLoss()
        self.params = self.embed_dot.params
        self.grads = self.embed_dot.grads
        self.questions = sample_size + 1

    def forward(self, h, target):
        negatives = self.sampler.get_negative_sample(target)
        check.shape(negatives, (len(target), self.questions - 1), "negatives")
        check.joined(target, negatives, "target")
        check.shape(h, (len(target), None), "h")
        words = np.column_stack([target, negatives])
        score = self.embed_dot.forward(h, words)
        label = np.zeros(words.shape)
        label[:, 0] = 1
        return self.questions * self.loss_layer.forward(score, label)

    def backward(self, dout=1):
        check.number(dout, "dout")
        dscore = self.loss_layer.backward(self.questions * dout)
        return self.embed_dot.backward(dscore)


class SparseCBOW(CBOW):
    """CBOW with row-sparse gradients: its step does not grow with V, but for drawing negatives.

    Arguments, inputs (ids), attributes (float32) and shapes as in `CBOW`. The same `rng` gives the
    same weights and negatives, and so the same loss and gradients up to rounding. `params` is
    [W_in, W_out], `grads` a `SparseGradient` for each: update them with `SparseSGD`,
    `SparseAdaGrad` or `SparseAdam`.

    Raises what `CBOW` raises.
    Source: chapter 9; DLFS2 4.3 for what it computes.

    >>> model = SparseCBOW(vocab_size=9, hidden_size=3, window_size=1, corpus=np.arange(9), rng=0)
    >>> loss = model.forward(np.array([[0, 2]]), np.array([1]))
    >>> model.backward()
    >>> [gradient.ids.size for gradient in model.grads] <= [2, 6]
    True
    """

    Lookup, Loss = SparseEmbedding, SparseNegativeSamplingLoss


class SparseSGD:
    """SGD on the rows that have a gradient. The others have none to follow: equal to `SGD`.

    update: params, a list of (V, H) float arrays, and grads, a `SparseGradient` for each.
    Raises ValueError unless lr is above 0, TypeError for gradients that are arrays.
    Source: DLFS2 1.4.3.

    >>> W = np.ones((3, 2))
    >>> gradient = SparseGradient(W)
    >>> gradient.put(np.array([1]), np.array([[1.0, 2.0]]))
    >>> SparseSGD(lr=0.5).update([W], [gradient])
    >>> W.tolist()
    [[1.0, 1.0], [0.5, 0.0], [1.0, 1.0]]
    """

    def __init__(self, lr):
        check.number(lr, "lr", above=0)
        self.lr = lr

    def update(self, params, grads):
        check.pairs(params, grads)
        check.sparse(grads, "grads")
        for param, grad in zip(params, grads, strict=True):
            param[grad.ids] -= self.lr * grad.rows


class SparseAdaGrad:
    """AdaGrad: each number's step is divided by the root of the sum of its squared gradients.

    A gradient of 0 adds nothing to the sum and moves nothing, so this is equal to AdaGrad on dense
    gradients. Keeps one array for each parameter, of its shape.

    update: params, a list of (V, H) float arrays, and grads, a `SparseGradient` for each.
    Raises ValueError unless lr is above 0, TypeError for gradients that are arrays.
    Source: Duchi et al. 2011, with the diagonal of their matrix.

    >>> W = np.ones((3, 2))
    >>> gradient = SparseGradient(W)
    >>> gradient.put(np.array([1]), np.array([[100.0, 0.01]]))
    >>> SparseAdaGrad(lr=0.1).update([W], [gradient])
    >>> W[1].round(3)
    array([0.9, 0.9])
    """

    def __init__(self, lr, eps=1e-7):
        check.number(lr, "lr", above=0)
        check.number(eps, "eps", above=0)
        self.lr, self.eps = lr, eps
        self.squares = None

    def update(self, params, grads):
        check.pairs(params, grads)
        check.sparse(grads, "grads")
        if self.squares is None:
            self.squares = [np.zeros(p.shape, p.dtype) for p in params]
        for param, grad, squares in zip(params, grads, self.squares, strict=True):
            ids, g = grad.ids, grad.rows
            squares[ids] += g**2
            root = np.sqrt(squares[ids])
            param[ids] -= self.lr * g / (root + self.eps)


class SparseAdam:
    """Lazy Adam: a row's means, and the row, stand still in the steps that do not use it.

    *Not* equal to `Adam`, whose means fade in every step, and which moves a row on after its last
    gradient. Keeps two arrays for each parameter, of its shape.

    update: params, a list of (V, H) float arrays, and grads, a `SparseGradient` for each.
    Raises ValueError unless lr is above 0, TypeError for gradients that are arrays.
    Source: after Kingma and Ba 2015; lazy as in TensorFlow's LazyAdam and PyTorch's SparseAdam.

    >>> W = np.ones((3, 2))
    >>> gradient = SparseGradient(W)
    >>> gradient.put(np.array([1]), np.array([[100.0, -0.01]]))
    >>> SparseAdam(lr=0.1).update([W], [gradient])
    >>> W[1].round(3)
    array([0.9, 1.1])
    """

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
        check.number(lr, "lr", above=0)
        check.number(beta1, "beta1", at_least=0, below=1)
        check.number(beta2, "beta2", at_least=0, below=1)
        check.number(eps, "eps", above=0)
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.eps = eps
        self.m, self.v, self.steps = None, None, 0

    def update(self, params, grads):
        check.pairs(params, grads)
        check.sparse(grads, "grads")
        if self.m is None:
            self.m = [np.zeros(p.shape, p.dtype) for p in params]
            self.v = [np.zeros(p.shape, p.dtype) for p in params]
        self.steps += 1
        lr = self.lr * (1 - self.beta2**self.steps) ** 0.5
        lr /= 1 - self.beta1**self.steps
        for param, grad, m, v in zip(params, grads, self.m, self.v, strict=True):
            ids, g = grad.ids, grad.rows
            m[ids] += (1 - self.beta1) * (g - m[ids])
            v[ids] += (1 - self.beta2) * (g**2 - v[ids])
            param[ids] -= lr * m[ids] / (np.sqrt(v[ids]) + self.eps)
