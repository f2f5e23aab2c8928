"""The map of words: both faces show the neighbours that most_similar finds."""

import re

import numpy as np
import pytest

from w2vlib import WordVectors
from w2vlib.page.faces import styles
from w2vlib.page.word_map import WIDTH, WordMap, overlap

ALL = [f"{a}{b}" for a in ["rain", "cat", "<b>", "two"] for b in "abcdefghij"]
WORDS = ALL[3:33]


@pytest.fixture(scope="module")
def vectors():
    return WordVectors(np.random.default_rng(0).standard_normal((40, 10)), ALL)


@pytest.fixture(scope="module")
def places(vectors):
    return vectors[WORDS[0]][:2] + vectors.vectors[3:33, :2].astype(float)


@pytest.fixture(scope="module")
def word_map(vectors, places):
    return WordMap(vectors, WORDS, places, topn=3)


def test_the_neighbours_are_those_of_most_similar_among_the_words(word_map, vectors):
    for i, word in enumerate(WORDS):
        ranking = [(w, c) for w, c in vectors.most_similar(word, topn=40) if w in WORDS][:3]
        assert [WORDS[j] for j, _ in word_map.near[i]] == [w for w, _ in ranking]
        assert np.allclose([c for _, c in word_map.near[i]], [c for _, c in ranking], atol=0.006)


def test_those_beside_it_on_the_map_come_with_their_cosines(word_map, vectors, places):
    for i, word in enumerate(WORDS):
        far = np.hypot(*(places - places[i]).T)
        assert [j for j, _ in word_map.beside[i]] == far.argsort()[1:4].tolist()
        for j, cosine in word_map.beside[i]:
            assert abs(cosine - vectors.similarity(word, WORDS[j])) < 0.006


def test_the_map_is_to_scale_with_the_second_axis_upwards(word_map, places):
    x, y = word_map.points.T
    scale = np.ptp(x) / np.ptp(places[:, 0])
    assert np.allclose(scale * np.ptp(places[:, 1]), np.ptp(y), atol=2)
    assert x.argmax() == places[:, 0].argmax() and y.argmin() == places[:, 1].argmax()
    assert 0 < x.min() and x.max() < WIDTH and 0 < y.min() and y.max() < word_map.height


def test_words_that_show_lie_on_no_other(word_map):
    free = [i for i in range(len(WORDS)) if i not in word_map.crowd]
    boxes = [word_map.box(i, word_map.sides[i]) for i in free]
    assert 10 < len(boxes) < len(WORDS)
    assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(0 <= a and 0 <= b and c <= WIDTH and d <= word_map.height for a, b, c, d in boxes)


