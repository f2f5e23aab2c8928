"""The answers to an exercise: a form to type them into, or what is said to code."""

import base64
import json
from html import escape

from w2vlib.page.faces import TwoFaces

__all__ = ["Answer"]

WIDTH = 60  # of an answer that is shown again


class Answer(TwoFaces):
    """What a page shows of an exercise: its fields with what is said to them.

    name: the exercise.
    verdicts: {field: (state, words)}; where code is asked for, {"": (state, words)} alone.
    labels: {field: what stands before it}.
    expected: {field: what `answer.js` needs to judge it}; it travels encoded.
    given: {field: what was answered}.
    Raises nothing.
    Source: of this course.

    >>> Answer("twice", {"": ("right", "Right.")})
    Right.
    """

    kind = "answer"

    def __init__(self, name, verdicts, labels=None, expected=None, given=None):
        self.name, self.verdicts, self.labels = name, verdicts, labels or {}
        self.expected, self.given = expected or {}, given or {}

    def __repr__(self):
        return "\n".join(
            f"{field}: {said}" if field else said for field, (_, said) in self.verdicts.items()
        )

    def page(self):
        """The HTML: a line for each field. Without a script these are blanks to write on."""
        lines = [self._line(field, *verdict) for field, verdict in self.verdicts.items()]
        data = ""
        if self.expected:
            text = json.dumps(self.expected, separators=(",", ":"), ensure_ascii=False)
            data = f' data-expected="{base64.b64encode(text.encode()).decode()}"'
        elif self.verdicts[""][0] == "right":
            data = ' data-right="yes"'
        start = (
            f'<div class="w2v-answer" data-mount="answer" data-name="{escape(self.name)}"{data}>'
        )
        return "\n".join([start, *lines, "</div>"])

    def _line(self, field, state, said):
        if not field:
            return f'<p role="status" class="w2v-{state}">{escape(said)}</p>'
        status = '<span role="status"></span>'
        value = self.given.get(field, ...)
        if value is not ...:
            status = f'<span role="status" class="w2v-{state}">{escape(said)}</span>'
        shown = escape(shortly(value))
        data = "" if value is ... else f' data-given="{shown}"'
        return (
            f'<p data-field="{escape(field)}"{data}><label>{escape(self.labels[field])} '
            f'<span class="w2v-blank">{shown or "______"}</span></label> {status}</p>'
        )


def shortly(value):
    """An answer as a reader would type it; nothing for what cannot be typed."""
    if value is None or value is ...:
        return ""
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception:  # noqa: BLE001 - a reader's object may do anything
        return ""
    text = " ".join(text.split())
    typed = isinstance(value, str) or "<" not in text  # no <function f at 0x...>
    return text if len(text) <= WIDTH and typed and text.strip(" .") else ""
