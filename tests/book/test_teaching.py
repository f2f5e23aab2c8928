"""The teacher's guide: what it says of the chapters is so, its plans fit, and its commands run."""

import csv
import itertools
import json
import os
import re
import shlex
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from chapters import BOOK, CHAPTERS, ROOT, read
from mdit_py_plugins.anchors.index import slugify
from test_glossary import first_uses
from test_pace import MINUTES, NOT_WORDS, WORD, counts, main_path

from w2vlib.classroom import chapter, grade, sheet

GUIDE = (BOOK / "teaching.md").read_text(encoding="utf-8")
TASKS = {stem: chapter.exercises(stem) for stem in chapter.stems()}
LINK = re.compile(r"\[[^]]+\]\((\w+)\.ipynb#([\w-]+)\)( to (?=\[))?")
MOST_MINUTES, MOST_OF_A_DAY = 20, 60


def section(title):
    """The text below a heading, up to the next of its level."""
    marks, rest = re.search(rf"(?ms)^(#+) {re.escape(title)}\n(.*)", GUIDE).groups()
    return re.split(rf"(?m)^#{{1,{len(marks)}}} ", rest)[0]


def blocks(kind):
    """What stands in the fenced blocks of a kind."""
    return re.findall(rf"(?ms)^```{re.escape(kind)}\n(.*?)^```$", GUIDE)


@pytest.fixture(scope="module")
def page(html):
    """The guide as it was built."""
    text = (html / "book" / "teaching.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser").article


# ---- what is said of the chapters


def test_each_idea_of_the_exercises_has_its_place_and_no_other():
    ideas = {task.idea for tasks in TASKS.values() for task in tasks}
    told = section("What goes wrong, and what to ask")
    assert sorted(re.findall(r"(?m)^### (.+)$", told)) == sorted(ideas)
    for text in re.split(r"(?m)^### ", told)[1:]:
        idea = text.split("\n")[0]
        assert f"```{{exercises}} {idea}\n```" in text
        assert re.search(r"(?m)^\*\*Pitfall\.\*\* ", text), idea
        assert re.search(r"(?m)^\*\*Ask\.\*\* .+\? \*.+\*$", text), f"{idea}: and its *answer*"


def test_the_page_lists_every_exercise_once_below_its_idea(page):
    listed = []
    for heading in page.select("h3"):
        idea = heading.find(string=True)
        for item in heading.parent.select("li"):
            link = item.a["href"].partition(".html#")
            listed.append((idea, item.get_text().replace("’", "'"), link[0]))
    expected = [
        (task.idea, f"{task.level.lower()}: {task.title}, {task.minutes} minutes", stem)
        for stem, tasks in TASKS.items()
        for task in tasks
    ]
    for idea, said, stem in expected:
        of_chapter = f"Chapter {int(stem[:2])}, {said}"
        assert listed.count((idea, of_chapter, stem)) == 1, of_chapter
    ideas = {idea for idea, *_ in expected}
    assert sum(idea in ideas for idea, *_ in listed) == len(expected) > 40


def test_each_chapter_is_told_with_its_own_minutes_and_needs(page):
    text = " ".join(page.get_text().split())
    assert re.findall(r"(?m)^```\{chapter\} (\w+)$", GUIDE) == list(TASKS)
    for stem, tasks in TASKS.items():
        said = json.dumps(read(BOOK / f"{stem}.ipynb"))
        minutes = re.search(r"About (\d+) minutes", said)[1]
        core = sum(task.minutes for task in tasks if task.level == "Core")
        more = sum(task.minutes for task in tasks) - core
        lead = f"{int(stem[:2])}. {chapter.title(stem)} {minutes} minutes, {core} of them core"
        assert f"{lead} exercises; {more} more" in text
        level = re.search(r"Level: ([\w ]+)\.", said)[1]
        assert text.split(lead)[1].split("Needs")[0].rstrip().endswith(f"{level.capitalize()}.")


def test_what_a_first_visit_fetches_is_what_the_chapter_says(html):
    text = (html / "book" / "02_embedding.html").read_text(encoding="utf-8")
    said = re.search(r"First download: (\d+ MB), then (\d+ MB)", text)
    if not said:
        pytest.skip("built without Pyodide's files")
    assert "fetches {}, and {} more for charts".format(*said.groups()) in GUIDE


def test_terms_are_linked_at_their_first_use():
    uses = dict(first_uses(GUIDE.replace("On Windows", "")))  # which is no window
    assert len(uses) > 15 and all(uses.values()), uses


def test_it_is_read_in_twenty_minutes():
    code = r"(?ms)^```(?:python|sh).*?^```$|^```.*?$|\$[^$]*\$"
    text = re.sub(code, "", NOT_WORDS.sub("", GUIDE))
    assert len(WORD.findall(text)) * MINUTES["words"] < MOST_MINUTES + 0.5


