"""The pieces of slides: what a code cell of a chapter is for a slide, and how it shows there."""

import ast
import re
from copy import deepcopy
from html import escape

from bs4 import BeautifulSoup

LINES, WIDTH = 15, 72  # of code with what it prints, that a slide has room for
TALL = 1.7  # a picture less wide than so many times its height has its caption beside it
NOT_HERE = ("neighbours",)  # it fetches its data, which a page that lies in a folder cannot

KIND = re.compile(r'data-mount="(\w+)"')
FRAME = re.compile(r'viewBox="\S+ \S+ (\S+) (\S+)"')


def kind(cell):
    """What a code cell is for a slide: what it shows, "code", or "nothing"."""
    html = "".join(map(_html, cell["outputs"]))
    if mount := KIND.search(html):
        kinds = {"quiz": "questions", "answer": "nothing"} | dict.fromkeys(NOT_HERE, "nothing")
        return kinds.get(mount[1], "picture")
    if "<svg" in html or any("image/svg+xml" in it.get("data", {}) for it in cell["outputs"]):
        return "picture"
    if "<table" in html:
        return "table" if html.count("<tr") <= LINES else "nothing"
    hidden = "hide-input" in cell["metadata"].get("tags", [])
    if not hidden and len(lines([cell])) <= LINES and (defines(cell) or cell["outputs"]):
        return "code"
    said = printed(cell)
    fits = 1 < len(said) <= LINES and all(len(line) <= WIDTH for line in said)
    return "printed" if fits else "nothing"


def defines(cell):
    """Whether a cell defines a class or a function."""
    body = ast.parse(cell["source"]).body
    return any(isinstance(it, ast.ClassDef | ast.FunctionDef) for it in body)


def _html(output):
    return "".join(output.get("data", {}).get("text/html", ""))


def printed(cell):
    """The lines that a cell prints, or shows as its result where that is text alone."""
    said = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        said.append(output.get("text") or (data["text/plain"] if len(data) == 1 else ""))
    return [line for text in map("".join, said) for line in text.splitlines()]


def lines(code):
    return [line for it in code for line in ["", *it["source"].splitlines(), *printed(it)]]


def caption(cell):
    return cell["metadata"].get("mystnb", {}).get("figure", {}).get("caption", "")


def shown(cell):
    """A cell as a slide has it: its code where that is to be seen, and what it shows.

    Tags for the style: "then" where what it prints comes at the next key, "beside" for a caption.
    """
    what, cell, tags = kind(cell), deepcopy(cell), set()
    if what != "code":
        tags.add("remove-input")
    elif cell["outputs"]:
        tags.add("then")
    if what == "table" and len(printed(cell)) > 2:
        cell["outputs"] = [output for output in cell["outputs"] if _html(output)]
    for output in cell["outputs"]:
        if html := _html(output):  # a slide is a section, so that there must be none in it
            output["data"]["text/html"] = re.sub(r"(</?)section\b", r"\1div", html)
    if figure := cell["metadata"].get("mystnb", {}).get("figure"):
        figure["caption"] = plain(figure["caption"])
        del figure["name"]
        drawn = [text for it in cell["outputs"] for text in map("".join, it["data"].values())]
        frame = FRAME.search("".join(drawn))
        if frame and float(frame[1]) < TALL * float(frame[2]):
            tags.add("beside")
    cell["metadata"]["tags"] = sorted(tags)
    return cell


def questions(cell):
    """Each question of a cell as a cell of its own, and in the notes what to say to each answer."""
    page = BeautifulSoup("".join(map(_html, cell["outputs"])), "html.parser")
    for field in page.select("fieldset"):
        answers = {"ABCDEF"[i]: it.input for i, it in enumerate(field.select("label"))}
        right = next(letter for letter, it in answers.items() if it.has_attr("data-right"))
        said = escape(answers[right]["data-say"].removeprefix("Right. "))
        html = "".join(line for line in str(field).splitlines(keepends=True) if line.strip())
        yield (
            markdown(
                f'<div class="{page.div["class"][0]}" data-mount="quiz">\n{html}\n</div>\n'
                f'<p class="fragment w2v-said"><b>{right}.</b> {said}</p>'
            ),
            [escape(f"{letter}: {it['data-say']}") for letter, it in answers.items()],
        )


def plain(text):
    """A text without its links, citations and the numbers of figures and formulas."""
    text = re.sub(r" ?\{cite:\w+\}`[^`]*`", "", text)
    text = re.sub(r"\{(?:numref|eq)\}`[^`]*`", "…", text)
    text = re.sub(r"\[([^\]]+)\]\([^)\s]+\)", r"\1", text)
    return re.sub(r"^\$\$ \([\w-]+\)$", "$$", text, flags=re.MULTILINE).strip()


def markdown(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}
