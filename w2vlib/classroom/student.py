"""Runs a student's cells in a process of its own, and answers calls of what they define.

It keeps the pipe to the teacher's side to itself, sets its own limits before the
first cell runs, and sends nothing but plain values (wire.py). Whatever a student's code
does here, the worst that it can do to the marks is to answer wrongly.
"""

import os
import sys


def limit(memory, processes, file_size=10_000_000):
    """Bounds of this process and of those it starts, where the system has them."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in [
        ("RLIMIT_AS", memory),
        ("RLIMIT_FSIZE", file_size),
        ("RLIMIT_NOFILE", 256),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", processes),
    ]:
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, OSError, ValueError):
            continue  # it is lower already, or this system has no such limit


def main(memory, processes):
    """Listen on what was the standard input, answer on what was the standard output."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):  # what a cell prints goes nowhere
        os.dup2(nothing, number)
    from w2vlib.classroom.served import Served  # before the limits: it loads NumPy

    served = Served()
    limit(memory, processes)
    for message in asked:
        told.write(served.answer(message))
        told.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
