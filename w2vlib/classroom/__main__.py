"""For teachers: `python -m w2vlib.classroom`, with sheet, key, assignment and grade."""

import argparse
import functools
import sys
from pathlib import Path

from w2vlib import files
from w2vlib.classroom import assignment, grade, hand_ins, isolation, report, sheet
from w2vlib.commands.arguments import parsed
from w2vlib.console import INTERRUPTED, exit_code, say, show_any_character

MAKE = {"sheet": sheet.sheet, "key": sheet.key, "assignment": assignment.assignment}


def parser():
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m w2vlib.classroom", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    for name, said in [
        ("sheet", "a chapter's exercises as a notebook for students"),
        ("key", "the same with solutions, for you"),
        ("assignment", "the same as nbgrader's source notebook"),
    ]:
        one = commands.add_parser(name, help=said, description=said)
        one.add_argument("chapter", help="its stem, such as 02_embedding")
        one.add_argument("-o", "--out", type=path, help=f"the file (default: CHAPTER_{name}.ipynb)")
    said = "marks and feedback for a folder of hand-ins"
    marks = commands.add_parser("grade", help=said, description=said)
    marks.add_argument("hand_ins", type=path, help="a folder with the students' .ipynb files")
    marks.add_argument("--out", type=path, required=True, help="the table, such as marks.csv")
    marks.add_argument("--sheet", help="the chapter (default: the one that the hand-ins answer)")
    said = "the exercises that you handed out, by their checks' names (default: all)"
    marks.add_argument("--only", nargs="+", metavar="NAME", help=said)
    marks.add_argument("--jobs", type=int, default=2, help="hand-ins at a time (default: 2)")
    marks.add_argument(
        "--timeout", type=float, default=10, help="seconds a cell or a call may take (default: 10)"
    )
    marks.add_argument("--checks", type=path, help="a folder with checks of your own")
    return top


def path(text):
    """The path for an argument, as a file is written, too: with ~ expanded."""
    try:
        return Path(files.expand(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def main(argv=None):
    """Run one command (`argv`, or the command line's) and return its exit code."""
    show_any_character()
    return exit_code(functools.partial(_run, argv))


def _run(argv):
    asked = parsed(parser(), argv)
    if asked.command != "grade":
        return _make(asked)
    try:
        return _grade(asked)
    except KeyboardInterrupt:
        say("interrupted: the same command goes on where it was")
        return INTERRUPTED


def _make(asked):
    out = asked.out or Path(f"{asked.chapter}_{asked.command}.ipynb")
    text = MAKE[asked.command](asked.chapter)
    with files.writing(out) as file:
        file.write(text.encode("utf-8"))
    print(f"wrote {out}")
    return 0


def _grade(asked):
    print(*isolation.here().says, sep="\n", flush=True)
    rows = grade.grade(
        asked.hand_ins,
        asked.out,
        sheet=asked.sheet,
        only=asked.only,
        jobs=asked.jobs,
        timeout=asked.timeout,
        checks=asked.checks,
    )
    students, others = hand_ins.find(asked.hand_ins, asked.out)
    print(f"{len(students)} hand-ins: {asked.out}, {asked.out.with_suffix('')}/index.html")
    for path in others:
        print(f"left out, no notebook: {ascii(str(path))[1:-1]}")
    for student, why, where in report.look_at(rows):
        print(f"look at {student}: {why} ({where})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
