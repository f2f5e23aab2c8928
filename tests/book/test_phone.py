"""Pages on a phone, 390 pixels wide: nothing is cut, and what is written in figures can be read."""

import re

import pytest
from chapters import REVEAL, each_chapter

pytest.importorskip("playwright", reason="Playwright is not installed")
from test_browser import NARROW, READY, UNFOLD

SMALLEST = 11  # pixels

CUT = """[...document.querySelectorAll("article :is(pre, .w2v-table)")]
    .filter((e) => e.checkVisibility() && !e.closest(".cell.tag_hide-input > details"))
    .filter((e) => e.localName === "pre" ? e.scrollWidth > e.clientWidth
        : e.offsetWidth > e.closest(".output").clientWidth)
    .map((e) => e.textContent)"""
# The texts of drawings, each with its size on the screen; and charts with their widths.
TEXTS = """[...document.querySelectorAll("article svg text")].filter((e) => e.checkVisibility())
    .map((e) => [parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a, e.textContent])"""
CHARTS = """[...document.querySelectorAll("article img[src$='.svg']")]
    .map((e) => [e.src, e.getBoundingClientRect().width])"""
SIZE = re.compile(r"font(?:-size)?: [^;\"']*?([\d.]+)px")


@pytest.fixture
def phone(site, page):
    """A function that opens a chapter on a phone."""
    page.set_viewport_size(NARROW)

    def opened(path):
        page.goto(f"{site}/book/{path.stem}.html")
        page.evaluate(READY)
        page.evaluate(REVEAL)
        page.evaluate(UNFOLD)
        return page

    return opened


@each_chapter
def test_no_code_or_output_is_cut(phone, path):
    assert not phone(path).evaluate(CUT)


@each_chapter
def test_text_in_figures_can_be_read(phone, html, path):
    page = phone(path)
    small = [(round(size, 1), text) for size, text in page.evaluate(TEXTS) if size < SMALLEST]
    for address, width in page.evaluate(CHARTS):
        file = html / "_images" / address.rpartition("/")[2]
        svg = file.read_text(encoding="utf-8")
        scale = width / float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
        smallest = min(map(float, SIZE.findall(svg)), default=SMALLEST) * scale
        if smallest < SMALLEST:
            small.append((round(smallest, 1), file.name))
    assert not small
