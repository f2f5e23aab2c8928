"""The speed ledger: each stage of the course does the same task on your machine.

The task never changes: words guessed from a window of 5 words on each side, vectors of 100 numbers,
5 negatives. The stages of the textbook, in STAGES, repeat a step on one batch of 32 targets; so do
the first two in LATER. The engines, and gensim beside them, train on a text drawn by Zipf's law;
words that subsampling leaves out of it do not count. Bytes are those of 32 targets throughout.
"""

from typing import NamedTuple

import numpy as np

from w2vlib import check
from w2vlib.engine_stages import TRAINED
from w2vlib.engines import one_blas_thread
from w2vlib.stages import HIDDEN, NEGATIVE, SPARSE, TEXTBOOK, seconds
from w2vlib.table import Table

__all__ = [
    "LATER",
    "STAGES",
    "Row",
    "bytes_touched",
    "chart",
    "measure",
    "missing",
    "report",
    "seconds",
    "slowdown",
    "table",
    "times",
]

FLOAT = 4  # bytes
PEER = TRAINED[-1].name  # not a stage of ours: shown last, for comparison
STAGES = {stage.name: stage for stage in TEXTBOOK}
LATER = {stage.name: stage for stage in [*SPARSE, *TRAINED]}


class Row(NamedTuple):
    """A line of the ledger; `growth` is the bytes at V = 1,000,000 over those at V = 10,000.

    Raises nothing.
    Source: chapter 1.

    >>> Row("one-hot and softmax", 1145.0, 125_400_000, 100.0).tokens_per_second
    1145.0
    """

    stage: str
    tokens_per_second: float
    bytes: int
    growth: float


def measure(stage, vocab_size=10_000, budget=0.25):
    """Run steps of `stage` for about `budget` seconds, at least three, and return its `Row`.

    The speed is that of the fastest step; of an engine's fastest epoch, whatever the budget.

    Raises ValueError for a stage that is neither in STAGES nor in LATER, ImportError where
        `missing()`.
    Source: chapter 1.

    >>> row = measure("+ Embedding", vocab_size=1000, budget=0.01)
    >>> row.stage, row.tokens_per_second > 0, row.bytes < 10_000_000
    ('+ Embedding', True, True)
    """
    check.whole(vocab_size, "vocab_size", at_least=NEGATIVE + 1)
    check.matrices(vocab_size, HIDDEN)
    check.number(budget, "budget", at_least=0)
    found = _find(stage)
    with one_blas_thread():
        speed = found.speed(vocab_size, np.random.default_rng(0), budget)
    small, large = bytes_touched(stage, 10_000), bytes_touched(stage, 1_000_000)
    return Row(stage, speed, bytes_touched(stage, vocab_size), large / small)


def slowdown(row):
    """How much longer the stage of this `Row` takes at V = 1,000,000, measured now.

    It needs up to 2 GB of memory; for the stages of LATER.

    Raises what `measure` raises.
    Source: w2vlib.

    >>> slowdown(Row("unheard of", 1.0, 1, 1.0))
    Traceback (most recent call last):
    ...
    ValueError: stage is 'unheard of': it should be ...
    """
    check.kind(row, Row, "row")
    return row.tokens_per_second / measure(row.stage, 1_000_000).tokens_per_second


def bytes_touched(stage, vocab_size):
    """Bytes that one step of `stage` moves, by a simple count from the shapes of its arrays.

    See w2vlib.stages for what counts.

    Raises ValueError for a stage that is neither in STAGES nor in LATER.
    Source: chapter 1.

    >>> small, large = (bytes_touched("one-hot and softmax", V) for V in (10_000, 1_000_000))
    >>> round(large / small)
    100
    """
    check.whole(vocab_size, "vocab_size", at_least=2)
    return FLOAT * _find(stage).numbers(vocab_size)


def table(rows, before=False):
    """The rows as a `Table`, each with its factor over the first.

    before: with one more column, the factor over the row before.
    Raises TypeError for what is no list of rows, ValueError without rows.
    Source: chapter 2.

    >>> table([Row("first", 100.0, 5_000_000, 100.0), Row("second", 250.0, 9_000, 1.0)])
    stage   tokens/s  factor  MB a step  growth
    first        100    1.0x        5.0  100.0x
    second       250    2.5x       0.01    1.0x
    """
    check_rows(rows)
    check.flag(before, "before")
    lines = []
    for former, row in zip([rows[0], *rows], rows):
        speed, mb = row.tokens_per_second, float(row.bytes) / 1e6
        size = f"{mb:,.1f}" if mb >= 1 else f"{mb:.2f}"
        factors = [times(speed / rows[0].tokens_per_second)]
        if before:
            factors.append(times(speed / former.tokens_per_second))
        lines.append([row.stage, f"{speed:,.0f}", *factors, size, times(row.growth)])
    names = ["factor", "before"] if before else ["factor"]
    return Table(["stage", "tokens/s", *names, "MB a step", "growth"], lines)


