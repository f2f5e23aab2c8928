"""The notebooks as they are stored: run, clean, and the same for whoever ran them."""

import ast
import html
import json
import platform
import re
from pathlib import Path

import nbformat
from chapters import code_cells, each_chapter, has_assert, read, tags, tree

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# Why the output of a cell may differ from run to run: it must say so.
REASONS = {"timing", "drawing", "trained"}
TAGS = REASONS | {
    "long",  # more than ten seconds in the page's Python
    "nbval-ignore-output",
    "raises-exception",
    "hide-cell",
    "hide-input",
    "hide-output",
    "remove-cell",
    "remove-input",
    "remove-output",
    "fold",  # with hide-input: the page shows a bar that opens the code
}
MACHINE = re.compile(
    r"(?<![\w.])/(home|root|Users|tmp|private|var|opt|usr|mnt|work)/|\b[A-Z]:\\\\|ipykernel_\d"
)
PICTURES = {"image/svg+xml", "image/png", "image/jpeg"}


@each_chapter
def test_format_and_metadata(path):
    notebook = read(path)  # which would mend ids that come twice
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == METADATA
    ids = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:  # no "execution" times, no state of an editor
        made_from = {"made_from"} if tags(cell) & REASONS else set()
        assert set(cell.metadata) <= {"tags", "mystnb", "jupyter"} | made_from, cell.source
        folded = cell.metadata.get("jupyter") == {"source_hidden": True}
        assert folded == ("hide-input" in tags(cell)), cell.source


@each_chapter
def test_every_code_cell_was_run_in_order(path):
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@each_chapter
def test_outputs_hold_no_error_or_warning_that_is_not_meant(path):
    for cell in code_cells(read(path)):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        assert bool(errors) == ("raises-exception" in tags(cell)), cell.source
        assert not [output for output in cell.outputs if output.get("name") == "stderr"], (
            cell.source
        )


@each_chapter
def test_nothing_tells_of_the_machine_it_ran_on(path):
    notebook = read(path)
    for cell in code_cells(notebook):
        for output in cell.outputs:
            for kind in PICTURES & set(output.get("data", {})):
                del output.data[kind]
    text = json.dumps(notebook, ensure_ascii=False)
    assert not (found := MACHINE.search(text)), text[found.start() - 60 : found.end() + 60]
    names = {str(Path.home()), platform.node()} - {"localhost"}
    assert not [name for name in names if len(name) > 3 and name in text]


@each_chapter
def test_cells_are_short(path):
    for cell in code_cells(read(path)):
        assert len(cell.source.splitlines()) <= 20, cell.source


@each_chapter
def test_tags_are_known(path):
    for cell in read(path).cells:
        assert tags(cell) <= TAGS, cell.source


@each_chapter
def test_few_folded_cells_show_a_bar(path):
    bars = [tags(cell) for cell in read(path).cells if "fold" in tags(cell)]
    assert len(bars) <= 3
    assert all("hide-input" in bar for bar in bars)


def only_asserts(node):
    """Whether a statement computes nothing: an assert, or a loop of them."""
    return isinstance(node, ast.Assert) or (
        isinstance(node, ast.For) and all(map(only_asserts, node.body))
    )


@each_chapter
def test_asserts_stand_with_what_they_assert_or_are_folded(path):
    for cell in code_cells(read(path)):
        if "hide-input" not in tags(cell):
            assert not all(map(only_asserts, tree(cell).body)), cell.source


@each_chapter
def test_an_ignored_output_has_a_reason_and_an_assert_near_it(path):
    cells = code_cells(read(path))
    for number, cell in enumerate(cells):
        ignored = "nbval-ignore-output" in tags(cell)
        assert ignored == bool(tags(cell) & REASONS), cell.source
        if ignored:
            assert any(has_assert(near) for near in cells[number : number + 3]), cell.source


def alts(cell):
    """What the pictures under a code cell say to those who cannot see them."""
    for output in cell.outputs:
        data = output.get("data", {})
        if PICTURES & set(data):
            yield cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        for svg in re.findall(r"<svg[^>]*>", data.get("text/html", "").partition("<script")[0]):
            if 'aria-hidden="true"' not in svg:  # or what it says stands beside it
                yield html.unescape(re.search(r'aria-label="([^"]*)"|$', svg)[1] or "")


def words(text):
    return set(re.findall(r"\w+", text.lower()))


@each_chapter
def test_pictures_have_alt_text_that_is_not_the_caption(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"!\[\s*\]", cell.source), cell.source
            continue
        caption = words(cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", ""))
        for alt in alts(cell):
            assert len(words(alt)) > 3, f"what does the picture show? {alt!r}: {cell.source}"
            assert not words(alt) <= caption, f"only words of the caption: {alt!r}: {cell.source}"


@each_chapter
def test_figures_and_equations_are_referred_to_by_number(path):
    notebook = read(path)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    figures = [cell.metadata.get("mystnb", {}).get("figure", {}) for cell in code_cells(notebook)]
    named = {("numref", figure["name"]) for figure in figures if figure}
    named |= {("eq", label) for label in re.findall(r"^\$\$ \((eq-[\w-]+)\)", text, re.MULTILINE)}
    assert named
    assert not named - set(re.findall(r"\{(numref|eq)\}`(?:[^`<]*<)?([\w-]+)>?`", text))
