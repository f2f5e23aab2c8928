"""Asides: a section whose title begins with "Aside: " is folded, and its title is what opens it.

The heading stays a heading, with its anchor; `_static/book.js` opens what a link leads into.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

TITLE = "Aside: "


class Fold(SphinxPostTransform):
    """Put the section's content into <details>, its title into <summary>."""

    default_priority = 400
    formats = ("html",)

    def run(self, **kwargs):
        for section in self.document.findall(nodes.section):
            title, *content = section.children
            if title.astext().startswith(TITLE):
                section.children = [
                    html('<details class="w2v-aside"><summary>'),
                    title,
                    html("</summary>"),
                    *content,
                    html("</details>"),
                ]


def html(text):
    """Markup that goes into the page as it is."""
    return nodes.raw("", text, format="html")


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(Fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
