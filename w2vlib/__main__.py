"""The command line: python -m w2vlib train | similar | analogy | evaluate | ... (see --help)."""

import argparse
import functools
import sys

from w2vlib import __version__
from w2vlib.commands import ledger, train, vectors
from w2vlib.commands.arguments import parsed, words_last
from w2vlib.console import exit_code, noting_warnings, show_any_character

EXAMPLES = """\
examples:
  python -m w2vlib train default -o vectors.txt         the corpus that ships with the course
  python -m w2vlib train mytext.txt.gz --epochs 5 -o vectors.bin --binary
  cat *.txt | python -m w2vlib train - --lower -o - | python -m w2vlib similar - king
  python -m w2vlib similar vectors.txt king water
  python -m w2vlib analogy vectors.txt man king woman   man is to king as woman is to ...?
  python -m w2vlib doesnt-match vectors.txt rain snow king
  python -m w2vlib evaluate vectors.txt
  python -m w2vlib convert glove.txt -o vectors.bin --binary
  python -m w2vlib ledger --chart ledger.png            every stage of the course, timed

For the name of a file, - is standard input or output. Results go to stdout, progress and errors to
stderr. Exit code: 0 done; 2 something is wrong with the command or with a file, which one line
tells; 130 interrupted by Ctrl-C; 141 nobody reads the output any more, as after `| head`.
'python -m w2vlib COMMAND --help' explains the options of a command.
"""


def main(argv=None):
    """Run one command (`argv`, or the command line's) and return its exit code."""
    show_any_character()
    return exit_code(functools.partial(_run, sys.argv[1:] if argv is None else list(argv)))


def _run(argv):
    if argv[:1] and argv[0] in vectors.WITH_WORDS:
        argv = argv[:1] + words_last(argv[1:], vectors.OPTIONS)
    args = parsed(parser(), argv)
    with noting_warnings():
        return args.run(args)


def parser():
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python -m w2vlib",
        description="Train word vectors, and ask them what they know.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"w2vlib {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for room in (train, vectors, ledger):
        room.add(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
