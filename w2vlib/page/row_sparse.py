"""A row-sparse gradient that is put together as one watches.

    RowSparse([2, 0, 2])

shows three ids that were looked up, with the gradient of each: as they came, sorted, and summed. A
click looks another id up. Its script sorts and sums as `SparseGradient.put` does.
"""

import numpy as np

from w2vlib import check
from w2vlib.page.drawing import COLOURS, Diagram
from w2vlib.page.faces import TwoFaces, embed
from w2vlib.sparse_gradients import SparseGradient

__all__ = ["RowSparse"]

WORDS = 6
DOUT = np.array([[1, 2], [5, 6], [10, 20], [3, 0], [0, 4], [2, 2]])  # of the first look-up, ...
MOST = len(DOUT)
LEFT = {"arrived": 1, "sorted": 143, "summed": 285}  # where the columns begin
BETWEEN = LEFT["sorted"] - LEFT["arrived"]
TOP, ROW, ID, GAP, CELL, HIGH = 52, 26, 26, 4, 36, 22
WIDE = ID + GAP + 2 * CELL  # of a row


class RowSparse(TwoFaces):
    """Ids clicked into a gradient of ids and rows, which sorts and sums before one's eyes.

    start: (R,) integers from 0 to 5, the one to six ids looked up to begin with.
    Raises IndexError for another id, ValueError for none or more.
    Source: of this course.

    >>> gradient = RowSparse([2, 0, 2]).gradient
    >>> gradient.ids.tolist(), gradient.rows.tolist()
    ([0, 2], [[5.0, 6.0], [11.0, 22.0]])
    """

    kind = "row_sparse"

    def __init__(self, start):
        check.ids(start, "start", size=WORDS, ndim=1)
        if not 1 <= len(start) <= MOST:
            raise ValueError(f"start has {len(start)} ids: it should have 1 to {MOST}")
        self.start = [int(i) for i in start]
        self.gradient = SparseGradient(np.zeros((WORDS, DOUT.shape[1])))
        self.gradient.put(np.array(self.start), DOUT[: len(start)].astype(float))

    def __repr__(self):
        return f"RowSparse({self.start})"

    def page(self):
        """The HTML: a button for each id, what they say, the picture of the start, the data."""
        data = {"start": self.start, "dout": DOUT.tolist(), "left": LEFT, "top": TOP, "row": ROW}
        ids = "".join(f'<button type="button" value="{i}">{i}</button>\n' for i in range(WORDS))
        return (
            f'<div class="w2v-explore w2v-row-sparse" data-mount="{self.kind}">\n'
            f'<div role="group" aria-label="Look up an id">Look up\n{ids}'
            '<button type="button" value="back">Take one back</button>\n</div>\n'
            '<p data-part="said" aria-live="polite"></p>\n'
            f'<div class="w2v-view">{self._picture()._repr_html_()}</div>\n{embed(data)}\n</div>'
        )

    def _picture(self):
        d = Diagram(
            LEFT["summed"] + WIDE + 1,
            TOP + MOST * ROW,
            "Three columns: the ids as they were looked up, each with its row of dout; the same "
            "sorted by id; and ids and rows, where equal ids have become one.",
        )
        _heads(d)
        order = np.argsort(self.start, kind="stable").tolist()
        ids, rows = self.gradient.ids.tolist(), self.gradient.rows
        for k in range(MOST):
            here = k < len(self.start)
            at = order.index(k) if here else k
            i = self.start[k] if here else 0
            _line(d, f"sort {k}", LEFT["arrived"], k, at, here)
            _line(d, f"sum {k}", LEFT["sorted"], at, ids.index(i) if here else k, here)
            _row(d, f"arrived {k}", LEFT["arrived"], k, [i, *DOUT[k]], here)
            _row(d, f"sorted {k}", LEFT["sorted"], at, [i, *DOUT[k]], here)
            kept = k < len(ids)
            _row(
                d, f"summed {k}", LEFT["summed"], k, [ids[k], *rows[k]] if kept else [""] * 3, kept
            )
        return d


def _heads(d):
    titles = ["looked up", "sorted", "equal ids summed"]
    for x, title, arrays in zip(LEFT.values(), titles, [("idx", "dout"), (), ("ids", "rows")]):
        d.text(x + WIDE / 2, 9, title)
        for place, name in zip([ID / 2, ID + GAP + CELL], arrays):
            d.text(x + place, 34, name)


def _line(d, name, x, start, end, here):
    """From a row of the column at x to one of the next column."""
    y = [TOP + ROW * n + HIGH // 2 for n in (start, end)]
    d.parts.append(
        f'<line data-part="{name}" x1="{x + WIDE + 3}" x2="{x + BETWEEN - 3}" y1="{y[0]}" '
        f'y2="{y[1]}" opacity="{int(here)}" stroke="{COLOURS["gradient"]}" '
        'stroke-dasharray="5 3"/>'
    )


def _row(d, name, x, n, numbers, here):
    """An id with its numbers, as a group that can be moved."""
    place = f"translate({x} {TOP + ROW * n})"
    d.parts.append(f'<g data-part="{name}" transform="{place}" opacity="{int(here)}">')
    cells = [(0, ID), (ID + GAP, CELL), (ID + GAP + CELL, CELL)]
    outline = "".join(f"M{a} 0h{wide}v{HIGH}h-{wide}z" for a, wide in cells)
    look = 'fill="{0}" fill-opacity="0.12" stroke="{0}"'.format(COLOURS["gradient"])
    d.parts.append(f'<path d="{outline}" {look}/>')
    for j, ((a, wide), number) in enumerate(zip(cells, numbers)):
        text = number if number == "" else f"{number:g}"
        d.text(a + wide / 2, HIGH / 2, text, part=f"{name} text {j}")
    d.parts.append("</g>")
