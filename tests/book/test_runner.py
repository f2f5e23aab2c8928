"""A chapter that runs on its own page: its cells are run, edited and stopped as a reader does."""

import re
import runpy
import threading

import pytest
from chapters import BOOK, CHAPTERS, REVEAL, ROOT, code_cells, read
from conftest import build, tab
from in_page import BUTTON, RUN_IN_PAGE, SECONDS, clear, download, needs_pyodide, press, status
from playwright.sync_api import expect
from test_browser import CONTRAST, NARROW, ONE_OF_A_KIND, SIDEWAYS, violations

SENT = runpy.run_path(str(BOOK / "_ext" / "pyodide_files.py"))["sent"]
BEHIND = re.compile(r"/pyodide/(?!numpy|threadpoolctl).*\.whl$")
NAME = "03_binary"
FIRST, ALL = 12e6, 22e6  # bytes fetched, compressed: before the first output, and in all


@pytest.fixture
def chapter(server, page):
    """A function that opens a chapter."""

    def open_chapter(name="03_binary"):
        page.goto(f"{server.address}/book/{name}.html")
        return page

    yield open_chapter
    page.evaluate("localStorage.clear()")


@pytest.fixture(scope="module")
def started(server, context):
    """A chapter whose Python has started."""
    with tab(context) as page:
        page.goto(f"{server.address}/book/03_binary.html")
        press(page)
        yield page


@pytest.fixture
def ready(started):
    """That page, as it is before the reader changes something."""
    yield started
    if started.get_by_role("button", name="Clear my changes").is_visible():
        clear(started)


def visible_cell(page, n):
    """The n-th cell whose code is not folded away."""
    return page.locator("div.cell:not(.tag_hide-input)").nth(n)


def run(cell, source=None, state="done", timeout=30 * SECONDS):
    """Type a cell and run it."""
    if source is not None:
        cell.locator("textarea").fill(source)
    cell.get_by_role("button", name="Run", exact=True).click()
    expect(cell).to_have_attribute("data-state", state, timeout=timeout)


@needs_pyodide
def test_code_on_the_page_is_the_notebooks(chapter):
    for name in RUN_IN_PAGE:
        page = chapter(name)
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
    expect(status(ready)).to_have_text(re.compile(r"Cell \d+ failed\."))
    ready.get_by_role("button", name="Show cell").click()
    expect(cell.locator("textarea")).to_be_focused()
    run(cell, "def f(:", state="failed")
    expect(cell.locator(".cell_output")).to_contain_text("SyntaxError")
    expect(cell.locator(".w2v-line")).to_have_attribute("title", "line 1")


@needs_pyodide
def test_a_press_counts_though_the_page_would_move(chapter):
    page = chapter()
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name=BUTTON).click()
    above, cell = visible_cell(page, 1), visible_cell(page, 2)
    button = cell.get_by_role("button", name="Run", exact=True)

    def hold():
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        return box

    above.locator("textarea").focus()  # in larger letters: left, it takes less room
    high = above.bounding_box()["height"]
    held = hold()
    assert button.bounding_box() == held
    page.mouse.up()
    expect(cell).to_have_attribute("data-state", "queued")
    expect(cell.locator(".w2v-state")).to_have_text(re.compile(r"\d+ cells come first"))
    expect(status(page)).to_have_text("Python is loading …")
    expect(cell).to_have_attribute("data-state", "done", timeout=60 * SECONDS)
    assert above.bounding_box()["height"] < high
    expect(cell.locator(".w2v-state")).to_have_text(re.compile(r"done, [\d.]+ s"))

    late = (
        "from time import perf_counter\nend = perf_counter() + 2\nwhile perf_counter() < end: pass"
    )
    run(above, f"{late}\nfor i in range(20): print(i)", state="running")
    held = hold()
    page.wait_for_timeout(3 * SECONDS)
    assert button.bounding_box() == held
    expect(above).to_have_attribute("data-state", "running")
    page.mouse.up()
    expect(above.locator(".cell_output")).to_contain_text("19")
    expect(cell).to_have_attribute("data-state", re.compile("queued|running|done"))


