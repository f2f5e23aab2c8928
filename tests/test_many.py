"""Many programs that begin together: they share a cache and files, and each gets what one would.

8 processes, or 30 where W2VLIB_LONG is set: a class.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from importlib.util import find_spec

import numpy as np
import pytest
from long import LONG
from serving import begin, serving

from w2vlib import WordVectors, load_corpus

MANY = 30 if LONG else 8
pytestmark = pytest.mark.skipif(sys.platform == "emscripten", reason="a browser has one process")

# A process of the crowd: for each line that it gets, a call and its arguments, it answers with one.
MEMBER = """
import hashlib, json, sys
from pathlib import Path
import numpy as np
from w2vlib import WordVectors, checkpoint, load_corpus, pieces, ptb, train

def digest(*arrays):
    return hashlib.sha256(b"".join(map(np.ascontiguousarray, arrays))).hexdigest()

def fetched(number, cache, mirrors, sha256):
    ptb.in_cache = lambda split: Path(cache, f"ptb.{split}.txt")
    ptb.MIRRORS = [(mirror, None) for mirror in mirrors]
    ptb.SHA256 = {"train": sha256}
    corpus = load_corpus("ptb")
    return digest(corpus.ids), " ".join(corpus.vocabulary)

def on_disk(number, text, kept, *min_count):
    count = min_count[number % len(min_count)]
    corpus = load_corpus(text, on_disk=kept, min_count=count, progress=False)
    return digest(corpus.ids), len(corpus.vocabulary)

def trained(number, text, engine, **options):
    pieces.PIECE, checkpoint.PAUSE, checkpoint.REST = 2000, 0, 0
    options |= {"engine": engine, "vector_size": 8, "subsample": 1e-3, "progress": False}
    wv = train(load_corpus(text), **options)
    return digest(wv.vectors, wv.outputs.vectors)

def saved(number, path):
    words = [f"{number}:{i}" for i in range(1000)]
    WordVectors(np.full((1000, 50), number, np.float32), words).save(path)

print(json.dumps({"result": "ready"}), flush=True)
for line in sys.stdin:
    name, number, args, options = json.loads(line)
    try:
        told = {"result": globals()[name](number, *args, **options)}
    except Exception as error:
        told = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(told), flush=True)
