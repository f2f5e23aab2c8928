"""A map of words that still knows who the neighbours were before it was made flat.

    WordMap(vectors, ["king", "queen", "rain"], places)

draws words at given places. Thin lines join one of them with its nearest neighbours in all
dimensions of the vectors, rings mark those that are nearest on the map. The word is chosen from a
list; on a page without a kernel also by the pointer. Both faces, with a kernel and without, show what
the same function draws.
"""

import hashlib
import json
from html import escape

import numpy as np

from w2vlib import check
from w2vlib.page.drawing import CHARACTER, COLOURS, Diagram
from w2vlib.page.explore import TwoFaces

__all__ = ["WordMap"]

WIDTH, MARGIN = 360, 14  # of the map; how far from its rim the points stay
HALF, BASE = 7, 4  # half the height of a line of text; how far below its middle the letters stand
# Where a word may stand about its point, from the best place to the worst.
SIDES = [("start", 7, 0), ("end", -7, 0), ("middle", 0, -13), ("middle", 0, 13)]
SIDES += [("start", 4, -11), ("start", 4, 11), ("end", -4, -11), ("end", -4, 11)]
SIDES += [("start", 7, -6), ("start", 7, 6), ("end", -7, -6), ("end", -7, 6)]
SIDES += [("middle", 0, -20), ("middle", 0, 20)]

# A word of the crowd shows only while it is asked for. No point moves.
STYLE = f"""
.w2v-map svg {{ cursor: pointer; }}
.w2v-map circle {{ fill-opacity: 0.4; }}
.w2v-map .hidden text {{ display: none; }}
.w2v-map :is(.near, .beside, .chosen) text {{
  font-weight: bold; paint-order: stroke; stroke-width: 4px; stroke-linejoin: round;
  stroke: var(--pst-color-background, var(--jp-layout-color0, Canvas));
}}
.w2v-map .beside circle {{ fill-opacity: 0; r: 5.5px; stroke: currentColor; stroke-width: 1.5px; }}
.w2v-map :is(.near, .chosen) circle {{ fill-opacity: 1; }}
.w2v-map .near {{ fill: {COLOURS["forward"]}; }}
.w2v-map .chosen {{ fill: {COLOURS["parameter"]}; }}
.w2v-map .chosen circle {{ r: 6px; }}
.w2v-map p {{ min-height: 9.9em; margin: 0.5rem 0 0; text-align: left; }}
@media (max-width: 600px) {{ .w2v-map p {{ min-height: 14.9em; }} }}
"""

