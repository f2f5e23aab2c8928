"""The picture of the playground: two maps with a curve, and tables of numbers.

What changes while the network trains has a name, `data-part`, and is filled in by `playground.js`.
Drawn here are the words and the numbers of the start.
"""

import numpy as np

from w2vlib.page.drawing import COLOURS, Diagram

__all__ = ["CURVE", "REACH", "WIDER", "glance", "maps", "numbers"]

SIDE, REACH = 88, 66  # half of a map's side, and how much of that the largest number takes
WIDER = {"reach": 120, "limit": 2}  # the map of a first look: of numbers up to 2 from the start
# The curve of the loss: where its axes meet, how wide a pass is and how many fit, how high is which
# loss.
CURVE = {"left": 40, "bottom": 318, "wide": 3.1, "passes": 100, "high": 70, "top": 4}
ROW = 22  # height of a table's row


def maps(words, start):
    """The rows of W_in and of W_out as points, and below the mean loss of each pass -> Diagram."""
    d = Diagram(
        360, 330, "Two maps, on which each word is a point: its row of W_in, its row of W_out. "
        "An arrow leads from the middle to h. From each row that is touched a dashed arrow goes "
        "against its gradient, with a ring where the next step takes it. Below, a curve: the mean "
        "loss of each finished pass, and in gray that of the run before.",
    )  # fmt: skip
    for n, name in enumerate(["W_in", "W_out"]):
        x, y = SIDE + n * 2 * (SIDE + 2), 20 + SIDE
        d.text(x, 8, f"rows of {name}", "parameter")
        d.text(x + SIDE, 8, "± 1", align="end", part=f"{name} limit")
        _map(d, x, y, SIDE, name)
        _words(d, name, words, REACH * start[n])
        d.parts.append("</svg>")
    _curve(d)
    return d


def _map(d, x, y, half, name):
    """The axes of a map with its middle at (x, y), `half` as wide, and what begins its picture."""
    d.line((x - half, y), (x + half, y))
    d.line((x, y - SIDE), (x, y + SIDE))
    box = f'x="{x - half - 2}" y="{y - SIDE}" width="{2 * half + 4}" height="{2 * SIDE}"'
    view = f'viewBox="{-half - 2} {-SIDE} {2 * half + 4} {2 * SIDE}"'
    # A picture in the picture: it cuts off what goes beyond the map.
    d.parts.append(f'<svg aria-label="Map of the rows of {name}" {box} {view}>')


