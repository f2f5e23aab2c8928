"""A chapter's exercises, as its notebook has them: text, stub, hints, solution, and their check."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

from w2vlib.classroom import cells

BOOK = Path(__file__).parents[2] / "book"
TITLE = re.compile(r"^### (Core|Stretch(?:, in pairs)?|In pairs|Project): (.+)$", re.MULTILINE)
SOLUTION = re.compile(r"<details>\s*<summary>Solution</summary>(.*?)</details>", re.DOTALL)
IDEA = re.compile(r"\A### .+\n\n\*(.+) · (\d+) minutes\*$", re.MULTILINE)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


class Exercise(NamedTuple):
    """One exercise.

    level: "Core", "Stretch", ...; idea: what it is about, None where it does not say; minutes: how
    long it takes; cells: its own of the notebook; checks: {name of a check: the name of what it is
    handed, None for fields}; solution: its Markdown; needs: the pieces of code that must have run
    before.
    """

    level: str
    title: str
    idea: str | None
    minutes: int
    cells: list
    checks: dict
    solution: str
    needs: list

    @property
    def name(self):
        """A short name for it: of its first check, or made from its title."""
        return next(iter(self.checks), re.sub("[^a-z0-9]+", "-", self.title.lower())[:50])

    @property
    def solved(self):
        """The solution's code."""
        return "\n".join(PYTHON.findall(self.solution))


def stems():
    """The chapters of this clone.

    Raises FileNotFoundError where the notebooks are not beside the library.
    """
    found = sorted(path.stem for path in BOOK.glob("[0-9][0-9]_*.ipynb"))
    if not found:
        raise FileNotFoundError(
            "the chapters' notebooks are not beside the library: use a clone of the course"
        )
    return found


def title(stem):
    """A chapter's title."""
    first = "".join(notebook(stem)[0]["source"])
    return re.search(r"^# (.+)$", first, re.MULTILINE)[1]


def exercises(stem, only=None):
    """The exercises of a chapter, in order.

    stem: such as "02_embedding". only: names of checks, to leave all others out.
    Raises ValueError for a chapter that is not there, or a name that it does not have.
    """
    found = list(_exercises(notebook(stem), _built(stem)))
    if only is None:
        return found
    names = [name for it in found for name in it.checks]
    for name in only:
        if name not in names:
            raise ValueError(f"sheet {stem} has no {name!r}: choose from {', '.join(names)}")
    kept = [{name: it.checks[name] for name in it.checks if name in only} for it in found]
    return [it._replace(checks=checks) for it, checks in zip(found, kept) if checks]


def notebook(stem):
    """The cells of a chapter's notebook. Raises ValueError for a chapter that is not there."""
    if stem not in stems():
        raise ValueError(f"{stem!r} is no chapter: choose from {', '.join(stems())}")
    return cells.read(BOOK / f"{stem}.ipynb")


def _built(stem):
    """An import for each public name that a chapter builds: its cells make what the library has."""
    path = Path(__file__).parents[1] / f"{stem[3:]}.py"
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            names = ast.literal_eval(statement.value)
            return [f"from w2vlib.{stem[3:]} import {name}" for name in names]
    return []


def _split(notebook):
    """The cells, those of text cut before each heading."""
    for cell in notebook:
        if cell["cell_type"] != "markdown":
            yield cell
            continue
        for text in re.split(r"^(?=##+ )", "".join(cell["source"]), flags=re.MULTILINE):
            if text.strip():
                yield cell | {"source": text.strip()}


def _exercises(notebook, built):
    parts, inside = [], False
    for cell in _split(notebook):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and source.startswith("##"):
            inside = TITLE.match(source)  # wherever in the chapter it stands
            if inside:
                parts.append([])
        if inside:
            parts[-1].append(cell)
    first = cells.pieces([{"source": "\n".join(built)}])
    public = frozenset().union(*(piece.binds for piece in first))
    code = [
        piece if piece.is_import else piece._replace(binds=piece.binds - public)
        for piece in [*first, *cells.pieces(notebook, first)]
    ]
    start = 0
    for part in parts:
        text = "\n\n".join("".join(c["source"]) for c in part if c["cell_type"] == "markdown")
        level, title = TITLE.match(text).groups()
        said = IDEA.match(text)
        idea, minutes = (said[1], int(said[2])) if said else (None, 0)
        sources = {piece.source for piece in cells.pieces(part)}
        own = [piece for piece in code[start:] if piece.source in sources]
        start = own[-1].place + 1 if own else start
        checks = {name: function for it in own for name, function in cells.calls(it).items()}
        solution = "\n".join(SOLUTION.findall(text))
        task = Exercise(level, title, idea, minutes, part, checks, solution, [])
        wanted = [*own, *cells.pieces([{"source": task.solved}], code)]
        yield task._replace(needs=cells.needed(code, *wanted) if wanted else [])
