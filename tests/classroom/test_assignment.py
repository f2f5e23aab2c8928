"""nbgrader's source notebook: with solutions right, without them not written, and of its form."""

import json
import re

import pytest

from w2vlib.classroom import chapter, marks
from w2vlib.classroom.__main__ import main
from w2vlib.classroom.assignment import assignment
from w2vlib.exercises import find

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
each_chapter = pytest.mark.parametrize("stem", chapter.stems())
REGION = re.compile(r"(?m)^( *)### BEGIN SOLUTION\n(?:.*\n)*?\1### END SOLUTION$")
HIDDEN = re.compile(r"(?m)^### BEGIN HIDDEN TESTS\n(?:.*\n)*?### END HIDDEN TESTS$")


def nbgrader(cell):
    return cell["metadata"].get("nbgrader", {})


def released(notebook):
    """What students get, as nbgrader 0.9 makes it."""
    for cell in notebook["cells"]:
        source = HIDDEN.sub("", "".join(cell["source"]))
        cell["source"] = REGION.sub(r"\1# YOUR CODE HERE\n\1raise NotImplementedError()", source)
    return notebook


def failures(notebook):
    """What the test cells raise, by their ids, when all is run from top to bottom."""
    names, found = {}, {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            try:
                exec("".join(cell["source"]), names)  # noqa: S102 - our own notebook
            except Exception as error:  # noqa: BLE001 - as nbgrader goes on
                found[cell["id"]] = error
    graded = {cell["id"] for cell in notebook["cells"] if nbgrader(cell).get("grade")}
    return {name: error for name, error in found.items() if name in graded}, graded


@pytest.fixture(autouse=True)
def beside_the_chapters(monkeypatch):
    """The folder that a chapter's own cells run in."""
    monkeypatch.chdir(chapter.BOOK)


@each_chapter
def test_the_source_is_right_and_worth_what_the_sheet_is(stem):
    notebook = json.loads(assignment(stem))
    nbformat.validate(nbformat.from_dict(notebook))
    ids = [nbgrader(cell)["grade_id"] for cell in notebook["cells"] if nbgrader(cell)]
    assert len(ids) == len(set(ids))
    names = [name for task in chapter.exercises(stem) for name in task.checks]
    points = sum(nbgrader(cell).get("points", 0) for cell in notebook["cells"])
    assert points == sum(marks.worth(find(name)) for name in names)
    wrong, graded = failures(notebook)
    assert graded and not wrong


@each_chapter
def test_what_students_get_has_no_solution_and_says_what_is_missing(stem):
    notebook = released(json.loads(assignment(stem)))
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert "SOLUTION" not in text and "HIDDEN" not in text and "Solution</summary>" not in text
    for task in chapter.exercises(stem):
        assert not task.solved or task.solved.strip() not in text
    wrong, graded = failures(notebook)
    assert wrong.keys() == graded
    for name, error in wrong.items():
        assert isinstance(error, AssertionError)
        assert str(error).startswith("Not yet: " if "repair" in name else "Not written yet")


def test_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["assignment", "02_embedding"]) == 0
    text = (tmp_path / "02_embedding_assignment.ipynb").read_text(encoding="utf-8")
    assert text == assignment("02_embedding")


@each_chapter
def test_nbgrader_takes_it(stem):
    said = "nbgrader is not installed: pip install 'w2vlib[class]'"
    preprocessors = pytest.importorskip("nbgrader.preprocessors", reason=said)
    from nbgrader.nbgraderformat import MetadataValidator

    text = assignment(stem)
    notebook = nbformat.reads(text, as_version=4)
    MetadataValidator().validate_nb(notebook)
    for name in ("CheckCellMetadata", "ClearSolutions", "ClearHiddenTests", "LockCells"):
        notebook, _ = getattr(preprocessors, name)().preprocess(notebook, {})
    ours = [cell["source"].strip() for cell in released(json.loads(text))["cells"]]
    assert [cell.source.strip() for cell in notebook.cells] == ours