def _points(d, name, words, places):
    """The words of a map as points with their names."""
    for i, (word, (x, y)) in enumerate(zip(words, places)):
        d.parts.append(f'<g data-part="{name} word {i}" transform="translate({x:.1f} {-y:.1f})">')
        d.parts.append(f'<circle r="4" fill="{COLOURS["parameter"]}"/>')
        d.text(0, -13 if (i + 1) // 2 % 2 else 13, word, part=f"{name} name {i}")
        d.parts.append("</g>")


def _words(d, name, words, places):
    """The words of a map as points, with what moves them."""
    d.parts += [_group("forward"), f'<path data-part="{name} h"/>', "</g>"]
    _points(d, name, words, places)
    d.parts.append(_group("gradient"))
    d.parts += [f'<path data-part="{name} slope {i}"/>' for i in range(len(words))]
    d.parts += ["</g>", f'<g fill="none" stroke="{COLOURS["parameter"]}">']
    for i in range(len(words)):
        d.parts.append(f'<circle data-part="{name} next {i}" r="5.5" opacity="0"/>')
    d.parts.append("</g>")


def _curve(d):
    left, bottom, high = CURVE["left"], CURVE["bottom"], CURVE["high"]
    d.line((left, bottom), (left + CURVE["wide"] * CURVE["passes"], bottom))
    d.line((left, bottom), (left, bottom - high))
    d.text(left - 8, bottom, 0)
    d.text(left - 12, bottom - high, f"{CURVE['top']}+")
    d.text(0, bottom - high - 22, "mean loss of each pass", "forward", "start")
    d.text(356, bottom - high - 22, "", "forward", "end", part="mean")
    d.parts.append('<g opacity="0.4">')
    d.curve([], [], "plain", part="before")
    d.parts.append("</g>")
    d.curve([], [], "forward", part="curve")


def glance(words, start, contexts):
    """Each place of the text with the guess for its word, and below the map of W_in -> Diagram."""
    top = 36 + ROW * len(contexts)
    d = Diagram(
        360, top + 2 * SIDE + 24, "The text with one word missing at a time: for each the word "
        "that the network guesses, a bar for how sure it is, and a tick where it is right. Below, "
        "a map on which each word is a point that moves while the network trains.",
    )  # fmt: skip
    d.text(165, 10, "its guess", "forward")
    d.text(312, 10, "how sure")
    for i, (before, after) in enumerate(contexts):
        y = 34 + ROW * i
        d.text(118, y, words[before], align="end")
        d.text(212, y, words[after], align="start")
        d.line((126, y + 9), (204, y + 9))
        d.parts.append("<g>")
        d.text(165, y, "?", part=f"guess {i}")
        d.text(350, y, "", part=f"tick {i}")
        d.parts += [
            f'<rect class="w2v-sure" x="290" y="{y - 6}" width="44" height="12"/>',  # all of it: 1
            f'<rect data-part="sure {i}" x="290" y="{y - 6}" width="0" height="12"/>',
            "</g>",
        ]
    d.text(0, top + 10, "its map of the words", "parameter", "start")
    _map(d, 180, top + 22 + SIDE, 176, "W_in")
    _points(d, "W_in", words, WIDER["reach"] / WIDER["limit"] * start[0])
    d.parts.append("</svg>")
    return d


def numbers(words, start):
    """Tables: what is asked and answered, then W_in and W_out with their gradients -> Diagram."""
    d = Diagram(
        360, 142 + ROW * len(words), "Tables of numbers: for each word that is asked about its "
        "label, score, answer y and loss; then W_in and W_out with their gradients. The rows that "
        "this step touches are marked.",
    )  # fmt: skip
    for j, title in enumerate(["asked", "label", "score", "y", "loss"]):
        d.text(36 + 72 * j, 8, title)
    for k, label in enumerate([1, 0, 0]):
        at = 28 + ROW * k
        d.text(108, at, label)
        for j, x in enumerate([36, 180, 252, 324]):
            d.text(x, at, "", part=f"question {k} {j}")
    for i, word in enumerate(words):
        d.text(58, 149 + ROW * i, word, align="end")
    for n, name in enumerate(["W_in", "W_out"]):
        x, texts = 64 + 152 * n, np.vectorize("{:.2f}".format)(start[n])
        _matrix(d, x, texts, "parameter", name, name)
        _matrix(d, x + 74, np.full_like(texts, ""), "gradient", f"d{name}", "gradient")
    return d


def _matrix(d, x, texts, role, part, title):
    """A table, with an outline to mark each row."""
    wide, top = 34, 138
    d.table(x, top, np.full(texts.shape, ""), title=title, cell=(wide, ROW))
    del d.parts[-texts.size :]  # the empty texts: those of below have names
    d.parts.append(_group(role, 0.12))
    for i in range(len(texts)):
        outline = f"M{x} {top + i * ROW}h{2 * wide}v{ROW}h-{2 * wide}z"
        d.parts.append(f'<path data-part="{part} mark {i}" d="{outline}" opacity="0"/>')
    d.parts.append("</g>")
    for i, j in np.ndindex(texts.shape):
        place = x + (j + 0.5) * wide, top + (i + 0.5) * ROW
        d.text(*place, texts[i, j], part=f"{part} {i} {j}")


def _group(role, opacity=1):
    """A group of things that are drawn in the colour of a role."""
    width = 2.4 if role == "parameter" else 1.5
    dashes = ' stroke-dasharray="4 2"' if role == "gradient" else ""
    colour = COLOURS[role]
    fill = f'fill="{colour}" fill-opacity="{opacity}"'
    return f'<g {fill} stroke="{colour}" stroke-width="{width}"{dashes}>'
