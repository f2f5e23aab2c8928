"""A map of words that still knows who the neighbours were before it was made flat.

    WordMap(vectors, ["king", "queen", "rain"], places)

draws words at given places, and joins one of them by thin lines with its nearest neighbours in all
dimensions of the vectors. The word is chosen from a list; on a page without a kernel also with the
pointer. Both faces, with a kernel and without, show what the same function draws.
"""

import hashlib
import json
from html import escape

import numpy as np

from w2vlib import check
from w2vlib.drawing import CHARACTER, COLOURS, Diagram
from w2vlib.explore import TwoFaces

__all__ = ["WordMap"]

WIDTH, MARGIN = 360, 14  # of the map; how far from its rim the points stay
HALF = 7  # the height of a line of text
# Where a word may stand about its point, from the best place to the worst.
SIDES = [("start", 7, 0), ("end", -7, 0), ("middle", 0, -13), ("middle", 0, 13)]
SIDES += [("start", 4, -11), ("start", 4, 11), ("end", -4, -11), ("end", -4, 11)]

# A word of the crowd shows only while it is asked for. Nothing moves.
STYLE = f"""
.w2v-map svg {{ cursor: pointer; }}
.w2v-map circle {{ fill-opacity: 0.4; }}
.w2v-map :is(.crowd, .under):not(.near, .chosen) text {{ display: none; }}
.w2v-map :is(.near, .chosen) circle {{ fill-opacity: 1; }}
.w2v-map :is(.near, .chosen) text {{
  font-weight: bold; paint-order: stroke; stroke-width: 4px; stroke-linejoin: round;
  stroke: var(--pst-color-background, var(--jp-layout-color0, Canvas));
}}
.w2v-map .near {{ fill: {COLOURS["forward"]}; }}
.w2v-map .chosen {{ fill: {COLOURS["parameter"]}; }}
.w2v-map .chosen circle {{ r: 6px; }}
.w2v-map p {{ min-height: 6.6em; margin: 0.5rem 0 0; text-align: left; }}
@media (max-width: 600px) {{ .w2v-map p {{ min-height: 9.9em; }} }}
"""

SCRIPT = """
(() => {
  const root = document.getElementById("ID"), data = JSON.parse(root.querySelector("script").text);
  const select = root.querySelector("select"), parts = root.querySelectorAll("[data-part]");
  const svg = root.querySelector("svg"), lines = svg.querySelector("path");
  const order = data.map((_, i) => i), words = [];
  svg.querySelectorAll("g").forEach(word => { words[word.dataset.n] = word; });
  const x = i => words[i].firstChild.getAttribute("cx");
  const y = i => words[i].firstChild.getAttribute("cy");
  let shown = 0;
  const show = at => {
    if (at === shown) return;
    shown = at;
    const pairs = data[at].slice(0, 2), under = data[at][2];
    const [near, beside] = pairs.map(list => list.map(([i]) => i));
    const rank = i => i === at ? 2 : near.includes(i) ? 1 : 0;
    words.forEach((word, i) => {
      word.classList.toggle("under", under.includes(i));
      word.classList.toggle("near", rank(i) === 1);
      word.classList.toggle("chosen", rank(i) === 2);
    });
    svg.append(...[...order].sort((i, j) => rank(i) - rank(j)).map(i => words[i]));
    lines.setAttribute("d", near.map(i => `M${x(at)} ${y(at)}L${x(i)} ${y(i)}`).join(""));
    const name = i => words[i].textContent, both = near.filter(i => beside.includes(i)).map(name);
    const item = ([i, cosine]) => `${name(i)}\\u00a0${cosine.toFixed(2)}`;
    const lists = pairs.map(list => list.map(item).join(", "));
    [name(at), ...lists, both.join(", ") || "none"].forEach((text, n) => {
      parts[n].textContent = text;
    });
  };
  // The word that the pointer is on, or else that of the nearest point.
  const pointed = event => {
    const word = event.target.closest("g"), box = svg.getBoundingClientRect();
    if (word) return +word.dataset.n;
    const unit = box.width / svg.viewBox.baseVal.width;
    const far = order.map(i => Math.hypot(
      unit * x(i) - event.clientX + box.left, unit * y(i) - event.clientY + box.top));
    return far.indexOf(Math.min(...far));
  };
  select.addEventListener("input", () => show(+select.value));
  svg.addEventListener("click", event => { select.value = pointed(event); show(+select.value); });
  svg.addEventListener("pointermove", event => {
    if (event.pointerType !== "touch") show(pointed(event));
  });
  svg.addEventListener("pointerleave", () => show(+select.value));
  show(+select.value);
})();
"""


