"""What the tests of the book share: where things are, and what a chapter's cells hold."""

import ast
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
LIBRARY = ROOT / "w2vlib"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]_*.ipynb"))
# Pages of the book that stand for all of them where these would take minutes.
FEW = ["index", CHAPTERS[1].stem, CHAPTERS[-1].stem, "glossary", "references"]

# What waits for a prediction shows.
REVEAL = "document.querySelectorAll('.w2v-wait button').forEach((button) => button.click())"

each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def module_name(path):
    """The library module of a chapter: 02_embedding.ipynb -> embedding."""
    return path.stem[3:]


def read(path):
    """The notebook as nbformat gives it, in the version that it is stored in."""
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(notebook):
    """The cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    """The tags of a cell, as a set."""
    return set(cell.metadata.get("tags", []))


def tree(cell):
    """The syntax tree of a code cell, IPython's %magics included."""
    return ast.parse(TransformerManager().transform_cell(cell.source))


def has_assert(cell):
    """Whether the cell asserts something."""
    return any(isinstance(node, ast.Assert) for node in ast.walk(tree(cell)))
