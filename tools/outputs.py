"""Run notebooks from the first cell to the last and store their outputs, with clean metadata.

    make outputs                                  # all chapters
    make outputs NOTEBOOKS=book/03_binary.ipynb   # one of them
    make outputs FRESH=1                          # and keep nothing

What is written depends on the notebook alone, not on who ran it and when, so that a diff shows what
changed. Where a run differs from the last one by itself (the tags in MAY_DIFFER), the stored output
stays as long as nothing it is made from has changed: the cell and the code above it, the library,
the results that it reads. The cell's metadata keep the digest of these, beside the output that they
made: so it holds in a commit that changed the source alone, and without git. Comments, docstrings
and layout do not count. A notebook that fails is left as it was.
"""

import ast
import hashlib
import re
import sys
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
MAY_DIFFER = {"timing", "trained", "drawing"}
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEPT = ("made_from", "mystnb", "tags")
CHART = "image/svg+xml"
PAGE = re.compile(r"from w2vlib\.page\b[\w.]* import (\([^)]*\)|.+)")
WIDGET = "application/vnd.jupyter.widget-view+json"  # means nothing without the kernel it lived in


def run(path, fresh=False, library=ROOT / "w2vlib"):
    """Execute the notebook at `path` in its own folder and write it back; `fresh`: keep nothing."""
    notebook = nbformat.read(path, as_version=4)
    clean(notebook)
    digests = made_from(notebook, path.parent, library)
    kept = {
        cell.id: cell.outputs
        for cell in notebook.cells
        if cell.id in digests and cell.metadata.get("made_from") == digests[cell.id] and not fresh
    }
    NotebookClient(
        notebook,
        timeout=1200,
        kernel_name=KERNELSPEC["name"],
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    ).execute()
    for cell in notebook.cells:
        if cell.id in kept:
            cell.outputs = kept[cell.id]
        if cell.id in digests:
            cell.metadata["made_from"] = digests[cell.id]
    clean(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def made_from(notebook, folder, library):
    """The cells whose output may differ: id -> digest of all that it is made from.

    What is drawn in the page (library/page) counts where the cell names it: nothing else uses it.
    What an exercise expects, what a teacher uses and the command line make no such output.
    """
    rooms = tree_digest(library, "page", "exercises", "classroom", "commands")
    page = tree_digest(library / "page")
    above, drawn, found = hashlib.sha256(rooms.encode()), set(), {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        code = bare(TransformerManager().transform_cell(cell.source))
        above.update(code.encode())
        for name in re.findall(r"\bresults/[\w.]+", code):
            above.update((folder / name).read_bytes())
        drawn |= {name for names in PAGE.findall(cell.source) for name in re.findall(r"\w+", names)}
        if tags(cell) & MAY_DIFFER:
            digest = above.copy()
            if drawn & set(re.findall(r"\w+", code)):
                digest.update(page.encode())
            found[cell.id] = digest.hexdigest()[:12]
    return found


def tree_digest(folder, *without):
    """The digest of what the library, or a folder of it, computes with: its code and its data."""
    digest = hashlib.sha256()
    for path in [*sorted(folder.rglob("*.py")), *sorted(folder.glob("data/*"))]:
        inside, content = path.relative_to(folder), path.read_bytes()
        if inside.parts[0] not in without:
            code = bare(content.decode()).encode() if path.suffix == ".py" else content
            digest.update(f"{inside.as_posix()}\n".encode() + code)
    return digest.hexdigest()


def bare(source):
    """Python less comments, docstrings and layout, a line a statement: in one cell or in two it is
    the same. The text itself where it is not Python."""
    try:
        return "".join(f"{statement}\n" for statement in plain(ast.parse(source).body))
    except SyntaxError:
        return source


def plain(node):
    """A syntax tree as lists, without the empty fields that a newer Python has more of."""
    if isinstance(node, list):
        return [plain(part) for part in node if not is_text(part)]
    if not isinstance(node, ast.AST):
        return node
    fields = [[name, plain(value)] for name, value in ast.iter_fields(node)]
    return [type(node).__name__, *(field for field in fields if field[1] not in (None, []))]


def is_text(statement):
    """Whether a statement is nothing but a string."""
    value = getattr(statement, "value", None)
    return isinstance(statement, ast.Expr) and isinstance(getattr(value, "value", None), str)


def tags(cell):
    """The tags of a cell, as a set."""
    return set(cell.metadata.get("tags", []))


def clean(notebook):
    """Leave what the page needs: the kernel's name, tags, alt text, and outputs without paths."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    )
    seen = set()
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in KEPT if cell.metadata.get(key)}
        )
        if not tags(cell) & MAY_DIFFER:
            cell.metadata.pop("made_from", None)
        if "hide-input" in tags(cell):  # folded on the page: fold it in Lab too
            cell.metadata["jupyter"] = {"source_hidden": True}
        cell.id = stable_id(cell, seen)
        seen.add(cell.id)
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data.pop(WIDGET, None)
                if CHART in output.data:
                    output.data[CHART] = smaller(output.data[CHART])
            if "traceback" in output:
                output.traceback = [line.replace(f"{ROOT}/", "") for line in output.traceback]


def smaller(svg):
    """A chart without what nobody sees: its maker, ends of lines, parts of a hundredth point."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s+", " ", svg).replace("> <", ">\n<")
    return re.sub(r' (d|x|y|points|transform)="[^"]*"', lambda found: rounded(found[0]), svg)


def rounded(lengths):
    """Lengths of at least a point, cut after two digits; scales are less, and stay."""
    return re.sub(r"\b([1-9]\d*\.\d\d)\d+", r"\1", lengths)


def stable_id(cell, seen):
    """The cell's id where it has a good one, else one made from its source: never a random one."""
    wanted = cell.get("id", "")
    number = 0
    while wanted in seen or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", wanted):
        number += 1
        wanted = "cell-" + hashlib.sha256(f"{number}{cell.source}".encode()).hexdigest()[:8]
    return wanted


if __name__ == "__main__":
    fresh = "--fresh" in sys.argv
    for name in sys.argv[1:]:
        if name != "--fresh":
            print(name, flush=True)
            run(Path(name).resolve(), fresh)
