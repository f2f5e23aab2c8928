"""A class that does all that a class can do: honest, mistaken and hostile hand-ins."""

import contextlib
import copy
import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from w2vlib import memory
from w2vlib.classroom import chapter, isolation, sheet
from w2vlib.classroom import marks as marking
from w2vlib.classroom.grade import COLUMNS, grade

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are limited on POSIX alone")
needs_bubblewrap = pytest.mark.skipif(
    os.name != "posix" or not isolation.here().bubblewrap, reason="bubblewrap does not work here"
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

THIEF = """\
import os, sys
def found():
    os.symlink(SECRETS[0], "link")
    for path in SECRETS:
        for start in ("", "/proc/1/root", "/proc/1/cwd", "/proc/self/root", "../../.."):
            yield start + path
    yield "link"
    for top in ("/home", "/root", "/mnt", "/srv", "/tmp", "/var", "/run", "/etc", "/proc/1/task"):
        for folder, _, names in os.walk(top):
            if not folder.startswith(sys.prefix):
                yield from (os.path.join(folder, name) for name in names if "ipynb" in name)
def seen(path):
    try:
        return bool(os.listdir(path) if os.path.isdir(path) else open(path).read())
    except (OSError, UnicodeDecodeError):
        return False
def gradient_by_product(idx, dout, V):
    spoils = [path for path in found() if seen(path)]
    assert not spoils, spoils
    return 1"""
OUTLIVES = body(
    "import os",
    "if os.fork() == 0:",
    "    os.setsid()",
    "    if os.fork() == 0:",
    "        os.execvp('sleep', ['sleep', 'LASTING'])",
    "    os._exit(0)",
    "os._exit(0)",
)
STOPS = body(
    "import os, signal, time",
    "if os.fork() == 0:",
    "    time.sleep(0.3)",
    "    for number in (1, os.getppid(), -1):",
    "        try: os.kill(number, signal.SIGSTOP)",
    "        except OSError: pass",
    "time.sleep(99)",
)
FILLS = body("n = 0", "while True:", "    open(f'{n}', 'wb').write(bytes(9_000_000)); n += 1")
MANY_FILES = body("for n in range(100_000): open(f'{n}', 'w').close()", "return 1")
CLOSES = body("import os", "os.closerange(0, 99)", "return 1")


def replies(text, then="os._exit(0)"):
    """An answer that writes into each pipe that it finds, in the place of what should go there."""
    return body(
        "import os",
        "for number in range(3, 99):",
        "    try:",
        f"        while os.write(number, {text}):",
        f"            {then}",
        "    except OSError: pass",
        "return 1",
    )


# name: (source of the answer, points, what the reason holds, what the review holds)
CLASS = {
    "right": (RIGHT, 2, "Right.", ""),
    "right otherwise": (LOOP, 2, "Right.", ""),
    "the bug": (BUG, 0, "it holds only the second gradient", ""),
    "stub": (None, 0, "Not written yet", ""),
    "syntax": (
        "def gradient_by_product(idx, dout V):\n    return",
        0,
        "Not yet: line 1 of the cell: ",
        "",
    ),
    "exception": (body("return dout[99]"), 0, "`return dout[99]`, raises IndexError", ""),
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
    "stops": (STOPS, 0, "took more than", "limit"),
    "outlives": (OUTLIVES, 0, "", "limit"),
    "always equal": (ALWAYS, 0, "", ""),
    "forged": (FORGED, 0, "", "tampered"),
    "tampered": (TAMPERED, 0, "", "tampered"),
    "thief": (THIEF, 0, "Not yet", ""),
    "writes": (body("open(OUTSIDE, 'w').write('x')", "return 1"), 0, "Error", ""),
    "fills": (FILLS, 0, "No space left", ""),
    "many files": (MANY_FILES, 0, "", ""),
    "network": (
        body("import socket", "socket.create_connection(('127.0.0.1', PORT), 2)", "return 1"),
        0,
        "Error",
        "",
    ),
    "closes": (CLOSES, 0, "ended its own process", "limit"),
    "replies without end": (replies("b'x' * 65536", "pass"), 0, "too long", "limit"),
    "ten thousand replies": (replies("b'{\"value\": true}\\n' * 10000"), 0, "", ""),
    "deep reply": (replies("b'[' * 10**6 + b'\\n'"), 0, "cannot be read", "limit"),
    "long number": (
        replies("b'{\"value\": {\"number\": \"' + b'9' * 10**6 + b'\"}}\\n'"),
        0,
        "cannot be read",
        "limit",
    ),
    "boasting array": (
        replies('b\'{"value": {"array": ["<f8", [\' + b\'9\' * 18 + b\'], ""]}}\\n\''),
        0,
        "cannot be read",
        "limit",
    ),
    "huge": (body("return np.ones((V, 6_000_000))"), 0, "", ""),
    "not a number": (body("return np.full((V, dout.shape[1]), np.nan)"), 0, "NaN", ""),
    "학생 '하나' \"1\"": (RIGHT, 2, "Right.", ""),
    "<script>alert(1)</script>": (RIGHT, 2, "Right.", ""),
}


def written(source, change=None):
    """A hand-in: the sheet with an answer in place of the stub."""
    notebook = json.loads(sheet.sheet(STEM))
    for cell in notebook["cells"]:
        if source and cell["cell_type"] == "code" and f"def {NAME}(" in "".join(cell["source"]):
            cell["source"] = source
    if change:
        change(notebook)
    return json.dumps(notebook)


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


def more_cells(*sources):
    """A change: cells at the end."""

    def change(notebook):
        for source in sources:
            notebook["cells"].append({"cell_type": "code", "source": source})

    return change


def no_cells_among_them(notebook):
    notebook["cells"] = [None, 3, "code", [], {}, {"source": {"a": 1}}, *notebook["cells"]]


HARD_TO_READ = [
    "x = " + "(" * 10**5,
    "x = " + "-" * 10**5 + "1",
    "x = " + "lambda: " * 3000 + "1",
    "x = " + "1 + " * 10**5 + "1",
    "x = y" + ".z" * 10**5,
    "\n" * 10**6,
    "x = 1\0",
    "x = '\ud800'",
]
MANGLED = {
    "no check": without_check,
    "doubled": doubled,
    "no metadata": without_metadata,
    "long output": with_a_long_output,
    "no cells": no_cells_among_them,
    "hard to read": more_cells(*HARD_TO_READ),
    "ten thousand cells": more_cells(*["x = 1"] * 10_000),
    "ten thousand answers": more_cells(*[body(f"return {n}") for n in range(10_000)], RIGHT),
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


def processes(text):
    """Those with a text in their command."""
    commands = [path for path in Path("/proc").glob("[0-9]*/cmdline")]
    found = []
    for path in commands:
        with contextlib.suppress(OSError):
            found += [path.parent.name] * (text.encode() in path.read_bytes())
    return found


@needs_bubblewrap
def test_a_hostile_class(hand_ins, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    outside = chapter.BOOK / "results" / "was-here"  # a folder that the code can see
    private = tmp_path / "my checks"
    private.mkdir()
    shutil.copy(isolation.LIBRARY / "exercises" / "embedding.py", private)
    secrets = [hand_ins / "right.ipynb", hand_ins, private, private / "embedding.py"]
    secrets += [tmp_path / "marks" / "kept" / "key.ipynb", tmp_path / "marks"]
    lasting = f"86399.{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server:
        known = {
            "PORT": str(server.getsockname()[1]),
            "OUTSIDE": repr(str(outside)),
            "SECRETS": repr(list(map(str, secrets))),
            "LASTING": lasting,
        }
        for name, (source, *_) in CLASS.items():
            for word in known if source else ():
                source = source.replace(word, known[word])
            path = hand_ins / f"{name.replace('/', chr(0x2215))}.ipynb"
            path.write_text(written(source), encoding="utf-8")
        for name, change in MANGLED.items():
            (hand_ins / f"{name}.ipynb").write_text(written(RIGHT, change), encoding="utf-8")
        (hand_ins / "broken.ipynb").write_text(written(RIGHT)[:900], encoding="utf-8")
        (hand_ins / "empty.ipynb").write_text("", encoding="utf-8")
        (hand_ins / "deep.ipynb").write_text('{"cells": ' + "[" * 10**6, encoding="utf-8")
        (hand_ins / "number.ipynb").write_text('{"cells": ' + "9" * 10**6, encoding="utf-8")
        (hand_ins / "lists.ipynb").write_text('{"cells": [' + "[]," * 10**7, encoding="utf-8")
        (hand_ins / "link.ipynb").symlink_to(hand_ins / "right.ipynb")
        (hand_ins / "renamed.ipynb.txt").write_text(written(RIGHT), encoding="utf-8")
        os.mkfifo(hand_ins / "pipe.ipynb")
        before = sorted(hand_ins.iterdir())
        rows = grade(
            hand_ins, tmp_path / "marks.csv", jobs=2, timeout=4, checks=private, progress=False
        )
    for name, (_, points, reason, review) in CLASS.items():
        mark = marks(rows, name.replace("/", chr(0x2215)))
        assert mark["points"] == points, mark
        assert reason in mark["reason"], mark
        assert review in mark["review"], mark
    for name in [*MANGLED, "renamed"]:
        assert marks(rows, name)["points"] == 2, marks(rows, name)
    assert "more than once" in marks(rows, "ten thousand answers")["review"]
    unread = {row["student"] for row in rows if "unreadable" in row["review"]}
    assert unread == {"broken", "empty", "deep", "number", "lists", "link", "pipe"}
    assert not outside.exists() and not processes(lasting)
    assert sorted(hand_ins.iterdir()) == before and not list(temporary.iterdir())
    assert (
        (tmp_path / "marks.csv").read_bytes().startswith(b"student,")
    )  # no BOM: platforms read it
    with open(tmp_path / "marks.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == list(COLUMNS)
    asked = [name for task in chapter.exercises(STEM) for name in task.checks]
    assert len(table) == len(rows) == len(before) * len(asked)


@needs_bubblewrap
def test_the_time_of_a_student_is_bounded(hand_ins, tmp_path):
    def loops(notebook):
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for cell in cells * 4:
            source = "".join(cell["source"]) + "\nwhile True: pass"
            notebook["cells"].append({"cell_type": "code", "source": source})

    (hand_ins / "loops.ipynb").write_text(written(None, loops), encoding="utf-8")
    began = time.monotonic()
    rows = grade(hand_ins, tmp_path / "marks.csv", timeout=2, progress=False)
    spent = time.monotonic() - began
    assert all(row["points"] == 0 for row in rows)
    assert (
        rows[-1]["reason"] == "All of it took more than 20 s."
        and "over a limit" in rows[-1]["review"]
    )
    assert spent < 60, spent


@pytest.mark.parametrize("stem", chapter.stems())
def test_the_key_has_all_points(stem, tmp_path):
    path = tmp_path / "key.ipynb"
    path.write_text(sheet.key(stem), encoding="utf-8")
    tasks = marking.tasks(chapter.exercises(stem), {})
    *found, _ = marking.mark(path, tasks, marking.Rules(isolation.here(), 30))
    assert [mark for mark in found if mark.points < mark.of or mark.review] == []


def test_guesses_win_nothing(hand_ins, tmp_path):
    guesses = [
        "for n in range(99):\n    check('lookup_by_hand', row_3=n, everything=n)",
        *(f"check('lookup_by_hand', row_3={n}, everything={n})" for n in range(20)),
    ]
    for number, guess in enumerate([guesses[:1], guesses[1:]]):
        text = written(None, more_cells(*guess))
        (hand_ins / f"{number}.ipynb").write_text(text, encoding="utf-8")
    rows = grade(hand_ins, tmp_path / "marks.csv", progress=False)
    found = [row for row in rows if row["exercise"] == "lookup_by_hand"]
    assert [row["points"] for row in found] == [0, 0]
    assert all("answered more than once" in row["review"] for row in found)


def test_twins_are_shown_and_keep_their_marks(hand_ins, tmp_path):
    for name, source in {"one": RIGHT, "two": RIGHT, "none": None, "nor I": None}.items():
        (hand_ins / f"{name}.ipynb").write_text(written(source), encoding="utf-8")
    rows = grade(hand_ins, tmp_path / "marks.csv", progress=False)
    assert {marks(rows, name)["points"] for name in ("one", "two")} == {2}
    said = {row["student"]: row["review"] for row in rows}
    assert said == {"one": "the same as two", "two": "the same as one", "none": "", "nor I": ""}


def test_what_has_changed_is_marked_anew(hand_ins, tmp_path):
    out = tmp_path / "marks.csv"
    for name in ("ana", "ben"):
        (hand_ins / f"{name}.ipynb").write_text(written(BUG), encoding="utf-8")
    grade(hand_ins, out, progress=False)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "marks" / "kept").glob("*.json")}
    (hand_ins / "ana.ipynb").write_text(written(RIGHT), encoding="utf-8")
    damaged = next(iter(kept))
    damaged.write_bytes(damaged.read_bytes()[:9])  # a disk that lost power
    rows = grade(hand_ins, out, progress=False)
    assert [marks(rows, name)["points"] for name in ("ana", "ben")] == [2, 0]
    same = [path for path, time in kept.items() if path.stat().st_mtime_ns == time]
    assert len(same) == len(kept) - 1
    grade(hand_ins, out, timeout=9, progress=False)
    assert len(list((tmp_path / "marks" / "kept").glob("*.json"))) == len(kept) + 1 + 3


def test_only_what_was_handed_out_counts(hand_ins, tmp_path):
    for name, source in {"ana": RIGHT, "ben": BUG}.items():
        (hand_ins / f"{name}.ipynb").write_text(written(source), encoding="utf-8")
    out, kept = tmp_path / "marks.csv", tmp_path / "marks" / "kept"
    page = tmp_path / "marks" / "feedback" / "ana.html"
    every = grade(hand_ins, out, progress=False)
    rows = grade(hand_ins, out, only=[NAME], progress=False)
    assert [(row["student"], row["exercise"]) for row in rows] == [("ana", NAME), ("ben", NAME)]
    assert [row["points"] for row in rows] == [2, 0]
    assert "2 of 2 points" in page.read_text(encoding="utf-8")
    index = (tmp_path / "marks" / "index.html").read_text(encoding="utf-8")
    assert "lookup by hand" not in index and "2 of 4 points" in index
    two = ["lookup_by_hand", NAME]
    rows = grade(hand_ins, out, only=two, progress=False)
    assert [row["exercise"] for row in rows] == two * 2
    assert marks(rows, "ana")["points"] == 2
    marked = len(list(kept.glob("*.json")))
    assert grade(hand_ins, out, progress=False) == every
    assert grade(hand_ins, out, only=two[::-1], progress=False) == rows
    assert len(list(kept.glob("*.json"))) == marked


def test_what_is_odd_about_a_file_is_told(hand_ins, tmp_path):
    other = "09_sparse_gradients"
    for name, text in {
        "ana": written(RIGHT),
        "ben": sheet.sheet(other),
        f"{STEM}_sheet (1)": written(BUG),
        "cy": json.dumps({"cells": []}),
    }.items():
        (hand_ins / f"{name}.ipynb").write_text(text, encoding="utf-8")
    rows = grade(hand_ins, tmp_path / "marks.csv", only=[NAME], progress=False)
    assert {row["student"]: row["review"] for row in rows} == {
        "ana": "",
        "ben": f"of another sheet: {other}",
        f"{STEM}_sheet (1)": "the file has no student's name",
        "cy": "",
    }
    (name, *_) = [name for it in chapter.exercises(other) for name in it.checks]
    rows = grade(hand_ins, tmp_path / "marks.csv", sheet=other, only=[name], progress=False)
    found = {row["student"] for row in rows if row["review"].endswith(f"of another sheet: {STEM}")}
    assert found == {"ana", f"{STEM}_sheet (1)"}


def test_ctrl_c_ends_it_at_once_and_marks_nobody_wrong(hand_ins, tmp_path):
    for number in range(3):
        text = written(body(f"{number}", "while True: pass"))
        (hand_ins / f"student {number}.ipynb").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "w2vlib.classroom", "grade", hand_ins]
    command += ["--out", tmp_path / "marks.csv", "--timeout", "60"]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    kept = tmp_path / "marks" / "kept"
    while not list(kept.glob("*.json")):  # the key
        assert first.poll() is None
        time.sleep(0.05)
    time.sleep(1)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=30)
    assert first.returncode == 130 and "goes on where it was" in said and "Traceback" not in said
    assert len(list(kept.glob("*.json"))) == 1 and not (tmp_path / "marks.csv").exists()


