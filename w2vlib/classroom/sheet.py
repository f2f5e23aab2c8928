"""Notebooks made from a chapter's exercises: the sheet for students, the key for teachers."""

import json

from w2vlib.classroom import chapter
from w2vlib.classroom.cells import calls, pieces
from w2vlib.exercises import find

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
GIVEN = "## Given\n\nWhat the exercises use. Run these cells first."


def sheet(stem):
    """A chapter's exercises as a notebook, without solutions.

    stem: such as "02_embedding".
    Returns its text (JSON, nbformat 4.5). Raises ValueError for a chapter that is not there.
    """
    return _notebook(stem, _title(stem, "Exercises"), solved=False)


def key(stem):
    """The same with solutions, for the teacher: it passes all checks.

    stem: such as "02_embedding".
    Returns its text (JSON, nbformat 4.5). Raises ValueError for a chapter that is not there.
    """
    return _notebook(stem, _title(stem, "Key to the exercises"), solved=True)


def _title(stem, what):
    return f"# {what}: {chapter.title(stem)}"


def _notebook(stem, title, solved):
    found = chapter.exercises(stem)
    given = sorted({piece.place: piece for task in found for piece in task.needs}.items())
    imports = [piece.source for _, piece in given if piece.is_import]
    cells = [_text(title), _text(GIVEN), _code("\n".join(imports))]
    cells += [_code(piece.source) for _, piece in given if not piece.is_import]
    for task in found:
        for cell in task.cells:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code":
                cells.append(_code(_solved(task, source) if solved else source))
            elif source := source if solved else chapter.SOLUTION.sub("", source).strip():
                cells.append(_text(source))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number:02}"
    notebook = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _solved(task, source):
    """A cell of the key: with the solution behind the stub, with answers in the fields."""
    *_, piece = pieces([{"source": source}])
    if piece.binds & set(task.checks.values()):
        solution = task.solved.rstrip()
        bound = {name for it in pieces([{"source": solution}]) for name in it.binds}
        return solution if piece.binds <= bound else f"{source}\n\n\n{solution}"
    (name,) = calls(piece) or [None]
    if name and task.checks[name] is None:
        answers = ", ".join(f"{field}={it.right!r}" for field, it in find(name).items())
        return f'check("{name}", {answers})'
    return source


def _text(source):
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(source)}


def _code(source):
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    return cell | {"source": _lines(source)}


def _lines(text):
    return text.splitlines(keepends=True)
