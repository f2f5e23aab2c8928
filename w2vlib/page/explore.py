"""Things to try out: a picture with controls, alive on a page without a kernel, too.

    Explore(picture, score=np.linspace(-4, 4, 17))

shows `picture(score)` with a slider for the score. The function draws for each position in advance:
what the reader sees by dragging comes from the code of the page.
"""

import itertools
from collections.abc import Iterable
from html import escape
from numbers import Integral, Real

import numpy as np

from w2vlib import check
from w2vlib.page.faces import TwoFaces, embed

__all__ = ["Explore"]

MOST = 200  # pictures that a page carries at most


class Explore(TwoFaces):
    """`picture(**values)` with a control for each of its arguments.

    picture: a function that returns what a notebook can show as HTML: a `Diagram`, another object
        with _repr_html_, or a string of HTML.
    start: {name: value} to begin with, by default the first ones.
    play: with a button that runs through the values of the first control.
    controls: for each argument its values; numbers get a slider, others a list to choose from.
        Names are shown with blanks for underscores.
    Raises ValueError for a start that is not among the values, for play without a slider to move,
        and unless there are 2 to 200 combinations; TypeError for a picture that cannot be shown.
    Source: of this course.

    >>> Explore("<b>{score:g}</b>".format, score=[-1, 0, 1], start={"score": 0})
    Explore(score)
    """

    kind = "explore"

    def __init__(self, picture, *, start=None, play=False, **controls):
        if not controls:
            raise ValueError("no control: pass the values of an argument, as in score=[-1, 0, 1]")
        check.called_with(picture, "of the controls", "picture")
        check.flag(play, "play")
        start = {} if start is None else start
        check.kind(start, dict, "start")
        for name, values in controls.items():
            is_text = isinstance(values, str | bytes)
            if is_text or not isinstance(values, Iterable) or check.shapeless(values):
                raise TypeError(f"{name} is {check.short(values)}: it should be a list of values")
        self.controls = {name: list(values) for name, values in controls.items()}
        for name, value in start.items():
            if not any(_same(value, other) for other in self.controls.get(name, ())):
                raise ValueError(
                    f"start has {name}={check.short(value)}: it should be a value of a control"
                )
        combinations = list(itertools.product(*self.controls.values()))
        if not 1 < len(combinations) <= MOST:
            raise ValueError(
                f"{', '.join(controls)} have {len(combinations)} combinations: a page should carry "
                f"2 to {MOST} pictures"
            )
        if play and not _slides(next(iter(self.controls.values()))):
            raise ValueError("play is True, which moves the first control: give it numbers")
        self.play = play
        self.start = [
            values.index(start.get(name, values[0])) for name, values in self.controls.items()
        ]
        self.frames = [
            _html(picture(**dict(zip(self.controls, values)))) for values in combinations
        ]

    def __repr__(self):
        return f"Explore({', '.join(self.controls)})"

    def page(self):
        """The HTML: the controls, the picture to begin with, and all pictures as lines of text.

        Most lines stand in many pictures: each is kept once, and a picture is a list of their
        numbers.
        """
        lines = dict.fromkeys(line for frame in self.frames for line in frame.split("\n"))
        number = dict(zip(lines, itertools.count()))
        data = {
            "labels": [list(map(_label, values)) for values in self.controls.values()],
            "lines": list(lines),
            "frames": [[number[line] for line in frame.split("\n")] for frame in self.frames],
        }
        at = 0
        for values, i in zip(self.controls.values(), self.start):
            at = at * len(values) + i
        button = '<button type="button">Play</button>' if self.play else ""
        return (
            f'<div class="w2v-explore" data-mount="{self.kind}">\n{"".join(self._inputs())}'
            f"{button}\n"
            f'<div class="w2v-view" aria-live="polite">{self.frames[at]}</div>\n'
            f"{embed(data)}\n</div>"
        )

    def _inputs(self):
        for (name, values), i in zip(self.controls.items(), self.start):
            said = escape(name.replace("_", " "))
            if not _slides(values):
                options = "".join(
                    f'<option value="{n}"{" selected" * (n == i)}>{escape(_label(value))}</option>'
                    for n, value in enumerate(values)
                )
                yield f"<label>{said} <select>{options}</select></label>\n"
            else:
                yield (
                    f'<label>{said} <input type="range" min="0" max="{len(values) - 1}" '
                    f'value="{i}" aria-valuetext="{_label(values[i])}"> '
                    f"<output>{_label(values[i])}</output></label>\n"
                )


def _html(picture):
    if isinstance(picture, str):
        return picture
    if not hasattr(picture, "_repr_html_"):
        raise TypeError(
            f"picture returned a {type(picture).__name__}: it should return a Diagram, another "
            "object with _repr_html_, or a string of HTML"
        )
    return picture._repr_html_()


def _same(a, b):
    return type(a) is type(b) and bool(np.array_equal(a, b)) or a is b


def _slides(values):
    return all(isinstance(value, Real) and not isinstance(value, bool) for value in values)


def _label(value):
    if not _slides([value]):
        return str(value)
    return f"{value:,}" if isinstance(value, Integral) else f"{value:,g}"
