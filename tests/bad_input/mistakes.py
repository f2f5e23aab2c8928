"""What is put in place of a sound argument, and what has to come of it."""

import os
import re
import warnings
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction

import numpy as np

from w2vlib import Corpus, Vocabulary, WordVectors
from w2vlib.check import shapeless, short
from w2vlib.evaluation import AnalogyScore, PairScore

REFUSES = TypeError, ValueError, IndexError, KeyError, MemoryError, OSError
CURE = re.compile(
    r"\b(should|must|needs?|take|pass|give|use|try|choose|expected|call|put|save it|load|make|type"
    r"|start at 0|takes|there are only|is not in the vocabulary|did you mean|set it|write|divide)\b"
)
SEVERAL = list | tuple | set | dict | range | np.ndarray | Vocabulary

# Where what an argument holds is refused, by the name of the part.
ALIASES = {
    "vocabulary": ["words", "ids"],
    "words": ["word"],
    "word": ["words"],
    "a": ["words?"],
    "b": ["words?"],
    "c": ["words?"],
    "name_or_path": ["path"],
    "question": ["questions"],
    "answers": ["questions"],
    "first": ["vocabulary"],
    "sentences": [r"sentences\[0\]"],
}


class Unreadable:
    """An object that cannot even be shown."""

    def __repr__(self):
        raise RuntimeError("no words")


def junk():
    """What no argument asks for, or few; made anew each time, as some can be used once."""
    yield from (None, ..., True, False, 0, -1, 1, 2, 7, 2**31, 2**63, 2**64, 10**15, 10**5000)
    yield from (0.0, 0.5, 1.5, -0.5, 1e-300, 1e300, np.nan, np.inf, -np.inf, 1j, Fraction(1, 2))
    yield from (
        "",
        " ",
        "nonsense",
        "0",
        "고양이 🐈",
        "\0",
        "\ud800",
        "long " * 10**4,
        b"bytes",
        b"\xff",
    )
    yield from ([], (), {}, set(), [1], [1, 2], [-1], [10**15], [10**30], [0.5], [np.nan], ["word"])
    yield from ([None], [[1], [1, 2]], [[0, 1], [2, 3]], [[]], {"a": 1}, {1: 2}, [{}], ["a", "a"])
    yield from (object(), Unreadable(), Unreadable, lambda: 0, len, np, range(3), iter([1, 2]))
    yield from (np.int8(1), np.uint8(200), np.int64(-1), np.float16(0.1), np.float32(np.nan))
    yield from (np.array(1), np.array([]), np.zeros((0, 3)), np.zeros((3, 0)), np.arange(3))
    yield from (np.array([-1, 0]), np.array([2**40]), np.array([0.5]), np.array([np.nan, 1]))
    yield from (np.array([np.inf, 0]), np.array(["a"]), np.array([None]), np.array([True]))
    yield from (np.array([1j]), np.array(["2026"], "M8[D]"), np.array([1], "m8[s]"))
    yield from (np.timedelta64(1), np.zeros(2, [("a", int)]), np.ma.masked_array([1, 2], [0, 1]))
    yield from (np.matrix([[1, 2]]), np.zeros((2, 2, 2)), np.array([2**63], np.uint64), np.eye(2))
    yield from (np.array([1, 10**30]), np.array([b"a"]), Vocabulary(["a"]))


def spoilt(value):
    """A sound argument, a little wrong: in another type, shape, sign or size, or cut short."""
    if isinstance(value, np.ndarray):
        for worse in (-1, 10**6, 2**31, 2**62) if value.dtype.kind in "iu" else ():
            yield replaced(value, worse)
        for worse in (np.nan, np.inf, -np.inf, 1e300) if value.dtype.kind == "f" else ():
            yield replaced(value, worse)
        yield from (value.tolist(), value[:0], value[np.newaxis], value[..., np.newaxis], value[0])
        yield from (value.astype(str), value.astype(object), value.astype(complex))
        yield from (value.astype(bool), np.ma.masked_array(value), value[:-1], value.ravel())
        yield from (value.astype("m8[s]"), np.concatenate([value, value]), value.T)
        yield value.astype(float if value.dtype.kind in "iu" else int)
        if value.dtype.kind in "iu":
            yield value.astype(np.uint64)
        yield value.astype(np.float16)
    elif isinstance(value, bool):
        yield from ("True", np.True_, 1)
    elif isinstance(value, int | float):
        yield from (-value, -value - 1, str(value), [value], np.array([value]), value + 0.5)
        yield from (value * 10**12, np.float64(value), np.int8(1), complex(value))
    elif isinstance(value, str) and not value.startswith("/"):
        yield from (value.upper() + "?", [value], value.encode(), value[:1])
    elif isinstance(value, list | tuple):
        yield from (value[:0], value[:1], [*value, *value], [None, *value], [*value, -1, "word"])
    elif isinstance(value, dict):
        yield from (dict.fromkeys(value), dict.fromkeys(value, "word"), list(value), {})
        yield {str(key) + "?": kept for key, kept in value.items()}


def replaced(array, value):
    array = array.copy()
    with np.errstate(over="ignore"):
        array.flat[-1] = value
    return array


def alike(value):
    """The same array in other dresses, which change no result."""
    if isinstance(value, np.ndarray):
        read_only = value.copy()
        read_only.flags.writeable = False
        yield from (np.repeat(value, 2, axis=0)[::2], np.asfortranarray(value), read_only)
        yield value.astype(value.dtype.newbyteorder())


