"""The network that trains as one watches: the library's numbers, with a kernel and in the page."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from w2vlib.bottlenecks import create_contexts_target
from w2vlib.embedding import Embedding
from w2vlib.negative_sampling import NegativeSamplingLoss
from w2vlib.page.playground import RATES, Playground
from w2vlib.training import CBOW, SGD, Trainer

TEXT = "you say goodbye and i say hello ."
ROOT = Path(__file__).parents[2]
IDS = np.array([0, 1, 2, 3, 4, 1, 5, 6])


@pytest.fixture
def playground():
    return Playground(TEXT, rate=0.3, seed=2)


@pytest.mark.parametrize("rate", RATES)
def test_it_trains_as_the_trainer_does(rate):
    playground = Playground(TEXT, rate=rate, seed=2)
    W_in, W_out = playground.start.astype(np.float32)
    model = CBOW(7, 2, 1, IDS)
    model.in_layer = Embedding(W_in)
    model.loss_layer = NegativeSamplingLoss(W_out, IDS, sample_size=2, rng=2)
    model.params = model.in_layer.params + model.loss_layer.params
    model.grads = model.in_layer.grads + model.loss_layer.grads
    trainer = Trainer(model, SGD(rate))
    contexts, target = create_contexts_target(IDS, 1)
    losses = [trainer.step(contexts[[n % 6]], target[[n % 6]]) for n in range(50)]
    playground.step(50)
    assert playground.losses == losses
    np.testing.assert_array_equal(playground.params[0], W_in)
    np.testing.assert_array_equal(playground.params[1], W_out)


def test_after_100_passes_the_same_negatives_come_again(playground):
    first = [playground.asked[1:]]
    for _ in range(599):
        playground.step()
        first.append(playground.asked[1:])
    assert first == playground.draws.tolist()
    playground.step()
    assert playground.asked[1:] == first[0]


def test_reset_begins_again_and_keeps_the_curve(playground):
    before = playground.picture()
    playground.step(13)
    ran = curves(playground)[1]
    assert playground.picture() != before and ran.count(",") == 2  # the passes that are finished
    playground.reset()
    assert playground.losses == [] and curves(playground) == [ran, ""]
    assert playground.picture().replace(ran, "") == before
    playground.step(5)
    playground.reset()  # less than a pass: the curve before stays
    assert curves(playground) == [ran, ""]


def curves(playground):
    """The points of the run before, and of this one."""
    return re.findall('data-part="(?:before|curve)" points="(.*?)"', playground.picture())


def limits(playground, steps):
    """The limit of the maps before each step."""
    found = []
    for _ in range(steps):
        found.append(int(re.search("± ([0-9]+)", playground.picture())[1]))
        playground.step()
    return found


def test_the_maps_change_their_scale_seldom_and_never_back():
    playground = Playground(TEXT, rate=0.3, seed=191)  # as in Chapter 7
    found = limits(playground, 120)
    assert found == sorted(found) and set(found) == {1, 2, 3} and found[:20] == [1] * 20


def test_the_label_is_the_mean_of_the_last_ten_passes(playground):
    playground.step(12)
    assert f"pass 2, last 2: {np.mean(playground.losses):.2f}<" in playground.picture()
    playground.step(63)
    assert f"pass 12, last 10: {np.mean(playground.losses[12:72]):.2f}<" in playground.picture()


def test_names_do_not_cover_each_other(playground):
    name = re.compile(r'data-part="W_in word \d" transform="translate\((\S+) (\S+)\)">.*?'
                      r'opacity="(.)" x="0" y="(\S+)">(.*?)<', re.DOTALL)  # fmt: skip
    hidden = 0
    for _ in range(30):
        playground.step(10)
        found = name.findall(playground.picture())
        assert len(found) == 7 and found[-1][-1] == "full stop"
        shown = [(float(x), float(y) + float(up), 3.2 * len(text))
                 for x, y, on, up, text in found if on == "1"]  # fmt: skip
        hidden += 7 - len(shown)
        for n, (x, y, half) in enumerate(shown):
            for a, b, other in shown[:n]:
                assert abs(a - x) > half + other - 0.2 or abs(b - y) > 10.8
    assert hidden < 30  # of 210


def test_words_that_help_to_guess_the_same_words_come_together(playground):
    v = playground.vocabulary

    def distances():
        W_in, _ = playground.params
        pairs = [("you", "hello"), ("goodbye", "i"), ("say", "and")]
        apart = np.array([np.linalg.norm(W_in[v[a]] - W_in[v[b]]) for a, b in pairs])
        return apart / W_in.std()

    before = distances()
    playground.step(300)
    assert np.all(distances() < 0.6 * before)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="text has 3 different words: 4 to 12"):
        Playground("you say hello")
    with pytest.raises(ValueError, match="rate is 2: it should be one of 0.03, 0.1, 0.3, 1"):
        Playground(TEXT, rate=2)
    with pytest.raises(ValueError, match="seed"):
        Playground(TEXT, seed=-1)


def test_the_page_is_small_and_the_same_each_time(playground):
    html = playground.page()
    assert html == Playground(TEXT, rate=0.3, seed=2).page()
    assert len(html) < 30_000
    playground.step()
    assert playground.page() == html and playground.picture() not in html
    playground.reset()
    assert playground.picture() in html and repr(playground) == f"Playground({TEXT!r})"
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html)[1])
    assert data["draws"] == playground.draws.tolist()
    assert data["start"] == playground.start.tolist()
    assert 'id="playground-' in html and Playground(TEXT, rate=0.3).page() != html


def test_text_that_looks_like_an_end_of_script_does_no_harm():
    html = Playground("a </script> b & c <b> d").page()
    assert html.count("</script>") == 2


def test_the_widget_shows_the_same_picture(playground):
    pytest.importorskip("ipywidgets", reason="ipywidgets is not installed")
    buttons, rate, view = playground.widget().children
    step, play, reset = buttons.children
    other = Playground(TEXT, rate=0.3, seed=2)
    assert view.value == other.picture()
    step.click()
    play.value = 1  # as the browser counts
    rate.value = 0.1
    other.step(6)
    other.rate = 0.1
    assert view.value == other.picture()
    reset.click()
    other.reset()
    assert view.value == other.picture()
    playground.step(596)
    play.playing = True
    play.value = 2
    assert len(playground.losses) == 600 and not play.playing  # its negatives come to an end
    bundle = playground._repr_mimebundle_()
    assert set(bundle) == {
        "text/plain", "text/html", "application/vnd.jupyter.widget-view+json",
    }  # fmt: skip


def test_without_ipywidgets_there_is_the_page(playground, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    assert set(playground._repr_mimebundle_()) == {"text/plain", "text/html"}


@pytest.fixture
def page(chromium, playground):
    """The playground in a browser's page."""
    page = chromium.new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.set_content(f"<!DOCTYPE html><title>A page</title>{playground.page()}")
    yield page
    assert not page.wrong
    page.close()


