"""The page of projects: its code runs as it stands there, and prints what stands below it."""

import contextlib
import io
import re

from chapters import BOOK

from w2vlib.engines import ENGINES

PAGE = (BOOK / "projects.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_code_of_the_page_runs_and_prints_what_is_shown(monkeypatch):
    monkeypatch.setitem(ENGINES, "mine", None)  # which is undone, whatever the page puts there
    names, printed, shown = {}, "", ""
    for kind, block in BLOCK.findall(PAGE):
        if kind == "text":
            assert printed == block
            printed, shown = "", shown + block
            continue
        assert printed == "", "what is printed stands below its code"
        assert max(map(len, block.splitlines())) <= 72
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block, "projects.md", "exec"), names)  # noqa: S102 - our own page
        printed = out.getvalue()
    assert printed == "" and "equal: True" in shown


def test_each_project_has_its_parts_and_its_points_add_up():
    projects = re.split(r"(?m)^## ", PAGE)[1:]
    assert len(projects) == 2
    for project in projects:
        parts = re.findall(r"(?m)^### (.+)$", project)
        assert parts == [
            "What it is about",
            "A start",
            "Milestones",
            "Hand in",
            "Points",
            "What goes wrong",
        ]
        points = project.split("### Points")[1].split("###")[0]
        assert sum(map(int, re.findall(r"(?m)^\| [\w ]+, (\d+) \|", points))) == 20
