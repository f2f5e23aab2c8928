"""The kernel of the page: runs a cell and hands its outputs on, one by one, as nbformat has them.

It lives in the worker, which calls `listen` first.
"""

import ast
import io
import json
import linecache
import logging
import os
import sys
import traceback
from pprint import pformat
from time import perf_counter

from pyodide.code import CodeRunner

MOST = 200_000  # characters that a cell may print: an endless loop must not fill the page
OFTEN = 0.1  # seconds between two messages to the page
BEHIND = "matplotlib"  # comes after the first output

os.environ["MPLBACKEND"] = "module://figures"
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # "building the font cache"
space = {"__name__": "__main__"}
held = {}  # by the names they give: imports of Matplotlib that wait until a cell needs them
emit = None


def listen(function):
    """Hand all outputs to a function of one text, JSON; what is printed from now on, too."""
    global emit
    emit = function
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")


def send(output, **more):
    """Hand one output to the page."""
    emit(json.dumps({"output": output, **more}))


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr: what was written goes to the page now and then."""

    def __init__(self, name):
        self.name, self.parts, self.left, self.sent = name, [], MOST, 0.0

    def writable(self):
        return True

    def write(self, text):
        if self.left > 0:
            self.parts.append(text if len(text) <= self.left else text[: self.left] + "\n…\n")
            self.left -= len(text)
        if perf_counter() - self.sent > OFTEN:
            self.flush()
        return len(text)

    def flush(self):
        if text := "".join(self.parts):
            self.parts.clear()
            send({"output_type": "stream", "name": self.name, "text": text})
        self.sent = perf_counter()


def flush():
    """Send what was written and not sent yet."""
    sys.stdout.flush()
    sys.stderr.flush()


def bundle(value):
    """What there is to show of a value, by MIME type."""
    if not isinstance(value, type):
        if hasattr(value, "_repr_mimebundle_"):
            return value._repr_mimebundle_()
        if hasattr(value, "_repr_html_"):
            return {"text/plain": repr(value), "text/html": value._repr_html_()}
    plain = repr(value)
    if len(plain) > 79 and isinstance(value, list | tuple | dict | set):
        plain = pformat(value, width=79, sort_dicts=False)  # in lines, as IPython has it
    return {"text/plain": plain}


def gives(node):
    """The names that an import of Matplotlib gives: {"plt"}; of anything else, none."""
    names = node.names if isinstance(node, ast.Import) else []
    packages = {name.name.partition(".")[0] for name in names}
    return {it.asname or it.name.partition(".")[0] for it in names if BEHIND in packages}


def needs(source):
    """Whether a cell needs Matplotlib.

    `import matplotlib.pyplot as plt` alone can wait; whatever names `plt` cannot.
    """
    try:
        cell = ast.parse(source)
    except SyntaxError:
        return False
    given = set(held).union(*map(gives, cell.body))
    return any(
        (isinstance(node, ast.Name) and node.id in given)
        or (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == BEHIND)
        or (gives(node) and node not in cell.body)
        for node in ast.walk(cell)
    )


def hold(statement):
    """Put an import of Matplotlib off -> what stands in its place."""
    names = gives(statement)
    held.update(dict.fromkeys(names, statement))
    return ast.copy_location(ast.Pass(), statement) if names else statement


def run(source, name):
    """Run a cell, which tracebacks call by this name -> whether it went well."""
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    sys.stdout.left = sys.stderr.left = MOST
    try:
        cell = CodeRunner(source, filename=name, return_mode="last_expr")
        if needs(source):
            for statement in held.values():
                CodeRunner(ast.unparse(statement)).compile().run(space)
            held.clear()
        else:
            cell.ast.body = [hold(statement) for statement in cell.ast.body]
        value = cell.compile().run(space)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].show()  # figures that the cell left open
        if value is not None:
            space["_"] = value
            shown = bundle(value)
            flush()
            send({"output_type": "execute_result", "metadata": {}, "data": shown})
        return True
    except BaseException as error:  # noqa: BLE001 - a reader's cell: SystemExit, too
        flush()
        tell(error, name)
        return False
    finally:
        flush()


def tell(error, name):
    """Send an error with its traceback, less our own frames, and the line of the cell it is in."""
    told = traceback.TracebackException.from_exception(error)
    own = [f for f in told.stack if f.filename != __file__ and "_pyodide" not in f.filename]
    told.stack = traceback.StackSummary.from_list(own)
    lines = [frame.lineno for frame in own if frame.filename == name]
    if isinstance(error, SyntaxError) and error.filename == name:
        lines.append(error.lineno)
    shown = {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": str(error),
        "traceback": "".join(told.format()).splitlines(),
    }
    if hasattr(error, "_render_traceback_"):  # it says all itself, in IPython, too
        shown["traceback"] = error._render_traceback_()
    send(shown, line=lines[-1] if lines else None)
