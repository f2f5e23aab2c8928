"""Exercises and predictions on the built pages: what is asked, kept, cleared, hidden and shown."""

import ast
import importlib
import json
import re

import pytest
from chapters import CHAPTERS, REVEAL, code_cells, each_chapter, module_name, read, tree

from w2vlib.exercises import chapters as modules
from w2vlib.exercises.exercise import Fields

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import expect
from test_browser import UNFOLD

CHAPTER = "02_embedding"
KEPT = "JSON.parse(localStorage.getItem('w2v-progress'))"


def checks(path):
    """The calls of `check` in a chapter."""
    for cell in code_cells(read(path)):
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
                yield node, cell


@each_chapter
def test_a_chapter_asks_its_exercises_and_no_cell_tells(path):
    exercises = importlib.import_module(f"w2vlib.exercises.{module_name(path)}").EXERCISES
    asked = []
    for call, cell in checks(path):
        name = call.args[0].value
        asked.append(name)
        if isinstance(exercises[name], Fields):
            assert len(call.args) == 1
            assert [key.arg for key in call.keywords] == list(exercises[name])
            assert all(ast.unparse(key.value) == "..." for key in call.keywords), cell.source
        else:
            assert len(call.args) == 2 and not call.keywords, cell.source
        (output,) = cell.outputs
        assert "Right." not in output.data["text/plain"]
    assert sorted(asked) == sorted(exercises), "each exercise has one cell that checks it"


def test_each_chapter_has_its_module():
    assert {module_name(path) for path in CHAPTERS} == set(modules())


@pytest.fixture
def fresh(fresh):
    """Such a tab, with a chapter in it."""
    fresh.goto(f"{CHAPTER}.html")
    return fresh


def test_answers_are_judged_kept_and_cleared(fresh):
    form = fresh.locator(".w2v-answer[data-name=lookup_by_hand]")
    first, second = form.get_by_role("textbox").all()
    first.fill("3")
    second.fill("9")
    form.get_by_role("button", name="Check").click()
    expect(form.get_by_role("status").first).to_contain_text("Not yet: that is one of the two")
    kept = fresh.evaluate(KEPT)[CHAPTER]
    assert list(kept["answers"].values()) == [{"row_3": "3", "everything": "9"}]
    assert "done" not in kept and kept["begun"]
    fresh.reload()
    expect(first).to_have_value("3")
    expect(form.get_by_role("status").first).to_contain_text("Not yet: that is one of the two")
    first.fill("6")
    first.press("Enter")
    expect(form.get_by_role("status").first).to_have_text("Right.")
    kept = fresh.evaluate(KEPT)[CHAPTER]
    assert kept["done"] == ["lookup_by_hand"]
    mark = fresh.locator(f"nav.bd-links a[href$='{CHAPTER}.html'], nav.bd-links a[href='#']")
    said = f"(begun, exercises 1 of {kept['exercises']})"
    expect(mark.locator(".w2v-mark")).to_have_attribute("aria-label", said)
    fresh.goto("index.html")
    expect(fresh.locator("#w2v-progress p")).to_contain_text("Exercises done: 1 of")
    fresh.get_by_role("button", name="Clear my progress and cells").click()
    fresh.goto(f"{CHAPTER}.html")
    expect(first).to_have_value("")


@each_chapter
def test_forms_say_right_wrong_and_absurd(fresh, path):
    fresh.goto(f"{path.stem}.html")
    fresh.evaluate(REVEAL)
    fresh.evaluate(UNFOLD)
    exercises = importlib.import_module(f"w2vlib.exercises.{module_name(path)}").EXERCISES
    for name, exercise in exercises.items():
        if not isinstance(exercise, Fields):
            continue
        form = fresh.locator(f".w2v-answer[data-name={name}]")
        fields = dict(zip(exercise.values(), form.locator("[data-field]").all(), strict=True))
        for answer in "absurd", None:
            for field, line in fields.items():
                control = line.locator("input, select")
                right = field.right if isinstance(field.right, str) else str(field.right)
                if field.kind == "word":
                    right = field.data()["right"][0]
                if field.kind == "choice":
                    control.select_option(right if answer is None else field.options[-1])
                else:
                    control.fill(right if answer is None else answer)
            form.get_by_role("button", name="Check").click()
            for field, line in fields.items():
                said = "Right." if answer is None else field.judge(answer).said
                if field.kind != "choice" or answer is None:
                    expect(line.get_by_role("status")).to_have_text(said)
        assert name in fresh.evaluate(KEPT)[path.stem]["done"]


def waiting(page):
    """How many predictions hide what follows."""
    return page.locator(".w2v-after[hidden]").count()


def test_a_choice_reveals_the_rest_of_the_section_and_is_kept(fresh):
    before = waiting(fresh)
    assert before
    predict = fresh.locator(".w2v-predict").first
    after = fresh.locator(".w2v-after").first
    assert after.evaluate("box => box.offsetHeight") == 0
    text = after.text_content().split()[0]
    assert after.evaluate("box => box.nextElementSibling?.localName ?? 'end'") in {"section", "end"}
    predict.get_by_role("radio").nth(1).check()
    assert waiting(fresh) == before - 1
    expect(predict.get_by_role("status")).not_to_be_empty()
    fresh.reload()
    expect(predict.get_by_role("radio").nth(1)).to_be_checked()
    assert waiting(fresh) == before - 1 and text


def test_show_anyway_by_keyboard(fresh):
    before = waiting(fresh)
    fresh.get_by_role("button", name="Show anyway").first.focus()
    fresh.keyboard.press("Enter")
    assert waiting(fresh) == before - 1
    assert fresh.evaluate("document.activeElement.type") == "radio"
    fresh.reload()
    assert waiting(fresh) == before - 1 and not fresh.locator("input:checked").count()


def test_what_an_address_names_shows(fresh):
    before = waiting(fresh)
    figure = fresh.locator(".w2v-after [id^=fig-]").first.get_attribute("id")
    fresh.goto(f"{CHAPTER}.html#{figure}")
    expect(fresh.locator(f"#{figure}")).to_be_in_viewport()
    assert waiting(fresh) == before - 1


def test_the_browsers_search_finds_it(fresh):
    box = fresh.locator(".w2v-after").last
    assert box.get_attribute("hidden") == "until-found"
    before = waiting(fresh)
    box.evaluate("box => box.dispatchEvent(new Event('beforematch', { bubbles: true }))")
    assert waiting(fresh) == before - 1


def test_on_paper_and_without_scripts_nothing_is_hidden(fresh, chromium, site):
    after = fresh.locator(".w2v-after").first
    fresh.emulate_media(media="print")
    assert after.evaluate("box => box.offsetHeight") > 0
    expect(fresh.get_by_role("button", name="Show anyway")).to_have_count(0)
    expect(fresh.get_by_role("button", name="Check")).to_have_count(0)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/book/{CHAPTER}.html")
    assert waiting(page) == 0 == page.locator(".w2v-after").count()
    assert page.locator(".w2v-answer input, .w2v-answer button").count() == 0
    expect(page.locator(".w2v-answer [data-field]").first).to_contain_text("______")
    context.close()


def test_no_expected_value_stands_in_the_clear():
    for path in CHAPTERS:
        text = json.dumps([cell.outputs for _, cell in checks(path)])
        assert not re.search(r'\\"right\\":|mistakes', text)
