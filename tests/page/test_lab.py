"""In JupyterLab, where the scripts of a page are not loaded, a thing that a cell shows is alive."""

import lab
import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
from w2vlib.classroom import sheet
from w2vlib.classroom.grade import grade
from w2vlib.exercises import find

pytest.importorskip("playwright", reason="Playwright is not installed")

CELLS = [
    "from w2vlib.page import Explore, Playground, Predict, Quiz",
    "Explore(lambda n: f'<b>picture {n}</b>', n=[1, 2, 3])",
    "Playground('you say goodbye and i say hello .')",
    "Predict('How many?', {'two': 'One each.', 'one': 'None is lost.'})",
    "Quiz(('Why?', {'because': 'So it is.', 'by chance': 'It is not.'}))",
    "from w2vlib.exercises import check\ncheck('lookup_by_hand', row_3=..., everything=...)",
]


@pytest.fixture
def folder(tmp_path):
    """The folder that JupyterLab shows."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def opened(tmp_path, folder, chromium):
    """A function that opens a notebook of that folder and runs all its cells -> its page."""
    page = chromium.new_page(viewport={"width": 1200, "height": 2400})
    page.set_default_timeout(60_000)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    with lab.serve(folder, tmp_path) as address:

        def open_and_run(name):
            lab.run_all(page, address, name)
            return page

        yield open_and_run
        page.close()
    assert not wrong


def test_what_a_cell_shows_is_alive(folder, opened):
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "things.ipynb")
    page = opened("things.ipynb")

    page.locator(".w2v-explore input").press("End")
    assert page.locator(".w2v-explore .w2v-view").text_content() == "picture 3"
    page.locator(".w2v-playground").get_by_role("button", name="Step").click()
    assert page.locator(".w2v-playground p").text_content().startswith("Step 1: ")
    for kind, answer, said in [
        ("predict", "one", "Not quite. None is lost. The answer is: two. One each."),
        ("quiz", "because", "Right. So it is."),
    ]:
        page.locator(f".w2v-{kind}").get_by_label(answer).check()
        assert page.locator(f".w2v-{kind} [role=status]").text_content() == said
    page.get_by_label("sum of row 3").fill("3")
    page.get_by_role("button", name="Check", exact=True).click()
    said = page.locator("[data-field=row_3] [role=status]").text_content()
    assert said.startswith("Not yet: that is one of the two rows")
    border = page.locator(".w2v-explore").evaluate("root => getComputedStyle(root).borderStyle")
    assert border == "solid"  # the styles came, too
    kept = page.locator(".w2v-keep code").text_content()
    assert kept == 'check("lookup_by_hand", row_3=3, everything=...)'
    assert page.locator(".w2v-keep strong").text_content() == "Not handed in yet:"


def test_a_sheet_is_done_here_and_marked(folder, opened, tmp_path):
    """The student has this file and the package, and no clone."""
    file = folder / "Ada Lovelace.ipynb"
    file.write_text(sheet.sheet("02_embedding"), encoding="utf-8")
    page = opened(file.name)
    hints = page.locator(".jp-RenderedMarkdown details").first
    assert not hints.locator("p").is_visible()
    hints.locator("summary").click()
    hints.locator("p").wait_for()

    form = page.locator(".w2v-answer[data-name=lookup_by_hand]:has(button)")
    form.get_by_label("sum of row 3").fill("6")
    form.get_by_label("sum of all of dW").fill("8")
    form.get_by_role("button", name="Check").click()
    said = find("lookup_by_hand").judge(everything=8)["everything"].said
    assert form.get_by_role("status").all_text_contents() == ["Right.", said]
    for text, source in [
        ('check("lookup_by_hand"', form.locator(".w2v-keep code").text_content()),
        ("def gradient_by_product(", "gradient_by_product = lambda i, d, V: one_hot(i, V).T @ d"),
        ('check("gradient_by_product"', 'check("gradient_by_product", gradient_by_product)'),
    ]:
        page.locator(".jp-CodeCell .cm-content").filter(has_text=text).first.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(source)
        page.keyboard.press("Shift+Enter")
    page.locator(".w2v-answer[data-name=gradient_by_product]").get_by_text("Right.").wait_for()
    page.keyboard.press("ControlOrMeta+s")
    while "lambda" not in file.read_text(encoding="utf-8"):
        page.wait_for_timeout(100)
    rows = grade(folder, tmp_path / "marks.csv", progress=False)
    points = {row["exercise"]: row["points"] for row in rows}
    assert points["lookup_by_hand"] == 1 and points["gradient_by_product"] == 2, rows
