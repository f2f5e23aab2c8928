"""Manners of a program at a console: what it prints, how it ends, and when it is interrupted."""

import contextlib
import io
import os
import signal
import sys
import threading
import warnings

from w2vlib.vocabulary import UnknownWord

WRONG = 2  # what argparse ends with, too
INTERRUPTED, BROKEN_PIPE = 130, 141  # what a shell reports after Ctrl-C, and where nobody reads on


def say(text):
    """Print a line to stderr. Where nobody can read it, work goes on all the same."""
    if sys.stderr is None:
        return
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _drop(sys.stderr)


@contextlib.contextmanager
def noting_warnings():
    """Warnings are shown as notes, a line each."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *where: say(f"note: {message}")
        yield


def is_watched():
    """Whether stderr is a terminal, where a bar that moves is of use."""
    return sys.stderr is not None and sys.stderr.isatty()


def show_any_character():
    """Print a character that the output's encoding lacks as \\u732b, instead of stopping there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # not what a notebook puts in its place
            stream.reconfigure(errors="backslashreplace")


def exit_code(run):
    """Call `run`, which returns an exit code. Where it fails, one line on stderr says why."""
    try:
        code = run()
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        say("interrupted: nothing was written")
        return INTERRUPTED
    except BrokenPipeError:  # as with `| head -1`: who reads has enough
        return BROKEN_PIPE
    except OSError as error:
        has_parts = error.strerror and error.filename
        say(f"error: {error.filename}: {error.strerror}" if has_parts else f"error: {error}")
    except (ValueError, TypeError, IndexError, UnknownWord) as error:
        say(f"error: {error}")
    except (ArithmeticError, ImportError, MemoryError) as error:
        say(f"error: {error or type(error).__name__}")
    finally:
        _drop_what_cannot_be_printed()
    return WRONG


def _drop_what_cannot_be_printed():
    """Python would stumble over it at its end."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _drop(sys.stdout)


def _drop(stream):
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def noting_interrupts():
    """A list that grows with each Ctrl-C: `train` takes one for 'enough' and returns as ever."""
    seen, former = [], signal.getsignal(signal.SIGINT)

    def note(*args):
        seen.append(args)
        if len(seen) != 2:  # an impatient second one would lose what was learnt
            former(*args)  # which raises KeyboardInterrupt

    # Where Ctrl-C is ignored, as behind nohup, it stays so; it reaches the main thread alone.
    if not callable(former) or threading.current_thread() is not threading.main_thread():
        yield seen
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, former)
