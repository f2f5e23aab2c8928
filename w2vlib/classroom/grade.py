"""Marks for a class: every hand-in of a folder, each kept as soon as it is there."""

import collections
import csv
import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from w2vlib.classroom import cells, chapter, marks, report
from w2vlib.files import writing
from w2vlib.machine import bar

COLUMNS = ["student", "sheet", "exercise", "points", "of", "reason", "review"]


def grade(folder, out, *, sheet=None, jobs=2, timeout=10, private=None, progress=True):
    """Mark the hand-ins of a folder -> the rows of the table, one a student and exercise.

    folder: where the hand-ins lie, notebooks (.ipynb), also in folders of their own; a student is
        the file's name. out: the table, a CSV file; the pages of feedback come into a folder of its
        name. sheet: the chapter's stem; else the one whose exercises the hand-ins have.
    jobs: how many at a time. timeout: seconds that one cell or one call may take.
    private: a folder with checks of the teacher's own, of the form of w2vlib/exercises.
    progress: whether a bar shows how far it is.
    Raises ValueError for a folder without notebooks, or a sheet that is not there; OSError where
        the table cannot be written.
    """
    folder, out = Path(folder), Path(out)
    paths = sorted(folder.rglob("*.ipynb"))
    paths = [path for path in paths if ".ipynb_checkpoints" not in path.parts]
    if not paths:
        raise ValueError(f"{folder} holds no hand-in: put the students' .ipynb files into it")
    sheet = sheet or _sheet(paths)
    tasks = chapter.exercises(sheet)
    pages = out.with_suffix("")
    kept = pages / "kept"
    kept.mkdir(parents=True, exist_ok=True)
    hidden = [path.resolve() for path in (folder, pages, private) if path]

    checks = _checks(private)

    def one(path):
        key = hashlib.sha256(repr((_digest(path), sheet, timeout, checks)).encode())
        file = kept / f"{key.hexdigest()[:32]}.json"
        if not file.exists():
            found = marks.mark(path, tasks, timeout, hidden, private)
            with writing(file) as new:
                new.write(json.dumps(found).encode())
        return [marks.Mark(*mark) for mark in json.loads(file.read_text(encoding="utf-8"))]

    done = {}
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(one, path): path for path in paths}
        try:
            ready = as_completed(waiting)
            for _ in bar(paths, "hand-ins", progress):
                future = next(ready)
                done[waiting[future]] = future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    names = _names(paths, folder)
    twins = collections.Counter(filter(None, map(marks.fingerprint, paths)))
    rows = []
    for path in paths:
        twin = twins[marks.fingerprint(path)] > 1
        for mark in done[path]:
            review = ", ".join(filter(None, [mark.review, "the same as another" * twin]))
            row = [names[path], sheet, *mark._replace(review=review)]
            rows.append(dict(zip(COLUMNS, row, strict=True)))
    _write(rows, out)
    report.write(rows, tasks, pages)
    return rows


def _sheet(paths):
    """The chapter whose exercises most hand-ins have."""
    counts = collections.Counter()
    chapters = {
        name: stem
        for stem in chapter.stems()
        for task in chapter.exercises(stem)
        for name in task.checks
    }
    for path in paths:
        try:
            found = cells.pieces(cells.read(path))
        except ValueError:
            continue
        counts.update({chapters.get(name) for cell in found for name in cells.calls(cell)} - {None})
    if not counts:
        raise ValueError("no hand-in has an exercise of this course: name its sheet (--sheet)")
    return counts.most_common(1)[0][0]


def _names(paths, folder):
    """The students' names by file: the file's, with its folder where two have the same."""
    counts = collections.Counter(path.stem for path in paths)
    long = {path: " - ".join(path.relative_to(folder).with_suffix("").parts) for path in paths}
    return {path: path.stem if counts[path.stem] == 1 else long[path] for path in paths}


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _checks(private):
    """What the marks rest on besides the hand-in: the checks, the course's and the teacher's."""
    own = Path(__file__).parent
    files = [*own.glob("*.py"), *own.with_name("exercises").glob("*.py")]
    files += chapter.BOOK.glob("*.ipynb")
    files += private.glob("*.py") if private else []
    return [_digest(path) for path in sorted(files)]


def _write(rows, out):
    """The table, whole or not at all."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    with writing(out) as file:
        file.write(text.getvalue().encode("utf-8"))


def _cell(value):
    """A value that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        value = " ".join(value.split())
        return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value
    return value
