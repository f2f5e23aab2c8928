"""The book as an EPUB: whole, well formed, without anything that a reader of books cannot do."""

import subprocess
import sys
import zipfile
from pathlib import PurePosixPath
from xml.etree import ElementTree

import pytest
from chapters import FEW, ROOT

pytest.importorskip("playwright", reason="Playwright is not installed")
pytest.importorskip("pypdf", reason="pypdf is not installed")

HTML, OPF = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/opf}"
MATH = "{http://www.w3.org/1998/Math/MathML}math"
PAGES = [f"{name}.xhtml" for name in ["title", "nav", *FEW]]
DEAD = {f"{HTML}{tag}" for tag in ["script", "form", "input", "select", "button", "textarea"]}


@pytest.fixture(scope="module")
def epub(chromium, few, tmp_path_factory):
    """The EPUB of a few pages."""
    target = tmp_path_factory.mktemp("epub") / "book.epub"
    command = [sys.executable, ROOT / "tools" / "epub.py", few, target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"The book is in {target}" in done.stdout
    return target


@pytest.fixture(scope="module")
def files(epub):
    """{name: bytes} of what it holds."""
    with zipfile.ZipFile(epub) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def pages(files):
    """{name: tree} of its pages."""
    return {name: ElementTree.fromstring(files[f"book/{name}"]) for name in PAGES}


def test_it_begins_with_its_type_and_lists_every_file(epub, files):
    with zipfile.ZipFile(epub) as archive:
        first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert files["mimetype"] == b"application/epub+zip"
    assert b'full-path="book/package.opf"' in files["META-INF/container.xml"]
    package = ElementTree.fromstring(files["book/package.opf"])
    items = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    assert {f"book/{name}" for name in items.values()} | {
        "mimetype", "META-INF/container.xml", "book/package.opf",
    } == files.keys()  # fmt: skip
    assert [items[it.get("idref")] for it in package.iter(f"{OPF}itemref")] == PAGES


def test_every_link_and_picture_arrives(files, pages):
    ids = {name: [e.get("id") for e in page.iter() if e.get("id")] for name, page in pages.items()}
    for name, page in pages.items():
        assert len(ids[name]) == len(set(ids[name]))
        for image in page.iter(f"{HTML}img"):
            assert f"book/{image.get('src')}" in files
        for link in page.iter(f"{HTML}a"):
            to, _, place = link.get("href", "https:").partition("#")
            if ":" not in to:
                assert not place or place in ids[to or name], link.get("href")
                assert to in ["", *PAGES]
    inner = [link.get("href") for link in pages["nav.xhtml"].iter(f"{HTML}a")]
    assert [f"{name}.xhtml" for name in FEW] == [to for to in inner if "#" not in to]
    assert f"{FEW[1]}.xhtml#exercises" in inner


def test_nothing_is_dead_and_the_reader_is_told(pages):
    for name, page in pages.items():
        assert not DEAD & {e.tag for e in page.iter()}
        assert not [key for e in page.iter() for key in e.attrib if key.startswith("data-")]
        told = "".join(page.itertext())
        assert "Its code runs" in told or PurePosixPath(name).stem not in FEW[1:3]
    assert "Things to drag stand still" in "".join(pages["title.xhtml"].itertext())


def test_formulas_are_mathml_with_their_tex_besides(pages):
    page = pages[f"{FEW[1]}.xhtml"]
    formulas = list(page.iter(MATH))
    assert len(formulas) > 20 and all(formula.get("alttext") for formula in formulas)
    assert not [text for text in page.itertext() if "\\(" in text or "$$" in text]


def test_a_question_has_its_answer_below(pages):
    page = pages[f"{FEW[1]}.xhtml"]
    questions = list(page.iter(f"{HTML}fieldset"))
    assert len(questions) > 3
    for question in questions:
        choices = ["".join(it.itertext()) for it in question.iter(f"{HTML}label")]
        answer = "".join(question.find(f"{HTML}details").itertext())
        assert all(choice.strip().startswith("\N{WHITE CIRCLE}") for choice in choices)
        assert 1 == sum(answer.startswith(f"Answer{choice.strip()[2:]}.") for choice in choices)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_narrow_screen(epub, page, tmp_path, name):
    with zipfile.ZipFile(epub) as archive:
        archive.extractall(tmp_path)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((tmp_path / "book" / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth)")
    assert not page.wrong


def test_what_only_a_style_sheet_colours_keeps_its_colour(pages):
    """On the front page the bars of the network are empty, which no attribute says in the book."""
    sure = [e for e in pages["index.xhtml"].iter() if e.get("class") == "w2v-sure"]
    assert sure and all(e.get("fill") == "none" for e in sure)
