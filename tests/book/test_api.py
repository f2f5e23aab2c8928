"""The API reference shows every public name, with its example."""

import runpy

from chapters import BOOK

REFERENCE = runpy.run_path(str(BOOK / "_ext" / "reference.py"))


def test_a_docstring_becomes_a_list_and_links():
    text = """
A sum of a * b, as `Embedding` keeps `x_`.

W: (V, H) float_.
    More of it.
Raises ValueError when `W` is empty.
Source: DLFS2 1.

>>> 2 ** 3
8
"""
    wanted = r"""
A sum of a \* b, as :py:obj:`Embedding <w2vlib.embedding.Embedding>` keeps ``x_``.


* ``W``: (V, H) float\_.
  More of it.
* Raises ValueError when ``W`` is empty.
* Source: DLFS2 1.

>>> 2 ** 3
8
"""
    assert REFERENCE["laid_out"](text.splitlines()) == wanted.splitlines()
