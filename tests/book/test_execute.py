"""tools/execute.py: chapters run side by side, and the build finds their outputs."""

import subprocess
import sys

import nbformat
import pytest
from chapters import ROOT

CODE = {
    "01_good": "print(1 + 1)",
    "02_bad": "assert False",
    "11_compiled": "print('on every core')",
}


@pytest.fixture
def notebooks(tmp_path):
    """The paths of small chapters, by name."""
    found = {}
    for name, code in CODE.items():
        cells = [nbformat.v4.new_code_cell(code, id="cell")]
        kernel = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        }
        found[name] = tmp_path / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), found[name])
    return found


def test_what_ran_is_found_and_what_failed_runs_again(notebooks, tmp_path):
    jupyter_cache = pytest.importorskip("jupyter_cache", reason="Jupyter Book is not installed")
    folder = tmp_path / "cache"
    command = [sys.executable, ROOT / "tools" / "execute.py", folder, *notebooks.values()]
    for times in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "02_bad.ipynb" in done.stderr and "AssertionError" in done.stderr
        cache = jupyter_cache.get_cache(folder)
        [record] = cache.list_cache_records()
        if not times:
            first = record.created
        assert record.uri == str(notebooks["01_good"]) and record.created == first
    notebook = nbformat.read(notebooks["01_good"], as_version=4)
    _, merged = cache.merge_match_into_notebook(notebook)
    assert merged.cells[0].outputs[0].text == "2\n"
    for name in "02_bad", "11_compiled":
        with pytest.raises(KeyError):
            cache.match_cache_notebook(nbformat.read(notebooks[name], as_version=4))
