"""machine.py on a computer, and as if in a browser; tests/browser runs it in one."""

import os
import sys

import numpy as np
import pytest

from w2vlib import machine
from w2vlib.progress import Bar


@pytest.fixture(params=[False, True])
def browser(request, monkeypatch):
    monkeypatch.setattr(machine, "BROWSER", request.param)
    return request.param


def test_the_switch_says_where_this_runs():
    assert machine.BROWSER == (sys.platform == "emscripten")


def test_an_experiment_is_small_in_a_browser(browser):
    assert machine.sized("usual", small="small") == ("small" if browser else "usual")


def test_what_is_submitted_is_done_and_its_result_kept(browser):
    if not browser and sys.platform == "emscripten":
        pytest.skip("no processes in a browser")
    with machine.other_core() as pool:
        assert pool.submit(divmod, 7, 2).result() == (3, 1)
        assert (pool.submit(os.getpid).result() == os.getpid()) == browser


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8])
def test_ids_of_any_size_are_counted(dtype):
    def strict(x, weights, minlength):
        if not np.can_cast(x.dtype, np.intp):
            raise TypeError("Cannot cast array data")
        assert x.dtype == np.intp
        return np.bincount(x, weights, minlength)

    count = machine.counting(strict)
    assert count(np.array([0, 2, 2], dtype)).tolist() == [1, 0, 2]
    assert count([1], minlength=3).tolist() == [0, 1, 0]
    assert count(np.array([1, 1], dtype), [0.5, 2]).tolist() == [0, 2.5]


def test_what_is_no_id_is_refused_as_before():
    with pytest.raises(TypeError):
        machine.counting(np.bincount)(np.array([0.5]))


def test_a_bar_is_tqdms(capsys):
    pytest.importorskip("tqdm", reason="tqdm is not installed")
    assert list(machine.bar(range(3), "counting")) == [0, 1, 2]
    assert "counting: 100%" in capsys.readouterr().err
    assert list(machine.bar(range(3), "counting", show=False)) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_without_tqdm_there_is_no_bar(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert list(machine.bar(range(3), "counting")) == [0, 1, 2]
    with Bar(total=3) as bar:
        assert bar.bar is None
    assert capsys.readouterr().err == ""
