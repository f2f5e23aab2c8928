"""Chapter 7's exercises: the page's solutions are right, known mistakes get their words."""

import numpy as np
import pytest
from judged import holds

from w2vlib.exercises import find


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


class Stub(Momentum):
    def update(self, params, grads):
        pass


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


@pytest.mark.parametrize(
    "name, right, mistakes",
    [
        (
            "momentum",
            Momentum,
            {
                Forgets: "that is SGD",
                Replaces: "add it to the",
                Climbs: "goes against",
                Shares: "a velocity of its own",
            },
        ),
        (
            "padded_mean",
            padded_mean,
            {
                of_all_places: "the last row of W",
                of_2w: "not by 2w",
                total: "that is the sum",
                nothing_over_nothing: "has no word",
            },
        ),
        (
            "share_right",
            share_right,
            {
                lambda *args: 1 - share_right(*args): "the wrong way round",
                lambda *args: 3 * share_right(*args): "divide by the number",
            },
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_solutions_and_mistakes(name, right, mistakes):
    holds(name, right, mistakes)


def test_an_optimiser_that_does_nothing_is_not_written_yet():
    assert find("momentum").judge(Stub).state == "unwritten"


def test_two_decimals_are_enough():
    asked = find("how_often_kept")
    assert {asked["kept"].judge(answer).state for answer in ("0.18", "18%", "0.183")} == {"right"}
    assert asked["left_out"].judge("0.82").state == "right"
    assert "the paper's form" in asked["kept"].judge("0.16").said
    assert "how often it is left out" in asked["kept"].judge("0.82").said
    assert asked["kept"].judge("0.2").said == asked["left_out"].judge(".8").said
    assert "two decimals" in asked["kept"].judge(".2").said
