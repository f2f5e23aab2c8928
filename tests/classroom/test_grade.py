"""A class that does all that a class can do: honest, mistaken and hostile hand-ins."""

import copy
import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from w2vlib.classroom import chapter, isolation, sheet
from w2vlib.classroom.grade import COLUMNS, grade

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are limited on POSIX alone")
needs_bubblewrap = pytest.mark.skipif(
    not isolation.bubblewrap(), reason="bubblewrap is not installed, or may not work here"
)

STEM, NAME = "02_embedding", "gradient_by_product"
RIGHT = "def gradient_by_product(idx, dout, V):\n    return one_hot(idx, V).T @ dout"
LOOP = """\
def gradient_by_product(idx, dout, V):
    dW = np.zeros((V, dout.shape[1]), order="F")
    for i, row in zip(idx, dout):
        dW[i] += row
    return dW.astype(np.float32)"""
BUG = """\
def gradient_by_product(idx, dout, V):
    dW = np.zeros((V, dout.shape[1]))
    dW[idx] = dout
    return dW"""


def body(*lines):
    """A function that does something else than it should."""
    return "\n".join(["def gradient_by_product(idx, dout, V):", *(f"    {line}" for line in lines)])


ALWAYS = """\
class Always(np.ndarray):
    def __eq__(self, other): return True
    def __array__(self, *args, **kwargs): raise SystemExit
    def __getattr__(self, name): return lambda *args, **kwargs: True
def gradient_by_product(idx, dout, V):
    return np.zeros((V, dout.shape[1])).view(Always)"""
FORGED = """\
import os, json, sys, w2vlib.classroom.served as served, w2vlib.classroom.wire as wire
for name in list(vars(wire)):
    if callable(getattr(wire, name)):
        setattr(wire, name, lambda *a, **k: {"value": True})
        setattr(served, name, lambda *a, **k: {"value": {"right": True}})
for number in range(3, 12):
    try:
        os.write(number, b'{"value": {"state": "right"}}\\n' * 9)
    except OSError:
        pass
def gradient_by_product(idx, dout, V):
    return None"""
TAMPERED = """\
import w2vlib.exercises.exercise as it
it.compare = lambda *args: it.RIGHT
it.Code.judge = lambda *args: it.RIGHT
def gradient_by_product(idx, dout, V):
    return 0"""

# name: (source of the answer, points, what the reason holds, what the review holds)
CLASS = {
    "right": (RIGHT, 2, "Right.", ""),
    "right otherwise": (LOOP, 2, "Right.", ""),
    "the bug": (BUG, 0, "it holds only the second gradient", ""),
    "stub": (None, 0, "Not written yet", ""),
    "syntax": ("def gradient_by_product(idx, dout V):\n    return", 0, "reading it", ""),
    "exception": (body("return dout[99]"), 0, "line 2: IndexError", ""),
    "exit": (body("import sys; sys.exit(0)"), 0, "SystemExit", ""),
    "hard exit": (body("import os; os._exit(0)"), 0, "ended its own process", "limit"),
    "endless": (body("while True: pass"), 0, "took more than", "limit"),
    "memory": (body("x = []", "while True: x.append(np.zeros(10**8))"), 0, "MemoryError", ""),
    "prints": (body("while True: print('x' * 10**6)"), 0, "took more than", "limit"),
    "forks": (body("import os", "while True: os.fork()"), 0, "", ""),
    "kills": (
        body("import os", "os.kill(os.getppid(), 9)", "os.kill(-1, 9)", "return 1"),
        0,
        "",
        "",
    ),
    "always equal": (ALWAYS, 0, "", ""),
    "forged": (FORGED, 0, "", "tampered"),
    "tampered": (TAMPERED, 0, "", "tampered"),
    "writes": (body("open(OUTSIDE, 'w').write('x')", "return 1"), 0, "", ""),
    "network": (
        body("import socket", "socket.create_connection(('127.0.0.1', PORT), 2)", "return 1"),
        0,
        "Error",
        "",
    ),
    "huge": (body("return np.ones((V, 6_000_000))"), 0, "", ""),
    "학생 '하나' \"1\"": (RIGHT, 2, "Right.", ""),
}


def written(source, change=None):
    """A hand-in: the sheet with an answer in place of the stub."""
    notebook = json.loads(sheet.sheet(STEM))
    for cell in notebook["cells"]:
        if source and cell["cell_type"] == "code" and f"def {NAME}(" in "".join(cell["source"]):
            cell["source"] = source
    if change:
        change(notebook)
    return json.dumps(notebook, ensure_ascii=False)


