"""The built book and the site: without a warning, whole, and asking no other site for anything."""

import re
from urllib.parse import unquote, urlsplit

import yaml
from chapters import CHAPTERS, ROOT

# What a browser fetches by itself when it shows a page, in contrast to links that a reader follows.
FETCHED = {
    "audio": ["src"],
    "embed": ["src"],
    "iframe": ["src"],
    "image": ["href", "xlink:href"],
    "img": ["src", "srcset"],
    "input": ["src"],
    "link": ["href"],
    "object": ["data"],
    "script": ["src", "data-jupyter-widgets-cdn"],
    "source": ["src", "srcset"],
    "track": ["src"],
    "use": ["href", "xlink:href"],
    "video": ["src", "poster"],
}
ELSEWHERE = re.compile(r"(https?:)?//", re.IGNORECASE)
IN_CSS = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^\"')]*", re.IGNORECASE)
ICON = re.compile(r"fa-(?!solid$|brands$|lg$)[\w-]+")


def test_every_page_is_there(html):
    assert (html / "index.html").is_file()
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert not [name for name in [toc["root"], *files] if not (html / f"{name}.html").is_file()]


def test_no_page_asks_another_site(published, pages):
    found = []
    for path, page in pages.items():
        for tag in page.find_all(FETCHED.keys()):
            for value in filter(None, map(tag.get, FETCHED[tag.name])):
                if ELSEWHERE.match(value):
                    found.append((path.name, value))
        for tag in page.find_all(style=IN_CSS):
            found.append((path.name, tag["style"]))
        for tag in page.find_all(["style", "script"]):
            if IN_CSS.search(tag.text) or tag.name == "script" and ELSEWHERE.search(code(tag)):
                found.append((path.name, tag.text))
    for path in published.rglob("*.css"):
        found += [(path.name, rule) for rule in IN_CSS.findall(path.read_text(encoding="utf-8"))]
    assert not found


def code(script):
    """The text of a script, less comments and XML namespaces, which nobody fetches."""
    return re.sub(
        r"(?:^|\s)// [^\n]*|/\*.*?\*/|http://www\.w3\.org/\S+", "", script.text, flags=re.DOTALL
    )


def test_links_within_the_site_arrive(pages):
    ids = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in pages.items()}
    broken = []
    for path, page in pages.items():
        for tag in page.select("a[href]"):
            link = urlsplit(tag["href"])
            if link.scheme or link.netloc:
                continue
            target = (path.parent / unquote(link.path)).resolve() if link.path else path
            if target not in ids:
                if not target.is_file():
                    broken.append((path.name, tag["href"]))
            elif link.fragment and unquote(link.fragment) not in ids[target]:
                broken.append((path.name, tag["href"]))
    assert not broken


def test_every_picture_has_alt_text(pages):
    without = [
        (path.name, tag.get("src"))
        for path, page in pages.items()
        for tag in page.select("article img")
        if not tag.get("alt", "").strip() or tag["alt"].startswith(("../", "_images", "/"))
    ]
    assert not without


def test_every_icon_is_drawn(published, pages):
    css = (published / "_static" / "icons.css").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^\.(fa-[\w-]+) \{ --icon:", css, flags=re.MULTILINE))
    used = {
        name
        for page in pages.values()
        for tag in page.find_all(class_=ICON)
        for name in tag["class"]
        if ICON.fullmatch(name)
    }
    assert not used - drawn, "draw them in book/_static/icons.css"


def test_chapters_open_in_binder(published, pages):
    for path in CHAPTERS:
        page = pages[published / "book" / f"{path.stem}.html"]
        links = [tag["href"] for tag in page.select("a[href*='mybinder.org']")]
        assert [link for link in links if link.endswith(f"lab/tree/book/{path.name}")], path.stem
