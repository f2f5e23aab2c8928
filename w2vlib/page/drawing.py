"""Drawings of the course: boxes, tables of numbers and arrows, in one visual language.

A Diagram is an SVG picture in the page itself, so that it takes the page's text colour, by day and
by night. Colours stand for roles, the same ones throughout, and never alone:

    forward      blue, drawn with a full line: what flows to the loss
    gradient     orange, dashed: what flows back
    parameter    green, with a thick border: what is trained
    plain        the colour of the text

Lengths are in units: 400 of them fill a phone's screen, where a letter of the text is then 11
pixels high. A diagram should not be wider.
"""

from html import escape
from numbers import Integral
from typing import NamedTuple

import numpy as np

from w2vlib import check

__all__ = ["Diagram", "Node"]

# Colours that the colour-blind can tell apart (Okabe and Ito 2008). A page may set its own.
COLOURS = {
    "forward": "var(--w2v-forward, #0072b2)",
    "gradient": "var(--w2v-gradient, #d55e00)",
    "parameter": "var(--w2v-parameter, #009e73)",
    "plain": "currentColor",
}
FONT, CHARACTER = 13, 7.2  # height and mean width of a letter
MIDDLE = 0.35  # of the height: so far above its baseline is the middle of a letter
CELL = 34, 22  # a cell of a table
HEAD = 7  # of an arrow
FARTHEST = 1_000_000  # units
SCALE = 1.3  # pixels in a unit where there is room


