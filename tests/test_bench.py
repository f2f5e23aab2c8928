"""tools/bench.py, in its small version: it runs, and its results are what a page reads."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("gensim", reason="gensim is not installed")
BENCH = Path(__file__).resolve().parent.parent / "tools" / "bench.py"


def run(*argv):
    command = [sys.executable, str(BENCH), *map(str, argv)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """The printed table and the results, with memory and with a text of one's own."""
    folder = tmp_path_factory.mktemp("bench")
    text = folder / "text.txt"
    text.write_text("the king rules the land\nthe queen rules the sea\n" * 300)
    done = run("--small", "--memory", "--text", text, "-o", folder / "bench.json")
    assert done.returncode == 0, done.stderr
    written = (folder / "bench.json").read_text(encoding="utf-8")
    assert str(folder) not in written and "NaN" not in written
    return done.stdout, json.loads(written)


def test_it_names_versions_machine_and_settings(bench):
    _, result = bench
    assert set(result) == {
        "versions", "machine", "settings", "seeds", "prepare_seconds", "corpora", "text", "memory",
    }  # fmt: skip
    assert {"python", "numpy", "gensim", "w2vlib"} <= set(result["versions"])
    assert set(result["machine"]) == {"cpu", "cores"}
    assert result["settings"]["gensim"]["epochs"] == 15
    assert result["settings"]["w2vlib"]["window"] == 5
    if find_spec("numba"):
        first, again = result["prepare_seconds"]["compiled"]
        assert first > 2 * again


def programs(section):
    found = section["programs"]
    assert {"numpy, 1 thread", "gensim, 1 thread"} <= set(found)
    return found.items()


def check_ratio(name, entry):
    ratio = entry["ratio"]
    assert set(ratio) == {"median", "min", "max", "pairs"}
    assert 0 < ratio["min"] <= ratio["median"] <= ratio["max"]
    assert len(ratio["pairs"]) == len(entry["runs"])
    if name.startswith("gensim,"):
        assert ratio["pairs"] == [1.0] * len(entry["runs"])


@pytest.mark.parametrize("section", ["quality", "skipgram"])
def test_quality_says_how_good_and_how_fast(bench, section):
    _, result = bench
    found = result["corpora"]["default"][section]
    for name, entry in programs(found):
        check_ratio(name, entry)
        assert ("ratio_to_best" in entry) == ("fasttext, 1 thread" in found["programs"])
        assert len(entry["runs"]) == len(result["seeds"])
        for one in entry["runs"]:
            assert set(one) == {"seed", "wall", "cpu", "spearman", "accuracy"}
    for Q, peer in ("Q", "gensim, 1 thread"), ("Q*", "fasttext, 1 thread"):
        assert (Q in found) == (peer in found["programs"])
        for score, value in found.get(Q, {}).items():
            assert value == found["programs"][peer][score]


def test_speed_is_measured_at_equal_settings(bench):
    _, result = bench
    for section in (result["corpora"]["default"]["speed"], result["text"]["speed"]):
        assert section["settings"]["window"] == 5
        for name, entry in programs(section):
            check_ratio(name, entry)
            assert all(one["tokens_per_second"] > 0 for one in entry["runs"])


def test_growth_with_the_text(bench):
    _, result = bench
    growth = result["text"]["growth"]
    assert growth["tokens"] == sorted(growth["tokens"])
    assert len({len(times) for times in growth["programs"].values()} | {5}) == 1


def test_memory(bench):
    _, result = bench
    for _, entry in programs(result["memory"]):
        assert 0 < entry["before_mb"] <= entry["peak_mb"]


def test_the_table_fits_a_page(bench):
    table, _ = bench
    lines = table.splitlines()
    assert max(map(len, lines)) <= 88
    assert sum(line.startswith("numpy, 1 thread") for line in lines) == 5 + 5
    ratio = next(line for line in lines if line.startswith("numpy, 1 thread")).split()[-2:]
    assert float(ratio[0]) > 0 and ratio[1][0] == "("


def test_without_gensim_it_says_what_to_install():
    code = (
        "import runpy, sys, importlib.util as u; u.find_spec = lambda name: None; "
        f"sys.argv = [{str(BENCH)!r}]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "bench needs gensim: python -m pip install" in done.stderr
