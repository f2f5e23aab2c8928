"""What the decks hand out, and what their pages may do.

A deck runs its own files and asks no site for anything; a policy in each page holds it to that. Its
scripts are files. Two exceptions are reveal.js's: it writes styles into the page, as MathJax does,
and the speaker's window, which shows the deck twice, has a script in it, allowed by its hash.
"""

import base64
import hashlib
import re

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
KEPT = [  # of reveal.js, which comes with every theme and plugin
    "LICENSE",
    "dist/reveal.css",
    "dist/reveal.js",
    "dist/theme/white.css",
    "dist/theme/fonts/source-sans-pro/*",
    "plugin/notes/*",
]
CHARSET = '<meta charset="utf-8" />'
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
    policy = POLICY | {"script-src": f"'self' '{_hash(script)}'"}
    said = "; ".join(f"{what} {where}" for what, where in policy.items())
    tag = f'<meta http-equiv="Content-Security-Policy" content="{said}">'
    for path in out.glob("*.html"):
        page = path.read_text(encoding="utf-8")
        for text in INLINE.findall(page):
            name = f"script-{hashlib.sha256(text.encode()).hexdigest()[:8]}.js"
            (static / name).write_text(text, encoding="utf-8")
            page = page.replace(
                f"<script>{text}</script>", f'<script src="_static/{name}"></script>'
            )
        if page.count(CHARSET) != 1:
            raise ValueError(f"{path} has no place for the policy: its head has no charset")
        path.write_text(page.replace(CHARSET, f"{CHARSET}\n    {tag}"), encoding="utf-8")


def _hash(script):
    """How a policy names a script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
