"""Code that wraps as code should: each line of it an element, whose class tells its indent.

`_static/book.css` lets a line that is wider than its box go on below, further in than it began. The
text stays what it was, line ends included, for whoever copies, runs or compares it.
"""

import re

CODE = re.compile(
    r'(<div class="highlight-(?!myst-ansi)[\w-]+ notranslate"><div class="highlight"><pre>)'
    r"(?:<span></span>)?(.*?)(\n?</pre>)",
    re.DOTALL,
)
TAG = re.compile(r"<[^>]*>")
BREAK = re.compile(
    r'(?=<span class="o">\.</span>)|(?<=\(</span>)'
)  # where a line may part, besides
DEEPEST = 16


def element(line):
    """A line of highlighted code, in a <span>."""
    text = TAG.sub("", line)
    indent = min(len(text) - len(text.lstrip()), DEEPEST) // 4 * 4
    return f'<span class="w2v-i{indent}">{BREAK.sub("<wbr>", line)}</span>'


def mark_lines(app, pagename, templatename, context, doctree):
    """Put each line of the page's code into its element."""
    if "body" in context:
        context["body"] = CODE.sub(
            lambda it: it[1] + "\n".join(map(element, it[2].split("\n"))) + it[3], context["body"]
        )


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", mark_lines)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
