"""Counts to type, a target, a power: the chances shown are those of the sampler."""

import numpy as np
import pytest

from w2vlib import UnigramSampler
from w2vlib.page.chances import Chances

COUNTS = {"time": 40, "water": 30, "<green>": 15, "prism": 5}


def right(counts, power, target=None):
    """What the library's sampler draws by."""
    corpus = np.repeat(np.arange(len(counts)), list(counts.values()))
    p = np.zeros(len(counts))
    p[: corpus.max() + 1] = UnigramSampler(corpus, power, 1).word_p
    if target is not None:
        p[list(counts).index(target)] = 0
    return p / p.sum()


@pytest.mark.parametrize("power", [0, 0.35, 0.75, 1])
@pytest.mark.parametrize("target", [None, "<green>"])
def test_chances_are_those_of_the_sampler(power, target):
    assert np.allclose(Chances(COUNTS, power).chances(target), right(COUNTS, power, target))


def test_a_word_that_does_not_occur_is_not_drawn_at_power_0_either():
    assert Chances({"a": 2, "b": 0, "c": 1}, 0).chances().tolist() == [0.5, 0, 0.5]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"counts has 2 word"):
        Chances({"a": 1, "b": 1})
    with pytest.raises(TypeError, match="counts\\['b'\\]"):
        Chances({"a": 1, "b": 0.5, "c": 1})
    for power in (0.33, 1.5):
        with pytest.raises(ValueError, match=f"power is {power}"):
            Chances(COUNTS, power)
    with pytest.raises(ValueError, match="target is 'rain'"):
        Chances(COUNTS, target="rain")
    with pytest.raises(ValueError, match="no word to draw"):
        Chances({"a": 1, "b": 0, "c": 0}, target="a")


# In a browser.


@pytest.fixture
def page(alive):
    return alive(Chances(COUNTS, 1), viewport={"width": 390, "height": 844}, has_touch=True)


def shown(page):
    """Both columns of numbers."""
    rows = page.locator("tbody tr").all()
    return [[float(row.locator("td").nth(n).text_content()) for row in rows] for n in (2, 3)]


def agrees(page, counts, power, target=None):
    every, other = shown(page)
    widths = [
        [float(row.locator("rect").nth(n).get_attribute("width")) for n in (1, 0)]
        for row in page.locator("tbody tr").all()
    ]
    return (
        np.allclose(every, right(counts, power), atol=6e-4)
        and np.allclose(other, right(counts, power, target), atol=6e-4)
        and np.allclose(
            np.array(widths).T * max(0.5, *every, *other) / 100, [every, other], atol=1e-3
        )
    )


def test_first_picture_is_what_the_script_shows(page):
    before = page.locator("table").inner_text()
    page.locator("select").dispatch_event("input")
    assert page.locator("table").inner_text() == before
    assert agrees(page, COUNTS, 1)


def test_power_target_and_counts(page):
    slider = page.get_by_role("slider", name="power")
    for _ in range(5):
        slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "0.75"
    assert page.locator("output").text_content() == "0.75"
    assert agrees(page, COUNTS, 0.75)
    page.get_by_label("target").select_option("<green>")
    assert agrees(page, COUNTS, 0.75, "<green>")
    page.get_by_label("count of time").fill("2000")
    page.get_by_label("count of prism").fill("0")
    assert agrees(page, COUNTS | {"time": 2000, "prism": 0}, 0.75, "<green>")
    slider.press("Home")
    assert agrees(page, COUNTS | {"time": 2000, "prism": 0}, 0, "<green>")


@pytest.mark.parametrize("text", ["", "-3", "1.5", "1e3"])
def test_what_is_no_count_is_named_and_changes_nothing(page, text):
    before, field = shown(page), page.get_by_label("count of water")
    field.fill(text)
    said = "The count of water: a whole number, 0 or more."
    assert page.locator("p[role=status]").text_content() == said
    assert field.get_attribute("aria-invalid") == "true" and shown(page) == before
    field.fill("30")
    assert page.locator("p[role=status]").text_content() == ""
    assert field.get_attribute("aria-invalid") is None


def test_where_no_word_is_left_it_says_so(page):
    for word in list(COUNTS)[1:]:
        page.get_by_label(f"count of {word}").fill("0")
    assert shown(page) == [[1, 0, 0, 0], [1, 0, 0, 0]]
    page.get_by_label("target").select_option("time")
    assert "No word is left" in page.locator("p[role=status]").text_content()
    assert shown(page) == [[1, 0, 0, 0], [0, 0, 0, 0]]


def test_it_fits_a_phone(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.evaluate("""[...document.querySelectorAll("th, td, input")].map(e =>
        parseFloat(getComputedStyle(e).fontSize))""")
    assert min(sizes) >= 11
