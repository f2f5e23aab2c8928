"""How commands are run: in this process, in one of their own, by a shell."""

import os
import subprocess
import sys
from pathlib import Path

from w2vlib.__main__ import main
from w2vlib.commands import train as command

ROOT = Path(__file__).parents[2]
TEXT = "the king rules the land\nthe queen rules the land\nwater runs down the hill\n" * 30
TINY = ["--vector-size", "8", "--epochs", "2", "--subsample", "0"]
PROGRAMS_ONLY = {"callback", "progress"}  # the command has no option for these
ARGUMENTS = {name: x for name, x in command.ARGUMENTS.items() if name not in PROGRAMS_ONLY}
PROGRAM = f"{sys.executable} -m w2vlib"


def fails(capsys, *argv):
    """The error line of a command that fails as it should."""
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    last = err.strip().splitlines()[-1]
    assert "error: " in last
    return last


def run(*argv):
    command = [sys.executable, "-m", "w2vlib", *argv]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def shell(command, cwd=None):
    command = ["bash", "-o", "pipefail", "-c", command]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=env)
