"""What the machine at hand can do: a computer, or a browser.

In a browser Python is WebAssembly (Pyodide): one thread, no other process, a few hundred MB, and
matrix products that take a hundred times as long. NumPy's own integers have 32 bits there, its
clock ticks every 0.1 ms, and overflow raises nothing.
"""

import sys
import warnings
from collections.abc import Iterable
from concurrent.futures import Executor, Future

import numpy as np

from w2vlib import check

__all__ = ["BROWSER", "bar", "other_core", "sized"]

BROWSER = sys.platform == "emscripten"


def sized(usual, small):
    """The size of an experiment: `usual`, or in a browser `small`, which ends within seconds.

    Raises nothing.
    Source: w2vlib.

    >>> epochs = sized(10, small=1)
    >>> epochs == (1 if BROWSER else 10)
    True
    """
    return small if BROWSER else usual


def bar(steps, title, show=True):
    """The steps, with a bar of tqdm's while they are gone through; without tqdm they have none.

    Raises TypeError for what cannot be gone through.
    Source: w2vlib; the bar is that of the package tqdm.

    >>> list(bar(range(3), "counting", show=False))
    [0, 1, 2]
    """
    if not isinstance(steps, Iterable) or check.shapeless(steps):
        raise TypeError(f"steps is {check.short(steps)}: pass what can be gone through, as a list")
    check.flag(show, "show")
    check.label(title, "title")
    if not show:
        return steps
    try:
        from tqdm.auto import tqdm  # here: importing w2vlib costs no tqdm
    except ImportError:
        return steps
    return tqdm(steps, title)


def other_core():
    """An Executor: what is submitted runs in a second process, in a browser at once and here.

    Raises nothing.
    Source: Python's concurrent.futures.

    >>> with other_core() as pool:
    ...     pool.submit(sum, [1, 2, 3]).result()
    6
    """
    if BROWSER:
        return Here()
    from concurrent.futures import ProcessPoolExecutor  # here: a browser cannot import it
    from multiprocessing import get_context

    return ProcessPoolExecutor(1, get_context("spawn"))


class Here(Executor):
    """Does what is submitted before it returns."""

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        future.set_result(function(*args, **kwargs))
        return future


def counting(bincount):
    """NumPy's bincount, for ids of 64 bits too: where its own have 32, it refuses what it draws."""

    def any_ids(x, /, weights=None, minlength=0):
        x = np.asarray(x)
        return bincount(x.astype(np.intp) if x.dtype.kind in "iu" else x, weights, minlength)

    return any_ids


if BROWSER:
    np.bincount = counting(np.bincount)
    # A bar of tqdm's has a thread to watch it, or says that it has none.
    warnings.filterwarnings("ignore", message="tqdm:disabling monitor support")
