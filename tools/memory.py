"""Measure the memory that each chapter's kernel takes, and store it: python tools/memory.py.

A chapter runs from its first cell to its last, as `make outputs` runs it; nothing is written into
it. Workers that the kernel has started count with it; what they share counts once. A check of times
that fails on a busy machine stops nothing. Only on Linux.
"""

import argparse
import contextlib
import json
import re
import sys
import threading
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

BOOK = Path(__file__).resolve().parent.parent / "book"
OUTPUT = BOOK / "results" / "memory.json"
LIMIT = 1000  # MB; Binder gives 2 GB to the kernel, JupyterLab and all others together


def measure(path):
    """Run the notebook at `path` -> MB of its kernel, at most, with its workers, and at its end."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(
        notebook, timeout=1200, kernel_name="python3", resources=place, allow_errors=True
    )
    with client.setup_kernel():
        pid, done, most = client.km.provisioner.pid, threading.Event(), [0]

        def watch():
            while not done.wait(0.05):
                most.append(max(most.pop(), held(pid)))

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
        finally:
            done.set()
            watching.join()
        alone = status(pid)
    return {
        "kernel": alone["VmHWM"],
        "with_workers": max(alone["VmHWM"], *most),
        "end": alone["VmRSS"],
    }


def held(pid):
    """MB that a process has held at most, or holds now with those that it has started."""
    shares, process = 0, psutil.Process(pid)
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            shares += each.memory_full_info().pss
    return max(status(pid)["VmHWM"], round(shares / 1e6))


def status(pid):
    """What the system says of a process's memory, in MB."""
    told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.findall(r"(Vm\w+):\s+(\d+) kB", told)
    return {name: round(int(kibibytes) * 1024 / 1e6) for name, kibibytes in found}


def table(stored):
    """The lines of a table in Markdown."""
    lines = ["| chapter | at most | at its end |", "|---|--:|--:|"]
    for stem, found in stored.items():
        most, end = found["with_workers"], found["end"]
        lines.append(f"| {int(stem[:2])} | {most} MB | {end} MB |")
    return "\n".join(lines) + "\n"


def main(argv=None):
    parser = argparse.ArgumentParser(description="Measure the memory of each chapter's kernel.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all chapters")
    args = parser.parse_args(argv)
    stored = json.loads(OUTPUT.read_text(encoding="utf-8")) if OUTPUT.exists() else {}
    for path in args.notebooks or sorted(BOOK.glob("[0-9]*.ipynb")):
        stored[path.stem] = measure(path.resolve())
        stored = dict(sorted(stored.items()))
        print(path.stem, stored[path.stem], file=sys.stderr, flush=True)
        OUTPUT.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
