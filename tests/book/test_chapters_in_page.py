"""Each chapter on its own page, from top to bottom, against its stored outputs."""

import re
from itertools import zip_longest

import numpy as np
import pytest
from chapters import ROOT, code_cells, read, tags
from in_page import RUN_IN_PAGE, SECONDS, download, needs_pyodide, press, status
from playwright.sync_api import expect

NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")
NUMBA = re.compile(r"HAS_NUMBA|\bruns\.items")  # cells that say something else where there is none
ONLY_HERE = "In this browser:"  # where it turns a result round
LONGEST, MOST = 90, 700  # seconds and MB of a chapter
LONG = 15  # seconds of a cell that the page says nothing of: ten, and some for a busy machine


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
def test_chapter_runs_from_top_to_bottom(strict, page, tmp_path, name):
    page.goto(f"{strict.address}/book/{name}.html")
    press(page)
    expect(status(page)).to_have_text("Done.", timeout=60 * SECONDS)
    page.get_by_role("button", name="Run all").click()
    waiting = page.locator("[data-state=queued], [data-state=running]")
    expect(waiting).to_have_count(0, timeout=3 * LONGEST * SECONDS)
    said = page.locator(".w2v-progress").text_content()
    print(name, said)
    assert page.locator("div.cell:not([data-state=done])").count() == 0
    assert page.locator(".cell_output [data-mount]:not([data-alive])").count() == 0

    stored = code_cells(read(ROOT / "book" / f"{name}.ipynb"))
    marks = page.locator("div.cell .w2v-state").all_text_contents()
    seconds = [float(mark.removeprefix("done, ").removesuffix(" s")) for mark in marks]
    long = {i: taken for i, taken in enumerate(seconds, 1) if taken > LONG}
    print("cells that take long:", long)
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
    assert not [url for url in page.asked if not url.startswith((strict.address, "blob:"))]
    assert all("long" in tags(stored[i - 1]) for i in long), long
    assert sum(seconds) <= LONGEST
    assert float(re.search(r"takes (\d+) MB", said)[1]) <= MOST
