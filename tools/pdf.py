"""The whole book as one PDF: the built pages, joined, and printed by a browser.

    python tools/pdf.py _build/html _build/word2vec-made-fast.pdf

`make pdf` builds the book first. How a page looks on paper is said in book/_static/book.css.
"""

import contextlib
import shutil
import sys
from io import BytesIO
from pathlib import Path

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

CONFIG = yaml.safe_load((Path(__file__).parents[1] / "_config.yml").read_text(encoding="utf-8"))
NO_BROWSER = "no browser: install Debian's chromium, or run `.venv/bin/playwright install chromium`"

# The sections of chapters that the contents name; an aside's heading stands in its summary.
SECTIONS = "section:has(> h2 > .section-number, > details > summary > h2)"
PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{title}</title>
{head}
<style>
@page {{ size: A4; @bottom-center {{ content: counter(page); font: 9pt sans-serif; }} }}
@page :first {{ @bottom-center {{ content: none; }} }}
article {{ break-before: page; }}
#title {{ padding-top: 60mm; text-align: center; }}
#title img {{ width: 30mm; }}
#title p:first-of-type {{ margin: 10mm 0; font-size: 26pt; line-height: 1.3; text-wrap: balance; }}
#contents ul {{ margin: 0 0 0.5rem; padding: 0; list-style: none; }}
#contents li li {{ margin: 0; padding-left: 1.5em; font-size: 0.82rem; line-height: 1.3; }}
#contents a {{ color: inherit; text-decoration: none; }}
#contents a::after {{ content: attr(data-number); float: right; }}
</style></head>
<body><main class="bd-main"><div class="bd-content"><div class="bd-article-container">
<div id="title"><img src="../_static/logo.svg" alt=""><p>{title}</p><p>{author}<br>{year}</p></div>
<article class="bd-article" id="contents"><h1>Contents</h1><ul>{contents}</ul></article>
{articles}
</div></div></main></body></html>
"""
# Waits for the mathematics, and returns what of it could not be set.
TYPESET = """() => Promise.race([
    (async () => {
        await window.MathJax.startup.promise;
        await document.fonts.ready;
        return [...document.querySelectorAll("mjx-merror")].map((error) => error.textContent);
    })(),
    new Promise((_, fail) => setTimeout(fail, 180_000, Error("the mathematics took too long"))),
])"""
# Writes into the contents the page of each place.
NUMBER = """(pages) => document.querySelectorAll("#contents a").forEach((link) => {
    link.dataset.number = pages[link.hash.slice(1)];
})"""
# What the contents name, for the outline: [title, id, sections].
OUTLINE = r"""(sections) => {
    const entry = (title, id, inner) => [title.textContent.replace(/\s+/g, " ").trim(), id, inner];
    return [...document.querySelectorAll("article:not(#contents)")].map((article) => entry(
        article.querySelector("h1"), article.id, [...article.querySelectorAll(sections)].map(
            (section) => entry(section.querySelector("h2"), section.id, []))));
}"""


def parse(page):
    """A page, in a file or as text."""
    text = page.read_text(encoding="utf-8") if isinstance(page, Path) else page
    return BeautifulSoup(text, "html.parser")


def names(folder):
    """The pages of the book, in their order."""
    links = parse(folder / "index.html").select("nav.bd-links a")
    return ["index" if link["href"] == "#" else Path(link["href"]).stem for link in links]


@contextlib.contextmanager
def browser(what):
    """A browser for `make what`."""
    with sync_playwright() as playwright:
        found = filter(None, map(shutil.which, ["chromium", "google-chrome"]))
        path = next(found, playwright.chromium.executable_path)
        if not Path(path).exists():
            sys.exit(f"make {what}: {NO_BROWSER}")
        yield playwright.chromium.launch(executable_path=path)


def join(folder):
    """The pages of a folder as one page of HTML: a title, the contents, and one after another.

    Pages have ids in common, "exercises" for one: each id gets the name of its page before it.
    """
    listed, contents, articles = names(folder), [], []
    for name in listed:
        page = parse(folder / f"{name}.html")
        article = page.select_one("article")
        for unused in article.select("script, a.headerlink, #your-progress"):
            unused.decompose()
        for tag in article.find_all(id=True):
            tag["id"] = f"{name}--{tag['id']}"
        for link in article.select("a[href]"):
            to, _, place = link["href"].partition("#")
            to = to.removesuffix(".html") or name
            if to in listed:
                link["href"] = f"#{to}--{place}" if place else f"#{to}"
            elif ":" not in link["href"]:
                del link["href"]  # a file beside the pages, which paper does not have
        article["id"] = name
        articles.append(article.decode())
        sections = "".join(
            f'<li><a href="#{section["id"]}">{section.h2.decode_contents()}</a></li>'
            for section in article.select(SECTIONS)
        )
        title = article.h1.decode_contents()
        contents.append(f'<li><a href="#{name}">{title}</a><ul>{sections}</ul></li>')
        if mathjax := [
            script for script in page.head("script") if "mathjax" in str(script).lower()
        ]:
            head = page.head.select("link[rel=stylesheet]") + mathjax
    return PAGE.format(
        title=CONFIG["title"],
        author=CONFIG["author"],
        year=CONFIG["copyright"],
        head="\n".join(map(str, head)),
        contents="\n".join(contents),
        articles="\n".join(articles),
    )


def print_pdf(folder):
    """Join the pages of a folder and print them; the bytes of the PDF."""
    with browser("pdf") as chromium:
        page = chromium.new_page(color_scheme="light")
        page.set_default_timeout(300_000)
        print("Joining the pages", flush=True)
        joined, address = join(folder), (folder / "joined.html").resolve().as_uri()
        page.route(address, lambda route: route.fulfill(body=joined, content_type="text/html"))
        print("Setting the mathematics", flush=True)
        page.goto(address)
        if errors := page.evaluate(TYPESET):
            sys.exit(f"make pdf: mathematics that cannot be set: {errors}")
        options = {"prefer_css_page_size": True, "print_background": True, "tagged": True}
        print("Printing, to learn the numbers of the pages", flush=True)
        page.evaluate(NUMBER, places(page.pdf(**options)))
        print("Printing", flush=True)
        return with_outline(page.pdf(**options), page.evaluate(OUTLINE, SECTIONS))


def places(pdf):
    """{id: number of its page} of what a PDF links to."""
    reader = PdfReader(BytesIO(pdf))
    found = reader.named_destinations.items()
    return {name.lstrip("/"): reader.get_destination_page_number(it) + 1 for name, it in found}


def with_outline(pdf, entries):
    """The PDF with an outline of [title, id, entries below].

    Chromium can write one, which stutters: a title that moved to the next page is in it twice.
    """
    writer, where = PdfWriter(clone_from=BytesIO(pdf)), places(pdf)

    def add(entries, parent=None):
        for title, place, below in entries:
            add(below, writer.add_outline_item(title, where[place] - 1, parent, is_open=False))

    add(entries)
    writer.page_mode = "/UseOutlines"
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


if __name__ == "__main__":
    html, target = map(Path, sys.argv[1:])
    target.write_bytes(print_pdf(html / "book"))
    print(f"The book is in {target}, {target.stat().st_size / 1e6:.1f} MB.")
