"""Command lines against bad input: a line that says what is wrong, exit code 2, no file lost."""

import gc
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from long import LONG

import w2vlib.__main__ as everybody
import w2vlib.classroom.__main__ as classroom
from w2vlib import WordVectors, team
from w2vlib.classroom import isolation
from w2vlib.commands import vectors

hypothesis = pytest.importorskip("hypothesis", reason="Hypothesis is not installed")
from hypothesis import HealthCheck, given, settings, strategies

VALUES = [
    " ", "-1", "0", "1.5", "nan", "inf", "-inf", "1e400", "1000000000000000", "9" * 5000, "word",
    "고양이 🐈", "-", "--", "..", ".", "/", "no/such/folder/file", "folder", "text.txt",
    "vectors.txt", "binary", "a\nb", "~", "x" * 5000, "xmlcharrefreplace",
]  # fmt: skip
TINY = ["--vector-size=4", "--epochs=1", "--subsample=0"]
READ = {"vectors": ["vectors.txt"]}
STEM = {"chapter": ["02_embedding"]}
# A line of each command that works: its options, and what else it is given.
SOUND = {
    "train": (TINY, {"corpus": ["text.txt"]}),
    "similar": ([], READ | {"words": ["king"]}),
    "analogy": ([], READ | {"words": ["king", "queen", "land"]}),
    "doesnt-match": ([], READ | {"words": ["king", "queen", "land"]}),
    "evaluate": ([], READ),
    "convert": (["--output=out.txt"], READ),
    "ledger": ([], {}),
    "sheet": ([], STEM),
    "key": ([], STEM),
    "assignment": ([], STEM),
    "grade": (["--out=marks.csv", "--sheet=02_embedding"], {"hand_ins": ["hand-ins"]}),
}


def commands():
    """Of each command the program that runs it, and what it can be given, as argparse has it."""
    for program in everybody, classroom:
        (rooms,) = (it for it in program.parser()._actions if isinstance(it.choices, dict))
        for name, parser in rooms.choices.items():
            yield name, (program.main, parser._actions)


COMMANDS = dict(commands())
GIVEN = [(name, action) for name, (_, actions) in COMMANDS.items() for action in actions]
FLAGS = [(name, action) for name, action in GIVEN if action.nargs == 0]
VALUED = [(name, action) for name, action in GIVEN if action.nargs != 0]


def each(given):
    ids = [f"{name} {action.dest}" for name, action in given]
    return pytest.mark.parametrize(("command", "action"), given, ids=ids)


def line(command, action=None, value=None):
    """A sound command line; value: what an option, or a place, is given instead."""
    options, places = SOUND[command]
    if action is not None and action.option_strings:
        options = [*options, f"{action.option_strings[-1]}={value}"]
    elif action is not None:
        places = places | {action.dest: [value, *places[action.dest][1:]]}
    places = [*itertools.chain.from_iterable(places.values())]
    return [command, *options, *["--"][: len(places)], *places]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with texts, vectors, a folder, hand-ins, and a file of no kind, to be in."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "here" / "folder"))
    monkeypatch.setattr("w2vlib.commands.ledger.ledger.measure", no_time)
    monkeypatch.setattr("w2vlib.classroom.grade._check_key", no_time)
    monkeypatch.setattr(isolation, "here", lambda: isolation.Isolation(None, False, "a test"))
    Path("text.txt").write_text("the king rules the land\nthe queen rules the land\n" * 9)
    words = ["king", "queen", "land", "water"]
    WordVectors(np.eye(4, dtype=np.float32), words).save("vectors.txt")
    Path("folder").mkdir()
    Path("binary").write_bytes(bytes(range(256)))
    Path("hand-ins").mkdir()
    Path("hand-ins/ana.ipynb").write_bytes(bytes(range(256)))
    Path("hand-ins/ben.ipynb").write_text(json.dumps({"cells": 7}))


def no_time(*_):
    raise KeyboardInterrupt


def standing():
    """What stands in the files that a command is not to change."""
    names = "text.txt", "vectors.txt", "binary", "hand-ins/ana.ipynb", "hand-ins/ben.ipynb"
    return {name: Path(name).read_bytes() for name in names}


def check_refused(argv, capsys, *said):
    """Whether a command is refused; AssertionError unless it works, or says why it does not."""
    before = standing()
    run, _ = COMMANDS[argv[0]]
    code = run(argv)
    err = capsys.readouterr().err
    assert code in (0, 2, 130), (argv, code)
    assert "Traceback" not in err, err
    assert standing() == before or code == 0
    if code == 2:
        told = err.strip().rpartition("error: ")[2]
        assert told and len(told.splitlines()) == 1 and len(told) < 1000 + len("".join(argv)), err
        assert not said or any(word in told for word in said if word), told
    return code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_sound_line_works(folder, capsys, command):
    assert not check_refused(line(command), capsys)


