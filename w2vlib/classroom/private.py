"""A teacher's own checks: a folder with modules of the form of w2vlib/exercises."""

import functools
import importlib.util
import inspect
import sys
import traceback
from pathlib import Path
from types import ModuleType

import numpy as np

from w2vlib import exercises, files
from w2vlib.check import short
from w2vlib.exercises.exercise import Code, Fields


class Slip(BaseException):
    """The checks themselves are wrong, whatever the answer: with their file and line.

    No Exception: what an answer raises is said to the student, and this must not be.
    """


class Touched(BaseException):
    """The checks have come as far as the answer."""


def _touched(*args, **kwargs):
    raise Touched


ASKED = {name for name, it in vars(np.ndarray).items() if callable(it)} - set(dir(object))
Untouched = type("Untouched", (), dict.fromkeys([*ASKED, "__call__", "__getattr__"], _touched))


def load(folder):
    """The exercises of a folder: {name: Fields or Code}.

    folder: with modules, each of which may have a dict EXERCISES; they may import each other.
    Raises ValueError for a module that cannot be read, and steps that fail before they use an
    answer, with file and line, for an exercise that the course does not have or that asks for
    something else, and for a folder without exercises; NotADirectoryError where there is no such
    folder.
    """
    folder = Path(files.expand(folder, "checks")).resolve()
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder: name the one with your checks")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    found = {}
    for path in sorted(folder.glob("*.py")):
        for name, asked in _exercises(path).items():
            try:
                found[name] = _exercise(name, asked, folder)
                _compare(name, found[name], exercises.find(name))
            except (TypeError, ValueError) as error:
                raise ValueError(f"{path}: {error}") from None
            except Slip as slip:
                raise ValueError(str(slip)) from None
    if not found:
        raise ValueError(f"{folder} has no checks: a module (.py) there needs a dict EXERCISES")
    return found


def _exercises(path):
    """What a module asks for, as it stands there."""
    found = getattr(_module(path), "EXERCISES", {})
    if not isinstance(found, dict):  # the teacher's file is wrong, not who called
        raise ValueError(f"{path}: EXERCISES is {short(found)}: it should be a dict")  # noqa: TRY004
    return found


def _exercise(name, asked, folder):
    if isinstance(asked, Fields):
        return asked
    if not inspect.isfunction(asked) or not inspect.isgeneratorfunction(asked):
        said = "has no yield" if inspect.isfunction(asked) else f"is {short(asked)}"
        raise TypeError(f"{name} {said}: give Fields or a generator function")
    try:
        next(asked(Untouched(), np.random.default_rng(0)), None)
    except Touched:
        pass
    except Exception as error:
        raise Slip(_told(error, folder)) from error
    return Code(_watched(asked, folder))


def _watched(steps, folder):
    """The steps, which raise Slip for an error that is theirs and no answer's."""

    @functools.wraps(steps)
    def watched(answer, rng):
        try:
            for step in steps(answer, rng):
                if type(step) is not tuple or len(step) not in (2, 3):
                    where = f"{steps.__code__.co_filename}, line {steps.__code__.co_firstlineno}"
                    said = "yield what an answer gave, what is expected, and perhaps mistakes"
                    raise Slip(f"{where}: {steps.__name__} should {said}")
                yield step
        except (AttributeError, ImportError, NameError) as error:
            innermost = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
            ours = folder in innermost.parents  # not in a call of the answer
            if isinstance(error, AttributeError):  # of what an answer gave, or of a module?
                ours = isinstance(error.obj, ModuleType)
            if not ours:
                raise
            raise Slip(_told(error, folder)) from error

    return watched


def _told(error, folder):
    """An error with the line of the checks where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [it for it in frames if folder in Path(it.filename).parents]
    where = f"{own[-1].filename}, line {own[-1].lineno}: " if own else ""
    return f"{where}{type(error).__name__}: {error}"


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
