"""The pages as a reader meets them: in a browser, wide and narrow, light and dark."""

import functools
import gzip
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from chapters import CHAPTERS, REVEAL, ROOT

pytest.importorskip("playwright", reason="Playwright is not installed")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [CONTENTS["root"]]
PAGES += [chapter["file"] for part in CONTENTS["parts"] for chapter in part["chapters"]]
PAGES += ["search", "genindex", "sheets/02_embedding", "sheets/10_fused"]
CHAPTER = f"book/{CHAPTERS[1].stem}"

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
HEAVIEST = 600_000  # bytes, gzipped: a page with everything it asks for

READY = """() => Promise.race([
    (async () => { await window.MathJax?.startup.promise; await document.fonts.ready; })(),
    new Promise((_, fail) => setTimeout(fail, 20_000, Error("MathJax or a font did not arrive"))),
])"""
UNFOLD = "document.querySelectorAll('details').forEach((details) => { details.open = true; })"
# What of the mathematics was not typeset.
RAW_MATH = r"""() => {
    const page = document.querySelector("main").cloneNode(true);
    page.querySelectorAll("pre, code, script, style, mjx-container").forEach((e) => e.remove());
    const raw = page.textContent.match(/\$\$|\\[()[\]]|\\begin\{/g) ?? [];
    const errors = [...document.querySelectorAll("mjx-merror")].map((e) => e.textContent);
    return [...raw, ...errors];
}"""
BAD_PICTURES = """() => [...document.images].filter((image) =>
    !image.complete || !image.naturalWidth || !image.hasAttribute("alt")).map((image) => image.src)
"""
OPTIONS = {
    "rules": {
        "color-contrast": {"enabled": False},  # by far the slowest: see CONTRAST
        "label-content-name-mismatch": {"enabled": True},  # off by default
    }
}
NARROWER = {  # what a narrow window can change: boxes that scroll, sidebars that hide
    "runOnly": ["aria-hidden-focus", "button-name", "region", "scrollable-region-focusable"]
}
QUICK = {"preload": False, "resultTypes": ["violations"]}
CONTRAST = ({"include": [["[data-kind]"]]}, {"runOnly": ["color-contrast"]})
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Text looks alike where the elements around it are of the same kinds: mark the first of each. The
# tokens of code that repeat become plain text; ten thousand of them would take axe ten seconds.
ONE_OF_A_KIND = """() => {
    const kind = (e) => e ? `${kind(e.parentElement)} ${e.localName}.${e.className}` : "";
    const seen = new Set();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const box = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || box.closest("mjx-container, svg, script")) continue;
        if (!seen.has(kind(box))) box.dataset.kind = seen.add(kind(box)).size;
        else if (box.matches(".highlight span")) box.replaceWith(...box.childNodes);
    }
}"""


@pytest.mark.parametrize("name", PAGES)
def test_page(html, site, page, name):
    page.goto(f"{site}/{name}.html")
    page.evaluate(READY)
    assert not page.wrong
    files = {unquote(urlsplit(url).path) for url in page.asked if url.startswith(f"{site}/")}
    assert not [url for url in page.asked if not url.startswith((f"{site}/", "data:"))]
    weights = {file: weight(html / file[1:]) for file in files}
    assert sum(weights.values()) <= HEAVIEST, sorted(weights.items(), key=lambda it: -it[1])[:9]
    assert not page.evaluate(RAW_MATH)
    assert not page.evaluate(BAD_PICTURES)

    page.evaluate(REVEAL)
    page.evaluate(UNFOLD)
    page.evaluate(ONE_OF_A_KIND)
    assert not violations(page)
    assert not violations(page, *CONTRAST)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_timeout(300)  # colours change by and by
    assert not violations(page, *CONTRAST)
    assert page.evaluate(SIDEWAYS) <= 0
    page.set_viewport_size(NARROW)
    page.wait_for_timeout(400)  # the theme looks once the window has come to rest
    assert page.evaluate(SIDEWAYS) <= 0
    assert not violations(page, options=NARROWER)
    assert not page.wrong


@functools.cache
def weight(file):
    """The bytes that a server sends of a file, gzipped as servers do by default."""
    return len(gzip.compress(file.read_bytes(), compresslevel=6))


