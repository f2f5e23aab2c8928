"""A network so small that one sees all of its numbers, which trains as one watches.

    Playground("you say goodbye and i say hello .")

is CBOW with negative sampling and two numbers a word, so that each row of its matrices is a point
of a map. Its script trains it where it stands, with the steps of chapters 1 to 7; the start and the
negatives come from here.
"""

import numpy as np

from w2vlib import check
from w2vlib.bottlenecks import create_contexts_target
from w2vlib.page.faces import TwoFaces, embed
from w2vlib.page.playground_picture import CURVE, REACH, WIDER, glance, maps, numbers
from w2vlib.sampler import UnigramSampler
from w2vlib.vocabulary import Vocabulary

__all__ = ["Playground"]

H, W, K = 2, 1, 2  # numbers in a vector, words on each side, negatives
RATES = [0.03, 0.1, 0.3, 1.0]  # with more than 1 the numbers grow without end
PASSES = 100  # over the text, with negatives of their own; then the same are drawn again


class Playground(TwoFaces):
    """A network that trains step by step on a text of a few words.

    `start` (2, V, 2) float64 holds W_in and W_out at the start, `contexts` (N, 2) and `target` (N,)
    what is asked, as ids, `draws` (100 N, 2) the negatives of the first 100 passes over the text.

    text: words between blanks, at least 4 different ones and at most 12.
    rate: the learning rate to begin with, one of 0.03, 0.1, 0.3 and 1.
    seed: for the start and the negatives.
    Raises ValueError for fewer or more words, and for another rate.
    Source: DLFS2 3.3 and 4.2.5, with two numbers a word.

    >>> playground = Playground("you say goodbye and i say hello .")
    >>> playground.start.shape, playground.draws.shape
    ((2, 7, 2), (600, 2))
    """

    kind = "playground"

    def __init__(self, text, *, rate=0.1, seed=0):
        check.whole(seed, "seed", at_least=0)
        check.choice(rate, RATES, "rate")
        check.kind(text, str, "text")
        words = text.split()
        vocabulary = Vocabulary(list(dict.fromkeys(words)))
        if not 4 <= len(vocabulary) <= 12:
            raise ValueError(
                f"text is {check.short(text)}, {len(vocabulary)} different words: it should have 4 "
                "to 12, which can be seen at once"
            )
        self.text, self.rate = text, rate
        self.ids = vocabulary.ids(words)
        self.contexts, self.target = create_contexts_target(self.ids, W)
        shape = 2, len(vocabulary), H
        self.start = np.round(np.random.default_rng(seed).uniform(-1, 1, shape), 2)
        sampler = UnigramSampler(self.ids, 0.75, K, rng=seed)
        self.draws = sampler.get_negative_sample(np.tile(self.target, PASSES))
        self.names = ["full stop" if word == "." else word for word in vocabulary]

    def __repr__(self):
        return f"Playground({self.text!r})"

    def page(self):
        """The HTML: buttons, the rate, the picture of the start, and the data of the network."""
        data = self._data(self.draws, RATES, curve=CURVE)
        buttons = _buttons("Step", "Play", "Reset")
        return (
            f'<div class="w2v-playground" data-mount="{self.kind}">\n{buttons}'
            f'<label>learning rate <input type="range" min="0" max="{len(RATES) - 1}" '
            f'value="{RATES.index(self.rate)}" aria-valuetext="{self.rate:g}"> '
            f"<output>{self.rate:g}</output></label>\n"
            f'<p data-part="said" aria-live="polite"></p>\n<div class="w2v-view">\n'
            f"<div>{maps(self.names, self.start)._repr_html_()}</div>\n"
            f"<div>{numbers(self.names, self.start)._repr_html_()}</div>\n</div>\n"
            f"{embed(data)}\n</div>"
        )

    def glance(self, passes):
        """The HTML for a first look: what the network guesses while it trains, and nothing to set.

        It starts by itself, slowly, and stops after `passes` over the text.
        """
        check.whole(passes, "passes", at_most=PASSES)
        draws = self.draws[: passes * len(self.target)]
        data = self._data(draws, [self.rate], **WIDER, pace=2, starts=True)
        picture = glance(self.names, self.start, self.contexts)
        return (
            f'<div class="w2v-playground" data-mount="{self.kind}">\n{picture._repr_html_()}\n'
            f'<p data-part="told"></p>\n{_buttons("Play", "Again")}{embed(data)}\n</div>'
        )

    def _data(self, draws, rates, **more):
        """What the script needs."""
        return {
            "words": self.names,
            "start": self.start.tolist(),
            "around": self.contexts.tolist(),
            "target": self.target.tolist(),
            "draws": draws.tolist(),
            "rates": rates,
            "reach": REACH,
        } | more


def _buttons(*names):
    return "".join(f'<button type="button">{name}</button>\n' for name in names)
