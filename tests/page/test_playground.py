"""The network that trains as one watches: its script computes and draws the library's numbers."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

from w2vlib.bottlenecks import create_contexts_target
from w2vlib.page.playground import RATES, Playground
from w2vlib.page.playground_picture import REACH
from w2vlib.sampler import UnigramSampler
from w2vlib.training import CBOW, SGD, sum_shared

pytest.importorskip("docutils", reason="Sphinx, which shows the front page, is not installed")

TEXT = "you say goodbye and i say hello ."
WORDS = ["you", "say", "goodbye", "and", "i", "hello", "full stop"]
IDS = np.array([0, 1, 2, 3, 4, 1, 5, 6])


class Reference:
    """The same network, of the library's classes: its numbers before the step after `losses`."""

    def __init__(self, playground, rate, seed=2):
        sampler = UnigramSampler(IDS, 0.75, sample_size=2, rng=seed)
        self.model = CBOW(7, 2, 1, IDS, sample_size=2, sampler=sampler)
        self.model.params[0][:], self.model.params[1][:] = playground.start
        self.contexts, self.target = create_contexts_target(IDS, 1)
        self.rate, self.losses = rate, []
        self.ask()

    def ask(self):
        at = [len(self.losses) % 6]
        self.loss = self.model.forward(self.contexts[at], self.target[at])
        self.model.backward()
        self.params, self.grads = sum_shared(self.model.params, self.model.grads)
        self.seen = self.contexts[at[0]].tolist()
        layers = self.model.loss_layer
        self.h = layers.embed_dot_layers[0].cache[0][0]
        self.asked = [int(layer.embed.idx[0]) for layer in layers.embed_dot_layers]
        self.y = [float(layer.y[0]) for layer in layers.loss_layers]

    def step(self, count):
        for _ in range(count):
            SGD(self.rate).update(self.params, self.grads)
            self.losses.append(self.loss)
            self.ask()


@pytest.fixture
def playground():
    return Playground(TEXT, rate=0.3, seed=2)


@pytest.fixture
def page(alive, playground):
    return alive(playground)


def test_bad_arguments_are_named():
    with pytest.raises(TypeError, match="text is .*: it should be of type str"):
        Playground(["you", "say", "good", "bye"])
    with pytest.raises(ValueError, match="text is .*, 3 different words: it should have 4 to 12"):
        Playground("you say hello")
    with pytest.raises(ValueError, match="rate is 2: it should be one of 0.03, 0.1, 0.3, 1"):
        Playground(TEXT, rate=2)
    with pytest.raises(ValueError, match="seed"):
        Playground(TEXT, seed=-1)


def test_the_page_is_small_and_the_same_each_time(playground):
    html = playground.page()
    assert html == Playground(TEXT, rate=0.3, seed=2).page()
    assert len(html) < 30_000 and repr(playground) == f"Playground({TEXT!r})"
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html)[1])
    assert data["draws"] == playground.draws.tolist()
    assert data["start"] == playground.start.tolist()


def test_text_that_looks_like_an_end_of_script_does_no_harm():
    html = Playground("a </script> b & c <b> d").page()
    assert html.count("</script>") == 1


# In a browser.

NET = "document.querySelector('.w2v-playground').net"
# All that the page shows: the text, and what gives each part its place.
SHOWN = """() => Object.fromEntries([...document.querySelectorAll("[data-part]")].map(e => [
    e.dataset.part, e.matches("text, p") ? e.textContent
        : ["d", "transform", "points", "opacity"].map(name => e.getAttribute(name)).join(" ")]))"""


def press(page, name, times=1):
    for _ in range(times):
        page.get_by_role("button", name=name).press("Enter")


def slide(page, rate):
    slider = page.get_by_role("slider", name="learning rate")
    slider.press("Home")
    for _ in range(RATES.index(rate)):
        slider.press("ArrowRight")


def digits(number):
    return f"{number:.{2 if abs(number) < 9.995 else 1}f}"


