"""Chapter 11 runs to its end where Numba is missing, and says so."""

import os
import subprocess
import sys

from chapters import BOOK

PROGRAM = """
import json, sys
sys.modules["numba"] = None
cells = json.load(open("11_compiled.ipynb", encoding="utf-8"))["cells"]
page = {"__name__": "__main__"}
for cell in cells:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]), page)
print(page["whole"])
"""


def test_chapter_11_runs_without_numba():
    environment = os.environ | {"MPLBACKEND": "Agg"}
    command = [sys.executable, "-W", "ignore::UserWarning", "-c", PROGRAM]
    done = subprocess.run(
        command, cwd=BOOK, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("No Numba here")
    assert "fused in NumPy" in done.stdout and "\ncompiled   " in done.stdout  # of DEFAULTS
    assert "made ready" not in done.stdout
