"""The command `ledger`: every stage of the course, timed on this machine."""

import os

from w2vlib import files, ledger
from w2vlib.commands.arguments import command, write_to
from w2vlib.console import INTERRUPTED, say

LEDGER = """\
Run every stage of the course on this machine and print how many tokens a second each of them
trains on, with a vocabulary of 10,000 words: about a minute. Ctrl-C prints what is there by then.
"""


def add(commands):
    """The command, for a parser."""
    says = "time every stage of the course on this machine"
    parser = command(commands, run, "ledger", says, LEDGER)
    chart = "draw the stages too, into a .png, .svg or .pdf file (default: none)"
    parser.add_argument("--chart", type=write_to, metavar="FILE", help=chart)


def run(args):
    """Time the stages."""
    # The figure first: a wrong name shows before the work.
    figure = None if args.chart is None else _figure(args.chart)
    missing, rows, slower = ledger.missing(), [], {}
    interrupted = False
    try:
        for stage in ledger.STAGES | ledger.LATER:
            if stage not in missing:
                say(f"{stage} ...")
                rows.append(ledger.measure(stage))
        for row in rows:
            if row.stage in ledger.LATER and row.stage != ledger.PEER:
                say(f"{row.stage}, with a vocabulary of 1,000,000 words ...")
                slower[row.stage] = ledger.slowdown(row)
    except KeyboardInterrupt:
        interrupted = True
        say("interrupted: this is what was measured")
    for stage, what in missing.items():
        say(f"left out: {stage}, which needs {what}")
    print(ledger.report(rows, slower))
    if figure and rows:
        ledger.chart(rows, figure.subplots())
        with files.writing(args.chart) as file:
            figure.savefig(file, format=_kind(args.chart))
    return INTERRUPTED if interrupted else 0


def _figure(path):
    """An empty figure, once it is clear that it can be drawn and written to `path`."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ValueError("--chart needs Matplotlib: python -m pip install matplotlib") from None
    figure = Figure(figsize=(8, 4), layout="constrained")
    if _kind(path) not in figure.canvas.get_supported_filetypes():
        raise ValueError(f"--chart {path}: give a name that ends in .png, .svg or .pdf")
    files.check_writable(path, "--chart")
    return figure


def _kind(path):
    return os.path.splitext(path)[1][1:].lower()
