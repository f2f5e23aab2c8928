"""Sheets of exercises as pages of the book: made from the chapters while it is built.

They stand in no folder of the source: they are written beside what Sphinx keeps of a build, and
shown to it as documents `sheets/02_embedding`. The contents do not list them, but {sheets} does, on
a page of its own, and so does each chapter below the heading of its exercises.
"""

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from w2vlib.classroom import chapter, marks, sheet
from w2vlib.exercises import find

LIST = "book/sheets"
HEADING = re.compile(r"(<h2>(?:(?!</h2>).)*Exercises<(?:(?!</h2>).)*</h2>)")


def add(app, env, *changes):
    """Make the sheets, and show them to Sphinx, which has looked for documents before -> names."""
    folder, names = Path(app.doctreedir) / "sheets", []
    folder.mkdir(parents=True, exist_ok=True)
    for stem in chapter.stems():
        if f"book/{stem}" in env.found_docs:
            notebook = json.loads(sheet.sheet(stem))
            notebook["metadata"]["mystnb"] = {"execution_mode": "off"}
            path, name = folder / f"{stem}.ipynb", f"sheets/{stem}"
            path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")
            env.project.docnames.add(name)
            env.project._docname_to_path[name] = str(path)
            env.project._path_to_docname[str(path)] = name
            names.append(name)
    return [*names, LIST]


def mark(app, doctree):
    """A sheet stands in no list of contents, and the search need not find everything twice."""
    if app.env.docname.startswith("sheets/"):
        app.env.metadata[app.env.docname].update({"orphan": True, "nosearch": True})


def link(app, pagename, templatename, context, doctree):
    """From a chapter's exercises to its sheet; from a sheet into the book that it stands in."""
    folder, _, stem = pagename.partition("/")
    if "body" not in context:
        return
    if folder == "sheets":
        context["sourcename"] = f"{pagename}.ipynb"
        context["body"] = context["body"].replace(f'"{sheet.site()}', '"../book/')
    elif f"sheets/{stem}" in app.env.found_docs:
        said = f'Also as <a href="../sheets/{stem}.html">a sheet to hand in</a>.'
        said = f'<p class="w2v-sheet">{said}</p>'
        context["body"] = HEADING.sub(rf"\1\n{said}", context["body"])


class Sheets(SphinxDirective):
    """The list of all sheets."""

    def run(self):
        lines = [self.line(stem) for stem in chapter.stems()]
        return [nodes.raw("", f"<ol>\n{''.join(lines)}</ol>", format="html")]

    def line(self, stem):
        tasks = chapter.exercises(stem)
        link = f'<a href="../sheets/{stem}.html">{escape(chapter.title(stem))}</a>'
        minutes = sum(task.minutes for task in tasks)
        points = sum(marks.worth(find(name)) for task in tasks for name in task.checks)
        counts = {"exercises": len(tasks), "minutes": minutes, "points": points}
        said = ", ".join(f"{number}\N{NO-BREAK SPACE}{what}" for what, number in counts.items())
        return f"<li><p>{link} <em>{said}</em></p></li>\n"


def setup(app):
    """Register with Sphinx."""
    app.add_directive("sheets", Sheets)
    app.connect("env-get-outdated", add)
    app.connect("doctree-read", mark)
    app.connect("html-page-context", link, priority=400)  # before who shows where the source is
    return {"parallel_read_safe": True, "parallel_write_safe": True}
