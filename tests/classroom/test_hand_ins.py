"""Hand-ins as they come: from Lab, VS Code and Colab, cut, doubled, renamed, in any order."""

import json
import os
import unicodedata
from pathlib import Path

import pytest

from w2vlib.classroom import cells, chapter, hand_ins, isolation, marks, sheet

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are limited on POSIX alone")

STEM, CODE, FIELDS = "02_embedding", "gradient_by_product", "lookup_by_hand"
TASKS = [task for task in marks.tasks(chapter.exercises(STEM), {}) if task.name in (CODE, FIELDS)]
RIGHT = "def gradient_by_product(idx, dout, V):\n    return one_hot(idx, V).T @ dout"
ANSWERS = 'check("lookup_by_hand", row_3=6, everything="9")'


def of(notebook, text):
    """The place of the cell whose code holds a text."""
    return next(
        at
        for at, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code" and text in "".join(cell["source"])
    )


def done():
    """The sheet, with everything right."""
    notebook = json.loads(sheet.sheet(STEM))
    notebook["cells"][of(notebook, f"def {CODE}(")]["source"] = RIGHT
    notebook["cells"][of(notebook, f'check("{FIELDS}"')]["source"] = ANSWERS
    return notebook


def code(source):
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}


def version_3(it):
    """As IPython 3 wrote it: worksheets, inputs, headings."""
    for cell in it["cells"]:
        cell.pop("id")
        if cell["cell_type"] == "code":
            cell["input"], cell["language"] = cell.pop("source"), "python"
    heading = {"cell_type": "heading", "level": 1, "source": "Mine", "metadata": {}}
    return {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [heading, *it["cells"]]}]}


def version_4_0(it):
    for cell in it["cells"]:
        cell.pop("id")
    return it | {"nbformat_minor": 0}


def colab(it):
    for cell in it["cells"]:
        cell["id"] = cell["metadata"]["id"] = "aB3_x-9"
    it["cells"].insert(0, code(["!pip install w2vlib\n", "%matplotlib inline"]))
    it["cells"].insert(1, code("%%bash\nls -l | grep ipynb"))
    return it | {"metadata": {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}}


def vs_code(it):
    for cell in it["cells"]:
        cell["metadata"] = {"vscode": {"languageId": "python"}}
        cell["source"] = "".join(cell["source"])
    return it | {"metadata": {"language_info": {"name": "python", "version": "3.13"}}}


def no_metadata(it):
    return {"cells": [{"cell_type": c["cell_type"], "source": c["source"]} for c in it["cells"]]}


def no_check(it):
    del it["cells"][of(it, f'check("{CODE}"')]
    return it


def only_answers(it):
    return it | {"cells": [code(RIGHT), code(ANSWERS)]}


def doubled(it):
    stub = code("def gradient_by_product(idx, dout, V):\n    # your code\n    ...")
    it["cells"].insert(of(it, f"def {CODE}("), stub)
    it["cells"].append(stub)
    it["cells"].append(code('check("lookup_by_hand", row_3=..., everything=...)'))
    return it


def reversed_order(it):
    return it | {"cells": it["cells"][::-1]}


def renamed(it):
    """A function of another name, the stub left where it was."""
    at = of(it, f"def {CODE}(")
    it["cells"][at]["source"] = "def gradient_by_product(idx, dout, V):\n    # your code\n    ..."
    it["cells"].insert(at + 1, code(RIGHT.replace("gradient_by_product", "mine")))
    it["cells"][of(it, f'check("{CODE}"')]["source"] = f'check("{CODE}", mine)'
    return it


def renamed_with_its_stub(it):
    it["cells"][of(it, f"def {CODE}(")]["source"] = RIGHT.replace("gradient_by_product", "mine")
    it["cells"][of(it, f'check("{CODE}"')]["source"] = f'check("{CODE}", mine)'
    return it


def a_lambda(it):
    at = of(it, f"def {CODE}(")
    it["cells"][at]["source"] = "def gradient_by_product(idx, dout, V):\n    # your code\n    ..."
    check = f'check("{CODE}", lambda idx, dout, V: one_hot(idx, V).T @ dout)'
    it["cells"][of(it, f'check("{CODE}"')]["source"] = check
    return it


