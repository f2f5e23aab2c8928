"""python -m w2vlib ledger."""

import sys

import pytest
from running import fails

from w2vlib import ledger
from w2vlib.__main__ import main


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