def violations(page, context=None, options=OPTIONS):
    """What axe finds: (rule, the elements' markup)."""
    found = Axe().run(page, context, options | QUICK).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_opens_from_a_folder(html, page, path):
    page.goto((html / "book" / f"{path.stem}.html").as_uri())
    page.evaluate(READY)
    assert not page.wrong
    assert page.locator("[data-mount][data-alive]").count()
    assert not page.locator("[data-mount]:not([data-alive])").count()
    assert not [url for url in page.asked if not url.startswith(("file:", "data:"))]
    assert page.locator("mjx-container").count()
    assert not page.evaluate(RAW_MATH)
    assert not page.evaluate(BAD_PICTURES)


def test_colour_mode_button(site, page):
    page.goto(f"{site}/{CHAPTER}.html")
    button = page.locator(".theme-switch-button:visible")
    seen = set()
    for _ in range(3):
        button.click()
        seen.add(page.evaluate("document.documentElement.dataset.mode"))
        expect(button.locator("i:visible")).to_have_count(1)
    assert seen == {"auto", "dark", "light"}
    page.evaluate("localStorage.clear()")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_search_finds_a_chapter(site, page, size):
    page.set_viewport_size(size)
    page.goto(f"{site}/{CHAPTER}.html")
    page.locator(".search-button-field:visible, .search-button:visible").first.click()
    page.locator("#pst-search-dialog input").fill("unigram")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results a[href*='05_sampler']").first).to_be_visible()


def test_sidebars_on_a_phone(site, page):
    page.set_viewport_size(NARROW)
    page.goto(f"{site}/{CHAPTER}.html")
    for toggle, inside in [
        (".primary-toggle", "#pst-primary-sidebar-modal .bd-links a"),
        (".secondary-toggle", "#pst-secondary-sidebar-modal .page-toc a"),
    ]:
        page.locator(f"{toggle}:visible").click()
        expect(page.locator(inside).first).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(inside).first).to_be_hidden()


def test_menus_and_full_screen(site, page):
    page.goto(f"{site}/{CHAPTER}.html")
    for menu, entry in [
        (".dropdown-source-buttons", "a[href*='/issues/']"),
        (".dropdown-download-buttons", "a[href$='.ipynb']"),
    ]:
        page.locator(f"{menu} > button").click()
        expect(page.locator(f"{menu} {entry}").first).to_be_visible()
        page.mouse.move(600, 600)
        page.keyboard.press("Escape")
    page.locator(".btn-fullscreen-button").click()
    expect(page.locator("html:fullscreen")).to_have_count(1)
    page.locator(".btn-fullscreen-button").click()


def test_copy_button(chromium, site):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site}/{CHAPTER}.html")
    cell = page.locator(".cell:not(.tag_hide-input) .cell_input .highlight").first
    cell.hover()
    cell.locator("button.copybtn").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == cell.locator("pre").inner_text().strip()
    context.close()


WITH_ASIDES = [path.stem for path in CHAPTERS if "# Aside: " in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", WITH_ASIDES)
def test_links_open_asides(site, page, name):
    page.goto(f"{site}/book/{name}.html")
    assert page.locator(".w2v-aside > summary > :is(h2, h3)").count()
    for aside in page.locator(".w2v-aside").all():
        title, last = aside.locator("summary :is(h2, h3)"), aside.locator("> p").last
        expect(title).to_contain_text("Aside: ")
        expect(last).to_be_hidden()
        title.click()
        expect(last).to_be_visible()
        title.click()
        expect(last).to_be_hidden()
        anchor = aside.locator("xpath=..").get_attribute("id")
        page.locator(f".page-toc a[href='#{anchor}']").evaluate("link => link.click()")
        expect(last).to_be_visible()
        expect(title).to_be_in_viewport()
    page.goto(f"{site}/book/glossary.html")
    page.goto(f"{site}/book/{name}.html#{anchor}")
    expect(last).to_be_visible()
    expect(title).to_be_in_viewport()


@pytest.mark.parametrize("name", WITH_ASIDES[:1])
def test_asides_are_open_on_paper(site, page, name):
    page.goto(f"{site}/book/{name}.html")
    page.emulate_media(media="print")
    for aside in page.locator(".w2v-aside").all():
        expect(aside.locator("> p").last).to_be_visible()
        assert aside.bounding_box()["height"] > 60


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_few_bars(site, page, path):
    page.goto(f"{site}/book/{path.stem}.html")
    page.evaluate(UNFOLD)
    bars = page.locator(".cell:not(.tag_hide-output) > details.hide")
    assert len([bar for bar in bars.all() if bar.is_visible()]) <= 3
    for bar in bars.all():
        assert bar.locator(".cell_input pre").text_content().strip()