class WordMap(TwoFaces):
    """Words as points of a map, one of them with lines to its nearest neighbours.

    vectors: WordVectors. words: a list; the map begins with the first, and where it is crowded
    those further back are points without a name until they are asked for. places: (len(words), 2)
    floats, for instance two principal components. topn: how many neighbours. They are what
    `vectors.most_similar` finds among the words of the map. Raises KeyError for an unknown word,
    ValueError for a word that comes twice, for places that are not one finite point a word or all
    the same, and for fewer than topn + 1 words.
    """

    def __init__(self, vectors, words, places, topn=5):
        check.whole(topn, "topn")
        check.weights(places, "places")
        check.shape(places, (len(words), 2), "places")
        if len(set(words)) < len(words):
            twice = next(word for i, word in enumerate(words) if word in words[:i])
            raise ValueError(f"words holds {twice!r} twice: a word has one place")
        if len(words) <= topn:
            raise ValueError(f"words holds {len(words)}: {topn} neighbours need {topn + 1} or more")
        low, high = places.min(axis=0), places.max(axis=0)
        if not (high > low).any():
            raise ValueError("places are all on one spot: a map needs some that differ")
        self.words = list(words)
        unit = vectors.unit[vectors.vocabulary.ids(self.words)]
        self.dimensions = unit.shape[1]
        cosines = unit @ unit.T
        distances = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
        self.near = _first(-cosines, cosines, topn)
        self.beside = _first(distances, cosines, topn)
        scale = (WIDTH - 2 * MARGIN) / max(high - low)  # the same across and up: distances count
        self.points = np.round(MARGIN + scale * (places - low), 1)
        self.height = float(np.ceil(self.points[:, 1].max() + MARGIN))
        self.points[:, 1] = self.height - self.points[:, 1]
        lit = np.eye(len(words), dtype=bool)
        for i, pairs in enumerate(self.near):
            lit[i, [j for j, _ in pairs]] = True
        self.labels = self._labels(lit)
        boxes = [label[-1] for label in self.labels]
        meets = np.array([[_overlap(box, other) for other in boxes] for box in boxes])
        self.under = [np.flatnonzero(row).tolist() for row in (lit @ meets) & ~lit]

    def _labels(self, lit):
        """For each word where it stands: (x, y, align, whether it is in the way of no other, box).

        lit: (n, n) bool, in row i the words that show when i is chosen.
        """
        together = lit.T @ lit
        things = [(j, (x - 4, y - 4, x + 4, y + 4), True) for j, (x, y) in enumerate(self.points)]
        labels = []
        for i, ((x, y), word) in enumerate(zip(self.points, self.words)):
            wide, tried = len(word) * CHARACTER, []
            for align, across, down in SIDES:
                a, b = x + across, y + down
                left = {"start": a, "middle": a - wide / 2, "end": a - wide}[align]
                box = left, b - HALF, left + wide, b + HALF
                outside = min(left, box[1], WIDTH - box[2], self.height - box[3]) < 0
                met = [(j, shows) for j, other, shows in things if j != i and _overlap(box, other)]
                crowd = any(shows for _, shows in met)
                rivals = sum(together[i, j] for j, _ in met)
                tried.append(((outside, crowd, rivals), (a, b, align), box))
            (outside, crowd, _), place, box = min(tried, key=lambda it: it[0])
            free = not (outside or crowd)
            things.append((i, box, free))
            labels.append((*place, free, box))
        return labels

    def __repr__(self):
        return f"WordMap of {len(self.words)} words"

    def picture(self, word):
        """The map as HTML, with the neighbours of `word`, and what it shows in words."""
        at = self.words.index(word)
        near, beside = ([i for i, _ in pairs] for pairs in (self.near[at], self.beside[at]))
        d = Diagram(WIDTH, self.height, f"A map of {len(self.words)} words. Lines join the chosen "
                    "word to its neighbours, which the text below names.")  # fmt: skip
        ends = [f"M{_at(self.points[at])}L{_at(self.points[i])}" for i in near]
        d.parts.append(f'<path d="{"".join(ends)}" stroke="{COLOURS["forward"]}" fill="none"/>')
        rank = {at: 2} | dict.fromkeys(near, 1)  # the last to be drawn lies on top
        for i in sorted(range(len(self.words)), key=lambda i: rank.get(i, 0)):
            (x, y), (a, b, align, free, _) = self.points[i], self.labels[i]
            look = "word" + " crowd" * (not free) + " under" * (i in self.under[at])
            look += ["", " near", " chosen"][rank.get(i, 0)]
            d.text(a, b, self.words[i], align=align)
            d.parts[-1] = (
                f'<g class="{look}" data-n="{i}"><circle cx="{x:g}" cy="{y:g}" r="4"/>'
                f"{d.parts[-1]}</g>"
            )
        both = ", ".join(self.words[i] for i in near if i in beside) or "none"
        texts = [word, self._list(self.near[at]), self._list(self.beside[at]), both]
        name, *lists = (f"<span data-part>{escape(text)}</span>" for text in texts)
        return (
            f'<div class="w2v-map"><style>{STYLE}</style>\n{d._repr_html_()}\n'
            f'<p aria-live="polite" aria-atomic="true"><strong>Cosines with {name}</strong><br>\n'
            f"<strong>Nearest in {self.dimensions} dimensions:</strong> {lists[0]}<br>\n"
            f"<strong>Nearest on the map:</strong> {lists[1]}<br>\n"
            f"<strong>In both lists:</strong> {lists[2]}</p></div>"
        )

    def _list(self, pairs):
        return ", ".join(f"{self.words[i]}\u00a0{cosine:.2f}" for i, cosine in pairs)

    def page(self):
        """The HTML for a page without a kernel."""
        data = json.dumps(list(zip(self.near, self.beside, self.under)), separators=(",", ":"))
        picture = self.picture(self.words[0])
        name = "map-" + hashlib.sha256((picture + data).encode()).hexdigest()[:10]
        script = SCRIPT.replace("ID", name)
        options = "".join(
            f'<option value="{i}"{" selected" * (i == 0)}>{escape(self.words[i])}</option>'
            for i in self._alphabet()
        )
        return (
            f'<div class="w2v-explore w2v-map-page" id="{name}">\n'
            f"<label>word <select>{options}</select></label>\n"
            f'{picture}\n<script type="application/json">{data}</script>\n'
            f"<script>{script}</script>\n</div>"
        )

    def _alphabet(self):
        return sorted(range(len(self.words)), key=lambda i: self.words[i])

    def widget(self):
        """The ipywidgets view, or None where there is no kernel or no ipywidgets."""
        try:
            import ipywidgets as widgets  # here: no need of it to import w2vlib
        except ImportError:
            return None
        words = [self.words[i] for i in self._alphabet()]
        chooser = widgets.Dropdown(options=words, value=self.words[0], description="word")
        view = widgets.HTML(self.picture(chooser.value))

        def show(change):
            view.value = self.picture(change.new)

        chooser.observe(show, "value")
        return widgets.VBox([chooser, view])


def _first(order, cosines, topn):
    """For each row the `topn` columns of smallest `order` but itself: [(column, cosine), ...]."""
    order = order.copy()
    np.fill_diagonal(order, np.inf)
    best = np.argsort(order, axis=1, kind="stable")[:, :topn]
    return [
        [(int(j), round(float(row[j]), 2) + 0.0) for j in columns]  # + 0.0: no minus zero
        for row, columns in zip(cosines, best)
    ]


def _overlap(box, other):
    """Whether two boxes (left, top, right, bottom) share a point."""
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _at(point):
    return f"{point[0]:g} {point[1]:g}"
