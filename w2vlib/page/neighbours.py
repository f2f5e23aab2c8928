"""A box to type words into, which answers with the words that their vectors are nearest to.

    Neighbours(vectors, "vectors_1.bytes")

With a kernel it asks the vectors. On a page its script fetches the file, from beside the page's own
scripts, once the box is first used: a line of words, then a row of H signed bytes for each.
"""

from html import escape

from w2vlib import check
from w2vlib.page.faces import TwoFaces

__all__ = ["Neighbours"]

HOW = "type one word, or a sum with blanks around + and -: king - man + woman."


class Neighbours(TwoFaces):
    """The nearest neighbours of a word that the reader types, or of a sum: king - man + woman.

    vectors: `WordVectors`, whose rows the file holds up to a factor.
    file: its name among the page's scripts.
    first: what stands in the box to begin with.
    topn: how many neighbours.
    Raises KeyError for an unknown word in `first`; ValueError for a sum that is none.
    Source: of this course.

    >>> import numpy as np
    >>> from w2vlib import WordVectors
    >>> places = np.array([[1, 0], [1, 0.1], [0.5, 1]])
    >>> vectors = WordVectors(places, ["rain", "snow", "king"])
    >>> box = Neighbours(vectors, "few.bytes", first="rain", topn=1)
    >>> [word for word, cosine in box.answer("king - rain")]
    ['snow']
    """

    kind = "neighbours"

    def __init__(self, vectors, file, first="king", topn=8):
        check.having(vectors, ["most_similar"], "vectors")
        check.kind(file, str, "file")
        check.whole(topn, "topn")
        self.vectors, self.file, self.first, self.topn = vectors, file, first, topn
        read(first, "first")
        self.answer(first)

    def __repr__(self):
        return f"Neighbours of {self.first}"

    def answer(self, text):
        """The neighbours of a word or a sum, without the words of the question: [(word, cosine)].

        UnknownWord, a KeyError, for a word that is not there; ValueError for what is no sum.
        """
        signs, words = read(text)
        positive, negative = (
            [word for sign, word in zip(signs, words) if sign == wanted] for wanted in (1, -1)
        )
        return self.vectors.most_similar(topn=self.topn, positive=positive, negative=negative)

    def page(self):
        """The HTML: the box, and the neighbours of what stands in it to begin with."""
        items = "\n".join(
            f'<li><button type="button">{escape(word)}</button> {cosine:.2f}</li>'
            for word, cosine in self.answer(self.first)
        )
        return (
            f'<div class="w2v-explore w2v-neighbours" data-mount="{self.kind}" '
            f'data-file="{escape(self.file)}" data-topn="{self.topn}">\n<form>'
            f'<label>your word <input type="text" value="{escape(self.first)}" autocomplete="off" '
            'autocapitalize="off" spellcheck="false"></label> '
            '<button type="submit">Show neighbours</button></form>\n'
            f'<p role="status">{heading(self.first)}</p>\n'
            f"<ol>\n{items}\n</ol>\n</div>"
        )

    def widget(self):
        """A box that asks the vectors, as ipywidgets; None where ipywidgets is not installed."""
        try:
            import ipywidgets  # here: no need of it to import w2vlib
        except ImportError:
            return None
        field = ipywidgets.Text(self.first, description="your word")
        said = ipywidgets.HTML(self.told(self.first))

        def ask(change):
            said.value = self.told(change["new"])

        field.observe(ask, "value")
        return ipywidgets.VBox([field, said])

    def told(self, text):
        """The answer as HTML, or what is wrong with the question."""
        try:
            read(text)
        except ValueError:
            return f"<p>{HOW.capitalize()}</p>"
        try:
            found = self.answer(text)
        except (KeyError, ValueError) as error:
            return f"<p>{escape(str(error))}</p>"
        items = "".join(f"<li>{escape(word)} {cosine:.2f}</li>" for word, cosine in found)
        return f"<p>{heading(text)}</p><ol>{items}</ol>"


def heading(text):
    """What stands over the neighbours of a word or a sum, as HTML."""
    without = ", the words of the sum left out" if len(read(text)[1]) > 1 else ""
    return f"Nearest to {escape(text)}{without}, with their cosines:"


def read(text, name="text"):
    """A sum of words, with blanks around + and -, in lower case: ([1, -1, ...], [word, ...])."""
    check.kind(text, str, name)
    tokens = text.lower().split()
    if tokens and tokens[0] not in {"+", "-"}:
        tokens = ["+", *tokens]
    signs, words = tokens[::2], tokens[1::2]
    if not tokens or len(words) < len(signs) or set(signs) - {"+", "-"} or {"+", "-"} & set(words):
        raise ValueError(f"{name} is {check.short(text)}: {HOW}")
    return [1 if sign == "+" else -1 for sign in signs], words