# All that the page shows: the text, and the numbers that give each part its place.
SHOWN = """() => [...document.querySelectorAll("[data-part]")].map(e => [e.dataset.part,
    e.matches("text, p") ? e.textContent : "",
    ["d", "transform", "points", "opacity", "y"].map(name => e.getAttribute(name)).join(" ")])"""
NET = "document.querySelector('.w2v-playground').net"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def press(page, name, times=1):
    for _ in range(times):
        page.get_by_role("button", name=name).press("Enter")


def slide(page, rate):
    slider = page.get_by_role("slider", name="learning rate")
    slider.press("Home")
    for _ in range(RATES.index(rate)):
        slider.press("ArrowRight")


@pytest.mark.parametrize("rate", [0.1, 1.0])
def test_the_page_computes_the_numbers_of_the_library(page, playground, rate):
    slide(page, rate)
    playground.rate = rate
    for steps in 1, 49:
        press(page, "Step", steps)
        playground.step(steps)
        net = page.evaluate(NET)
        assert net["steps"] == len(playground.losses)
        assert net["asked"] == playground.asked and net["seen"] == playground.seen.tolist()
        for name, expected in {
            "W_in": playground.params[0], "W_out": playground.params[1],
            "dW_in": playground.grads[0], "dW_out": playground.grads[1],
            "y": playground.y, "losses": playground.losses,
        }.items():  # fmt: skip
            np.testing.assert_allclose(net[name], expected, rtol=1e-4, atol=1e-4, err_msg=name)
        np.testing.assert_allclose(sum(net["loss"]), playground.loss, rtol=1e-4)


