"""Vectors of many words: how much memory they take, and how soon they answer."""

import subprocess
import sys
import time

import numpy as np
import pytest

from w2vlib import WordVectors

V, H = 200_000, 300

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured by Linux's /proc")
PROGRAM = """
import sys
from w2vlib import WordVectors

def most():
    status = open("/proc/self/status").read()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])

before = most()
wv = WordVectors.load(sys.argv[1])
print(most() - before)
wv.most_similar("word7"), wv.similarity("word7", "word8")
for method in "3CosAdd", "3CosMul":
    wv.analogy("word7", "word8", "word9", method=method)
wv.evaluate_word_pairs(), wv.evaluate_analogies()
print(most() - before)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A binary file of V words, and the same vectors to be mapped."""
    folder = tmp_path_factory.mktemp("large")
    rng = np.random.default_rng(0)
    with open(folder / "large.bin", "wb") as file:
        file.write(b"%d %d\n" % (V, H))
        rows = (rng.standard_normal(H, np.float32).tobytes() for _ in range(V))
        file.writelines(b"word%d %b\n" % numbered for numbered in enumerate(rows))
    WordVectors.load(folder / "large.bin").save(folder / "large.npy")
    yield folder
    for path in folder.iterdir():
        path.unlink()


def memory(path):
    """What vectors take when they are loaded, and once they have answered, in bytes."""
    command = [sys.executable, "-c", PROGRAM, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return map(int, done.stdout.split())


@ON_LINUX
@pytest.mark.parametrize("name, loaded", [("large.bin", 1.3), ("large.npy", 0.3)])
def test_answers_take_little_more_than_the_matrix(large, name, loaded):
    matrix = 4 * V * H
    load, answers = memory(large / name)
    assert load < loaded * matrix and matrix < answers < 1.3 * matrix


@ON_LINUX
def test_a_file_that_does_not_say_how_long_it_is(tmp_path):
    rows, numbers = 60_000, " ".join(map(str, np.linspace(-1, 1, H, dtype=np.float32)))
    with open(tmp_path / "glove.txt", "w") as file:
        file.writelines(f"word{i} {numbers}\n" for i in range(rows))
    load, _ = memory(tmp_path / "glove.txt")
    assert load < 1.3 * 4 * rows * H


def test_neighbours_cost_little_more_than_a_product_with_the_matrix():
    vectors = np.random.default_rng(0).standard_normal((V, 100), np.float32)
    wv = WordVectors(vectors, map(str, range(V)))
    wv.lengths  # noqa: B018 - computed once
    product, neighbours = [], []
    for _ in range(50):  # others may be at work beside
        for times, run in (
            (product, lambda: vectors @ vectors[7]),
            (
                neighbours,
                lambda: wv.most_similar("7"),
            ),
        ):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
    assert min(neighbours) < 2.5 * min(product)