@pytest.mark.parametrize("rate", [0.1, 1.0])
def test_it_computes_and_writes_the_numbers_of_the_library(page, playground, rate):
    slide(page, rate)
    library = Reference(playground, rate)
    for steps in 0, 1, 49:
        press(page, "Step", steps)
        library.step(steps)
        net = page.evaluate(NET)
        assert len(net["losses"]) == len(library.losses)
        assert net["asked"] == library.asked and net["seen"] == library.seen
        for name, expected in {
            "W_in": library.params[0], "W_out": library.params[1], "y": library.y,
            "dW_in": library.grads[0], "dW_out": library.grads[1], "losses": library.losses,
        }.items():  # fmt: skip
            np.testing.assert_allclose(net[name], expected, rtol=1e-4, atol=1e-4, err_msg=name)
        np.testing.assert_allclose(sum(net["loss"]), library.loss, rtol=1e-4)
        shown = page.evaluate(SHOWN)
        for n, (name, touched) in enumerate([("W_in", library.seen), ("W_out", library.asked)]):
            for i, j in np.ndindex(7, 2):
                x, dx = library.params[n][i, j], library.grads[n][i, j]
                assert abs(float(shown[f"{name} {i} {j}"]) - x) < 0.0051
                if i in touched:
                    assert abs(float(shown[f"d{name} {i} {j}"]) - dx) < 0.0051
                else:
                    assert shown[f"d{name} {i} {j}"] == ""
                assert f"opacity={shown[f'{name} mark {i}'][-1]}" == f"opacity={int(i in touched)}"
        for k, (i, y) in enumerate(zip(library.asked, library.y)):
            assert shown[f"question {k} 0"] == WORDS[i]
            assert abs(float(shown[f"question {k} 2"]) - y) < 0.0051
            assert f"Is it “{WORDS[i]}”? {y:.2f}. " in shown["said"]
        a, b = (WORDS[i] for i in library.seen)
        assert shown["said"].startswith(f"Step {len(library.losses)}: “{a} _ {b}”. ")
        assert shown["said"].endswith(f" Loss {digits(library.loss)}.")


def test_points_and_arrows_stand_where_the_numbers_say(page, playground):
    slide(page, 0.3)
    library = Reference(playground, 0.3)
    press(page, "Step", 30)
    library.step(30)
    shown = page.evaluate(SHOWN)
    unit = REACH / int(shown["W_in limit"].removeprefix("± "))

    def numbers(part):
        return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", shown[part])]

    for n, (name, touched) in enumerate([("W_in", library.seen), ("W_out", library.asked)]):
        for i in range(7):
            place = unit * library.params[n][i] * [1, -1]
            slope = -unit * library.grads[n][i] * [1, -1]
            np.testing.assert_allclose(numbers(f"{name} word {i}")[:2], place, atol=0.06)
            *_, x, y, opacity = numbers(f"{name} next {i}")
            np.testing.assert_allclose([x, y], place + 0.3 * slope, atol=0.06)
            assert opacity == (i in touched)
            *_, x, y, turn = numbers(f"{name} slope {i}")
            np.testing.assert_allclose([x, y], place, atol=0.06)
            if np.hypot(*slope) > 1:
                np.testing.assert_allclose(turn, np.degrees(np.arctan2(*slope[::-1])), atol=1)
                tip = float(re.search(r"M([\d.]+) 0L", shown[f"{name} slope {i}"])[1])
                assert abs(tip - np.hypot(*slope)) < 0.06
        turn = numbers(f"{name} h")[-1]
        assert abs(turn - np.degrees(np.arctan2(-library.h[1], library.h[0]))) < 1


def test_after_100_passes_the_same_negatives_come_again(page, playground):
    asked = page.evaluate(f"""() => {{
        const net = {NET}, list = [];
        for (let i = 0; i < 601; i++) {{ list.push(net.asked.slice(1)); net.step(0.1); }}
        return list;
    }}""")
    assert asked[:600] == playground.draws.tolist() and asked[600] == asked[0]


def test_reset_begins_again_and_keeps_the_curve(page):
    start = page.evaluate(SHOWN)
    press(page, "Step", 13)
    ran = page.evaluate(SHOWN)
    assert ran["curve"].count(",") == 2  # the passes that are finished
    for steps in 0, 5:  # after less than a pass the curve before stays
        press(page, "Step", steps)
        press(page, "Reset")
        assert page.evaluate(SHOWN) == start | {"before": ran["curve"]}


