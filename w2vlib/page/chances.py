"""How likely each word is to be drawn: counts to type in, a target to choose, a power to move.

    Chances({"time": 40, "water": 30, "green": 15}, power=0.75)

shows the words with a field for each count, and beside it the chance of the word among all and,
once a target is chosen, among the others.
"""

from html import escape

import numpy as np

from w2vlib import check
from w2vlib.page.faces import TwoFaces

__all__ = ["Chances"]

STEPS = 20  # of the slider, from power 0 to power 1


class Chances(TwoFaces):
    """Words with counts to change, and the chance of each to be drawn as a negative.

    counts: {word: count}, three words or more.
    power: to begin with, a multiple of 0.05 from 0 to 1.
    target: the word left out to begin with, None for no word.
    Raises ValueError for fewer than three words, for a power that the slider does not have, for a
        target that is no word, and where no word is left to draw; TypeError for counts that are no
        whole numbers.
    Source: of this course.

    >>> Chances({"you": 16, "say": 1, "hello": 81}, power=0.75)
    Chances of 3 words
    """

    kind = "chances"

    def __init__(self, counts, power=0.75, target=None):
        check.kind(counts, dict, "counts")
        if len(counts) < 3:
            raise ValueError(f"counts has {len(counts)} word(s): a choice needs three or more")
        for word, count in counts.items():
            check.kind(word, str, "a word of counts")
            check.whole(count, f"counts[{check.short(word)}]", at_least=0)
        check.number(power, "power", at_least=0)
        self.step = round(STEPS * min(power, 2))
        if self.step > STEPS or not np.isclose(self.step / STEPS, power):
            raise ValueError(f"power is {power}: it should be one of 0, 0.05, 0.1, ... to 1")
        self.counts, self.target = dict(counts), target
        self.chances(target)

    def __repr__(self):
        return f"Chances of {len(self.counts)} words"

    def chances(self, target=None):
        """(V,) the chance of each word to be drawn, with that of the target 0."""
        if target is not None and not (isinstance(target, str) and target in self.counts):
            raise ValueError(
                f"target is {check.short(target)}: it should be a word of counts, or None"
            )
        if not any(count for word, count in self.counts.items() if word != target):
            raise ValueError("counts leaves no word to draw: one beside the target must occur")
        counts = np.array(list(self.counts.values()), dtype=float)
        weight = np.zeros(len(counts))
        weight[counts > 0] = counts[counts > 0] ** (self.step / STEPS)
        weight[[word == target for word in self.counts]] = 0
        return weight / weight.sum()

    def page(self):
        """The HTML: the slider, the list of targets, and a row for each word."""
        power = f"{self.step / STEPS:g}"
        options = "".join(
            f"<option{' selected' * (word == self.target)}>{escape(word)}</option>"
            for word in self.counts
        )
        both = self.chances(), self.chances(self.target)
        whole = max(0.5, *both[0], *both[1])  # what fills the width
        rows = "\n".join(
            self._row(*pair, *chances, whole) for pair, *chances in zip(self.counts.items(), *both)
        )
        return (
            f'<div class="w2v-explore w2v-chances" data-mount="{self.kind}">\n'
            f'<label>power <input type="range" min="0" max="{STEPS}" value="{self.step}" '
            f'aria-valuetext="{power}"> <output>{power}</output></label>\n'
            f'<label>target <select><option value="">none</option>{options}</select></label>\n'
            '<table><thead><tr><th scope="col">word</th><th scope="col">count</th>'
            '<th colspan="2" scope="col">chance</th><th scope="col">without target</th></tr>'
            f'</thead>\n<tbody>\n{rows}\n</tbody></table>\n<p role="status"></p>\n</div>'
        )

    def _row(self, word, count, every, other, whole):
        # the chance with all words as an outline, that without the target filled
        return (
            f'<tr><th scope="row">{escape(word)}</th><td><input type="number" min="0" step="1" '
            f'value="{count}" aria-label="count of {escape(word)}"></td><td>'
            '<svg viewBox="0 0 100 16" preserveAspectRatio="none" role="img" '
            f'aria-label="the chance of {escape(word)} as a bar">'
            f'<rect width="{100 * other / whole:.1f}" height="16"/>'
            f'<rect width="{100 * every / whole:.1f}" height="16"/></svg></td>'
            f"<td>{every:.3f}</td><td>{other:.3f}</td></tr>"
        )
