"""What of a chapter goes on slides: its own cells, chosen by what they are.

A deck is a notebook, too. A heading of level 2 opens a column of slides, and each slide has a
heading; below it stands one thing, a cell of the chapter or a few:

    a picture, a table, something to drag       each one, with its caption or a sentence
    a question of Predict or Quiz, a Think      each one; the next key shows the answer
    code                                        where it is worked by hand, or defines what is built
    a formula                                   one a section; all, where it is worked by hand
    what other code prints                      one a section that has no picture

Asides, hints and exercises are left out, but for a list of the exercises. What the chapter says and
a slide does not stands in the notes of the next slide, for the speaker's window.
"""

import re
from typing import NamedTuple

from pieces import LINES, caption, defines, kind, lines, markdown, plain, printed, questions, shown

from w2vlib.classroom import chapter

ROWS, BELOW = 5, 10  # of formulas on a slide; lines of a formula, twice, with code below it
SAID = 25, 170  # letters of what a slide says at its top
TOLD = 340  # letters of a whole paragraph

DETAILS = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
BLOCK = re.compile(
    r"^(?:```.*?^```|\$\$.*?\$\$)[^\n]*$|^\S.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL
)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*`$(\[])")
THINK, ANSWER, SLOW = "**Think.** ", "Answer: ", "**What is slow now?** "


class Slide(NamedTuple):
    """A slide. level: of its heading, 1 to 3; cells: what stands below it; notes: paragraphs."""

    title: str
    level: int
    cells: list
    notes: list


def deck(stem):
    """The slides of a chapter, as a notebook.

    stem: such as "02_embedding".
    """
    made = []
    for slide in slides(chapter.notebook(stem), chapter.exercises(stem)):
        made += [markdown(f"{'#' * slide.level} {slide.title}"), *slide.cells]
        if slide.level == 1:
            made.append(markdown(f'<p class="w2v-chapter">Chapter {int(stem[:2])}</p>'))
        if slide.notes:
            notes = "\n\n".join(slide.notes)
            made.append(markdown(f'<aside class="notes">\n\n{notes}\n\n</aside>'))
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    metadata = {"language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": made}


def slides(notebook, exercises):
    """The slides of a chapter -> list of Slides.

    notebook: its cells; exercises: those of w2vlib.classroom.chapter.
    """
    found, column = [], False
    for level, title, items in _sections(notebook):
        if level == 1:
            made = [_first(title, items)]
        elif title == "Summary":
            made = [_exercises(exercises), *_last(items)]
        elif title == "Exercises" or chapter.TITLE.match(f"### {title}"):
            made = []
        else:
            made = _Section(title, items).slides()
        if made and (level == 2 or not column):  # it opens a column
            made[0] = made[0]._replace(level=min(level, 2))
        column = bool(made) if level == 2 else column or bool(made)
        found += made
    return found


def _sections(notebook):
    """The level, title and items, paragraphs and code cells, of each section but the asides."""
    level, title, items, aside = 0, "", [], 9
    for cell in notebook:
        cell = {**cell, "source": "".join(cell["source"])}
        if cell["cell_type"] != "markdown":
            items.append(cell)
            continue
        for part in re.split(r"^(?=#+ )", cell["source"], flags=re.MULTILINE):
            if heading := re.match(r"(#+) (.+)\n*", part):
                if 0 < level < aside:
                    yield level, title, items
                level, title, items = len(heading[1]), heading[2], []
                if level <= aside:
                    aside = level if title.startswith("Aside: ") else 9
                part = part[heading.end() :]
            items += BLOCK.findall(DETAILS.sub("", part).strip())
            for name, body in DETAILS.findall(part):
                if name.startswith("Answer"):
                    items.append(f"{ANSWER}{body.strip()}")
    if level < aside:
        yield level, title, items


def _first(title, items):
    """The title, the result in bold and the first picture; the rest in the notes."""
    said = [plain(item) for item in items if isinstance(item, str)]
    pictures = [it for it in items if not isinstance(it, str) and kind(it) == "picture"]
    return Slide(title, 1, [markdown(said[0]), *map(shown, pictures)], said[1:])


def _exercises(exercises):
    """What there is to do, and how long it takes."""
    tasks = [
        f"- {it.level}: {it.title}" + f", {it.minutes} minutes" * bool(it.minutes)
        for it in exercises
    ]
    ideas = [f"{it.title}: {it.idea}" for it in exercises if it.idea]
    return Slide("Exercises", 3, [markdown("\n".join(tasks))], ideas)


def _last(items):
    """The summary, a sentence a point, and what is slow now."""
    texts = [item for item in items if isinstance(item, str)]
    points = next(text for text in texts if text.startswith("- ")).splitlines()
    yield Slide(
        "Summary", 2, [markdown("\n".join(SENTENCE.split(plain(it))[0] for it in points))], []
    )
    for text in texts:
        if text.startswith(SLOW):
            told = plain(text.removeprefix(SLOW))
            yield Slide(SLOW.strip("* "), 2, [markdown(_short(told, TOLD))], [told])


class _Section:
    """The slides of a section, in the making."""

    def __init__(self, title, items):
        self.title, self.items, self.made = title, items, []
        self.said, self.code = [], []  # paragraphs since the last slide; code cells that wait
        self.by_hand, self.builds = title.startswith("By hand"), title.startswith("Build")
        self.asked = self.counted = False  # a question waits for what comes; there is a formula
        kinds = {kind(item) for item in items if not isinstance(item, str)}
        self.enough = self.builds or "picture" in kinds  # without what code prints

    def slides(self):
        """All of them."""
        for item in self.items:
            if isinstance(item, str):
                self._add_code()
                self._take_text(item)
            else:
                self._take_cell(item)
        self._add_code()
        return self.made

    def _take_cell(self, item):
        what = kind(item)
        if what != "code" or len(lines([*self.code, item])) > LINES:
            self._add_code()
        if what == "code" and (item["outputs"] or self.by_hand or self.builds):
            self.code.append(item)
        elif what == "questions":
            for question, notes in questions(item):
                self._add([question], "", notes)
            self.asked = True
        elif what in ("picture", "table") or (what == "printed" and self._wants()):
            opens = what == "printed" and not self.made
            self._add([shown(item)], "" if caption(item) else _lead(self.said, opens))
            self.asked, self.enough = False, True

    def _take_text(self, text):
        last = self.made[-1] if self.made else None
        if text.startswith(THINK):
            question = markdown(plain(text.removeprefix(THINK)))
            self.made.append(Slide("Think", 3, [question], self._rest()))
        elif text.startswith(ANSWER):
            if last and last.title == "Think":
                answer = plain(text.removeprefix(ANSWER))
                last.cells.append(markdown(f'<div class="fragment">\n\n{answer}\n\n</div>'))
        elif not text.startswith("$$"):
            self.said.append(text)
        elif last and 0 < _formulas(last) < ROWS and len(self.said) < 2:
            self._add_to(last, [markdown(plain(text))])
        elif self.by_hand or not self.counted:
            self._add([markdown(plain(text))], _lead(self.said, not self.made))
            self.counted = True

    def _wants(self):
        """Whether what code prints is for a slide."""
        by_hand = self.by_hand or (self.said and "By hand" in self.said[-1])
        return by_hand or self.asked or not self.enough

    def _add_code(self):
        prints, built = (any(map(test, self.code)) for test in (printed, defines))
        if (self.builds and built) or (prints and self._wants()) or (self.code and self.by_hand):
            rows = _formulas(self.made[-1]) if self.made else 0
            if rows and 2 * rows + len(lines(self.code)) <= BELOW:
                self._add_to(self.made[-1], map(shown, self.code))
            else:
                self._add(map(shown, self.code), _lead(self.said, not self.made))
            if prints:
                self.asked, self.enough = False, True
        self.code.clear()

    def _add(self, content, lead, notes=()):
        top = [markdown(lead)] if lead else []
        top += [markdown(text) for text in self.said if text.startswith("```text")]
        self.made.append(Slide(self.title, 3, [*top, *content], [*self._rest(), *notes]))

    def _add_to(self, slide, content):
        slide.cells.extend(content)
        slide.notes.extend(self._rest())

    def _rest(self):
        """What was said since the last slide, for the notes."""
        said = [plain(text) for text in self.said if not text.startswith("```text")]
        self.said.clear()
        return said


def _formulas(slide):
    """How many rows of formulas a slide has, where it ends with one."""
    texts = [cell["source"] for cell in slide.cells if cell["source"].startswith("$$")]
    ends = bool(texts) and texts[-1] is slide.cells[-1]["source"]
    return sum(1 + text.count("\\\\") for text in texts) * ends


def _lead(said, opens):
    """What a slide says: of its section's first paragraph, or of the last one before it."""
    texts = [text for text in said if not re.match(r"[-<>|`:$]|\d+\.", text)]
    for text in texts if opens else texts[::-1]:
        short = _short(text, SAID[1], 2)
        if len(short) >= SAID[0] and short.count("(") == short.count(")"):
            return short
    return ""


def _short(text, most, sentences=9):
    """The first sentences of a text, at most so many letters, as far as they name no figure."""
    short = ""
    for sentence in SENTENCE.split(text.replace("\n", " "))[:sentences]:
        longer = f"{short} {plain(sentence)}".strip()
        if len(longer) > most or re.search(r"\{(numref|eq)\}|^\(", sentence):
            break
        short = longer
    return short
