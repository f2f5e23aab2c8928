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


class Shares(Momentum):
    """One velocity for all parameters."""

    def update(self, params, grads):
        for param, grad in zip(params, grads):
            velocity = 0 if self.velocity is None else self.velocity
            self.velocity = self.momentum * velocity - self.lr * grad
            param += self.velocity


def padded_mean(W, contexts):
    real = contexts >= 0
    total = (W[contexts] * real[:, :, np.newaxis]).sum(axis=1)
    return total / np.maximum(real.sum(axis=1, keepdims=True), 1)


def of_all_places(W, contexts):
    return W[contexts].mean(axis=1)


def of_2w(W, contexts):
    return (W[contexts] * (contexts >= 0)[:, :, np.newaxis]).mean(axis=1)


def total(W, contexts):
    return of_2w(W, contexts) * contexts.shape[1]


def nothing_over_nothing(W, contexts):
    return total(W, contexts) / (contexts >= 0).sum(axis=1, keepdims=True)


def share_right(wv, triples):
    return np.mean([wv.similarity(a, near) > wv.similarity(a, far) for a, near, far in triples])


RIGHT = {"momentum": [Momentum], "padded_mean": [padded_mean], "share_right": [share_right]}
WRONG = {
    "momentum": {
        Forgets: "that is SGD",
        Replaces: "add it to the",
        Climbs: "goes against",
        Shares: "a velocity of its own",
    },
    "padded_mean": {
        of_all_places: "the last row of W",
        of_2w: "not by 2w",
        total: "that is the sum",
        nothing_over_nothing: "has no word",
    },
    "share_right": {
        lambda *args: 1 - share_right(*args): "the wrong way round",
        lambda *args: 3 * share_right(*args): "divide by the number",
    },
}
