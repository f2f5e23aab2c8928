"""The code that a chapter builds is the code in the library.

Compared are syntax trees, less docstrings, comments, annotations and checks of the input: plain
statements `check.something(...)`, `if ...: raise ...`, and a `with check.something(...):` around
what computes. A chapter may build a class in pieces, by `class Embedding(Embedding):` in a later
cell, and may begin with a version that is wrong: for each name, and for each method, the last
definition counts. What the library can do besides, by more code, a chapter may build in its plain
form (PLAIN): then both are run.
"""

import ast
import difflib

import numpy as np
import pytest
from chapters import BOOK, CHAPTERS, LIBRARY, code_cells, each_chapter, module_name, read, tree

import w2vlib

PARTIAL = {"evaluation"}  # chapters that build some methods and take the rest from the library
PLAIN = {"WordVectors": {"__getitem__", "similarity", "most_similar", "_nearest", "analogy"}}


class Bare(ast.NodeTransformer):
    """Leaves of a definition what computes."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        node.body = [line for line in node.body if not is_docstring(line)] or [ast.Pass()]
        return node

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        node.body = [line for line in node.body if not is_docstring(line)] or [ast.Pass()]
        return node

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        return ast.Assign([node.target], node.value, lineno=0) if node.value else None

    def visit_Expr(self, node):
        call = ast.unparse(node.value.func) if isinstance(node.value, ast.Call) else ""
        return None if call.startswith("check.") else self.generic_visit(node)

    def visit_With(self, node):
        self.generic_visit(node)
        checks = all(ast.unparse(item).startswith("check.") for item in node.items)
        return node.body if checks else node

    def visit_If(self, node):
        raises = len(node.body) == 1 and isinstance(node.body[0], ast.Raise) and not node.orelse
        return None if raises else self.generic_visit(node)


def is_docstring(line):
    """Whether a statement is nothing but a string."""
    return isinstance(line, ast.Expr) and isinstance(getattr(line.value, "value", None), str)


def definitions(trees):
    """Each top-level function and class of some syntax trees: name -> {part: source}.

    The parts of a class are its head, methods and attributes; a function is its own only one.
    """
    found = {}
    for node in [Bare().visit(node) for module in trees for node in module.body]:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = {node.name: ast.unparse(node)}
        elif isinstance(node, ast.ClassDef):
            parts = {part_name(part): ast.unparse(part) for part in node.body}
            parts.pop("pass", None)
            if any(isinstance(base, ast.Name) and base.id == node.name for base in node.bases):
                found[node.name] = found.get(node.name, {}) | parts
            else:
                node.body = [ast.Pass()]
                found[node.name] = {"class": ast.unparse(node)} | parts
    return found


def part_name(part):
    """What a statement in the body of a class defines."""
    return part.name if hasattr(part, "name") else ast.unparse(getattr(part, "targets", [part])[0])


def parse(path):
    """The syntax tree of a module of the library."""
    return ast.parse(path.read_text(encoding="utf-8"))


def public(path):
    """The names in a module's __all__."""
    for node in parse(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    raise AssertionError(f"{path.name} has no __all__")


def exported(name):
    """name -> parts, of what a room's __all__ takes from other rooms."""
    found, path = {}, LIBRARY / f"{name}.py"
    for node in parse(path).body:
        if isinstance(node, ast.ImportFrom) and node.module.startswith("w2vlib."):
            room = definitions([parse(LIBRARY / f"{node.module.removeprefix('w2vlib.')}.py")])
            found |= {alias.name: room[alias.name] for alias in node.names if alias.name in room}
    return {name: parts for name, parts in found.items() if name in public(path)}


def library_definitions(own):
    """name -> parts, of all that w2vlib and the room `own` export, and of the whole of `own`."""
    others = {} if own in PARTIAL else exported(own)
    return exported("__init__") | others | definitions([parse(LIBRARY / f"{own}.py")])


def difference(chapter, library, partial):
    """A diff of two {part: source}; empty where they agree. `partial`: on the chapter's parts."""
    names = sorted(chapter if partial else chapter | library)
    lines = [
        [line for n in names for line in d.get(n, "").splitlines()] for d in (library, chapter)
    ]
    return "\n".join(difflib.unified_diff(*lines, "library", "chapter", lineterm=""))


@each_chapter
def test_chapter_equals_library(path):
    module = module_name(path)
    chapter = definitions([tree(cell) for cell in code_cells(read(path))])
    library = library_definitions(module)
    for name in sorted(chapter.keys() & library.keys()):
        # Reopening what was imported adds to it: there is no head to compare.
        partial = module in PARTIAL or "class" not in chapter[name] and "class" in library[name]
        plain = PLAIN.get(name, set())
        built = {part: source for part, source in chapter[name].items() if part not in plain}
        found = difference(built, library[name], partial)
        assert not found, f"{name} in {path.name} is not that of the library:\n{found}"


@pytest.mark.parametrize(
    "path", [path for path in CHAPTERS if module_name(path) not in PARTIAL], ids=lambda p: p.stem
)
def test_chapter_builds_all_of_its_module(path):
    module = module_name(path)
    chapter = definitions([tree(cell) for cell in code_cells(read(path))])
    built = {name for name, parts in chapter.items() if "class" in parts or name in parts}
    wanted = public(LIBRARY / f"{module}.py") & library_definitions(module).keys()
    assert not wanted - built, f"{path.name} never defines {sorted(wanted - built)}"


def test_plain_forms_answer_as_the_library_does():
    names = {"np": np}
    for cell in code_cells(read(BOOK / "08_evaluation.ipynb")):
        for node in tree(cell).body:
            if getattr(node, "name", "") in ("normalize", "WordVectors", "Vocabulary") or (
                isinstance(node, ast.ImportFrom)
            ):
                exec(ast.unparse(node), names)  # noqa: S102 - our own notebook
    assert PLAIN["WordVectors"] <= vars(names["WordVectors"]).keys() | {
        key for base in names["WordVectors"].__mro__ for key in vars(base)
    }
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(40)]
    vectors = rng.standard_normal((40, 6)).astype(np.float32)
    chapter, library = (kind(vectors, words) for kind in (names["WordVectors"], w2vlib.WordVectors))
    assert chapter is not library and type(chapter) is not type(library)
    for a, b, c in rng.choice(words, (20, 3)).tolist():
        assert np.array_equal(chapter[a], library[a])
        assert np.isclose(chapter.similarity(a, b), library.similarity(a, b), atol=1e-6)
        for mine, theirs in [
            (chapter.most_similar(a, 5), library.most_similar(a, 5)),
            (chapter.most_similar(vectors[3], 5), library.most_similar(vectors[3], 5)),
            (chapter.analogy(a, b, c), library.analogy(a, b, c)),
        ]:
            assert [word for word, _ in mine] == [word for word, _ in theirs]
            assert np.allclose([x for _, x in mine], [x for _, x in theirs], atol=1e-6)


