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


def test_every_file_of_the_site_has_one_licence_and_the_packages_agree(html):
    assert list(TOOL["problems"](html)) == []


def test_a_file_that_came_along_is_told(site):
    (site / "_static" / "new.js").touch()
    (told,) = TOOL["problems"](site)
    assert told == "_static/new.js: no licence; mend SHIPPED in tools/licences.py"
    with pytest.raises(SystemExit, match="new.js: no licence"):
        TOOL["main"](site)


def test_a_package_of_another_licence_is_told(site):
    mathjax = next(entry for entry in TOOL["SHIPPED"] if entry.what == "MathJax")
    TOOL["SHIPPED"].append(mathjax._replace(licence="MPL-2.0", files=""))
    try:
        (told,) = TOOL["problems"](site)
    finally:
        TOOL["SHIPPED"].pop()
    assert told.startswith("sphinx-mathjax-offline: we say 'MPL-2.0', and the package 'Apache")


def test_the_book_shows_the_list():
    assert f"\n\n{TOOL['table']()}\n" in (BOOK / "licences.md").read_text(encoding="utf-8")
