"""What the front page makes of the chapters when the book is built: nothing is copied by hand.

{network}             the network of chapter 7's playground, which trains by itself
{ladder}              each stage of chapter 11's ledger, a link to the chapter that builds it
{neighbours}          chapter 8's box for a word, with the vectors that are stored for it
{start}               where to begin: chapter 1, and its cells
{downloads}           where `make site` puts links to PDF, EPUB and slides; how to make these
{minutes}`02_embedding`   how long a chapter says that it takes
{hours}`about _ hours`    and all of them
"""

import json
import math
import re
import runpy
from html import escape
from pathlib import Path

import numpy as np
from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole
from w2vlib import WordVectors
from w2vlib.ledger import PEER
from w2vlib.page import Neighbours, Playground

BOOK = Path(__file__).parents[1]
PAGE = "book/index"
# The stages of the ledger: the chapter that builds each, and what it does in plain words.
RUNGS = {
    "one-hot and softmax": ("01_bottlenecks", "the first version"),
    "+ Embedding": ("02_embedding", "look up rows"),
    "+ sigmoid of one score": ("03_binary", "ask yes or no"),
    "+ EmbeddingDot": ("04_embedding_dot", "score one word"),
    "+ negatives drawn": ("05_sampler", "draw wrong answers"),
    "+ negative sampling": ("06_negative_sampling", "learn from them"),
    "+ row-sparse gradients": ("09_sparse_gradients", "touch only some rows"),
    "+ alias draws": ("10_fused", "draw at once"),
    "fused in NumPy": ("10_fused", "multiply in blocks"),
    "compiled": ("11_compiled", "compile the loop"),
    "CUDA": ("13_gpu", "a graphics card *"),
    PEER: ("11_compiled", PEER),
}
# With this start all guesses are right after half of the passes, and stay so.
TEXT, SEED, RATE, PASSES = "you say goodbye and i say hello .", 691, 0.1, 30
VECTORS = "vectors_1.bytes"
MINUTES = re.compile(r"About (\d+) minutes")


class Front(SphinxDirective):
    """HTML of its own."""

    def run(self):
        return [nodes.raw("", self.html(self.env.app), format="html")]


class Network(Front):
    def html(self, app):
        return Playground(TEXT, rate=RATE, seed=SEED).glance(PASSES)


class Ladder(Front):
    def html(self, app):
        tool = runpy.run_path(str(BOOK.parent / "tools" / "ladder.py"))
        rows = tool["ladder"]()
        low, high = (math.log(f(speed for _, speed, _ in rows)) for f in (min, max))
        rungs = []
        for stage, speed, _ in rows:
            (chapter, name), share = RUNGS[stage], (math.log(speed) - low) / (high - low)
            peer = ' class="w2v-peer"' if stage == PEER else ""
            rungs.append(
                f'<li{peer}><a href="{chapter}.html" title="{escape(stage)}">'
                f"<span>{int(chapter[:2])}</span> "
                f'<span>{escape(name)}</span> <svg aria-hidden="true">'
                f'<rect width="{5 + 95 * share:.0f}%" height="100%"/></svg> '
                f"<span>{speed:,.0f}</span></a></li>"
            )
        ours = [row for row in rows if row[0] not in (tool["CARD"], PEER)]
        (_, first, _), (_, last, factor) = ours[0], ours[-1]
        gensim = last / next(speed for stage, speed, _ in rows if stage == PEER)
        sum_up = (
            f"From {first:,.0f} words a second to {last:,.0f}: {factor} times as many, "
            f"and {gensim:.1f} times as many as gensim."
        )
        rungs = "\n".join(rungs)
        ladder = f'<ol class="w2v-ladder">\n{rungs}\n</ol>\n<p>{escape(tool["note"]())}</p>'
        return f"<p><strong>{sum_up}</strong></p>\n{ladder}"


class Box(Front):
    def html(self, app):
        words, numbers = (BOOK / "results" / VECTORS).read_bytes().split(b"\n", 1)
        rows = np.frombuffer(numbers, np.int8).reshape(-1, 100).astype(np.float32)
        vectors = WordVectors(rows, words.decode().split())
        return Neighbours(vectors, VECTORS, first="king - man + woman", topn=6).page()


class Start(Front):
    def html(self, app):
        chapter, options = "01_bottlenecks", app.config.html_theme_options
        here = f'<a href="{chapter}.html#run">Run it here</a>'
        if not (app.runner_files and chapter in app.config.run_in_page):
            project = options["repository_url"].removeprefix("https://github.com/")
            binder = f"{options['launch_buttons']['binderhub_url']}/v2/gh/{project}"
            binder += f"/{options['repository_branch']}?urlpath=lab/tree/book/{chapter}.ipynb"
            here = f'<a href="{escape(binder)}">Open it in Binder</a>'
        return f'<p class="w2v-start"><a href="{chapter}.html">Start with chapter 1</a> {here}</p>'


class Downloads(Front):
    def html(self, app):  # tools/site.py looks for this line
        made = "<code>make pdf</code>, <code>make epub</code> and <code>make slides</code>"
        return f'<p class="w2v-downloads">The book as one PDF, as an EPUB, and slides: {made}.</p>'


class Minutes(SphinxRole):
    """What the chapter itself says."""

    def run(self):
        said = minutes(BOOK / f"{self.text}.ipynb")
        return [nodes.emphasis("", f"{said} minutes")] if said else [], []


class Hours(SphinxRole):
    """All chapters together, in the words before and after the number: {hours}`about _ hours`."""

    def run(self):
        hours = sum(map(minutes, BOOK.glob("[0-9]*.ipynb"))) / 60
        return [nodes.Text(self.text.replace("_", f"{hours:.0f}"))], []


def minutes(path):
    """How many minutes a chapter says that it takes, 0 if it does not say."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    said = MINUTES.search("".join("".join(cell["source"]) for cell in cells))
    return int(said[1]) if said else 0


def setup(app):
    """Register with Sphinx."""
    app.add_directive("network", Network)
    app.add_directive("ladder", Ladder)
    app.add_directive("neighbours", Box)
    app.add_directive("start", Start)
    app.add_directive("downloads", Downloads)
    app.add_role("minutes", Minutes())
    app.add_role("hours", Hours())
    # It depends on chapters, and on whether Pyodide's files are there: it is read each time.
    app.connect("env-get-outdated", lambda *_: [PAGE])
    return {"parallel_read_safe": True, "parallel_write_safe": True}
