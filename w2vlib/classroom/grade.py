"""Marks for a class: every hand-in of a folder, each kept as soon as it is there."""

import collections
import csv
import functools
import hashlib
import io
import json
import queue
import re
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from w2vlib import check, files, memory
from w2vlib.classroom import cells, chapter, hand_ins, isolation, marks, private, report
from w2vlib.classroom.marker import Marker
from w2vlib.classroom.sheet import key
from w2vlib.classroom.sheet import sheet as sheet_of
from w2vlib.machine import bar

COLUMNS = ["student", "sheet", "exercise", "points", "of", "reason", "review"]
JOB = 300_000_000  # bytes to have for one: most take 60 MB, a hand-in may want more
LONGEST = 86_400  # seconds of a cell or a call: a day
CHECK = re.compile(rb"\bcheck\(\s*\\?[\"'](\w{1,100})\\?[\"']")  # as JSON has it


def grade(folder, out, *, sheet=None, only=None, jobs=2, timeout=10, checks=None, progress=True):
    """Mark the hand-ins of a folder -> the rows of the table, one a student and exercise.

    folder: where the hand-ins lie, notebooks (.ipynb), also in folders of their own; a student is
        the file's name. out: the table, a CSV file; the pages of feedback come into a folder of its
        name. sheet: the chapter's stem; else the one whose exercises the hand-ins have.
    only: names of the checks that were handed out; else the private ones, or all of the sheet.
    jobs: how many at a time, as far as memory has room for them. timeout: seconds that one cell or
        one call may take.
    checks: a folder with checks of the teacher's own, of the form of w2vlib/exercises.
    progress: whether a bar shows how far it is.
    Raises TypeError or ValueError for numbers out of bounds; ValueError for a table that is no .csv
    file, a folder without notebooks, a sheet or an exercise that is not there, checks that do not
    fit, or a machine on which the key itself is not right; OSError for a folder that is not there,
    or a file that cannot be written.
    """
    check.whole(jobs, "jobs", at_most=max(2, memory.there_is() // JOB))
    check.number(timeout, "timeout", above=0, below=LONGEST)
    folder, out = Path(files.expand(folder, "folder")), Path(files.expand(out, "out"))
    checks = None if checks is None else files.expand(checks, "checks")
    if only is not None and not only:
        raise ValueError("only is empty: name the checks that were handed out, or leave it out")
    if out.suffix.lower() != ".csv":
        raise ValueError(f"the table is a CSV file: give a name that ends in .csv, not {out}")
    pages = out.with_suffix("")
    rules = marks.Rules(isolation.here(), timeout)
    for path in filter(None, [folder, pages, checks]):
        if rules.isolation.bubblewrap and isolation.shows(path):
            raise ValueError(f"students' code could read {path}: put it beside the course, not in")
    students, _ = hand_ins.find(folder, out)
    answered = {path: _answered(path, _chapters()) for path in students}
    sheet = _sheet(answered) if sheet is None else sheet
    own = {} if checks is None else private.load(checks)
    exercises = chapter.exercises(sheet, _on(sheet, own) if only is None else only)
    tasks = marks.tasks(exercises, own)
    asked = [task.name for task in tasks]

    kept = pages / "kept"
    kept.mkdir(parents=True, exist_ok=True)
    rest = repr((sheet, asked, timeout, _digests(checks)))
    markers = [Marker(sheet, tasks, rules, checks) for _ in range(jobs)]
    free = queue.SimpleQueue()
    for marker in markers:
        free.put(marker)

    def one(path):
        name = hashlib.sha256((_digest(path) + rest).encode()).hexdigest()[:32]
        file = kept / f"{name}.json"
        try:
            found, fingerprint = json.loads(file.read_bytes())
        except (FileNotFoundError, ValueError):
            marker = free.get()
            try:
                found, fingerprint = marker.mark(path)
            finally:
                free.put(marker)
            with files.writing(file) as new:
                new.write(json.dumps([found, fingerprint]).encode())
        return [marks.Mark(*mark) for mark in found], fingerprint

    pool = ThreadPoolExecutor(jobs)
    try:
        notes = _check_key(one, kept / "key.ipynb", sheet, own)
        waiting = {pool.submit(one, path): path for path in students}
        done, ready = {}, as_completed(waiting)
        for _ in bar(range(len(students)), "hand-ins", progress):
            future = next(ready)
            done[waiting[future]] = future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for marker in markers:
            marker.stop()
        pool.shutdown()
        for marker in markers:
            marker.end()
    odd = {path: [*_odd(path, folder, sheet, answered[path])] for path in students}
    rows = _rows(students, sheet, done, odd)
    _write(rows, out)
    report.write(rows, exercises, pages, [*notes, *rules.isolation.says])
    return rows


def _on(sheet, own):
    """The names of private checks that are on a sheet; None where there are no such checks."""
    names = [name for it in chapter.exercises(sheet) for name in it.checks]
    if own and not set(names) & set(own):
        raise ValueError(f"sheet {sheet} has none of your own checks, but {', '.join(names)}")
    return [name for name in names if name in own] or None


def _check_key(one, file, sheet, own):
    """Mark the key first -> notes. Raises ValueError where it is not right on this machine."""
    with files.writing(file) as new:
        new.write(key(sheet).encode())
    notes = []
    for mark in one(file)[0]:
        said = f"the course's own key has {mark.points} of {mark.of} points in {mark.exercise}"
        if mark.points < mark.of and mark.exercise not in own:
            raise ValueError(f"{said} on this machine, so nobody could do better: {mark.reason}")
        if mark.exercise in own:
            notes.append(f"By your own checks {said}: {mark.reason}")
    return notes


@functools.cache
def _chapters():
    """The chapter of each check."""
    return {
        name.encode(): stem
        for stem in chapter.stems()
        for task in chapter.exercises(stem)
        for name in task.checks
    }


def _answered(path, chapters):
    """The chapters whose checks a hand-in calls, and of each how many."""
    names = CHECK.findall(path.read_bytes()) if cells.readable(path) else ()
    return collections.Counter(chapters[name] for name in set(names) if name in chapters)


def _odd(path, folder, sheet, answered):
    """What is odd about a hand-in as a file, in words."""
    if hand_ins.unnamed(path) and path.parent == folder:
        yield "the file has no student's name"
    if answered and sheet not in answered:
        yield f"of another sheet: {answered.most_common(1)[0][0]}"


def _sheet(answered):
    """The chapter whose exercises most hand-ins have."""
    counts = collections.Counter(stem for found in answered.values() for stem in found)
    if not counts:
        raise ValueError("no hand-in has an exercise of this course: name its sheet (--sheet)")
    return counts.most_common(1)[0][0]


def _rows(students, sheet, done, odd):
    """The rows of the table; who handed in the same code is told."""
    same = collections.defaultdict(list)
    for path, (_, fingerprint) in done.items():
        same[fingerprint].append(students[path])
    for nothing in (None, *_unanswered(sheet)):
        same.pop(nothing, None)
    rows = []
    for path, student in students.items():
        found, fingerprint = done[path]
        twins = sorted(set(same.get(fingerprint, ())) - {student})
        more = f" and {len(twins) - 1} more" if len(twins) > 1 else ""
        twin = f"the same as {twins[0]}{more}" if twins else ""
        for mark in found:
            review = ", ".join(filter(None, [mark.review, twin, *odd[path]]))
            row = [student, sheet, *mark._replace(review=review)]
            rows.append(dict(zip(COLUMNS, row, strict=True)))
    return rows


def _unanswered(sheet):
    """The fingerprints of a sheet and a chapter that nobody has touched."""
    yield marks.fingerprint(cells.pieces(json.loads(sheet_of(sheet))["cells"]))
    yield marks.fingerprint(cells.pieces(chapter.notebook(sheet)))


def _digest(path):
    if not cells.readable(path):
        return ""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digests(checks):
    """What the marks rest on besides the hand-in: the checks, the course's and the teacher's."""
    library = Path(__file__).parents[1]
    paths = [*library.rglob("*.py"), *chapter.BOOK.glob("*.ipynb")]
    paths += Path(checks).glob("*.py") if checks is not None else []
    return [_digest(path) for path in sorted(paths)]


def _write(rows, out):
    """The table, whole or not at all."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    with files.writing(out) as file:
        file.write(text.getvalue().encode("utf-8"))


def _cell(value):
    """A value that no spreadsheet takes for a formula."""
    formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@"))
    return f"'{value}" if formula else value
