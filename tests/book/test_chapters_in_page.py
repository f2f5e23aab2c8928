"""Each chapter on its own page, from top to bottom, against its stored outputs."""

import re
from itertools import zip_longest

import numpy as np
import pytest
from chapters import ROOT, code_cells, read, tags
from in_page import RUN_IN_PAGE, SECONDS, download, needs_pyodide, press, status
from playwright.sync_api import expect

NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")
NUMBA = re.compile(r"HAS_NUMBA|HAS_DASK|\bruns\.items")  # cells that say something else without
ONLY_HERE = "In this browser:"  # where it turns a result round
LONGEST, MOST = 90, 700  # seconds, on a quiet machine, and MB of a chapter
LONG = 15  # seconds, there, of a cell that the page says nothing of: ten, and some for their spread
# A busy machine is slower, and by how much this tells: the same work before and after the chapter.
REFERENCE = """
def reference():
    from time import perf_counter
    import numpy as np
    begun, x = perf_counter(), np.ones((200, 200), np.float32)
    for _ in range(200):
        sum(i * i for i in range(50_000))
        x @ x
    return perf_counter() - begun
print("reference:", reference())
"""
SLOWEST = 3  # a machine that is busier proves little
QUIET = 1.64  # its seconds: 200 times the quickest of 100 rounds, on two cores of an AMD EPYC


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


def slowness(page):
    """How many times as long as on a quiet machine the reference takes now."""
    cell = page.locator("div.cell:not(.tag_hide-input)").first
    cell.locator("textarea").fill(REFERENCE)
    cell.get_by_role("button", name="Run", exact=True).click()
    output = cell.locator(".cell_output")
    expect(output).to_contain_text("reference: ", timeout=60 * SECONDS)
    taken = float(output.text_content().partition(":")[2])
    cell.get_by_role("button", name="Reset").click()
    return max(1, min(taken / QUIET, SLOWEST))


def wait(page):
    """Until no cell is to run."""
    waiting = page.locator("[data-state=queued], [data-state=running]")
    expect(waiting).to_have_count(0, timeout=5 * LONGEST * SECONDS)


def times(page):
    """The seconds that the page says of each cell."""
    marks = page.locator("div.cell .w2v-state").all_text_contents()
    return [float(mark.removeprefix("done, ").removesuffix(" s")) for mark in marks]


def run_all(page):
    """Run all cells; what is said under those that failed."""
    page.get_by_role("button", name="Run all").click()
    wait(page)
    return page.locator("div.cell[data-state=failed] .cell_output").all_text_contents()


def once_more(page, i):
    """A cell's seconds on a quiet machine, from a run of it alone."""
    page.locator("div.cell").nth(i).get_by_role("button", name="Run", exact=True).click()
    wait(page)
    return times(page)[i] / slowness(page)


@needs_pyodide
@pytest.mark.parametrize("name", RUN_IN_PAGE)
def test_chapter_runs_from_top_to_bottom(server, page, tmp_path, name):
    page.goto(f"{server.address}/book/{name}.html")
    press(page)
    expect(status(page)).to_have_text("Done.", timeout=60 * SECONDS)
    before = slowness(page)
    failed = run_all(page)
    unmeasured = page.locator("div.cell[data-state=failed]:not(.tag_nbval-ignore-output)")
    if failed and not unmeasured.count() and all("AssertionError" in said for said in failed):
        # What else the machine did may have come between two measurements.
        print(f"{name}: once more, for {failed}")
        failed = run_all(page)
    said = page.locator(".w2v-progress").text_content()
    assert page.locator("div.cell:not([data-state=done])").count() == 0, failed
    assert page.locator(".cell_output [data-mount]:not([data-alive])").count() == 0

    stored = code_cells(read(ROOT / "book" / f"{name}.ipynb"))
    seconds = times(page)
    wrong = []
    for old, new in zip_longest(stored, code_cells(download(page, tmp_path))):
        assert new.source == old.source
        assert new.execution_count
        new.outputs = [one for one in new.outputs if not one.get("text", "").startswith(ONLY_HERE)]
        if NUMBA.search(old.source):
            continue
        if "nbval-ignore-output" in tags(old):
            assert shown(new) == shown(old), old.source
        elif not all(same(*pair) for pair in zip_longest(texts(new), texts(old), fillvalue="")):
            wrong.append((old.source, *texts(new), *texts(old)))
    assert not wrong
    assert not [url for url in page.asked if not url.startswith((server.address, "blob:"))]
    after = slowness(page)
    slower = min(before, after)
    print(f"{name}: {said}; the reference takes {before:.2f} and {after:.2f} times its quiet time")
    print(f"by that {sum(seconds) / slower:.1f} s")
    for i, (cell, taken) in enumerate(zip(stored, seconds, strict=True)):
        if taken / slower > LONG and "long" not in tags(cell):
            # What else the machine did may have come and gone meanwhile.
            assert min(once_more(page, i) for _ in range(2)) <= LONG, cell.source
    assert sum(seconds) / slower <= LONGEST
    assert float(re.search(r"(\d+) MB", said)[1]) <= MOST
