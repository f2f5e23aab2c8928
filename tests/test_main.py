"""python -m w2vlib: train, similar, analogy, evaluate, ledger, and how they fail."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

import w2vlib
from w2vlib import WordVectors, engines, files, ledger, load_corpus, progress, train
from w2vlib import __main__ as command_line
from w2vlib.__main__ import main

TEXT = "the king rules the land\nthe queen rules the land\nwater runs down the hill\n" * 30
PROGRAMS_ONLY = {"model"}  # arguments of `train` that the command line has no option for
ARGUMENTS = {
    name: default for name, default in command_line.ARGUMENTS.items() if name not in PROGRAMS_ONLY
}
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
    assert output.read_bytes().isascii() != binary


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


def test_train_on_several_texts_changed(text, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "text").write_text('"KING, queen!"\n' * 40)
    texts = [text, str(tmp_path / "more")]
    flags = ["--lower", "--split-punctuation", "--nfc"]
    assert main(["train", *texts, "-o", str(tmp_path / "out"), *TINY, *flags]) == 0
    corpus = load_corpus(texts, lower=True, split_punctuation=True)
    assert list(WordVectors.load(tmp_path / "out").vocabulary) == list(corpus.vocabulary)
    assert {"king", "queen", '"', "!"} <= set(corpus.vocabulary)


def test_train_on_phrases(tmp_path):
    path = tmp_path / "text"
    path.write_text("i am in new york\nyou are in old rome\nwe go by car\n" * 30)
    options = ["-o", str(tmp_path / "out"), *TINY, "--phrases"]
    assert main(["train", str(path), *options]) == 0
    assert "new_york" not in WordVectors.load(tmp_path / "out")
    rare = "a b c d e f g h i j k l m n o p q r s t u v w x y z\n" * 200
    path.write_text(rare + "hong kong\n" * 30)
    assert main(["train", str(path), *options]) == 0
    assert "hong_kong" in WordVectors.load(tmp_path / "out")


def test_output_among_the_texts(text, tmp_path, capsys):
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a").write_text("a b\n")
    assert "would replace the corpus" in fails(
        capsys, "train", text, str(folder), "-o", str(folder / "a")
    )
    assert (folder / "a").read_text() == "a b\n"


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
    monkeypatch.setattr("w2vlib.__main__.settle", lambda **options: (None, {"epochs": 3}))
    assert main(["train", text, "-o", output, *flags]) == 0
    assert seen == {**ARGUMENTS, **numbers, "progress": seen["progress"]}


def test_ctrl_c_keeps_what_was_learnt(text, tmp_path, capsys, monkeypatch):
    def fit(vectors, outputs, corpus, *, report, **options):
        vectors[:] = 7
        report(10)
        signal.raise_signal(signal.SIGINT)
        vectors[:] = 8
        yield

    engine = replace(engines.ENGINES["numpy"], fit=fit)
    monkeypatch.setitem(engines.ENGINES, "numpy", engine)
    before = signal.getsignal(signal.SIGINT)
    assert main(["train", text, "-o", str(tmp_path / "out"), *TINY]) == 130
    assert signal.getsignal(signal.SIGINT) is before
    assert "the training was cut short" in capsys.readouterr().err
    assert (WordVectors.load(tmp_path / "out").vectors == 7).all()


def test_a_second_ctrl_c_does_not_lose_what_was_learnt(text, tmp_path, monkeypatch):
    def fit(vectors, outputs, corpus, *, report, **options):
        vectors[:] = 7
        signal.raise_signal(signal.SIGINT)
        yield

    def save(self, path, binary=False):
        signal.raise_signal(signal.SIGINT)  # from an impatient hand
        former(self, path, binary)

    former = WordVectors.save
    engine = replace(engines.ENGINES["numpy"], fit=fit)
    monkeypatch.setitem(engines.ENGINES, "numpy", engine)
    monkeypatch.setattr(WordVectors, "save", save)
    assert main(["train", text, "-o", str(tmp_path / "out"), *TINY]) == 130
    assert (WordVectors.load(tmp_path / "out").vectors == 7).all()


def test_a_training_that_diverges_keeps_the_last_sound_vectors(text, tmp_path, capsys, monkeypatch):
    def fit(vectors, outputs, corpus, *, report, **options):
        for number in (7, np.nan):
            vectors[:] = number
            report(10)
        yield

    engine = replace(engines.ENGINES["numpy"], fit=fit)
    monkeypatch.setitem(engines.ENGINES, "numpy", engine)
    monkeypatch.setattr(progress, "REST", 0)
    output = tmp_path / "out.txt"
    output.write_text("precious")
    for spare in ("out.before-it-diverged.txt", "out.before-it-diverged1.txt"):  # each time another
        err = fails(capsys, "train", text, "-o", str(output), *TINY)
        assert "error: the training diverged after 20 of" in err and "try 0.0125" in err
        assert (WordVectors.load(tmp_path / spare).vectors == 7).all()
    assert output.read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 4
    assert main(["train", text, "-o", "-", *TINY]) == 2  # a pipe gets none of them, either
    out, err = capsys.readouterr()
    (spare,) = re.findall("before the training diverged to (.*)", err)
    assert out == "" and (WordVectors.load(spare).vectors == 7).all()


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


def test_options_are_checked_before_a_long_text_is_read(text, tmp_path, capsys, monkeypatch):
    def load_corpus(*args, **options):
        raise AssertionError("the text was read")

    monkeypatch.setattr("w2vlib.__main__.load_corpus", load_corpus)
    for option, value in {
        "--vector-size": "0", "--window": "0", "--negative": "0", "--epochs": "0", "--power": "nan",
        "--subsample": "-1", "--learning-rate": "0", "--threads": "2", "--seed": "-1",
    }.items():  # fmt: skip
        argument = option[2:].replace("-", "_")
        assert f"{argument} is" in fails(
            capsys, "train", text, option, value, "-o", str(tmp_path / "out")
        )


def test_trains_where_ctrl_c_cannot_come(text, tmp_path):
    codes = []
    output = str(tmp_path / "out")
    thread = threading.Thread(
        target=lambda: codes.append(main(["train", text, "-o", output, *TINY]))
    )
    thread.start()
    thread.join()
    assert codes == [0] and len(WordVectors.load(output)) == 10


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


def test_doesnt_match(vectors, capsys):
    assert main(["doesnt-match", vectors, "north", "north-east", "south"]) == 0
    assert capsys.readouterr() == ("south\n", "")
    assert "'west' is not in the vocabulary" in fails(capsys, "doesnt-match", vectors, "west")


def test_convert(vectors, tmp_path, capfd):
    binary, glove = tmp_path / "out.bin.gz", tmp_path / "glove.txt"
    assert main(["convert", vectors, "-o", str(binary), "--binary", "--limit", "3"]) == 0
    assert f"wrote 3 vectors of 2 numbers to {binary}" in capfd.readouterr().err
    wv = WordVectors.load(binary)
    assert list(wv) == ["north", "north-east", "east"] and wv["east"].tolist() == [1, 0]
    glove.write_text("the 1 2\nof 3 4\n")
    assert main(["convert", str(glove), "-o", "-"]) == 0
    assert capfd.readouterr().out == "2 2\nthe 1.0 2.0\nof 3.0 4.0\n"
    assert "would replace the vectors" in fails(capfd, "convert", vectors, "-o", vectors)


def test_the_words_beside_a_matrix_are_not_replaced(vectors, tmp_path, capsys):
    matrix, words = str(tmp_path / "matrix.npy"), str(tmp_path / "matrix.words.txt")
    assert main(["convert", vectors, "-o", matrix]) == 0
    capsys.readouterr()
    assert "would replace the vectors" in fails(capsys, "convert", matrix, "-o", words)
    assert "would replace the corpus" in fails(capsys, "train", words, "-o", matrix)
    assert len(WordVectors.load(matrix)) == 4


def test_standard_input_is_read_once(vectors, capsys):
    assert "can be read once" in fails(capsys, "evaluate", "-", "--pairs", "-")
    assert "can be read once" in fails(capsys, "evaluate", vectors, "--pairs=-", "--analogies=-")


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


def test_evaluate_reads_the_questions_before_the_vectors(vectors, capsys, monkeypatch):
    def load(path):
        raise AssertionError("the vectors were read")

    monkeypatch.setattr(WordVectors, "load", load)
    for option in "--pairs", "--analogies":
        assert "line 1: expected" in fails(capsys, "evaluate", vectors, option, vectors)


def test_evaluate_on_the_shipped_sets(vectors, capsys):
    assert main(["evaluate", vectors]) == 0
    assert "of 353 pairs" in capsys.readouterr().out


def test_questions_that_cannot_be_answered(vectors, tmp_path, capsys):
    unknown = fails(capsys, "similar", vectors, "north", "nort")
    assert unknown.startswith("error: 'nort' is not in the vocabulary") and "'north'" in unknown
    assert "topn is 0" in fails(capsys, "similar", vectors, "north", "--topn", "0")
    assert "required: C" in fails(capsys, "analogy", vectors, "north", "south")
    assert "no file 'none.txt'" in fails(capsys, "similar", "none.txt", "north")
    assert "no file 'none.txt'" in fails(capsys, "evaluate", vectors, "--pairs", "none.txt")
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
    assert [line.partition("  ")[0] for line in table.splitlines()[1:]] == names
    ours = [name for name in names if name != "gensim"]
    assert f"From 'one-hot and softmax' to '{ours[-1]}': {10 ** (len(ours) - 1):,}x" in total
    grown = [name for name in ledger.LATER if name != "gensim"]
    assert slower.splitlines()[1:] == [f"{name:<23}      2.0x" for name in grown]
    assert stopwatch == [(n, 10_000) for n in names] + [(n, 1_000_000) for n in grown]
    assert all(name in err for name in names)


def test_ledger_leaves_out_what_is_missing(stopwatch, capsys, monkeypatch):
    monkeypatch.setattr(ledger, "missing", lambda: {"gensim": "gensim"})
    assert main(["ledger"]) == 0
    out, err = capsys.readouterr()
    assert "gensim" not in out
    assert "left out: gensim, which needs gensim" in err


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


@pytest.fixture
def dashes(tmp_path):
    path = tmp_path / "dashes.txt"
    words = ["-lrb-", "--", "-", "--topn", "-5", "-h", "a"]
    WordVectors(np.float32(np.arange(14).reshape(7, 2) + 1), words).save(path)
    return str(path)


@pytest.mark.parametrize(
    "argv, asked",
    [
        (["-lrb-"], ["-lrb-"]),
        (["--topn", "2", "-lrb-", "a"], ["-lrb-", "a"]),
        (["-lrb-", "-5", "--topn", "2"], ["-lrb-", "-5"]),
        (["--topn=2", "--", "-lrb-", "--", "-h", "--topn"], ["-lrb-", "--", "-h", "--topn"]),
        (["-", "--", "-lrb-"], ["-", "-lrb-"]),
    ],
)
def test_words_that_begin_with_a_dash(dashes, capsys, argv, asked):
    assert main(["similar", dashes, *argv]) == 0
    out = capsys.readouterr().out.splitlines()
    assert list(dict.fromkeys(line.split("\t")[0] for line in out)) == asked


def test_words_that_begin_with_a_dash_in_an_analogy(dashes, capsys):
    assert main(["analogy", dashes, "-lrb-", "a", "-5", "--topn", "1"]) == 0
    assert main(["analogy", dashes, "--", "-lrb-", "--", "--topn"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 4
    assert "topn is -3" in fails(capsys, "analogy", dashes, "a", "a", "a", "--topn", "-3")
    assert "'-rrb-' is not in the vocabulary" in fails(capsys, "similar", dashes, "-rrb-")


def test_an_option_that_train_lacks_is_no_word(text, capsys):
    assert "unrecognized arguments: --epoch-s" in fails(capsys, "train", text, "--epoch-s")


def test_empty_names_are_no_default(vectors, text, capsys):
    assert "path is empty" in fails(capsys, "evaluate", vectors, "--pairs", "")
    assert "path is empty" in fails(capsys, "evaluate", vectors, "--analogies", "")
    assert "path is empty" in fails(capsys, "similar", "", "north")
    assert "--output is empty" in fails(capsys, "train", text, "-o", "")
    assert "name_or_path is empty" in fails(capsys, "train", "", "-o", vectors)
    assert "--chart" in fails(capsys, "ledger", "--chart", "")


def test_a_former_file_is_not_replaced_by_way_of_a_link(text, tmp_path, capsys):
    (tmp_path / "link").symlink_to(text)
    assert "would replace the corpus" in fails(capsys, "train", text, "-o", str(tmp_path / "link"))


def test_vectors_that_cannot_be_saved_after_all_are_saved_elsewhere(
    text, tmp_path, capsys, monkeypatch
):
    save = WordVectors.save

    def no_space(self, path, binary=False):
        if str(path).endswith("out"):
            raise OSError(28, "No space left on device")
        save(self, path, binary=binary)

    monkeypatch.setattr(WordVectors, "save", no_space)
    line = fails(capsys, "train", text, "-o", str(tmp_path / "out"), *TINY)
    where = re.search(r"could not write .*out \(No space left on device\): .* are in (.*)", line)
    assert len(WordVectors.load(where[1])) == 10


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"w2vlib {w2vlib.__version__}\n"


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


def shell(command):
    command = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(command, capture_output=True, text=True, check=False)


PROGRAM = f"{sys.executable} -m w2vlib"


@pytest.fixture
def many(tmp_path):
    path = tmp_path / "many.bin"
    vectors = np.random.default_rng(0).normal(size=(20_000, 2)).astype(np.float32)
    WordVectors(vectors, [f"word{i}" for i in range(20_000)]).save(path, binary=True)
    return path


def test_a_reader_that_has_enough(many):
    done = shell(f"{PROGRAM} similar {many} word1 --topn 19000 | head -1")
    assert (done.returncode, done.stderr) == (141, "")
    assert len(done.stdout.splitlines()) == 1
    done = shell(
        f"{PROGRAM} similar {many} word1 --topn 3 | true"
    )  # which the flush at the end finds
    assert (done.returncode, done.stderr) == (141, "")


def test_a_reader_of_the_help_that_has_enough():
    done = shell(f"{PROGRAM} --help | true")
    assert done.returncode in (0, 141) and done.stderr == ""  # argparse may notice, and not care


def test_nobody_who_reads_the_errors(text, tmp_path):
    output = tmp_path / "out"
    options = " ".join(TINY)
    done = shell(f"{PROGRAM} train {text} -o {output} {options} 2> >(true)")
    assert done.returncode == 0 and len(WordVectors.load(output)) == 10
    done = shell(f"{PROGRAM} train {text} -o - {options} 2>&-")
    assert done.returncode == 0 and done.stdout.startswith("10 8\n")


def test_no_space_for_the_answers(many):
    for topn in (3, 19000):
        done = shell(f"{PROGRAM} similar {many} word1 --topn {topn} > /dev/full")
        assert done.returncode == 2
        assert done.stderr == "error: [Errno 28] No space left on device\n"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1:strict", "utf-8"])
def test_characters_that_the_output_lacks(tmp_path, encoding):
    path = tmp_path / "vectors.txt"
    WordVectors(np.eye(3, dtype=np.float32), ["king", "\u732b", "queen"]).save(path)
    env = os.environ | {"PYTHONIOENCODING": encoding}
    command = [*PROGRAM.split(), "similar", str(path), "king"]
    done = subprocess.run(command, env=env, capture_output=True, check=True)
    lines = done.stdout.decode(encoding.split(":")[0]).splitlines()
    cat = "\u732b" if encoding == "utf-8" else r"\u732b"
    assert lines == [f"king\t{cat}\t0.000", "king\tqueen\t0.000"]


@pytest.mark.parametrize("binary", ["", "--binary"])
def test_standard_input_and_output(text, tmp_path, binary):
    options = " ".join(TINY) + f" {binary}"
    assert shell(f"{PROGRAM} train {text} -o {tmp_path}/one {options}").returncode == 0
    for way in (
        f"cat {text} | {PROGRAM} train - -o - {options} > {tmp_path}/two",
        (
            f"gzip < {text} | {PROGRAM} train /dev/stdin -o /dev/stdout {options} | cat "
            f"> {tmp_path}/two"
        ),
        f"{PROGRAM} train <(cat {text}) -o >(cat > {tmp_path}/two) {options}; wait",
    ):
        assert shell(way).returncode == 0
        assert (tmp_path / "two").read_bytes() == (tmp_path / "one").read_bytes()
    done = shell(f"cat {tmp_path}/one | {PROGRAM} similar - king --topn 2")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 2


def test_a_corpus_from_standard_input_is_not_replaced(text):
    for command in (f"train - -o {text} < {text}", f"train {text} -o - >> {text}"):
        done = shell(f"{PROGRAM} {command}")
        assert done.returncode == 2 and "would replace the corpus" in done.stderr
    assert pathlib.Path(text).read_text() == TEXT


def test_output_beside_what_stands_there(text, tmp_path):
    log = tmp_path / "log.txt"
    log.write_text("a line from before\n")
    options = " ".join(TINY)
    for output in ("-", "/dev/stdout", "/dev/fd/1"):
        assert shell(f"{PROGRAM} train {text} -o {output} {options} >> {log}").returncode == 0
    lines = log.read_text().splitlines()
    assert lines[0] == "a line from before" and lines.count("10 8") == 3


def test_output_is_checked_before_the_corpus_is_read(tmp_path, capsys):
    for output in (tmp_path / "no" / "out", tmp_path, tmp_path / "out.zip"):
        assert "no-such-text" not in fails(capsys, "train", "no-such-text", "-o", str(output))


@pytest.mark.parametrize("name", ["out.gz", "out.bz2", "out.xz"])
def test_train_writes_compressed_files(text, tmp_path, name):
    assert main(["train", text, "-o", str(tmp_path / name), *TINY]) == 0
    assert main(["train", text, "-o", str(tmp_path / "plain"), *TINY]) == 0
    with files.reading(tmp_path / name) as file:
        assert file.read() == (tmp_path / "plain").read_bytes()
    assert (tmp_path / name).read_bytes() != (tmp_path / "plain").read_bytes()


def test_home(text, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["train", "~/text.txt", "--output=~/out", *TINY]) == 0
    assert main(["similar", "~/out", "king"]) == 0
    assert (tmp_path / "out").exists()


def test_ctrl_c_as_a_program(many):
    code = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
    code = f"from w2vlib import __main__ as m; m.load_corpus = lambda *a, **k: exec({code!r})"
    code += "; import sys; sys.exit(m.main(['train', 'default']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "interrupted: nothing was written\n")