def test_a_full_disk_is_told_and_leaves_the_table_as_it_was(hand_ins, tmp_path):
    (hand_ins / "ana.ipynb").write_text(written(RIGHT), encoding="utf-8")
    out = tmp_path / "marks.csv"
    grade(hand_ins, out, progress=False)
    before = out.read_bytes()
    (hand_ins / "ben.ipynb").write_text(written(BUG), encoding="utf-8")
    command = [sys.executable, "-m", "w2vlib.classroom", "grade", hand_ins, "--out", out]
    limited = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", *command]  # files of 512 or 1024 bytes
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "error: " in done.stderr and "Traceback" not in done.stderr
    assert "File too large" in done.stderr
    assert out.read_bytes() == before
    whole = grade(hand_ins, tmp_path / "undisturbed.csv", progress=False)
    assert grade(hand_ins, out, progress=False) == whole


def test_bad_orders_are_told(hand_ins, tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "there_is", lambda: 10**9)
    (hand_ins / "ana.ipynb").write_text(written(RIGHT), encoding="utf-8")
    for wrong, said in [
        ({"jobs": 0}, "jobs is 0: it should be at least 1"),
        ({"jobs": 10}, "jobs is 10: it should be at most 3"),
        *(({"timeout": wrong}, "timeout is .*") for wrong in (0, float("nan"), float("inf"), 1e5)),
        ({"sheet": ""}, "'' is no chapter: choose from"),
        ({"checks": ""}, "checks is empty"),
        ({"sheet": "02_embeddings"}, "choose from"),
        ({"only": []}, "only is empty: name the checks that were handed out"),
        ({"only": ["gradient"]}, "02_embedding has no 'gradient': choose from lookup_by_hand, "),
    ]:
        with pytest.raises(ValueError, match=said):
            grade(hand_ins, tmp_path / "marks.csv", progress=False, **wrong)
    for out in tmp_path / "marks", hand_ins / "ana.ipynb", Path("."):
        with pytest.raises(ValueError, match=f"ends in .csv, not {out}"):
            grade(hand_ins, out, progress=False)


def test_a_folder_without_hand_ins_is_told(hand_ins, tmp_path):
    with pytest.raises(ValueError, match="holds no hand-in"):
        grade(hand_ins, tmp_path / "marks.csv")
    (hand_ins / "other.ipynb").write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(ValueError, match="--sheet"):
        grade(hand_ins, tmp_path / "marks.csv", progress=False)
