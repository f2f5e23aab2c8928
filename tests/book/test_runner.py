"""Chapters that run on their own page: Python in the browser, from the site's own files."""

import os
import re
from itertools import zip_longest

import nbformat
import numpy as np
import pytest
import yaml
from chapters import CHAPTERS, ROOT, code_cells, read, tags
from conftest import build

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import expect
from test_browser import CONTRAST, NARROW, ONE_OF_A_KIND, SIDEWAYS, violations

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
RUN_IN_PAGE = CONFIG["sphinx"]["config"]["run_in_page"]
STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"
BUTTON = "Run this chapter here"
NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")
SECONDS = 1000
LONGEST = 120 * SECONDS  # a chapter, top to bottom

needs_pyodide = pytest.mark.skipif(
    not os.environ.get("W2VLIB_PYODIDE"), reason="W2VLIB_PYODIDE names no folder with Pyodide"
)


@pytest.fixture(scope="module")
def server(html, serve):
    """The book, under a policy that allows what WebAssembly needs and no other exception."""
    return serve(html, STRICT)


@pytest.fixture
def chapter(server, page):
    """A function that opens a chapter and, if it is asked to, presses the button."""

    def open_chapter(name="03_binary", press=True):
        page.goto(f"{server.address}/book/{name}.html")
        if press:
            page.get_by_role("button", name=BUTTON).click()
        return page

    yield open_chapter
    page.evaluate("localStorage.clear()")


@pytest.fixture
def ready(chapter):
    """A chapter whose Python has started: its first output is there."""
    page = chapter()
    expect(page.locator("div.cell[data-state=done] .cell_output").first).to_be_visible(
        timeout=60 * SECONDS
    )
    return page


def visible_cell(page, n):
    """The n-th cell whose code is not folded away."""
    return page.locator("div.cell:not(.tag_hide-input)").nth(n)


def run(cell, source=None, state="done", timeout=30 * SECONDS):
    """Type a cell and run it."""
    if source is not None:
        cell.locator("textarea").fill(source)
    cell.get_by_role("button", name="Run", exact=True).click()
    expect(cell).to_have_attribute("data-state", state, timeout=timeout)


def download(page, folder):
    """The reader's notebook, valid."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download my notebook").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    return notebook


def texts(cell):
    """What a cell printed and returned."""
    for output in cell.outputs:
        if output.output_type == "stream":
            yield output.text
        elif set(output.data) == {"text/plain"}:
            yield output.data["text/plain"]


def shown(cell):
    """The kinds of a cell's outputs, each by its best face."""
    faces = ["text/html", "image/svg+xml", "text/plain"]
    return [
        next(face for face in faces if face in output.get("data", {"text/plain": 0}))
        for output in cell.outputs
    ]


def same(ours, theirs):
    """Whether two texts say the same words and, to three digits, the same numbers."""
    numbers = [
        np.array([float(number.replace(",", "")) for number in NUMBER.findall(text)])
        for text in (ours, theirs)
    ]
    words = [re.sub(r"[-\s\d.,e+]+", " ", text) for text in (ours, theirs)]
    return (
        words[0] == words[1]
        and len(numbers[0]) == len(numbers[1])
        and np.allclose(*numbers, rtol=2e-3, atol=1e-6)
    )


@needs_pyodide
@pytest.mark.parametrize("name", RUN_IN_PAGE)
def test_chapter_runs_from_top_to_bottom(server, page, chapter, tmp_path, name):
    chapter(name)
    expect(page.locator("div.cell[data-state=done] .cell_output").first).to_be_visible(
        timeout=60 * SECONDS
    )
    page.get_by_role("button", name="Run all").click()
    waiting = page.locator("[data-state=queued], [data-state=running]")
    expect(waiting).to_have_count(0, timeout=LONGEST)
    assert page.locator("div.cell:not([data-state=done])").count() == 0
    assert page.locator(".cell_output [data-mount]:not([data-alive])").count() == 0

    stored = code_cells(read(ROOT / "book" / f"{name}.ipynb"))
    wrong = []
    for old, new in zip_longest(stored, code_cells(download(page, tmp_path))):
        assert new.source == old.source
        assert new.execution_count
        if "nbval-ignore-output" in tags(old):
            assert shown(new) == shown(old), old.source
        elif not all(same(*pair) for pair in zip_longest(texts(new), texts(old), fillvalue="")):
            wrong.append((old.source, *texts(new), *texts(old)))
    assert not wrong
    assert not [url for url in page.asked if not url.startswith((server.address, "blob:"))]


@needs_pyodide
def test_code_on_the_page_is_the_notebooks(chapter):
    for name in RUN_IN_PAGE:
        page = chapter(name, press=False)
        on_page = page.locator("div.cell .cell_input pre").all_text_contents()
        stored = [cell.source for cell in code_cells(read(ROOT / "book" / f"{name}.ipynb"))]
        assert [text.rstrip("\n") for text in on_page] == stored
        assert not [url for url in page.asked if "/pyodide/" in url or "worker" in url]


@needs_pyodide
def test_edit_and_reset(ready):
    cell = visible_cell(ready, 1)
    run(cell, "V, H = 6, 7\nprint(V * H)")
    expect(cell.locator(".cell_output")).to_have_text(re.compile(r"^\s*42\s*$"))
    expect(cell).to_contain_text("done")
    cell.get_by_role("button", name="Reset").click()
    expect(cell.locator("textarea")).to_have_value(re.compile(r"^V, H = 1_000_000, 100\n"))
    expect(cell).not_to_contain_text("42")
    expect(cell).not_to_have_attribute("data-state", re.compile("."))


