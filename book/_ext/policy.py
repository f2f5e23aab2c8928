"""The policy of every page, in the page itself: what a browser may run and fetch for it.

A site that is only files sends no headers, so each page says it first of all. No page needs an
exception: its scripts and styles are files (light_pages). Pages that run Python may compile
WebAssembly, and start a worker from a blob, because such a worker has the page's policy; one from
a file of the site has none.
"""

import re
from html import escape
from pathlib import Path

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # icons in the theme's style sheets
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
WITH_PYTHON = {"script-src": "'self' 'wasm-unsafe-eval'", "worker-src": "blob:"}
RUNNER = re.compile(r'<script\b[^>]*\bsrc="[^"]*/runner/runner\.js\b')
FIRST = re.compile(r'(<meta charset="utf-8" ?/?>)(?:\n<meta http-equiv="Content-Security.*>)?')

# The site's address alone leads to the book. Jupyter Book would write it without a policy.
LEADS_ON = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={page}">
<title>{title}</title>
</head>
<body><p><a href="{page}">{title}</a></p></body>
</html>
"""


def first(page, policy, path):
    """The markup of the page at a path, with the policy before all else in its head."""
    said = "; ".join(f"{what} {where}" for what, where in policy.items())
    tag = f'<meta http-equiv="Content-Security-Policy" content="{said}">'
    page, found = FIRST.subn(rf"\1\n{tag}", page, count=1)
    if not found:
        raise ValueError(f"{path} has no place for the policy: its head has no charset")
    return page


def policy_of(page):
    """The policy that a page's markup needs."""
    return POLICY | (WITH_PYTHON if RUNNER.search(page) else {})


def write(app, exception):
    """Put the policy into every page that was built."""
    if exception is None and app.builder.name == "html":
        folder, config = Path(app.outdir), app.config
        leads_on = LEADS_ON.format(page=f"{config.root_doc}.html", title=escape(config.html_title))
        (folder / "index.html").write_text(leads_on, encoding="utf-8")
        for path in folder.rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            path.write_text(first(page, policy_of(page), path), encoding="utf-8")


def setup(app):
    """Register with Sphinx."""
    app.connect("build-finished", write, priority=900)  # after who changes pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