@needs_pyodide
def test_no_check_of_what_failed(ready):
    """A cell that failed counts as not run, whatever was asked for between."""
    first, cell, below = (visible_cell(ready, n) for n in range(3))
    source = cell.locator("textarea").input_value()
    right = f"{source}\ndef logit(y):\n    return np.log(y / (1 - y))"
    check = "from w2vlib.exercises import check\ncheck('logit', logit)"
    said = below.locator(".w2v-answer")
    again = below.get_by_role("button", name="Run", exact=True)
    run(cell, right)
    run(below, check)
    expect(said).to_contain_text("Right.")
    run(cell, f"{source}\ndef logit(y:", state="failed")
    run(first, "1 / 0", state="failed")
    again.click()  # the first fails again, and the second is not reached
    expect(below.locator(".w2v-state")).to_have_text(re.compile(r"not run: cell \d+ failed"))
    first.get_by_role("button", name="Reset").click()
    again.click()
    expect(first).to_have_attribute("data-state", "done", timeout=30 * SECONDS)
    expect(cell).to_have_attribute("data-state", "failed", timeout=30 * SECONDS)
    expect(below.locator(".w2v-state")).to_have_text(re.compile(r"not run: cell \d+ failed"))
    expect(said).to_have_count(0)
    run(cell, right)
    run(below)
    expect(said).to_contain_text("Right.")


BAR = """() => {
  const bar = document.querySelector(".w2v-runner-bar"), [status, progress] = bar.children;
  status.textContent = "Cell 44 takes over ten seconds.";
  progress.textContent = "44 of 58 cells";
  const all = bar.querySelectorAll("*"), hidden = [...all].map((it) => it.hidden);
  const most = (shown) => {
    const buttons = [...bar.querySelectorAll("button")];
    buttons.forEach((it) => { it.hidden = !shown.includes(it.textContent); });
    return [bar.offsetHeight, bar.scrollWidth - bar.clientWidth];
  };
  const busy = most(["Stop", "Download my notebook", "Clear my changes"]);
  status.textContent = "12 cells failed.";
  progress.textContent = "188 s, 688 MB";
  bar.children[2].textContent = "Show cell 44";
  const idle = most(["Show cell 44", "Run all", "Download my notebook", "Clear my changes"]);
  const ask = bar.querySelector(".w2v-ask");
  ask.hidden = false;
  const asked = most(["Clear", "Keep"]);
  all.forEach((it, i) => { it.hidden = hidden[i]; });
  return [busy, idle, asked];
}"""


@needs_pyodide
@pytest.mark.parametrize(("width", "most"), [(1280, 48), (390, 100)])
def test_the_bar_is_low_and_covers_nothing_asked_for(ready, width, most):
    size = ready.viewport_size
    ready.set_viewport_size({"width": width, "height": 844})
    for height, cut in ready.evaluate(BAR):
        assert height <= most
        assert cut <= 0
    cell = visible_cell(ready, 2)
    button = cell.get_by_role("button", name="Run", exact=True)
    button.evaluate("it => scrollBy(0, it.getBoundingClientRect().bottom - innerHeight + 100)")
    run(cell, "for i in range(6): print(i)")
    bar = ready.locator(".w2v-runner-bar").bounding_box()
    box = cell.bounding_box()
    assert box["y"] + box["height"] <= bar["y"]
    ready.set_viewport_size(size)


@needs_pyodide
def test_hidden_cell_that_fails_is_shown(ready):
    quiz = ready.locator("div.cell", has=ready.locator("pre", has_text="Predict(")).first
    below = quiz.locator("xpath=following::div[contains(@class, 'cell ')][.//textarea]").first
    cell = visible_cell(ready, 1).locator("textarea")
    cell.fill(f"{cell.input_value()}\nPredict = None")
    ready.get_by_role("button", name="Run all").click()
    expect(quiz).to_have_attribute("data-state", "failed", timeout=90 * SECONDS)
    expect(quiz.locator(".cell_output")).to_contain_text("'NoneType' object is not callable")
    expect(quiz.locator(".cell_input pre")).to_be_visible()
    expect(below).to_be_visible()  # it waited for the prediction
    expect(quiz.locator(".w2v-line")).to_be_visible()
    expect(below).not_to_have_attribute("data-state", re.compile("."))
    ready.get_by_role("button", name="Show cell").click()
    expect(quiz).to_be_in_viewport()


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


@pytest.fixture
def visitor(playwright, chromium_path, tmp_path):
    """A page in a browser that keeps on the disk what it fetched, as a reader's does."""
    launch = playwright.chromium.launch_persistent_context
    context = launch(tmp_path, executable_path=chromium_path)
    yield context.new_page()
    context.close()


def fetched(server):
    """The bytes that were sent of Python's files, as servers send them."""
    paths = [path.partition("?")[0][1:] for path in server.sent if "/pyodide/" in path]
    assert len(paths) == len(set(paths))
    return sum(SENT(path, (server.folder / path).read_bytes()) for path in paths)


