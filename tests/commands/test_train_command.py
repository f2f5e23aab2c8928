"""python -m w2vlib train: its options, what it writes, and how it fails."""

import pathlib
import re
import signal
import subprocess
import threading
from dataclasses import replace

import numpy as np
import pytest
from running import ARGUMENTS, PROGRAM, TEXT, TINY, fails

from w2vlib import WordVectors, engines, files, load_corpus, progress, train
from w2vlib.__main__ import main


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


def test_train_on_a_text_on_disk(text, tmp_path, capsys):
    ids, output = tmp_path / "ids", tmp_path / "out"
    argv = ["train", text, *TINY]
    assert main([*argv, "-o", str(output)]) == 0
    for _ in range(2):  # made, then opened
        assert main([*argv, "-o", str(tmp_path / "other"), "--on-disk", str(ids)]) == 0
        assert (tmp_path / "other").read_bytes() == output.read_bytes()
    assert ids.exists()
    assert main(["train", str(ids), *TINY, "-o", str(tmp_path / "other")]) == 0
    assert (tmp_path / "other").read_bytes() == output.read_bytes()
    capsys.readouterr()
    assert "would replace the corpus" in fails(capsys, "train", str(ids), "-o", str(ids))


def test_skipgram(text, tmp_path):
    argv = ["train", text, "-o", str(tmp_path / "out"), *TINY, "--model", "skipgram"]
    assert main(argv) == 0
    options = {"vector_size": 8, "epochs": 2, "subsample": 0, "progress": False}
    expected = train(load_corpus(text), model="skipgram", **options)
    assert (WordVectors.load(tmp_path / "out").vectors == expected.vectors).all()


def test_the_loss_is_told(text, tmp_path, capsys):
    assert main(["train", text, "-o", str(tmp_path / "out"), *TINY]) == 0
    loss = re.search(
        r"^wrote 10 vectors .*; loss (\d\.\d{4})$", capsys.readouterr().err, re.MULTILINE
    )
    options = {"vector_size": 8, "epochs": 2, "subsample": 0, "progress": False}
    assert loss[1] == f"{train(load_corpus(text), **options).loss:.4f}"


def test_output_vectors(text, tmp_path):
    argv = ["train", text, "-o", str(tmp_path / "out"), *TINY]
    assert main([*argv, "--outputs", str(tmp_path / "outputs")]) == 0
    options = {"vector_size": 8, "epochs": 2, "subsample": 0, "progress": False}
    expected = train(load_corpus(text), **options).outputs
    assert (WordVectors.load(tmp_path / "outputs").vectors == expected.vectors).all()


def test_going_on_from_earlier_vectors(text, tmp_path, capsys):
    first, second, new = (str(tmp_path / name) for name in ("first", "second", "new"))
    assert main(["train", text, "-o", first, *TINY]) == 0
    pathlib.Path(new).write_text("the king sleeps\na dragon sleeps\n" * 30)
    argv = ["train", new, "-o", second, "--start", first]
    assert main([*argv, *TINY[2:]]) == 0  # of as many numbers as the former ones
    before, after = WordVectors.load(first), WordVectors.load(second)
    assert set(after) == set(before) | {"sleeps", "dragon", "a"} and after.vectors.shape[1] == 8
    assert (after["water"] == before["water"]).all() and (after["king"] != before["king"]).any()
    capsys.readouterr()
    assert "vector_size is 100" in fails(capsys, *argv, "--vector-size", "100")
    assert "would replace the vectors of --start" in fails(
        capsys, "train", new, "-o", first, "--start", first
    )
    assert "can be read once" in fails(capsys, "train", "-", "-o", second, "--start", "-")