def by_another_way(it):
    """`check` under another name, in an assignment, with its answer by name."""
    it["cells"][of(it, f'check("{CODE}"')]["source"] = f'said = check("{CODE}", {CODE})\nsaid'
    ask = "import w2vlib.exercises as ex\nex.check('lookup_by_hand', row_3='6', everything=9)"
    it["cells"][of(it, f'check("{FIELDS}"')]["source"] = ask
    return it


def split(it):
    """Imports and a helper in cells of their own, one of them below; two checks for two fields."""
    at = of(it, f"def {CODE}(")
    body = "def gradient_by_product(idx, dout, V):\n    return summed(hot(idx, V), dout)"
    it["cells"][at]["source"] = body
    it["cells"].insert(at, code("import numpy as numbers"))
    it["cells"].insert(at, code("def hot(idx, V):\n    return numbers.eye(V)[idx]"))
    it["cells"].append(code("def summed(hot, dout):\n    return (hot.T\n    % 2 @ dout)"))
    it["cells"][of(it, f'check("{FIELDS}"')]["source"] = f'check("{FIELDS}", row_3=6)'
    it["cells"].append(code(f'check("{FIELDS}", everything=9)'))
    return it


def a_first_try(it):
    """An older answer that is wrong, and a cell that fails, stand there, too."""
    at = of(it, f"def {CODE}(")
    wrong = "def gradient_by_product(idx, dout, V):\n    return np.zeros((V, dout.shape[1]))"
    it["cells"].insert(at, code(wrong))
    it["cells"].insert(at, code("1 / 0"))
    it["cells"].insert(at, code("for i in range(3"))
    return it


MANGLED = [
    lambda it: it,
    version_3,
    version_4_0,
    colab,
    vs_code,
    no_metadata,
    no_check,
    only_answers,
    doubled,
    reversed_order,
    renamed,
    renamed_with_its_stub,
    a_lambda,
    by_another_way,
    split,
    a_first_try,
]
WRITTEN = {
    "plain": lambda text: text.encode(),
    "BOM and CRLF": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "CRLF in cells": lambda text: text.replace("\\n", "\\r\\n").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
}


def points(path):
    *found, _ = marks.mark(path, TASKS, marks.Rules(isolation.here(), 20))
    return {it.exercise: (it.points, it.reason) for it in found}


@pytest.mark.parametrize("mangle", MANGLED, ids=lambda it: it.__name__)
def test_a_right_answer_is_found(mangle, tmp_path):
    path = tmp_path / "hand in.ipynb"
    path.write_text(json.dumps(mangle(done())), encoding="utf-8")
    found = points(path)
    assert found[CODE][0] == 2 and found[FIELDS][0] == 2, found


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_however_it_was_saved(write, tmp_path):
    path = tmp_path / "hand in.ipynb"
    text = json.dumps(done(), ensure_ascii=False, indent=1)
    path.write_bytes(write(text))
    found = points(path)
    assert found[CODE][0] == 2 and found[FIELDS][0] == 2, found


def test_what_python_can_read_is_read_as_it_stands():
    (piece,) = cells.pieces([code("a = (7\n% 4)")])
    assert piece.tree and piece.binds == {"a"}
    (piece,) = cells.pieces([code("%time\n!ls\nb = 1")])
    assert piece.tree and piece.binds == {"b"}


