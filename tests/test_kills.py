"""Whoever is killed at any moment loses nothing: the same call ends as if nothing had been."""

import contextlib
import hashlib
import os
import random
import signal
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from kills import Trial, forkserver
from long import LONG
from serving import begin, serving

from w2vlib import Corpus, Vocabulary, WordVectors, checkpoint, load_corpus, pieces, ptb, train
from w2vlib.__main__ import main
from w2vlib.engines import ENGINES, MODELS
from w2vlib.reading import EOS

pytestmark = pytest.mark.skipif(
    os.name != "posix" or sys.platform == "emscripten", reason="processes are forked on POSIX alone"
)
TIMES = 200 if LONG else 5
ENGINES_HERE = [
    pytest.param(name, marks=pytest.mark.skipif(bool(engine.missing()), reason="cannot run here"))
    for name, engine in ENGINES.items()
    if name in ("numpy", "compiled")  # the others' threads and workers come in any order
]


@pytest.fixture(scope="module")
def context():
    return forkserver()


@pytest.fixture
def trial(context, tmp_path):
    return partial(Trial, context, tmp_path)


def wait_for(what, seconds=60):
    """Until what() is true."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.001)


def nothing(folder):
    pass


def tell(found):
    print(f"{found[0]} kills, {found[1]} times to the end")


# Training -----------------------------------------------------------------------------------------


def in_many_pieces():
    """A checkpoint after each piece."""
    pieces.PIECE = 2500
    checkpoint.PAUSE = checkpoint.REST = 0


def text_of(length):
    """A text in lines, word 0 ends each."""
    ids = np.random.default_rng(0).integers(40, size=length)
    ids[-1] = 0
    return Corpus(ids, Vocabulary([EOS, *map(str, range(1, 40))]), np.bincount(ids), "test")


def training(engine, model, folder):
    in_many_pieces()
    wv = train(
        text_of(10_000), engine=engine, model=model, vector_size=20, epochs=3, subsample=0,
        checkpoint=folder / "checkpoint", progress=False,
    )  # fmt: skip
    wv.save(folder / "vectors.bin", binary=True)
    wv.outputs.save(folder / "outputs.bin", binary=True)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("engine", ENGINES_HERE)
def test_a_training(trial, engine, model):
    one = trial(nothing, partial(training, engine, model))
    assert len(one.states["checkpoint"]) > 10
    assert one.kill_before_each_change(1 if LONG else 9) > 5
    tell(one.kill_at_random(TIMES, engine, 0.6))


LASTING = ["--vector-size", "60", "--epochs", "40", "--subsample", "0", "--min-count", "1"]


def command(text, folder):
    in_many_pieces()
    kept = ["--checkpoint", str(folder / "kept"), "--on-disk", str(folder / "ids"), "--phrases"]
    options = ["--vector-size", "20", "--epochs", "3", "--subsample", "0", "--min-count", "1"]
    to = ["-o", str(folder / "vectors.txt"), "--outputs", str(folder / "outputs.npy")]
    assert main(["train", str(text), *kept, *options, *to]) == 0


@pytest.fixture
def some_text(tmp_path):
    words = np.random.default_rng(0).integers(40, size=(800, 9)).astype(str)
    path = tmp_path / "text"
    path.write_text("\n".join(map(" ".join, words)))
    return path


def test_the_command_line(trial, some_text):
    one = trial(nothing, partial(command, some_text))
    assert {"kept", "ids", "ids.phrases", "vectors.txt", "outputs.npy"} == set(one.states)
    assert one.kill_before_each_change(1 if LONG else 9) > 4
    tell(one.kill_at_random(TIMES, 0, 0.6))


def interrupted(text, folder):
    """The same; what it says, and its exit code, go into a file."""
    out = os.open(folder / "said", os.O_CREAT | os.O_WRONLY)
    for number in (1, 2):
        os.dup2(out, number)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a background job ignores
    (folder / "begun").touch()
    code = main(["train", str(text), "-o", str(folder / "vectors"), *LASTING])
    os.write(out, f"exit code {code}".encode())
    os._exit(0)


def test_ctrl_c_at_any_moment(context, some_text, tmp_path):
    moments, ends = random.Random(0), set()
    for number in range(TIMES):
        folder = tmp_path / str(number)
        folder.mkdir()
        process = context.Process(target=interrupted, args=(some_text, folder))
        process.start()
        wait_for((folder / "begun").exists)
        time.sleep(moments.random() * 0.6)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGINT)
        process.join()
        said, code = (folder / "said").read_text().rsplit("exit code ")
        ends.add(code)
        assert "Traceback" not in said and code in ("0", "130"), said
        if "nothing was written" in said:
            assert sorted(os.listdir(folder)) == ["begun", "said"] and code == "130"
        else:
            assert len(WordVectors.load(folder / "vectors")) == 41
            assert ("the training was cut short" in said) == (code == "130")
            assert sorted(os.listdir(folder)) == ["begun", "said", "vectors"]
    assert "130" in ends


# Files --------------------------------------------------------------------------------------------

FORMATS = {"text": "v.txt", "binary": "v.bin", "gzip": "v.gz", "matrix": "v.npy"}


def vectors(seed, size=1000):
    numbers = np.random.default_rng(seed).standard_normal((size, 20)).astype(np.float32)
    return WordVectors(numbers, [f"{seed} {i}".replace(" ", "-") for i in range(size)])


def former(name, folder):
    vectors(1, 30).save(folder / name)


def saving(name, folder):
    vectors(2).save(folder / name, binary=name.endswith(".bin"))


@pytest.mark.parametrize("name", FORMATS.values(), ids=FORMATS)
def test_saving(trial, name):
    one = trial(partial(former, name), partial(saving, name))
    assert len(one.states) == 1 and len(one.states[name]) == 3
    assert one.kill_before_each_change() > 3
    tell(one.kill_at_random(TIMES, name))


def kept_otherwise(text, folder):
    load_corpus(text, min_count=2, on_disk=folder / "kept", progress=False)


def keeping(text, folder):
    load_corpus(text, min_count=1, on_disk=folder / "kept", progress=False)


def test_a_text_on_disk(trial, tmp_path):
    words = np.random.default_rng(0).integers(999, size=(9000, 9)).astype(str)
    text = tmp_path / "text"
    text.write_text("\n".join(map(" ".join, words)))
    one = trial(partial(kept_otherwise, text), partial(keeping, text))
    assert one.kill_before_each_change() > 3
    tell(one.kill_at_random(TIMES, 0))


PTB = b" no it was n't <unk> \n no it was \n" * 30_000


def send(request):
    begin(request, length=len(PTB))
    request.wfile.write(PTB)


@pytest.fixture
def address():
    with serving(send) as address:
        yield f"{address}/"


def fetching(address, folder):
    os.environ["NO_PROXY"] = "127.0.0.1"
    os.environ.pop("W2VLIB_DATA", None)
    ptb.MIRRORS = ((address, None),)
    ptb.SHA256 = {"train": hashlib.sha256(PTB).hexdigest()}
    ptb.in_cache = lambda split: Path(folder, "ptb.train.txt")
    load_corpus("ptb")


def damaged(folder):
    (folder / "ptb.train.txt").write_bytes(PTB[:-1])


def test_a_fetch(trial, address):
    one = trial(damaged, partial(fetching, address))
    assert one.kill_before_each_change() > 3
    tell(one.kill_at_random(TIMES, 0))
