"""What the teacher's guide makes of the chapters when the book is built: nothing is copied by hand.

{chapter} 02_embedding     its title, minutes and needs, before what students can afterwards
{exercises} Repeated ids   the exercises of all chapters with this idea
"""

import re

from docutils import nodes
from docutils.statemachine import StringList
from mdit_py_plugins.anchors.index import slugify
from sphinx.util.docutils import SphinxDirective
from w2vlib.classroom import chapter

from front_page import minutes

PAGE = "book/teaching"
NEEDS = re.compile(r"\*\*You need\*\* (.+?)\. Level: (.+?)\.")


class Written(SphinxDirective):
    """Markdown, made from the chapters and put before the content."""

    has_content = True

    def run(self):
        lines = [*self.lines(self.arguments[0]), "", *self.content]
        found = nodes.container(classes=["w2v-guide"])
        self.state.nested_parse(StringList(lines, self.get_source_info()[0]), 0, found)
        return [found]


class Chapter(Written):
    required_arguments = 1

    def lines(self, stem):
        text = "\n".join("".join(cell["source"]) for cell in chapter.notebook(stem))
        needs, level = NEEDS.search(text).groups()
        tasks = chapter.exercises(stem)
        core = sum(task.minutes for task in tasks if task.level == "Core")
        more = sum(task.minutes for task in tasks) - core
        yield f"**{int(stem[:2])}. [{chapter.title(stem)}]({stem}.ipynb)**"
        whole = minutes(chapter.BOOK / f"{stem}.ipynb")
        yield (
            f"{whole} minutes, {core} of them core exercises; {more} more to "
            f"stretch or in pairs. {level.capitalize()}. Needs {needs}."
        )


class Exercises(Written):
    required_arguments = 1
    final_argument_whitespace = True

    def lines(self, idea):
        for stem in chapter.stems():
            for task in chapter.exercises(stem):
                if task.idea == idea:
                    place = f"{stem}.ipynb#{slugify(f'{task.level}: {task.title}')}"
                    yield (
                        f"- Chapter {int(stem[:2])}, {task.level.lower()}: "
                        f"[{task.title}]({place}), {task.minutes} minutes"
                    )


def setup(app):
    """Register with Sphinx."""
    app.add_directive("chapter", Chapter)
    app.add_directive("exercises", Exercises)
    app.connect("env-get-outdated", lambda *_: [PAGE])  # it depends on the chapters: read each time
    return {"parallel_read_safe": True, "parallel_write_safe": True}