def times(factor):
    """A factor as text.

    Raises TypeError or ValueError for what is no finite number.
    Source: chapter 1.

    >>> times(2.5), times(2500)
    ('2.5x', '2,500x')
    """
    check.number(factor, "factor")
    return f"{factor:.1f}x" if factor < 1000 else f"{factor:,.0f}x"


def report(rows, slowdowns):
    """The whole ledger as text: the table, its sum, and {stage: slowdown} of those measured.

    Raises TypeError for what is no list of rows, or no dict.
    Source: chapter 11.

    >>> rows = [Row("first", 100.0, 5_000_000, 100.0), Row("second", 250.0, 9_000, 1.0)]
    >>> print(report(rows, {}).splitlines()[-1])
    From 'first' to 'second': 2.5x
    """
    if isinstance(rows, list | tuple) and not rows:
        return "nothing was measured"
    check_rows(rows)
    check.kind(slowdowns, dict, "slowdowns")
    lines = [str(table(rows, before=True))]
    first, last = rows[0], [row for row in rows if row.stage != PEER][-1]
    factor = times(last.tokens_per_second / first.tokens_per_second)
    lines += ["", f"From '{first.stage}' to '{last.stage}': {factor}"]
    if slowdowns:
        lines += ["", "Time of a step at V = 1,000,000 over that at V = 10,000:"]
    for stage, slowdown in slowdowns.items():
        check.label(stage, "a stage of slowdowns")
        check.number(slowdown, f"slowdowns[{stage!r}]")
    lines += [f"{stage:<23}{times(slowdown):>10}" for stage, slowdown in slowdowns.items()]
    return "\n".join(lines)


def chart(rows, ax):
    """Draw the rows on a Matplotlib Axes: a bar for each, tokens a second on a log scale.

    Raises TypeError for what is no list of rows, or no Axes, ValueError without rows.
    Source: chapter 6.

    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> chart([Row("first", 100.0, 5, 1.0), Row("second", 250.0, 5, 1.0)], ax)
    >>> len(ax.patches), ax.get_xscale()
    (2, 'log')
    """
    check_rows(rows)
    check.having(ax, ["barh", "bar_label"], "ax")
    names = [row.stage for row in rows]
    speeds = [row.tokens_per_second for row in rows]
    colours = ["tab:gray" if name == PEER else "tab:blue" for name in names]
    bars = ax.barh(names, speeds, color=colours)
    ax.bar_label(bars, [f"{speed:,.0f}" for speed in speeds], padding=3)
    ax.set(xscale="log", xlabel="tokens/s", xlim=(min(speeds) / 3, max(speeds) * 60))
    ax.xaxis.set_major_formatter(lambda speed, _: _short(speed))
    ax.invert_yaxis()  # the first stage on top


def missing():
    """The later stages that cannot run here, each with what it needs.

    Raises nothing.
    Source: chapter 11.

    >>> set(missing()) <= set(LATER)
    True
    """
    lacking = {name: stage.missing() for name, stage in LATER.items()}
    return {name: what[0] for name, what in lacking.items() if what}


def _short(number):
    """The number at a tick, so that there is room: 100, 10k, 1M."""
    for size, sign in [(1e6, "M"), (1e3, "k")]:
        if number >= size:
            return f"{number / size:g}{sign}"
    return f"{number:g}"


def _find(stage):
    found = STAGES | LATER
    check.choice(stage, found, "stage")
    return found[stage]


def check_rows(rows):
    """Raise unless `rows` is a list of at least one Row."""
    if not isinstance(rows, list | tuple) or not rows:
        raise ValueError(f"rows is {check.short(rows)}: it should be a list of at least one Row")
    for place, row in enumerate(rows):
        check.kind(row, Row, f"rows[{place}]")
        check.kind(row.stage, str, f"rows[{place}].stage")
        check.number(row.tokens_per_second, f"rows[{place}].tokens_per_second", above=0)
        check.number(row.bytes, f"rows[{place}].bytes", at_least=0)
        check.number(row.growth, f"rows[{place}].growth")
