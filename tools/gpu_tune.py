"""Seek the CUDA engine's defaults on a card: python tools/gpu_tune.py, a minute or two.

First a grid of settings, one training each; then neighbours of the best; then the best with more
seeds, and on a long and a short text, where they are: wiki8 (--wiki8) and PTB (W2VLIB_DATA). At the
end comes a table for each text, the finalists first, by analogies.
"""

import argparse
import itertools
import os
import statistics
from functools import cache
from pathlib import Path

import gpu_ladder
from gpu_bench import Kernel, Record, fit, large_text, limit, scores, shuffled_default

from w2vlib import gpu, load_corpus, warps
from w2vlib.draws import kept_share
from w2vlib.engines import usual_epochs

GRID = {
    "epochs": (7,),
    "subsample": (1e-3, 3e-4, 1e-4),
    "decay": (0, 0.02, 0.05, 0.1),
    "learning_rate": (0.06, 0.1, 0.2, 0.3),
    "negatives": (1, 0.16, 0),  # how much of the decay a negative loses: with 1 it is the engine
}
BEFORE = (9, 1e-4, 0, 0.06, 1)  # the defaults before there was decay
SEEDS = (2, 3, 4)  # of the finalists, beside 1


@cache
def kernel(own, share):
    return None if share == 1 else Kernel(gpu_ladder.other_negatives(own, share))


def neighbours(settings):
    epochs, subsample, decay, rate, share = settings
    yield 9, subsample, decay, rate, share
    for times in (0.7, 1.4):
        yield epochs, subsample, round(times * decay, 4), rate, share
        yield epochs, subsample, decay, round(times * rate, 4), share


class Trials:
    """Trainings on one text: settings, a tuple in the order of GRID -> results, one a seed."""

    def __init__(self, name, corpus, size):
        self.name, self.corpus, self.size, self.results = name, corpus, size, {}

    def add(self, settings, seed=1):
        *values, share = settings
        options = dict(zip(GRID, values))
        rung = kernel(-(-self.size // warps.WARP), share)
        vectors, seconds, loss = fit(self.corpus, seed, self.size, rung, **options)
        result = scores(vectors, self.corpus) | {"loss": loss, "seconds": seconds}
        self.results.setdefault(tuple(settings), []).append(result)

    def mean(self, settings, figure):
        return statistics.fmean(result[figure] for result in self.results[settings])

    def best(self):
        """First those with more seeds, by analogies, then the others; what diverged is the last."""

        def key(settings):
            diverged = not self.sound(settings)
            return diverged, -len(self.results[settings]), -self.mean(settings, "analogies")

        return sorted(self.results, key=key)

    def finalists(self, number):
        """The best of the engine, and the best with other negatives."""
        best = self.best()
        engine, others = ([s for s in best if (s[-1] == 1) == same] for same in (True, False))
        return engine[:number] + others[:number]

    def sound(self, settings):
        return not any(result["diverged"] for result in self.results[settings])

    def report(self, record):
        titles = ["analogies", "wordsim", "loss", "seconds", "seeds", *GRID, "lines"]
        rows = []
        for settings in self.best():
            keep = kept_share(self.corpus.counts, settings[1])
            means = [self.mean(settings, title) for title in ("analogies", "wordsim", "seconds")]
            loss = self.mean(settings, "loss") if self.sound(settings) else float("nan")
            seeds, lines = len(self.results[settings]), gpu.lines_at_once(self.corpus.counts * keep)
            rows.append([*means[:2], loss, means[2], seeds, *settings, lines])
        record.keep("tune", self.name, {"titles": titles, "rows": rows})
        print(self.name, *titles)
        for row in rows[:40]:
            print("{:.1%} {:.3f} {:.3f} {:.3f} {}  ".format(*row), *(f"{x:g}" for x in row[5:]))


def elsewhere(args):
    """A long text and a short one, where they are."""
    if args.wiki8:
        yield "wiki8", large_text(args.wiki8)
    if "W2VLIB_DATA" in os.environ:
        yield "ptb", load_corpus("ptb")


def tune(args, record):
    trials = Trials("default", shuffled_default(args.words), args.size)
    everything = [trials]
    try:
        grid = list(itertools.product(*GRID.values()))
        grid.sort(key=lambda settings: settings[-1] != 1)  # the engine comes first
        for share in GRID["negatives"]:
            trials.add((*grid[0][:-1], share))  # compiles
        trials.results.clear()
        for settings in grid[: args.trials]:
            decays, share = settings[2], settings[4]
            if share == 1 or decays:  # without decay all shares are the same
                trials.add(settings)
        record.say("grid")
        for settings in itertools.chain(*map(neighbours, trials.finalists(args.finalists // 3))):
            if settings not in trials.results:
                trials.add(settings)
        record.say("neighbours")
        if BEFORE not in trials.results:
            trials.add(BEFORE)
        for settings in dict.fromkeys([BEFORE, *trials.finalists(args.finalists)]):
            for seed in SEEDS:
                trials.add(settings, seed)
        record.say("finalists")
        for name, corpus in elsewhere(args):
            everything.append(Trials(name, corpus, args.size))
            epochs = usual_epochs(len(corpus))
            chosen = [BEFORE, *trials.finalists(args.finalists // 3)]
            for settings in dict.fromkeys((epochs, *settings[1:]) for settings in chosen):
                everything[-1].add(settings)
            record.say(name)
    finally:
        for each in reversed(everything):
            each.report(record)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("tune.json"))
    parser.add_argument("--wiki8", type=Path, help="folder of the large text, or it is left out")
    parser.add_argument("--words", type=int, help="of the default text, to try the script")
    parser.add_argument("--trials", type=int, help="of the grid, to try the script")
    parser.add_argument("--finalists", type=int, default=12, help="of each kind")
    parser.add_argument("--size", type=int, default=100, help="of the vectors")
    parser.add_argument("--seconds", type=int, default=150)
    args = parser.parse_args()
    record = Record(args.output)
    try:
        with limit(args.seconds):
            tune(args, record)
    except TimeoutError:
        record.fail("tune")


if __name__ == "__main__":
    main()
