"""python -m w2vlib: train, similar, analogy, evaluate, ledger, and how they fail."""

import pathlib
import re
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from w2vlib import WordVectors, engines, ledger, load_corpus, progress, train
from w2vlib.__main__ import ARGUMENTS, main

TEXT = "the king rules the land\nthe queen rules the land\nwater runs down the hill\n" * 30
TINY = ["--vector-size", "8", "--epochs", "2", "--subsample", "0"]


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    return str(path)


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "compass.txt"
    words = ["north", "north-east", "east", "south"]
    WordVectors(np.float32([[0, 2], [3, 3], [1, 0], [0, -5]]), words).save(path)
    return str(path)


def fails(capsys, *argv):
    """The error line of a command that fails as it should."""
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    last = err.strip().splitlines()[-1]
    assert "error: " in last
    return last


# Train --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("binary", [False, True])
def test_train(text, tmp_path, capsys, binary):
    output = tmp_path / "out"
    argv = ["train", text, "-o", str(output), *TINY]
    assert main(argv + ["--binary"] * binary) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert re.search(r"text.txt: .* tokens, 10 different words; 2 epochs", err)
    assert f"wrote 10 vectors of 8 numbers to {output}" in err
    wv = WordVectors.load(output)
    assert wv.vectors.shape == (10, 8)
    assert "king" in wv
    assert (b"\0" in output.read_bytes()) == binary