@needs_pyodide
def test_wrong_edit_shows_its_line(ready):
    cell, below = visible_cell(ready, 1), visible_cell(ready, 2)
    cell.locator("textarea").fill("V, H = 1, 0\n\nprint(V / H)")
    below.get_by_role("button", name="Run", exact=True).click()  # what is above has changed
    expect(cell).to_have_attribute("data-state", "failed", timeout=30 * SECONDS)
    expect(cell.locator(".cell_output")).to_contain_text("ZeroDivisionError: division by zero")
    expect(cell.locator(".cell_output")).to_contain_text("line 3")
    expect(cell.locator(".w2v-line")).to_have_attribute("title", "line 3")
    expect(below).not_to_have_attribute("data-state", re.compile("."))
    expect(ready.get_by_role("group", name="This chapter").get_by_role("status")).to_have_text(
        "Cell 2 failed."
    )
    run(cell, "def f(:", state="failed")
    expect(cell.locator(".cell_output")).to_contain_text("SyntaxError")
    expect(cell.locator(".w2v-line")).to_have_attribute("title", "line 1")


@needs_pyodide
def test_endless_loop_is_stopped(ready):
    cell = visible_cell(ready, 1)
    run(cell, "print('on and on')\nwhile True: pass", state="running")
    ready.get_by_role("button", name="Stop").click()
    expect(cell).to_have_attribute("data-state", "failed", timeout=2 * SECONDS)
    expect(cell).to_contain_text("Python has forgotten its variables")
    cell.get_by_role("button", name="Reset").click()
    run(visible_cell(ready, 2), timeout=60 * SECONDS)
    expect(visible_cell(ready, 0)).to_have_attribute("data-state", "done")


@needs_pyodide
def test_reload_restores_and_nothing_is_fetched_twice(ready, server, tmp_path):
    source = "V, H = 2, 3\nscores = {'say': 2.0}"
    run(visible_cell(ready, 1), source)
    notebook = download(ready, tmp_path)
    assert code_cells(notebook)[1].source == source
    server.sent.clear()
    ready.reload()
    expect(visible_cell(ready, 1).locator("textarea")).to_have_value(source)
    assert not [path for path in server.sent if "/pyodide/" in path]
    run(visible_cell(ready, 1), timeout=60 * SECONDS)
    again = [path for path in server.sent if "/pyodide/" in path]
    # This browser's cache is in memory, and keeps no file of more than some megabytes.
    assert not [path for path in again if not re.search(r"/(pyodide\.asm\.wasm|matplotlib-)", path)]
    ready.get_by_role("button", name="Clear my changes").click()
    expect(visible_cell(ready, 1).locator("textarea")).not_to_have_value(source)
    ready.reload()
    expect(ready.locator("textarea")).to_have_count(0)


@needs_pyodide
def test_keyboard_alone_on_a_phone(chapter):
    page = chapter(press=False)
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name=BUTTON).focus()
    page.keyboard.press("Enter")
    cell = visible_cell(page, 1)
    for _ in range(20):  # from the button on, the next fields are those of the first cells
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel") == "Code of cell 2":
            break
        if page.evaluate("document.activeElement.localName") == "textarea":
            page.keyboard.press("Escape")
    page.keyboard.press("Control+A")
    page.keyboard.type("for i in [6]:\nprint(7 * i)")
    page.keyboard.press("Shift+Enter")
    expect(cell.locator(".cell_output")).to_have_text(re.compile("42"), timeout=60 * SECONDS)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    assert page.evaluate(SIDEWAYS) <= 0
    assert not violations(page)
    page.evaluate(ONE_OF_A_KIND)
    assert not violations(page, *CONTRAST)


@needs_pyodide
def test_chart_and_quiz_made_anew(ready):
    quiz = ready.locator("div.cell:has(.w2v-predict)").first
    chart = ready.locator("div.cell.tag_drawing").first
    below = chart.locator("xpath=following::div[contains(@class, 'cell ')][.//textarea]").first
    run(below, timeout=90 * SECONDS)
    expect(chart.get_by_role("img", name="A plot with four rising lines")).to_be_visible()
    expect(chart.locator("svg.w2v-chart")).to_be_visible()
    expect(chart.locator("figcaption")).to_contain_text("The output side of the network")
    expect(quiz).to_have_attribute("data-state", "done")
    quiz.get_by_role("radio").first.check()
    expect(quiz.get_by_role("status")).not_to_be_empty()


@needs_pyodide
def test_only_listed_chapters_have_the_button(html):
    assert set(RUN_IN_PAGE) <= {path.stem for path in CHAPTERS}
    for path in CHAPTERS:
        page = (html / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert (BUTTON in page) == (path.stem in RUN_IN_PAGE)
        assert ("runner.js" in page) == (path.stem in RUN_IN_PAGE)
        assert page.count("Open it in Binder</a>") == 1


@needs_pyodide
def test_from_a_folder_it_says_how_to_serve(html, page):
    page.goto((html / "book" / "03_binary.html").as_uri())
    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()
    expect(page.locator(".w2v-runner")).to_contain_text("make serve")


def test_without_files_there_is_no_button(tmp_path, serve, page):
    said = build(tmp_path, tmp_path)
    assert "No page can run its cells" in said
    folder = tmp_path / "_build" / "html"
    assert not (folder / "_static" / "pyodide").exists()
    page.goto(f"{serve(folder).address}/book/03_binary.html")
    expect(page.locator(".w2v-runner")).to_contain_text("Open it in Binder or download")
    assert page.get_by_role("button", name=BUTTON).count() == 0
