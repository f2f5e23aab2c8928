"""Pages of feedback: one for each student, and one for the teacher of what the class got wrong."""

import collections
import hashlib
import re
import string
import urllib.parse
from html import escape
from pathlib import Path

from w2vlib.files import writing

HERE = Path(__file__).parent
BYTES = 200  # bytes of a student's name that the name of a page can hold


def write(rows, exercises, folder, notes):
    """Write index.html into a folder, and the pages of all students into feedback/ there.

    rows: dicts with the columns of the table. exercises: those of the sheet, in order.
    notes: sentences for the teacher.
    """
    (folder / "feedback").mkdir(exist_ok=True)
    titles = {name: it.title for it in exercises for name in it.checks}
    times = collections.Counter(titles.values())
    titles |= {name: f"{it} (`{name}`)" for name, it in titles.items() if times[it] > 1}
    students = _by(rows, "student")
    for student, own in students.items():
        lines = [[titles[row["exercise"]], _points([row]), row["reason"]] for row in own]
        table = _table("", ["exercise", "points", "what there is to say"], lines)
        lead = f"{_points(own)} points on sheet {own[0]['sheet']}."
        _page(folder / "feedback" / _file(student), student, lead, table)
    lead = f"{len(students)} hand-ins, {_points(rows)} points. No note here has changed a mark."
    tables = _ideas(rows, exercises) + _exercises(rows, titles) + _students(rows, students)
    _page(folder / "index.html", f"Sheet {rows[0]['sheet']}", lead, tables, notes)


def _ideas(rows, exercises):
    """By idea, the hardest first: how much of the class has it, and where it is tested."""
    ideas = {name: it.idea or "other" for it in exercises for name in it.checks}
    lines = []
    for idea in dict.fromkeys(ideas.values()):
        own = [row for row in rows if ideas[row["exercise"]] == idea]
        titles = dict.fromkeys(it.title for it in exercises if (it.idea or "other") == idea)
        share = 100 * sum(row["points"] for row in own) // sum(row["of"] for row in own)
        lines.append((share, idea, "; ".join(titles)))
    lines = [[idea, f"{share} %", titles] for share, idea, titles in sorted(lines)]
    return _table("By idea", ["idea", "points", "exercises"], lines)


def _exercises(rows, titles):
    lines = []
    for name, own in _by(rows, "exercise").items():
        right = sum(row["points"] == row["of"] for row in own)
        said = collections.Counter(row["reason"] for row in own if row["points"] < row["of"])
        most = "\n".join(f"{count} × {reason}" for reason, count in said.most_common(3))
        lines.append([titles[name], f"{right} of {len(own)}", most])
    return _table("By exercise", ["exercise", "all right", "what was said most often"], lines)


def look_at(rows):
    """Whom a teacher should look at: (student, why, in which exercises), a line for each reason."""
    found = []
    for student, own in _by(rows, "student").items():
        notes = dict.fromkeys(note for row in own for note in row["review"].split(", ") if note)
        for note in notes:
            names = [row["exercise"] for row in own if note in row["review"].split(", ")]
            found.append((student, note, "all" if len(names) == len(own) else ", ".join(names)))
    return found


def _students(rows, students):
    """Those to look at, and all."""

    def link(student):
        return f"feedback/{urllib.parse.quote(_file(student))}", student

    look = [[link(student), why, where] for student, why, where in look_at(rows)]
    order = sorted(students, key=str.casefold)
    each = [[link(student), _points(students[student])] for student in order]
    look = _table("To look at", ["student", "why", "exercises"], look) if look else ""
    return look + _table("All", ["student", "points"], each)


def _by(rows, column):
    """The rows by what stands in a column, in order."""
    found = collections.defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def _points(rows):
    return f"{sum(row['points'] for row in rows)} of {sum(row['of'] for row in rows)}"


def _file(student):
    """The name of a student's page: theirs, cut where no file's name is as long."""
    name = student.encode()
    if len(name) > BYTES:
        digest = hashlib.sha256(name).hexdigest()[:8]
        student = f"{name[:BYTES].decode(errors='ignore')} {digest}"
    return f"{student}.html"


def _table(title, heads, lines):
    def cell(value):
        if isinstance(value, tuple):
            return f'<a href="{escape(value[0])}">{escape(value[1])}</a>'
        marked = re.sub("`([^`\n]+)`", r"<code>\1</code>", escape(value))
        return marked.replace("\n", "<br>")

    title = f"<h2>{escape(title)}</h2>\n" if title else ""
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell(v)}</td>' for v in line)}</tr>\n" for line in lines)
    return f"{title}<table>\n<tr>{head}</tr>\n{body}</table>\n"


def _page(path, title, lead, tables, notes=()):
    template = string.Template((HERE / "feedback.html").read_text(encoding="utf-8"))
    text = template.substitute(
        title=escape(title),
        lead=escape(lead),
        tables=tables,
        css=(HERE / "report.css").read_text(encoding="utf-8"),
        notes="".join(f"<p><small>{escape(note)}</small></p>\n" for note in notes),
    )
    with writing(path) as file:
        file.write(text.encode("utf-8"))
