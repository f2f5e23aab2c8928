"""The whole book as one EPUB, for readers of electronic books: the built pages as on paper.

    python tools/epub.py _build/html _build/word2vec-made-fast.epub

`make epub` builds the book first. A browser sets the mathematics, which becomes MathML, drops what
does not show on paper, and writes the rest as XHTML.
"""

import re
import sys
import time
import zipfile
from html import escape
from pathlib import Path

from pdf import CONFIG, SECTIONS, browser, names, parse
from pygments.formatters import HtmlFormatter

from w2vlib.classroom.sheet import site

STYLE = Path(__file__).with_suffix(".css")
SITE = site().removesuffix("book/")
CODE = "a11y-high-contrast-light"
ALIVE = 'Its code runs and its pictures move <a href="{}">on its page</a>.'
ABOUT = {
    "title": CONFIG["title"],
    "author": CONFIG["author"],
    "year": CONFIG["copyright"],
    "site": SITE,
}
KINDS = {
    ".xhtml": "application/xhtml+xml",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
ASKED = {"mathml": b"<math", "svg": b"<svg"}  # what a page has to say that it holds
DOCTYPE = re.compile(rb"<!DOCTYPE[^>]*>")  # an EPUB may not name files elsewhere
SCRIPTS = "**/{page,book,runner,outputs}.js*"  # they would bring to life what stands still here
# The article of a page, as XHTML.
XHTML = r"""async ([names, site, alive]) => {
    await window.MathJax?.startup.promise;
    const article = document.querySelector("article");
    const all = (what) => article.querySelectorAll(what);
    const drop = (what) => all(what).forEach((e) => e.remove());
    const SVG = "display fill fill-opacity font-weight opacity stroke stroke-opacity".split(" ");
    const strip = (e, what) => {
        for (const { name } of [...e.attributes]) if (what.test(name)) e.removeAttribute(name);
    };

    for (const { root, math, typesetRoot } of window.MathJax?.startup.document.math ?? []) {
        const mathml = MathJax.startup.toMML(root);
        const set = new DOMParser().parseFromString(mathml, "text/xml").documentElement;
        for (const e of [set, ...set.querySelectorAll("*")]) strip(e, /^(data-|class$|style$)/);
        set.setAttribute("alttext", math.trim());
        typesetRoot.replaceWith(set);
    }
    // What the style sheet of things to drag says of their drawings goes into these.
    const parts = [...all("[data-mount] svg *")], looks = () => parts.map((e) => {
        const style = getComputedStyle(e);
        return SVG.map((what) => (style[what] === style.color ? "currentColor" : style[what]));
    });
    const [sheet] = [...document.styleSheets].filter((it) => it.href?.includes("/page.css"));
    const styled = looks();
    sheet.disabled = true;
    looks().forEach((plain, i) => plain.forEach((value, n) => {
        if (value !== styled[i][n]) parts[i].setAttribute(SVG[n], styled[i][n]);
    }));
    sheet.disabled = false;

    for (const e of all(".w2v-runner")) e.outerHTML = `<p class="w2v-alive">${alive}</p>`;
    drop("script, noscript, wbr, a.headerlink, #your-progress, [role=status]:empty");
    drop("path:not([d])"); // of curves that a script draws
    for (const e of all(":not(svg *, math, math *)")) {
        if (getComputedStyle(e).display === "none") e.remove();
    }
    for (const field of all("fieldset:has([data-right])")) {
        const right = field.querySelector("[data-right]"), said = document.createElement("details");
        said.innerHTML = "<summary>Answer</summary><p></p>";
        const why = right.dataset.say.replace(/^Right\. /, "");
        said.lastChild.textContent = `${right.parentNode.textContent.trim()}. ${why}`;
        field.append(said);
    }
    for (const e of all("input, select")) {
        const chosen = e.selectedOptions?.[0].text ?? e.value;
        e.replaceWith(e.type === "radio" ? "\u25cb" : chosen || "______");
    }
    for (const e of all("form, button, output")) {
        const kept = document.createElement(e.localName === "form" ? "div" : "span");
        kept.append(...e.childNodes);
        e.replaceWith(kept);
    }
    const top = new URL("..", location.href).href;
    for (const link of all("a[href]")) {
        const [to, place] = link.href.split("#"), at = place ? `#${place}` : "";
        const inside = to.replace(top, ""), name = inside.match(/^book\/(.*)\.html$/)?.[1];
        const here = names.includes(name) && place !== "run";
        if (here) link.setAttribute("href", `${name}.xhtml${at}`);
        else if (inside !== to) link.href = `${site}${inside}${at}`;
    }
    const images = [...all("img")].map((image) => {
        const path = image.src.replace(top, "");
        image.setAttribute("src", path.split("/").pop());
        return path;
    });
    for (const e of all("*")) {
        strip(e, /^(data-|(hidden|tabindex|open|for|download)$)/);
        for (const { name, value } of [...e.attributes]) { // the colours of the day
            e.setAttribute(name, value.replace(/var\(--[\w-]+, ?([^()]+)\)/g, "$1"));
        }
    }
    return [new XMLSerializer().serializeToString(article), images];
}"""

PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
 lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body>{body}</body>
</html>
"""
TITLE = """<div class="title-page"><img src="logo.svg" alt=""/><h1>{title}</h1>
<p>{author}<br/>{year}</p>
<p>Things to drag stand still in this book, and fields take no answers. On
<a href="{site}">{site}</a> they do, and every cell runs.</p></div>"""
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{site}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>en</dc:language>
<dc:date>{year}</dc:date>
<dc:rights>Creative Commons Attribution 4.0</dc:rights>
<meta property="dcterms:modified">{now}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
{items}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def pages(folder):
    """Of each page of a folder: its name, its article as XHTML, its images."""
    listed = names(folder)
    with browser("epub") as chromium:
        for name in listed:
            print(name, flush=True)
            page = chromium.new_page(color_scheme="light", viewport={"width": 672, "height": 1000})
            page.emulate_media(media="print")
            page.route(SCRIPTS, lambda route: route.abort())
            page.goto((folder / f"{name}.html").resolve().as_uri())
            alive = ALIVE.format(f"{SITE}book/{name}.html")
            yield name, *page.evaluate(XHTML, [listed, SITE, alive])
            page.close()


def contents(articles):
    """The list of all pages, with their sections."""
    lines = []
    for name, article in articles.items():
        tree = parse(article)
        sections = "".join(
            f'<li><a href="{name}.xhtml#{section["id"]}">{escape(section.h2.get_text())}</a></li>'
            for section in tree.select(SECTIONS)
        )
        below = f"<ol>{sections}</ol>" if sections else ""
        title = escape(tree.h1.get_text())
        lines.append(f'<li><a href="{name}.xhtml">{title}</a>{below}</li>')
    return f'<nav epub:type="toc"><h1>Contents</h1><ol>{"".join(lines)}</ol></nav>'


def gather(html):
    """{name: bytes} of what the EPUB of a built book holds, the pages first and in order."""
    images, articles = {"_static/logo.svg"}, {}
    for name, article, shown in pages(html / "book"):
        articles[name] = article
        images.update(shown)
    bodies = {"title": TITLE.format(**ABOUT), "nav": contents(articles)} | articles
    files = {}
    for name, body in bodies.items():
        title = escape(parse(body).h1.get_text())
        files[f"{name}.xhtml"] = PAGE.format(title=title, body=body).encode()
    colours = HtmlFormatter(style=CODE).get_style_defs(".highlight")
    files["book.css"] = f"{STYLE.read_text(encoding='utf-8')}\n{colours}".encode()
    for image in sorted(images):
        files[Path(image).name] = DOCTYPE.sub(b"", (html / image).read_bytes())
    return files


def item(name, data):
    """The line of the package for a file."""
    said = [says for says, kind in ASKED.items() if name.endswith(".xhtml") and kind in data]
    said += {"nav.xhtml": ["nav"], "logo.svg": ["cover-image"]}.get(name, [])
    properties = f' properties="{" ".join(said)}"' if said else ""
    kind = KINDS[Path(name).suffix]
    return f'<item id="{identifier(name)}" href="{name}" media-type="{kind}"{properties}/>'


def identifier(name):
    """A file's name as an XML id, which begins with a letter."""
    return f"file-{name}"


def write(target, files):
    """Write the EPUB of these files."""
    items = "\n".join(item(*file) for file in files.items())
    pages = [name for name in files if name.endswith(".xhtml")]
    spine = "\n".join(f'<itemref idref="{identifier(name)}"/>' for name in pages)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    package = PACKAGE.format(items=items, spine=spine, now=now, **ABOUT)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)  # comes first
        archive.writestr("META-INF/container.xml", CONTAINER)
        for name, data in (files | {"package.opf": package.encode()}).items():
            archive.writestr(f"book/{name}", data)


if __name__ == "__main__":
    html, target = map(Path, sys.argv[1:])
    write(target, gather(html))
    print(f"The book is in {target}, {target.stat().st_size / 1e6:.1f} MB.")
