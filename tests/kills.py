"""Processes that are killed: at a moment of time, or just before they change something on disk.

Each is forked from one that has imported everything once, so that hundreds are cheap.
"""

import hashlib
import multiprocessing.forkserver
import os
import random
import re
import signal
import sys
import time
from pathlib import Path

CHANGES = {"open", "os.chmod", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}
HERE = Path(__file__).parent
PATHS = list(map(str, [HERE, HERE / "classroom", HERE.parent]))
JOBS = ["test_kills", "test_killed_grading"]  # where they stand
LEFTOVER = re.compile(r"\.(.*)\.[0-9a-f]{16}\.part")


def forkserver():
    """What makes the processes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["warm", *JOBS])
    former = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([*PATHS, former])  # it knows no other way
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        os.environ["PYTHONPATH"] = former
    killed(context, time.sleep, 0)  # it has started, then
    return context


def killed(context, job, *args, after=None, before=None, folder=""):
    """Run job(*args), and kill it with all of its group -> whether it was; else it has ended.

    after: so many seconds. before: the change of that number, from 0, to a file below `folder`.
    """
    process = context.Process(target=_alone, args=(before, str(folder), job, args))
    process.start()
    process.join(after)
    if process.exitcode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it has no group yet
            process.kill()
        process.join()
    code = process.exitcode
    process.close()
    assert code in (0, -signal.SIGKILL), code
    return code != 0


def _alone(before, folder, job, args):
    os.setsid()
    if before is not None:
        sys.addaudithook(_axe(before, folder))
    job(*args)


def _axe(left, folder):
    """An audit hook that kills its process before a change."""

    def hook(event, args):
        nonlocal left
        if event not in CHANGES or not any(str(x).startswith(folder) for x in args):
            return
        if event != "open" or args[2] & (os.O_WRONLY | os.O_RDWR):
            left -= 1
            if left < 0:
                os.killpg(0, signal.SIGKILL)
                time.sleep(60)  # it dies here

    return hook


class Trial:
    """A job that writes into a folder: what it leaves there when it is killed, and run again.

    make: make(folder) -> what stands there before. job: job(folder), the same each time.
    """

    def __init__(self, context, scratch, make, job):
        self.context, self.scratch, self.make, self.job = context, scratch, make, job
        self.number = 0
        folder = self.fresh()
        states, log = self.found(), scratch / "log"
        start = time.perf_counter()
        assert not killed(context, _recorded, log, job, folder)
        self.seconds = time.perf_counter() - start
        self.states = {name: [None, digest] for name, digest in states.items()}
        for line in log.read_text().splitlines():
            name, digest = line.rsplit(" ", 1)
            self.states.setdefault(name, [None]).append(digest)
        self.end = self.found()
        assert all(self.states[name][-1] == digest for name, digest in self.end.items())

    def fresh(self):
        """Begin anew."""
        self.number += 1
        self.folder = self.scratch / str(self.number)
        self.folder.mkdir()
        self.make(self.folder)
        self.reached = {}
        return self.folder

    def files(self):
        return [path for path in self.folder.rglob("*") if not path.is_dir()]

    def found(self):
        """Digests of the files that are there, but for leftovers."""
        return {
            str(path.relative_to(self.folder)): _digest(path)
            for path in self.files()
            if not LEFTOVER.fullmatch(path.name)
        }

    def kill(self, **moment):
        """Run the job and kill it, and see that nothing is lost -> whether it was killed."""
        hit = killed(self.context, self.job, self.folder, folder=self.folder, **moment)
        found = self.found()
        for name, states in self.states.items():
            reached = states.index(found.pop(name, None))  # whole, or there is none
            assert reached >= self.reached.get(name, 0), name
            self.reached[name] = reached
        assert not found
        leftovers = [path for path in self.files() if LEFTOVER.fullmatch(path.name)]
        of = {(path.parent, LEFTOVER.fullmatch(path.name)[1]) for path in leftovers}
        assert len(of) == len(leftovers)  # one at most of each file
        if not hit:
            self.check_end()
        return hit

    def check_end(self):
        assert self.found() == self.end and len(self.files()) == len(self.end)

    def kill_before_each_change(self, step=1):
        """-> how many there were. The job is run again after each."""
        number = 0
        while self.fresh() and self.kill(before=number):
            assert not self.kill()
            number += step
        return number // step

    def kill_at_random(self, times, seed, share=1.0):
        """share: of the time that the job takes, the latest moment -> kills, and ends between."""
        moments, kills, ends = random.Random(seed), 0, 0
        self.fresh()
        while kills < times:
            if self.kill(after=moments.random() * share * self.seconds):
                kills += 1
            else:
                ends += 1
                self.fresh()
        assert not self.kill()
        return kills, ends + 1


def _recorded(log, job, folder):
    """Run the job, and note each file that it puts in its place."""
    from w2vlib import replacing

    put = replacing.put

    def noting(part, target):
        put(part, target)
        with open(log, "a") as file:
            file.write(f"{Path(target).relative_to(folder)} {_digest(target)}\n")

    replacing.put = noting
    log.touch()
    job(folder)


def _digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
