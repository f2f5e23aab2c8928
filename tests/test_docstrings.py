"""What each public name says of itself: shapes, errors, source, and an example that runs."""

import doctest
import importlib
import inspect
import pkgutil
import re
from importlib.util import find_spec

import pytest

import w2vlib

SHAPE = re.compile(r"\([A-Z0-9][\w +]*,[^)]*\)|\bshapes?\b")
TYPE = re.compile(r"\b(float|float32|float64|int|int32|ids|integers|bool)\b")
# What only other rooms use, or a card; the package's own __all__ is that of its rooms.
PRIVATE = {
    "w2vlib.__main__",
    "w2vlib.page",
    "w2vlib.page.faces",
    "w2vlib.page.playground_picture",
    "w2vlib.warps",
}
# Neither takes nor returns an array.
NO_ARRAYS = {
    "AnalogyScore",
    "Diagram",
    "DivergenceError",
    "Explore",
    "Node",
    "PairScore",
    "Predict",
    "Quiz",
    "Row",
    "UnknownWord",
    "bytes_touched",
    "chart",
    "measure",
    "missing",
    "read_analogies",
    "read_word_pairs",
    "report",
    "seconds",
    "slowdown",
    "table",
    "times",
}


def public():
    """(room, name) for each name in the `__all__` of a room, where it is defined."""
    for room in sorted(info.name for info in pkgutil.walk_packages(w2vlib.__path__, "w2vlib.")):
        if room in PRIVATE or room == "w2vlib.compiled" and not find_spec("numba"):
            continue
        module = importlib.import_module(room)
        for name in getattr(module, "__all__", ()):
            if callable(getattr(module, name)):
                yield pytest.param(module, name, id=f"{room.removeprefix('w2vlib.')}.{name}")


each_public_name = pytest.mark.parametrize(("module", "name"), list(public()))


@each_public_name
def test_a_public_name_says_what_it_takes_raises_and_follows(module, name):
    text = inspect.getdoc(getattr(module, name))
    assert "\nRaises " in text and "\nSource: " in text, text
    said, _, _ = text.partition(">>>")
    assert (name in NO_ARRAYS) != bool(SHAPE.search(said) and TYPE.search(said)), text


@each_public_name
def test_a_public_name_has_an_example_that_runs(module, name):
    text, said = inspect.getdoc(getattr(module, name)), []
    example = doctest.DocTestParser().get_doctest(text, dict(vars(module)), name, None, 0)
    assert example.examples, text
    failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)
    assert not failed, "".join(said)