SCRIPT = """
(() => {
  const root = document.getElementById("ID");
  const {states, sides, crowd} = JSON.parse(root.querySelector("script").text);
  const select = root.querySelector("select"), parts = root.querySelectorAll("[data-part]");
  const svg = root.querySelector("svg"), lines = svg.querySelector("path");
  const order = states.map((_, i) => i), words = [];
  svg.querySelectorAll("g").forEach(word => { words[word.dataset.n] = word; });
  const x = i => +words[i].firstChild.getAttribute("cx");
  const y = i => +words[i].firstChild.getAttribute("cy");
  const show = at => {
    const [near, beside] = states[at].slice(0, 2).map(list => list.map(([i]) => i));
    const [,, under, placed] = states[at], lit = [at, ...new Set([...near, ...beside])];
    words.forEach((word, i) => {
      const n = lit.indexOf(i), hidden = n < 0 && (crowd.includes(i) || under.includes(i));
      const [align, across, down] = SIDES[n < 0 ? sides[i] : placed[n]];
      const look = {hidden, near: near.includes(i), beside: beside.includes(i), chosen: i === at};
      word.setAttribute("class", Object.keys(look).filter(name => look[name]).join(" "));
      const place = {x: x(i) + across, y: y(i) + down + BASE, "text-anchor": align};
      for (const name in place) word.lastChild.setAttribute(name, place[name]);
    });
    const rank = i => i === at ? 2 : +lit.includes(i);
    svg.append(...[...order].sort((i, j) => rank(i) - rank(j)).map(i => words[i]));
    lines.setAttribute("d", near.map(i => `M${x(at)} ${y(at)}L${x(i)} ${y(i)}`).join(""));
    const name = i => words[i].textContent, both = near.filter(i => beside.includes(i)).map(name);
    const item = ([i, cosine]) => `${name(i)}\u00a0${cosine.toFixed(2)}`;
    const lists = states[at].slice(0, 2).map(list => list.map(item).join(", "));
    [name(at), ...lists, both.join(", ") || "none"].forEach((text, n) => {
      parts[n].textContent = text;
    });
  };
  const choose = at => { select.value = at; show(at); };
  // A mouse that rests on a word chooses it. A word that comes to lie under a mouse at rest does not.
  let rest, last = "";
  svg.addEventListener("pointerover", event => {
    const here = `${event.clientX} ${event.clientY}`, word = event.target.closest("g");
    if (here === last) return;
    last = here;
    clearTimeout(rest);
    if (word && event.pointerType === "mouse") rest = setTimeout(choose, 150, +word.dataset.n);
  });
  svg.addEventListener("pointerleave", () => { clearTimeout(rest); last = ""; });
  // The word that was hit, then the others by distance: a click at the same spot takes the next.
  let spot = [-99, -99], from = [], turn = 0;
  svg.addEventListener("click", event => {
    const again = Math.hypot(event.clientX - spot[0], event.clientY - spot[1]) < 8;
    turn = again ? turn + 1 : 0;
    if (!again) {
      const box = svg.getBoundingClientRect(), unit = box.width / svg.viewBox.baseVal.width;
      spot = [event.clientX, event.clientY];
      const hit = event.target.closest("g");
      const far = order.map(i => words[i] === hit ? -1 : Math.hypot(
        unit * x(i) - spot[0] + box.left, unit * y(i) - spot[1] + box.top));
      from = [...order].sort((i, j) => far[i] - far[j]);
    }
    clearTimeout(rest);
    choose(from[turn % from.length]);
  });
  select.addEventListener("input", () => show(+select.value));
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
        self.points = np.round(MARGIN + scale * (places - low)).astype(int)
        self.height = int(self.points[:, 1].max() + MARGIN)
        self.points[:, 1] = self.height - self.points[:, 1]
        self.sides, self.crowd = self._labels()
        self.states = [self._state(i) for i in range(len(words))]

    def _labels(self):
        """The side of its point on which each word stands, and the words in the way of others."""
        dots = [(x - 4, y - 4, x + 4, y + 4) for x, y in self.points]
        sides, crowd, boxes = [], [], []
        for i in range(len(self.words)):
            cost, side = self._best_side(i, dots[:i] + dots[i + 1 :] + boxes)
            sides.append(side)
            if cost:
                crowd.append(i)
            else:
                boxes.append(self._box(i, side))
        return sides, crowd

    def _state(self, at):
        """What shows when word `at` is chosen: (near, beside, words hidden, sides of those lit)."""
        lit = self._lit(at)
        dots = {i: (x - 5, y - 5, x + 5, y + 5) for i, (x, y) in zip(lit, self.points[lit])}
        tried = []
        for n in range(len(lit)):  # the first has the choice, so each is first once
            chosen, boxes = {}, {}
            for i in 2 * (lit[n:] + lit[:n]):
                others = 3 * [boxes[j] for j in boxes if j != i]  # a word counts like three dots
                others += [dots[j] for j in lit if j != i]
                chosen[i] = self._best_side(i, others)
                boxes[i] = self._box(i, chosen[i][1])
            tried.append((sum(cost for cost, _ in chosen.values()), n, chosen, boxes))
        _, _, chosen, boxes = min(tried, key=lambda one: one[:2])
        halos = [(a - 3, b - 2, c + 3, d + 2) for a, b, c, d in boxes.values()]
        under = [
            i for i in range(len(self.words)) if i not in lit and i not in self.crowd
            and any(_overlap(self._box(i, self.sides[i]), halo) for halo in halos)
        ]  # fmt: skip
        return self.near[at], self.beside[at], under, [chosen[i][1] for i in lit]

    def _lit(self, at):
        """The words that are named when `at` is chosen: itself and both kinds of neighbours."""
        return [at, *dict.fromkeys(i for i, _ in self.near[at] + self.beside[at])]

    def _box(self, i, side):
        """Where word `i` is written if it stands on that side of its point."""
        align, across, down = SIDES[side]
        wide = len(self.words[i]) * CHARACTER
        left = self.points[i, 0] + across - {"start": 0, "middle": wide / 2, "end": wide}[align]
        middle = self.points[i, 1] + down
        return left, middle - HALF, left + wide, middle + HALF

    def _best_side(self, i, others):
        """(cost, side) where word `i` lies on the fewest of the other boxes, and on the map."""
        best = []
        for side in range(len(SIDES)):
            box = self._box(i, side)
            outside = min(box[0], box[1], WIDTH - box[2], self.height - box[3]) < 0
            best.append((sum(_overlap(box, other) for other in others) + 100 * outside, side))
        return min(best)

    def __repr__(self):
        return f"WordMap of {len(self.words)} words"

    def picture(self, word):
        """The map as HTML, with the neighbours of `word`, and what it shows in words."""
        at = self.words.index(word)
        near, beside, under, placed = self.states[at]
        near, beside = ([i for i, _ in pairs] for pairs in (near, beside))
        placed = dict(zip(self._lit(at), placed))
        alt = f"A map of {len(self.words)} words. Lines join the chosen word to its neighbours, "
        alt += "rings mark the words nearest on the map. The text below names both."
        d = Diagram(WIDTH, self.height, alt)
        ends = [f"M{_at(self.points[at])}L{_at(self.points[i])}" for i in near]
        d.parts.append(f'<path d="{"".join(ends)}" stroke="{COLOURS["forward"]}" fill="none"/>')
        # The last to be drawn lies on top.
        for i in sorted(range(len(self.words)), key=lambda i: 2 if i == at else i in placed):
            x, y = self.points[i]
            align, across, down = SIDES[placed.get(i, self.sides[i])]
            look = {"hidden": i not in placed and (i in self.crowd or i in under),
                    "near": i in near, "beside": i in beside, "chosen": i == at}  # fmt: skip
            d.parts.append(
                f'<g class="{" ".join(name for name in look if look[name])}" data-n="{i}">'
                f'<circle cx="{x}" cy="{y}" r="4"/><text x="{x + across}" y="{y + down + BASE}" '
                f'text-anchor="{align}">{escape(self.words[i])}</text></g>'
            )
        both = ", ".join(self.words[i] for i in near if i in beside) or "none"
        texts = [word, self._list(self.near[at]), self._list(self.beside[at]), both]
        name, *lists = (f"<span data-part>{escape(text)}</span>" for text in texts)
        return (
            f'<div class="w2v-map"><style>{STYLE}</style>\n{d._repr_html_()}\n'
            f'<p aria-live="polite" aria-atomic="true"><strong>Cosines with {name}</strong><br>\n'
            f"<strong>Nearest in {self.dimensions} dimensions (lines):</strong> {lists[0]}<br>\n"
            f"<strong>Nearest on the map (rings):</strong> {lists[1]}<br>\n"
            f"<strong>In both lists:</strong> {lists[2]}</p></div>"
        )

    def _list(self, pairs):
        return ", ".join(f"{self.words[i]}\u00a0{cosine:.2f}" for i, cosine in pairs)

    def page(self):
        """The HTML for a page without a kernel."""
        data = {"states": self.states, "sides": self.sides, "crowd": self.crowd}
        data = json.dumps(data, separators=(",", ":"))
        picture = self.picture(self.words[0])
        name = "map-" + hashlib.sha256((picture + data).encode()).hexdigest()[:10]
        script = SCRIPT.replace("SIDES", json.dumps(SIDES)).replace("BASE", str(BASE))
        script = script.replace("ID", name)
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
    return f"{point[0]} {point[1]}"
