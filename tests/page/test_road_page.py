"""The cluster on paper: its script computes what the library does."""

import numpy as np
import pytest

from w2vlib import road
from w2vlib.page.road import CONTROLS, MACHINES, PARTS, Road, duration, height, short


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="machines is 3: it should be one of 2, 4"):
        Road(machines=3)
    with pytest.raises(ValueError, match="price is no control: there are machines"):
        Road(price=3)


def test_the_page_is_small_and_the_same_each_time():
    html = Road().page()
    assert html == Road().page() and len(html) < 20_000 and repr(Road()) == "Road"


def test_it_starts_as_it_is_told():
    thing = Road(gigabits=100, levels=8, vocab_size=10_000)
    wanted = road.Cluster(gigabits=100, levels=4)
    assert thing.cluster() == wanted
    assert thing.copies == road.copies(road.zipf(10_000), wanted)


@pytest.mark.parametrize(
    "x, said",
    [(13.66e6, "13.7 M"), (999.9, "1 k"), (0.08123, "0.0812"), (2e-5, "under 0.001"), (7, "7")],
)
def test_numbers_are_short(x, said):
    assert short(x) == said


@pytest.mark.parametrize(
    "seconds, said",
    [(59.04, "59 seconds"), (119, "119 seconds"), (732, "12.2 minutes"), (9e5, "10.4 days")],
)
def test_times_are_said_in_fitting_units(seconds, said):
    assert duration(seconds) == said


# In a browser.


def move(page, **places):
    for name, place in places.items():
        page.locator(f"input[name={name}]").evaluate(
            "(e, place) => { e.value = place; e.dispatchEvent(new Event('input')); }", place
        )


def right(page, thing):
    """Whether the page shows what the library computes."""
    cluster, shown = thing.cluster(), page.evaluate("document.querySelector('.w2v-road').shown")
    wanted = {"copies": thing.copies, "columns": road.columns(cluster)}
    for name, found in wanted.items():
        assert shown[name] == pytest.approx(found._asdict(), rel=1e-4)
        heights = [height(thing._round(name, m).speed / cluster.speed) for m in MACHINES]
        np.testing.assert_allclose(shown["heights"][name], heights, rtol=1e-4, atol=1e-3)
    for name in PARTS:
        row = page.locator(f"tr[data-part={name}]")
        share = 100 * getattr(thing.copies, name) / thing.copies.seconds
        assert float(row.locator("span").text_content()[:-1]) == pytest.approx(share, abs=0.51)
        width = float(row.locator("rect").get_attribute("width"))
        assert width == pytest.approx(share, abs=0.06)
    here = page.locator("[data-part=here]")
    y = height(thing.copies.speed / cluster.speed)
    assert float(here.get_attribute("cy")) == pytest.approx(y, abs=0.06)


def test_the_stored_picture_is_the_first_one_of_the_script(alive):
    thing = Road()
    page = alive(thing)
    right(page, thing)
    assert page.locator(".w2v-road > p").text_content() == thing.said()
    for name in ("copies", "columns"):
        points = page.locator(f"[data-part={name}]").get_attribute("points")
        found = np.array(points.replace(",", " ").split(), dtype=float).reshape(-1, 2)
        line = next(part for part in thing._chart().parts if f'data-part="{name}"' in part)
        stored = np.array(line.split('points="')[1].split('"')[0].replace(",", " ").split(), float)
        np.testing.assert_allclose(found, stored.reshape(-1, 2), atol=0.11)
    for name, text in [*PARTS.items()]:
        row = page.locator(f"tr[data-part={name}]")
        assert row.locator("th").text_content() == text
        assert row.locator("td").last.text_content() == short(getattr(thing.copies, name))


def test_it_computes_what_the_library_does(alive):
    page, rng = alive(Road()), np.random.default_rng(0)
    for _ in range(12):
        places = {name: int(rng.integers(len(c[1]))) for name, c in CONTROLS.items()}
        move(page, **places)
        thing = Road(**{name: CONTROLS[name][1][place] for name, place in places.items()})
        right(page, thing)
        for name, (_, values, _, _) in CONTROLS.items():
            field = page.locator(f"input[name={name}]")
            text = f"{values[places[name]]:,}"
            assert field.get_attribute("aria-valuetext") == text
            assert field.locator("xpath=..").locator("output").text_content() == text


def test_it_is_moved_by_keys_and_fits_a_phone(alive):
    page = alive(Road(), viewport={"width": 390, "height": 844}, has_touch=True)
    before = page.locator(".w2v-road > p").text_content()
    slider = page.get_by_role("slider", name="Gb/s of the road")
    slider.press("End")
    right(page, Road(gigabits=400))
    assert page.locator(".w2v-road > p").text_content() != before
    page.locator("summary").click()
    page.get_by_role("slider", name="words, V").press("Home")
    right(page, Road(gigabits=400, vocab_size=10_000))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.evaluate("""[...document.querySelectorAll('th, td, label, p')].map(e =>
        parseFloat(getComputedStyle(e).fontSize))""")
    assert min(sizes) >= 11
