"""The pages that teacher and students read."""

import re

import pytest

from w2vlib.classroom import chapter, report
from w2vlib.classroom.marks import Mark

STEM = "02_embedding"
EXERCISES = chapter.exercises(STEM)
NAMES = [name for it in EXERCISES for name in it.checks]
STUDENTS = ["Ana", "<b onclick=alert(1)>", "학생 '하나' \"1\" & %", "x" * 300, "index"]


def row(student, name, points, reason="Right.", review=""):
    mark = Mark(name, points, 2, reason, review)
    return {"student": student, "sheet": STEM, **mark._asdict()}


@pytest.fixture
def pages(tmp_path):
    """The pages of a class, in which only the first student has everything right."""
    rows = [
        row(student, name, 2)
        if student == "Ana"
        else row(student, name, 0, "Not yet: <b>a</b> & b.", "the same as Ana")
        for student in STUDENTS
        for name in NAMES
    ]
    report.write(rows, EXERCISES, tmp_path, ["Kept apart."])
    return tmp_path


@pytest.fixture
def browser_page(chromium):
    """A tab."""
    context = chromium.new_context()
    page = context.new_page()
    yield page
    context.close()


def test_each_student_has_a_page(pages):
    files = sorted((pages / "feedback").iterdir())
    assert len(files) == len(STUDENTS)
    text = (pages / "feedback" / "Ana.html").read_text(encoding="utf-8")
    assert f"{2 * len(NAMES)} of {2 * len(NAMES)} points on sheet {STEM}." in text
    text = (pages / "feedback" / f"{STUDENTS[2]}.html").read_text(encoding="utf-8")
    assert "Not yet: &lt;b&gt;a&lt;/b&gt; &amp; b." in text
    assert "the same as" not in text and "Kept apart" not in text  # for the teacher alone


def test_pages_ask_for_nothing_and_run_nothing(pages):
    for path in pages.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script|src=|https?:|url\(|@import", text), path


def test_links_lead_to_the_pages(browser_page, pages):
    browser_page.goto((pages / "index.html").as_uri())
    for student in STUDENTS:
        browser_page.get_by_role("link", name=student, exact=True).last.click()
        assert browser_page.locator("h1").inner_text() == student
        browser_page.go_back()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit(browser_page, pages, width, scheme):
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.set_viewport_size({"width": width, "height": 800})
    for path in (pages / "index.html", pages / "feedback" / "Ana.html"):
        browser_page.goto(path.as_uri())
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= width


def test_words_stand_as_they_should(tmp_path):
    two, code = "lookup_by_hand", "gradient_by_product"
    (one, *_) = [it for it in EXERCISES if code in it.checks]
    both = [one._replace(checks={two: None, code: code}), EXERCISES[0]._replace(checks={"x": None})]
    said = "Not yet: line 1 of the cell, `a < b`, raises `<i>`."
    students = ["ben", "Ana", "Cy", "zoë"]
    rows = [row(it, name, 0, said) for it in students for name in (two, code, "x")]
    report.write(rows, both, tmp_path, [])
    text = (tmp_path / "feedback" / "ben.html").read_text(encoding="utf-8")
    assert "line 1 of the cell, <code>a &lt; b</code>, raises <code>&lt;i&gt;</code>." in text
    for name in two, code:
        assert f"<td>{one.title} (<code>{name}</code>)</td>" in text
    assert f"<td>{EXERCISES[0].title}</td>" in text
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'feedback/[^"]+">([^<]+)<', index.partition("<h2>All</h2>")[2])
    assert found == ["Ana", "ben", "Cy", "zoë"]


def test_what_the_class_got_wrong_stands_by_idea(pages):
    text = (pages / "index.html").read_text(encoding="utf-8")
    for idea in {it.idea for it in EXERCISES}:
        assert f"<td>{idea}</td><td>20 %</td>" in text
    assert "4 × Not yet:" in text
    assert text.index("By idea") < text.index("By exercise") < text.index("To look at")
