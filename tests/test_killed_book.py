"""`make book` is killed at any moment, or has no room: the next makes the same book."""

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

import numpy as np
import pytest
from long import LONG
from test_full_disk import mounted
from test_interrupts import CTRL_C, Terminal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="groups are killed on POSIX alone")
nbformat, psutil, yaml = map(pytest.importorskip, ["nbformat", "psutil", "yaml"])

ROOT = Path(__file__).parents[1]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
EXTENSIONS = ["light_pages", "page_scripts", "policy"]
CONFIG = {
    "title": "Killed",
    "execute": {"execute_notebooks": "cache"},
    "sphinx": {
        "local_extensions": dict.fromkeys(EXTENSIONS, "book/_ext"),
        "config": {"html_last_updated_fmt": ""},
    },
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
    for folder in ("tools", "w2vlib", "book/_ext", ".venv"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("make.py", "execute.py"):
        shutil.copy(ROOT / "tools" / name, tmp_path / "tools")
    for name in EXTENSIONS:
        shutil.copy(ROOT / "book" / "_ext" / f"{name}.py", tmp_path / "book" / "_ext")
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


@pytest.mark.parametrize("moment", ["Running the chapters", "reading sources"])
def test_ctrl_c_ends_it_at_once_and_leaves_nothing_running(project, moment):
    one = Terminal(sys.executable, "-c", MAKE, cwd=project)
    one.read(moment)
    while moment == "Running the chapters" and not any(strangers(project / "book")):
        assert one.process.poll() is None
        time.sleep(0.01)  # until there is a kernel
    one.type(CTRL_C)
    shown, code = one.end()
    assert code == 130 and "Traceback" not in shown, shown
    _, alive = psutil.wait_procs(list(strangers(project)), timeout=30)
    assert not alive, alive


def test_on_a_full_disk_it_says_so_and_later_makes_the_same_book(project):
    """Each time with more room. At first make itself, at last Sphinx has none."""
    with mounted(project / "_build", 2**25) as build:
        make(project)
        whole, empty = book(project), os.statvfs(build)
        used = (empty.f_blocks - empty.f_bfree) * empty.f_bsize
        for path in build.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for share in (0, 0.01, 0.5) if not LONG else np.linspace(0, 0.9, 30):
            (build / "ballast").write_bytes(bytes(2**25 - int(share * used)))
            process = begin(project)
            said, _ = process.communicate(timeout=600)
            assert process.returncode == 1, (share, said)
            assert re.search("No space left on device|disk is full", said), (share, said)
            assert re.match("make.*: (failed;|.*No space)", said.splitlines()[-1]), (share, said)
            (build / "ballast").unlink()
        make(project)
        assert book(project) == whole
