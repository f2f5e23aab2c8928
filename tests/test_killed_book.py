"""`make book` is killed at any moment: the next makes the same book, and nothing runs on."""

import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from long import LONG

pytestmark = pytest.mark.skipif(os.name != "posix", reason="groups are killed on POSIX alone")
nbformat, psutil, yaml = map(pytest.importorskip, ["nbformat", "psutil", "yaml"])

ROOT = Path(__file__).parents[1]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CONFIG = {
    "title": "Killed",
    "execute": {"execute_notebooks": "cache"},
    "sphinx": {"config": {"html_last_updated_fmt": ""}},
}
# Of this environment, which is not to be installed anew.
MAKE = """
import pathlib, sys
sys.path.insert(0, "tools")
import make
make.install = lambda: None
make.program = lambda name, *_: pathlib.Path(sys.executable).parent / name
make.main(["book"])
"""


@pytest.fixture
def project(tmp_path):
    """A book of three notebooks, and what makes it."""
    for folder in ("tools", "w2vlib", "book", ".venv"):
        (tmp_path / folder).mkdir()
    for name in ("make.py", "execute.py"):
        shutil.copy(ROOT / "tools" / name, tmp_path / "tools")
    (tmp_path / ".venv" / "installed").touch()
    for number in range(3):
        cells = [nbformat.v4.new_markdown_cell(f"# Chapter {number}", id="title")]
        for line in range(3):
            source = f"import time\ntime.sleep(0.2)\nprint({number}, {line})"
            cells.append(nbformat.v4.new_code_cell(source, id=f"cell-{line}"))
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
        nbformat.write(notebook, tmp_path / "book" / f"{number}.ipynb")
    chapters = [{"file": f"book/{number}"} for number in (1, 2)]
    contents = {"format": "jb-book", "root": "book/0", "chapters": chapters}
    (tmp_path / "_toc.yml").write_text(yaml.safe_dump(contents))
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(CONFIG))
    return tmp_path


def begin(project):
    """`make book`, in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", MAKE],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def make(project):
    process = begin(project)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said


def book(project):
    """What was built: digests of its files, without the versions of style sheets.

    Sphinx writes one where the sheet is there already, of a build before.
    """
    html = project / "_build" / "html"
    return {
        path.relative_to(html).as_posix(): hashlib.sha256(
            re.sub(rb"\?v=\w+", b"", path.read_bytes())
        ).hexdigest()
        for path in html.rglob("*")
        if path.is_file()
    }


def strangers(project):
    """Processes that work for this project: kernels have groups of their own."""
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(project):
                yield process
        except (psutil.Error, OSError):
            continue


def test_killed_at_any_moment_it_makes_the_same_book(project):
    def seconds():
        start = time.monotonic()
        make(project)
        return time.monotonic() - start

    longest = min(seconds(), seconds())
    whole, moments, kills, ends = book(project), random.Random(0), 0, 0
    assert {"book/0.html", "book/1.html", "book/2.html", "index.html"} <= set(whole)
    shutil.rmtree(project / "_build")
    while kills < (200 if LONG else 4):
        process = begin(project)
        try:
            process.communicate(timeout=moments.random() * longest)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
            _, alive = psutil.wait_procs(list(strangers(project)), timeout=30)
            assert not alive, alive
        else:
            assert process.returncode == 0 and book(project) == whole
            ends += 1
            shutil.rmtree(project / "_build")
    make(project)
    assert book(project) == whole
    print(f"{kills} kills, {ends + 1} times to the end")
