"""Sheets and keys: made from the chapters, answered by nobody and by their own solutions."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from w2vlib.classroom import chapter, sheet
from w2vlib.classroom.__main__ import main

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
each_chapter = pytest.mark.parametrize("stem", chapter.stems())


def verdicts(text):
    """What the checks of a notebook say, by exercise, when it is run from top to bottom."""
    import w2vlib.exercises

    said, names, check = {}, {}, w2vlib.exercises.check

    def noted(name, *args, **kwargs):
        said[name] = {verdict[0] for verdict in check(name, *args, **kwargs).verdicts.values()}

    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)  # noqa: S102 - our own notebook
            names["check"] = noted
    return said


@pytest.fixture(autouse=True)
def beside_the_chapters(monkeypatch):
    """The folder that a chapter's own cells run in."""
    monkeypatch.chdir(chapter.BOOK)


@each_chapter
def test_a_sheet_asks_all_and_tells_nothing(stem):
    text = sheet.sheet(stem)
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    tasks = chapter.exercises(stem)
    assert 3 <= len(tasks)
    assert all(task.title in text and "Solution" not in text for task in tasks)
    for task in tasks:
        assert not task.solved or task.solved.strip() not in text
    said = verdicts(text)
    assert list(said) == [name for task in tasks for name in task.checks]
    # What is to be repaired is wrong, and all else not written.
    wrong = {name for name, states in said.items() if states != {"unwritten"}}
    assert all(name.startswith("repair_") for name in wrong) and not any(
        "right" in states for states in said.values()
    ), said


@each_chapter
def test_a_sheet_stands_for_itself(stem):
    cells = json.loads(sheet.sheet(stem))["cells"]
    ids = [cell["id"] for cell in cells]
    assert len(ids) == len(set(ids))
    for task in chapter.exercises(stem):
        assert f"{task.name}-1" in ids
    for cell in cells:
        text = "".join(cell["source"])
        for link in re.findall(r"\]\(([^)]+)\)", text) if cell["cell_type"] == "markdown" else ():
            assert link.startswith("https://"), link
        assert cell["cell_type"] == "code" or not re.search(r"\{[a-z:]+\}`", text), text
        if cell["cell_type"] == "code":
            shown = "".join(str(output["data"]) for output in cell["outputs"])
            assert all(f'data-name="{name}"' in shown for name in sheet.checks(cell))


@pytest.mark.skipif(not (chapter.BOOK.parent / ".git").exists(), reason="this is no clone")
@pytest.mark.parametrize("command", ["sheet", "key", "assignment"])
def test_git_ignores_what_the_commands_write(command):
    names = [f"{stem}_{command}.ipynb" for stem in chapter.stems()]
    ignored = ["git", "check-ignore", *names]
    assert subprocess.check_output(ignored, cwd=chapter.BOOK.parent, text=True).split() == names


@each_chapter
def test_what_is_given_is_there_once_and_shows_no_more_than_it_must(stem):
    given = [cell for cell in json.loads(sheet.sheet(stem))["cells"] if "given" in cell["id"]]
    imports, *others = ["".join(cell["source"]) for cell in given if cell["cell_type"] == "code"]
    assert "import" in imports
    assert not re.search(r"(?m)^(import|from) ", "\n".join(others))
    assert not re.search(r"(?m)^ +print", "\n".join(others)), "a table, for the names beside it"


@each_chapter
def test_the_key_passes_every_check(stem):
    said = verdicts(sheet.key(stem))
    assert said and all(states == {"right"} for states in said.values()), said


def test_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["sheet", "02_embedding"]) == 0
    assert (tmp_path / "02_embedding_sheet.ipynb").read_text(encoding="utf-8") == sheet.sheet(
        "02_embedding"
    )
    assert main(["key", "02_embeddings"]) == 2
    assert "choose from 01_bottlenecks, 02_embedding" in capsys.readouterr().err


def test_a_name_that_the_output_lacks(tmp_path):
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "w2vlib.classroom", "sheet", "02_embedding", "-o", "고양이"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=True)
    assert done.stdout == rb"wrote \uace0\uc591\uc774" + os.linesep.encode()
    assert (tmp_path / "고양이").exists()


@pytest.mark.skipif(shutil.which("bash") is None, reason="Binder has bash")
def test_binder_has_a_sheet_of_each_chapter(tmp_path):
    (tmp_path / "book").symlink_to(chapter.BOOK)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = chapter.BOOK.parent / "postBuild"
    environment = os.environ | {"PATH": path}
    subprocess.run([script], cwd=tmp_path, env=environment, check=True, capture_output=True)
    made = {path.stem: path.read_text("utf-8") for path in (tmp_path / "sheets").glob("*.ipynb")}
    assert sorted(made) == chapter.stems()
    assert made["02_embedding"] == sheet.sheet("02_embedding")
    assert (tmp_path / "sheets" / "results" / "bench.json").exists()
