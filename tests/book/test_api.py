"""The API reference shows every public name, with its example."""

import re
import runpy
import sys

import pytest
from chapters import BOOK, ROOT

sys.path.append(str(ROOT / "tests" / "bad_input"))
from calls import CALLS, TAKE_ANYTHING

REFERENCE = runpy.run_path(str(BOOK / "_ext" / "reference.py"))


def test_a_docstring_becomes_a_list_and_links():
    text = """
A sum of a * b, as `Embedding` keeps `x_`.

W: (V, H) float_.
    More of it.
Raises ValueError when `W` is empty or "W".
Source: DLFS2 1.

>>> 2 ** 3
8
"""
    wanted = r"""
A sum of a \* b, as :py:obj:`Embedding <w2vlib.embedding.Embedding>` keeps ``x_``.


* ``W``: (V, H) float\_.
  More of it.
* Raises ValueError when ``W`` is empty or ``"W"``.
* Source: DLFS2 1.

>>> 2 ** 3
8
"""
    assert REFERENCE["laid_out"](text.splitlines()) == wanted.splitlines()


def test_every_public_name_is_shown():
    text = (BOOK / "api.md").read_text(encoding="utf-8")
    shown, room = set(), ""
    for kind, name in re.findall(r"^\.\. (\w+):: (.+)$", text, re.MULTILINE):
        room = name if kind == "currentmodule" else room
        shown.add(f"{room}.{name}")
    tables = {"w2vlib.engines.ENGINES", "w2vlib.ledger.LATER", "w2vlib.ledger.STAGES"}
    assert not REFERENCE["PUBLIC"] - tables - shown


def test_the_table_of_refusals_shows_what_is_said():
    pytest.importorskip("sphinx", reason="Sphinx is not installed")
    refusals = runpy.run_path(str(BOOK / "_ext" / "refusals.py"))
    told = dict(refusals["refusals"]())
    assert "IndexError: idx holds the id -1: ids start at 0" in told["embedding.Embedding"]["idx"]
    for name, call in CALLS.items():
        shown = {argument for argument, lines in told[name].items() if lines}
        assert shown == call.arguments.keys() - TAKE_ANYTHING.get(name, set()), name
    rooms = {refusals["room_of"](name) for name in CALLS}
    assert {"embedding", "exercises", "exercises.exercise", "page.drawing"} <= rooms