def test_a_training_that_is_killed_goes_on(text, tmp_path):
    kept, output, whole = (tmp_path / name for name in ("kept", "out", "whole"))
    argv = ["train", text, *TINY, "--epochs", "400"]
    command = [*PROGRAM.split(), *argv, "-o", str(output), "--checkpoint", str(kept)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as killed:
        while not kept.exists():
            assert killed.poll() is None
        killed.kill()
    assert not output.exists()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert main([*argv, "-o", str(whole)]) == 0
    assert output.read_bytes() == whole.read_bytes()


def test_every_file_has_a_name_of_its_own(text, tmp_path, capsys):
    out = str(tmp_path / "out")
    options = ["--outputs", "--checkpoint", "--on-disk"]
    for option in options:
        line = fails(capsys, "train", text, "-o", out, option, out)
        assert f"{option} and --output name one file" in line
        assert "would replace the corpus" in fails(capsys, "train", text, "-o", out, option, text)
        assert "there is no folder" in fails(capsys, "train", text, "-o", out, option, "no/such")
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


def test_what_was_learnt_before_an_error_is_kept(text, tmp_path, capsys, monkeypatch):
    def broken(*args, **options):
        error = OSError("no space for the checkpoint")
        error.vectors = WordVectors(np.eye(2, dtype=np.float32), ["a", "b"])
        raise error

    monkeypatch.setattr("w2vlib.commands.train.train", broken)
    assert "no space" in fails(capsys, "train", text, "-o", str(tmp_path / "out.txt"), *TINY)
    assert len(WordVectors.load(tmp_path / "out.before-it-failed.txt")) == 2


def test_standard_input_is_one_text(capsys):
    assert "standard input can be read once" in fails(capsys, "train", "-", "-", "-o", "-")


def test_phrases_of_a_text_on_disk(tmp_path, capsys):
    text, ids = tmp_path / "text", str(tmp_path / "ids")
    text.write_text(
        "a b c d e f g h i j k l m n o p q r s t u v w x y z\n" * 200 + "hong kong\n" * 30
    )
    argv = ["train", str(text), *TINY, "--phrases"]
    assert main([*argv, "-o", str(tmp_path / "one")]) == 0
    assert main([*argv, "-o", str(tmp_path / "two"), "--on-disk", ids]) == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert isinstance(load_corpus(f"{ids}.phrases").ids, np.memmap)
    capsys.readouterr()
    assert "--phrases and --output name one file" in fails(
        capsys, *argv, "-o", f"{ids}.phrases", "--on-disk", ids
    )


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
        return WordVectors(np.ones((len(corpus.vocabulary), 3), np.float32), corpus.vocabulary)

    monkeypatch.setattr("w2vlib.commands.train.train", train)
    output = str(tmp_path / "out")
    assert main(["train", text, "-o", output]) == 0
    shown = {"progress": seen["progress"]}
    assert seen == ARGUMENTS | shown
    given = dict.fromkeys(set(ARGUMENTS) - {"engine", "start", "client"}, 3)
    given |= {"model": "skipgram", "checkpoint": str(tmp_path / "kept")}
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    monkeypatch.setattr("w2vlib.commands.train.settle", lambda **options: (None, {"epochs": 3}))
    other = ["-o", str(tmp_path / "other"), "--start", output]
    assert main(["train", text, *other, *flags]) == 0
    assert len(seen.pop("start")) == 10
    assert seen | {"start": None} == ARGUMENTS | given | shown


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
    for spare in ("out.before-it-failed.txt", "out.before-it-failed1.txt"):  # each time another
        err = fails(capsys, "train", text, "-o", str(output), *TINY)
        assert "error: the training diverged after 20 of" in err and "try 0.05" in err
        assert (WordVectors.load(tmp_path / spare).vectors == 7).all()
    assert output.read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 4
    assert main(["train", text, "-o", "-", *TINY]) == 2  # a pipe gets none of them, either
    out, err = capsys.readouterr()
    (spare,) = re.findall("before the training failed to (.*)", err)
    assert out == "" and (WordVectors.load(spare).vectors == 7).all()


def test_ctrl_c_before_the_training_writes_nothing(text, tmp_path, capsys, monkeypatch):
    def load_corpus(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("w2vlib.commands.train.load_corpus", load_corpus)
    assert main(["train", text, "-o", str(tmp_path / "out")]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_output_is_checked_before_the_training(text, tmp_path, capsys, monkeypatch):
    def train(*args, **options):
        raise AssertionError("training started")

    monkeypatch.setattr("w2vlib.commands.train.train", train)
    assert "none" in fails(capsys, "train", text, "-o", str(tmp_path / "none" / "out"))
    assert "is a folder" in fails(capsys, "train", text, "-o", str(tmp_path))
    assert "would replace the corpus" in fails(capsys, "train", text, "-o", text)
    assert pathlib.Path(text).read_text() == TEXT
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


def test_options_are_checked_before_a_long_text_is_read(text, tmp_path, capsys, monkeypatch):
    def load_corpus(*args, **options):
        raise AssertionError("the text was read")

    monkeypatch.setattr("w2vlib.commands.train.load_corpus", load_corpus)
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


def test_a_former_file_is_not_replaced_by_way_of_a_link(text, tmp_path, capsys):
    (tmp_path / "link").symlink_to(text)
    assert "would replace the corpus" in fails(capsys, "train", text, "-o", str(tmp_path / "link"))


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
