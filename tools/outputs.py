"""Run notebooks from the first cell to the last and store their outputs, with clean metadata.

    make outputs                                  # all chapters
    make outputs NOTEBOOKS=book/03_binary.ipynb   # one of them

What is written depends on the notebook alone, not on who ran it and when, so that a diff shows what
changed. A notebook that fails is left as it was.
"""

import hashlib
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"  # means nothing without the kernel it lived in


def run(path):
    """Execute the notebook at `path` in its own folder and write it back."""
    notebook = nbformat.read(path, as_version=4)
    clean(notebook)
    NotebookClient(
        notebook,
        timeout=1200,
        kernel_name=KERNELSPEC["name"],
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    ).execute()
    clean(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def clean(notebook):
    """Leave what the page needs: the kernel's name, tags, alt text, and outputs without paths."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    )
    seen = set()
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in ("mystnb", "tags") if cell.metadata.get(key)}
        )
        if "hide-input" in cell.metadata.get("tags", []):  # folded on the page: fold it in Lab too
            cell.metadata["jupyter"] = {"source_hidden": True}
        cell.id = stable_id(cell, seen)
        seen.add(cell.id)
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data.pop(WIDGET, None)
            if "traceback" in output:
                output.traceback = [line.replace(f"{ROOT}/", "") for line in output.traceback]


def stable_id(cell, seen):
    """The cell's id where it has a good one, else one made from its source: never a random one."""
    wanted = cell.get("id", "")
    number = 0
    while wanted in seen or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", wanted):
        number += 1
        wanted = "cell-" + hashlib.sha256(f"{number}{cell.source}".encode()).hexdigest()[:8]
    return wanted


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, flush=True)
        run(Path(name).resolve())
