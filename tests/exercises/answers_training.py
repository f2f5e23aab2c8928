"""Answers to chapter 7's exercises, right and wrong."""

import numpy as np


class Momentum:
    """The page's solution; a mistake is what one of its parts does instead."""

    def __init__(self, lr, momentum=0.9):
        self.lr, self.momentum, self.velocity = lr, momentum, None

    def update(self, params, grads):
        if self.velocity is None:
            self.velocity = [np.zeros_like(p) for p in params]
        for param, grad, velocity in zip(params, grads, self.velocity):
            self.move(param, grad, velocity)

    def move(self, param, grad, velocity):
        velocity *= self.momentum
        velocity -= self.lr * grad
        param += velocity


class ByPlace:
    """Velocities by place in the list, uphill until they are used."""

    def __init__(self, lr, momentum=0.9):
        self.lr, self.momentum, self.uphill = lr, momentum, {}

    def update(self, params, grads):
        for i, grad in enumerate(grads):
            self.uphill[i] = self.momentum * self.uphill.get(i, 0) + grad
            params[i] -= self.lr * self.uphill[i]


class Forgets(Momentum):
    def move(self, param, grad, velocity):
        param -= self.lr * grad


class Replaces(Momentum):
    def move(self, param, grad, velocity):
        super().move(param, grad, velocity)
        param[...] = velocity


class Climbs(Momentum):
    def move(self, param, grad, velocity):
        super().move(param, -grad, velocity)


class Default(Momentum):
    def __init__(self, lr, momentum=0.9):
        super().__init__(lr)


class Averages(Momentum):
    def move(self, param, grad, velocity):
        super().move(param, (1 - self.momentum) * grad, velocity)


class Rebinds(Momentum):
    def update(self, params, grads):
        for param, grad in zip(params, grads):
            param = param - self.lr * grad


class PutsNew(Momentum):
    """New arrays in the list: those of the caller stay as they were."""

    def update(self, params, grads):
        moved = [param.copy() for param in params]
        super().update(moved, grads)
        params[:] = moved


class Shares(Momentum):
    """One velocity for all parameters."""

    def update(self, params, grads):
        for param, grad in zip(params, grads):
            velocity = 0 if self.velocity is None else self.velocity
            self.velocity = self.momentum * velocity - self.lr * grad
            param += self.velocity


def pairs(contexts, target):
    return [(given, word) for given, row in zip(target, contexts) for word in row]


def pairs_backwards(contexts, target):
    return np.array(pairs(contexts, target))[::-1]


def exchanged(contexts, target):
    return np.array(pairs(contexts, target))[:, ::-1]


def transposed(contexts, target):
    return np.transpose(pairs(contexts, target))


def tiled(contexts, target):
    return np.column_stack([np.tile(target, contexts.shape[1]), contexts.ravel()])


def by_place(contexts, target):
    return np.column_stack([np.repeat(target, contexts.shape[1]), contexts.T.ravel()])


def gives_up(contexts, target):
    return None


def asks(contexts, target):
    return input("Which pairs? ")


def padded_mean(W, contexts):
    real = contexts >= 0
    total = (W[contexts] * real[:, :, np.newaxis]).sum(axis=1)
    return total / np.maximum(real.sum(axis=1, keepdims=True), 1)


def padded_by_loop(W, contexts):
    h = np.zeros((len(contexts), W.shape[1]))
    for mean, row in zip(h, contexts):
        words = [word for word in row if word != -1]
        for word in words:
            mean += W[word] / len(words)
    return h


def of_all_places(W, contexts):
    return W[contexts].mean(axis=1)


def of_2w(W, contexts):
    return (W[contexts] * (contexts >= 0)[:, :, np.newaxis]).mean(axis=1)


def total(W, contexts):
    return of_2w(W, contexts) * contexts.shape[1]


def count(contexts):
    return (contexts >= 0).sum(axis=1, keepdims=True)


def with_last_row(W, contexts):
    return W[contexts].sum(axis=1) / np.maximum(count(contexts), 1)


def nothing_over_nothing(W, contexts):
    return total(W, contexts) / count(contexts)


def share_right(wv, triples):
    return np.mean([wv.similarity(a, near) > wv.similarity(a, far) for a, near, far in triples])


def share_by_hand(wv, triples):
    right = 0
    for word, near, far in triples:
        a, b, c = (wv[it] / np.linalg.norm(wv[it]) for it in (word, near, far))
        right += a @ b > a @ c
    return right / len(triples)


def share_by_dots(wv, triples):
    return np.mean([wv[a] @ wv[near] > wv[a] @ wv[far] for a, near, far in triples])


RIGHT = {
    "momentum": [ByPlace],
    "skip_gram_pairs": [pairs, pairs_backwards],
    "padded_mean": [padded_mean, padded_by_loop],
    "share_right": [share_right, share_by_hand],
}
WRONG = {
    "momentum": {
        Forgets: "that is SGD",
        Replaces: "add it to the",
        Climbs: "goes against",
        Shares: "a velocity of its own",
        Default: "0.9 is the default",
        Averages: "a running mean",
        Rebinds: "change them in place",
        PutsNew: "change them in place",
    },
    "skip_gram_pairs": {
        exchanged: "that is the target",
        transposed: "each pair is a row",
        lambda contexts, target: (target.repeat(contexts.shape[1]), contexts.ravel()): "is a row",
        tiled: "np.tile goes round",
        by_place: "go through the places",
        gives_up: "it returns None",
        asks: "asks for input",
    },
    "padded_mean": {
        of_all_places: "the last row of W",
        with_last_row: "the last row of W",
        lambda W, contexts: W[contexts].sum(axis=1) / count(contexts): "should count for nothing",
        lambda W, contexts: W[contexts].sum(axis=1): "take the mean, and of the words",
        of_2w: "not by 2w",
        total: "that is the sum",
        nothing_over_nothing: "has no word",
    },
    "share_right": {
        lambda *args: 1 - share_right(*args): "the wrong way round",
        lambda wv, triples: len(triples) * share_right(wv, triples): "divide by the number",
        share_by_dots: "lengths should not count",
    },
}
