"""What a page may run, fetch and keep: its policy, in it and in a browser."""

import re

import pytest
from chapters import REVEAL, ROOT
from in_page import BUTTON, RUN_IN_PAGE, SECONDS, needs_pyodide, press
from playwright.sync_api import expect
from test_browser import UNFOLD

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
WITH_PYTHON = POLICY.replace("-src 'self';", "-src 'self' 'wasm-unsafe-eval';", 1)
WITH_PYTHON += "; worker-src blob:"
SLIDES = POLICY.replace("script-src 'self'", "script-src 'self' HASH")
SLIDES = SLIDES.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
SLIDES += "; frame-src 'self'"
HASH = re.compile(r"'sha256-[\w+/]{43}='")
URLS = "href", "src", "action", "formaction", "data", "poster", "xlink:href"
WITH_CODE = re.compile(r"\s*(?:javascript|vbscript|data:text)", re.IGNORECASE)


def test_every_page_says_its_policy_first(published, pages):
    runs = {f"{folder}/{stem}.html" for folder in ("book", "sheets") for stem in RUN_IN_PAGE}
    wrong = []
    for path, page in pages.items():
        name = path.relative_to(published).as_posix()
        charset, policy, *rest = page.head.find_all(True)
        content = HASH.sub("HASH", policy.get("content", ""))
        given = charset.get("charset"), policy.get("http-equiv"), content
        runner = bool(page.select("script[src*='runner.js']"))
        due = WITH_PYTHON if runner else SLIDES if name.startswith("slides/") else POLICY
        again = [tag for tag in rest if tag.get("http-equiv", "").startswith("Content")]
        if given != ("utf-8", "Content-Security-Policy", due) or again:
            wrong.append((name, given))
        if runner and name not in runs:
            wrong.append((name, "runs nothing"))
    assert not wrong
    assert len(pages) > len(runs)


def test_no_page_needs_an_exception(pages):
    wrong = []
    for path, page in pages.items():
        name = path.name
        for tag in page.find_all(True):
            if tag.name == "script" and not tag.get("src"):
                if tag.get("type") != "application/json":
                    wrong.append((name, tag.text[:80]))
            elif tag.name in ("style", "base", "iframe", "object", "embed"):
                wrong.append((name, tag.name))
            for attribute, value in tag.attrs.items():
                if attribute.startswith("on") or attribute == "style":
                    wrong.append((name, attribute, value))
                if attribute in URLS and WITH_CODE.match(value):
                    wrong.append((name, value))
    assert not wrong


# Each would do something that a stranger's markup could want; `done` and the other server tell.
FORBIDDEN = {
    "script-src-elem": "add('script', {textContent: 'globalThis.done = 1'})",
    "script-src-attr": "add('button').setAttribute('onclick', 'globalThis.done = 1')",
    "style-src-attr": "add('p').setAttribute('style', 'color: red')",
    "style-src-elem": "add('style', {textContent: 'p { color: red }'})",
    "script-src": "(0, eval)('globalThis.done = 1')",
    "connect-src": "fetch(other).catch(() => 0)",
    "img-src": "add('img', {src: other})",
    "frame-src": "add('iframe', {src: other})",
    "object-src": "add('object', {data: other})",
    "base-uri": "add('base', {href: other})",
    "form-action": "add('form', {action: other, method: 'post'}).submit()",
    "worker-src": "new Worker(URL.createObjectURL(new Blob(['globalThis.done = 1'])))",
    "media-src": "add('video', {src: other})",
}
TRY = """async (other) => {
    const add = (tag, given) => document.body.appendChild(
        Object.assign(document.createElement(tag), given));
    const told = new Promise((tell) => {
        addEventListener("securitypolicyviolation", tell);
        setTimeout(tell, 10_000, {});
    });
    setTimeout(() => { CODE; }); // out of the debugger, which may do what it wants
    return [(await told).effectiveDirective, document.baseURI, globalThis.done];
}"""


@pytest.fixture
def other(serve, tmp_path):
    """Another site; what it is asked for is in `other.asked`."""
    (tmp_path / "here").write_text("seen", encoding="utf-8")
    other = serve(tmp_path)
    other.asked = []
    other.wait = other.asked.append
    return other


@pytest.mark.parametrize("directive", FORBIDDEN)
def test_what_a_page_may_not_do(site, other, page, directive):
    page.goto(f"{site}/book/index.html")
    code = TRY.replace("CODE", FORBIDDEN[directive])
    told = page.evaluate(code, f"{other.address}/here")
    assert told == [directive, page.url, None]
    assert not other.asked
    assert page.wrong
    page.wrong.clear()


