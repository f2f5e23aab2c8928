"""Notebooks made from a chapter's exercises: the sheet for students, the key for teachers."""

import ast
import json
import re
import tomllib

from w2vlib.classroom import chapter
from w2vlib.classroom.cells import calls, pieces
from w2vlib.exercises import find

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
HEAD = """\
# {title}

Run the cells under *Given*, then work on the exercises of [chapter {number}]({book}{stem}.html): \
write code in place of `...`, and what you find on paper in place of the dots in `check`, or on \
the page of the course into its fields. Run each `check` as often as you like; it says what is \
missing. At the end save this notebook, or download it from the page, and hand in the file under \
your name."""
GIVEN = "## Given\n\nWhat the exercises use."
FILES = (
    " One cell reads `results/`: keep this file in the folder of the course that has it, `book/`."
)
LINK = re.compile(r"\]\(([\w-]+)\.(?:md|ipynb)\b")
ROLE = re.compile(r"\{(eq|numref|cite:\w+)\}`(?:\w+-)?([^`]+)`")


def sheet(stem):
    """A chapter's exercises as a notebook, without solutions.

    stem: such as "02_embedding".
    Returns its text (JSON, nbformat 4.5). Raises ValueError for a chapter that is not there.
    """
    return _notebook(stem, "Exercises", solved=False)


def key(stem):
    """The same with solutions, for the teacher: it passes all checks.

    stem: such as "02_embedding".
    Returns its text (JSON, nbformat 4.5). Raises ValueError for a chapter that is not there.
    """
    return _notebook(stem, "Key to the exercises", solved=True)


def site():
    """The address of the book."""
    project = chapter.BOOK.parent / "pyproject.toml"
    urls = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["urls"]
    return f"{urls['Documentation']}book/"


def head(stem, what):
    """The first cell: what to do."""
    said = {"title": f"{what}: {chapter.title(stem)}", "number": int(stem[:2])}
    return text(HEAD.format(**said, book=site(), stem=stem), "what-to-do")


def given(tasks):
    """The cells of what the exercises lean on."""
    found = sorted({piece.place: piece for task in tasks for piece in task.needs}.items())
    imports = [piece.tree.body[0] for _, piece in found if piece.is_import]
    others = [_without_imports(piece) for _, piece in found if not piece.is_import]
    said = GIVEN + FILES * any("results/" in source for source in others)
    cells = [text(said, "given"), code(_imports(imports), "given-imports")]
    return cells + [code(source, f"given-{i}") for i, source in enumerate(others, 1)]


def _without_imports(piece):
    """A cell's code without the imports at its top, each of which is a piece of its own."""
    at_top = ast.parse(piece.source).body[: -len(piece.tree.body)]
    return "\n".join(piece.source.splitlines()[at_top[-1].end_lineno if at_top else 0 :]).lstrip()


def _imports(statements):
    """Imports of one name each, as one statement a module, those of whole modules first."""
    lines, modules = {}, {}
    for statement in statements:
        names = [ast.unparse(alias) for alias in statement.names]
        if isinstance(statement, ast.Import):
            lines |= dict.fromkeys(f"import {name}" for name in names)
        else:
            modules.setdefault(statement.module, {}).update(dict.fromkeys(names))
    lines |= {f"from {module} import {', '.join(names)}": None for module, names in modules.items()}
    return "\n".join(lines)


def unsolved(source):
    """A chapter's text without the solution."""
    return chapter.SOLUTION.sub("", source).strip()


def checks(cell):
    """The checks that a cell calls, as {exercise: the name handed to it or None}."""
    return {name: function for it in pieces([cell]) for name, function in calls(it).items()}


def words(source, stem):
    """A chapter's text as it reads outside of the book: its links lead there."""
    source = LINK.sub(rf"]({site()}\1.html", source)
    page = {"cite": "references"}
    return ROLE.sub(
        lambda role: f"[{role[2].replace('-', ' ')}]({site()}{page.get(role[1][:4], stem)}.html)",
        source,
    )


def _notebook(stem, what, solved):
    tasks = chapter.exercises(stem)
    cells = [head(stem, what), *given(tasks)]
    for task in tasks:
        for number, cell in enumerate(task.cells, 1):
            source, name = "".join(cell["source"]), f"{task.name}-{number}"
            if cell["cell_type"] == "code":
                outputs = [] if solved else _asked(cell)
                cells.append(code(_solved(task, source) if solved else source, name, outputs))
            elif source := source if solved else unsolved(source):
                cells.append(text(words(source, stem), name))
    return notebook(cells)


def text(source, name):
    """A cell of text."""
    cell = {"cell_type": "markdown", "id": name, "metadata": {}}
    return cell | {"source": source.splitlines(keepends=True)}


def code(source, name, outputs=()):
    """A cell of code."""
    cell = {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}}
    return cell | {"outputs": list(outputs), "source": source.splitlines(keepends=True)}


def notebook(cells):
    """The text of a notebook."""
    whole = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _asked(cell):
    """What the chapter's own check has shown: its fields, or that code is not written yet."""
    if not checks(cell):
        return []
    shown = [output for output in cell["outputs"] if output["output_type"] == "execute_result"]
    return [output | {"execution_count": None} for output in shown]


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
