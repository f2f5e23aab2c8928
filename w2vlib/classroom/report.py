"""Pages of feedback: one for each student, and one of what the class got wrong."""

import collections
import string
import urllib.parse
from html import escape
from pathlib import Path

from w2vlib.classroom import isolation
from w2vlib.files import writing

HERE = Path(__file__).parent


def write(rows, tasks, folder):
    """Write the pages of all students, and index.html, into a folder.

    rows: dicts with the columns of the table. tasks: the exercises of the sheet, in order.
    """
    titles = {name: task.title for task in tasks for name in task.checks}
    students = collections.defaultdict(list)
    for row in rows:
        students[row["student"]].append(row)
    for student, own in students.items():
        lines = [
            [titles[row["exercise"]], f"{row['points']} of {row['of']}", row["reason"]]
            for row in own
        ]
        points, of = (sum(row[key] for row in own) for key in ("points", "of"))
        page = _table(["exercise", "points", "what there is to say"], lines)
        lead = f"{points} of {of} points on sheet {own[0]['sheet']}."
        _page(folder / f"{student}.html", student, lead, page)
    _page(folder / "index.html", f"Sheet {rows[0]['sheet']}", *_summary(rows, titles, students))


def _summary(rows, titles, students):
    """The lead, tables and notes of the page for the teacher."""
    lines = []
    for name, title in titles.items():
        own = [row for row in rows if row["exercise"] == name]
        right = sum(row["points"] == row["of"] for row in own)
        said = collections.Counter(row["reason"] for row in own if row["points"] < row["of"])
        most = "; ".join(f"{count} x {reason}" for reason, count in said.most_common(3))
        lines.append([title, f"{right} of {len(own)}", most])
    by_exercise = _table(["exercise", "all right", "what was said most often"], lines)
    each = [
        [
            (f"{urllib.parse.quote(student)}.html", student),
            f"{sum(row['points'] for row in own)} of {sum(row['of'] for row in own)}",
            "; ".join(sorted({row["review"] for row in own} - {""})),
        ]
        for student, own in students.items()
    ]
    by_student = _table(["student", "points", "look at"], each)
    lead = f"{len(students)} hand-ins. What stands under 'look at' has changed no mark."
    return lead, by_exercise + by_student, isolation.says()


def _table(heads, lines):
    def cell(value):
        if isinstance(value, tuple):
            return f'<a href="{escape(value[0])}">{escape(value[1])}</a>'
        return escape(value)

    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell(v)}</td>' for v in line)}</tr>\n" for line in lines)
    return f"<table>\n<tr>{head}</tr>\n{body}</table>\n"


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