@needs_pyodide
def test_first_and_second_visit(server, visitor):
    """Charts come behind the first output; nothing is fetched twice; what was written is there."""
    page, later = visitor, threading.Event()
    server.sent.clear()
    server.wait = lambda path: BEHIND.search(path) and later.wait(60)
    page.goto(f"{server.address}/book/03_binary.html")
    note = page.locator(".w2v-runner-note").text_content()
    press(page)
    first = fetched(server)
    assert first <= FIRST
    cell = visible_cell(page, 1)
    run(cell, "plt.plot([1, 2])", state="running")
    expect(status(page)).to_have_text("Matplotlib is loading …", timeout=60 * SECONDS)
    later.set()
    expect(cell.locator("svg.w2v-chart")).to_be_visible(timeout=60 * SECONDS)
    expect(status(page)).to_have_text("Done.")
    assert fetched(server) <= ALL
    sizes = [first / 1e6, (fetched(server) - first) / 1e6]
    assert note.startswith(
        "First download: {:.0f} MB, then {:.0f} MB for the charts.".format(*sizes)
    )

    source = "V, H = 2, 3\nscores = {'say': 2.0}"
    run(cell, source)
    server.sent.clear()
    page.reload()
    expect(cell.locator("textarea")).to_have_value(source)
    run(cell, timeout=60 * SECONDS)
    assert not [path for path in server.sent if "/pyodide/" in path]
    clear(page)
    expect(cell.locator("textarea")).not_to_have_value(source)
    page.reload()
    expect(page.locator("textarea")).to_have_count(0)


@needs_pyodide
def test_keyboard_alone_on_a_phone(chapter):
    page = chapter()
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name=BUTTON).focus()
    page.keyboard.press("Enter")
    cell = visible_cell(page, 1)
    label = cell.locator("textarea").get_attribute("aria-label")
    for _ in range(20):  # from the button on, the next fields are those of the first cells
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel") == label:
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
    ready.evaluate(REVEAL)
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
def test_an_exercise_is_judged_here_and_its_answer_downloaded(ready, tmp_path):
    cell = visible_cell(ready, 1)
    said = cell.locator(".w2v-answer").get_by_role("status")
    code = "from w2vlib.exercises import check\ndef logit(y):\n    return {}\ncheck('logit', logit)"
    run(cell, code.format("y / nothing"))
    expect(said).to_contain_text("line 3 of the cell, `return y / nothing`, raises NameError")
    run(cell, code.format("-np.log(y / (1 - y))"))
    expect(said).to_have_text("Not yet: turn the sign: a yes has a score above 0.")
    run(cell, code.format("np.log(y / (1 - y))"))
    expect(said).to_have_text("Right.")
    assert "logit" in ready.evaluate(f"JSON.parse(localStorage['w2v-progress'])['{NAME}'].done")

    form = ready.locator(".w2v-answer[data-name=gradient_by_hand]")
    form.get_by_role("textbox").fill("-1/4, 1/4")
    form.get_by_role("button", name="Check").click()
    expect(form.get_by_role("status")).to_have_text("Right.")
    sources = [it.source for it in download(ready, tmp_path).cells]
    assert 'check("gradient_by_hand", gradient="-1/4, 1/4")' in sources
    clear(ready)
    expect(form.get_by_role("textbox")).to_have_value("")


@needs_pyodide
def test_only_listed_chapters_have_the_button(html):
    assert set(RUN_IN_PAGE) <= {path.stem for path in CHAPTERS}
    for path in CHAPTERS:
        page = (html / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert (BUTTON in page) == (path.stem in RUN_IN_PAGE)
        assert ("runner.js" in page) == (path.stem in RUN_IN_PAGE)
        assert page.count("Open it in Binder</a>") == 1
        charts = "import matplotlib" in path.read_text(encoding="utf-8")
        assert ("MB for the charts" in page) == charts


@needs_pyodide
def test_from_a_folder_it_says_how_to_serve(html, page):
    page.goto((html / "book" / "03_binary.html").as_uri())
    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()
    expect(page.locator(".w2v-runner code").first).to_have_text("make serve")


def test_without_files_there_is_no_button(tmp_path, serve, page):
    toc = {"format": "jb-book", "root": "book/index", "chapters": [{"file": "book/03_binary"}]}
    said = build(tmp_path, tmp_path, toc)
    assert "No page can run its cells" in said
    folder = tmp_path / "_build" / "html"
    assert not (folder / "_static" / "pyodide").exists()
    page.goto(f"{serve(folder).address}/book/03_binary.html")
    expect(page.locator(".w2v-runner")).to_contain_text("Open it in Binder or download")
    assert page.get_by_role("button", name=BUTTON).count() == 0
    page.goto(page.url.replace("03_binary", "index"))
    expect(page.get_by_role("link", name="Open it in Binder")).to_be_visible()
    assert page.get_by_role("link", name="Run it here").count() == 0
