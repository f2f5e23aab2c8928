"""The licence of each file that the built site hands out: python tools/licences.py _build/html.

SHIPPED is written by hand; book/licences.md shows it as a table. Here it is held against the site
and against what packages and files say of themselves: a file that no entry has, or two have, is an
error, and so is another licence, or none. SILENT lists what states no licence itself.
"""

import fnmatch
import re
import sys
import zipfile
from collections import namedtuple
from email import message_from_string
from importlib import metadata
from pathlib import Path

Entry = namedtuple("Entry", "what licence packages files")
OURS = Entry(
    "this course",
    "MIT and CC BY 4.0, its data as told above",
    [],
    """*.html *.pdf *.epub objects.inv searchindex.js .buildinfo .nojekyll _images/* _sources/*
    _static/*_first.js _static/book.* _static/icons.css _static/ladder.svg _static/logo.svg
    _static/page.* _static/slides.* _static/script-*.js _static/vectors_*.bytes _static/runner/*
    _static/pyodide/course.zip""",
)
SHIPPED = [
    OURS,
    Entry(
        "Sphinx",
        "BSD-2-Clause",
        ["sphinx"],
        """_static/basic.css _static/doctools.js _static/documentation_options.js
        _static/searchtools.js _static/sphinx_highlight.js
        _static/file.png _static/minus.png _static/plus.png""",
    ),
    Entry("Snowball's stemmer", "BSD-3-Clause", ["snowballstemmer"], "_static/language_data.js"),
    Entry("Pygments", "BSD-2-Clause", ["pygments"], "_static/pygments.css"),
    Entry(
        "PyData's theme and the Sphinx Book Theme",
        "BSD-3-Clause",
        ["pydata-sphinx-theme", "sphinx-book-theme"],
        """_static/scripts/pydata* _static/scripts/sphinx-book* _static/styles/*
        _static/images/logo_* _static/locales/*""",
    ),
    Entry("Bootstrap, in the theme", "MIT", [], "_static/scripts/bootstrap.js*"),
    Entry(
        "Font Awesome Free, in the theme",
        "MIT; icons CC BY 4.0, fonts OFL-1.1",
        [],
        "_static/scripts/fontawesome.js* _static/vendor/fontawesome/*",
    ),
    Entry("MyST-NB", "BSD-3-Clause", ["myst-nb"], "_static/mystnb.*.css"),
    Entry(
        "Sphinx Design",
        "MIT",
        ["sphinx-design"],
        "_static/design-tabs.js _static/sphinx-design.min.css",
    ),
    Entry(
        "Sphinx Copybutton, with Tabler's icons",
        "MIT",
        ["sphinx-copybutton"],
        "_static/copybutton* _static/copy-button.svg _static/check-solid.svg",
    ),
    Entry("clipboard.js", "MIT", [], "_static/clipboard.min.js"),
    Entry(
        "MathJax", "Apache-2.0", ["sphinx-mathjax-offline"], "_static/mathjax/* _static/tex-svg.js"
    ),
    Entry(
        "reveal.js, in the slides",
        "MIT",
        [],
        """_static/revealjs/LICENSE _static/revealjs/dist/reveal.* _static/revealjs/plugin/*
        _static/revealjs/dist/theme/white.css""",
    ),
    Entry("Source Sans Pro, in the slides", "OFL-1.1", [], "_static/revealjs/dist/theme/fonts/*"),
    Entry("Pyodide", "MPL-2.0", [], "_static/pyodide/pyodide*"),
    Entry("Python, in Pyodide", "PSF-2.0", [], "_static/pyodide/python_stdlib.zip"),
    Entry(
        "NumPy, contourpy, cycler, kiwisolver, threadpoolctl",
        "BSD-3-Clause",
        [],
        """_static/pyodide/numpy-* _static/pyodide/contourpy-* _static/pyodide/cycler-*
        _static/pyodide/kiwisolver-* _static/pyodide/threadpoolctl-*""",
    ),
    Entry(
        "fontTools, pyparsing, pytz, six",
        "MIT",
        [],
        """_static/pyodide/fonttools-* _static/pyodide/pyparsing-* _static/pyodide/pytz-*
        _static/pyodide/six-*""",
    ),
    Entry("Matplotlib", "PSF-based", [], "_static/pyodide/matplotlib-*"),
    Entry("matplotlib-pyodide", "MPL-2.0", [], "_static/pyodide/matplotlib_pyodide-*"),
    Entry("Pillow", "HPND", [], "_static/pyodide/pillow-*"),
    Entry("packaging", "Apache-2.0 or BSD-2-Clause", [], "_static/pyodide/packaging-*"),
    Entry("python-dateutil", "Apache-2.0 or BSD-3-Clause", [], "_static/pyodide/python_dateutil-*"),
]
SILENT = ["Pyodide", "Python, in Pyodide"]
FAMILY = re.compile(r"\b(?:Apache|BSD|CC BY|HPND|MIT|MPL|OFL|PSF)\b")


