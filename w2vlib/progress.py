"""What watches a training: a bar, Ctrl-C, and vectors that grow out of all bounds."""

import sys
import time


class Progress:
    """Counts tokens, shows a bar while it does, and turns an interruption into a message."""

    def __init__(self, total, show=True):
        self.total, self.done, self.shown, self.bar = total, 0, 0.0, None
        if show:
            from tqdm.auto import tqdm  # here: importing w2vlib costs no tqdm

            self.bar = tqdm(total=total, unit="tokens", unit_scale=True)

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
                file=sys.stderr,
            )
            return True
