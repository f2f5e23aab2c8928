"""What holds without bubblewrap, and what is said of it."""

import contextlib
import os
import sys
import time
from pathlib import Path

import pytest
from test_grade import (  # noqa: F401
    BUG,
    RIGHT,
    body,
    hand_ins,
    marks,
    needs_bubblewrap,
    processes,
    written,
)

from w2vlib.classroom import isolation, remote
from w2vlib.classroom.__main__ import main
from w2vlib.classroom.grade import grade
from w2vlib.classroom.isolation import Isolation
from w2vlib.classroom.remote import Ended, Raised, Student

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are watched on POSIX alone")

# What does no harm to a machine on which it is not kept apart.
CLASS = {
    "right": (RIGHT, 2, "Right.", ""),
    "the bug": (BUG, 0, "it holds only the second gradient", ""),
    "exit": (body("import sys; sys.exit(0)"), 0, "SystemExit", ""),
    "hard exit": (body("import os; os._exit(0)"), 0, "ended its own process", "limit"),
    "endless": (body("while True: pass"), 0, "took more than", "limit"),
    "memory": (body("x = []", "while True: x.append(np.zeros(10**8))"), 0, "", ""),
    "kills its parent": (body("import os", "os.kill(os.getppid(), 9)", "return 1"), 0, "", ""),
    "prints": (body("print('x' * 10**6)", "return 1"), 0, "Not yet", ""),
    "large file": (body("open('x', 'wb').write(bytes(10**8))"), 0, "File too large", ""),
    "deep folders": (
        body("import os", "for _ in range(2000): os.mkdir('x'); os.chdir('x')", "return 1"),
        0,
        "",
        "",
    ),
}


@pytest.fixture
def bare(monkeypatch):
    """A machine without bubblewrap, for whoever runs this test."""
    found = Isolation(None, False, "bubblewrap is not installed")
    monkeypatch.setattr(isolation, "here", lambda: found)
    return found


def test_without_bubblewrap(bare, hand_ins, tmp_path, monkeypatch, capsys):  # noqa: F811
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    for name, (source, *_) in CLASS.items():
        (hand_ins / f"{name}.ipynb").write_text(written(source), encoding="utf-8")
    rows = grade(hand_ins, tmp_path / "marks.csv", timeout=4, progress=False)
    for name, (_, points, reason, review) in CLASS.items():
        mark = marks(rows, name)
        assert mark["points"] == points, mark
        assert reason in mark["reason"], mark
        assert review in mark["review"], mark
    assert not list(temporary.iterdir())
    page = (tmp_path / "marks" / "index.html").read_text(encoding="utf-8")
    assert "NOT kept apart: bubblewrap is not installed. It can read, change" in page
    assert main(["grade", str(hand_ins), "--out", str(tmp_path / "marks.csv")]) == 0
    assert capsys.readouterr().out.startswith("Students' code is NOT kept apart")


@pytest.mark.skipif(
    not isolation.ROOT or bool(isolation._fails([], isolation._become(isolation.USER), "/")),
    reason="only root lends users, and only where they may read this Python",
)
def test_a_lent_user_leaves_nothing_behind(tmp_path):
    lasting, mine = f"86399.{os.getpid()}", tmp_path / "mine"
    mine.write_text("mine")
    with Student(Isolation(None, True, "bubblewrap is not installed"), 20) as student:
        student.anew()
        sleep = f"subprocess.Popen(['sleep', '{lasting}'], start_new_session=True)"
        student.run(f"import subprocess, time\n{sleep}\ntime.sleep(1)", "cell 1")
        assert processes(lasting)
        with pytest.raises(Raised, match="PermissionError"):
            student.run(f"open({str(mine)!r}, 'w')", "cell 2")
        with pytest.raises(Raised, match="PermissionError"):
            student.run(f"import os\nos.kill({os.getpid()}, 9)", "cell 3")
    assert not processes(lasting) and mine.read_text() == "mine"


def test_what_is_said(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    apart, limits = Isolation("/usr/bin/bwrap", False).says
    assert "none of your files" in apart and "100 MB in all" in limits
    apart, limits = Isolation(None, True, "bubblewrap is not installed").says
    assert "cannot change your files" in apart and "apt install bubblewrap" in apart
    apart, limits = Isolation(None, False, "bubblewrap is not installed").says
    assert "change and send away your files" in apart
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "as far as this system" in Isolation(None, False, "x").says[1]


def test_windows_is_told_at_once(hand_ins, tmp_path, monkeypatch, capsys):  # noqa: F811
    monkeypatch.setattr(isolation, "WINDOWS", True)
    isolation.here.cache_clear()
    try:
        assert main(["grade", str(hand_ins), "--out", str(tmp_path / "marks.csv")]) == 2
    finally:
        isolation.here.cache_clear()
    assert "run the same command in WSL" in capsys.readouterr().err


@needs_bubblewrap
def test_what_a_student_sees(tmp_path):
    with Student(isolation.here(), 20) as student:
        student.anew()
        student.run(f"import os\nhere = os.path.exists({str(tmp_path)!r})", "cell 1")
        student.run("sees = sorted(os.listdir('/')), os.listdir('.'), os.cpu_count() > 0", "cell 2")
        student.run("pids = [name for name in os.listdir('/proc') if name.isdigit()]", "cell 3")
        (found,) = student.answers("", "sees")
        assert set(found[0]) <= {
            *("bin", "dev", "etc", "lib", "lib64", "nix", "proc", "root", "sbin", "tmp", "usr"),
            *(os.path.realpath(path).split("/")[1] for path in isolation._shown()),
            *(path.split("/")[1] for path in isolation._shown()),
        }
        shown = [Path(path) for path in isolation._shown()]  # the course may lie there, too
        beside = {path.parts[2] for path in shown if path.is_relative_to(isolation.OWN)}
        assert set(found[1]) == {"results"} | beside
        assert student.answers("", "here") == [False]
        assert len(student.answers("", "pids")[0]) < 9


SPOILS = {
    "nothing": "",
    "itself": "os._exit(0)",
    "its parent": "os.kill(os.getppid(), 9)",
    "its parent's time": "os.kill(os.getppid(), signal.SIGSTOP)",
    "the pipes": "os.closerange(0, 99)",
    "what is said": "for n in range(9):\n try: os.write(n, b'{}\\n' * 9)\n except OSError: pass",
    "what is asked": "if os.fork() == 0: os.read(3, 99)",
}


@pytest.mark.parametrize("spoilt", SPOILS)
def test_each_exercise_begins_anew(spoilt):
    with Student(isolation.here(), 3) as student:
        student.anew()
        with contextlib.suppress(Ended, Raised):
            student.run(f"import os, signal\nx = 1\n{SPOILS[spoilt]}", "cell 1")
        student.anew()
        student.run("assert 'x' not in globals()\ny = 2", "cell 2")
        assert student.answers("", "y") == [2]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is watched on Linux")
def test_all_processes_of_a_student_share_the_memory(monkeypatch):
    monkeypatch.setattr(remote, "MEMORY", 300_000_000)
    code = (
        "import os, time\nfor _ in range(3): os.fork()\nx = bytearray(60_000_000)\ntime.sleep(60)"
    )
    with Student(isolation.here(), 50) as student:
        student.anew()
        began = time.monotonic()
        with pytest.raises(Ended, match="0.3 GB of memory"):
            student.run(code, "cell 1")
        assert time.monotonic() - began < 40