def without_check(notebook):
    notebook["cells"] = [c for c in notebook["cells"] if f'check("{NAME}"' not in str(c["source"])]


def doubled(notebook):
    at = next(i for i, c in enumerate(notebook["cells"]) if f"def {NAME}(" in str(c["source"]))
    stub = copy.deepcopy(notebook["cells"][at])
    stub["source"] = body("...")
    notebook["cells"].insert(at + 1, stub)


def without_metadata(notebook):
    for key in ("metadata", "nbformat", "nbformat_minor"):
        del notebook[key]
    for cell in notebook["cells"]:
        cell.pop("metadata"), cell.pop("id"), cell.pop("outputs", None)


def with_a_long_output(notebook):
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}
    notebook["cells"][2]["outputs"] = [text]


MANGLED = {
    "no check": without_check,
    "doubled": doubled,
    "no metadata": without_metadata,
    "long output": with_a_long_output,
}


@pytest.fixture
def hand_ins(tmp_path):
    """An empty folder for hand-ins."""
    folder = tmp_path / "hand ins"
    folder.mkdir()
    return folder


def marks(rows, student):
    """The row of a student for the exercise that all tests here answer."""
    return next(row for row in rows if (row["student"], row["exercise"]) == (student, NAME))


@needs_bubblewrap
def test_a_hostile_class(hand_ins, tmp_path):
    import socket

    outside = repr(str(chapter.BOOK / "was-here"))  # a folder that the code can see
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        for name, (source, *_) in CLASS.items():
            text = written(source and source.replace("PORT", port).replace("OUTSIDE", outside))
            (hand_ins / f"{name}.ipynb").write_text(text, encoding="utf-8")
        for name, change in MANGLED.items():
            (hand_ins / f"{name}.ipynb").write_text(written(RIGHT, change), encoding="utf-8")
        (hand_ins / "broken.ipynb").write_text(written(RIGHT)[:900], encoding="utf-8")
        (hand_ins / "empty.ipynb").write_text("", encoding="utf-8")
        began = time.monotonic()
        rows = grade(hand_ins, tmp_path / "marks.csv", jobs=2, timeout=4, progress=False)
    print(f"{time.monotonic() - began:.0f} s")
    for name, (_, points, reason, review) in CLASS.items():
        mark = marks(rows, name)
        assert mark["points"] == points, mark
        assert reason in mark["reason"], mark
        assert review in mark["review"], mark
    for name in MANGLED:
        assert marks(rows, name)["points"] == 2, marks(rows, name)
    for name in ("broken", "empty"):
        assert "unreadable" in marks(rows, name)["review"]
    assert not (chapter.BOOK / "was-here").exists()
    assert sorted(path.stem for path in hand_ins.iterdir()) == sorted(
        [*CLASS, *MANGLED, "broken", "empty"]
    )
    with open(tmp_path / "marks.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == list(COLUMNS)
    assert (
        len(table)
        == len(rows)
        == len(list(hand_ins.iterdir()))
        * len([name for task in chapter.exercises(STEM) for name in task.checks])
    )


def test_twins_are_shown_and_keep_their_marks(hand_ins, tmp_path):
    for name in ("one", "two"):
        (hand_ins / f"{name}.ipynb").write_text(written(RIGHT), encoding="utf-8")
    rows = grade(hand_ins, tmp_path / "marks.csv", progress=False)
    assert {marks(rows, name)["points"] for name in ("one", "two")} == {2}
    assert all("the same as another" in row["review"] for row in rows)


def test_goes_on_where_it_was_killed(hand_ins, tmp_path):
    for number in range(4):
        text = written(f"{RIGHT}\n# {number}")
        (hand_ins / f"student {number}.ipynb").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "w2vlib.classroom", "grade", hand_ins]
    command += ["--out", tmp_path / "marks.csv", "--jobs", "1"]
    kept = tmp_path / "marks" / "kept"
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (kept.exists() and list(kept.glob("*.json"))):
        assert first.poll() is None
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    assert len(before) < 4
    subprocess.run(command, check=True, capture_output=True)
    assert len(list(kept.glob("*.json"))) == 4
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_folder_without_hand_ins_is_told(hand_ins, tmp_path):
    with pytest.raises(ValueError, match="holds no hand-in"):
        grade(hand_ins, tmp_path / "marks.csv")
    (hand_ins / "other.ipynb").write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(ValueError, match="--sheet"):
        grade(hand_ins, tmp_path / "marks.csv", progress=False)
