"""The memory of each chapter's kernel, as it is stored and as the book tells it.

That no kernel takes more than the limit is looked at where the cells run: book/conftest.py.
"""

import json
import subprocess
import sys

import pytest
from chapters import BOOK, CHAPTERS, ROOT

sys.path.append(str(ROOT / "tools"))
memory = pytest.importorskip("memory", reason="it needs psutil and nbclient")

STORED = json.loads(memory.OUTPUT.read_text(encoding="utf-8"))
# A process that holds nothing and starts one that holds 200 MB.
WORKERS = """
import subprocess, sys
held = "held = b'x' * 200_000_000; print(flush=True); input()"
subprocess.run([sys.executable, "-c", held])
"""


def test_every_chapter_is_measured_and_below_the_limit():
    assert [*STORED] == [path.stem for path in CHAPTERS]
    assert all(found["with_workers"] < memory.LIMIT for found in STORED.values())


def test_the_book_tells_what_is_stored():
    page = (BOOK / "hub.md").read_text(encoding="utf-8")
    assert memory.table(STORED) in page, f"put this there:\n{memory.table(STORED)}"


@pytest.mark.skipif(sys.platform != "linux", reason="it asks Linux")
def test_workers_count():
    command = [sys.executable, "-c", WORKERS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert 200 < memory.held(process.pid) < 300
        assert memory.status(process.pid)["VmHWM"] < 100
        process.stdin.close()
