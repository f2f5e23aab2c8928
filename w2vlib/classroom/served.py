"""What a student's process does when it is asked: run a cell, say what was answered, call it."""

import ast
import linecache
import traceback

import numpy as np

import w2vlib.exercises
from w2vlib.classroom.wire import arrays, decode, encode, line, receive, unpickled
from w2vlib.exercises.exercise import idle


class Served:
    """The student's names, the answers they gave to `check`, and handles of what cannot be sent."""

    def __init__(self):
        self.names = {"__name__": "__main__"}
        self.given, self.kept = {}, []
        w2vlib.exercises.check = self.check  # what a cell imports says nothing: it notes the answer

    def check(self, name, answer=..., /, **answers):
        """Note what a cell hands to a check."""
        self.given.setdefault(str(name), []).append(answers if answers else answer)

    def answer(self, asked):
        """Do what one message asks -> the message that says what came of it."""
        message = receive(asked)
        try:
            reply = {"value": encode(getattr(self, message.pop("do"))(**message), self.handle)}
        except BaseException as error:  # noqa: BLE001 - a student's code may raise anything
            reply = {"error": self.told(error)}
        return line(reply)

    def run(self, source, name):
        """Run a cell."""
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        tree = ast.parse(source, name)
        exec(compile(tree, name, "exec"), self.names)  # noqa: S102 - it is what we are for

    def answers(self, name, function=None):
        """What was handed to this check; or else what has the name that the chapter hands to it."""
        given = list(self.given.get(name, []))
        if function in self.names:
            given.append(self.names[function])
        return given

    def call(self, handle, args, kwargs):
        """Call what a handle stands for -> what it returns, and the arrays as it left them.

        They are those that came: one that the call put into a list changes nothing for the caller.
        """
        args, kwargs = self.read(args), self.read(kwargs)
        came = arrays([*args, *kwargs.values()])
        return [self.kept[handle](*args, **kwargs), came]

    def get(self, handle, name):
        """An attribute of what a handle stands for."""
        return getattr(self.kept[handle], name)

    def item(self, handle, key):
        """An element of what a handle stands for."""
        return self.kept[handle][self.read(key)]

    def read(self, value):
        """A value of the teacher's side."""
        return decode(
            value,
            lambda kind, content: self.kept[content] if kind == "handle" else unpickled(content),
        )

    def handle(self, value):
        """What stays here: its number, and whether it is a stub; an array of any class is sent."""
        if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
            return encode(np.asarray(value), self.handle)
        self.kept.append(value)
        return {"handle": [len(self.kept) - 1, idle(value)]}

    @staticmethod
    def told(error):
        """An error: its class, its words, and the cell, the line and the text of it that raised."""
        try:
            said = str(error)[:300]
        except BaseException:  # noqa: BLE001 - its own __str__ may raise
            said = ""
        if type(error) is SyntaxError and str(error.filename).startswith("cell "):
            text = linecache.getline(error.filename, error.lineno or 1).strip()
            return ["SyntaxError", str(error.msg)[:300], error.filename, error.lineno, text]
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename.startswith("cell ")]
        if not own:
            return [type(error).__name__, said, None, getattr(error, "lineno", None), ""]
        return [type(error).__name__, said, own[-1].filename, own[-1].lineno, own[-1].line or ""]