def test_the_page_draws_the_picture_of_the_library(page, playground, chromium):
    other = chromium.new_page()
    slide(page, 0.3)
    for steps in 0, 1, 30, -1, 7, 100:
        if steps < 0:
            press(page, "Reset")
            playground.reset()
        else:
            press(page, "Step", steps)
            playground.step(steps)
        other.set_content(playground.picture())
        for drawn, expected in zip(page.evaluate(SHOWN), other.evaluate(SHOWN), strict=True):
            assert NUMBER.sub("", str(drawn)) == NUMBER.sub("", str(expected))
            a, b = ([float(x) for x in NUMBER.findall(str(s))] for s in (drawn, expected))
            np.testing.assert_allclose(a, b, atol=0.11, err_msg=str(drawn))
    other.close()


def test_buttons_keep_the_focus_and_reset_begins_again(page):
    start = page.evaluate(SHOWN)
    for key, steps in [("Enter", 1), ("Space", 2)]:
        page.get_by_role("button", name="Step").press(key)
        assert page.evaluate(f"{NET}.steps") == steps
        assert page.evaluate("document.activeElement.textContent") == "Step"
    assert page.evaluate(SHOWN) != start
    press(page, "Reset")
    assert page.evaluate(SHOWN) == start


def test_it_fits_a_phone_and_a_finger(chromium, playground):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    phone = context.new_page()
    other = Playground(TEXT, rate=0.3, seed=3)
    style = (ROOT / "book" / "_static" / "book.css").read_text(encoding="utf-8")
    phone.set_content(
        '<!DOCTYPE html><meta name="viewport" content="width=device-width">'
        f"<style>{style}</style>{playground.page()}{other.page()}"
    )
    first, second = phone.locator(".w2v-playground").all()
    for name in "Step", "Play", "Reset":
        assert first.get_by_role("button", name=name).bounding_box()["height"] >= 44
    first.get_by_role("button", name="Step").tap()
    assert first.evaluate("root => root.net.steps") == 1
    assert second.evaluate("root => root.net.steps") == 0
    assert first.bounding_box()["height"] < 844  # all of it is seen at once
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


@pytest.mark.parametrize(("motion", "steps"), [("no-preference", 5), ("reduce", 0)])
def test_play_says_nothing_until_it_stops(page, motion, steps):
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.emulate_media(reduced_motion=motion)
    said = page.locator("[aria-live]")
    press(page, "Play")
    page.clock.run_for(250)
    assert page.evaluate(f"{NET}.steps") == steps
    page.clock.run_for(750)
    assert page.evaluate(f"{NET}.steps") == 20
    assert said.get_attribute("aria-live") == "off"
    press(page, "Stop")
    page.clock.run_for(1000)
    assert page.evaluate(f"{NET}.steps") == 20
    assert said.get_attribute("aria-live") == "polite" and "Step 20" in said.inner_text()
    press(page, "Play")
    page.clock.run_for(100_000)
    assert page.evaluate(f"{NET}.steps") == 600  # here its negatives come to an end
    press(page, "Play")
    page.clock.run_for(1000)
    assert page.evaluate(f"{NET}.steps") == 620
