"""Questions with answers to choose from, and what to say to each of them."""

import hashlib
from html import escape

from w2vlib import check
from w2vlib.page.faces import TwoFaces

__all__ = ["Predict", "Quiz"]


class Quiz(TwoFaces):
    """Questions with answers to choose from, each of which says something.

    questions: (question, answers) pairs, with answers as {answer: what to say to it}; the first one
        is right. They are shown in an order that does not tell, the same one each time.
    Raises ValueError without questions, and for a question with fewer than two answers; TypeError
        for what is not of that form.
    Source: of this course.

    >>> Quiz(("Is 0 an id?", {"yes": "The first one.", "no": "It is."}))
    Quiz of 1 questions
    """

    kind = "quiz"
    name = "quiz"

    def __init__(self, *questions):
        if not questions:
            raise ValueError("no questions: pass pairs of a question and its answers")
        for pair in questions:
            question, answers = pair if isinstance(pair, tuple) and len(pair) == 2 else (pair, None)
            texts = [question, *answers, *answers.values()] if isinstance(answers, dict) else [None]
            if not all(isinstance(text, str) for text in texts):
                raise TypeError(
                    f"questions hold {check.short(pair)}: each should be a question and a dict, "
                    "{answer: what to say to it}, all of them strings"
                )
            if len(answers) < 2:
                raise ValueError(
                    f"answers of {check.short(question)} are {len(answers)}: a quiz needs a choice"
                )
        self.questions = questions

    def __repr__(self):
        return f"Quiz of {len(self.questions)} questions"

    def page(self):
        """The HTML: each question with its answers, and in these what to say to them."""
        text = repr([(question, list(answers.items())) for question, answers in self.questions])
        name = f"{self.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
        fields = "\n".join(
            self._field(f"{name}-{number}", number, question, answers)
            for number, (question, answers) in enumerate(self.questions, 1)
        )
        return f'<div class="w2v-{self.name}" data-mount="{self.kind}">\n{fields}\n</div>'

    def _field(self, name, number, question, answers):
        right = next(iter(answers))
        shuffled = sorted(answers, key=lambda answer: hashlib.sha256(answer.encode()).digest())
        lines = [f"<fieldset>\n<legend>{self._title(number, question)}</legend>"]
        for answer in shuffled:
            mark = ' data-right="yes"' if answer == right else ""
            said = self._said(answer, right, answers)
            lines.append(
                f'<label><input type="radio" name="{name}" data-say="{escape(said)}"{mark}> '
                f"{escape(answer)}</label>"
            )
        return "\n".join([*lines, '<p role="status"></p>\n</fieldset>'])

    def _title(self, number, question):
        return escape(f"{number}. {question}")

    def _said(self, answer, right, answers):
        return ("Right. " if answer == right else "Not quite. ") + answers[answer]


class Predict(Quiz):
    """A question to answer before reading on: any choice reveals the right answer.

    On a page of the book, what follows it in its section is hidden until then.

    question: what to think about.
    answers: {answer: what to say to it}, the first one right.
    Raises ValueError for fewer than two answers.
    Source: of this course.

    >>> Predict("Is a row enough?", {"yes": "It is copied.", "no": "It is."})
    Predict
    """

    name = "predict"

    def __init__(self, question, answers):
        super().__init__((question, answers))

    def __repr__(self):
        return "Predict"

    def _title(self, number, question):
        return f"<strong>Predict.</strong> {escape(question)}"

    def _said(self, answer, right, answers):
        said = super()._said(answer, right, answers)
        return said if answer == right else f"{said} The answer is: {right}. {answers[right]}"