def attempt(call, name, value):
    """The call with `value` as its argument `name` -> its result, or None and its refusal.

    AssertionError for all but these two: another exception, a warning of NumPy's, a refusal that
    does not say what is wrong, NaN or infinity in a result, an array that has changed.
    """
    arguments = deepcopy(call.arguments) | {name: value}
    before = deepcopy({key: x for key, x in arguments.items() if has_arrays(x)})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", UserWarning)
            if not tame(value):
                warnings.simplefilter("ignore", RuntimeWarning)
            result = call.function(**arguments)
    except REFUSES as error:
        if not callable(value):  # what a function raises is not ours
            check_words(name, call.arguments, value, str(error))
        return None, error
    except BaseException as error:
        raise AssertionError(f"{name}={short(value)}: {type(error).__name__}: {error}") from error
    for key, array in before.items():
        if key not in call.in_place:
            assert same(array, arguments[key]), f"{key} has changed"
    assert finite(result) or not tame(value), f"{name}={short(value)} -> {short(result)}"
    return result, None


def check_words(name, others, value, said):
    """AssertionError unless a refusal names the argument, or the words in it, its value and cure.

    others: all arguments; where two do not fit together, the other one may be told, with its value.
    """
    arguments = others | {name: value}
    named = [each for each in arguments if names(each, said)]
    path = os.fsdecode(value) if isinstance(value, str | bytes) and value else None
    is_path = path and said.startswith(f"{path} is ")  # which names itself
    assert named or is_path or any(text in said for text in texts(value)), f"no name: {said}"
    shown = is_shown(value, said) or any(is_shown(arguments[each], said) for each in named)
    assert shown, f"no value: {said}"
    assert CURE.search(said), f"no cure: {said}"
    assert len(said) < 1000, f"too long: {said[:1000]}"


def contains(said, text):
    """Whether a text stands in words, and not as a part of another word."""
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", said) is not None


def names(name, said):
    ways = "|".join([name, *ALIASES.get(name, ())])
    return re.search(rf"(?<!\w)({ways})(?!\w)", said)


def texts(value):
    """The words of an argument, in quotes, which name it as well as its name does."""
    if isinstance(value, str | bytes):
        text = os.fsdecode(value)
        return [short(value)[:20], short(text)[:20], *map(repr, text.lower().split()[:9])]
    value = np.asarray(value).ravel() if isinstance(value, np.ndarray) else value
    if isinstance(value, list | tuple | set | dict | np.ndarray | Vocabulary):
        return [text for item in value for text in texts(item)]
    return []


def is_shown(value, said):
    """Whether words show what they refuse: as Python writes it, or what is wrong with it."""
    if isinstance(value, Iterator):  # which nobody can look into twice
        return True
    written, items = short(value), parts(value)
    return (
        contains(said, written)
        or (len(written) > 20 and written[:20] in said)
        or any(text in said for text in texts(value))
        or any(contains(said, way) for way in ways(value))
        or any(is_shown(item, said) or f"holds a {type(item).__name__}" in said for item in items)
    )


def ways(value):
    """The ways in which words may show a value, or what is wrong with it."""
    if isinstance(value, str | bytes):
        words = os.fsdecode(value).split()[:9]
        last = [short(value).strip("'\"")] if words else [f"{value}'", "empty"]  # of a path
        return [*words, *map(str.lower, words), *last]
    found = [f"a {type(value).__name__}"]
    if isinstance(value, np.generic):
        found += [short(value.item())]
    if short(value).startswith("<"):  # it cannot be shown, nor can a tuple with it
        found += ["<tuple>"]
    try:
        found += [f"dtype {np.asarray(value).dtype}", f"shape {np.shape(value)}"]
    except (KeyError, ValueError):
        found += ["different lengths"]
    if isinstance(value, int | np.integer) and not isinstance(value, np.timedelta64):
        found += [f"{value}", f"{value:,}"] if abs(int(value)) <= 10**30 else []
    if isinstance(value, float | complex | np.inexact):
        found += [f"{value}", f"{value:g}"] if np.isfinite(value) else ["nan", "NaN", "infinity"]
    if isinstance(value, SEVERAL) and not shapeless(value):
        found += [f"{has} {len(value)}" for has in ("has", "have", "holds", "are")]
        found += [] if len(value) else ["empty", "no words"]
    return found


def parts(value):
    """The first things that a value holds."""
    if isinstance(value, np.ndarray):
        value = np.asarray(value) if value.ndim else [value[()]]
    if not isinstance(value, SEVERAL):
        return []
    return [*value, *(value.values() if isinstance(value, dict) else [])][:9]


def has_arrays(x):
    return isinstance(x, np.ndarray) or (isinstance(x, list | tuple) and any(map(has_arrays, x)))


def same(one, other):
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.tobytes() == other.tobytes()
    return not isinstance(one, list | tuple) or all(map(same, one, other))


def tame(value):
    """Whether a value has neither NaN nor infinity, nor what becomes one in a sum or a product."""
    if isinstance(value, list | tuple):
        return all(map(tame, value))
    try:
        array = np.asarray(value)
        numbers = array.astype(complex) if array.dtype.kind in "fcO" else 0
    except (OverflowError, TypeError, ValueError):
        return True
    return bool((np.abs(numbers) < 1e100).all())


def finite(result):
    """Whether there is no number in a result that is none."""
    if isinstance(result, PairScore | AnalogyScore):  # which have no score for what they lack
        return True
    if isinstance(result, WordVectors | Corpus):
        return finite(result.vectors if isinstance(result, WordVectors) else result.counts)
    if isinstance(result, float | np.floating | np.ndarray):
        kind = np.asarray(result).dtype.kind
        return kind not in "fc" or bool(np.isfinite(result).all())
    if isinstance(result, list | tuple):
        return all(map(finite, result))
    return True