# ---- the plans


def minutes_of_sections(stem):
    """{anchor: (level of the heading, minutes)} of what is on a chapter's path, in order."""
    notebook, found, anchor = read(BOOK / f"{stem}.ipynb"), {}, ""
    for cell, source in main_path(notebook):
        if heading := re.match(r"(##+) (.+)", source):
            anchor = slugify(heading[2])
            found[anchor] = len(heading[1]), 0
        elif not anchor:
            continue
        part = counts(nbformat.from_dict({"cells": [{**cell, "source": source}]}))
        part["quiz"] -= 1
        level, before = found[anchor]
        found[anchor] = level, before + sum(n * MINUTES[what] for what, n in part.items())
    return found


def minutes_of_day(text):
    """The minutes of all that a day names: a section with those in it, or from one to another."""
    total, start = 0, None
    for stem, anchor, goes_on in LINK.findall(text):
        found = minutes_of_sections(stem)
        if anchor not in found:  # an exercise that is off the path
            total += next(t.minutes for t in TASKS[stem] if slug(t) == anchor)
            continue
        order = list(found)
        start = order.index(anchor) if start is None else start
        if goes_on:
            continue
        end = order.index(anchor) + 1
        while end < len(order) and found[order[end]][0] > found[anchor][0]:
            end += 1
        total += sum(found[name][1] for name in order[start:end])
        start = None
    return total


def slug(task):
    return slugify(f"{task.level}: {task.title}")


def rows(title):
    """The rows of the first table below a heading."""
    lines = re.findall(r"(?m)^\|(.+)\|$", section(title))
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def test_one_class_fills_ninety_minutes():
    times = [tuple(map(int, first.split("-"))) for first, _ in rows("One class: 90 minutes")]
    assert times[0][0] == 0 and times[-1][1] == 90
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(times))


def test_each_day_of_a_week_leaves_time_to_talk():
    days = rows("A week: five classes of 90 minutes")
    assert [day for day, _ in days] == ["1", "2", "3", "4", "5"]
    one_class = " ".join(what for _, what in rows("One class: 90 minutes"))
    one_class = re.sub(r"Who is done goes on .*?\)\.", "", one_class)
    for day, what in days:
        needed = minutes_of_day(what if LINK.search(what) else one_class)
        assert 30 < needed <= MOST_OF_A_DAY, f"day {day}: {needed:.0f} minutes"


def test_a_half_term_has_every_chapter_once():
    weeks = rows("A half term: six weeks, two classes a week")
    named = [int(number) for _, chapters, _ in weeks for number in chapters.split(",")]
    assert named == [int(path.stem[:2]) for path in CHAPTERS]


# ---- what a teacher types


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A teacher's folder: the course, beside it hand-ins and the checks that the guide writes."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("course", "HAND_INS", "my_checks"):
        (folder / name).mkdir()
    (folder / "HAND_INS" / "ada.ipynb").write_text(sheet.key("02_embedding"), encoding="utf-8")
    (text,) = blocks("python")
    (folder / "my_checks" / "exam.py").write_text(text, encoding="utf-8")
    return folder


COMMANDS = [line for text in blocks("sh") for line in text.replace("\\\n", "").splitlines() if line]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_runs(command, desk):
    program, *arguments = shlex.split(command)
    assert program == "python" and arguments[:2] == ["-m", "w2vlib.classroom"]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=desk / "course",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def answered(old, new):
    """The key of chapter 2 with another answer in it."""
    text = sheet.key("02_embedding")
    assert json.dumps(old)[1:-1] in text
    return text.replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1])


def test_exercises_of_ones_own_judge_by_what_the_guide_writes(desk, tmp_path):
    hand_ins, out = tmp_path / "class", tmp_path / "exam.csv"
    hand_ins.mkdir()
    mean = "return one_hot(idx, V).T @ dout / np.maximum(one_hot(idx, V).sum(axis=0), 1)[:, None]"
    right = answered("return one_hot(idx, V).T @ dout", mean)
    right = right.replace("row_3=6", "row_3=9").replace("everything=9", "everything=12")
    (hand_ins / "right.ipynb").write_text(right, encoding="utf-8")
    (hand_ins / "public.ipynb").write_text(sheet.key("02_embedding"), encoding="utf-8")
    grade.grade(hand_ins, out, checks=desk / "my_checks", progress=False)
    with open(out, encoding="utf-8", newline="") as file:
        found = {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}
    assert found["right", "gradient_by_product"]["points"] == "2"
    assert found["right", "lookup_by_hand"]["points"] == "2"
    assert {exercise for _, exercise in found} == {"gradient_by_product", "lookup_by_hand"}
    assert found["public", "gradient_by_product"]["points"] == "0"
    assert "the mean was asked for" in found["public", "gradient_by_product"]["reason"]
    assert found["public", "lookup_by_hand"]["points"] == "0"
