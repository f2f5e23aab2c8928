"""Chapter 7: the real word2vec, and what it takes to train it."""

import numpy as np

from w2vlib import check
from w2vlib.embedding import Embedding
from w2vlib.machine import bar
from w2vlib.negative_sampling import NegativeSamplingLoss

__all__ = ["CBOW", "SGD", "Adam", "SkipGram", "Trainer"]


class CBOW:
    """Guess a word from the words around it, with embeddings and negative sampling.

    `word_vecs` is W_in, (V, H).

    vocab_size, hidden_size: V and H.
    window_size: w, words on each side.
    corpus: (T,) word ids; it, power, sample_size and sampler are for the negatives, as in
        `NegativeSamplingLoss`.
    dtype: of the weights, float32 or float64.
    forward: contexts (N, 2w) and target (N,) ids -> loss, a float.
    backward: dout=1 -> None.
    Raises what its layers raise.
    Source: DLFS2 4.3; Mikolov et al. 2013a.

    >>> model = CBOW(vocab_size=7, hidden_size=3, window_size=1, corpus=np.arange(7), rng=0)
    >>> loss = model.forward(np.array([[0, 2], [1, 3]]), np.array([1, 2]))
    >>> bool(abs(loss - 6 * np.log(2)) < 0.01)  # one yes and five no, none of them known yet
    True
    """

    Lookup, Loss = Embedding, NegativeSamplingLoss

    def __init__(
        self, vocab_size, hidden_size, window_size, corpus, power=0.75, sample_size=5, *,
        rng=None, sampler=None, dtype=np.float32,
    ):  # fmt: skip
        check.whole(vocab_size, "vocab_size", at_least=2)
        check.whole(hidden_size, "hidden_size")
        check.whole(window_size, "window_size")
        check.precision(dtype, "dtype")
        check.matrices(vocab_size, hidden_size, np.dtype(dtype).itemsize)
        check.seed(rng, "rng")
        rng = np.random.default_rng(rng)
        shape = (vocab_size, hidden_size)
        W_in = 0.01 * rng.standard_normal(shape, dtype)
        W_out = 0.01 * rng.standard_normal(shape, dtype)
        self.window_size = window_size
        self.in_layer = self.Lookup(W_in)
        self.loss_layer = self.Loss(W_out, corpus, power, sample_size, rng=rng, sampler=sampler)
        self.params = self.in_layer.params + self.loss_layer.params
        self.grads = self.in_layer.grads + self.loss_layer.grads
        self.word_vecs = W_in

    def forward(self, contexts, target):
        check.examples(contexts, target, 2 * self.window_size, size=len(self.word_vecs))
        h = self.in_layer.forward(contexts).mean(axis=1)
        return self.loss_layer.forward(h, target)

    def backward(self, dout=1):
        dh = self.loss_layer.backward(dout)
        n = 2 * self.window_size
        self.in_layer.backward(np.repeat(dh[:, np.newaxis] / n, n, axis=1))


class SkipGram(CBOW):
    """Guess each of the words around a word from that word.

    Built as `CBOW` is, with the same arguments, inputs (ids) and attributes. The loss is the sum
    over the 2w places of the window of the mean loss at that place.

    forward: contexts (N, 2w) and target (N,) ids -> loss, a float.
    Raises what `CBOW` raises.
    Source: DLFS2 3.5.2; Mikolov et al. 2013a.

    >>> model = SkipGram(vocab_size=7, hidden_size=3, window_size=1, corpus=np.arange(7), rng=0)
    >>> loss = model.forward(np.array([[0, 2], [1, 3]]), np.array([1, 2]))
    >>> bool(abs(loss - 2 * 6 * np.log(2)) < 0.01)  # twice CBOW's: two words around each
    True
    """

    def forward(self, contexts, target):
        n = 2 * self.window_size
        check.examples(contexts, target, n, size=len(self.word_vecs))
        h = self.in_layer.forward(target)
        return n * self.loss_layer.forward(np.repeat(h, n, axis=0), contexts.reshape(-1))

    def backward(self, dout=1):
        n = 2 * self.window_size
        check.number(dout, "dout")
        dh = self.loss_layer.backward(n * dout)
        self.in_layer.backward(dh.reshape(-1, n, dh.shape[1]).sum(axis=1))


class SGD:
    """Stochastic gradient descent: each parameter takes a step of lr against its gradient.

    update: params and grads, lists of float arrays of the same shapes; params change in place.
    Raises ValueError unless lr is above 0.
    Source: DLFS2 1.4.3.

    >>> W = np.array([1.0, 2.0])
    >>> SGD(lr=0.1).update([W], [np.array([1.0, -1.0])])
    >>> W
    array([0.9, 2.1])
    """

    def __init__(self, lr):
        check.number(lr, "lr", above=0)
        self.lr = lr

    def update(self, params, grads):
        check.pairs(params, grads)
        check.dense(grads, "grads")
        for param, grad in zip(params, grads, strict=True):
            param -= self.lr * grad


