"""Chapters 11 and 12 run to their end where Numba is missing, and says so."""

import os
import subprocess
import sys

from chapters import BOOK

PROGRAM = """
import json, sys
sys.modules["numba"] = None
cells = json.load(open(sys.argv[1] + ".ipynb", encoding="utf-8"))["cells"]
page = {"__name__": "__main__"}
for cell in cells:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), page)
print(page.get("whole"))
"""


def run(stem):
    """What a chapter prints, run as a program."""
    environment = os.environ | {"MPLBACKEND": "Agg"}
    command = [sys.executable, "-W", "ignore::UserWarning", "-c", PROGRAM, stem]
    done = subprocess.run(
        command, cwd=BOOK, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("No Numba here")
    return done.stdout


def test_chapter_11_runs_without_numba():
    said = run("11_compiled")
    assert "fused in NumPy" in said and "\ncompiled   " in said  # of DEFAULTS
    assert "made ready" not in said


def test_chapter_12_runs_without_numba():
    said = run("12_distributed")
    assert "Needs Numba. The stored results" in said
    assert "copies: 2 " not in said
