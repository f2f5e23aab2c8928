"""tools/spark_bench.py: its parts that need no Spark, and the results that it has stored."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools" / "spark_bench.py"
sys.path.append(str(TOOL.parent))

import spark_bench
from spark_bench import MASTERS, PLANS, described, label, measured, processor, summary, table

from w2vlib.engines import MODELS

STORED = json.loads((ROOT / "book" / "results" / "spark.json").read_text(encoding="utf-8"))


def test_of_busy_runs_the_quietest_counts(monkeypatch):
    """Others use 1, then 0.5, then 0.8 of a core; ours is one second of processor in each."""
    clock = iter([0, 10, 20, 30, 40, 50])
    used = iter([(0, 0), (11, 1), (20, 1), (26, 2), (30, 2), (39, 3)])
    monkeypatch.setattr(spark_bench, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(spark_bench, "processor", lambda: next(used))
    monkeypatch.setattr(spark_bench, "sleep", lambda seconds: None)
    results = iter("abc")
    result, run = measured(lambda: next(results), tries=3)
    assert (result, run) == ("b", {"wall": 10, "cpu": 1, "others": 0.5})


def test_a_quiet_run_is_made_once(monkeypatch):
    monkeypatch.setattr(spark_bench, "processor", lambda: (0, 0))
    calls = []
    measured(lambda: calls.append(1), tries=3)
    assert calls == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="it asks /proc")
def test_processor_counts_our_work():
    machine, ours = processor()
    total = 0
    while processor()[1] < ours + 0.5:
        total += sum(range(10_000))
    assert processor()[0] >= machine + 0.4  # the machine counts whole ticks


def test_vectors_come_from_rows_of_words():
    row = SimpleNamespace(word="you", vector=SimpleNamespace(toArray=lambda: np.array([0.5, -1])))
    vectors = spark_bench.vectors_of([row])
    assert vectors["you"].tolist() == [0.5, -1] and vectors.vectors.dtype == np.float32


def test_seconds_are_over_those_of_our_skip_gram_with_as_many_workers():
    def run(wall):
        return {"wall": wall, "cpu": 10 * wall, "spearman": 0.5, "accuracy": None}

    found = summary({
        "compiled skipgram, 1 thread": [run(4), run(5)],
        "compiled skipgram, 2 threads": [run(2), run(3)],
        "MLlib, 1 pass, rate 0.1, 1 thread": [run(8), run(20)],
        "MLlib, 1 pass, rate 0.1, 2 processes": [run(8), run(9)],
    })  # fmt: skip
    ratios = {name: entry["ratio"]["pairs"] for name, entry in found.items()}
    assert ratios["MLlib, 1 pass, rate 0.1, 1 thread"] == [2, 4]
    assert ratios["MLlib, 1 pass, rate 0.1, 2 processes"] == [4, 3]
    assert ratios["compiled skipgram, 2 threads"] == [1, 1]
    assert ratios == {name: entry["cpu_ratio"]["pairs"] for name, entry in found.items()}
    assert all(entry["spearman"] == 0.5 and entry["accuracy"] is None for entry in found.values())


def test_stored_results_say_where_they_come_from():
    assert {"python", "w2vlib", "numpy", "numba", "pyspark", "java", "blas"} <= set(
        STORED["versions"]
    )
    assert set(STORED["machine"]) == {"cpu", "cores"}
    assert STORED["settings"]["MLlib"]["vectorSize"] == 100
    assert set(STORED["prepare_seconds"]) == {label("MLlib", workers) for workers in MASTERS}


def test_stored_results_have_every_plan_and_program():
    corpus = STORED["corpora"]["default"]
    programs = corpus["quality"]["programs"]
    mllib = {label(described(*plan), workers) for plan in PLANS for workers in MASTERS}
    ours = {label(f"compiled {m}", (n, t)) for m in MODELS for n, t in MASTERS if t != "processes"}
    assert set(programs) == mllib | ours
    for name, entry in programs.items():
        assert [run["seed"] for run in entry["runs"]] == STORED["seeds"], name
        for ratio in ("ratio", "cpu_ratio"):
            assert set(entry[ratio]) == {"median", "min", "max", "pairs"}
        for run in entry["runs"]:
            passes = corpus["epochs"] if name in ours else int(name.split(", ")[1].split()[0])
            tokens = run["tokens_per_second"] * run["wall"]
            assert tokens == pytest.approx(passes * corpus["tokens"], rel=0.01)
            assert run["cpu"] > 0 <= run["others"]


def test_the_table_fits_a_page():
    lines = table(STORED).splitlines()
    assert max(map(len, lines)) <= 88
    assert sum(line.startswith("MLlib, ") for line in lines) == len(PLANS) * len(MASTERS)


def test_without_pyspark_it_says_what_to_install():
    code = (
        "import runpy, sys, importlib.util as u; u.find_spec = lambda name: None; "
        f"sys.path.insert(0, {str(TOOL.parent)!r}); "
        f"sys.argv = [{str(TOOL)!r}]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs pyspark and Java: python -m pip install" in done.stderr


@pytest.mark.skipif(
    not (find_spec("pyspark") and shutil.which("java")), reason="Spark is not installed"
)
def test_it_runs(tmp_path):
    output = tmp_path / "spark.json"
    command = [sys.executable, str(TOOL), "--small", "--tries", "1", "-o", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(output.read_text(encoding="utf-8"))
    assert len(result["corpora"]["default"]["quality"]["programs"]) == 3 + 4
    assert set(result) == set(STORED)
