"""Ctrl-C at a terminal and in a notebook: it ends cleanly, and what was learnt is there."""

import os
import re
import select
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from w2vlib import WordVectors

pty = pytest.importorskip("pty", reason="this system has no such terminals")
ROOT = Path(__file__).parents[1]
CTRL_C = b"\x03"
SCRIPT = """
from w2vlib import load_corpus, train
wv = train(load_corpus("default"), vector_size=20, epochs=900)
print("it goes on with", wv, wv.loss > 0)
"""


class Terminal:
    """A program at a terminal, as in a shell's foreground."""

    def __init__(self, *command, cwd=ROOT):
        ours, theirs = os.openpty()
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd,
            preexec_fn=partial(_take, theirs),  # noqa: PLW1509 - no threads run here
        )  # fmt: skip
        os.close(theirs)
        self.ours, self.shown = ours, ""

    def read(self, until=None, seconds=100):
        """Read what it shows, until there is something that matches, or to its end."""
        end = time.monotonic() + seconds
        while until is None or not re.search(until, self.shown):
            assert time.monotonic() < end and self.process.poll() in (None, 0, 130), self.shown
            if not select.select([self.ours], [], [], 1)[0]:
                continue
            try:
                self.shown += os.read(self.ours, 1 << 16).decode()
            except OSError:  # Linux says so at its end
                assert until is None, self.shown
                break
        return self.shown

    def type(self, keys):
        os.write(self.ours, keys)

    def end(self):
        """-> what it has shown, and its exit code."""
        shown = self.read()
        os.close(self.ours)
        return shown, self.process.wait(60)


def _take(terminal):
    """A new session, whose terminal it is."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def test_a_script_goes_on_with_what_was_learnt(tmp_path):
    one = Terminal(sys.executable, "-c", SCRIPT)
    one.read(r"loss=\d")
    one.type(CTRL_C)
    shown, code = one.end()
    assert "Traceback" not in shown and code == 0
    assert re.search(r"Interrupted after .* tokens .*: the vectors hold what was learnt", shown)
    assert "it goes on with WordVectors(10001 words, 20 dimensions) True" in shown


def test_the_command_writes_what_was_learnt(tmp_path):
    command = [sys.executable, "-m", "w2vlib", "train", "default", "-o", str(tmp_path / "vectors")]
    one = Terminal(*command, "--vector-size", "20", "--epochs", "900")
    one.read(r"loss=\d")
    one.type(2 * CTRL_C)
    shown, code = one.end()
    assert "Traceback" not in shown and code == 130
    assert shown.rstrip().endswith("; the training was cut short")
    assert len(WordVectors.load(tmp_path / "vectors")) == 10_001
    assert os.listdir(tmp_path) == ["vectors"]


def test_a_text_that_is_read(tmp_path):
    (tmp_path / "text").write_text("a b c d e f g h\n" * 3_000_000)
    command = [sys.executable, "-m", "w2vlib", "train", str(tmp_path / "text")]
    one = Terminal(*command, "--on-disk", str(tmp_path / "ids"), "-o", str(tmp_path / "vectors"))
    one.read(r"reading: +[1-9]")
    one.type(CTRL_C)
    shown, code = one.end()
    assert "Traceback" not in shown and code == 130
    assert shown.rstrip().endswith("interrupted: nothing was written")
    assert os.listdir(tmp_path) == ["text"]


CELL = """
from w2vlib import load_corpus, train
look = lambda progress: print("begun", flush=True)
wv = train(load_corpus("default", max_vocab=1000), vector_size=20, epochs=900, callback=look)
wv, wv.loss > 0
"""


def test_a_notebook_goes_on_to_answer():
    client = pytest.importorskip("jupyter_client", reason="Jupyter is not installed")
    manager = client.KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=ROOT)
    kernel = manager.client()
    kernel.start_channels()
    try:
        kernel.wait_for_ready(timeout=100)
        said = []

        def hook(message):
            content = message["content"]
            said.append(str(content.get("text") or content.get("data") or ""))
            if "begun" in said[-1] and said[-1] not in said[:-1]:
                manager.interrupt_kernel()

        reply = kernel.execute_interactive(CELL, output_hook=hook, timeout=100)
        assert reply["content"]["status"] == "ok", reply
        assert "the vectors hold what was learnt so far" in "".join(said)
        assert "(WordVectors(1000 words, 20 dimensions), True)" in "".join(said)
        reply = kernel.execute_interactive("len(wv) + 1", output_hook=hook, timeout=100)
        assert reply["content"]["status"] == "ok" and "1001" in "".join(said)
    finally:
        kernel.stop_channels()
        manager.shutdown_kernel(now=True)