class Node(NamedTuple):
    """Something with a place in a `Diagram`, for arrows to begin and end at.

    x, y: its left upper corner, in units.
    width, height: its size, in units.
    Raises nothing of its own.
    Source: of this course.

    >>> Node(0, 0, 40, 20).right
    (40, 10.0)
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self):
        return self.x, self.y + self.height / 2

    @property
    def right(self):
        return self.x + self.width, self.y + self.height / 2

    @property
    def top(self):
        return self.x + self.width / 2, self.y

    @property
    def bottom(self):
        return self.x + self.width / 2, self.y + self.height


class Diagram:
    """An empty picture of `width` by `height` units; a notebook shows one that a cell ends with.

    width, height: in units, of which 400 fill the screen of a phone.
    alt: what a reader who cannot see the picture should know from it.
    Raises ValueError when alt is empty.
    Source: colours that the colour-blind can tell apart, of Okabe and Ito 2008.

    >>> d = Diagram(120, 40, "An arrow leads from x to its square.")
    >>> x, square = d.box(0, 20, "x"), d.box(80, 20, "x x")
    >>> d.edge(x, square, forward="x", gradient="2 x")
    >>> d._repr_html_()[:25]
    '<svg class="w2v-diagram" '
    """

    def __init__(self, width, height, alt):
        check.kind(alt, str, "alt")
        _places(width=width, height=height)
        if not str(alt).strip():
            raise ValueError("alt is empty: it should say in words what the picture says")
        self.width, self.height, self.alt, self.parts = width, height, alt, []

    def box(self, x, y, text, role="plain", width=None, height=28):
        """A box with the middle of its left side at (x, y), as wide as its text -> Node."""
        check.kind(text, str, "text")
        lines = text.split("\n")
        _places(x=x, y=y, height=height, width=0 if width is None else width)
        width = width or max(map(len, lines)) * CHARACTER + 16
        height = max(height, len(lines) * (FONT + 3) + 8)
        self._rectangle(x, y - height / 2, width, height, role, radius=5)
        for i, line in enumerate(lines):
            self.text(x + width / 2, y + (i - (len(lines) - 1) / 2) * (FONT + 3), line)
        return Node(x, y - height / 2, width, height)

    def circle(self, x, y, text="", role="plain", radius=11, filled=False):
        """A circle with its centre at (x, y) -> Node."""
        _places(x=x, y=y, radius=radius)
        check.flag(filled, "filled")
        check.label(text, "text")
        colour, look = _colour(role), _line(role)
        fill = f'fill="{colour}"' if filled else f'fill="{colour}" fill-opacity="0.12"'
        self.parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" {fill} {look}/>')
        if text:
            self.text(x, y, text)
        return Node(x - radius, y - radius, 2 * radius, 2 * radius)

    def table(self, x, y, values, role="plain", title="", marked=(), cell=CELL):
        """A table of numbers or words, its left upper corner at (x, y) -> list of Nodes, its rows.

        values: (rows, columns). marked: what is drawn in the colour of `role`, as an index of an
        array: [0, 2] for two rows, (0, 2) for a cell, (slice(None), 2) for a column; the rest is
        plain. title: stands above it, for example "W (4, 3)".
        """
        _places(x=x, y=y)
        check.label(title, "title")
        check.two(cell, "cell")
        wide, high = cell
        _places(**{"cell[0]": wide, "cell[1]": high})
        values = check.as_array(values, "values")
        check.shape(values, (None, None), "values")
        is_marked = np.zeros(values.shape, bool)
        try:
            parts = marked if isinstance(marked, tuple) else [marked]
            if any(map(np.iscomplexobj, parts)):  # NumPy would take the real part
                raise TypeError("of complex numbers")
            is_marked[marked if isinstance(marked, tuple) and marked else list(marked)] = True
        except (IndexError, TypeError, ValueError) as error:
            raise IndexError(
                f"marked is {check.short(marked)}: it should be an index ({error})"
            ) from None
        if title:
            self.text(x + values.shape[1] * wide / 2, y - 10, title)
        for wanted in (False, True):  # marked cells last: their borders lie on top
            corners = [(x + j * wide, y + i * high) for i, j in np.argwhere(is_marked == wanted)]
            outline = "".join(f"M{_n(a)} {_n(b)}h{wide}v{high}h-{wide}z" for a, b in corners)
            fill = f'fill="{_colour(role)}" fill-opacity="0.12"' if wanted else 'fill="none"'
            look = _line(role) if wanted else 'stroke="currentColor" stroke-opacity="0.5"'
            if corners:
                self.parts.append(f'<path d="{outline}" {fill} {look}/>')
        for i, j in np.ndindex(values.shape):
            self.text(x + (j + 0.5) * wide, y + (i + 0.5) * high, _label(values[i, j]))
        width = wide * values.shape[1]
        return [Node(x, y + i * high, width, high) for i in range(len(values))]

    def arrow(self, start, end, role="forward", label="", side=-1):
        """An arrow from one Node or point to another; between Nodes, from side to side.

        label: stands beside its middle; side: -1 above or to the left of it, 1 on the other side.
        """
        check.choice(side, (-1, 1), "side")
        check.label(label, "label")
        (x0, y0), (x1, y1) = _ends(start, end)
        length = float(np.hypot(x1 - x0, y1 - y0))
        if not length:
            raise ValueError(f"end is {check.short(end)}: it should be elsewhere than start")
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        bx, by = x1 - HEAD * ux, y1 - HEAD * uy  # where the head begins
        colour = _colour(role)
        self.parts.append(
            f'<line x1="{_n(x0)}" y1="{_n(y0)}" x2="{_n(bx)}" y2="{_n(by)}" {_line(role)}/>'
        )
        corners = [(x1, y1), (bx - HEAD / 2 * uy, by + HEAD / 2 * ux)]
        corners.append((bx + HEAD / 2 * uy, by - HEAD / 2 * ux))
        points = " ".join(f"{_n(a)},{_n(b)}" for a, b in corners)
        self.parts.append(f'<polygon points="{points}" fill="{colour}"/>')
        if label != "":
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            if abs(ux) >= abs(uy):
                self.text(x, y + side * 11, label, role)
            else:
                self.text(x + side * 6, y, label, role, align="end" if side < 0 else "start")

    def edge(self, start, end, forward="", gradient=""):
        """What flows between two Nodes or points side by side, and its gradient back underneath."""
        check.label(forward, "forward")
        check.label(gradient, "gradient")
        (x0, y0), (x1, y1) = _ends(start, end)
        self.arrow((x0, y0 - 5), (x1, y1 - 5), "forward", forward)
        self.arrow((x1, y1 + 5), (x0, y0 + 5), "gradient", gradient, side=1)

    def line(self, start, end, role="plain"):
        """A thin line between two points."""
        (x0, y0), (x1, y1) = _point(start, "start"), _point(end, "end")
        self.parts.append(
            f'<line x1="{_n(x0)}" y1="{_n(y0)}" x2="{_n(x1)}" y2="{_n(y1)}" '
            f'stroke="{_colour(role)}" stroke-width="0.8" stroke-opacity="0.8"/>'
        )

    def curve(self, xs, ys, role="forward", part=""):
        """A line through all points (xs[i], ys[i]). part: as in `text`."""
        for values, name in (xs, "xs"), (ys, "ys"):
            check.listed(values, name)
            _places(**{f"{name}[{i}]": value for i, value in enumerate(values)})
        if len(xs) != len(ys):
            raise ValueError(f"ys has {len(ys)} numbers: it should have {len(xs)}, as many as xs")
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in zip(xs, ys))
        start = f"<polyline{_named(part)}"
        self.parts.append(f'{start} points="{points}" fill="none" {_line(role)}/>')

    def bar(self, x, y, width, role="forward", height=14):
        """A bar of a chart: the middle of its left side is at (x, y)."""
        _places(x=x, y=y, width=width, height=height)
        self._rectangle(x, y - height / 2, width, height, role)

    def text(self, x, y, text, role="plain", align="middle", size=FONT, part=""):
        """A line of text whose middle (or start, or end) is at (x, y).

        part: its name, `data-part`, for a script that changes it.
        """
        check.choice(align, ("start", "middle", "end"), "align")
        _places(x=x, y=y, size=size)
        check.label(text, "text")
        colour = _colour(role)
        look = "" if align == "middle" else f' text-anchor="{align}"'
        look += "" if size == FONT else f' font-size="{size}"'
        look += "" if role == "plain" else f' fill="{colour}"'
        baseline = y + MIDDLE * size
        start = f'<text{_named(part)} x="{_n(x)}" y="{_n(baseline)}"'
        self.parts.append(f"{start}{look}>{escape(str(text))}</text>")

    def _rectangle(self, x, y, width, height, role, radius=0):
        self.parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
            f'rx="{radius}" fill="{_colour(role)}" fill-opacity="0.12" {_line(role)}/>'
        )

    def __repr__(self):
        return f"Diagram({self.width}, {self.height}, {self.alt!r})"

    def _repr_html_(self):
        return (
            f'<svg class="w2v-diagram" role="img" aria-label="{escape(self.alt)}" '
            f'viewBox="0 0 {_n(self.width)} {_n(self.height)}" width="{_n(SCALE * self.width)}" '
            f'font-family="sans-serif" font-size="{FONT}" text-anchor="middle" '
            f'fill="currentColor">\n' + "\n".join(self.parts) + "\n</svg>"
        )


def _ends(start, end):
    """Where an arrow begins and ends: on the sides that face each other."""
    if isinstance(start, Node) and isinstance(end, Node):
        across = abs(end.left[0] - start.left[0]) >= abs(end.top[1] - start.top[1])
        first, second = ("right", "left") if across else ("bottom", "top")
        if (end.x < start.x) if across else (end.y < start.y):
            first, second = second, first
        return getattr(start, first), getattr(end, second)
    if isinstance(start, Node):
        end = _point(end, "end")
        return min((start.left, start.right, start.top, start.bottom), key=_distance(end)), end
    if isinstance(end, Node):
        start = _point(start, "start")
        return start, min((end.left, end.right, end.top, end.bottom), key=_distance(start))
    return _point(start, "start"), _point(end, "end")


def _point(it, name):
    """The two numbers of a place. TypeError for what is none."""
    try:
        x, y = it
        _places(x=x, y=y)
    except (TypeError, ValueError):
        raise TypeError(f"{name} is {check.short(it)}: it should be a Node or (x, y)") from None
    return float(x), float(y)  # of unsigned numbers differences would overflow


def _distance(point):
    return lambda other: (other[0] - point[0]) ** 2 + (other[1] - point[1]) ** 2


def _line(role):
    """How the lines of a role are drawn."""
    colour = _colour(role)
    width = 2.4 if role == "parameter" else 1.5
    dashes = ' stroke-dasharray="5 3"' if role == "gradient" else ""
    return f'stroke="{colour}" stroke-width="{width}"{dashes}'


def _places(**values):
    """Raise TypeError or ValueError unless all are places or lengths of a picture."""
    for name, value in values.items():
        check.number(value, name)
        if abs(float(value)) > FARTHEST:
            raise ValueError(f"{name} is {check.short(value)}: it should be at most {FARTHEST:,}")


def _colour(role):
    check.choice(role, COLOURS, "role")
    return COLOURS[role]


def _named(part):
    check.kind(part, str, "part")
    return f' data-part="{escape(part)}"' if part else ""


def _label(value):
    if isinstance(value, Integral) and not isinstance(value, np.timedelta64):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, (float, np.floating)) else str(value)


def _n(number):
    """A number without digits that nobody sees."""
    return f"{number:.1f}".removesuffix(".0")
