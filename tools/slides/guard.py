"""What the decks hand out, and what their pages may do.

The policy is that of the book's pages, with two exceptions for reveal.js: it writes styles into the
page, as MathJax does, and the speaker's window, which shows the deck twice, has a script in it,
allowed by its hash. All other scripts are files.
"""

import base64
import hashlib
import re
import runpy
from pathlib import Path

BOOK = runpy.run_path(str(Path(__file__).parents[2] / "book" / "_ext" / "policy.py"))
KEPT = [  # of reveal.js, which comes with every theme and plugin
    "LICENSE",
    "dist/reveal.css",
    "dist/reveal.js",
    "dist/theme/white.css",
    "dist/theme/fonts/source-sans-pro/*",
    "plugin/notes/*",
]
INLINE = re.compile(r"(?s)<script>(.*?)</script>")


def drop_unused(out):
    """Leave out the files of reveal.js that no deck asks for."""
    reveal = out / "_static" / "revealjs"
    kept = {path for pattern in KEPT for path in reveal.glob(pattern)}
    for path in sorted(reveal.rglob("*"), reverse=True):  # what a folder holds before it
        if path.is_file() and path not in kept:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def guard(out):
    """Put each page's scripts into files, and the policy before all else."""
    static = out / "_static"
    window = static / "revealjs" / "plugin" / "notes" / "speaker-view.html"
    [script] = INLINE.findall(window.read_text(encoding="utf-8"))
    window.unlink()  # notes.js has it within
    policy = BOOK["POLICY"] | {
        "script-src": f"'self' '{_hash(script)}'",
        "style-src": "'self' 'unsafe-inline'",
        "frame-src": "'self'",
    }
    for path in out.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        for text in INLINE.findall(page):
            name = f"script-{hashlib.sha256(text.encode()).hexdigest()[:8]}.js"
            (static / name).write_text(text, encoding="utf-8")
            page = page.replace(
                f"<script>{text}</script>", f'<script src="_static/{name}"></script>'
            )
        path.write_text(BOOK["first"](page, policy, path), encoding="utf-8")


def _hash(script):
    """How a policy names a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
