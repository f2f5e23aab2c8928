"""Puts the PDF, the EPUB and the slides beside the pages of the built book, and links to them.

    python tools/site.py _build/html _build   # `make site` does so, when all of them are there

The front page has a place for the links: in a book built alone it says how to make the files.
"""

import re
import shutil
import sys
from pathlib import Path

FILES = {"one PDF": "word2vec-made-fast.pdf", "an EPUB": "word2vec-made-fast.epub"}
PLACE = re.compile(r'(?s)(<p class="w2v-downloads">).*?(</p>)')


def publish(html, made):
    """Copy what was made into the folder of the pages, and link to it from the front page."""
    for name in [*FILES.values(), "slides/index.html"]:
        if not (made / name).exists():
            sys.exit(f"make site: {name} is not in {made}: run 'make pdf epub slides' first")
    links = []
    for what, name in FILES.items():
        shutil.copyfile(made / name, html / name)
        size = (html / name).stat().st_size / 1e6
        links.append(f'as <a href="../{name}">{what}</a> ({size:.1f} MB)')
    shutil.copytree(made / "slides", html / "slides", dirs_exist_ok=True)
    links.append('<a href="../slides/index.html">slides</a> of each chapter')
    said = f"The whole book {links[0]} or {links[1]}; {links[2]}."
    front = html / "book" / "index.html"
    text, count = PLACE.subn(rf"\g<1>{said}\g<2>", front.read_text(encoding="utf-8"))
    if count != 1:
        sys.exit(f"make site: {front} has no place for the links")
    front.write_text(text, encoding="utf-8")
    print(f"The site is in {html}.")


if __name__ == "__main__":
    publish(*map(Path, sys.argv[1:]))