class Adam:
    """Adam: steps scaled by running means of the gradient and of its square, of each number apart.

    Keeps two arrays for each parameter, of its shape.

    update: params and grads, lists of float arrays of the same shapes; params change in place.
    Raises ValueError unless lr is above 0.
    Source: Kingma and Ba 2015, in the order of operations that ends their section 2.

    >>> W, adam = np.array([1.0, 1.0]), Adam(lr=0.1)
    >>> adam.update([W], [np.array([100.0, -0.01])])  # at first lr, whatever the slope
    >>> W.round(3)
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
        check.dense(grads, "grads")
        if self.m is None:
            self.m = [np.zeros_like(p) for p in params]
            self.v = [np.zeros_like(p) for p in params]
        self.steps += 1
        lr = self.lr * (1 - self.beta2**self.steps) ** 0.5
        lr /= 1 - self.beta1**self.steps
        for param, grad, m, v in zip(params, grads, self.m, self.v, strict=True):
            m += (1 - self.beta1) * (grad - m)
            v += (1 - self.beta2) * (grad**2 - v)
            param -= lr * m / (np.sqrt(v) + self.eps)


class Trainer:
    """The training loop: shuffle, cut into batches, forward, backward, update.

    A parameter that several layers share is updated once, with the sum of their gradients. `losses`
    holds the mean loss of every `eval_interval` batches, and of the rest. Parameters change in
    place, so an interrupted fit keeps what it learnt. One that diverges goes back to the start of
    the epoch; for that it keeps a copy of them.

    model: has forward(contexts, target), backward(), params and grads, lists of arrays of equal
        shapes, float.
    optimizer: has update(params, grads).
    Raises FloatingPointError when the loss is no number any more, or parameters leave all bounds.
    Source: DLFS2 1.4.4.

    >>> contexts, target = np.array([[0, 2], [1, 3], [0, 2]]), np.array([1, 2, 3])
    >>> model = CBOW(vocab_size=7, hidden_size=3, window_size=1, corpus=np.arange(7), rng=0)
    >>> trainer = Trainer(model, Adam(lr=0.1))
    >>> trainer.fit(contexts, target, max_epoch=100, batch_size=3, rng=0, progress=False)
    >>> len(trainer.losses), trainer.losses[-1] < trainer.losses[0]
    (5, True)
    """

    def __init__(self, model, optimizer):
        check.having(model, ["forward", "backward", "params", "grads"], "model")
        check.having(optimizer, ["update"], "optimizer")
        self.model, self.optimizer = model, optimizer
        self.losses = []

    def fit(
        self,
        contexts,
        target,
        max_epoch=10,
        batch_size=32,
        eval_interval=20,
        *,
        rng=None,
        progress=True,
    ):
        """Train for max_epoch passes over contexts (N, C) and target (N,), ids. Returns None."""
        check.whole(max_epoch, "max_epoch", at_most=10**9)
        check.whole(batch_size, "batch_size")
        check.whole(eval_interval, "eval_interval")
        check.seed(rng, "rng")
        check.flag(progress, "progress")
        check.array(contexts, "contexts")
        check.shape(contexts, (None, *contexts.shape[1:]), "contexts")
        check.ids(target, "target", ndim=1)
        check.array(target, "target")
        check.shape(target, (len(contexts),), "target")
        rng = np.random.default_rng(rng)
        recent = []
        for epoch in range(max_epoch):
            order = rng.permutation(len(target))
            starts = range(0, len(order), batch_size)
            title = f"epoch {epoch + 1}/{max_epoch}"
            with check.divergence(self.model, self.optimizer, epoch):
                for start in bar(starts, title, show=progress):
                    batch = order[start : start + batch_size]
                    recent.append(self.step(contexts[batch], target[batch]))
                    check.finite(recent[-1])
                    if len(recent) == eval_interval:
                        self.losses.append(float(np.mean(recent)))
                        recent = []
        if recent:
            self.losses.append(float(np.mean(recent)))

    def step(self, contexts, target):
        """One batch: forward, backward, update. Returns the loss before the update."""
        loss = self.model.forward(contexts, target)
        self.model.backward()
        self.optimizer.update(*sum_shared(self.model.params, self.model.grads))
        return loss


def sum_shared(params, grads):
    """Name each parameter once, with the sum of the gradients that were given for it.

    The sum is written into the first of these gradients, so no new array is made. DLFS2 4.3.
    """
    unique = {}
    for param, grad in zip(params, grads, strict=True):
        if id(param) in unique:
            check.dense([grad], "grads of a shared parameter")
            unique[id(param)][1][...] += grad
        else:
            unique[id(param)] = (param, grad)
    pairs = unique.values()
    return [p for p, _ in pairs], [g for _, g in pairs]
