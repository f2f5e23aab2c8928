"""A training under way: it shows how far it is, writes checkpoints, calls back, loses nothing."""

import contextlib

import numpy as np

from w2vlib import check, matrices
from w2vlib.progress import Bar, DivergenceError, Progress, Stderr, Watch


class Run:
    """The training of `both` matrices by an engine, with options for its `fit`.

    former: the WordVectors that it goes on from, or None.
    """

    def __init__(self, engine, corpus, options, both, former=None, show=True):
        self.engine, self.corpus, self.options = engine, corpus, options
        self.both, self.former, self.checkpoint = both, former, None
        self.pieces, self.done = engine.count_pieces(corpus), 0  # in an epoch; in all
        self.bar = Bar(options["epochs"] * len(corpus), show)
        self.watch = Watch(both)

    def go_on(self, checkpoint):
        """Write to a Checkpoint from now on, and go on from what it holds."""
        self.checkpoint = checkpoint
        if checkpoint.state is not None:
            checkpoint.load(self.both)
            try:
                self.done = checkpoint.state["pieces"]
                check.whole(self.done, "pieces", at_most=self.pieces * self.options["epochs"])
                self.bar.go_on(checkpoint.state["bar"])
            except (KeyError, TypeError, ValueError):
                raise checkpoint.damaged() from None
            if self.bar.wanted:
                told = "goes on after" if self._is_left() else "is complete:"
                print(f"{checkpoint.path} {told} {self.bar.share()}", file=Stderr())

    def __call__(self, callback=None):
        """Train, or go on -> WordVectors. Errors carry what was learnt."""
        try:
            if self._is_left():
                with self.bar:
                    self._train(callback)
                with contextlib.suppress(KeyboardInterrupt):  # it comes late: all is learnt
                    self.watch.look()
        except Exception as error:
            self._tell(error)
            raise
        return self._learnt(*self.both)

    def _is_left(self):
        return self.done < self.pieces * self.options["epochs"]

    def _train(self, callback):
        training = self.engine.fit(
            *self.both, self.corpus, first=self.done, report=self._report, **self.options
        )
        with contextlib.closing(training):
            for fetch in training:
                self.done += 1
                epoch, more = divmod(self.done, self.pieces)
                if not more:
                    self.bar.end_epoch()
                write = self.checkpoint and (not more or self.checkpoint.is_due())
                if fetch and (write or callback):
                    fetch()
                if write:
                    self.watch.look()
                    state = {"pieces": self.done, "bar": self.bar.state()}
                    self.checkpoint.save(self.both, state)
                if callback and not more and callback(self._progress(epoch)):
                    return

    def _report(self, tokens, loss=None):
        self.bar(tokens, loss)
        self.watch()

    def _progress(self, epoch):
        bar = self.bar
        return Progress(
            epoch, self.options["epochs"], bar.done, bar.total, bar.loss,
            lambda: self._learnt(*map(np.copy, self.both)),
        )  # fmt: skip

    def _learnt(self, vectors, outputs):
        return matrices.learnt(vectors, outputs, self.corpus.vocabulary, self.former, self.bar.loss)

    def _tell(self, error):
        """What was learnt becomes the attribute `vectors` of an error."""
        if isinstance(error, DivergenceError):
            if self.watch.sound is not None:
                error.vectors = self._learnt(self.watch.sound, None)
                error.vectors.loss = None  # that of the training, which is none any more
            rate, done = self.options["learning_rate"], f"after {self.bar.share()}"
            error.args = (
                f"the training diverged {done}: learning_rate is {rate:g}, try {rate / 4:g}",
            )
            return
        with contextlib.suppress(DivergenceError, AttributeError):
            self.watch.look()
            error.vectors = self._learnt(*self.both)
            error.add_note("What was learnt by then is in this error's attribute `vectors`.")
