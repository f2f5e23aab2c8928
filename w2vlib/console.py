"""Manners of a program at a console: what it prints, how it ends, and when it is interrupted."""

import contextlib
import functools
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
    except SystemExit as stop:  # after --help (0) or a usage error (2), which argparse has printed
        return stop.code
    except KeyboardInterrupt:
        say("interrupted: nothing was written")
        return INTERRUPTED
    except BrokenPipeError:  # as with `| head -1`: who reads has enough
        return BROKEN_PIPE
    except OSError as error:
        has_parts = error.strerror and error.filename
        _tell(f"{error.filename}: {error.strerror}" if has_parts else error)
    except (ValueError, TypeError, IndexError, UnknownWord) as error:
        _tell(error)
    except (ArithmeticError, ImportError, MemoryError) as error:
        _tell(error or type(error).__name__)
    finally:
        _drop_what_cannot_be_printed()
    return WRONG


def _tell(error):
    """An error in one line, whatever names of files are in it."""
    say("error: " + " ".join(str(error).splitlines()))


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


class Interrupts:
    """What Ctrl-C does: it cuts the training short; once all is `writing`, the next is spared."""

    def __init__(self):
        self.cut = self.writing = self.spared = False

    def __call__(self, *args, raises):
        if self.spared:
            raises(*args)
        elif self.cut or self.writing:  # it would lose what was learnt
            self.spared = True
        else:
            self.cut = True
            raises(*args)


@contextlib.contextmanager
def noting_interrupts():
    """`Interrupts` meanwhile: `train` takes the first for 'enough' and returns as ever."""
    seen, former = Interrupts(), signal.getsignal(signal.SIGINT)
    # Where Ctrl-C is ignored, as behind nohup, it stays so; it reaches the main thread alone.
    if not callable(former) or threading.current_thread() is not threading.main_thread():
        yield seen
        return
    signal.signal(signal.SIGINT, functools.partial(seen, raises=former))
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, former)
