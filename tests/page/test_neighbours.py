"""A box for the reader's words: what it answers on a page is what the library answers."""

import numpy as np
import pytest

from w2vlib import WordVectors
from w2vlib.page import Neighbours
from w2vlib.page.faces import bundle

WORDS = ["the", "king", "queen", "rain", "snow", "kong", "ring", "<b>"]
ROWS = np.random.default_rng(5).integers(-127, 128, (8, 6)).astype(np.int8)
WV = WordVectors(ROWS / np.float32(64), WORDS)
FILE = " ".join(WORDS).encode() + b"\n" + ROWS.tobytes()
SITE = "http://page.test/book"


@pytest.fixture
def box(chromium):
    """A function that opens a page with a box, whose file comes with a status."""
    contexts = []

    def open_page(thing, status=200, **context):
        contexts.append(chromium.new_context(**context))
        page = contexts[-1].new_page()
        page.asked = []
        html = '<!DOCTYPE html><meta charset="utf-8"><title>A page</title>'
        html += f'{thing.page()}<script src="page.js"></script>'

        def answer(route):
            name = route.request.url.rsplit("/", 1)[1]
            page.asked.append(name)
            if name == "few.bytes":
                route.fulfill(status=status, body=FILE)
            elif name == "page.js":
                route.fulfill(body=bundle(), content_type="text/javascript")
            else:
                route.fulfill(body=html, content_type="text/html")

        page.route("**/*", answer)
        page.goto(f"{SITE}/page.html")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(box):
    return box(Neighbours(WV, "few.bytes", topn=4))


def ask(page, text):
    """What the page says to a text, and its list."""
    page.get_by_label("your word").fill(text)
    page.get_by_role("button", name="Show neighbours").click()
    page.wait_for_function("!document.querySelector('p').textContent.includes('coming')")
    return page.locator("p").text_content(), page.locator("li").all_text_contents()


def right(text):
    return [f"{word} {cosine:.2f}" for word, cosine in Neighbours(WV, "", topn=4).answer(text)]


def test_a_word_is_asked_as_the_library_asks_it():
    found = Neighbours(WV, "few.bytes", topn=3).answer("king")
    wanted = WV.most_similar("king", topn=3)
    assert [word for word, _ in found] == [word for word, _ in wanted]
    np.testing.assert_allclose([c for _, c in found], [c for _, c in wanted], atol=1e-6)


def test_a_sum_is_an_analogy():
    found = Neighbours(WV, "few.bytes", topn=3).answer("king - rain + snow")
    wanted = WV.analogy("rain", "king", "snow", topn=3)
    assert [word for word, _ in found] == [word for word, _ in wanted]


@pytest.mark.parametrize("text", ["", "+", "king queen", "king +", "king - + rain", "- -"])
def test_what_is_no_sum_is_named(page, text):
    with pytest.raises(ValueError, match="blanks around") as error:
        Neighbours(WV, "few.bytes").answer(text)
    said, found = ask(page, text)
    assert str(error.value) == f"text is {text!r}: {said.replace('Type', 'type')}" and found == []
    assert Neighbours(WV, "few.bytes").told(text) == f"<p>{said}</p>"


def test_a_word_that_is_not_there():
    with pytest.raises(KeyError, match="'kink' is not in the vocabulary"):
        Neighbours(WV, "few.bytes", first="kink")
    assert "kink" in Neighbours(WV, "few.bytes").told("kink")
    assert "<b>" not in Neighbours(WV, "few.bytes").told("<b>")


@pytest.mark.parametrize("text", ["queen", " KING ", "king - rain + snow", "- the", "rain + rain"])
def test_the_page_answers_as_the_library_does(page, text):
    assert page.locator("li").all_text_contents() == right("king")
    assert page.asked == ["page.html", "page.js"]  # the file comes when it is needed
    said, found = ask(page, text)
    assert found == right(text)
    without = ", the words of the sum left out" if "+" in text else ""
    assert said == f"Nearest to {text.strip().lower()}{without}, with their cosines:"
    assert said in Neighbours(WV, "few.bytes").told(text.strip().lower())
    ask(page, "snow")
    assert page.asked.count("few.bytes") == 1


def test_the_page_names_words_spelt_alike(page):
    said, found = ask(page, "kings")
    assert said == "“kings” is not among the 8 words that it knows. Spelt alike:"
    assert found == ["king", "kong", "ring"]
    said, found = ask(page, "king + toyota")
    assert said == "“toyota” is not among the 8 words that it knows. None is spelt alike."
    assert found == []


def test_an_answer_is_the_next_question(page):
    ask(page, "queen")
    word = page.locator("li button").first.text_content()
    page.locator("li button").first.press("Enter")
    page.get_by_text(f"Nearest to {word}, with").wait_for()
    assert page.locator("li").all_text_contents() == right(word)
    assert page.get_by_label("your word").input_value() == word


def test_a_file_that_does_not_come_is_asked_for_again(box):
    page = box(Neighbours(WV, "few.bytes"), status=404)
    for _ in range(2):
        assert ask(page, "rain")[0] == "The vectors did not come (404). Try again."
    assert page.asked.count("few.bytes") == 2


def test_in_lab_it_asks_the_vectors():
    ipywidgets = pytest.importorskip("ipywidgets")
    box = Neighbours(WV, "few.bytes", topn=2).widget()
    field, said = box.children
    assert isinstance(field, ipywidgets.Text) and "Nearest to king" in said.value
    field.value = "snow"
    for word, _ in WV.most_similar("snow", topn=2):
        assert word in said.value.replace("&lt;", "<").replace("&gt;", ">")
    field.value = "kink"
    assert "not in the vocabulary" in said.value
