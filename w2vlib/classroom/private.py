"""A teacher's own checks: a folder with modules of the form of w2vlib/exercises."""

import importlib.util
import sys
import traceback
from pathlib import Path

from w2vlib import exercises
from w2vlib.check import short
from w2vlib.exercises.exercise import Code, Fields


def load(folder):
    """The exercises of a folder: {name: Fields or Code}.

    folder: with modules, each of which may have a dict EXERCISES; they may import each other.
    Raises ValueError for a module that cannot be read, with its line, for an exercise that the
    course does not have or that asks for something else, and for a folder without exercises;
    NotADirectoryError where there is no such folder.
    """
    folder = Path(folder).resolve()
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder: name the one with your checks")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    found = {}
    for path in sorted(folder.glob("*.py")):
        for name, asked in _exercises(path).items():
            try:
                found[name] = _exercise(name, asked)
                _compare(name, found[name], exercises.find(name))
            except (TypeError, ValueError) as error:
                raise ValueError(f"{path}: {error}") from None
    if not found:
        raise ValueError(f"{folder} has no checks: a module (.py) there needs a dict EXERCISES")
    return found


def _exercises(path):
    """What a module asks for, as it stands there."""
    found = getattr(_module(path), "EXERCISES", {})
    if not isinstance(found, dict):  # the teacher's file is wrong, not who called
        raise ValueError(f"{path}: EXERCISES is {short(found)}: it should be a dict")  # noqa: TRY004
    return found


def _exercise(name, asked):
    if isinstance(asked, Fields):
        return asked
    if not callable(asked):
        raise TypeError(f"{name} is {short(asked)}: give Fields or a generator function")
    return Code(asked)


def _module(path):
    name = f"private_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        lines = [
            it.lineno
            for it in traceback.extract_tb(error.__traceback__)
            if it.filename == str(path)
        ]
        lines += [error.lineno] if isinstance(error, SyntaxError) else []
        where = f", line {lines[-1]}" if lines else ""
        raise ValueError(f"{path}{where}: {type(error).__name__}: {error}") from error
    return module


def _compare(name, own, public):
    """Raise ValueError where a variant asks for what no sheet has a place for."""
    if isinstance(own, Fields) != isinstance(public, Fields):
        wanted = "fields" if isinstance(public, Fields) else "code"
        raise ValueError(f"{name}: the sheet asks for {wanted}")
    if isinstance(own, Fields) and set(own) != set(public):
        raise ValueError(
            f"{name}: the sheet's fields are {', '.join(public)}, not {', '.join(own)}"
        )
