"""Ids clicked into a row-sparse gradient: its script sorts and sums as the library does."""

import numpy as np
import pytest

from w2vlib.page.row_sparse import DOUT, LEFT, MOST, ROW, TOP, RowSparse
from w2vlib.sparse_gradients import SparseGradient

PARTS = """() => Object.fromEntries([...document.querySelectorAll("[data-part]")].map(e =>
    [e.dataset.part, e.matches("text, p") ? e.textContent
        : ["transform", "y1", "y2", "opacity"].map(name => e.getAttribute(name)).join(" ")]))"""


def put(idx):
    gradient = SparseGradient(np.zeros((6, 2)))
    gradient.put(np.array(idx, dtype=int), DOUT[: len(idx)].astype(float))
    return gradient


def test_bad_starts_are_named():
    with pytest.raises(IndexError, match="start holds the id 6"):
        RowSparse([6])
    with pytest.raises(ValueError, match="start has 7 ids: it should have 1 to 6"):
        RowSparse([0] * 7)
    with pytest.raises(ValueError, match="start"):
        RowSparse([])


def test_the_first_picture_is_the_script_s(alive, chromium):
    for start in [2, 0, 2], [5, 4, 3, 2, 1, 0], [1]:
        html = RowSparse(start).page()
        assert html == RowSparse(start).page() and len(html) < 20_000
        still = chromium.new_page()
        still.set_content(html)
        before = still.evaluate(PARTS)
        still.close()
        after = alive(RowSparse(start)).evaluate(PARTS)
        assert before.pop("said") == "" and after.pop("said").startswith("Sorted: ")
        shown = {name: text for name, text in after.items() if before[name] != text}
        assert not shown


def press(page, name):
    page.get_by_role("button", name=str(name), exact=True).press("Enter")


@pytest.mark.parametrize("clicks", [[1, 1, 0], [5, 2, 2], [0, 0, 0], [3, 4, 2]])
def test_it_sorts_and_sums_as_the_library_does(alive, clicks):
    page = alive(RowSparse([2, 0, 2]))
    idx = [2, 0, 2]
    for click in clicks:
        press(page, click)
        idx.append(click)
        gradient, library = (
            page.evaluate("document.querySelector('.w2v-row-sparse').gradient"),
            put(idx),
        )
        assert gradient["idx"] == idx
        assert gradient["order"] == np.argsort(idx, kind="stable").tolist()
        assert gradient["ids"] == library.ids.tolist()
        assert gradient["rows"] == library.rows.tolist()
        shown = page.evaluate(PARTS)
        for n, (i, row) in enumerate(zip(library.ids, library.rows)):
            texts = [shown[f"summed {n} text {j}"] for j in range(3)]
            assert texts == [f"{x:g}" for x in (i, *row)]
        for at, k in enumerate(gradient["order"]):
            place = f"translate({LEFT['sorted']} {TOP + ROW * at})"
            assert shown[f"sorted {k}"].strip() == f"{place}   1"
            assert shown[f"sorted {k} text 0"] == str(idx[k])
        kept = [shown[f"summed {n}"].endswith("1") for n in range(MOST)]
        assert kept == [n < len(library.ids) for n in range(MOST)]
        assert f"ids: {', '.join(map(str, library.ids))}. " in shown["said"]


def test_full_and_empty(alive):
    page = alive(RowSparse([2, 0, 2]))
    start = page.evaluate(PARTS)
    for _ in range(3):
        press(page, 4)
    full = page.evaluate(PARTS)
    press(page, 4)
    assert page.evaluate(PARTS) | {"said": ""} == full | {"said": ""}
    assert "take one back first" in page.evaluate(PARTS)["said"]
    for _ in range(3):
        press(page, "Take one back")
    back = page.evaluate(PARTS)
    assert back["said"] == start["said"]
    assert back["summed 1"] == start["summed 1"] and back["summed 2"] == start["summed 2"]
    for _ in range(4):
        press(page, "Take one back")
    assert page.evaluate(PARTS)["said"] == "Nothing was looked up: no ids, no rows."
    press(page, 3)
    assert "ids: 3. rows: [1, 2]." in page.evaluate(PARTS)["said"]


@pytest.mark.parametrize(("motion", "moving"), [("no-preference", True), ("reduce", False)])
def test_rows_glide_unless_less_motion_is_asked_for(alive, motion, moving):
    page = alive(RowSparse([2, 0, 2]))
    page.emulate_media(reduced_motion=motion)
    press(page, 0)
    assert bool(page.evaluate("document.getAnimations().length")) == moving
    page.wait_for_function("document.getAnimations().length === 0")
    assert page.evaluate("document.activeElement.textContent") == "0"


def test_it_fits_a_phone_and_a_finger(alive):
    phone = alive(RowSparse([2, 0, 2]), viewport={"width": 390, "height": 844}, has_touch=True,
                  is_mobile=True)  # fmt: skip
    for button in phone.get_by_role("button").all():
        box = button.bounding_box()
        assert min(box["height"], box["width"]) >= 44
    phone.get_by_role("button", name="5").tap()
    assert phone.evaluate("document.querySelector('.w2v-row-sparse').gradient.ids") == [0, 2, 5]
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