# What a chapter's code could try: each line tells what came of it.
REACH = """
import os, socket, subprocess
import js, pyodide_js
from pyodide.code import run_js
from pyodide.http import open_url

site, other = js.location.origin, "OTHER"
host, port = other.removeprefix("http://").split(":")

def tried(name, act):
    try:
        print(name, "gives", act())
    except BaseException as error:
        print(name, "raises", type(error).__name__)

tried("this site", lambda: open_url(f"{site}/_static/runner/worker.js").read()[:9])
tried("other site", lambda: open_url(f"{other}/here").read())
tried("code in a string", lambda: run_js("1 + 1"))
tried("home", lambda: sorted({*os.listdir("/")} - {"share"}))  # which comes with Matplotlib, later
tried("passwords", lambda: open("/etc/passwd").read())
tried("shell", lambda: subprocess.run(["ls"]))
for name in "document", "localStorage", "sessionStorage", "cookieStore", "showOpenFilePicker":
    tried(name, lambda: getattr(js, name))
for name in "geolocation", "mediaDevices", "clipboard":
    tried(name, lambda: getattr(js.navigator, name))

# These begin, and come to nothing: the servers tell.
js.Worker.new(f"{site}/_static/runner/worker.js?nested")
js.fetch(f"{other}/here")
js.WebSocket.new(f"ws://{host}:{port}/here")
js.EventSource.new(f"{other}/here")
js.WebTransport.new(f"https://{host}:{port}/here")
pyodide_js.loadPackage(f"{other}/here.whl")
socket.create_connection((host, int(port)), timeout=1)

class Html(str):
    _repr_html_ = str.__str__
Html(f'''
<script>document.title = "done"</script><img src="{other}/here" onerror="document.title = 'done'">
<iframe src="{other}/here"></iframe><object data="{other}/here"></object>
<meta http-equiv="refresh" content="0; url={other}/here"><base href="{other}">
<link rel="prefetch" href="{other}/here"><link rel="stylesheet" href="{other}/here">
<style>@import url({other}/here)</style><video src="{other}/here"></video>
<p style="color: rgb(1, 2, 3); background: url({other}/here)">shown</p>
<form action="{other}/here"><button>send</button></form>
<a href="javascript:document.title = 'done'">go</a>
''')
"""
SAID = """
this site gives // Python
other site raises JsException
code in a string raises JsException
home gives ['course', 'dev', 'home', 'lib', 'proc', 'tmp']
passwords raises FileNotFoundError
shell raises OSError
document raises AttributeError
localStorage raises AttributeError
sessionStorage raises AttributeError
cookieStore raises AttributeError
showOpenFilePicker raises AttributeError
geolocation raises AttributeError
mediaDevices raises AttributeError
clipboard raises AttributeError
"""


@needs_pyodide
def test_what_a_cell_reaches(server, other, page):
    """This site's files, and nothing of the reader's, nor another site."""
    page.goto(f"{server.address}/book/03_binary.html")
    before = page.evaluate("[document.title, location.href]")
    page.get_by_role("button", name=BUTTON).click()
    cell = page.locator("div.cell:not(.tag_hide-input)").first
    cell.locator("textarea").fill(REACH.replace("OTHER", other.address))
    cell.get_by_role("button", name="Run", exact=True).click()
    expect(cell).to_have_attribute("data-state", "done", timeout=90 * SECONDS)
    printed = cell.locator(".cell_output .stream").all_text_contents()
    assert "".join(printed).strip() == SAID.strip()
    shown = cell.locator(".cell_output .text_html")
    expect(shown.get_by_text("shown")).to_have_css("color", "rgb(1, 2, 3)")
    for name in "a", "button":
        shown.locator(name).evaluate("it => it.click()")
    page.wait_for_timeout(2 * SECONDS)
    assert not other.asked
    assert not [path for path in server.sent if "nested" in path]
    assert page.evaluate("[document.title, location.href]") == before
    page.wrong.clear()  # it has told of each
    page.evaluate("localStorage.clear()")


# What is in the browser after a page was used; keys of caches and databases, whole cookies.
KEPT = """async () => ({
    localStorage: Object.keys(localStorage),
    sessionStorage: Object.keys(sessionStorage),
    indexedDB: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
    cookies: document.cookie,
})"""
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
LIST = re.findall(r"^- `([\w-]+)`, in `(\w+Storage)`:", SECURITY, re.MULTILINE)


@needs_pyodide
def test_what_is_kept_is_what_is_listed(chromium, serve, published):
    """A reader does all there is to do: the browser holds what SECURITY.md lists, and no more."""
    site = serve(published).address
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20 * SECONDS)
    page = context.new_page()
    page.goto(f"{site}/book/02_embedding.html")
    assert set(page.evaluate(KEPT)["localStorage"]) <= {"mode", "theme"}
    page.locator(".theme-switch-button:visible").click()
    page.evaluate(REVEAL)
    page.evaluate(UNFOLD)
    for question in page.locator(".w2v-quiz fieldset, .w2v-predict fieldset").all():
        question.get_by_role("radio").first.check()
    for field in page.locator(".w2v-answer").get_by_role("textbox").all():
        field.fill("1")
        field.press("Enter")
    page.locator(".w2v-explore input[type=range]").first.press("End")
    page.get_by_label("I have read this chapter").check()
    page.locator("nav.bd-links a").last.scroll_into_view_if_needed()
    press(page)
    cell = page.locator("div.cell:not(.tag_hide-input)").nth(1)
    cell.locator("textarea").fill("1 + 1")
    cell.get_by_role("button", name="Run", exact=True).click()
    expect(cell).to_have_attribute("data-state", "done", timeout=60 * SECONDS)
    page.goto(f"{site}/search.html?q=unigram")
    expect(page.locator("#search-results a").first).to_be_visible()
    page.goto(f"{site}/slides/02_embedding.html")
    page.wait_for_selector("[data-fitted]")
    page.locator("mjx-container").first.dispatch_event("contextmenu")
    expect(page.locator("[class*=CtxtMenu]")).to_have_count(0)  # a menu that keeps what is chosen
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    expect(opened.value.locator(".speaker-controls-notes .value")).not_to_be_empty()

    kept = page.evaluate(KEPT)
    stores = {store: {key for key, where in LIST if where == store} for _, store in LIST}
    for store, listed in stores.items():
        assert {re.sub(r"(w2v-cell) .*", r"\1", key) for key in kept.pop(store)} == listed
    assert not any(kept.values())
    assert not context.cookies()

    page.goto(f"{site}/book/index.html")
    page.get_by_role("button", name="Clear my progress and cells").click()
    left = page.evaluate(KEPT)["localStorage"]
    assert not [key for key in left if key.startswith("w2v")]
    context.close()
