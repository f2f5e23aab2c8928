"""Command lines against bad input: a line that says what is wrong, exit code 2, no file lost."""

import json
from pathlib import Path

import numpy as np
import pytest
from long import LONG

from w2vlib import WordVectors
from w2vlib.__main__ import main
from w2vlib.classroom.__main__ import main as classroom

hypothesis = pytest.importorskip("hypothesis", reason="Hypothesis is not installed")
from hypothesis import HealthCheck, given, settings, strategies

TINY = ["--vector-size", "4", "--epochs", "1", "--subsample", "0"]
VALUES = [
    "", " ", "-1", "0", "1.5", "nan", "inf", "-inf", "1e400", "1000000000000000", "9" * 5000,
    "word", "고양이 🐈", "-", "--", "..", ".", "/", "no/such/folder/file", "folder", "text.txt",
    "vectors.txt", "binary", "a\nb", "~", "x" * 5000,
]  # fmt: skip
NAMED = {
    "train": ["--min-count", "--max-vocab", "--on-disk", "--model", "--vector-size", "--window",
              "--negative", "--power", "--epochs", "--subsample", "--learning-rate", "--decay",
              "--threads", "--seed", "--engine", "--client", "--start", "--checkpoint", "--outputs",
              "--output"],
    "similar": ["--topn", "--restrict-vocab", "--limit", "--encoding", "--errors"],
    "analogy": ["--topn", "--method", "--limit"],
    "evaluate": ["--pairs", "--analogies", "--method"],
    "convert": ["--output", "--limit"],
    "ledger": ["--chart"],
}  # fmt: skip
SOUND = {
    "train": ["text.txt", *TINY], "similar": ["vectors.txt", "king"],
    "analogy": ["vectors.txt", "king", "queen", "land"], "evaluate": ["vectors.txt"],
    "convert": ["vectors.txt", "-o", "out.txt"], "ledger": [],
}  # fmt: skip
OPTIONS = [(command, option) for command, options in NAMED.items() for option in options]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a text, vectors, a folder and a file of no kind, where commands are run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "folder"))
    monkeypatch.setattr("w2vlib.commands.ledger.ledger.measure", no_time)
    Path("text.txt").write_text("the king rules the land\nthe queen rules the land\n" * 9)
    vectors = np.eye(4, dtype=np.float32)
    WordVectors(vectors, ["king", "queen", "land", "water"]).save("vectors.txt")
    Path("folder").mkdir()
    Path("binary").write_bytes(bytes(range(256)))
    return tmp_path


def no_time(*_):
    raise KeyboardInterrupt


def standing():
    """What stands in the files that a command is not to change."""
    return {name: Path(name).read_bytes() for name in ("text.txt", "vectors.txt", "binary")}


def check_refused(run, argv, capsys, *said):
    """Whether a command is refused; AssertionError unless it works, or says why it does not."""
    before = standing()
    try:
        code = run(argv)
    except SystemExit as stop:  # of argparse
        code = stop.code
    err = capsys.readouterr().err
    assert code in (0, 2, 130), (argv, code)
    assert "Traceback" not in err, err
    assert standing() == before or code == 0
    if code == 2:
        line = err.strip().rpartition("error: ")[2]
        assert line and len(line.splitlines()) == 1 and len(line) < 1000 + len("".join(argv)), err
        assert not said or any(word in line for word in said if word), line
    return code == 2


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_a_bad_value_is_refused_in_words(folder, capsys, command, option):
    name = option.strip("-").replace("-", "_")
    some = slice(None) if LONG else slice(OPTIONS.index((command, option)) % 4, None, 4)
    for value in VALUES[some]:
        if value == "-" and option in ("--output", "--outputs", "--start"):
            continue  # standard input and output
        shown = {value.strip(), ascii(value)[1:20], repr(value)[1:20], "path", "folder", "/dev/std"}
        argv = [command, *SOUND[command], f"{option}={value}"]
        check_refused(main, argv, capsys, option, name, name.replace("_", " "), *shown)


def test_a_value_that_argparse_drops(folder, capsys):
    assert check_refused(main, ["ledger", "--chart=--"], capsys, "--chart")


def test_an_error_is_one_line(folder, capsys):
    assert check_refused(main, ["evaluate", "no\nfile"], capsys, "no file 'no\\nfile'")
    assert check_refused(main, ["ledger", "--chart=a\nb"], capsys, "--chart a b")


@settings(max_examples=500 if LONG else 10, suppress_health_check=list(HealthCheck))
@given(data=strategies.data())
def test_random_arguments(folder, capsys, data):
    command = data.draw(strategies.sampled_from(sorted(SOUND)))
    option = strategies.sampled_from(NAMED[command])
    text = strategies.sampled_from(
        [value for value in VALUES if "\n" not in value]
    ) | strategies.text(
        strategies.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=9
    )
    argv = data.draw(
        strategies.lists(option | text | strategies.sampled_from(SOUND[command] or [""]))
    )
    if command == "train" and not {"--epochs", "--ep"} & set(argv):
        argv += TINY
    check_refused(main, [command, *argv, "--"], capsys)


def test_an_absurd_size_of_vectors(folder, capsys):
    argv = ["train", "text.txt", "--subsample=0", "--vector-size", str(10**14), "-o", "new"]
    assert check_refused(main, argv, capsys, "vector_size")
    assert not Path("new").exists()


def test_a_folder_that_cannot_be_written(folder, capsys):
    Path("folder").chmod(0o500)
    argv = ["train", "text.txt", *TINY, "-o", "folder/new"]
    try:
        Path("folder/tried").touch()
        pytest.skip("this user may write anywhere")
    except PermissionError:
        assert check_refused(main, argv, capsys, "folder/new")


GRADE = ["grade", "hand-ins", "--out", "marks.csv"]


@pytest.mark.parametrize(
    "argv",
    [
        [], ["fly"], ["sheet"], ["sheet", ""], ["sheet", "99_nothing"], ["sheet", "../README"],
        ["key", "고양이"], ["assignment", "x" * 5000], ["sheet", "02_embedding", "-o", "folder"],
        ["sheet", "02_embedding", "-o", "no/such/folder/x.ipynb"], ["sheet", "02_embedding", "-o"],
        ["sheet", "02_embedding", "-o", ""], ["grade"], ["grade", "nowhere", "--out", "marks.csv"],
        ["grade", "text.txt", "--out", "marks.csv"], ["grade", "folder", "--out", "marks.csv"],
        ["grade", "hand-ins", "--out", "marks.txt"], ["grade", "hand-ins", "--out", "folder"],
        *([*GRADE, "--jobs", jobs] for jobs in ["0", "-1", "1.5", "many", str(10**9), "9" * 5000]),
        *([*GRADE, "--timeout", time] for time in ["0", "-1", "nan", "inf", "long", "1e400"]),
        [*GRADE, "--sheet", "99_nothing"], [*GRADE, "--sheet", "02_embedding", "--only", "nothing"],
        [*GRADE, "--checks", "nowhere"], [*GRADE, "--checks", "text.txt"],
        [*GRADE, "--checks", "folder"], GRADE,
    ],
    ids=range(36),
)  # fmt: skip
def test_the_classroom_refuses_in_words(folder, capsys, argv):
    Path("hand-ins").mkdir()
    Path("hand-ins/ana.ipynb").write_bytes(bytes(range(256)))
    Path("hand-ins/ben.ipynb").write_text(json.dumps({"cells": 7}))
    assert check_refused(classroom, argv, capsys)
    assert not Path("marks.csv").exists()
