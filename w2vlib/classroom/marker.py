"""A process that marks hand-ins, one after the other.

It reads what students wrote, and judges what their processes answer. If a hand-in is more than it
can take, it ends; that hand-in says so, and the next one gets a new marker.
"""

import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from w2vlib.classroom import chapter, isolation, marks, private
from w2vlib.classroom.student import limit, pipes

MEMORY = 4_000_000_000  # bytes
GRACE = 20  # seconds for its start, and for reading a notebook


class Stopped(BaseException):
    """The run is over: what was being marked has no marks."""


class Marker:
    """The teacher's side of it.

    sheet: a chapter's stem. tasks: its tasks (marks.Task). rules: marks.Rules.
    folder: that of private checks, or None.
    """

    def __init__(self, sheet, tasks, rules, folder):
        self.tasks, self.rules, self.process, self.stopped = tasks, rules, None, False
        names = [task.name for task in tasks]
        self.told = json.dumps([sheet, names, rules, folder and str(folder)])

    def mark(self, path):
        """The marks of a hand-in, and its fingerprint: ([marks.Mark], text or None).

        Raises Stopped where the run ends, ValueError where the teacher's own checks are wrong.
        """
        most = self.rules.in_all + self.rules.timeout + GRACE
        found, self.rest, until = [], b"", time.monotonic() + most
        try:
            if not self.process:
                self._start()
            self.process.stdin.write(json.dumps(str(path)).encode() + b"\n")
            while len(found) < len(self.tasks):
                found.append(marks.Mark(*self._line(until)))
            return found, self._line(until)
        except (EOFError, OSError) as error:
            self.end()
            if self.stopped:
                raise Stopped from None
            late = isinstance(error, TimeoutError)
            said = f"It took more than {most:g} s." if late else "It is more than can be read."
            note = "over a limit" if late else "unreadable"
            rest = self.tasks[len(found) :]
            return found + [marks.Mark(it.name, 0, it.worth, said, note) for it in rest], None

    def stop(self):
        """End it for good, from any thread."""
        self.stopped = True
        if self.process:
            self.process.terminate()

    def end(self):
        """End its process."""
        process, self.process = self.process, None
        if not process:
            return
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdin.close()
        process.stdout.close()

    def _start(self):
        here = {"PYTHONPATH": str(isolation.LIBRARY.parent)} | dict.fromkeys(isolation.THREADS, "1")
        self.process = subprocess.Popen(
            # -P: nothing is imported from the folder that the teacher happens to be in.
            [sys.executable, "-P", "-m", "w2vlib.classroom.marker", self.told],
            env=os.environ | here,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours to pass on
        )

    def _line(self, until):
        """What the next line says. Raises TimeoutError, or EOFError where there is none."""
        while b"\n" not in self.rest:
            left = max(until - time.monotonic(), 0)
            if not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError
            some = os.read(self.process.stdout.fileno(), 1 << 16)
            if not some:
                raise EOFError
            self.rest += some
        found, _, self.rest = self.rest.partition(b"\n")
        said = json.loads(found)
        if isinstance(said, dict):
            self.end()
            raise ValueError(said["slip"])  # noqa: TRY004 - the teacher's file is wrong
        return said


def main(told):
    """Mark the files whose names come in."""
    asked, out = pipes()
    limit(AS=MEMORY)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # no check catches this
    sheet, names, (apart, timeout), folder = json.loads(told)
    rules = marks.Rules(isolation.Isolation(*apart), timeout)
    checks = private.load(folder) if folder else {}
    tasks = marks.tasks(chapter.exercises(sheet, names), checks)
    waiting = queue.SimpleQueue()
    threading.Thread(target=listen, args=[asked, waiting], daemon=True).start()
    try:
        while True:
            name = waiting.get()
            for said in marks.mark(Path(json.loads(name)), tasks, rules):
                out.write(json.dumps(said).encode() + b"\n")
                out.flush()
    except private.Slip as slip:
        out.write(json.dumps({"slip": str(slip)}).encode() + b"\n")
    except KeyboardInterrupt:
        sys.exit(1)


def listen(asked, waiting):
    """Hand on what comes in. Where nobody is left to ask, as after a kill, end."""
    for name in asked:
        waiting.put(name)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1])
