"""The minutes that a chapter says it takes, by the rule that CONTRIBUTING tells."""

import re
from collections import Counter

from chapters import each_chapter, read, tags

MOST = 60
MINUTES = {
    "words": 1 / 180,
    "lines of code": 5 / 60,
    "core exercises": 1,  # as many as they state
    "think": 2,
    "predict": 1,
    "to drag": 1.5,
    "figures": 0.5,
    "quiz": 3,
}
ASIDE = re.compile(r"Aside: |Stretch|In pairs|Project")  # not on the main path
NOT_WORDS = re.compile(r"(?s)<details>.*?</details>|\$\$.*?\$\$|(?<=\])\([^)]*\)")
STATED = re.compile(r"(?m)^\*[^*\n]+ · (\d+) minutes\*$")  # below the heading of an exercise
WORD = re.compile(r"[A-Za-z][\w'-]*")
TO_DRAG = re.compile(r"\b(?:Chances|Explore|Neighbours|Playground|Road|RowSparse|Valley|WordMap)\(")


def main_path(notebook):
    """The cells on the main path, a text less its asides and what is folded: (cell, its source)."""
    level = None  # of the heading of the section that is left out
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if level is None:
                yield cell, cell.source
            continue
        for part in re.split(r"(?m)^(?=#+ )", NOT_WORDS.sub("", cell.source)):
            if heading := re.match(r"(#+) (.*)", part):
                if level is not None and len(heading[1]) <= level:
                    level = None
                if level is None and ASIDE.match(heading[2]):
                    level = len(heading[1])
            if level is None:
                yield cell, part


def counts(notebook):
    """How much there is of each thing in MINUTES."""
    n = Counter(quiz=1)
    for cell, source in main_path(notebook):
        if cell.cell_type == "markdown":
            n["core exercises"] += sum(map(int, STATED.findall(source)))
            n["words"] += len(WORD.findall(STATED.sub("", source)))
            n["think"] += source.count("**Think")
            continue
        if "hide-input" not in tags(cell):
            n["lines of code"] += sum(bool(line.strip()) for line in source.splitlines())
        n["to drag"] += bool(TO_DRAG.search(source))
        n["predict"] += "Predict(" in source
        n["figures"] += "figure" in cell.metadata.get("mystnb", {})
    return n


def minutes(notebook):
    return sum(n * MINUTES[what] for what, n in counts(notebook).items())


@each_chapter
def test_a_chapter_takes_an_hour_at_most_and_says_how_long(path):
    notebook = read(path)
    said = re.search(r"About (\d+) minutes", "\n".join(cell.source for cell in notebook.cells[:4]))
    needs = minutes(notebook)
    assert said and int(said[1]) == 5 * round(needs / 5), f"{needs:.0f} minutes: {counts(notebook)}"
    assert needs <= MOST, f"{needs:.0f} minutes: {counts(notebook)}"


@each_chapter
def test_all_that_is_off_the_path_has_its_heading_and_its_end(path):
    """A chapter's quiz and summary are on the path, after the last exercise."""
    texts = [source for cell, source in main_path(read(path)) if cell.cell_type == "markdown"]
    assert [text for text in texts if text.startswith("## Quiz")]
    assert [text for text in texts if text.startswith("## Summary")]
