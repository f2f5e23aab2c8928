"""Which files of a folder are hand-ins, and whose."""

import collections
import os
import re
import unicodedata
from pathlib import Path

from w2vlib.classroom import cells, chapter

OURS = re.compile(r"(\w+?)(_sheet)?( ?\(\d+\))?")  # as a browser numbers what it has downloaded


def find(folder, out):
    """The hand-ins of a folder, and of the folders in it -> ({path: student}, other files).

    out: the table of marks, which may lie in that folder, too, beside its pages.
    A student is the file's name, or its folder's where the file still has that of the sheet or the
    chapter; with all its folders' where two have the same. A browser may have added to the name:
    "ana.ipynb.txt" is Ana's.
    Raises ValueError where there is none; NotADirectoryError where there is no such folder.
    """
    folder, pages = Path(folder), Path(out).with_suffix("")
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{folder} is no folder: name the one with the hand-ins; an archive is unpacked first"
        )
    files = [path for path in sorted(folder.rglob("*")) if not path.is_dir() or path.is_symlink()]
    files = [path for path in files if not _hidden(path.relative_to(folder))]
    ours = {Path(out), pages / "index.html", pages / "feedback", pages / "kept"}
    files = [path for path in files if ours.isdisjoint([path, *path.parents])]
    paths = [path for path in files if ".ipynb" in path.name]
    if not paths:
        raise ValueError(f"{folder} holds no hand-in: put the students' .ipynb files into it")
    return _students(paths, folder), [path for path in files if path not in paths]


def unnamed(path):
    """Whether a file still has the name of a sheet or a chapter, as it was downloaded."""
    found = OURS.fullmatch(_stem(path))
    return bool(found) and found[1] in chapter.stems()


def _stem(path):
    return _plain(path.name.partition(".ipynb")[0])


def _hidden(path):
    """Whether a file is none that a student made: of Jupyter, of a Mac, of a version control."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _students(paths, folder):
    short = {path: _stem(path) for path in paths}
    short |= {it: _plain(it.parent.name) for it in paths if unnamed(it) and it.parent != folder}
    counts = collections.Counter(name.casefold() for name in short.values())
    students, taken = {}, set()
    for path in paths:
        name = short[path]
        if counts[name.casefold()] > 1:
            name = " - ".join([*map(_plain, path.relative_to(folder).parent.parts), _stem(path)])
        whole, number = name, 1
        while name.casefold() in taken:
            number += 1
            name = f"{whole} ({number})"
        taken.add(name.casefold())
        students[path] = name
    return students


def _plain(name):
    """A file's name as one line of text, whatever its bytes."""
    name = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    return cells.printable(name)
