"""tools/outputs.py on a small notebook: what it keeps of what may differ, and what it renews."""

import runpy
import subprocess
import sys

import nbformat
import pytest
from chapters import ROOT

OUTPUTS = runpy.run_path(str(ROOT / "tools" / "outputs.py"))
CHANCE = "import os\nos.urandom(8).hex()"  # another output on every run


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


@pytest.fixture
def folder(tmp_path):
    """A notebook in a folder of its own, beside results that it reads and a library."""
    cells = [
        nbformat.v4.new_markdown_cell("One sentence."),
        code("from w2vlib.page import Quiz\nx = 1  # of something"),
        code(CHANCE, "timing"),
        code("open('results/bench.json').read()"),
        code(CHANCE + "  # again", "trained"),
        code("Quiz\n" + CHANCE, "drawing"),
        code(CHANCE),
    ]
    files = {
        "results/bench.json": "{}",
        "library/fused.py": '"""A room."""\n\n\ndef f():\n    """What."""\n    return 1\n',
        "library/page/quiz.py": "class Quiz:\n    pass\n",
        "library/data/text.txt": "you say goodbye",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "chapter.ipynb")
    return tmp_path


def run(folder, **options):
    """Store the outputs afresh -> those of the code cells, each as text."""
    path = folder / "chapter.ipynb"
    OUTPUTS["run"](path, library=folder / "library", **options)
    notebook = nbformat.read(path, as_version=4)
    return [str(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]


def edit(folder, old, new, name="chapter.ipynb"):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_edit_of_prose_changes_nothing_but_prose(folder):
    cells = nbformat.read(folder / "chapter.ipynb", as_version=4).cells[:-1]  # all but one untagged
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "chapter.ipynb")
    run(folder)
    before = (folder / "chapter.ipynb").read_text(encoding="utf-8")
    edit(folder, "One sentence.", "Another sentence.")
    run(folder)
    after = (folder / "chapter.ipynb").read_text(encoding="utf-8")
    assert after == before.replace("One sentence.", "Another sentence.")


def test_a_cell_without_a_reason_to_differ_is_renewed_and_so_are_all_on_demand(folder):
    first, second, fresh = run(folder), run(folder), run(folder, fresh=True)
    assert [a == b for a, b in zip(first, second)] == [True] * 5 + [False]
    assert [a == b for a, b in zip(second, fresh)] == [True, False, True, False, False, False]


TIMING, TRAINED, DRAWING = "timing", "trained", "drawing"
ALL = {TIMING, TRAINED, DRAWING}
CHAPTER = "chapter.ipynb"


@pytest.mark.parametrize(
    ("name", "old", "new", "renewed"),
    [
        (CHAPTER, "One sentence.", "Another.", set()),
        (CHAPTER, "# of something", "# of anything", set()),
        (CHAPTER, "x = 1", "x   =   1", set()),
        (CHAPTER, "x = 1", "x = 2", ALL),
        (CHAPTER, "open('", "print() or open('", {TRAINED, DRAWING}),
        (CHAPTER, ".hex()  #", ".hex()[1:]  #", {TRAINED, DRAWING}),
        ("results/bench.json", "{}", "[]", {TRAINED, DRAWING}),
        ("library/fused.py", "return 1", "return 2", ALL),
        ("library/fused.py", "What.", "What else.", set()),
        ("library/fused.py", "A room.", "Another room.", set()),
        ("library/data/text.txt", "goodbye", "hello", ALL),
        ("library/page/quiz.py", "pass", "seen = True", {DRAWING}),
    ],
)
def test_what_an_output_is_made_from(folder, name, old, new, renewed):
    def digests():
        notebook = nbformat.read(folder / CHAPTER, as_version=4)
        found = OUTPUTS["made_from"](notebook, folder, folder / "library")
        return {
            cell.metadata.tags[0]: found[cell.id] for cell in notebook.cells if cell.id in found
        }

    before = digests()
    edit(folder, old, new, name)
    after = digests()
    assert before.keys() == after.keys() == ALL
    assert {tag for tag in ALL if before[tag] != after[tag]} == renewed


def test_a_cell_in_two_makes_the_same(folder):
    edit(folder, "x = 1  # of something", "x = 1\\ny = 2")
    before = run(folder)
    notebook = nbformat.read(folder / "chapter.ipynb", as_version=4)
    first, rest = notebook.cells[1].source.split("\n", 1)
    notebook.cells[1].source = first
    notebook.cells.insert(2, code(rest))
    nbformat.write(notebook, folder / "chapter.ipynb")
    after = run(folder)
    assert [after[2], after[4], after[5]] == [before[1], before[3], before[4]]


def test_an_output_that_was_made_from_something_else_is_not_kept(folder):
    first = run(folder)
    edit(folder, "x = 1", "x = 2")  # a commit of the source alone: the outputs are of x = 1
    second = run(folder)
    assert not {first[i] == second[i] for i in (1, 3, 4)} - {False}


def test_a_notebook_that_fails_is_left_as_it_was(folder):
    edit(folder, "x = 1", "x = y")
    before = (folder / "chapter.ipynb").read_bytes()
    with pytest.raises(Exception, match="y"):
        run(folder)
    assert (folder / "chapter.ipynb").read_bytes() == before


def test_the_source_of_a_notebook_as_text(folder):
    tool = ROOT / "tools" / "notebook_source.py"
    command = [sys.executable, str(tool), str(folder / "chapter.ipynb")]
    run(folder)
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "One sentence." in text and "x = 1" in text and ": code timing" in text
    edit(folder, '"outputs": [', '"outputs": [ ')
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == text


def test_a_chart_is_stored_without_what_nobody_sees():
    svg = (
        "<svg>\n <metadata>\n  <a>maker</a>\n </metadata>\n"
        ' <path d="M 0.015625 1.23456 \nL 12.3 10\n"/>\n'
        ' <text x="3.14159" style="font: 1.2345px">3.14159\n2.71828</text>\n</svg>'
    )
    assert OUTPUTS["smaller"](svg) == (
        '<svg>\n<path d="M 0.015625 1.23 L 12.3 10 "/>\n'
        '<text x="3.14" style="font: 1.2345px">3.14159 2.71828</text>\n</svg>'
    )