LIBRARY_CODE = '''
class Embedding:
    """Rows of a matrix."""

    def __init__(self, W: np.ndarray) -> None:
        """Keep W."""
        check.matrix(W, "W")
        self.params = [W]

    def forward(self, idx, *, copy=False):
        if idx.min() < 0:
            raise IndexError("idx must not be negative")
        return self.params[0][idx]
'''
HEAD = "class Embedding:\n    def __init__(self, W):\n        self.params = [W]\n"
FORWARD = "    def forward(self, idx, *, copy=False):\n        return self.params[0][idx]\n"
REOPEN = "class Embedding(Embedding):\n"


@pytest.mark.parametrize(
    ("cells", "equal"),
    [
        ([HEAD + FORWARD], True),
        ([HEAD, REOPEN + FORWARD], True),
        ([HEAD + FORWARD.replace("[idx]", "[0]"), REOPEN + FORWARD], True),
        (["class Embedding:\n    wrong = 1\n", HEAD + FORWARD], True),
        ([HEAD], False),
        ([HEAD + FORWARD.replace("[idx]", "[0]")], False),
        ([HEAD + FORWARD, REOPEN + FORWARD.replace("[idx]", "[0]")], False),
        ([HEAD + FORWARD.replace("copy=False", "copy=True")], False),
        ([HEAD + FORWARD + "    def backward(self, dout=1):\n        pass\n"], False),
        ([HEAD + "    shared = True\n" + FORWARD], False),
        ([HEAD.replace("Embedding:", "Embedding(Layer):") + FORWARD], False),
    ],
)
def test_a_difference_is_seen(cells, equal):
    chapter = definitions([ast.parse(cell) for cell in cells])["Embedding"]
    library = definitions([ast.parse(LIBRARY_CODE)])["Embedding"]
    assert (difference(chapter, library, partial=False) == "") == equal
