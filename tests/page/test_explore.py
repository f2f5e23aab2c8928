"""Things to try out: a page carries what the function draws, and its script shows it."""

import json
import re

import pytest

from w2vlib.page.drawing import Diagram
from w2vlib.page.explore import Explore


def picture(score, word):
    d = Diagram(200, 40, f"{word} scores {score:g}")
    d.text(10, 20, f"{word}: {score:g}", align="start")
    return d


@pytest.fixture
def explore():
    return Explore(picture, score=[-1, 0, 0.5], word=["you", "say"], start={"score": 0.5})


def frames(html):
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html)[1])
    assert len(set(data["lines"])) == len(data["lines"])
    return ["\n".join(data["lines"][number] for number in frame) for frame in data["frames"]]


def test_a_page_carries_what_the_function_draws_for_all_values(explore):
    drawn = [picture(s, w)._repr_html_() for s in (-1, 0, 0.5) for w in ("you", "say")]
    html = explore.page()
    assert frames(html) == drawn
    before_script = html.partition("<script")[0]
    assert drawn[4] in before_script  # what is shown at the start, even without scripts
    assert html == explore.page() and repr(explore) == "Explore(score, word)"


def test_controls_are_labelled_and_begin_at_the_start(explore):
    html = explore.page()
    assert html.count("<label>") == 2
    assert '<input type="range" min="0" max="2" value="2" aria-valuetext="0.5">' in html
    assert '<option value="0" selected>you</option>' in html
    assert "<button" not in html
    assert ">1,000,000</output>" in Explore(picture, score=[10**6, 1], word=["a"]).page()
    assert "<button" in Explore(picture, score=[1, 2], word=["a"], play=True).page()


def test_text_that_looks_like_an_end_of_script_does_no_harm():
    html = Explore(lambda n: f"<b>{n}</b><!--<script></script>", n=[1, 2]).page()
    assert html.count("</script>") == 1 + 1  # ours, and the one that is shown
    assert html.count("<!--") == 1
    assert frames(html)[0] == "<b>1</b><!--<script></script>"


def test_values_of_any_kind_can_be_chosen():
    html = Explore(lambda x: f"<b>{x}</b>", x=[None, True, (2, 3), "<i>", 1]).page()
    for n, said in enumerate(["None", "True", "(2, 3)", "&lt;i&gt;", "1"]):
        assert f'<option value="{n}"{" selected" * (n == 0)}>{said}</option>' in html


def test_bad_controls_are_named():
    with pytest.raises(ValueError, match="no control"):
        Explore(picture)
    for start in {"score": 2}, {"scores": -1}:
        with pytest.raises(ValueError, match="start has scores?=.*a value of a control"):
            Explore(picture, score=[-1, 0], word=["you"], start=start)
    with pytest.raises(ValueError, match="play is True, which moves the first control"):
        Explore(picture, word=["you", "say"], score=[1], play=True)
    with pytest.raises(TypeError, match="picture returned a NoneType: it should return a Diagram"):
        Explore(lambda score: None, score=[1, 2])
    with pytest.raises(ValueError, match="10000 combinations"):
        Explore(picture, score=range(100), word=list("ab") * 50)


def test_keys_show_what_was_drawn_there(alive, explore):
    page = alive(explore)
    score, word = page.locator("input, select").all()
    for key, shown in [("ArrowLeft", 0), ("Home", -1), ("End", 0.5)]:
        score.press(key)
        assert page.locator("svg").get_attribute("aria-label") == f"you scores {shown:g}"
        assert score.get_attribute("aria-valuetext") == f"{shown:g}"
    word.select_option("say")
    assert page.locator("svg text").text_content() == "say: 0.5"
