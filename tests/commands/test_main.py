"""python -m w2vlib: its help, its manners at a console, pipes, and how it fails."""

import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
from running import ARGUMENTS, PROGRAM, ROOT, TEXT, TINY, fails, run, shell

import w2vlib
from w2vlib import WordVectors, engines
from w2vlib.__main__ import main
from w2vlib.commands.vectors import WITH_WORDS


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
    for name in ARGUMENTS:
        assert f"--{name.replace('_', '-')}" in text
        default = {
            "checkpoint": "none",
            "start": "start anew",
            "client": "a cluster on this machine",
        }
        default = default.get(name, ARGUMENTS[name])
        if name == "epochs":
            default = "from 20 for a short text to 3 for a long one"
        elif default is None:
            by_engine = engines.ENGINES.values()
            default = ", ".join(f"{e.defaults['cbow'][name]} with {e.name}" for e in by_engine)
            default += "; for skipgram "
        assert f"default: {default}" in " ".join(text.split())


@pytest.mark.parametrize("name", [*WITH_WORDS, "train", "evaluate", "convert", "ledger"])
def test_every_option_says_its_default(capsys, name):
    main([name, "--help"])
    options = re.split(r"\n  (?=-)", capsys.readouterr().out)[1:]
    for option in options:
        option = " ".join(option.split())
        assert "(default: " in option or option.startswith(("-h", "-o")), option


def test_an_option_that_train_lacks_is_no_word(text, capsys):
    assert "unrecognized arguments: --epoch-s" in fails(capsys, "train", text, "--epoch-s")


def test_empty_names_are_no_default(vectors, text, capsys):
    assert "path is empty" in fails(capsys, "evaluate", vectors, "--pairs", "")
    assert "path is empty" in fails(capsys, "evaluate", vectors, "--analogies", "")
    assert "path is empty" in fails(capsys, "similar", "", "north")
    assert "--output is empty" in fails(capsys, "train", text, "-o", "")
    assert "name_or_path is empty" in fails(capsys, "train", "", "-o", vectors)
    assert "--chart" in fails(capsys, "ledger", "--chart", "")


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


README = ROOT / "README.md"
LINES = re.findall("^.*python -m w2vlib .*$", README.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def my_folder(tmp_path_factory):
    """What the README's commands read."""
    folder = tmp_path_factory.mktemp("readme")
    text = "The king rules the man .\nThe queen rules the woman .\nWater , water !\n" * 40
    for name in "my_text.txt", "new_text.txt", "more_texts/one.txt":
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text + text.lower())
    (folder / "my_words.txt").write_text("king\nqueen\n")
    words = ["king", "queen", "man", "woman", "water"]
    WordVectors(np.eye(5, dtype=np.float32), words).save(folder / "my_vectors.txt")
    return folder


@pytest.mark.parametrize("line", LINES)
def test_the_commands_of_the_readme(my_folder, line):
    if "compiled" in line:
        pytest.importorskip("numba", reason="Numba is not installed")
    if "dask" in line:
        pytest.importorskip("distributed", reason="Dask is not installed")
    done = shell(line.replace("python -m w2vlib", PROGRAM), cwd=my_folder)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
    assert done.stdout or re.search("^wrote", done.stderr, re.MULTILINE)


@pytest.mark.parametrize("name", [*WITH_WORDS, "train", "evaluate", "convert"])
def test_the_readme_shows_every_command(name):
    assert any(f"w2vlib {name} " in line for line in LINES)


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


def test_a_reader_of_answers_to_lines_that_has_enough(many):
    done = shell(f"for i in {{1..9999}}; do echo word$i; done | {PROGRAM} similar {many} | head -1")
    assert (done.returncode, done.stderr) == (141, "")
    assert done.stdout.startswith("word1\t")


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


def test_home(text, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["train", "~/text.txt", "--output=~/out", *TINY]) == 0
    assert main(["similar", "~/out", "king"]) == 0
    assert (tmp_path / "out").exists()


def test_ctrl_c_as_a_program(many):
    code = "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(9)"
    code = f"from w2vlib import __main__ as m; m.train.load_corpus = lambda *a, **k: exec({code!r})"
    code += "; import sys; sys.exit(m.main(['train', 'default']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "interrupted: nothing was written\n")