@each(VALUED)
def test_a_bad_value_is_refused_in_words(folder, capsys, command, action):
    names = {action.dest, action.dest.replace("_", " "), *action.option_strings}
    assert check_refused(line(command, action, ""), capsys, *names, "empty", "''")
    for value in some(command, action):
        shown = {" ".join(value.split()), ascii(value)[1:-1][:19], repr(value)[1:-1][:19]}
        argv = line(command, action, value)
        place = ("path", "folder", "/dev/std") * any(sign in value for sign in "/\\\0.-~")
        check_refused(argv, capsys, *names, *shown, *place)


def some(command, action):
    """Values to try: a quarter of all, another one for each that is given them."""
    values = VALUES if LONG else VALUES[VALUED.index((command, action)) % 4 :: 4]
    whole = action.dest in ("corpus", "hand_ins")  # which would read all of the machine's files
    return [value for value in values if not (whole and value == "/")]


@each(FLAGS)
def test_a_flag_takes_no_value(folder, capsys, command, action):
    assert check_refused(line(command, action, "yes"), capsys, "ignored explicit argument 'yes'")


def test_no_option_is_taken_for_a_word():
    asks = [action for command in vectors.WITH_WORDS for action in COMMANDS[command][1]]
    options = {option: action.nargs != 0 for action in asks for option in action.option_strings}
    assert options == vectors.OPTIONS


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_alone(folder, capsys, command):
    assert check_refused([command], capsys, "required") == (command != "ledger")


@pytest.mark.parametrize("program", [everybody, classroom])
@pytest.mark.parametrize("argv", [[], ["fly"]])
def test_a_command_that_is_none(capsys, program, argv):
    assert program.main(argv) == 2
    assert argv or "required" in capsys.readouterr().err


def test_a_value_that_argparse_drops(folder, capsys):
    assert check_refused(["ledger", "--chart=--"], capsys, "--chart")
    assert check_refused(["grade", "hand-ins", "--out=marks.csv", "--sheet=--"], capsys, "--sheet")


def test_an_error_is_one_line(folder, capsys):
    assert check_refused(["evaluate", "no\nfile"], capsys, "no file 'no\\nfile'")
    assert check_refused(["ledger", "--chart=a\nb"], capsys, "--chart a b")


@pytest.mark.parametrize("command", COMMANDS)
@settings(max_examples=500 if LONG else 5, suppress_health_check=list(HealthCheck))
@given(data=strategies.data())
def test_random_arguments(folder, capsys, command, data):
    options = [it for name, action in GIVEN if name == command for it in action.option_strings]
    sound, places = SOUND[command]
    signs = strategies.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
    text = strategies.text(signs, max_size=9) | strategies.sampled_from(VALUES)
    # All of the machine's files; and argparse shows a word that is none of its own as it is.
    text = text.filter(lambda it: not it.startswith("/") and "\n" not in it)
    known = strategies.sampled_from([*options, *itertools.chain.from_iterable(places.values())])
    argv = data.draw(strategies.lists(known | text))
    check_refused([command, *sound, *argv, "--"], capsys)


@pytest.mark.parametrize("value", ["", "-1", "word", "고양이 🐈", "/", "tcp://127.0.0.1:1"])
def test_a_scheduler_that_is_none(folder, capsys, monkeypatch, value):
    pytest.importorskip("distributed", reason="Dask is not installed")
    monkeypatch.setattr(team, "PATIENCE", 0.5)
    argv = ["train", "text.txt", *TINY, "--engine=dask", f"--client={value}"]
    assert check_refused(argv, capsys, "client")
    gc.collect()  # one that failed waits in vain, if the thread of the next happens to collect it


def test_an_absurd_size_of_vectors(folder, capsys):
    argv = ["train", "text.txt", "--subsample=0", "--vector-size", str(10**14), "-o", "new"]
    assert check_refused(argv, capsys, "vector_size")
    assert not Path("new").exists()


def test_a_folder_that_cannot_be_written(folder, capsys):
    Path("folder").chmod(0o500)
    argv = ["train", "text.txt", *TINY, "-o", "folder/new"]
    try:
        Path("folder/tried").touch()
        pytest.skip("this user may write anywhere")
    except PermissionError:
        assert check_refused(argv, capsys, "folder/new")


def test_hand_ins_without_an_exercise(folder, capsys):
    assert check_refused(["grade", "hand-ins", "--out=marks.csv"], capsys, "--sheet")
    assert not Path("marks.csv").exists()


def test_an_empty_name_is_not_this_folder(folder, capsys):
    Path("mine.py").write_text("open('was run', 'w').close()")
    argv = ["grade", "hand-ins", "--out=marks.csv", "--sheet=02_embedding", "--checks="]
    assert check_refused(argv, capsys, "argument --checks: path is empty")
    assert not Path("was run").exists()
