"""A map of words that still knows who the neighbours were before it was made flat.

    WordMap(vectors, ["king", "queen", "rain"], places)

draws words at given places. Thin lines join one of them with its nearest neighbours in all
dimensions of the vectors, rings mark those that are nearest on the map. The word is chosen from a
list or by the pointer.
"""

from html import escape

import numpy as np

from w2vlib import check
from w2vlib.page.drawing import CHARACTER, COLOURS, Diagram
from w2vlib.page.faces import TwoFaces, embed

__all__ = ["WordMap"]

WIDTH, MARGIN = 360, 14  # of the map; how far from its rim the points stay
HALF, BASE = 7, 4  # half the height of a line of text; how far below its middle the letters stand
# Where a word may stand about its point, from the best place to the worst.
SIDES = [("start", 7, 0), ("end", -7, 0), ("middle", 0, -13), ("middle", 0, 13)]
SIDES += [("start", 4, -11), ("start", 4, 11), ("end", -4, -11), ("end", -4, 11)]
SIDES += [("start", 7, -6), ("start", 7, 6), ("end", -7, -6), ("end", -7, 6)]
SIDES += [("middle", 0, -20), ("middle", 0, 20)]


class WordMap(TwoFaces):
    """Words as points of a map, one of them with lines to its nearest neighbours.

    Neighbours are what `vectors.most_similar` finds among the words of the map.

    vectors: `WordVectors`.
    words: a list of N; the map begins with the first, and where it is crowded those further back
        are points without a name until they are asked for.
    places: (N, 2) float, for instance two principal components.
    topn: how many neighbours.
    Raises KeyError for an unknown word; ValueError for a word that comes twice, for places that are
        not one finite point a word or all the same, and for fewer than topn + 1 words.
    Source: of this course.

    >>> from w2vlib import WordVectors
    >>> words = ["rain", "snow", "king"]
    >>> places = np.array([[1, 0], [1, 0.1], [0, 1]])
    >>> vectors = WordVectors(places, words)
    >>> WordMap(vectors, words, places, topn=1).near[0]  # of rain: snow
    [(1, 1.0)]
    """

    kind = "word_map"

    def __init__(self, vectors, words, places, topn=5):
        check.having(vectors, ["unit", "vocabulary"], "vectors")
        check.listed(words, "words")
        vectors.vocabulary.ids(words)
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
                boxes.append(self.box(i, side))
        return sides, crowd

    def _state(self, at):
        """What shows when word `at` is chosen: (near, beside, words hidden, sides of those lit)."""
        lit = self.lit(at)
        dots = {i: (x - 5, y - 5, x + 5, y + 5) for i, (x, y) in zip(lit, self.points[lit])}
        tried = []
        for n in range(len(lit)):  # the first has the choice, so each is first once
            chosen, boxes = {}, {}
            for i in 2 * (lit[n:] + lit[:n]):
                others = 3 * [boxes[j] for j in boxes if j != i]  # a word counts like three dots
                others += [dots[j] for j in lit if j != i]
                chosen[i] = self._best_side(i, others)
                boxes[i] = self.box(i, chosen[i][1])
            tried.append((sum(cost for cost, _ in chosen.values()), n, chosen, boxes))
        _, _, chosen, boxes = min(tried, key=lambda one: one[:2])
        halos = [(a - 3, b - 2, c + 3, d + 2) for a, b, c, d in boxes.values()]
        under = [
            i for i in range(len(self.words)) if i not in lit and i not in self.crowd
            and any(overlap(self.box(i, self.sides[i]), halo) for halo in halos)
        ]  # fmt: skip
        return self.near[at], self.beside[at], under, [chosen[i][1] for i in lit]

    def lit(self, at):
        """The words that are named when `at` is chosen: itself and both kinds of neighbours."""
        return [at, *dict.fromkeys(i for i, _ in self.near[at] + self.beside[at])]

    def box(self, i, side):
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
            box = self.box(i, side)
            outside = min(box[0], box[1], WIDTH - box[2], self.height - box[3]) < 0
            best.append((sum(overlap(box, other) for other in others) + 100 * outside, side))
        return min(best)

    def __repr__(self):
        return f"WordMap of {len(self.words)} words"

    def picture(self, word):
        """The map as HTML, with the neighbours of `word`, and what it shows in words."""
        at = self.words.index(word)
        near, beside, under, placed = self.states[at]
        near, beside = ([i for i, _ in pairs] for pairs in (near, beside))
        placed = dict(zip(self.lit(at), placed))
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
            f'<div class="w2v-map">\n{d._repr_html_()}\n'
            f'<p aria-live="polite" aria-atomic="true"><strong>Cosines with {name}</strong><br>\n'
            f"<strong>Nearest in {self.dimensions} dimensions (lines):</strong> {lists[0]}<br>\n"
            f"<strong>Nearest on the map (rings):</strong> {lists[1]}<br>\n"
            f"<strong>In both lists:</strong> {lists[2]}</p></div>"
        )

    def _list(self, pairs):
        return ", ".join(f"{self.words[i]}\u00a0{cosine:.2f}" for i, cosine in pairs)

    def page(self):
        """The HTML: the list of words, the map with the first one chosen, and all else to show."""
        data = {"states": self.states, "sides": self.sides, "crowd": self.crowd}
        data |= {"places": SIDES, "base": BASE}
        options = "".join(
            f'<option value="{i}"{" selected" * (i == 0)}>{escape(self.words[i])}</option>'
            for i in sorted(range(len(self.words)), key=lambda i: self.words[i])
        )
        return (
            f'<div class="w2v-explore" data-mount="{self.kind}">\n'
            f"<label>word <select>{options}</select></label>\n"
            f"{self.picture(self.words[0])}\n{embed(data)}\n</div>"
        )


def _first(order, cosines, topn):
    """For each row the `topn` columns of smallest `order` but itself: [(column, cosine), ...]."""
    order = order.copy()
    np.fill_diagonal(order, np.inf)
    best = np.argsort(order, axis=1, kind="stable")[:, :topn]
    return [
        [(int(j), round(float(row[j]), 2) + 0.0) for j in columns]  # + 0.0: no minus zero
        for row, columns in zip(cosines, best)
    ]


def overlap(box, other):
    """Whether two boxes (left, top, right, bottom) share a point."""
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _at(point):
    return f"{point[0]} {point[1]}"
