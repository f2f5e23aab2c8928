"""What watches a training: a bar, Ctrl-C, and vectors that grow out of all bounds."""

import contextlib
import io
import sys
import time

import numpy as np

__all__ = ["DivergenceError"]

LARGEST = 1000  # no number of a sound vector comes near it; some 30 is much
REST = 100  # a look at the vectors is followed by this many times its duration without one
SPEED = 2e9  # bytes a second that the first look is taken to need, at a guess


class DivergenceError(FloatingPointError):
    """The vectors grow out of all bounds. `vectors` holds the last sound WordVectors, or None.

    Raises nothing itself: `train` raises it. It is a FloatingPointError.
    Source: w2vlib.

    >>> issubclass(DivergenceError, FloatingPointError), DivergenceError().vectors
    (True, None)
    """

    vectors = None


class Watch:
    """Looks at `vectors` while they train, keeps the last sound ones, and stops a divergence.

    That costs a copy of the vectors, and less than 1% of the time.
    """

    def __init__(self, vectors):
        self.vectors, self.sound = vectors, None
        self.next = time.perf_counter() + REST * vectors.nbytes / SPEED

    def __call__(self):
        start = time.perf_counter()
        if start >= self.next:
            self.look()
            self.keep()
            end = time.perf_counter()
            self.next = end + REST * (end - start)

    def look(self):
        """Raise DivergenceError unless the vectors are sound."""
        # A comparison with NaN is False.
        if not (-LARGEST < self.vectors.min() and self.vectors.max() < LARGEST):
            raise DivergenceError

    def keep(self):
        """Copy the vectors."""
        if self.sound is None:
            self.sound = np.empty_like(self.vectors)
        self.sound[...] = self.vectors


class Stderr:
    """stderr, as a stream that stops no work: what cannot be shown there is left out."""

    def __init__(self):
        self.stream = sys.stderr or io.StringIO()  # None where it is closed

    def write(self, text):
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(text)

    def flush(self):
        with contextlib.suppress(OSError, ValueError):
            self.stream.flush()

    def __getattr__(self, name):
        return getattr(self.stream, name)


class Progress:
    """Counts tokens, shows a bar while it does, and turns an interruption into a message."""

    def __init__(self, total, show=True):
        self.total, self.done, self.shown, self.bar = total, 0, 0.0, None
        if show:
            with contextlib.suppress(ImportError):
                from tqdm.auto import tqdm  # here: importing w2vlib costs no tqdm

                self.bar = tqdm(total=total, unit="tokens", unit_scale=True, file=Stderr())

    def __call__(self, tokens):
        self.done += tokens
        if self.bar is not None and time.monotonic() - self.shown > 0.1:
            self.bar.update(self.done - self.bar.n)
            self.shown = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if self.bar is not None:
            self.bar.update(self.done - self.bar.n)
            self.bar.close()
        if kind is KeyboardInterrupt:
            print(
                f"Interrupted after {self.done:,} of {self.total:,} tokens "
                f"({self.done / self.total:.0%}): the vectors hold what was learnt so far.",
                file=Stderr(),
            )
            return True
