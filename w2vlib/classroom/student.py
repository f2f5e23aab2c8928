"""Runs a student's cells in a process of its own, and answers calls of what they define.

It keeps the pipe to the teacher's side to itself, sets its own limits before the
first cell runs, and sends nothing but plain values (wire.py). Whatever a student's code
does here, the worst that it can do to the marks is to answer wrongly.
"""

import contextlib
import os
import select
import signal
import sys

ANEW, AGAIN = b"anew\n", 78  # a message, and the status of a copy that was sent it
LOOK = 5  # milliseconds
READY = b"{}\n"  # what each copy says first


def limit(**bounds):
    """Bounds of this process and of those it starts, by their names in the module resource."""
    import resource  # here: Windows has none

    for name, most in (bounds | {"CORE": 0}).items():
        try:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
        except (AttributeError, OSError, ValueError):
            continue  # it is lower already, or this system has no such limit


def pipes():
    """What was the standard input and output, for us alone: what is printed goes nowhere."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    return asked, told


def end_strays():
    """End what a copy has left running: it would read what is meant for the next one."""
    if not os.path.isdir("/proc/self"):
        return
    not_these = {1, os.getpid(), os.getppid()}
    for pid in {int(name) for name in os.listdir("/proc") if name.isdigit()} - not_these:
        with contextlib.suppress(PermissionError, ProcessLookupError):
            if os.getpgid(pid) == os.getpgrp():
                os.kill(pid, signal.SIGKILL)


def wait_for(copy, asked):
    """The exit code of a copy. Where nobody is left who asks, all of us end."""
    asks = select.poll()
    asks.register(asked, 0)  # of its end alone
    while True:
        pid, status = os.waitpid(copy, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if asks.poll(LOOK):
            os.killpg(0, signal.SIGKILL)


def main(memory, processes):
    """Do what comes in, a message a line, and answer each; ANEW is for a process of no past.

    Nothing but the start happens in this process: copies of it, one after the other, do the rest.
    """
    asked, told = pipes()
    from w2vlib.classroom.served import Served  # before the limits: it loads NumPy

    # An hour of computing: where nobody is left to end it.
    limit(AS=memory, NPROC=processes, FSIZE=10_000_000, NOFILE=256, CPU=3600)
    while copy := os.fork():
        if wait_for(copy, asked) != AGAIN:
            return
        end_strays()
    served, said = Served(), READY
    while said:
        told.write(said)
        told.flush()
        message = asked.readline()
        if message == ANEW:
            os._exit(AGAIN)
        said = message and served.answer(message)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
