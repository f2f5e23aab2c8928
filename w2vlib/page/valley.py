"""A valley to walk down: one start, three optimisers, each with a rate of its own.

    Valley()

draws L(a, b) = (a^2 + 100 b^2) / 2 as it is, ten times as long as it is wide, with the first 30
steps of SGD, momentum and Adam. Its script computes them where it stands, from the reader's start
and rates.
"""

import numpy as np

from w2vlib import check
from w2vlib.page.drawing import COLOURS, Diagram
from w2vlib.page.faces import TwoFaces, embed
from w2vlib.training import SGD, Adam

__all__ = ["Valley"]

STEPS = 30
STEEP = np.array([1.0, 100.0])  # the slope along a and b, at (1, 1)
RATES = [0.001, 0.002, 0.005, 0.01, 0.015, 0.018, 0.02, 0.022, 0.03, 0.04, 0.1, 0.2, 0.4, 0.8]
REACH = 9.5, 1.9  # of the start, along a and b
UNIT, WIDE, HIGH = 20, 400, 84  # of the picture
FARTHEST = 1000.0  # places further away are drawn there


class Momentum:
    """SGD that keeps nine tenths of its speed."""

    def __init__(self, lr):
        self.lr, self.velocity = lr, 0.0

    def update(self, params, grads):
        self.velocity = 0.9 * self.velocity - self.lr * grads[0]
        params[0] += self.velocity


OPTIMISERS = {"SGD": SGD, "momentum": Momentum, "Adam": Adam}


class Valley(TwoFaces):
    """The paths of three optimisers down a narrow valley, from a start to drag.

    `paths` {name: (31, 2) float64} holds a and b at the start and after each of 30 steps.

    start: (a, b), at most 9.5 and 1.9 from 0.
    rates: {name: rate} for SGD, momentum and Adam, each one of `valley.RATES`.
    Raises ValueError for a start that lies outside and for another name or rate.
    Source: of this course; momentum as in DLFS1 6.1.4.

    >>> valley = Valley(start=(8, 1))
    >>> valley.paths["SGD"][1].round(2)  # at the rate 0.018
    array([ 7.86, -0.8 ])
    """

    kind = "valley"

    def __init__(self, start=(8.0, 1.0), rates=None):
        check.shape(start, (2,), "start")
        if np.asarray(start).dtype.kind not in "fiu":
            raise TypeError(f"start is {check.short(start)}: it should be two numbers")
        place = np.asarray(start, dtype=float)
        if not np.all(np.abs(place) <= REACH):
            raise ValueError(f"start is {check.short(start)}: it should be at most {REACH} from 0")
        self.start = place.round(1)
        rates = {} if rates is None else rates
        check.kind(rates, dict, "rates")
        for name, rate in rates.items():
            check.choice(name, OPTIMISERS, "a name in rates")
            check.choice(rate, RATES, f"rates[{name!r}]")
        self.rates = {"SGD": 0.018, "momentum": 0.01, "Adam": 0.4} | rates
        self.paths = {
            name: walk(optimiser(self.rates[name]), self.start)
            for name, optimiser in OPTIMISERS.items()
        }

    def __repr__(self):
        return "Valley"

    def page(self):
        """The HTML: the start, and for each optimiser its rate, where it ends, and its path."""
        data = {"rates": RATES, "reach": REACH, "steps": STEPS, "unit": UNIT, "farthest": FARTHEST}
        starts = "".join(
            f'<label>start {name} <input type="range" min="{-10 * reach:g}" max="{10 * reach:g}" '
            f'value="{10 * x:g}" aria-valuetext="{x:.1f}"> <output>{x:.1f}</output></label>\n'
            for name, x, reach in zip("ab", self.start, REACH)
        )
        return (
            f'<div class="w2v-valley" data-mount="{self.kind}">\n{starts}'
            f"{''.join(map(self._one, OPTIMISERS))}{embed(data)}\n</div>"
        )

    def _one(self, name):
        """One optimiser's valley."""
        rate, path = self.rates[name], self.paths[name]
        return (
            f'<section data-optimiser="{name}">\n{picture(name, path)._repr_html_()}\n'
            f'<label>{name}, rate <input type="range" min="0" max="{len(RATES) - 1}" '
            f'value="{RATES.index(rate)}" aria-valuetext="{rate:g}"> <output>{rate:g}</output>'
            f'</label>\n<p aria-live="polite">{said(path)}</p>\n</section>\n'
        )


def walk(optimiser, start):
    """Where it goes from the start: (31, 2)."""
    x = np.array(start, dtype=float)
    places = [x.copy()]
    for _ in range(STEPS):
        optimiser.update([x], [x * STEEP])
        places.append(x.copy())
    return np.array(places)


def said(path):
    """Where a path ends, in words."""
    height = path**2 @ STEEP / 2
    a, b = path[-1]
    if height[-10:].max() > 9 * height[:10].max():
        end = "it diverges"
    elif height[-1] > height[0]:
        end = "higher than it began"
    else:
        end = "arrived" if height[-1] < 0.05 else "still on its way"
    return f"After {STEPS} steps a = {_digits(a)}, b = {_digits(b)}: {end}."


def _digits(x):
    if abs(x) >= 10_000:
        return f"{x:.1e}".replace("e+0", "e+")
    return f"{0.0 if abs(x) < 0.005 else x:.2f}"


def picture(name, path):
    """The valley from above, both directions on one scale -> Diagram."""
    d = Diagram(
        WIDE, HIGH, f"A narrow valley seen from above, and the path of {name} from its start, "
        f"{STEPS} steps. The words below say where it ends.",
    )  # fmt: skip
    d.parts.append(f'<g transform="translate({WIDE / 2:g} {HIGH / 2:g})">')
    d.parts.append('<g fill="none" stroke="currentColor" stroke-opacity="0.35">')
    for a in range(2, 11, 2):
        d.parts.append(f'<ellipse rx="{a * UNIT}" ry="{a * UNIT / 10:g}"/>')
    d.parts.append("</g>")
    d.parts.append('<path d="M-5 0h10M0 -5v10" stroke="currentColor" stroke-width="2"/>')
    places = np.clip(path, -FARTHEST, FARTHEST) * [UNIT, -UNIT]
    places = [f"{x:.1f} {y:.1f}" for x, y in places]
    look = f'fill="none" stroke="{COLOURS["forward"]}"'
    d.parts.append(f'<path data-part="line" d="M{"L".join(places)}" {look}/>')
    dots = "".join(f"M{place}h0" for place in places)
    look += ' stroke-width="5" stroke-linecap="round"'
    d.parts.append(f'<path data-part="dots" d="{dots}" {look}/>')
    d.parts.append(f'<g data-part="start" transform="translate({places[0].replace(" ", ",")})">')
    d.parts.append('<circle r="22" fill="transparent"/>')
    d.parts.append('<circle r="6" fill="none" stroke="currentColor" stroke-width="2"/></g>')
    d.parts.append("</g>")
    return d