def test_words_that_are_lit_give_way_to_each_other(word_map):
    met = 0
    for at in range(len(WORDS)):
        *_, under, sides = word_map.states[at]
        lit = word_map.lit(at)
        assert len(lit) == len(set(lit)) == len(sides)
        boxes = [word_map.box(i, side) for i, side in zip(lit, sides)]
        met += sum(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
        for i in set(range(len(WORDS))) - set(lit) - set(word_map.crowd) - set(under):
            box = word_map.box(i, word_map.sides[i])
            assert not any(overlap(box, other) for other in boxes)
    assert met < 5
    assert any(under for *_, under, _ in word_map.states)


def test_the_picture_says_and_draws_the_neighbours(word_map):
    html = word_map.picture("<b>a")
    i = WORDS.index("<b>a")
    listed = [", ".join(f"{WORDS[j].replace('<b>', '&lt;b&gt;')}\u00a0{c:.2f}" for j, c in pairs)
              for pairs in (word_map.near[i], word_map.beside[i])]  # fmt: skip
    assert re.findall(r"<span data-part>(.*?)</span>", html)[:3] == ["&lt;b&gt;a", *listed]
    assert "Nearest in 10 dimensions" in html
    ends = {tuple(map(float, end)) for end in re.findall(r"L([\d.]+) ([\d.]+)", html)}
    assert ends == {tuple(word_map.points[j]) for j, _ in word_map.near[i]}
    looks = [look.split() for look in re.findall(r'<g class="(.*?)"', html)]
    kinds = [sum(kind in look for look in looks) for kind in ["near", "beside", "chosen"]]
    assert kinds == [3, 3, 1] and len(looks) == len(WORDS)
    assert not any("hidden" in look and len(look) > 1 for look in looks)


def test_the_page_is_small_and_the_same_each_time(word_map, vectors, places):
    html = word_map.page()
    assert len(html) < 20_000
    assert html == WordMap(vectors, WORDS, places, topn=3).page()
    assert word_map.picture(WORDS[0]) in html and repr(word_map) == "WordMap of 30 words"
    assert "http" not in html and html.count("</script>") == 1
    options = re.findall(r"<option.*?>(.*?)</option>", html)
    assert options == sorted(options) and len(options) == len(WORDS)


def test_bad_input_is_named(vectors, places):
    with pytest.raises(KeyError, match="snow"):
        WordMap(vectors, ["snow", *WORDS[1:]], places)
    with pytest.raises(ValueError, match="'raind' twice"):
        WordMap(vectors, [WORDS[0], *WORDS[:-1]], places)
    with pytest.raises(ValueError, match="places has shape"):
        WordMap(vectors, WORDS, places[1:])
    with pytest.raises(ValueError, match="NaN"):
        WordMap(vectors, WORDS, places * np.nan)
    with pytest.raises(ValueError, match="words holds 5: 5 neighbours need 6 or more"):
        WordMap(vectors, WORDS[:5], places[:5])
    with pytest.raises(ValueError, match="one spot"):
        WordMap(vectors, WORDS, np.zeros_like(places))


# In a browser.

STATE = r"""root =>
    [root.querySelector("svg").outerHTML.replaceAll("\n", ""), root.querySelector("p").innerText]"""


@pytest.fixture
def page(alive, word_map):
    return alive(word_map, viewport={"width": 390, "height": 844}, has_touch=True)


def shown(page):
    return page.locator(".w2v-map").evaluate(STATE)


@pytest.fixture
def drawn(chromium, word_map):
    """What Python draws, as a browser reads it."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})

    def state(word):
        page.set_content(f"<style>{styles()}</style>{word_map.picture(word)}")
        return shown(page)

    yield state
    page.close()


def dot(page, word):
    return page.locator(f'.w2v-map g[data-n="{WORDS.index(word)}"] circle')


def test_keys_choose_the_next_word(page, drawn, word_map):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.localName") == "select"
    assert shown(page) == drawn(WORDS[0])
    in_order = sorted(WORDS)
    at = in_order.index(WORDS[0])
    for key, word in [("ArrowUp", at - 1), ("ArrowDown", at), ("ArrowDown", at + 1), ("Home", 0)]:
        page.keyboard.press(key)
        assert shown(page) == drawn(in_order[word])
    page.keyboard.press("Tab")  # the map is one stop
    assert page.evaluate("document.activeElement.localName") == "body"


def test_every_word_looks_as_python_draws_it(page, drawn):
    for word in WORDS:
        page.locator("select").select_option(label=word)
        assert shown(page) == drawn(word)


def test_a_click_chooses(page, drawn):
    for word in [WORDS[7], WORDS[12]]:
        dot(page, word).click(force=True)
        page.mouse.move(1, 1)
        assert shown(page) == drawn(word)
        assert page.locator("select").evaluate("s => s.selectedOptions[0].text") == word


def test_a_pointer_that_rests_chooses_and_one_that_passes_does_not(page, drawn):
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # passing takes as long as we say, however busy the machine is
    box = dot(page, WORDS[7]).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.clock.run_for(50)
    page.mouse.move(1, 1)
    page.clock.run_for(300)
    assert shown(page) == drawn(WORDS[0])
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.clock.run_for(300)
    assert shown(page) == drawn(WORDS[7])
    page.mouse.move(1, 1)
    page.clock.run_for(300)
    assert shown(page) == drawn(WORDS[7])
    assert page.locator("select").evaluate("s => s.selectedOptions[0].text") == WORDS[7]


def test_between_the_words_the_nearest_point_counts(page, word_map):
    i = int(word_map.points[:, 0].argmax())
    box = dot(page, WORDS[i]).bounding_box()
    page.mouse.click(box["x"] + 14, box["y"])
    assert page.locator(".w2v-map strong").first.inner_text() == f"Cosines with {WORDS[i]}"


def test_a_second_tap_at_the_same_spot_takes_the_next_point(page, drawn, word_map):
    start = WORDS[5]
    box = dot(page, start).bounding_box()
    spot = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    points = word_map.points
    far = np.hypot(*(points - points[5]).T)
    page.touchscreen.tap(*spot)
    assert shown(page) == drawn(start)
    page.touchscreen.tap(*spot)
    at = WORDS.index(page.locator("select").evaluate("s => s.selectedOptions[0].text"))
    assert shown(page) == drawn(WORDS[at])
    assert at != 5 and far[at] < np.sort(far)[1] + 2


def test_words_can_be_read_on_a_phone(page):
    sizes = page.evaluate("""[...document.querySelectorAll(".w2v-map text")].map(text =>
        parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)""")
    assert len(sizes) == len(WORDS) and min(sizes) >= 11
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("[aria-live=polite]").count() == 1
