"""The API reference: docstrings as they read in a terminal, made into what Sphinx lays out.

A docstring is a sentence, then lines `name: what it is`, `Returns ...`, `Raises ...` and
`Source: ...`, each of which may go on, indented, and an example. `autodoc` wants reStructuredText:
the lines become a list, and a public name between backticks becomes a link.
"""

import importlib
import pkgutil
import re
import sys
from importlib.util import find_spec

import w2vlib

NAMED = {"Returns", "Raises", "Source"}
FIELD = re.compile(r"(Returns|Raises|\w+(?:, \w+)*(?=:))(:? )(.+)")
# What only other rooms use, or needs Dask.
PRIVATE = {
    "w2vlib.__main__",
    "w2vlib.copies",
    "w2vlib.page.faces",
    "w2vlib.page.playground_picture",
}


def public():
    """Every name in the __all__ of a room, as room.name; of two rooms the one that defines it."""
    for room in {info.name for info in pkgutil.walk_packages(w2vlib.__path__, "w2vlib.")} - PRIVATE:
        if not room.startswith(("w2vlib.compiled", "w2vlib.gpu")) or find_spec("numba"):
            module = importlib.import_module(room)
            for name in getattr(module, "__all__", ()):
                home = getattr(getattr(module, name), "__module__", room)
                is_public = name in getattr(sys.modules[home], "__all__", ())
                yield f"{home if is_public else room}.{name}"


PUBLIC = set(public())


def laid_out(lines):
    """The lines of a docstring -> those of reStructuredText, with a list of its fields."""
    result, in_list, in_example = [], False, False
    for line in lines:
        in_example |= line.startswith(">>>")
        field = None if in_example else FIELD.match(line)
        if in_example:
            result.append(line)
        elif field:
            result += [] if in_list else [""]
            name = field[1] if field[1] in NAMED else f"``{field[1]}``"
            result.append(f"* {name}{field[2]}{marked(field[3])}")
            in_list = True
        else:
            result.append("  " * (in_list and bool(line)) + marked(line.strip()))
    return result


def marked(text):
    """What stands between backticks as code, or as a link; so strings; the rest without marks."""
    parts = re.split(r'(`[^`]*`|"[^"]*")', text)
    parts[::2] = [re.sub(r"([*|\\]|_\b)", r"\\\1", part) for part in parts[::2]]
    parts[1::2] = [link(part.strip("`")) for part in parts[1::2]]
    return "".join(parts)


def link(code):
    """A link where this is the public name of one room; else code."""
    found = [name for name in PUBLIC if name.endswith(f".{code}")]
    return f":py:obj:`{code} <{found[0]}>`" if len(found) == 1 else f"``{code}``"


def process(app, what, name, obj, options, lines):
    """autodoc's docstrings, in place."""
    lines[:] = laid_out(lines)


def setup(app):
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True}
