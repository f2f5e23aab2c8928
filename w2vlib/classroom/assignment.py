"""nbgrader's source notebook of a sheet: its cells know what is a solution, a test, and points.

nbgrader makes the students' version of it (`nbgrader generate_assignment`) and grades what comes
back. The test cells call the course's checks, and raise with their words.
"""

import ast
import textwrap

from w2vlib.classroom import chapter, marks, sheet
from w2vlib.exercises import find

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
CODE_TEST = """\
state, said = check("{name}", {function}).verdicts[""]
assert state == "right", said
### BEGIN HIDDEN TESTS
for seed in {seeds}:
    state, said = check("{name}", {function}, seed=seed).verdicts[""]
    assert state == "right", said
### END HIDDEN TESTS"""
FIELD_TEST = """\
state, said = check("{name}", {field}={name}["{field}"]).verdicts["{field}"]
assert state == "right", said"""


def assignment(stem):
    """A chapter's exercises for nbgrader, with solutions that it takes out.

    stem: such as "02_embedding".
    Returns its text (JSON, nbformat 4.5). Raises ValueError for a chapter that is not there.
    """
    tasks = chapter.exercises(stem)
    cells = [sheet.head(stem, "Exercises"), *sheet.given(tasks)]
    cells = [_marked(cell, locked=True) for cell in cells]
    for task in tasks:
        for number, cell in enumerate(task.cells, 1):
            cells += _cells(task, cell, f"{task.name}-{number}", stem)
    return sheet.notebook(cells)


def _cells(task, cell, name, stem):
    """What stands in the assignment for a cell of the chapter."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        if source := sheet.unsolved(source):
            yield _marked(sheet.text(sheet.words(source, stem), name), locked=True)
        return
    checks = sheet.checks(cell)
    for check in checks:
        if task.checks[check] is None:
            yield _marked(sheet.code(_fields(check), check), solution=True)
            for field in find(check):
                test = FIELD_TEST.format(name=check, field=field)
                yield _marked(sheet.code(test, f"{check}-{field}"), points=1)
        else:
            test = CODE_TEST.format(name=check, function=task.checks[check], seeds=marks.SEEDS)
            points = marks.worth(find(check))
            yield _marked(sheet.code(test, f"{check}-test"), points=points)
    if not checks:
        written = set(task.checks.values()) & _defined(source).keys()
        source = _with_solution(source, task.solved, written) if written else source
        yield _marked(sheet.code(source, name), solution=bool(written))


def _marked(cell, locked=False, solution=False, points=None):
    """A cell with nbgrader's metadata; one that is none of its has none."""
    grade = points is not None
    if locked or solution or grade:
        metadata = {
            "cell_type": cell["cell_type"],
            "grade": grade,
            "grade_id": cell["id"],
            "locked": locked or grade,
            "schema_version": 3,
            "solution": solution,
            "task": False,
        }
        cell["metadata"] = {"nbgrader": metadata | ({"points": points} if grade else {})}
    return cell


def _fields(name):
    """The cell for answers by hand: a dict with dots."""
    fields = find(name).items()
    labels = {field: it.label or field.replace("_", " ") for field, it in fields}
    dots = "\n".join(f'    "{field}": ...,  # {label}' for field, label in labels.items())
    right = "\n".join(f'    "{field}": {it.right!r},' for field, it in fields)
    said = "# Answers in place of the dots; then take away what stands behind them."
    return f"{said}\n{name} = {{\n{dots}\n}}\n{BEGIN}\n{name} = {{\n{right}\n}}\n{END}"


def _defined(source):
    """The functions and classes of a piece of code, by name."""
    kinds = ast.FunctionDef | ast.ClassDef
    return {node.name: node for node in ast.parse(source).body if isinstance(node, kinds)}


def _with_solution(stub, solution, written):
    """A stub with the solution in it: within the function that is to be filled, or else behind."""
    (name,) = written
    empty, full = _defined(stub)[name], _defined(solution).get(name)
    if not _fits(empty, full):
        return f"{stub}\n\n\n{BEGIN}\n{solution.rstrip()}\n{END}"
    lines, theirs = stub.splitlines(), solution.splitlines()
    end = empty.body[-1].lineno
    start = end - 1
    while lines[start - 1].strip().startswith("#"):
        start -= 1
    helpers = "\n".join(theirs[: full.lineno - 1] + theirs[full.end_lineno :]).strip()
    inside = [f"    {BEGIN}", *textwrap.indent(helpers, "    ").splitlines()]
    inside += [*theirs[full.body[0].lineno - 1 : full.end_lineno], f"    {END}"]
    return "\n".join([*lines[:start], *inside, *lines[end:]])


def _fits(empty, full):
    """Whether the solution's function fills the stub's."""
    return (
        isinstance(empty, ast.FunctionDef)
        and isinstance(full, ast.FunctionDef)
        and not full.decorator_list
        and ast.dump(empty.args) == ast.dump(full.args)
        and ast.unparse(empty.body[-1]) == "..."
    )