def test_the_maps_change_their_scale_seldom_and_never_back(alive):
    page = alive(Playground(TEXT, rate=0.3, seed=191))  # as in Chapter 7
    found = page.evaluate(f"""() => Array.from({{length: 120}}, () => {{
        const {{ limit }} = {NET};
        {NET}.step(0.3);
        return limit;
    }})""")
    assert found == sorted(found) and set(found) == {1, 2, 3} and found[:20] == [1] * 20


def test_the_label_is_the_mean_of_the_last_ten_passes(page, playground):
    library = Reference(playground, 0.3)
    for steps, label, first in [(12, "pass 2, last 2", 0), (63, "pass 12, last 10", 12)]:
        press(page, "Step", steps)
        library.step(steps)
        done = library.losses[first : len(library.losses) // 6 * 6]
        assert page.evaluate(SHOWN)["mean"] == f"{label}: {digits(np.mean(done))}"


def test_names_do_not_cover_each_other(page):
    hidden = 0
    for _ in range(30):
        page.evaluate(f"() => {{ for (let i = 0; i < 9; i++) {NET}.step(0.3); }}")
        press(page, "Step")
        boxes = page.evaluate("""() => [...document.querySelectorAll("[data-part^='W_in name']")]
            .filter(e => e.getAttribute("opacity") === "1").map(e => {
                const { e: x, f: y } = e.parentNode.transform.baseVal[0].matrix;
                return [x, y + Number(e.getAttribute("y")), 3.2 * e.textContent.length];
            })""")
        hidden += 7 - len(boxes)
        for n, (x, y, half) in enumerate(boxes):
            for a, b, other in boxes[:n]:
                assert abs(a - x) > half + other - 0.2 or abs(b - y) > 10.8
    assert hidden < 30  # of 210


def test_words_that_help_to_guess_the_same_words_come_together(page):
    def distances():
        W_in = np.array(page.evaluate(f"{NET}.W_in"))
        pairs = [("you", "hello"), ("goodbye", "i"), ("say", "and")]
        apart = [np.linalg.norm(W_in[WORDS.index(a)] - W_in[WORDS.index(b)]) for a, b in pairs]
        return np.array(apart) / W_in.std()

    before = distances()
    page.evaluate(f"() => {{ for (let i = 0; i < 300; i++) {NET}.step(0.3); }}")
    assert np.all(distances() < 0.6 * before)


def test_buttons_keep_the_focus(page):
    for key, steps in [("Enter", 1), ("Space", 2)]:
        page.get_by_role("button", name="Step").press(key)
        assert page.evaluate(f"{NET}.losses.length") == steps
        assert page.evaluate("document.activeElement.textContent") == "Step"


def test_it_fits_a_phone_and_a_finger(alive, playground):
    other = Playground(TEXT, rate=0.3, seed=3)
    phone = alive(playground, other, viewport={"width": 390, "height": 844}, has_touch=True,
                  is_mobile=True)  # fmt: skip
    first, second = phone.locator(".w2v-playground").all()
    for name in "Step", "Play", "Reset":
        assert first.get_by_role("button", name=name).bounding_box()["height"] >= 44
    first.get_by_role("button", name="Step").tap()
    assert first.evaluate("root => root.net.losses.length") == 1
    assert second.evaluate("root => root.net.losses.length") == 0
    assert first.bounding_box()["height"] < 844  # all of it is seen at once
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize(("motion", "steps"), [("no-preference", 5), ("reduce", 0)])
def test_play_says_nothing_until_it_stops(page, motion, steps):
    taken = f"{NET}.losses.length"
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.emulate_media(reduced_motion=motion)
    said = page.locator("[aria-live]")
    press(page, "Play")
    page.clock.run_for(250)
    assert page.evaluate(taken) == steps
    page.clock.run_for(750)
    assert page.evaluate(taken) == 20
    assert said.get_attribute("aria-live") == "off"
    press(page, "Pause")
    page.clock.run_for(1000)
    assert page.evaluate(taken) == 20
    assert said.get_attribute("aria-live") == "polite" and "Step 20" in said.inner_text()
    press(page, "Play")
    page.clock.run_for(100_000)
    assert page.evaluate(taken) == 600  # here its negatives come to an end
    press(page, "Play")
    page.clock.run_for(1000)
    assert page.evaluate(taken) == 620


# The first look, as the front page has it.

SPEC = importlib.util.spec_from_file_location(
    "front_page", Path(__file__).parents[2] / "book" / "_ext" / "front_page.py"
)


class Glance:
    """What the front page shows, to open on a page of its own."""

    front = importlib.util.module_from_spec(SPEC)
    SPEC.loader.exec_module(front)
    playground = Playground(front.TEXT, rate=front.RATE, seed=front.SEED)
    steps = front.PASSES * 6

    def page(self):
        return self.playground.glance(self.front.PASSES)


def guessed(page):
    """The six guesses on the page, and which have a tick."""
    texts = page.locator("[data-part^='guess']").all_text_contents()
    return texts, [bool(text) for text in page.locator("[data-part^='tick']").all_text_contents()]


@pytest.mark.parametrize("steps", [0, 60, 180])
def test_its_guesses_are_those_of_the_library(alive, steps):
    page = alive(Glance(), reduced_motion="reduce")
    library = Reference(Glance.playground, Glance.front.RATE, seed=Glance.front.SEED)
    library.step(steps)
    W_in, W_out = library.params
    page.evaluate(f"() => {{ for (let i = 0; i < {steps}; i++) {NET}.step(0.1); }}")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # draws it
    scores = W_in[library.contexts].mean(axis=1) @ W_out.T
    best = scores.argmax(axis=1)
    texts, ticks = guessed(page)
    assert texts == [WORDS[i] for i in best]
    right = [{1}, {2, 4}, {3}, {2, 4}, {1}, {5}]  # between say and and: goodbye, or i
    assert ticks == [i in words for i, words in zip(best, right)]
    assert sum(ticks) == 6 if steps == 180 else sum(ticks) < 4
    wide = [float(bar.get_attribute("width")) for bar in page.locator("[data-part^='sure']").all()]
    np.testing.assert_allclose(wide, 44 / (1 + np.exp(-scores.max(axis=1))), atol=0.06)
    assert f"Read {steps // 6} times: {sum(ticks)} of 6 guesses right." in page.inner_text("p")


def test_all_its_guesses_are_right_long_before_it_stops():
    library = Reference(Glance.playground, Glance.front.RATE, seed=Glance.front.SEED)
    for n in range(Glance.steps + 1):
        W_in, W_out = library.params
        best = (W_in[library.contexts].mean(axis=1) @ W_out.T).argmax(axis=1)
        right = all(a == b or {a, b} == {2, 4} for a, b in zip(best, library.target))
        assert right or n < 0.7 * Glance.steps, n
        assert np.all(np.abs(W_in) < [2.9, 1.4]), "it leaves the map"
        library.step(1)


def test_it_starts_pauses_and_stops_by_itself(alive):
    page = alive(Glance())
    taken = f"{NET}.losses.length"
    page.wait_for_function(f"{taken} > 0")
    press(page, "Pause")
    before = page.evaluate(taken)
    page.wait_for_timeout(600)
    assert page.evaluate(taken) == before
    press(page, "Again")
    assert page.evaluate(taken) == 0
    page.wait_for_function(f"{taken} > 0")
    page.evaluate(f"() => {{ while ({taken} < {Glance.steps - 1}) {NET}.step(0.1); }}")
    page.get_by_role("button", name="Play").wait_for()  # it is done
    assert page.evaluate(taken) == Glance.steps
    assert all(guessed(page)[1])


def test_it_rests_out_of_sight(alive):
    page = alive(Glance())
    taken = f"{NET}.losses.length"
    page.wait_for_function(f"{taken} > 0")
    page.evaluate("document.querySelector('.w2v-playground').style.marginTop = '3000px'")
    page.wait_for_timeout(400)
    before = page.evaluate(taken)
    page.wait_for_timeout(600)
    assert page.evaluate(taken) == before
    page.evaluate("scrollTo(0, 3000)")
    page.wait_for_function(f"{taken} > {before}")


def test_who_asked_for_less_motion_starts_it(alive):
    page = alive(Glance(), reduced_motion="reduce")
    page.wait_for_timeout(600)
    assert page.evaluate(f"{NET}.losses.length") == 0
    press(page, "Play")
    page.wait_for_function(f"{NET}.losses.length >= 8")