def test_students_are_the_names_of_files(tmp_path):
    for name in [
        "Ana.ipynb",
        "group b/ana.ipynb",
        "Ben.ipynb.txt",
        "Cy.ipynb (1).json",
        unicodedata.normalize("NFD", "하나") + ".ipynb",
        "a\nb\x1b[31m.ipynb",
        "=1+1.ipynb",
        ".ipynb_checkpoints/Ana-checkpoint.ipynb",
        "__MACOSX/._Ana.ipynb",
        "._Ben.ipynb",
        "notes.pdf",
        "marks.csv",
        "marks/kept/key.ipynb",
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ipynb")).touch()
    (tmp_path / "Dan.ipynb").mkdir()
    students, others = hand_ins.find(tmp_path, tmp_path / "marks.csv")
    assert set(students.values()) == {
        *("Ana", "group b - ana", "Ben", "Cy", "하나", "a\ufffdb\ufffd[31m", "=1+1", "\ufffd"),
    }
    assert [path.name for path in others] == ["notes.pdf"]
    beside = tmp_path.parent / f"{tmp_path.name}.csv"  # its pages come among the hand-ins
    assert set(hand_ins.find(tmp_path, beside)[0].values()) >= set(students.values())


@pytest.mark.parametrize(
    "name", [f"{STEM}.ipynb", f"{STEM}_sheet.ipynb", f"{STEM}_sheet (1).ipynb", f"{STEM}(2).ipynb"]
)
def test_a_file_with_the_sheets_name_is_of_whose_folder_it_lies_in(name, tmp_path):
    mine = f"my_{name}"
    for path in f"Mia_123_file/{name}", f"Ben_4_file/{name}", f"Ben_4_file/{mine}", name:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    students, _ = hand_ins.find(tmp_path, tmp_path / "marks.csv")
    stem = name.removesuffix(".ipynb")
    assert sorted(students.values()) == sorted(["Mia_123_file", "Ben_4_file", f"my_{stem}", stem])
    assert [path.name for path in students if hand_ins.unnamed(path)] == [name] * 3
    (tmp_path / "Ben_4_file" / f"{STEM} (9).ipynb").touch()
    names = hand_ins.find(tmp_path, tmp_path / "marks.csv")[0].values()
    assert {f"Ben_4_file - {stem}", f"Ben_4_file - {STEM} (9)", "Mia_123_file"} < set(names)


def said(tmp_path, *cells):
    """What is said to the code and to the fields of a hand-in with these cells."""
    path = tmp_path / "hand in.ipynb"
    path.write_text(json.dumps({"cells": [code(it) for it in cells]}), encoding="utf-8")
    found = points(path)
    return found[CODE][1], found[FIELDS][1]


def test_an_error_is_told_by_its_line(tmp_path):
    found = said(tmp_path, "x = 1", f"%time\n{RIGHT} +", f"a = 3\ncheck('{FIELDS}', row_3=(6")
    assert found == (
        "Not yet: line 3 of the cell: invalid syntax.",
        "Not yet: line 2 of the cell: '(' was never closed.",
    )
    found = said(tmp_path, f"\nzero = 0\n1 / zero\n{RIGHT}", f"return 3\n{ANSWERS}")
    assert found == (
        "Not yet: line 3 of the cell, `1 / zero`, raises ZeroDivisionError: division by zero.",
        "Not yet: line 1 of the cell, `return 3`, raises SyntaxError: 'return' outside function.",
    )
    call = f"check('{CODE}', {CODE})"
    found = said(tmp_path, RIGHT.replace(CODE, "mine"), call, f"sum(3, {ANSWERS})")
    where = "Not yet: line 1 of the cell, `{}`, raises "
    name = f"NameError: name '{CODE}' is not defined. Your answer must be called `{CODE}`."
    kind = "TypeError: 'int' object is not iterable."
    assert found == (where.format(call) + name, where.format(f"sum(3, {ANSWERS})") + kind)
    assert said(tmp_path, "x = 1")[0] == "It has no answer to this exercise."


def test_a_folder_that_is_not_there(tmp_path):
    file = tmp_path / "ana.ipynb"
    file.touch()
    for path in file, tmp_path / "none":
        with pytest.raises(NotADirectoryError, match=f"{path.name} is no folder"):
            hand_ins.find(path, tmp_path / "marks.csv")


def test_no_link_leads_out_of_the_folder(tmp_path):
    (tmp_path / "key").mkdir()
    (tmp_path / "key" / "key.ipynb").write_text("{}")
    folder = tmp_path / "hand-ins"
    folder.mkdir()
    (folder / "Ana.ipynb").write_text("{}")
    (folder / "Ben").symlink_to(tmp_path / "key")
    (folder / "Cy.ipynb").symlink_to(tmp_path / "key" / "key.ipynb")
    (folder / "Dan.ipynb").symlink_to(tmp_path / "key")
    students, others = hand_ins.find(folder, tmp_path / "marks.csv")
    assert list(students.values()) == ["Ana", "Cy", "Dan"] and others == [folder / "Ben"]
    for name in "Cy", "Dan":
        with pytest.raises(ValueError, match="it is no file of at most 100 MB"):
            cells.read(folder / f"{name}.ipynb")


def test_no_two_students_have_one_name(tmp_path):
    for name in ("x/y.ipynb", "z/y.ipynb", "x - y.ipynb", "X - Y.ipynb.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    students, _ = hand_ins.find(tmp_path, tmp_path / "marks.csv")
    assert len({name.casefold() for name in students.values()}) == 4
