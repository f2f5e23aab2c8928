"""Slides: a deck a chapter for a projector, made of the chapter's own cells.

    python tools/slides _build/slides

Sphinx builds them with the parser of the book and reveal.js, which sphinx-revealjs brings. They
open from their folder and ask no site for anything. What becomes a slide is decided in deck.py.
"""

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from deck import deck
from docutils import nodes
from guard import drop_unused, guard
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from w2vlib.classroom import chapter
from w2vlib.page import faces

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BOOK = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
MATHJAX = "tex-svg.js"  # in one file, with no fonts, which a page in a folder may not load

KEYS = "**→** next, **S** the speaker's window, **F** full screen, **O** overview, **?** all keys"

CONFIG = {
    "project": BOOK["title"],
    "extensions": ["myst_nb", "sphinx.ext.mathjax", "sphinx_revealjs"],
    "nb_execution_mode": "off",
    "nb_merge_streams": True,
    "nb_mime_priority_overrides": [
        ("revealjs", kind, place)
        for place, kind in enumerate(["text/html", "image/svg+xml", "text/plain"])
    ],
    "myst_enable_extensions": BOOK["parse"]["myst_enable_extensions"],
    "mathjax_path": MATHJAX,
    "mathjax3_config": {"options": {"enableMenu": False}},  # as in the book; it would keep settings
    "pygments_style": "a11y-high-contrast-light",  # the book's
    "html_copy_source": False,
    "html_use_index": False,
    "html_permalinks": False,
    "revealjs_style_theme": "white",
    "revealjs_css_files": ["pygments.css", "page.css", "slides.css"],
    "revealjs_js_files": [("page.js", {"defer": "defer"}), ("slides.js", {"defer": "defer"})],
    "revealjs_script_plugins": [
        {"src": "revealjs/plugin/notes/notes.js", "name": "RevealNotes"},
    ],
    "revealjs_script_conf": {
        "width": 1280,
        "height": 720,
        "margin": 0,
        "center": False,
        "display": "flex",
        "hash": True,
        "navigationMode": "linear",
        "slideNumber": "c/t",
        "transition": "none",
        "pdfSeparateFragments": False,
    },
}


def build(out):
    """Build all decks into a folder -> their chapters' stems."""
    stems = chapter.stems()
    with TemporaryDirectory() as folder, docutils_namespace():
        source, static = Path(folder) / "decks", Path(folder) / "static"
        source.mkdir()
        static.mkdir()
        for stem in stems:
            (source / f"{stem}.ipynb").write_text(json.dumps(deck(stem)), encoding="utf-8")
        (source / "index.md").write_text(_index(stems), encoding="utf-8")
        (static / "page.js").write_text(faces.bundle(), encoding="utf-8")
        (static / "page.css").write_text(faces.styles(), encoding="utf-8")
        package = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent
        for file in (package / "static" / "mathjax" / MATHJAX, *HERE.glob("slides.*")):
            shutil.copy(file, static)
        app = Sphinx(
            source,
            None,
            out,
            Path(folder) / "doctrees",
            "revealjs",
            CONFIG | {"revealjs_static_path": [str(static)]},
            status=None,
            warning=sys.stderr,
            warningiserror=True,
        )
        app.connect("doctree-resolved", mark)
        app.build()
    drop_unused(out)
    guard(out)
    return stems


def _index(stems):
    """The page that leads to the decks."""
    lines = [f"{int(stem[:2])}. [{chapter.title(stem)}]({stem}.ipynb)" for stem in stems]
    contents = ["```{toctree}", ":hidden:", "", *stems, "```"]
    return "\n".join([f"# {BOOK['title']}", "", *lines, "", KEYS, "", *contents, ""])


def mark(app, doctree, name):
    """Code in the book's colours; what it prints, where it is to be guessed, at the next key."""
    for block in doctree.findall(nodes.literal_block):
        if "cell_input" in block.parent["classes"]:
            del block["language"]  # with one, reveal.js would colour it, in the browser
            block.rawsource = block.astext()
        else:
            block["language"] = "plaintext"
    for cell in doctree.findall(nodes.container):
        if "tag_then" in cell["classes"]:
            for output in cell.findall(nodes.container):
                if "cell_output" in output["classes"]:
                    output["classes"].append("fragment")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    made = build(Path(sys.argv[1]).resolve())
    print(f"{len(made)} decks: {sys.argv[1]}/index.html")
