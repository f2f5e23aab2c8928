"""Chapter 1: the CBOW that everybody writes first, and its two bottlenecks."""

import numpy as np

from w2vlib import check

__all__ = ["MatMul", "OneHotCBOW", "SoftmaxWithLoss", "create_contexts_target", "one_hot"]


def create_contexts_target(corpus, window_size):
    """Cut a corpus into training examples: each word, and the words around it.

    corpus: (T,) word ids.
    window_size: words taken on each side, w.
    Returns contexts (N, 2w) and target (N,), ids as in the corpus, with N = T - 2w: positions
        without a whole window are left out.
    Raises ValueError when the corpus is shorter than one window, IndexError for a negative id.
    Source: DLFS2 3.3.1.

    >>> contexts, target = create_contexts_target(np.array([0, 1, 2, 3]), window_size=1)
    >>> contexts.tolist(), target.tolist()
    ([[0, 2], [1, 3]], [1, 2])
    """
    check.ids(corpus, "corpus", ndim=1)
    check.whole(window_size, "window_size")
    if len(corpus) < 2 * window_size + 1:
        raise ValueError(
            f"corpus has {len(corpus)} ids: a window of {window_size} on each side needs at least "
            f"{2 * window_size + 1}; take a longer corpus or a smaller window_size"
        )
    windows = np.lib.stride_tricks.sliding_window_view(corpus, 2 * window_size + 1)
    contexts = np.delete(windows, window_size, axis=1)
    target = windows[:, window_size].copy()
    return contexts, target


def one_hot(ids, vocab_size):
    """Write each word id as a row of zeros with a single 1.

    ids: integers of any shape.
    Returns float32 of shape ids.shape + (vocab_size,).
    Raises IndexError when an id is not in [0, vocab_size).
    Source: DLFS2 3.3.2.

    >>> one_hot(np.array([2, 0]), vocab_size=3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    check.whole(vocab_size, "vocab_size")
    check.ids(ids, "ids", size=vocab_size)
    check.room(np.size(ids) * vocab_size, f"vocab_size is {vocab_size}")
    x = np.zeros((np.size(ids), vocab_size), dtype=np.float32)
    x[np.arange(len(x)), np.ravel(ids)] = 1
    return x.reshape(*np.shape(ids), vocab_size)


class MatMul:
    """The layer x @ W, without a bias.

    W: (D, H) float.
    forward: x (N, D) -> (N, H).
    backward: dout (N, H) -> dx (N, D), and the gradient of W in `grads[0]`.
    Raises ValueError when shapes do not fit.
    Source: DLFS2 1.3.5.

    >>> layer = MatMul(np.array([[1.0, 10.0], [2.0, 20.0]]))
    >>> layer.forward(np.array([[1.0, 1.0]]))
    array([[ 3., 30.]])
    >>> layer.backward(np.array([[1.0, 0.0]]))
    array([[1., 2.]])
    >>> layer.grads[0]
    array([[1., 0.],
           [1., 0.]])
    """

    def __init__(self, W):
        check.weights(W, "W")
        self.params = [W]
        self.grads = [np.zeros_like(W)]
        self.x = None

    def forward(self, x):
        (W,) = self.params
        check.real(x, "x")
        check.shape(x, (None, len(W)), "x")
        self.x = x
        return x @ W

    def backward(self, dout):
        check.called(self.x, "MatMul")
        (W,) = self.params
        (dW,) = self.grads
        check.real(dout, "dout")
        check.shape(dout, (len(self.x), W.shape[1]), "dout")
        dW[...] = self.x.T @ dout
        return dout @ W.T


class SoftmaxWithLoss:
    """Softmax over V scores a row, then the mean cross entropy with the right class.

    forward: score (N, V) float and t, either ids (N,) or one-hot rows (N, V) -> loss, a float.
    backward: (y - t) * dout / N, of shape (N, V), where y are the probabilities.
    Raises IndexError for a class outside [0, V), ValueError for rows that are not one-hot and when
        shapes do not fit, TypeError for scores that are no floats.
    Source: DLFS2 1.3.1, equation 4.1.

    >>> layer = SoftmaxWithLoss()
    >>> loss = layer.forward(np.array([[2.0, 2.0]]), np.array([0]))
    >>> bool(np.isclose(loss, np.log(2)))
    True
    >>> layer.backward()
    array([[-0.5,  0.5]])
    """

    def __init__(self):
        self.params, self.grads = [], []
        self.y, self.t = None, None

    def forward(self, score, t):
        check.array(score, "score")
        check.scores(score, "score")
        check.shape(score, (None, None), "score")
        check.classes(t, score, "t")
        t = np.argmax(t, axis=1) if np.ndim(t) == 2 else np.asarray(t)
        score = score - score.max(axis=1, keepdims=True)
        exp = np.exp(score)
        total = exp.sum(axis=1, keepdims=True)
        self.y, self.t = exp / total, t
        rows = np.arange(len(t))
        return np.mean(np.log(total[:, 0]) - score[rows, t])

    def backward(self, dout=1):
        check.called(self.y, "SoftmaxWithLoss")
        check.number(dout, "dout")
        dscore = self.y.copy()
        dscore[np.arange(len(self.t)), self.t] -= 1
        return dscore * dout / len(self.t)


class OneHotCBOW:
    """CBOW as it is first written: one-hot words in, one score for every word out.

    The words around a gap are each turned into a one-hot row, multiplied by W_in and averaged;
    W_out turns the average into V scores. `word_vecs` is W_in, (vocab_size, hidden_size) float32.

    forward: contexts (N, C) and target (N,), word ids -> loss, a float.
    backward: dout=1 -> None.
    Raises IndexError for an id outside the vocabulary.
    Source: DLFS2 3.4 and 4.1.

    >>> model = OneHotCBOW(vocab_size=7, hidden_size=5, rng=0)
    >>> loss = model.forward(np.array([[0, 2]]), np.array([1]))
    >>> bool(abs(loss - np.log(7)) < 0.01), model.word_vecs.shape
    (True, (7, 5))
    """

    def __init__(self, vocab_size, hidden_size, *, rng=None):
        check.whole(vocab_size, "vocab_size", at_least=2)
        check.whole(hidden_size, "hidden_size")
        check.matrices(vocab_size, hidden_size)
        check.seed(rng, "rng")
        rng = np.random.default_rng(rng)
        W_in = 0.01 * rng.standard_normal((vocab_size, hidden_size), dtype=np.float32)
        W_out = 0.01 * rng.standard_normal((hidden_size, vocab_size), dtype=np.float32)
        self.in_layer, self.out_layer = MatMul(W_in), MatMul(W_out)
        self.loss_layer = SoftmaxWithLoss()
        self.params = self.in_layer.params + self.out_layer.params
        self.grads = self.in_layer.grads + self.out_layer.grads
        self.word_vecs = W_in

    def forward(self, contexts, target):
        check.array(contexts, "contexts")
        check.ids(contexts, "contexts", size=len(self.word_vecs), ndim=2)
        check.ids(target, "target", size=len(self.word_vecs), ndim=1)
        check.shape(target, (len(contexts),), "target")
        N, C = contexts.shape
        x = one_hot(contexts.reshape(-1), len(self.word_vecs))
        h = self.in_layer.forward(x).reshape(N, C, -1).mean(axis=1)
        score = self.out_layer.forward(h)
        self.C = C
        return self.loss_layer.forward(score, target)

    def backward(self, dout=1):
        dscore = self.loss_layer.backward(dout)
        dh = self.out_layer.backward(dscore)
        self.in_layer.backward(np.repeat(dh / self.C, self.C, axis=0))
