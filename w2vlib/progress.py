"""What watches a training: a bar, Ctrl-C, and vectors that grow out of all bounds."""

import contextlib
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from w2vlib import check

__all__ = ["DivergenceError", "Progress"]

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
    """Looks at both matrices while they train, keeps sound vectors, and stops a divergence.

    That costs a copy of the vectors, the first of the two, and less than 1% of the time.
    """

    def __init__(self, both):
        self.both, self.sound = both, None
        self.next = time.perf_counter() + REST * sum(m.nbytes for m in both) / SPEED

    def __call__(self):
        start = time.perf_counter()
        if start >= self.next:
            self.look()
            self.keep()
            end = time.perf_counter()
            self.next = end + REST * (end - start)

    def look(self):
        """Raise DivergenceError unless both matrices are sound."""
        if not all(map(check.is_sound, self.both)):
            raise DivergenceError

    def keep(self):
        """Copy the vectors."""
        if self.sound is None:
            self.sound = np.empty_like(self.both[0])
        self.sound[...] = self.both[0]


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


@dataclass(frozen=True)
class Progress:
    """How far a training is, at the end of an epoch: what `callback` of `train` is called with.

    epoch, epochs: which epoch has ended, counted from 1, and how many there are.
    tokens, total: how many words of the text are done, in all epochs, and how many there are.
    loss: the mean loss of a word in this epoch, a float, or None, see `train`.
    vectors: `WordVectors`, a copy of what is learnt when it is asked for.
    Raises nothing.
    Source: w2vlib.

    >>> Progress(2, 5, 400, 1000, 2.5, lambda: None)
    Progress(epoch=2, epochs=5, tokens=400, total=1000, loss=2.5)
    """

    epoch: int
    epochs: int
    tokens: int
    total: int
    loss: float | None
    learnt: Callable = field(repr=False)

    @property
    def vectors(self):
        return self.learnt()


class Bar:
    """Counts tokens and the loss of an epoch, and shows both in a bar.

    An interruption meanwhile becomes a message.
    """

    def __init__(self, total, show=True):
        self.total, self.wanted, self.bar = total, show, None
        self.done, self.shown = 0, 0.0
        self.losses, self.counted, self.last = 0.0, 0, None

    def __call__(self, tokens, loss=None):
        self.done += tokens
        if loss is not None:
            self.losses += loss * tokens
            self.counted += tokens
        if self.bar is not None and time.monotonic() - self.shown > 0.1:
            self.show()

    def show(self):
        if self.loss is not None:
            self.bar.set_postfix(loss=f"{self.loss:.3f}", refresh=False)
        self.bar.update(self.done - self.bar.n)
        self.shown = time.monotonic()

    def share(self):
        """How much is done, in words."""
        return f"{self.done:,} of {self.total:,} tokens"

    @property
    def loss(self):
        """The mean loss of a word in this epoch; in the last one, where this has none yet."""
        return self.losses / self.counted if self.counted else self.last

    def end_epoch(self):
        self.losses, self.counted, self.last = 0.0, 0, self.loss

    def state(self):
        """What `go_on` goes on from."""
        return [self.done, self.losses, self.counted, self.last]

    def go_on(self, state):
        """Raises TypeError or ValueError for what is no `state`."""
        self.done, self.losses, self.counted, self.last = state
        check.whole(self.done, "done", at_least=0)
        check.whole(self.counted, "counted", at_least=0)
        if type(self.losses) is not float or type(self.last) not in (float, type(None)):
            raise TypeError("losses are floats")

    def __enter__(self):
        if self.wanted:
            with contextlib.suppress(ImportError):
                from tqdm.auto import tqdm  # here: importing w2vlib costs no tqdm

                options = {"unit": "tokens", "unit_scale": True, "file": Stderr()}
                self.bar = tqdm(total=self.total, initial=self.done, **options)
        return self

    def __exit__(self, kind, error, traceback):
        with contextlib.suppress(KeyboardInterrupt):  # a second one, from an impatient hand
            if self.bar is not None:
                self.show()
                self.bar.close()
            if kind is KeyboardInterrupt:
                print(
                    f"Interrupted after {self.share()} ({self.done / self.total:.0%}): "
                    "the vectors hold what was learnt so far.",
                    file=Stderr(),
                )
        return kind is KeyboardInterrupt
