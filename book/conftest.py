"""While nbval runs a chapter: its kernel stays below a limit."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))

from memory import LIMIT, held


@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item):
    kernel = getattr(item.parent, "kernel", None)
    if sys.platform == "linux" and kernel and kernel.is_alive():
        most = held(kernel.km.provisioner.pid)
        assert most < LIMIT, f"the kernel has held {most} MB"
