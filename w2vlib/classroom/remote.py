"""A student's process, seen from the teacher's side: run a cell, ask for an answer, call it.

Calls go over and plain values come back, so that a check judges arrays that it holds itself; what
the student's code does to its own process changes no judgement.
"""

import builtins
import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time

import numpy as np

from w2vlib.classroom.isolation import MEMORY, memory
from w2vlib.classroom.student import ANEW, READY
from w2vlib.classroom.wire import MOST, arrays, decode, encode, line, pickled, receive
from w2vlib.exercises.exercise import in_words, raised

START = 60  # seconds
LOOK = 0.2  # seconds after which one who takes long is looked after


class Ended(BaseException):
    """A student's process is no more: over a limit of time, or ended by its own code.

    Neither this nor Raised is an Exception: a check that catches what a reader's code raises must
    not catch what befell the process that it runs in.
    """


class Raised(BaseException):
    """A student's cell raised something, or cannot be read."""


def _raised(name, said, cell, number, text, asked):
    """What a student's code raised, as an error here.

    From a call it is what the check would see, were it here: of the same class where Python has it,
    with the line of the student's that raised it, as `place`.
    """
    name, said, number = str(name), str(said), number if type(number) is int else None
    kind = getattr(builtins, name, None)
    if asked == "run" or name in ("KeyboardInterrupt", "GeneratorExit"):
        words = in_words(name, said)
        return Raised(raised(number, str(text), words) if cell else words)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        kind = Exception
    own = {"__init__": lambda self: None, "__str__": lambda self: said}
    error = type(name if name.isidentifier() else "Exception", (kind,), own)()
    error.place = (number, str(text)) if cell else None
    return error


class Student:
    """A process for one student; a context manager.

    isolation: how it is kept apart (isolation.Isolation).
    timeout: seconds that one cell or one call may take.
    until: when its time is over in all (time.monotonic), and what is said then.
    """

    def __init__(self, isolation, timeout, until=(float("inf"), "")):
        self.isolation, self.timeout, self.until = isolation, timeout, until
        self.process = self.folder = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def anew(self):
        """Go on in a process in which nothing has run: a copy of what has started, if that lives.

        Raises Ended.
        """
        if self.process and not self._copied():
            self.end()
        if not self.process:
            if not self.isolation.bubblewrap:
                self.folder = tempfile.mkdtemp(prefix="w2vlib-student-")
            self.process = self.isolation.start(self.folder)
            os.set_blocking(self.process.stdin.fileno(), False)  # it need not listen
            self.rest, self.seen = bytearray(), 0
            now = time.monotonic()
            self._line(min((now + START, f"it did not start within {START} s"), self.until))

    def _copied(self):
        """Whether there is a copy, that says so: an exercise before may have spoilt that."""
        self.rest, self.seen = bytearray(), 0
        try:
            self._write(ANEW, self._deadline())
            return self._line(self._deadline()) == READY.rstrip()
        except Ended:
            return False

    def end(self):
        """End it, and all that it has started, and take its folder away."""
        if not self.process:
            return
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.isolation.sweep()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        if self.folder:
            rm = ["rm", "-rf", self.folder]  # folders in folders a thousand deep, too
            subprocess.run(rm, stderr=subprocess.DEVNULL, check=False)
        self.process = None

    def run(self, source, name):
        """Run a cell. Raises Raised or Ended."""
        self._ask(do="run", source=source, name=name)

    def answers(self, name, function=None):
        """What was handed to a check of this name, in order, and what has the function's name."""
        return self._ask(do="answers", name=name, function=function)

    def _deadline(self):
        """When what is asked now must be done, and what is said if it is not."""
        return min(
            (time.monotonic() + self.timeout, f"it took more than {self.timeout:g} s"), self.until
        )

    def _ask(self, **message):
        if not self.process:  # a check goes on, though its student has ended
            raise Ended("it ended its own process")
        until = self._deadline()
        self._write(line(message), until)
        try:
            reply = receive(self._line(until))
            if "error" not in reply:
                return decode(reply["value"], self._other)
            error = _raised(*reply["error"], message["do"])
        except (KeyError, MemoryError, RecursionError, TypeError, ValueError):
            self._give_up("it answered in a way that cannot be read")
        raise error

    def _write(self, text, until):
        """Write a message, in time."""
        left = memoryview(text)
        while left:
            self._wait([], [self.process.stdin], until)
            try:
                left = left[os.write(self.process.stdin.fileno(), left) :]
            except OSError:
                self._give_up("it ended its own process")

    def _line(self, until):
        """The next line, in time."""
        while (end := self.rest.find(b"\n", self.seen)) < 0:
            self.seen = len(self.rest)
            self._wait([self.process.stdout], [], until)
            some = os.read(self.process.stdout.fileno(), MOST)
            if not some:
                self._give_up("it ended its own process")
            self.rest += some
            if len(self.rest) > MOST:
                self._give_up("its answer is too long")
        found, self.rest, self.seen = self.rest[:end], self.rest[end + 1 :], 0
        return found

    def _wait(self, to_read, to_write, until):
        """Wait for a pipe, with an eye on time and memory."""
        end, said = until
        while (left := end - time.monotonic()) > 0:
            if any(select.select(to_read, to_write, [], min(left, LOOK))):
                return
            if memory(self.process) > MEMORY:
                self._give_up(f"it took more than {MEMORY / 1e9:g} GB of memory")
        self._give_up(said)

    def _give_up(self, why):
        self.end()
        raise Ended(why)

    def _other(self, kind, content):
        if kind != "handle":
            raise ValueError(f"not a value: {kind!r}")
        handle, is_idle = content
        if [type(it) for it in content] != [int, bool]:
            raise ValueError("not a handle")
        return Remote(self, handle, is_idle)

    def _sent(self, value):
        return encode(value, self._by_handle)

    def _by_handle(self, value):
        return {"handle": value._handle} if isinstance(value, Remote) else pickled(value)


class Remote:
    """Stands for an object of the student's process: called, asked for attributes and elements."""

    def __init__(self, student, handle, is_idle):
        self._student, self._handle, self.is_idle = student, handle, is_idle

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
