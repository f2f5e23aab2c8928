"""The reader's progress: noted in the browser, shown, cleared, and never in the way."""

import pytest
from chapters import CHAPTERS
from conftest import until

axe_sync = pytest.importorskip("axe_playwright_python.sync_playwright")
expect = pytest.importorskip("playwright.sync_api").expect

FIRST, SECOND = CHAPTERS[0].stem, CHAPTERS[1].stem
KEPT = "JSON.parse(localStorage.getItem('w2v-progress'))"
OURS = "Object.keys(localStorage).filter((key) => key.startsWith('w2v')).sort()"
SOME = {FIRST: {"begun": True, "read": True, "right": 2, "questions": 3}, SECOND: {"begun": True}}
PLACES = """[...document.querySelectorAll("nav.bd-links a, article h2")].map((e) => e.offsetTop)"""


def mark(page, name):
    """What the sidebar says of a chapter."""
    return page.locator(f"nav.bd-links a[href$='{name}.html'] .w2v-mark")


def test_nothing_at_first(fresh):
    fresh.goto("index.html")
    expect(fresh.locator("#w2v-progress p")).to_contain_text("Nothing yet")
    expect(fresh.locator("#w2v-progress button")).to_be_hidden()
    expect(fresh.locator(".w2v-mark")).to_have_count(0)
    fresh.goto(f"{FIRST}.html")
    assert fresh.evaluate(KEPT) is None  # opening a chapter is not reading it


def test_begun_then_read(fresh):
    fresh.goto(f"{FIRST}.html#summary")
    until(fresh, f"{KEPT} !== null")
    assert fresh.evaluate(KEPT) == {FIRST: {"begun": True}}
    fresh.get_by_label("I have read this chapter").check()
    assert fresh.evaluate(KEPT) == {FIRST: {"begun": True, "read": True}}
    fresh.goto(f"{SECOND}.html")
    expect(mark(fresh, FIRST)).to_have_attribute("aria-label", "(read)")
    fresh.go_back()
    expect(fresh.get_by_label("I have read this chapter")).to_be_checked()
    fresh.get_by_label("I have read this chapter").uncheck()
    fresh.goto(f"{SECOND}.html")
    expect(mark(fresh, FIRST)).to_have_attribute("aria-label", "(begun)")


def test_quiz_counts_the_best_try(fresh):
    fresh.goto(f"{FIRST}.html")
    questions = fresh.locator(".w2v-quiz fieldset")
    total = questions.count()
    for question in questions.all():
        question.locator("input[data-right]").check()
    assert fresh.evaluate(KEPT)[FIRST] == {"begun": True, "right": total, "questions": total}
    fresh.reload()
    questions.first.locator("input:not([data-right])").first.check()
    assert fresh.evaluate(KEPT)[FIRST]["right"] == total
    fresh.goto(f"{SECOND}.html")
    said = f"(begun, quiz {total} of {total})"
    expect(mark(fresh, FIRST)).to_have_attribute("aria-label", said)


def test_summed_up_and_cleared(fresh):
    fresh.goto("index.html")
    said, button = fresh.locator("#w2v-progress p"), fresh.locator("#w2v-progress button")
    before = fresh.evaluate(PLACES)
    fresh.evaluate("(all) => localStorage.setItem('w2v-progress', JSON.stringify(all))", SOME)
    fresh.reload()
    expect(said).to_contain_text(f"Chapters read: 1 of {len(CHAPTERS)}. Quiz answers right: 2 of 3")
    expect(said.get_by_role("link", name="Next: 2.")).to_have_count(1)
    expect(mark(fresh, FIRST)).to_have_attribute("aria-label", "(read, quiz 2 of 3)")
    expect(mark(fresh, SECOND)).to_have_attribute("aria-label", "(begun)")
    assert fresh.evaluate(PLACES) == before  # nothing moved to make room

    fresh.evaluate("localStorage.setItem('w2v-cell 02_embedding 3', 'a cell')")
    button.click()
    expect(said).to_contain_text("Nothing yet")
    expect(fresh.locator(".w2v-mark")).to_have_count(0)
    assert fresh.evaluate(OURS) == []
    expect(button).to_have_text("Undo")
    button.click()
    assert fresh.evaluate(KEPT) == SOME
    assert fresh.evaluate(OURS) == ["w2v-cell 02_embedding 3", "w2v-progress"]
    expect(button).to_have_text("Clear my progress and cells")
    button.click()
    fresh.reload()
    expect(said).to_contain_text("Nothing yet")
    expect(button).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_for_every_reader(fresh, scheme):
    fresh.emulate_media(color_scheme=scheme)
    fresh.goto("index.html")
    fresh.evaluate("(all) => localStorage.setItem('w2v-progress', JSON.stringify(all))", SOME)
    for name, own in [("index", "#w2v-progress"), (FIRST, ".w2v-read")]:
        fresh.goto(f"{name}.html")
        fresh.wait_for_timeout(300)  # colours change by and by
        where = {"include": [["nav.bd-links"], [own]]}
        found = axe_sync.Axe().run(fresh, where, {"preload": False}).response
        assert not [(it["id"], it["nodes"][0]["html"]) for it in found["violations"]]


def test_from_a_folder(fresh, html):
    fresh.goto((html / "book" / f"{FIRST}.html").as_uri())
    fresh.get_by_label("I have read this chapter").check()
    fresh.goto((html / "book" / "index.html").as_uri())
    expect(fresh.locator("#w2v-progress p")).to_contain_text("Chapters read: 1")


def test_where_nothing_may_be_kept(fresh):
    fresh.add_init_script("""Object.defineProperty(window, "localStorage", {
        get() { throw new DOMException("forbidden", "SecurityError"); },
    })""")
    ours = []
    fresh.on("pageerror", lambda error: "book.js" in error.stack and ours.append(error.stack))
    fresh.goto(f"{FIRST}.html")
    expect(fresh.locator("mjx-container").first).to_be_visible()
    expect(fresh.locator(".w2v-read")).to_have_count(0)
    fresh.locator(".w2v-quiz input").first.check()
    fresh.goto("index.html")
    expect(fresh.locator("#w2v-progress p")).to_contain_text("lets the page keep nothing")
    expect(fresh.locator("#w2v-progress button")).to_be_hidden()
    assert not ours
    fresh.wrong.clear()  # the theme's own script says that it may not remember the colour mode
