"""The valley: its script walks where the library's optimisers do."""

import json

import numpy as np
import pytest

from w2vlib.page.valley import OPTIMISERS, RATES, Valley, said, walk
from w2vlib.training import SGD, Adam


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="start is .*: it should be at most"):
        Valley(start=(8, 3))
    with pytest.raises(ValueError, match="rates..SGD.. is 7"):
        Valley(rates={"SGD": 7})
    with pytest.raises(ValueError, match="a name in rates is .AdamW"):
        Valley(rates={"AdamW": 0.1})
    with pytest.raises(ValueError, match="start"):
        Valley(start=(1, 2, 3))


def test_the_page_is_small_and_the_same_each_time():
    html = Valley().page()
    assert html == Valley().page() and len(html) < 15_000 and repr(Valley()) == "Valley"


def test_the_paths_are_those_of_the_chapter():
    paths = Valley().paths
    assert set(paths) == {"SGD", "momentum", "Adam"}
    np.testing.assert_allclose(paths["SGD"][1], [8 - 0.144, 1 - 1.8])
    np.testing.assert_allclose(paths["Adam"][1], [7.6, 0.6], atol=1e-6)
    g = np.array([[8.0, 100.0], [8 - 0.08, 0.0]])  # after the first step b is 0
    np.testing.assert_allclose(paths["momentum"][1], [8 - 0.08, 0])
    np.testing.assert_allclose(
        paths["momentum"][2], paths["momentum"][1] - 0.01 * (0.9 * g[0] + g[1])
    )


def test_it_is_said_where_a_path_ends():
    start = (8, 1)
    for optimiser, end in [
        (SGD(0.001), "still on its way."),
        (SGD(0.022), "it diverges."),
        (Adam(0.4), "still on its way."),
    ]:
        assert said(walk(optimiser, start)).endswith(end)
    assert said(walk(SGD(0.01), (0, 0))).endswith("a = 0.00, b = 0.00: arrived.")
    assert said(walk(Adam(0.8), (0, 0.1))).endswith("higher than it began.")


# In a browser.

PATHS = "document.querySelector('.w2v-valley').paths"


def texts(page):
    return page.locator(".w2v-valley p").all_text_contents()


def right(page, start, rates):
    """Whether the page shows the library's paths from here."""
    paths, words = page.evaluate(PATHS), texts(page)
    for (name, optimiser), rate, word in zip(OPTIMISERS.items(), rates, words, strict=True):
        expected = walk(optimiser(rate), start)
        np.testing.assert_allclose(np.array(paths[name], float), expected, rtol=1e-9, atol=1e-9)
        assert word == said(expected)


def slide(page, name, places):
    slider = page.get_by_role("slider", name=name)
    slider.press("Home")
    for _ in range(places):
        slider.press("ArrowRight")


def test_it_walks_where_the_library_does(alive):
    page = alive(Valley())
    right(page, (8, 1), [0.018, 0.01, 0.4])
    for n, rate in enumerate(RATES):
        if n:
            for name in OPTIMISERS:
                page.get_by_role("slider", name=f"{name}, rate").press("ArrowRight")
        else:
            for name in OPTIMISERS:
                slide(page, f"{name}, rate", 0)
        right(page, (8, 1), [rate] * 3)
    slide(page, "start a", 0)
    slide(page, "start b", 10)
    right(page, (-9.5, -0.9), [RATES[-1]] * 3)
    assert "diverges" in texts(page)[0]


def test_the_stored_picture_is_the_first_one_of_the_script(alive):
    valley = Valley()
    page = alive(valley)
    for name, path in valley.paths.items():
        section = page.locator(f"[data-optimiser={name}]")
        line = section.locator("[data-part=line]").get_attribute("d")
        numbers = np.array(line[1:].replace("L", " ").split(), dtype=float).reshape(-1, 2)
        np.testing.assert_allclose(numbers, path * [20, -20], atol=0.051)
        assert f'<p aria-live="polite">{section.locator("p").text_content()}' in valley.page()
        assert json.dumps(section.locator("output").text_content()) == f'"{valley.rates[name]:g}"'


@pytest.mark.parametrize("touch", [False, True])
def test_the_start_is_dragged(alive, touch):
    page = alive(Valley(), viewport={"width": 390, "height": 844}, has_touch=touch)
    section = page.locator("[data-optimiser=momentum]")
    box = section.locator("svg").bounding_box()
    scale = box["width"] / 400
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    start = x + 160 * scale, y - 20 * scale
    end = x - 60 * scale, y + 10 * scale
    if touch:  # as a finger does
        session = page.context.new_cdp_session(page)
        for kind, points in [("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])]:
            touches = [{"x": a, "y": b} for a, b in points]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    else:
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=3)
        page.mouse.up()
        page.mouse.move(*start)  # let go
    right(page, (-3, -0.5), [0.018, 0.01, 0.4])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
