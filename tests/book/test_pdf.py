"""The book on paper: what a browser prints of a page, and one PDF of all of it."""

import runpy
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from chapters import CHAPTERS, FEW, ROOT

pytest.importorskip("playwright", reason="Playwright is not installed")
PdfReader = pytest.importorskip("pypdf", reason="pypdf is not installed").PdfReader
TOOL = ROOT / "tools" / "pdf.py"
FIRST, LAST = FEW[1:3]
READY = "() => MathJax.startup.promise.then(() => document.fonts.ready).then(() => true)"

RAW_MATH = r"""[...document.querySelectorAll("article :is(p, li, dd, td, figcaption)")]
    .map((e) => e.innerText).filter((text) => /\$\$|\\[()[\]]|\\begin\{/.test(text))"""
# What shows and is there to be clicked, less boxes to tick and lines to write on; and what reaches
# over the edge of the paper or its box.
CLICKED = """[...document.querySelectorAll("button, nav, .bd-sidebar,"
    + " input:not([type=radio], [type=text], [type=number])")]
    .filter((e) => e.checkVisibility()).map((e) => e.outerHTML)"""
CUT = """[...document.querySelectorAll("article :is(pre, table, figure, svg, mjx-container)")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1
        || e.localName === "pre" && e.scrollWidth > e.clientWidth)
    .map((e) => e.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_on_paper(page, html, path):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 672, "height": 1000})  # A4 less its margins
    page.goto((html / "book" / f"{path.stem}.html").as_uri())
    page.evaluate(READY)
    assert not page.evaluate(CLICKED)
    assert not page.evaluate(CUT)


def test_paper_is_white_by_night(page, html):
    page.emulate_media(color_scheme="dark")
    page.goto((html / "book" / "notation.html").as_uri())
    page.evaluate("""addEventListener("beforeprint", () => {
        window.printed = getComputedStyle(document.body).backgroundColor;
    })""")
    page.pdf()
    assert page.evaluate("window.printed") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_pages_are_joined(page, few):
    joined = few / "book" / "joined.html"
    joined.write_text(runpy.run_path(str(TOOL))["join"](few / "book"), encoding="utf-8")
    soup = BeautifulSoup(joined.read_text(encoding="utf-8"), "html.parser")
    assert [article["id"] for article in soup.select("article")] == ["contents", *FEW]
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [link["href"][1:] for link in soup.select("a[href^='#']")]
    assert {f"{FIRST}--exercises", f"{LAST}--exercises"} <= set(links) <= set(ids)

    page.goto(joined.as_uri())
    page.evaluate(READY)
    assert not page.wrong
    assert not page.evaluate(RAW_MATH)


def test_pdf(chromium, few, tmp_path):
    target = tmp_path / "book.pdf"
    run = subprocess.run(
        [sys.executable, TOOL, few, target], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert f"The book is in {target}" in run.stdout
    pdf = PdfReader(target)
    assert len(pdf.pages) > 40
    outline = [entry for entry in pdf.outline if not isinstance(entry, list)]
    for name, entry in zip(FEW, outline, strict=True):
        page = BeautifulSoup((few / "book" / f"{name}.html").read_text("utf-8"), "html.parser")
        assert entry.title == page.select_one("article h1").text.removesuffix("#")
        text = pdf.pages[pdf.get_destination_page_number(entry)].extract_text()
        assert entry.title in " ".join(text.split())


def test_pdf_without_a_browser(few, tmp_path):
    nowhere = {"PATH": "", "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, TOOL, few, tmp_path / "book.pdf"],
        env=nowhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr == (
        "make pdf: no browser: install Debian's chromium, "
        "or run `.venv/bin/playwright install chromium`\n"
    )
