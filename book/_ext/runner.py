"""Chapters that run on their own page: Pyodide's files, the library, and a button to ask for it.

Every chapter, and every sheet of exercises, says below its title where it can be run. Those of
the chapters that `run_in_page` lists get the button, if Pyodide's files are to be had when the book
is built.
"""

import hashlib
import io
import json
import os
import re
import shutil
import zipfile
from html import escape
from pathlib import Path

import pooch
import w2vlib
from sphinx.util import logging

import pyodide_files

BOOK = Path(__file__).parents[1]
LIBRARY = Path(w2vlib.__file__).parent
IN_PAGE = Path(__file__).with_name("in_page")
REACH = "Code that runs here reaches this site and nothing else: no file of yours, no other site."
CHAPTER = re.compile(r"(book|sheets)/(\d\d_\w+)")

logger = logging.getLogger(__name__)


def course():
    """A ZIP file of what is ours: the library, the results that chapters read, the kernel."""
    files = {f"w2vlib/{path.relative_to(LIBRARY)}": path for path in sorted(LIBRARY.rglob("*.py"))}
    files |= {f"w2vlib/data/{path.name}": path for path in sorted(LIBRARY.glob("data/*"))}
    files |= {f"results/{path.name}": path for path in sorted(BOOK.glob("results/*.json"))}
    files |= {path.name: path for path in sorted(IN_PAGE.glob("*.py"))}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def gather(app):
    """Find Pyodide's files before a page is written; where there are none, say so.

    A file with another SHA-256 is a warning, which fails a strict build such as `make book`.
    """
    app.runner_files = None
    if app.builder.format != "html":
        return
    folder, cache = os.environ.get("W2VLIB_PYODIDE"), pooch.os_cache("w2vlib") / "pyodide"
    try:
        files = pyodide_files.gather(folder, cache)
    except ValueError as error:
        logger.warning("No page can run its cells: %s", error)
    except OSError as error:
        logger.info("No page can run its cells: Pyodide's files are not to be had (%s).", error)
        logger.info("For them set W2VLIB_PYODIDE to a folder that holds them, or build online.")
    else:
        app.runner_files = files | {"course.zip": course()}
        app.runner_download = download(app.runner_files)


def download(files):
    """MB that the first visit fetches: before the first output, and behind it for charts."""
    packages = json.loads(files[pyodide_files.LOCK])["packages"]
    first = pyodide_files.with_dependencies(pyodide_files.PACKAGES, packages)
    behind = {packages[name]["file_name"] for name in packages.keys() - first.keys()}
    size = sum(pyodide_files.sent(name, files[name]) for name in files.keys() - behind)
    rest = sum(pyodide_files.sent(name, files[name]) for name in behind)
    return round(size / 1e6), round(rest / 1e6)


def note(app, pagename):
    """What a chapter's first visit fetches, and what its code can reach, in words."""
    size, rest = app.runner_download
    charts = "import matplotlib" in Path(app.env.doc2path(pagename)).read_text(encoding="utf-8")
    first = f"First download: {size} MB{f', then {rest} MB for the charts' if charts else ''}."
    return f"{first} {REACH}"


def add_button(app, pagename, templatename, context, doctree):
    """Say below a chapter's title where it can be run."""
    found = CHAPTER.fullmatch(pagename)
    if not (found and context.get("body")):
        return
    folder, stem = found.groups()
    what, file = "chapter", f"{stem}.ipynb"
    if folder == "sheets":  # which postBuild makes in Binder
        what, file = "sheet", f"{stem}_sheet.ipynb"
    options = app.config.html_theme_options
    project = options["repository_url"].removeprefix("https://github.com/")
    binder = f"{options['launch_buttons']['binderhub_url']}/v2/gh/{project}"
    binder += f"/{options['repository_branch']}?urlpath=lab/tree/{pagename}.ipynb"
    notebook = context["pathto"](f"_sources/{context['sourcename']}", 1)
    elsewhere = (
        f'<p><a href="{escape(binder)}">Open it in Binder</a> or '
        f'<a href="{escape(notebook)}" download="{file}">download the notebook</a>.</p>'
    )
    data = here = ""
    if app.runner_files and stem in app.config.run_in_page:
        version = hashlib.sha256(app.runner_files["course.zip"]).hexdigest()[:12]
        data = f' data-course="course.zip?{version}" data-notebook="{escape(notebook)}"'
        data += f' data-file="{file}" data-what="{what}"'
        data += f' data-packages="{" ".join(pyodide_files.PACKAGES)}"'
        data += f' data-behind="{" ".join(pyodide_files.BEHIND)}"'
        here = (
            f'<button type="button" hidden>Run this {what} here</button>'
            f'<p class="w2v-runner-note" hidden>{note(app, pagename)}</p>'
        )
        for script in "outputs.js", "runner.js":
            app.add_js_file(f"runner/{script}", loading_method="defer")
    panel = f'<div class="w2v-runner" id="run"{data}>{here}{elsewhere}</div>'
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{panel}", 1)


def write(app, exception):
    """Put the files beside the pages."""
    if exception is None and app.builder.format == "html":
        folder = Path(app.outdir) / "_static" / "pyodide"
        shutil.rmtree(folder, ignore_errors=True)
        if app.runner_files:
            folder.mkdir()
            for name, data in app.runner_files.items():
                (folder / name).write_bytes(data)


def setup(app):
    """Register with Sphinx."""
    app.add_config_value("run_in_page", [], "html")
    app.add_css_file("runner/runner.css")
    app.connect("builder-inited", gather)
    app.connect("html-page-context", add_button)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
