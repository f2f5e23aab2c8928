"""python -m w2vlib similar, analogy, doesnt-match, evaluate and convert."""

import io
import re
import subprocess

import numpy as np
import pytest
from running import PROGRAM, fails

from w2vlib import WordVectors
from w2vlib.__main__ import main


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


def test_analogies_by_products(vectors, capsys):
    assert main(["analogy", vectors, "north", "north-east", "south", "--method", "3CosMul"]) == 0
    wv = WordVectors.load(vectors)
    word, score = wv.analogy("north", "north-east", "south", 1, method="3CosMul")[0]
    assert capsys.readouterr().out == f"{word}\t{score:.3f}\n"


def test_neighbours_among_frequent_words(vectors, capsys):
    assert main(["similar", vectors, "south", "--restrict-vocab", "2"]) == 0
    assert capsys.readouterr().out == "south\tnorth-east\t-0.707\nsouth\tnorth\t-1.000\n"


@pytest.mark.parametrize(
    "command, lines, answers",
    [
        (["similar", "--topn", "1"], ["north", "east"], ["north-east\t0.707", "north-east\t0.707"]),
        (["analogy"], ["north north-east south"], ["east\t0.480"]),
        (["doesnt-match"], ["north north-east south", "north east"], ["south", "north"]),
    ],
)
def test_words_from_standard_input(vectors, capsys, monkeypatch, command, lines, answers):
    given = io.StringIO("\n" + "\n\n  ".join(lines) + "\n")
    monkeypatch.setattr("sys.stdin", given)
    assert main([*command, vectors]) == 0
    expected = [f"{line}\t{answer}" for line, answer in zip(lines, answers, strict=True)]
    assert capsys.readouterr() == ("\n".join(expected) + "\n", "")


def test_a_word_that_holds_a_blank_is_one_line(tmp_path, capsys, monkeypatch):
    path = str(tmp_path / "vectors.txt")
    WordVectors(np.eye(2, dtype=np.float32), ["new york", "rome"]).save(path)
    monkeypatch.setattr("sys.stdin", io.StringIO("new york\n"))
    assert main(["similar", path]) == 0
    assert capsys.readouterr().out == "new york\trome\t0.000\n"


def test_lines_without_an_answer_stop_no_other(vectors, capsys, monkeypatch):
    for command, lines in (["similar"], "nort\neast"), (["analogy"], "east\neast south north"):
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        assert main([*command, "--topn", "1", vectors]) == 2
        out, err = capsys.readouterr()
        assert out.startswith("east") and len(out.splitlines()) == 1
        assert err.startswith("error: ") and len(err.splitlines()) == 1
    monkeypatch.setattr("sys.stdin", None)
    assert "standard input is closed" in fails(capsys, "similar", vectors)


def test_answers_come_as_soon_as_they_are_asked_for(vectors):
    command = [*PROGRAM.split(), "similar", "--topn", "1", vectors]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1) as program:
        for word in "north", "south":
            program.stdin.write(word + "\n")
            assert program.stdout.readline().startswith(word + "\t")
        program.stdin.close()
    assert program.returncode == 0


@pytest.mark.parametrize("command", ["similar", "analogy", "doesnt-match"])
def test_options_may_stand_before_among_and_after_words(vectors, capsys, command):
    words, seen = ["north", "east", "south"], set()
    usage = main([command, "--help"]), capsys.readouterr().out
    options = re.findall(r"^  (--[\w-]+) (\S+)", usage[1], re.MULTILINE)
    assert len(options) > 2
    values = {"N": "4", "NAME": "utf-8", "HOW": "strict", "{3CosAdd,3CosMul}": "3CosAdd"}
    for name, metavar in options:
        value = values[metavar]
        for argv in (
            [vectors, *words, name, value],
            [name, value, vectors, *words],
            [vectors, words[0], f"{name}={value}", *words[1:]],
            [vectors, words[0], name, value, *words[1:]],
            [vectors, name, value, "--", *words],
        ):
            assert main([command, *argv]) == 0
            seen.add((name, capsys.readouterr().out))
    assert len(seen) == len(options)


@pytest.mark.parametrize("command", ["similar", "analogy", "doesnt-match", "evaluate", "convert"])
def test_how_vectors_are_read(tmp_path, capsys, command):
    path, out = tmp_path / "vectors.txt", str(tmp_path / "out")
    path.write_bytes(b"5 2\na 1 2\nb 2 1\nc 3 3\nc 4 4\ncaf\xe9 5 6\n")
    words = {"similar": ["a"], "analogy": ["a", "b", "c"], "doesnt-match": ["a", "b"]}
    argv = [command, str(path), *words.get(command, [])]
    argv += ["-o", out] if command == "convert" else []
    assert "say its encoding" in fails(capsys, *argv)
    for option in (["--encoding", "latin-1"], ["--errors", "ignore"], ["--limit", "4"]):
        assert main([*argv, *option]) == 0
        assert re.search("note: .* 'c' stands there more than once", capsys.readouterr().err)
    if command == "convert":
        assert list(WordVectors.load(out)) == ["a", "b", "c"]


FORMATS = {
    "text": ("out.txt", []),
    "compressed": ("out.txt.gz", []),
    "binary": ("out.bin", ["--binary"]),
    "compressed binary": ("out.bin.xz", ["--binary"]),
    "matrix": ("out.npy", []),
    "GloVe": ("glove.txt", ["--glove"]),
}


@pytest.mark.parametrize("other", FORMATS)
@pytest.mark.parametrize("one", FORMATS)
def test_convert_between_formats(vectors, tmp_path, one, other):
    expected, source = WordVectors.load(vectors), vectors
    for i, (name, options) in enumerate((FORMATS[one], FORMATS[other])):
        target = tmp_path / f"{i}{name}"
        assert main(["convert", source, "-o", str(target), *options]) == 0
        source = str(target)
    wv = WordVectors.load(source)
    assert list(wv) == list(expected) and (wv.vectors == expected.vectors).all()


def test_one_format_at_a_time(vectors, tmp_path, capsys):
    argv = ["convert", vectors, "-o", str(tmp_path / "out"), "--binary", "--glove"]
    assert "not allowed with argument --binary" in fails(capsys, *argv)


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
    assert "three words, A B C, not 2" in fails(capsys, "analogy", vectors, "north", "south")
    assert "no file 'none.txt'" in fails(capsys, "similar", "none.txt", "north")
    assert "no file 'none.txt'" in fails(capsys, "evaluate", vectors, "--pairs", "none.txt")
    assert "line 1" in fails(capsys, "evaluate", vectors, "--analogies", vectors)
    (tmp_path / "bad").write_text("not vectors\n")
    assert "bad, line 1: expected" in fails(capsys, "similar", str(tmp_path / "bad"), "north")


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