def test_a_text_that_subsampling_would_empty(text, tmp_path, capsys):
    assert main(["train", text, "-o", str(tmp_path / "out"), "--epochs", "1"]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note: ")]
    assert len(notes) == 1 and "take subsample=0" in notes[0]


def test_train_writes_what_train_returns(text, tmp_path):
    options = ["--seed", "7", "--window", "2", "--min-count", "40", "--max-vocab", "6"]
    assert main(["train", text, "-o", str(tmp_path / "out"), *TINY, *options]) == 0
    corpus = load_corpus(text, min_count=40, max_vocab=6)
    options = {"vector_size": 8, "epochs": 2, "subsample": 0, "seed": 7, "window": 2}
    expected = train(corpus, **options, progress=False)
    written = WordVectors.load(tmp_path / "out")
    assert list(written.vocabulary) == list(expected.vocabulary)
    assert (written.vectors == expected.vectors).all()


def test_train_passes_every_option_on(text, tmp_path, monkeypatch):
    seen = {}

    def train(corpus, **options):
        seen.update(options)
        return WordVectors(np.ones((len(corpus.vocabulary), 2), np.float32), corpus.vocabulary)

    monkeypatch.setattr("w2vlib.__main__.train", train)
    output = str(tmp_path / "out")
    assert main(["train", text, "-o", output]) == 0
    assert seen == {**ARGUMENTS, "progress": seen["progress"]}
    numbers = {name: 3 for name in set(ARGUMENTS) - {"engine", "progress"}}
    flags = [f"--{name.replace('_', '-')}=3" for name in numbers]
    assert main(["train", text, "-o", output, *flags]) == 0
    assert seen == {**ARGUMENTS, **numbers, "progress": seen["progress"]}


def test_ctrl_c_keeps_what_was_learnt(text, tmp_path, capsys, monkeypatch):
    def fit(vectors, outputs, corpus, *, report, **options):
        vectors[:] = 7
        report(10)
        signal.raise_signal(signal.SIGINT)
        vectors[:] = 8

    engine = replace(engines.ENGINES["numpy"], fit=fit)
    monkeypatch.setitem(engines.ENGINES, "numpy", engine)
    before = signal.getsignal(signal.SIGINT)
    assert main(["train", text, "-o", str(tmp_path / "out"), *TINY]) == 130
    assert signal.getsignal(signal.SIGINT) is before
    assert "the training was cut short" in capsys.readouterr().err
    assert (WordVectors.load(tmp_path / "out").vectors == 7).all()


def test_a_training_that_diverges_keeps_the_last_sound_vectors(text, tmp_path, capsys, monkeypatch):
    def fit(vectors, outputs, corpus, *, report, **options):
        for number in (7, np.nan):
            vectors[:] = number
            report(10)

    engine = replace(engines.ENGINES["numpy"], fit=fit)
    monkeypatch.setitem(engines.ENGINES, "numpy", engine)
    monkeypatch.setattr(progress, "REST", 0)
    output = tmp_path / "out"
    assert main(["train", text, "-o", str(output), *TINY]) == 2
    err = capsys.readouterr().err
    assert "error: the training diverged after 20 of" in err and "try 0.0125" in err
    assert f"to {output}, the last ones before the training diverged" in err
    assert (WordVectors.load(output).vectors == 7).all()


def test_ctrl_c_before_the_training_writes_nothing(text, tmp_path, capsys, monkeypatch):
    def load_corpus(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("w2vlib.__main__.load_corpus", load_corpus)
    assert main(["train", text, "-o", str(tmp_path / "out")]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_output_is_checked_before_the_training(text, tmp_path, capsys, monkeypatch):
    def train(*args, **options):
        raise AssertionError("training started")

    monkeypatch.setattr("w2vlib.__main__.train", train)
    assert "none" in fails(capsys, "train", text, "-o", str(tmp_path / "none" / "out"))
    assert "is a folder" in fails(capsys, "train", text, "-o", str(tmp_path))
    assert "would replace the corpus" in fails(capsys, "train", text, "-o", text)
    assert pathlib.Path(text).read_text() == TEXT
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


def test_a_failed_train_keeps_the_former_file(text, tmp_path, capsys):
    output = tmp_path / "out"
    output.write_text("precious")
    assert "window is 0" in fails(capsys, "train", text, "-o", str(output), "--window", "0")
    assert output.read_text() == "precious"


@pytest.mark.parametrize(
    "argv, complaint",
    [
        (["no-such-text.txt"], "no file 'no-such-text.txt'"),
        (["defualt"], "'default'"),
        ([pathlib.Path(__file__).parent], "is a folder"),
        ([], "required: CORPUS"),
        (["default", "--epochs", "many"], "--epochs: invalid int value: 'many'"),
        (["default", "--engine", "steam"], "--engine: invalid choice: 'steam'"),
    ],
)
def test_train_on_bad_input(tmp_path, capsys, argv, complaint):
    output = ["-o", str(tmp_path / "out")]
    assert complaint in fails(capsys, "train", *map(str, argv), *output)


@pytest.mark.parametrize("content", [b"", b"one\n", b"caf\xe9 noir\n" * 9])
def test_train_on_a_bad_text(tmp_path, capsys, content):
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    assert str(path) in fails(capsys, "train", str(path), "-o", str(tmp_path / "out"))


# Ask ----------------------------------------------------------------------------------------------


def test_similar(vectors, capsys):
    assert main(["similar", vectors, "north", "east", "--topn", "2"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "north\tnorth-east\t0.707",
        "north\teast\t0.000",
        "east\tnorth-east\t0.707",
        "east\tnorth\t0.000",
    ]


def test_analogy(vectors, capsys):
    assert main(["analogy", vectors, "north", "north-east", "south"]) == 0
    assert capsys.readouterr() == ("east\t0.480\n", "")


def test_evaluate(vectors, tmp_path, capsys):
    pairs, analogies = tmp_path / "pairs", tmp_path / "analogies"
    pairs.write_text("north\tnorth-east\t9\nnorth\teast\t5\nnorth\tsouth\t1\n")
    analogies.write_text(": turns\nnorth north-east south east\n")
    assert main(["evaluate", vectors, "--pairs", str(pairs), "--analogies", str(analogies)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "word pairs: Spearman 1.000 over 3 of 3 pairs",
        "analogies: 100.0% (1 of 1; 1 in all)",
        "  turns  100.0% (1 of 1; 1 in all)",
    ]


def test_evaluate_on_the_shipped_sets(vectors, capsys):
    assert main(["evaluate", vectors]) == 0
    assert "of 353 pairs" in capsys.readouterr().out


def test_questions_that_cannot_be_answered(vectors, tmp_path, capsys):
    unknown = fails(capsys, "similar", vectors, "north", "nort")
    assert unknown.startswith("error: 'nort' is not in the vocabulary") and "'north'" in unknown
    assert "topn is 0" in fails(capsys, "similar", vectors, "north", "--topn", "0")
    assert "required: C" in fails(capsys, "analogy", vectors, "north", "south")
    assert "no file 'none.txt'" in fails(capsys, "similar", "none.txt", "north")
    assert "none.txt: No such file" in fails(capsys, "evaluate", vectors, "--pairs", "none.txt")
    assert "line 1" in fails(capsys, "evaluate", vectors, "--analogies", vectors)
    (tmp_path / "bad").write_text("not vectors\n")
    assert "bad, line 1: expected" in fails(capsys, "similar", str(tmp_path / "bad"), "north")


# Time ---------------------------------------------------------------------------------------------


@pytest.fixture
def stopwatch(monkeypatch):
    """Stages that take no time: each ten times as fast as the one before."""
    measured = []

    def measure(stage, vocab_size=10_000):
        measured.append((stage, vocab_size))
        speed = 10.0 ** list(ledger.STAGES | ledger.LATER).index(stage)
        return ledger.Row(stage, speed / (2 if vocab_size == 1_000_000 else 1), 1_000_000, 1.0)

    monkeypatch.setattr(ledger, "measure", measure)
    monkeypatch.setattr(ledger, "missing", dict)
    return measured


def test_ledger(stopwatch, capsys):
    assert main(["ledger"]) == 0
    out, err = capsys.readouterr()
    names = [*ledger.STAGES, *ledger.LATER]
    table, total, slower = out.split("\n\n")
    assert [line[:23].strip() for line in table.splitlines()[1:]] == names
    ours = [name for name in names if name != "gensim"]
    assert f"From 'one-hot and softmax' to '{ours[-1]}': 1,000,000,000x" in total
    grown = [name for name in ledger.LATER if name != "gensim"]
    assert slower.splitlines()[1:] == [f"{name:<23}      2.0x" for name in grown]
    assert stopwatch == [(n, 10_000) for n in names] + [(n, 1_000_000) for n in grown]
    assert all(name in err for name in names)


def test_ledger_leaves_out_what_is_missing(stopwatch, capsys, monkeypatch):
    monkeypatch.setattr(ledger, "missing", lambda: {"gensim": "gensim"})
    assert main(["ledger"]) == 0
    out, err = capsys.readouterr()
    assert "gensim" not in out
    assert "left out: gensim, which needs the package gensim" in err


@pytest.mark.parametrize("after, lines", [(0, 1), (2, 5), (9, 12)])
def test_ctrl_c_prints_the_stages_so_far(after, lines, stopwatch, capsys, monkeypatch):
    measure = ledger.measure

    def interrupted(*args):
        if len(stopwatch) == after:
            raise KeyboardInterrupt
        return measure(*args)

    monkeypatch.setattr(ledger, "measure", interrupted)
    assert main(["ledger"]) == 130
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == lines
    assert "interrupted" in err


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_ledger_draws_a_chart(kind, stopwatch, tmp_path):
    pytest.importorskip("matplotlib", reason="Matplotlib is not installed")
    path = tmp_path / f"chart.{kind}"
    assert main(["ledger", "--chart", str(path)]) == 0
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")


def test_a_chart_that_cannot_be_written(stopwatch, tmp_path, capsys, monkeypatch):
    pytest.importorskip("matplotlib", reason="Matplotlib is not installed")
    assert "ends in .png" in fails(capsys, "ledger", "--chart", str(tmp_path / "chart.exe"))
    assert "cannot write" in fails(capsys, "ledger", "--chart", str(tmp_path / "no" / "a.png"))
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert "needs Matplotlib" in fails(capsys, "ledger", "--chart", str(tmp_path / "a.png"))
    assert stopwatch == []


# The program itself -------------------------------------------------------------------------------


def test_usage(capsys):
    assert "required: COMMAND" in fails(capsys)
    assert "invalid choice: 'fly'" in fails(capsys, "fly")


def test_help_names_every_command_and_default(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in ("train", "similar", "analogy", "evaluate", "ledger"):
        assert f"python -m w2vlib {command}" in text
        assert main([command, "--help"]) == 0
    assert main(["train", "--help"]) == 0
    text = capsys.readouterr().out
    for name in set(ARGUMENTS) - {"progress"}:
        assert f"--{name.replace('_', '-')}" in text
        default = ARGUMENTS[name]
        if default is None:
            by_engine = engines.ENGINES.values()
            default = ", ".join(f"{e.defaults[name]} with {e.name}" for e in by_engine)
        assert f"default: {default}" in " ".join(text.split())


def run(*argv):
    command = [sys.executable, "-m", "w2vlib", *argv]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_as_a_program(text, tmp_path):
    output = str(tmp_path / "out")
    trained = run("train", text, "-o", output, *TINY)
    assert (trained.returncode, trained.stdout) == (0, "")
    assert "wrote 10 vectors" in trained.stderr
    similar = run("similar", output, "king")
    assert (similar.returncode, similar.stderr) == (0, "")
    assert len(similar.stdout.splitlines()) == 9
    failed = run("similar", output, "kin")
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == "error: 'kin' is not in the vocabulary; close to it: 'king'\n"
