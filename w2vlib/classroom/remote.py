"""A student's process, seen from the teacher's side: run a cell, ask for an answer, call it.

Calls go over and plain values come back, so that a check judges arrays that it holds itself; what
the student's code does to its own process changes no judgement.
"""

import os
import select
import signal
import tempfile
import time

import numpy as np

from w2vlib.classroom import isolation
from w2vlib.classroom.chapter import BOOK
from w2vlib.classroom.wire import MOST, arrays, decode, encode, line, pickled, receive


class Ended(BaseException):
    """A student's process is no more: over a limit of time, or ended by its own code.

    Neither this nor Raised is an Exception: a check that catches what a reader's code raises must
    not catch what befell the process that it runs in.
    """


class Raised(BaseException):
    """A student's code raised something. cell, line: where, or None."""

    def __init__(self, said, cell=None, line=None):
        super().__init__(said)
        self.cell, self.line = cell, line


class Student:
    """A process for one student; a context manager.

    timeout: seconds that one cell or one call may take.
    hidden: folders that it must not see.
    """

    def __init__(self, timeout, hidden=()):
        self.timeout, self.rest = timeout, bytearray()
        self.folder = tempfile.TemporaryDirectory(prefix="w2vlib-student-")
        os.symlink(BOOK / "results", os.path.join(self.folder.name, "results"))  # chapters read it
        self.process = isolation.start(self.folder.name, hidden)
        os.set_blocking(self.process.stdin.fileno(), False)  # it need not listen

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def end(self):
        """End it, and all that it has started, and take its folder away."""
        if os.name == "posix":
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass
        self.folder.cleanup()

    def run(self, source, name):
        """Run a cell. Raises Raised or Ended."""
        self._ask(do="run", source=source, name=name)

    def answers(self, name, function=None):
        """What was handed to a check of this name, in order, and what has the function's name."""
        return self._ask(do="answers", name=name, function=function)

    def _ask(self, **message):
        until = time.monotonic() + self.timeout
        self._send(message, until)
        try:
            reply = receive(self._line(until))
            if "error" in reply:
                said, cell, line = reply["error"]
                raise Raised(str(said), cell and str(cell), line if isinstance(line, int) else None)
            return decode(reply["value"], self._other)
        except (KeyError, TypeError, ValueError, RecursionError):
            self._give_up("it answered in a way that cannot be read")

    def _send(self, message, until):
        """Write a message, in time."""
        left = memoryview(line(message))
        while left:
            self._wait([], [self.process.stdin], until)
            try:
                left = left[os.write(self.process.stdin.fileno(), left) :]
            except OSError:
                self._give_up("it ended its own process")

    def _line(self, until):
        """The next line, in time."""
        while b"\n" not in self.rest:
            self._wait([self.process.stdout], [], until)
            some = os.read(self.process.stdout.fileno(), MOST)
            if not some:
                self._give_up("it ended its own process")
            self.rest += some
            if len(self.rest) > MOST:
                self._give_up("its answer is too long")
        found, _, self.rest = self.rest.partition(b"\n")
        return found

    def _wait(self, to_read, to_write, until):
        left = until - time.monotonic()
        if left <= 0 or not any(select.select(to_read, to_write, [], left)):
            self._give_up(f"it took more than {self.timeout:g} s")

    def _give_up(self, why):
        self.end()
        raise Ended(why)

    def _other(self, kind, content):
        if kind != "handle" or not isinstance(content, int):
            raise ValueError(f"not a value: {kind!r}")
        return Remote(self, content)

    def _sent(self, value):
        return encode(value, self._by_handle)

    def _by_handle(self, value):
        return {"handle": value._handle} if isinstance(value, Remote) else pickled(value)


class Remote:
    """Stands for an object of the student's process: called, asked for attributes and elements."""

    def __init__(self, student, handle):
        self._student, self._handle = student, handle

    def __call__(self, *args, **kwargs):
        sent = self._student._sent
        value, after = self._student._ask(
            do="call", handle=self._handle, args=sent(list(args)), kwargs=sent(kwargs)
        )
        for mine, theirs in zip(arrays([*args, *kwargs.values()]), after, strict=True):
            if (
                isinstance(theirs, np.ndarray)
                and theirs.shape == mine.shape
                and mine.flags.writeable
            ):
                mine[...] = theirs  # what the call changed in place
        return value

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._student._ask(do="get", handle=self._handle, name=name)

    def __getitem__(self, key):
        return self._student._ask(do="item", handle=self._handle, key=self._student._sent(key))
