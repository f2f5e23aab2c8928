"""Lighter pages: what Sphinx wrote, less what a page does not use; a few slips of markup mended.

Scripts and styles come from files: the pages' policy (policy.py) allows none in a page itself.

A page stays under 600 KB, gzipped. The theme alone would take 900: two thousand icons, as a script
and once more as fonts. `_static/icons.css` draws those that occur.
"""

import re
from pathlib import Path

# The parts of MathJax that a page needs; its usual bundle brings a context menu of 108 KB besides.
MATHJAX = ["core", "input/tex", "output/chtml", "a11y/assistive-mml"]

# What goes from each page and what comes for it.
IN_PAGES = [
    (r"\s*<script\b[^>]*/fontawesome\.js\b[^>]*></script>", ""),
    # What the theme sets for a choice of versions, and for a search that is off anyway.
    (r"\s*<script>DOCUMENTATION_OPTIONS\.(pagename|search_as_you_type) = [^<]*</script>", ""),
    # Handlers, of which book.js takes care, and styles, which stand in book.css.
    (r' onclick="(?:window\.print|toggleFullScreen)\(\)"', ""),
    (r"\s*<noscript>\s*<style>[^<]*</style>\s*</noscript>", ""),
    (r'(<table) style="width: 100%"( class="indextable)', r"\1\2"),
    (r'(<td) style="width: 33%; vertical-align: top;"', r"\1"),
    # MathJax, where no math follows: Sphinx loads it on the front page for the chapters' sake.
    (
        r"(?s)\s*<script>window\.MathJax\b.*?/startup\.js\b[^>]*></script>(?!.*\bmath notrans)",
        "",
    ),
    # What a folded cell and the search button show is their name; the labels say something else.
    (r'(<summary) aria-label="Toggle hidden content"', r"\1"),
    (r'(<button class="btn search-button-field[^>]*) aria-label="Search"', r"\1"),
    # An entry of the bibliography is an item of its list; the role it bears is deprecated.
    (r'role="doc-biblioentry"', 'role="listitem"'),
    # The site's name stands outside of every landmark: a screen reader would not come by it.
    (
        r'(<div class="sidebar-primary-item")(?=>\s*<a class="navbar-brand)',
        r'\1 role="navigation" aria-label="Home"',
    ),
]
IN_FILES = [
    ("mathjax_first.js", r"(?s)<script>(window\.MathJax\b.*?)</script>"),
    ("theme_first.js", r"(?s)<script data-cfasync=\"false\">(.*?dataset\.mode.*?)</script>"),
    ("search_first.js", r"(?s)<script>\s*(// Activate the search field.*?)</script>"),
]
IN_THEME_CSS = [(r'(\.fa-[\w-]+:before,?)+\{content:"[^"]*"\}', "")]


def replace(path, changes):
    """Make the changes, pairs of a pattern and its replacement, in a file."""
    text = path.read_text(encoding="utf-8")
    for pattern, replacement in changes:
        text = re.sub(pattern, replacement, text)
    path.write_text(text, encoding="utf-8")


def choose_mathjax(app, config):
    """Load the parts of MathJax in place of the bundle that sphinx-mathjax-offline names."""
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax3_config = {"loader": {"load": MATHJAX}}


def drop_rocket(app, pagename, templatename, context, doctree):
    """Take the picture of a rocket from the header: a chapter says in words where it runs."""
    buttons = context["header_buttons"]
    buttons[:] = [button for button in buttons if button["label"] != "launch-buttons"]


def lighten(app, exception):
    """Take from the finished pages, and from the theme's style sheet, what they do not use."""
    if exception is None and app.builder.format == "html":
        folder = Path(app.outdir)
        for page in [*folder.glob("*.html"), *folder.glob("*/*.html")]:
            replace(page, IN_PAGES)
            text = page.read_text(encoding="utf-8")
            static = "_static" if page.parent == folder else "../_static"
            for name, pattern in IN_FILES:
                if found := re.search(pattern, text):
                    script = folder / "_static" / name
                    script.write_text(found[1].strip() + "\n", encoding="utf-8")
                    text = text.replace(found[0], f'<script src="{static}/{name}"></script>')
            page.write_text(text, encoding="utf-8")
        replace(folder / "_static" / "styles" / "pydata-sphinx-theme.css", IN_THEME_CSS)
        for template in folder.glob("_static/*webpack-macros.html"):  # no page, for Sphinx alone
            template.unlink()


def setup(app):
    """Register with Sphinx."""
    app.connect("config-inited", choose_mathjax)
    app.connect("html-page-context", drop_rocket, priority=600)  # after the theme
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
