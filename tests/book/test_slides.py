"""Slides: a deck a chapter, made of its cells, and gone through in a browser, slide by slide."""

import pytest
from bs4 import BeautifulSoup
from chapters import CHAPTERS, each_chapter, read

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import expect

# Goes through all slides, before and after the keys that show what they hold back, and with a wrong
# answer given. Returns what is empty, cut or too small to be seen from the last row.
LOOK = r"""() => Reveal.getSlides().flatMap((slide) => {
    const { h, v } = Reveal.getIndices(slide), wrong = new Set();
    const [title, ...shown] = slide.querySelectorAll(":scope > :not(aside, .w2v-chapter)");
    slide.querySelector("label:not(:has([data-right])) input")?.click();
    for (const step of [-1, 99]) {
        Reveal.slide(h, v, step);
        for (const it of slide.querySelectorAll(":not(aside, aside *, mjx-assistive-mml *)")) {
            if (!it.checkVisibility({ visibilityProperty: true })) continue;
            const { left, top, right, bottom, height } = it.getBoundingClientRect();
            const say = (what) => wrong.add(`${it.localName} ${it.className} ${what}`);
            if (left < 0 || top < 0 || right > 1280 || bottom > 700) say("is cut");
            if (it.matches("pre, pre code") && it.scrollWidth > it.clientWidth) say("scrolls");
            if (it.matches("img") && height < 300) say("is small");
            if (it.matches("svg text") && it.getScreenCTM().a * 13 < 14) say("is small");
        }
    }
    if (!title.matches("h1, h2, h3") || !shown.length) wrong.add("it is empty");
    return [...wrong].map((what) => `${title.textContent}: ${what}`);
})"""
RAW_MATH = r"""() => {
    const slides = document.querySelector(".slides").cloneNode(true);
    slides.querySelectorAll("pre, code, script, mjx-container").forEach((it) => it.remove());
    const raw = slides.textContent.match(/\$\$|\\[()[\]]|\\begin\{/g) ?? [];
    return [...raw, ...[...document.querySelectorAll("mjx-merror")].map((it) => it.textContent)];
}"""

# Of each question on the slide that is seen: name, whether it is answered, how its labels look.
LABELS = r"""() => {
    const slide = Reveal.getCurrentSlide(), said = !!slide.querySelector(".w2v-said.visible");
    const look = (label) => {
        const { color, fontWeight } = getComputedStyle(label);
        return `${color} ${fontWeight}`;
    };
    return [...slide.querySelectorAll("fieldset:has([data-right])")].map((it) => [
        it.querySelector("input").name, said, [...it.querySelectorAll("label")].map(look),
    ]);
}"""


@pytest.fixture
def deck(decks, page):
    """A function that opens a deck from its folder, as a double click does -> its tab."""
    page.set_viewport_size({"width": 1280, "height": 720})

    def go(stem):
        page.goto((decks / f"{stem}.html").as_uri())
        page.wait_for_selector("[data-fitted]")
        return page

    return go


def title_of(chapter):
    return chapter.cells[0].source.splitlines()[0].removeprefix("# ")


@each_chapter
def test_nothing_is_cut_or_fetched(path, deck, decks):
    page = deck(path.stem)
    assert 12 <= page.evaluate("Reveal.getTotalSlides()") <= 40
    assert not page.evaluate(LOOK)
    assert not page.evaluate(RAW_MATH)
    assert not page.wrong
    assert not [url for url in page.asked if not url.startswith((decks.as_uri(), "data:"))]


@each_chapter
def test_what_a_chapter_shows_and_asks_is_on_its_slides(path, decks):
    html = (decks / f"{path.stem}.html").read_text(encoding="utf-8")
    page, chapter = BeautifulSoup(html, "html.parser"), read(path)
    for notes in page.select("aside.notes"):
        notes.extract()
    slides = page.select(".slides > section > section")
    assert slides[0].h1.text == title_of(chapter)
    assert slides[0].select_one("strong") and slides[0].select_one("svg, img")
    assert slides[-1].h2.text == "What is slow now?"
    names = {field["name"] for field in page.select("input[type=radio]")}
    pictures = {it.get("aria-label") or it.get("alt") for it in page.select("svg, img")}
    aside = False
    for cell in chapter.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                aside = "# Aside: " in line if line.startswith("#") else aside
        for output in cell.get("outputs", ()):
            shown = BeautifulSoup(output.get("data", {}).get("text/html", ""), "html.parser")
            if aside or shown.select_one(".w2v-answer, .w2v-neighbours"):
                continue
            assert {field["name"] for field in shown.select("input[type=radio]")} <= names
            assert {svg["aria-label"] for svg in shown.select("svg[aria-label]")} <= pictures
            if "image/svg+xml" in output.get("data", {}):
                assert cell.metadata.mystnb.image.alt in pictures
    told = page.select_one(".slides").text
    assert "Hint" not in told and "Solution" not in told
    assert page.select(".cell_output.fragment")  # what code prints comes at the next key


def test_a_class_answers_and_the_next_key_tells(deck):
    page = deck(CHAPTERS[1].stem)
    page.evaluate("""() => {
        const slide = document.querySelector(".w2v-predict").closest("section");
        const { h, v } = Reveal.getIndices(slide);
        Reveal.slide(h, v);
    }""")
    slide = page.locator("section.present > section.present")
    said = slide.locator(".w2v-said")
    expect(said).to_be_hidden()
    slide.locator("label:not(:has([data-right]))").first.click()
    expect(slide.locator("[role=status]")).to_contain_text("Not quite.")
    page.keyboard.press("ArrowRight")
    expect(said).to_be_visible()
    expect(slide.locator("label:has([data-right])")).to_have_css("font-weight", "700")
    page.keyboard.press("ArrowRight")
    expect(slide.locator(".w2v-predict")).to_have_count(0)
    assert not page.wrong


@each_chapter
def test_no_question_tells_its_answer_before_the_key(path, deck):
    page = deck(path.stem)
    before, after = set(), set()
    while page.evaluate("!Reveal.isLastSlide()"):
        for question, answered, looks in page.evaluate(LABELS):
            assert len(set(looks)) == 1 + answered, question
            (after if answered else before).add(question)
        page.keyboard.press("ArrowRight")
    assert len(after) >= 3 and after == before


def test_the_index_leads_to_each_deck(deck):
    page = deck("index")
    links = page.locator(".slides a")
    found = [link.get_attribute("href") for link in links.all()]
    assert found == [f"{path.stem}.html" for path in CHAPTERS]
    links.nth(1).click()
    expect(page).to_have_title(title_of(read(CHAPTERS[1])))


def test_the_speakers_window_says_the_notes(deck):
    page = deck(CHAPTERS[1].stem)
    notes = page.locator(".slides aside.notes").first.text_content().split()
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    wrong = []
    opened.value.on("console", lambda it: it.type == "error" and wrong.append(it.text))
    expect(opened.value.locator(".speaker-controls-notes .value")).to_contain_text(" ".join(notes))
    expect(opened.value.frame_locator("#current-slide iframe").locator("h1")).to_be_visible()
    assert not wrong and not page.wrong


def test_a_deck_reaches_nothing_but_its_folder(deck, serve, tmp_path):
    (tmp_path / "secret.js").write_text("globalThis.done = 1", encoding="utf-8")
    address = serve(tmp_path).address
    page = deck(CHAPTERS[1].stem)
    code = f"""() => import('{address}/secret.js').catch(() =>
        fetch('{address}/secret.js')).then(() => 'reached', () => 'refused')"""
    assert page.evaluate(code) == "refused"
    assert page.wrong
    page.wrong.clear()
