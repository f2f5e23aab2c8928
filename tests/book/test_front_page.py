"""The front page: what it shows is made from the chapters, and its buttons lead into the course."""

import json
import math
import re
import runpy

import pytest
from chapters import BOOK, CHAPTERS, ROOT, read
from conftest import until
from test_runner import needs_pyodide

from w2vlib.ledger import PEER

expect = pytest.importorskip("playwright.sync_api").expect

FRONT = runpy.run_path(str(BOOK / "_ext" / "front_page.py"))


@pytest.fixture
def front(site, page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}/book/index.html")
    return page


def test_the_ladder_has_every_stage_and_leads_to_its_chapter(front):
    tool = runpy.run_path(str(ROOT / "tools" / "ladder.py"))
    rows = tool["ladder"]()
    rungs = front.locator(".w2v-ladder li").all()
    assert len(rungs) == len(rows) > 8
    slowest, fastest = (f(math.log(speed) for _, speed, _ in rows) for f in (min, max))
    for rung, (stage, speed, _) in zip(rungs, rows):
        stem, name = FRONT["RUNGS"][stage]
        assert rung.locator("a").get_attribute("href") == f"{stem}.html"
        assert rung.inner_text().split("\n") == [str(int(stem[:2])), name, f"{speed:,.0f}"]
        assert rung.locator("a").get_attribute("title") == stage
        share = (math.log(speed) - slowest) / (fastest - slowest)
        wide = float(rung.locator("rect").get_attribute("width").removesuffix("%"))
        assert abs(wide - 5 - 95 * share) < 0.6
    expect(front.get_by_text(tool["note"](), exact=True)).to_be_visible()
    *ours, (card, _, _), (peer, _, _) = rows
    (_, first, _), (_, last, factor) = ours[0], ours[-1]
    assert (card, peer) == (tool["CARD"], PEER)
    peer = last / next(speed for stage, speed, _ in rows if stage == PEER)
    expect(front.get_by_text(f"{peer:.1f} times as many as gensim")).to_be_visible()
    expect(
        front.get_by_text(f"From {first:,.0f} words a second to {last:,.0f}: {factor}")
    ).to_be_visible()


def test_the_list_says_each_chapters_minutes(front):
    said = front.locator("#the-chapters ol > li").all_inner_texts()
    assert len(said) == len(CHAPTERS)
    for path, text in zip(CHAPTERS, said):
        minutes = re.search(r"About (\d+) minutes", json.dumps(read(path)))
        assert minutes is None or text.endswith(f" {minutes[1]} minutes")
    hours = sum(int(text.split()[-2]) for text in said) / 60
    expect(front.get_by_text(f"about {hours:.0f} hours in all")).to_be_visible()


def test_it_trains_and_shows_all_of_it_at_once(front):
    net = front.locator(".w2v-front .w2v-playground")
    until(front, "document.querySelector('.w2v-playground').net.losses.length > 0")
    for thing in (
        net.locator("[data-part='guess 5']"),
        front.get_by_text("compile the loop", exact=True),
    ):
        expect(thing).to_be_in_viewport()


def test_a_word_is_answered(front):
    box = front.locator(".w2v-neighbours")
    first = box.locator("li").all_text_contents()
    assert first[0].startswith("queen ") and not [url for url in front.asked if "vectors" in url]
    box.get_by_role("button", name="Show neighbours").click()
    until(
        front,
        "performance.getEntriesByName(new URL('../_static/vectors_1.bytes', location)).length > 0",
    )
    expect(box.get_by_role("status")).to_have_text(
        "Nearest to king - man + woman, the words of the sum left out, with their cosines:"
    )
    assert box.locator("li").all_text_contents() == first


def test_start_with_chapter_1(front):
    front.get_by_role("link", name="Start with chapter 1").click()
    expect(front).to_have_title(re.compile("^1. "))


@needs_pyodide
def test_run_it_here_opens_the_runner(front):
    front.get_by_role("link", name="Run it here").click()
    expect(front).to_have_url(re.compile(r"/01_bottlenecks\.html#run$"))
    expect(front.get_by_role("status").get_by_text("Python is loading")).to_be_visible()