"""


class Crowd:
    """Processes that wait; called, all of them begin the same at once -> what each answers."""

    def __init__(self, environment, size=MANY):
        here = os.path.dirname(__file__)
        path = [os.path.dirname(here), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path)} | environment
        environment.pop("W2VLIB_DATA", None)
        self.members = [
            subprocess.Popen(
                [sys.executable, "-c", MEMBER], env=environment, cwd=here, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )
            for _ in range(size)
        ]  # fmt: skip
        assert self._answers() == ["ready"] * size

    def __enter__(self):
        return self

    def __call__(self, name, *args, **options):
        for number, member in enumerate(self.members):
            print(json.dumps([name, number, args, options]), file=member.stdin, flush=True)
        return self._answers()

    def _answers(self):
        answers = [json.loads(member.stdout.readline()) for member in self.members]
        assert all("result" in answer for answer in answers), answers
        return [answer["result"] for answer in answers]

    def __exit__(self, *error):
        for member in self.members:
            member.stdin.close()  # and so it ends
        for member in self.members:
            member.wait()
            member.stdout.close()


@pytest.fixture(scope="module")
def crowd():
    with Crowd({"NO_PROXY": "127.0.0.1"}) as crowd:
        yield crowd


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "text.txt"
    words = np.random.default_rng(1).zipf(1.5, 20_000) % 3000
    lines = (" ".join(map(str, line)) for line in np.array_split(words, 1000))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def all_the_same(answers):
    assert all(answer == answers[0] for answer in answers), answers
    return answers[0]


def sha256(*arrays):
    return hashlib.sha256(b"".join(map(np.ascontiguousarray, arrays))).hexdigest()


# One cache ----------------------------------------------------------------------------------------

PTB = b" no it was n't <unk> \n no it was \n" * 10_000


class Mirrors:
    """One that is slow, and one that fails: two in three of its answers break off."""

    def __init__(self):
        self.asked, self.counting = [], threading.Lock()

    def answer(self, request):
        with self.counting:
            self.asked.append(request.path)
            turn = len(self.asked)
        begin(request, length=len(PTB))
        request.wfile.write(PTB[:100_000])
        time.sleep(0.02 * (turn % 5))
        if not (request.path.startswith("/cut/") and turn % 3):
            request.wfile.write(PTB[100_000:])


def test_a_text_that_all_fetch(crowd, tmp_path):
    mirrors, cache = Mirrors(), tmp_path / "cache"
    with serving(mirrors.answer) as address:
        where = [f"{address}/{name}/{{file}}" for name in ("cut", "slow")]
        arguments = str(cache), where, hashlib.sha256(PTB).hexdigest()
        ids, words = all_the_same(crowd("fetched", *arguments))
        assert words == "no it was <eos> n't <unk>"
        assert os.listdir(cache) == ["ptb.train.txt"]
        assert (cache / "ptb.train.txt").read_bytes() == PTB
        asked = len(mirrors.asked)
        assert MANY <= asked <= 2 * MANY
        assert all_the_same(crowd("fetched", *arguments)) == [ids, words]
    assert len(mirrors.asked) == asked


@pytest.mark.skipif(not find_spec("numba"), reason="Numba is not installed")
def test_machine_code_that_all_compile(text, tmp_path):
    """That takes each process ten seconds: two will do."""
    cache, options = tmp_path / "numba", {"engine": "compiled", "epochs": 1, "threads": 1}
    environment = {"NUMBA_CACHE_DIR": str(cache)}
    with Crowd(environment, MANY if LONG else 2) as crowd:
        learnt = all_the_same(crowd("trained", text, **options))
    [folder] = cache.iterdir()
    assert sorted(path.suffix for path in folder.iterdir()) == [".nbc", ".nbi"]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with Crowd(environment, 1) as another:
        assert another("trained", text, **options) == [learnt]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


# One file -----------------------------------------------------------------------------------------


def test_a_text_that_all_keep_on_disk(crowd, text, tmp_path):
    kept = tmp_path / "kept"
    ids, V = all_the_same(crowd("on_disk", text, str(kept), 1))
    expected = load_corpus(text, min_count=1)
    assert (ids, V) == (sha256(expected.ids), len(expected.vocabulary))
    assert os.listdir(tmp_path) == ["kept"]
    assert sha256(load_corpus(kept).ids) == ids


@pytest.mark.skipif(os.name == "nt", reason="Windows replaces no file that is mapped")
def test_a_text_that_each_keeps_in_its_own_way(crowd, text, tmp_path):
    """Who has it open keeps that, whatever another puts in its place."""
    kept, counts = tmp_path / "kept", (1, 2, 3)
    each = [load_corpus(text, min_count=count) for count in counts]
    expected = [[sha256(corpus.ids), len(corpus.vocabulary)] for corpus in each]
    for _ in range(5):
        answers = crowd("on_disk", text, str(kept), *counts)
        assert answers == [expected[number % 3] for number in range(MANY)]
        assert os.listdir(tmp_path) == ["kept"]
        assert [sha256(load_corpus(kept).ids), len(load_corpus(kept).vocabulary)] in expected


def test_a_checkpoint_that_all_write(crowd, text, tmp_path):
    path, options = tmp_path / "checkpoint", {"engine": "numpy", "epochs": 3}
    learnt = all_the_same(crowd("trained", text, **options))
    assert all_the_same(crowd("trained", text, checkpoint=str(path), **options)) == learnt
    assert os.listdir(tmp_path) == ["checkpoint"]
    before = path.read_bytes()
    assert all_the_same(crowd("trained", text, checkpoint=str(path), **options)) == learnt
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.bin", "vectors.txt.gz", "vectors.npy"])
def test_vectors_that_all_save(crowd, tmp_path, name):
    path = tmp_path / name
    for _ in range(3):
        assert all_the_same(crowd("saved", str(path))) is None
        assert os.listdir(tmp_path) == [name]
        whole = WordVectors.load(path)
        number = int(whole.vectors[0, 0])
        assert (whole.vectors == number).all() and whole.vectors.shape == (1000, 50)
        assert list(whole) == [f"{number}:{i}" for i in range(1000)]
