"""The table of refusals in the API reference: what each function says to bad input.

{refusals}

Nothing is copied by hand: `tests/bad_input` calls every public function with arguments that are a
little wrong, and what they answer is shown.
"""

import contextlib
import itertools
import re
import sys
import warnings
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from unittest import mock

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from w2vlib import memory

TESTS = Path(__file__).parents[2] / "tests" / "bad_input"
MOST = 3  # refusals of an argument
TYPICAL = (None, -1, 10**15, float("nan"), "nonsense", [])
GIGABYTES = 16  # of the machine that is spoken of, wherever the book is built


def refusals():
    """For each call of a public function its name, and {argument: refusals, as text}."""
    sys.path.insert(0, str(TESTS))
    try:
        import calls
        import mistakes
    finally:
        sys.path.remove(str(TESTS))
    with (
        contextlib.chdir(calls.FOLDER),
        mock.patch.object(memory, "there_is", lambda: GIGABYTES * 10**9),
        warnings.catch_warnings(action="ignore"),
    ):
        for name, call in calls.CALLS.items():
            yield name, dict(told_by(call, mistakes, str(calls.FOLDER)))


def told_by(call, mistakes, folder):
    """(argument, some of its different refusals) for each argument of a call."""
    for name, sound in call.arguments.items():
        seen = {}
        for value in itertools.chain(mistakes.spoilt(sound), TYPICAL):
            error = refusal(call, name, value, mistakes.REFUSES)
            said = str(error).replace(folder, "folder")
            if error and mistakes.names(name, said) and " at 0x" not in said:
                kind = re.sub(r"\[.*\]|\(.*?\)|'.*?'|-?\d[\d.e+,]*|is \S+:|dtype \S+", "", said)
                seen.setdefault(kind, f"{type(error).__name__}: {said}")
        yield name, list(itertools.islice(seen.values(), MOST))


def refusal(call, name, value, refuses):
    """The error that a call is refused with; None where it works."""
    try:
        call.function(**deepcopy(call.arguments) | {name: value})
    except refuses as error:
        return error
    except Exception:  # noqa: BLE001 - of a function that was passed in
        return None


class Refusals(SphinxDirective):
    """A folded list for each room of the library."""

    def run(self):
        found = []
        for room, names in itertools.groupby(refusals(), lambda it: room_of(it[0])):
            items = [
                item(name.removeprefix(f"{room}."), told)
                for name, told in names
                if any(told.values())
            ]
            if items:
                start = f"<details><summary><code>w2vlib.{room}</code></summary>"
                found.append(nodes.raw("", start, format="html"))
                found.append(nodes.definition_list("", *items))
                found.append(nodes.raw("", "</details>", format="html"))
        return [nodes.container("", *found, classes=["w2v-refusals"])]


def room_of(name):
    """The module of a name: the longest part of it that is one."""
    parts = name.split(" ")[0].split(".")
    rooms = (".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1))
    return next(room for room in rooms if is_room(room))


def is_room(room):
    try:
        return find_spec(f"w2vlib.{room}") is not None
    except ModuleNotFoundError:  # where a part of it is no package
        return False


def item(name, told):
    lines = [
        nodes.list_item("", nodes.paragraph("", "", nodes.literal(text=it)))
        for it in itertools.chain(*told.values())
    ]
    term = nodes.term("", "", nodes.literal(text=name))
    return nodes.definition_list_item("", term, nodes.definition("", nodes.bullet_list("", *lines)))


def setup(app):
    """Register with Sphinx."""
    app.add_directive("refusals", Refusals)
    app.connect("env-get-outdated", lambda *_: ["book/api"])  # it depends on the library
    return {"parallel_read_safe": True, "parallel_write_safe": True}
