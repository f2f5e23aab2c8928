"""Exercise sheets as pages: done in the page, downloaded, and marked like any hand-in."""

import json

import pytest
from bs4 import BeautifulSoup
from chapters import CHAPTERS
from in_page import SECONDS, clear, download, needs_pyodide
from playwright.sync_api import expect

from w2vlib.classroom import chapter, sheet
from w2vlib.classroom.grade import grade
from w2vlib.exercises import find

STEM, CODE, FIELDS = "02_embedding", "gradient_by_product", "lookup_by_hand"
STEMS = [path.stem for path in CHAPTERS]
BUG = """\
def gradient_by_product(idx, dout, V):
    dW = np.zeros((V, dout.shape[1]))
    dW[idx] = dout
    return dW"""
RIGHT = "def gradient_by_product(idx, dout, V):\n    return one_hot(idx, V).T @ dout"


def soup(html, name):
    return BeautifulSoup((html / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize("stem", STEMS)
def test_a_sheet_asks_what_its_chapter_asks(html, stem):
    page = soup(html, f"sheets/{stem}")
    asked = {box["data-name"] for box in page.select(".w2v-answer")}
    assert asked == {name for task in chapter.exercises(stem) for name in task.checks}
    assert "Solution" not in page.get_text()
    stored = json.loads((html / "_sources" / "sheets" / f"{stem}.ipynb").read_text("utf-8"))
    assert stored["cells"] == json.loads(sheet.sheet(stem))["cells"]
    link = f"../_sources/sheets/{stem}.ipynb"
    assert page.select_one(".w2v-runner a[download]")["href"] == link
    assert soup(html, f"book/{stem}").select_one(".w2v-sheet a")["href"] == f"../sheets/{stem}.html"


def test_sheets_are_listed_once_and_found_in_the_chapters(html):
    links = [link["href"] for link in soup(html, "book/sheets").select("article a")]
    assert [f"../sheets/{stem}.html" for stem in STEMS] == [it for it in links if "sheets/" in it]
    for link in soup(html, "book/index").select("nav.bd-links a"):
        assert "sheets/" not in link["href"]
    index = json.loads((html / "searchindex.js").read_text("utf-8")[len("Search.setIndex(") : -1])
    hidden = {index["docnames"].index(f"sheets/{stem}") for stem in STEMS}
    where = index["terms"]["overwrit"]
    assert not hidden & set(where if isinstance(where, list) else [where])


def test_the_list_says_how_many_points_a_sheet_has(html):
    lines = soup(html, "book/sheets").select("article ol em")
    for stem, line in zip(STEMS, lines, strict=True):
        boxes = soup(html, f"sheets/{stem}").select(".w2v-answer")
        points = sum(len(box.select("[data-field]")) or 2 for box in boxes)
        assert line.get_text().replace("\xa0", " ").endswith(f" minutes, {points} points")


@pytest.fixture
def student(chromium, server):
    """A tab of a student who has come to the sheet."""
    context = chromium.new_context(accept_downloads=True)
    context.set_default_timeout(20 * SECONDS)
    page = context.new_page()
    page.wrong = []
    page.on("console", lambda it: it.type != "error" or page.wrong.append(it.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(f"{server.address}/sheets/{STEM}.html")
    yield page
    assert not page.wrong
    context.close()


@needs_pyodide
def test_a_sheet_is_done_here_and_marked(student, tmp_path):
    expect(student.get_by_label("I have read")).to_have_count(0)
    form = student.locator(f".w2v-answer[data-name={FIELDS}]")
    for field, typed in zip(form.get_by_role("textbox").all(), "66", strict=True):
        field.fill(typed)
    form.get_by_role("button", name="Check").click()
    right, wrong = form.get_by_role("status").all()
    expect(right).to_have_text("Right.")
    expect(wrong).to_have_text(find(FIELDS).judge(everything="6")["everything"].said)

    student.get_by_role("button", name="Run this sheet here").click()
    cells = student.locator("div.cell")
    stub = cells.filter(has_text=f"def {CODE}(")
    check = cells.filter(has_text=f'check("{CODE}"')
    names = {}
    exec(f"import numpy as np\nfrom w2vlib import one_hot\n{BUG}", names)  # noqa: S102
    for source, said in [(BUG, find(CODE).judge(names[CODE]).said), (RIGHT, "Right.")]:
        stub.locator("textarea").fill(source)
        check.get_by_role("button", name="Run", exact=True).click()
        expect(check.get_by_role("status").last).to_have_text(said, timeout=60 * SECONDS)

    hand_ins = tmp_path / "hand ins"
    hand_ins.mkdir()
    notebook = download(student, hand_ins)
    (file,) = hand_ins.iterdir()
    assert file.name == f"{STEM}_sheet.ipynb"
    assert RIGHT in [cell.source for cell in notebook.cells]
    file.rename(hand_ins / "Ada Lovelace.ipynb")
    rows = grade(hand_ins, tmp_path / "marks.csv", progress=False)
    points = {row["exercise"]: (row["points"], row["review"]) for row in rows}
    names = [name for task in chapter.exercises(STEM) for name in task.checks]
    assert points == dict.fromkeys(names, (0, "")) | {CODE: (2, ""), FIELDS: (1, "")}
    assert {row["student"] for row in rows} == {"Ada Lovelace"}

    student.reload()  # all is there again, the fields on the chapter's page, too
    expect(stub.locator("textarea")).to_have_value(RIGHT)
    student.goto(student.url.replace("/sheets/", "/book/"))
    expect(form.get_by_role("textbox").first).to_have_value("6")
    expect(student.locator("textarea")).to_have_count(0)  # its cells are its own


BY_HAND = f'check("{FIELDS}", row_3={{}}, everything={{}})'


@needs_pyodide
def test_the_form_and_the_cell_say_the_same(student, tmp_path):
    cell = student.locator("div.cell").filter(has_text=f'check("{FIELDS}"')
    code = cell.locator("textarea")
    first, second = (cell.get_by_label(text) for text in ("sum of row 3", "sum of all of dW"))

    def run(row_3, everything):
        code.fill(BY_HAND.format(row_3, everything))
        cell.get_by_role("button", name="Run", exact=True).click()
        expect(cell).to_have_attribute("data-state", "done", timeout=60 * SECONDS)

    def said(row_3, everything):
        verdicts = find(FIELDS).judge(row_3=row_3, everything=everything).values()
        expect(cell.get_by_role("status")).to_have_text([it.said for it in verdicts])

    def handed_in():
        sources = [it.source for it in download(student, tmp_path).cells]
        (source,) = (it for it in sources if it.startswith(f'check("{FIELDS}"'))
        return source

    first.fill("3")  # typed, and not checked
    student.reload()
    expect(first).to_have_value("3")
    student.get_by_role("button", name="Run this sheet here").click()
    expect(code).to_have_value(BY_HAND.format(3, "..."))
    student.get_by_role("button", name="Run all").click()
    expect(cell).to_have_attribute("data-state", "done", timeout=60 * SECONDS)
    expect(first).to_have_value("3")

    run("3", "9")  # in the cell, then otherwise in the form
    said("3", "9")
    first.fill("4 + 2")
    cell.get_by_role("button", name="Check").click()
    said("4 + 2", "9")
    expect(code).to_have_value(BY_HAND.format('"4 + 2"', 9))
    first.fill("6")
    cell.get_by_role("button", name="Check").click()
    expect(cell.get_by_role("status")).to_have_text(["Right.", "Right."])
    assert handed_in() == BY_HAND.format(6, 9)

    code.fill(BY_HAND.format("'7'", "9"))  # and the other way round
    expect(first).to_have_value("7")
    expect(cell.get_by_role("status")).to_have_text(["", "Right."])
    run("'7'", "9")
    said("7", "9")
    assert handed_in() == BY_HAND.format("'7'", 9)
    for row_3, everything in [(None, [9] * 40), ((3, 3), "<b>9</b>")]:
        run(repr(row_3), repr(everything))
        said(row_3, everything)
        shown = ["", ""] if row_3 is None else [repr(row_3), everything]
        assert [first.input_value(), second.input_value()] == shown
        assert handed_in() == BY_HAND.format(repr(row_3), repr(everything))
    second.fill("9")
    assert handed_in() == BY_HAND.format("(3, 3)", 9)

    student.reload()
    expect(first).to_have_value("(3, 3)")
    expect(second).to_have_value("9")
    cell.get_by_role("button", name="Reset").click()
    expect(second).to_have_value("")


@needs_pyodide
def test_one_typo_stops_one_exercise(student):
    cells = student.locator("div.cell")
    stub = cells.filter(has_text=f"def {CODE}(")
    check = cells.filter(has_text=f'check("{CODE}"')
    below = cells.filter(has_text="check(").last
    student.get_by_role("button", name="Run this sheet here").click()
    expect(check.get_by_role("status").last).to_contain_text("Not written yet")
    stub.locator("textarea").fill("def broken(:")
    check.get_by_role("button", name="Run", exact=True).click()
    expect(stub).to_have_attribute("data-state", "failed", timeout=60 * SECONDS)
    number = stub.get_by_role("group").get_attribute("aria-label").split()[1]
    expect(check.locator(".w2v-state")).to_have_text(f"not run: cell {number} failed")
    expect(check.get_by_role("status").last).to_have_text("Not run yet.")
    below.get_by_role("button", name="Run", exact=True).click()
    expect(below).to_have_attribute("data-state", "done", timeout=60 * SECONDS)
    student.get_by_role("button", name="Run all").click()  # it fails again, and the rest runs
    status = student.get_by_role("group", name="This sheet").get_by_role("status")
    expect(status).to_have_text(f"Cell {number} failed.", timeout=60 * SECONDS)
    expect(check).not_to_have_attribute("data-state", "done")
    expect(below).to_have_attribute("data-state", "done")

    student.set_viewport_size({"width": 390, "height": 844})  # Clear comes where the tap was
    student.get_by_role("button", name="Clear my changes").dblclick()
    student.get_by_role("button", name="Keep", exact=True).click()
    expect(stub.locator("textarea")).to_have_value("def broken(:")
    clear(student)
    expect(stub.locator("textarea")).not_to_have_value("def broken(:")
    expect(student.get_by_role("button", name="Show cell")).to_be_hidden()
    expect(check.locator(".w2v-state")).to_have_text("")
    expect(check.get_by_role("status").last).to_contain_text("Not written yet")

    stub.locator("textarea").fill(RIGHT)
    expect(check.get_by_role("status").last).to_have_text("Not run yet.")
    student.reload()
    expect(check.get_by_role("status").last).to_have_text("Not run yet.")


@needs_pyodide
def test_a_check_that_does_not_fit_is_told_in_a_line(student):
    cell = student.locator("div.cell").filter(has_text=f'check("{FIELDS}"')
    student.get_by_role("button", name="Run this sheet here").click()
    for given, said in [
        ("row3=6", "'lookup_by_hand' has no field 'row3', but row_3, everything"),
        ("6, 9", 'name them, check("lookup_by_hand", row_3=..., everything=...)'),
    ]:
        cell.locator("textarea").fill(f'check("{FIELDS}", {given})')
        cell.get_by_role("button", name="Run", exact=True).click()
        expect(cell.locator(".traceback")).to_contain_text(said, timeout=60 * SECONDS)
        expect(cell.locator(".traceback")).not_to_contain_text("Traceback")


@needs_pyodide
# Results to read, no Numba.
@pytest.mark.parametrize("stem", ["08_evaluation", "11_compiled", "13_gpu"])
def test_a_sheet_runs_as_it_is(site, page, stem):
    page.goto(f"{site}/sheets/{stem}.html")
    page.get_by_role("button", name="Run this sheet here").click()
    page.get_by_role("button", name="Run all").click()
    status = page.get_by_role("group", name="This sheet").get_by_role("status")
    expect(status).to_have_text("Done.", timeout=120 * SECONDS)
    assert not page.wrong
    page.evaluate("localStorage.clear()")
