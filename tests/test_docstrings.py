"""What each public name says of itself: shapes, errors, source, and an example that runs."""

import doctest
import importlib
import inspect
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REFERENCE = runpy.run_path(str(ROOT / "book" / "_ext" / "reference.py"))
SHAPE = re.compile(r"\([A-Z0-9][\w +]*,[^)]*\)|\bshapes?\b")
TYPE = re.compile(r"\b(float|float32|float64|int|int32|ids|integers|bool)\b")
# Neither takes nor returns an array.
NO_ARRAYS = {
    "AnalogyScore",
    "Answer",
    "Chances",
    "Choice",
    "Cluster",
    "Code",
    "Diagram",
    "DivergenceError",
    "Explore",
    "Fields",
    "Neighbours",
    "Node",
    "Number",
    "PairScore",
    "Predict",
    "Progress",
    "Quiz",
    "Road",
    "Round",
    "Row",
    "Shape",
    "Table",
    "UnknownWord",
    "Verdict",
    "Word",
    "bar",
    "bits",
    "bytes_touched",
    "chance",
    "chart",
    "columns",
    "find",
    "join_phrases",
    "measure",
    "missing",
    "other_core",
    "read_analogies",
    "read_word_pairs",
    "report",
    "rows_that_meet",
    "seconds",
    "sized",
    "slowdown",
    "sum_by_passing",
    "sum_by_sharing",
    "table",
    "times",
}


def public():
    """(room, name) for each public name that is a class or a function."""
    for path in sorted(REFERENCE["PUBLIC"]):
        room, _, name = path.rpartition(".")
        module = importlib.import_module(room)
        if callable(getattr(module, name)):
            yield pytest.param(module, name, id=path.removeprefix("w2vlib."))


NAMES = list(public())
each_public_name = pytest.mark.parametrize(("module", "name"), NAMES)
# What runs on a card, or in Numba's simulator, has its examples in chapter 13.
each_with_an_example = pytest.mark.parametrize(
    ("module", "name"), [it for it in NAMES if it.values[0].__name__ != "w2vlib.gpu"]
)


@each_public_name
def test_a_public_name_says_what_it_takes_raises_and_follows(module, name):
    text = inspect.getdoc(getattr(module, name))
    assert "\nRaises " in text and "\nSource: " in text, text
    said, _, _ = text.partition(">>>")
    assert (name in NO_ARRAYS) != bool(SHAPE.search(said) and TYPE.search(said)), text


@each_with_an_example
def test_a_public_name_has_an_example_that_runs(module, name):
    if name == "chart":
        pytest.importorskip("matplotlib", reason="Matplotlib is not installed")
    if name == "load_on_cluster":
        pytest.importorskip("distributed", reason="Dask is not installed")
    text, said = inspect.getdoc(getattr(module, name)), []
    example = doctest.DocTestParser().get_doctest(text, dict(vars(module)), name, None, 0)
    assert example.examples, text
    failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)
    assert not failed, "".join(said)
