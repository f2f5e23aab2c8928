"""Every file that the site hands out has a licence that the book tells."""

import runpy

import pytest
from chapters import BOOK, ROOT

TOOL = runpy.run_path(str(ROOT / "tools" / "licences.py"))
SCRIPT = "_static/book.js"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / SCRIPT).touch()
    return tmp_path


def test_every_file_of_the_site_has_one_licence_and_what_it_says_agrees(published):
    assert list(TOOL["problems"](published)) == []


def test_a_file_that_came_along_is_told(site):
    (site / "_static" / "new.js").touch()
    (told,) = TOOL["problems"](site)
    assert told == "_static/new.js: no licence; mend SHIPPED in tools/licences.py"
    with pytest.raises(SystemExit, match="new.js: no licence"):
        TOOL["main"](site)


@pytest.mark.parametrize(
    "what, licence",
    [
        ("MathJax", "MPL-2.0"),
        ("Bootstrap, in the theme", "BSD-3-Clause"),
        ("Font Awesome Free, in the theme", "MIT and Apache-2.0"),
        ("clipboard.js", "GPL"),
        ("reveal.js, in the slides", "GPL"),
        ("Source Sans Pro, in the slides", "MIT"),
    ],
)
def test_another_licence_is_told(published, monkeypatch, what, licence):
    shipped = [it._replace(licence=licence) if it.what == what else it for it in TOOL["SHIPPED"]]
    monkeypatch.setitem(TOOL["problems"].__globals__, "SHIPPED", shipped)
    (told,) = TOOL["problems"](published)
    assert f": we say {licence!r}, and it says '" in told


def test_what_says_no_licence_is_listed(published, monkeypatch):
    monkeypatch.setitem(TOOL["problems"].__globals__, "SILENT", [])
    told = [line for line in TOOL["problems"](published) if line.endswith("and it says ''")]
    silent = TOOL["SILENT"] if (published / "_static" / "pyodide").exists() else []
    assert [line.partition(":")[0] for line in told] == silent


def test_the_book_shows_the_list():
    assert f"\n\n{TOOL['table']()}\n" in (BOOK / "licences.md").read_text(encoding="utf-8")
