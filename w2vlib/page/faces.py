"""What answers when it is touched: HTML with its data, which a script brings to life.

`page()` gives `<div data-mount="explore">` with the first picture and the data; `mount(root)` of
`explore.js`, beside this file, does the rest. A page of the book loads the scripts of all kinds,
once (`bundle`). A notebook loads none: there an ipywidget brings the same HTML together with its
script, and what the notebook stores has no script in it.
"""

import json
import re
from pathlib import Path

__all__ = ["TwoFaces", "bundle", "embed", "styles"]

HERE = Path(__file__).parent


class TwoFaces:
    """What a notebook shows as `page()` without a kernel, and by `widget()` with one.

    kind: the name of its script.
    """

    kind = ""

    def _repr_mimebundle_(self, include=None, exclude=None):
        said = {"text/plain": repr(self), "text/html": self.page()}
        widget = self.widget()
        return said if widget is None else widget._repr_mimebundle_() | said

    def widget(self):
        """The page with its script, as an ipywidget; None where ipywidgets is not installed."""
        try:
            import ipywidgets  # here: no need of it to import w2vlib
        except ImportError:
            return None
        script = f"({_mount(self.kind)})(document.currentScript.previousElementSibling)"
        html = f"<style>{styles()}</style>\n{self.page()}\n<script>{script}</script>"
        shown = {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}
        return ipywidgets.Output(outputs=(shown,))


def embed(data):
    """Data as an element of the page, for a script to read."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    text = text.replace("</", "<\\/").replace("<!", "\\u003c!")  # it must not end the element
    return f'<script type="application/json">{text}</script>'


def bundle():
    """All scripts as one, without imports: a page that is opened from a folder may not import."""
    stems = {path.stem for path in HERE.glob("*.js")} - {"mount"}
    kinds = sorted(stem for stem in stems if "." not in stem)
    mounts = ",\n".join(f"{kind}: {_mount(kind)}" for kind in kinds)
    w2v = f"{{kinds: {{{mounts}}},\nmount: {_mount('mount')}}}"
    return f"globalThis.w2v = {w2v};\nw2v.mount(document);\n"


def styles():
    """All style sheets as one."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.css")))


def _mount(kind):
    """The function `mount` of a script, as an expression."""
    paths = [*sorted(HERE.glob(f"{kind}.*.js")), HERE / f"{kind}.js"]  # answer.rules.js, answer.js
    source = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    inside = re.sub(r"^export (?=function mount\b)", "", source, flags=re.MULTILINE)
    return f'(() => {{\n"use strict";\n{inside}return mount;\n}})()'