def files(site):
    """The paths of all files of a site, from its root."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())


def entries(path):
    """The entries that have a file of the site, or of the slides in it."""
    path = path.removeprefix("slides/")
    return [
        entry
        for entry in SHIPPED
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in entry.files.split())
    ]


def problems(site):
    """What is not told, or told wrong, one line each."""
    handed = {entry.what: [] for entry in SHIPPED}
    for path in files(site):
        told = [entry.what for entry in entries(path)]
        if len(told) != 1:
            yield f"{path}: {' and '.join(told) or 'no licence'}; mend SHIPPED in tools/licences.py"
        else:
            handed[told[0]].append(site / path)
    for entry in SHIPPED:
        for name, said in statements(entry, handed[entry.what]):
            yield from contradictions(name, entry.licence, said)


def statements(entry, paths):
    """What is said of an entry's licence: by which package or files, and how."""
    for name in entry.packages:
        yield name, of_package(metadata.metadata(name))
    wheels = [path for path in paths if path.suffix == ".whl"]
    for path in wheels:
        yield path.name, of_package(of_wheel(path))
    if paths and not (entry.packages or wheels or entry is OURS or entry.what in SILENT):
        yield entry.what, "".join(map(notice, paths))


def contradictions(name, licence, said):
    """A line where what is said of something is not the licence that we tell."""
    known = set(FAMILY.findall(said.replace("Open Font License", "OFL")))
    told = set(FAMILY.findall(licence))
    if not told or told - known:
        yield f"{name}: we say {licence!r}, and it says {said.strip()[:80]!r}"


def of_package(headers):
    """What a package's own headers say of its licence."""
    fields = [headers.get("License-Expression") or "", headers.get("License") or ""]
    classifiers = [one for one in headers.get_all("Classifier", []) if one.startswith("License")]
    return " ".join([*fields, *classifiers])


def notice(path):
    """What a file of text says of a licence, where it begins."""
    start = path.read_bytes()[:500].decode(errors="ignore")
    return start if re.search("licen[cs]e", start, re.IGNORECASE) else ""


def of_wheel(path):
    """The headers of a wheel."""
    with zipfile.ZipFile(path) as wheel:
        (name,) = [one for one in wheel.namelist() if one.endswith(".dist-info/METADATA")]
        return message_from_string(wheel.read(name).decode())


def table():
    """What book/licences.md shows: whose files a site hands out besides our own."""
    rows = [f"| {entry.what} | {entry.licence} |" for entry in SHIPPED if entry is not OURS]
    return "\n".join(["| what | licence |", "|---|---|", *rows]) + "\n"


def main(site):
    """List the files by licence; what is wrong ends it with an error."""
    listed = {entry.what: [] for entry in SHIPPED}
    for path in files(site):
        for entry in entries(path):
            listed[entry.what].append((site / path).stat().st_size)
    for entry in SHIPPED:
        sizes = listed[entry.what]
        print(f"{len(sizes):>4} files {sum(sizes) / 1e6:7.2f} MB  {entry.what}: {entry.licence}")
    if wrong := list(problems(site)):
        sys.exit("\n".join(["", *wrong]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
