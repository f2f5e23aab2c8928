"""Chapters 11 to 13 run to their end where Numba is missing, and say so."""

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
    return done.stdout


def test_chapter_11_runs_without_numba():
    said = run("11_compiled")
    assert said.startswith("No Numba here")
    assert "fused in NumPy" in said and "\ncompiled   " in said  # of DEFAULTS
    assert "made ready" not in said


def test_chapter_12_runs_without_numba():
    said = run("12_distributed")
    assert said.startswith("No Numba here")
    assert "Needs Numba. The stored results" in said
    assert "copies: 2 " not in said


def test_chapter_13_runs_without_numba_and_its_kernels_are_right():
    said = run("13_gpu")
    assert said.startswith("No Numba: kernels run as plain Python")
    assert said.count("as the textbook: True") == 3 and "textbook: False" not in said
    assert "CUDA on an NVIDIA H200: " in said and "it needs Numba" in said
