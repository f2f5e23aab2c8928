"""What an exercise expects, and what is said to an answer.

Answers come as Python values or as texts that a reader has typed. The form of a page judges texts
in `answer.rules.js`, with the same rules and the same words.
"""

import ast
import dis
import inspect
import math
import re
import sysconfig
import textwrap
import traceback
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import numpy as np

from w2vlib import check

__all__ = ["Choice", "Code", "Fields", "Number", "Numbers", "Shape", "Verdict", "Word", "compare"]

RELATIVE, ABSOLUTE = 1e-4, 1e-6  # how far from the expected number an answer may be
NUMBER = re.compile(
    r"[+-]?(?:(?:[1-9]\d{0,2}(?:[,_ ]\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?%?", re.ASCII
)
IN_BRACKETS = re.compile(r"(^|[*/×·(] ?)\(([^()]*)\)(?= ?(?:[*/×·)]|$))")  # 1/(4 * 5), not 3(4)
COMMA = re.compile(r"([+-]?\d+),(\d+)", re.ASCII)  # where others write a point
HUNDRED = 98.5, 101.5  # what rounded percentages may sum to
FUNCTION = re.compile(r"(?<![a-z])(?:log|ln|sqrt|exp|pi)(?![a-z])|[√π]", re.IGNORECASE | re.ASCII)
UNIT = re.compile(r"(.*\d)\s*[A-Za-zµμ][A-Za-zµμ/ ]*")
MOST = 1000  # numbers that an answer to a field may hold
LIBRARY = Path(__file__).parents[1]
NOT_THE_READERS = [str(LIBRARY), *(sysconfig.get_paths()[key] for key in ("stdlib", "purelib"))]


class Verdict(NamedTuple):
    """What is said to an answer.

    state: "right", "wrong" or "unwritten".
    said: the words.
    Raises nothing.
    Source: of this course.

    >>> Verdict("wrong", "Not yet: too large.").said
    'Not yet: too large.'
    """

    state: str
    said: str


RIGHT = Verdict("right", "Right.")
EMPTY = Verdict("unwritten", "Not written yet.")
STUB = Verdict("unwritten", "Not written yet: replace the ... above, run that cell, then this one.")
NOTHING = "it returns None: its last line should return the result."
PERCENT = "these are percentages: write shares, which sum to 1."
ENDS = "ends the program (SystemExit): leave that call out."
IN_PLACE = "it returns nothing, and what it was given is as it was."
ASKS = "asks for input, which nobody gives here: leave `input` out."
NAN = "NaN is no number; look for 0 / 0, or for the logarithm of what is below 0."


def wrong(why):
    """The verdict on a wrong answer."""
    return Verdict("wrong", f"Not yet: {why}")


# ---- Fields


class Field:
    """An answer of a few signs.

    right: what is expected.
    mistakes: {wrong answer: what to say to it}.
    label: what stands before the field; else its name.
    """

    kind = ""

    def __init__(self, right, mistakes=None, *, label=None):
        mistakes = {} if mistakes is None else mistakes
        check.kind(mistakes, dict, "mistakes")
        check.label("" if label is None else label, "label")
        self.right, self.mistakes, self.label = right, dict(mistakes), label
        for mistake, message in mistakes.items():
            check.kind(message, str, f"mistakes[{check.short(mistake)}]")
            self.check(mistake, "a key of mistakes")
        self.check(right, "right")

    def check(self, value, name):
        """Raise TypeError for what no answer can be."""
        try:
            self.plain(value)
        except Exception:  # noqa: BLE001 - whatever makes it none
            raise TypeError(f"{name} is {check.short(value)}: it should be {self.wanted}") from None

    def data(self):
        """What the page needs to judge, for JSON."""
        pairs = [[self.plain(mistake), said] for mistake, said in self.mistakes.items()]
        return {"kind": self.kind, "right": self.plain(self.right), "mistakes": pairs}

    def blank(self, given):
        """Whether nothing was written: ..., None, an empty text, or a list with dots in it."""
        if isinstance(given, str):
            return re.fullmatch(r"[\s.]*", given) is not None
        if type(given) in (list, tuple):
            return any(item is ... for item in given[:MOST])
        return given is None or given is ...

    def judge(self, given):
        """What to say to a value or a typed text."""
        if self.blank(given):
            return EMPTY
        try:
            return self.verdict(given)
        except DecimalComma as error:
            return wrong(f"write a point: {error}.")
        except Exception:  # noqa: BLE001 - an object may do anything when it is looked at
            return wrong(f"this should be {self.wanted}, but it is {name_of(given)}.")


class DecimalComma(ValueError):
    """A text has a comma where a point is meant; its words are the number with a point."""


class Number(Field):
    """One number.

    right: a float or an int.
    mistakes: {number: what to say to it}.
    tolerance: how far from it an answer may be; else a ten-thousandth of it.
    label: what stands before the field; else its name.
    percent: whether it is a percentage, 2 and "2%" alike.
    Raises TypeError where a message is no text, or an answer none that can be given.
    Source: of this course.

    >>> Number(6, {3: "that is one of the two rows."}).judge("3").said
    'Not yet: that is one of the two rows.'
    """

    kind = "number"
    wanted = "a number"

    def __init__(self, right, mistakes=None, *, tolerance=None, label=None, percent=False):
        super().__init__(right, mistakes, label=label)
        check.flag(percent, "percent")
        check_tolerance(tolerance)
        self.tolerance, self.percent = tolerance, percent

    def plain(self, value):
        return rounded(value)

    def data(self):
        more = {"percent": True} if self.percent else {}
        return super().data() | {"tolerance": self.tolerance} | more

    def verdict(self, given):
        if isinstance(given, str):
            if self.percent:
                given = re.sub(r"\s*%\s*$", "", given)
            if (number := parse_number(given)) is None:
                refuse_comma(given)
                return wrong(instead(given, "write a number, such as 1500 or 0.25."))
        else:
            (number,) = flat(given)
        data = self.data()
        if math.isnan(number):
            return wrong(NAN)
        if close(number, data["right"], self.tolerance):
            return RIGHT
        for mistake, said in data["mistakes"]:
            if close(number, mistake, self.tolerance):
                return wrong(said)
        return wrong(f"this is too {'large' if number > data['right'] else 'small'}.")


class Numbers(Field):
    """Several numbers, in order: a row, or a matrix row by row.

    right: floats or integers, of any shape; it is judged by its numbers alone.
    mistakes: {tuple, or tuple of tuples: what to say to it}.
    tolerance: how far from each an answer may be; else a ten-thousandth of it.
    label: what stands before the field; else its name.
    Raises TypeError where a message is no text, or an answer none that can be given.
    Source: of this course.

    >>> Numbers([0.25, 0.75]).judge("1/4, 3/4").said
    'Right.'
    """

    kind = "numbers"
    wanted = "numbers"
    hint = "write numbers with commas between them, such as 1, 2, 3."

    def __init__(self, right, mistakes=None, *, tolerance=None, label=None):
        super().__init__(right, mistakes, label=label)
        check_tolerance(tolerance)
        self.tolerance = tolerance

    def plain(self, value):
        return [rounded(number) for number in flat(value)]

    def data(self):
        return super().data() | {"tolerance": self.tolerance, "hint": self.hint}

    def verdict(self, given):
        if isinstance(given, str):
            if (numbers := parse_numbers(given)) is None:
                if parse_numbers(COMMA.sub(r"\1.\2", given)) is not None:
                    refuse_comma(COMMA.search(given)[0])
                return wrong(instead(given, self.hint))
        else:
            numbers = flat(given)
        data = self.data()
        if any(map(math.isnan, numbers)):
            return wrong(NAN)

        def same(others):
            return len(numbers) == len(others) and all(
                close(*pair, self.tolerance) for pair in zip(numbers, others)
            )

        if same(data["right"]):
            return RIGHT
        for mistake, said in data["mistakes"]:
            if same(mistake):
                return wrong(said)
        count = len(data["right"])
        if len(numbers) != count:
            return wrong(f"{count} numbers are asked for, and this has {len(numbers)}.")
        if close(sum(data["right"]), 1, None) and HUNDRED[0] < sum(numbers) < HUNDRED[1]:
            return wrong(PERCENT)
        at = next(
            i
            for i, pair in enumerate(zip(numbers, data["right"]))
            if not close(*pair, self.tolerance)
        )
        way = "large" if numbers[at] > data["right"][at] else "small"
        return wrong(
            f"number {at + 1} of {count} is too {way}." if count > 1 else f"this is too {way}."
        )


class Shape(Numbers):
    """The shape of an array.

    right: a tuple of ints.
    mistakes: {tuple: what to say to it}.
    label: what stands before the field; else its name.
    Raises TypeError where a message is no text, or an answer none that can be given.
    Source: of this course.

    >>> Shape((3, 2), {(2, 3): "that is its transpose."}).judge("2 x 3").said
    'Not yet: that is its transpose.'
    """

    wanted = "a shape"
    hint = "write a shape, such as (3, 2)."

    def __init__(self, right, mistakes=None, *, label=None):
        super().__init__(right, mistakes, tolerance=0, label=label)


class Word(Field):
    """A word or a few; capitals, quotes and spaces around do not count.

    right: a text, or several spellings that are all right.
    mistakes: {text: what to say to it}.
    label: what stands before the field; else its name.
    Raises TypeError where a message is no text, or an answer none that can be given.
    Source: of this course.

    >>> Word(["log", "logarithm"]).judge("Logarithm").said
    'Right.'
    """

    kind = "word"
    wanted = "a word"

    def plain(self, value):
        texts = [value] if isinstance(value, str) else [*value]
        return [parse_word(text) for text in texts]

    def verdict(self, given):
        if not isinstance(given, str):
            raise TypeError
        data, word = self.data(), parse_word(given)
        if word in data["right"]:
            return RIGHT
        for mistakes, said in data["mistakes"]:
            if word in mistakes:
                return wrong(said)
        return wrong("another word is meant.")


class Choice(Word):
    """One of some answers, all of which stand there to choose from.

    options: all answers, as they are shown.
    right: one of them.
    mistakes: {option: what to say to it}.
    label: what stands before the field; else its name.
    Raises TypeError where an option or a message is no text; ValueError for fewer than two options,
        and where an answer is none.
    Source: of this course.

    >>> Choice(["error", "wrong numbers"], "error").judge("wrong numbers").said
    'Not yet: think again.'
    """

    kind = "choice"
    wanted = "one of the answers"

    def __init__(self, options, right, mistakes=None, *, label=None):
        super().__init__(right, mistakes, label=label)
        check.listed(options, "options", at_least=2)
        self.options = list(options)
        for option in self.options:
            check.kind(option, str, "one of options")
        check.choice(right, self.options, "right")
        for mistake in self.mistakes:
            check.choice(mistake, self.options, "a key of mistakes")

    def data(self):
        return super().data() | {"options": self.options}

    def verdict(self, given):
        verdict = super().verdict(given)
        if parse_word(given) not in map(parse_word, self.options):
            return wrong(f"choose one of these: {', '.join(self.options)}.")
        return wrong("think again.") if "another word" in verdict.said else verdict


class Fields(dict):
    """An exercise whose answers are typed into fields: {name: field}.

    Raises TypeError for what is no field.
    Source: of this course.

    >>> exercise = Fields(row_3=Number(6), shape=Shape((3, 2)))
    >>> {name: verdict.said for name, verdict in exercise.judge(row_3=6, shape="(3, 2)").items()}
    {'row_3': 'Right.', 'shape': 'Right.'}
    """

    def __init__(self, **fields):
        for name, field in fields.items():
            if not isinstance(field, Field):
                raise TypeError(f"{name} is {check.short(field)}: pass a Number, Word or Shape")
        super().__init__(fields)

    def judge(self, **answers):
        """{name: Verdict} of all fields. answers: {name: a value or a text}, any of them."""
        return {name: field.judge(answers.get(name)) for name, field in self.items()}


def check_tolerance(tolerance):
    if tolerance is not None:
        check.number(tolerance, "tolerance", at_least=0)


# ---- Code


class Code:
    """An exercise whose answer is code: a function, a class, or what they computed.

    steps: a generator of (answer, rng) that yields (got, expected, mistakes) or (got, expected):
        what the answer gave, any shape, what it should be, and pairs of a known wrong result and
        what to say to it. A `got` of None or ... counts as not written yet.
    Raises nothing for an answer, whatever it does: it says what to change. TypeError where steps is
        no function.
    Source: of this course.

    >>> def double(answer, rng):
    ...     x = rng.standard_normal(3)
    ...     yield answer(x), 2 * x, [(x, "this is x itself.")]
    >>> Code(double).judge(lambda x: x).said
    'Not yet: this is x itself.'
    """

    def __init__(self, steps):
        check.called_with(steps, "of an answer and a Generator", "steps")
        self.steps = steps

    def judge(self, answer, seed=0):
        """What to say to an answer; with another seed it is tried on other numbers."""
        check.whole(seed, "seed", at_least=0)
        if answer is None or answer is ...:
            return STUB
        whole = hasattr(self.steps, "in_place") or isinstance(answer, type) or not callable(answer)
        tried = answer if whole else OnCopies(answer)
        try:
            for step in self.steps(tried, np.random.default_rng(seed)):
                verdict = compare(*step)
                if step[0] is None and verdict.state == "unwritten" and not idle(answer):
                    return wrong(IN_PLACE if hasattr(self.steps, "in_place") else NOTHING)
                if verdict.state != "right":
                    return verdict
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the reader's code
            return told(error, answer, self.steps)
        return RIGHT


def in_place(steps):
    """Mark the steps of an exercise whose answer is to change the arrays that it is given."""
    steps.in_place = True
    return steps


def sizes(rng, n):
    """n different numbers from 2 to 7: the lengths of the axes that an answer is tried on."""
    return (2 + rng.permutation(6)[:n]).tolist()


def idle(function):
    """Whether a function is a stub: it uses no name of its own, and where its text can be seen it
    is nothing but dots. Also where neither can be seen.
    """
    if isinstance(told := getattr(function, "is_idle", None), bool):  # it runs somewhere else
        return told
    code = getattr(function, "__code__", None)
    if code is None:
        return True
    steps = dis.get_instructions(code)
    return not any("FAST" in it.opname or "DEREF" in it.opname for it in steps) and dots(function)


def dots(function):
    """Whether the text of a function is dots; also where no text is seen, and of a lambda."""
    try:
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, SyntaxError, TypeError, ValueError):
        return True
    return not isinstance(node, ast.FunctionDef) or all(
        isinstance(it, ast.Pass)
        or (isinstance(it, ast.Expr) and isinstance(it.value, ast.Constant))
        or (isinstance(it, ast.Return) and getattr(it.value, "value", None) is ...)
        for it in node.body
    )


def alike(*results):
    """Whether two of some numbers are too near to each other to tell a mistake by."""
    return not np.diff(np.sort(results)).min() > 0.001  # nor if one is NaN


class OnCopies:
    """A function that works on copies: nothing expected changes with what it writes into them."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, *args):
        kinds = np.ndarray | list | tuple | dict
        return self.answer(*(deepcopy(it) if isinstance(it, kinds) else it for it in args))

    def __getattr__(self, name):
        return getattr(self.answer, name)


class Rows(np.ndarray):
    """A matrix that refuses arithmetic with all of its rows at once."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        whole = len(self) == MANY and any(np.shape(x) == self.shape for x in (*inputs, *out))
        if whole and method == "__call__":
            raise ValueError(ALL_ROWS)
        inputs, out = (
            [x.view(np.ndarray) if isinstance(x, Rows) else x for x in given]
            for given in (inputs, out)
        )
        return getattr(ufunc, method)(*inputs, **kwargs, **({"out": tuple(out)} if out else {}))


MANY = 10_007  # rows
ALL_ROWS = "the result is right, but it computes with all rows of W: take W[ids] alone."


def compare(got, expected, mistakes=()):
    """The verdict on what an answer gave.

    got: a number or an array, as it comes from a reader's code; None or ... is not written yet.
    expected: a float, an int, a bool or an array of them, any shape.
    mistakes: pairs of a known wrong result and what to say to it.
    Raises nothing for an answer, whatever it is; TypeError where expected holds no numbers.
    Source: of this course.

    >>> compare([7, 0], [8, 0], [([7, 0], "row 0 holds only the last of its two parts.")]).said
    'Not yet: row 0 holds only the last of its two parts.'
    """
    if got is None or got is ...:
        return STUB
    expected = check.as_array(expected, "expected")
    if expected.dtype.kind not in "biuf":
        raise TypeError(f"expected has dtype {expected.dtype}: it should be numbers")
    check.listed(mistakes, "mistakes")
    for place, pair in enumerate(mistakes):
        check.two(pair, f"mistakes[{place}]")
        check.real(check.as_array(pair[0], told := f"mistakes[{place}][0]"), told)
    kinds = "b" if expected.dtype.kind == "b" else ""
    try:
        array = np.array(got)
        if array.dtype.kind not in "fiu" + kinds:
            raise TypeError
        array = np.array(array, dtype=float)  # a plain array, whatever it was
    except ValueError:
        if type(got) is tuple:
            return wrong(several(got))
        return wrong("its rows have different lengths: this should be an array.")
    except Exception:  # noqa: BLE001 - an object may do anything when it is looked at
        return wrong(f"this should be numbers, but it is {name_of(got)}.")
    expected = expected.astype(float)

    def differs(other):
        return ~np.isclose(array, other, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)

    def same(other):
        return array.shape == other.shape and not differs(other).any()

    with np.errstate(all="ignore"):
        if same(expected):
            return RIGHT
        for mistake, said in mistakes:
            if same(np.asarray(mistake, dtype=float)):
                return wrong(said)
        if array.shape != expected.shape:
            if type(got) is tuple:
                return wrong(several(got))
            return wrong(f"the shape is {array.shape}, and it should be {expected.shape}.")
        if np.isnan(array).any():
            return wrong(NAN)
        if expected.ndim == 0:
            if kinds:
                return wrong(f"this should be {bool(expected)}.")
            return wrong(f"{array:g} is too {'large' if array > expected else 'small'}.")
        places = np.argwhere(differs(expected))
    first = tuple(places[0].tolist())
    return wrong(f"{len(places)} of {array.size} numbers differ, the first at index {first}.")


def several(got):
    """What to say to a tuple that is no array."""
    return f"this is a tuple of {len(got)} things, where one array or number is asked for."


def told(error, answer, steps):
    """The verdict on code that raised: where, if it was in a line of the reader's."""
    if isinstance(error, NotImplementedError):  # as stubs of nbgrader do
        return STUB
    words = in_words(type(error).__name__, safely(str, error))
    cells = {"__main__", getattr(answer, "__module__", None)}
    frames = [
        traceback.FrameSummary(frame.f_code.co_filename, line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals.get("__name__") in cells  # files of Cython have no full names
        and not frame.f_code.co_filename.startswith((*NOT_THE_READERS, "<frozen"))
        and frame.f_code is not steps.__code__
    ]
    places = [getattr(error, "place", None)]  # of what ran somewhere else
    places += [(frame.lineno, frame.line) for frame in frames]
    if places[-1]:
        return wrong(raised(*places[-1], words))
    if isinstance(error, SystemExit):
        return wrong(f"it {ENDS}")
    if isinstance(error, TypeError) and not callable(answer):
        return wrong(f"this should be a function or a class, but it is {name_of(answer)}.")
    return wrong(f"what it gives or takes does not fit here. {words}")


def in_words(name, said):
    """An error's class and its words as the end of a sentence."""
    words = f"{name}: {(said or '').strip() or 'no words'}"
    if len(words) > 200:
        words = words[:197] + "..."
    return words if words.endswith((".", "!", "?")) else words + "."


def raised(number, text, words):
    """Where in a cell an error was raised, and which."""
    line = f", `{text}`," if text else ""
    if words.startswith(("EOFError", "OSError")) and re.search(r"\binput\(", text or ""):
        return f"line {number} of the cell{line} {ASKS}"
    does = ENDS if words.startswith("SystemExit") else f"raises {words}"
    return f"line {number} of the cell{line} {does}"


# ---- Reading answers. These rules stand in answer.rules.js once more.


def parse_number(text):
    """A text as a float, None where it is none: 1,280, 1e6, 3/4, 6/(4 * 5), 0.9**2 or 25%."""
    text = re.sub(r"\s+", " ", text.replace("−", "-").replace("–", "-")).strip()
    text = re.sub(r" ?(\^|\*\*) ?", "^", text)
    while part := IN_BRACKETS.search(text):
        if (number := parse_number(part[2])) is None:
            return None
        text = f"{text[: part.end(1)]}{number!r}{text[part.end() :]}"
    result, sign = 1.0, "*"
    for part in re.split(r" ?([*/×·]) ?", text):
        if part and part in "*/×·":
            sign = part
            continue
        if (number := parse_power(part)) is None:
            return None
        if sign == "/" and number == 0:
            return None
        result = result / number if sign == "/" else result * number
    return None if math.isnan(result) else result


def parse_power(text):
    """A text without * and / as a float, None where it is none: 1,280 or 0.9^2."""
    parts = text.split("^")
    if len(parts) > 2 or not all(map(NUMBER.fullmatch, parts)):
        return None
    numbers = [
        float(re.sub(r"[,_ %]", "", part)) / (100 if part.endswith("%") else 1) for part in parts
    ]
    if len(numbers) == 1:
        return numbers[0]
    try:
        return numbers[0] ** numbers[1] if numbers[0] > 0 else None
    except OverflowError:
        return None


def parse_numbers(text):
    """A text as a list of floats, None where it is none: (3, 2) or 3 x 2 or [[1 1] [3 3]]."""
    text = re.sub(r"[\])}][,\s]*[\[({]", " ", text)  # from row to row
    text = re.sub(r"[\[\](){}]", " ", text)
    text = re.sub(r"([0-9\s])[x×](?=[0-9\s])", r"\1 ", text).replace(";", ", ")
    text = re.sub(r"\s*([*/·^])\s*", r"\1", text)
    text = re.sub(r"\s+,", ",", text).strip(", \t\n")
    comma = "," in text and not re.search(r",\s", text)
    parts = re.split(r"[,\s]+" if comma else r",?\s+", text)
    numbers = [parse_number(part) for part in parts[: MOST + 1]]
    return None if None in numbers or len(numbers) > MOST else numbers


def refuse_comma(text):
    """Raise DecimalComma if a text is a number with a comma where others write a point."""
    if COMMA.fullmatch(text := text.strip()):
        raise DecimalComma(text.replace(",", "."))


def instead(text, hint):
    """What to write in place of a text that is no number."""
    unit = UNIT.fullmatch(text.strip())
    if FUNCTION.search(text):
        return "write it as a decimal, such as 0.25."
    if unit and parse_number(unit[1]) is not None:
        return f"write it without a unit: {unit[1].strip()}."
    return hint


def parse_word(text):
    """A text in small letters, without quotes and needless spaces."""
    return re.sub(r"\s+", " ", text.lower()).strip(" .,;:!\"'`´‘’“”")


def rounded(number):
    """A number as the page holds it: the same on every machine."""
    return int(number) if number == int(number) else float(f"{number:.7g}")


def close(number, other, tolerance):
    """Whether two numbers count as equal."""
    if tolerance is None:
        tolerance = max(RELATIVE * abs(other), ABSOLUTE)
    return abs(number - other) <= tolerance * (1 + 1e-9)


def flat(value, depth=0):
    """The numbers in a value as a list of floats. Raises for what is none."""
    if isinstance(value, np.ndarray | np.generic):
        value = np.asarray(value)[()].tolist()
    if isinstance(value, bool) or depth > 8:
        raise TypeError
    if isinstance(value, int | float):
        try:
            return [float(value)]
        except OverflowError:
            return [np.inf if value > 0 else -np.inf]
    if isinstance(value, str):
        if (number := parse_number(value)) is None:
            refuse_comma(value)
            raise ValueError
        return [number]
    if not isinstance(value, list | tuple) or len(value) > MOST:
        raise TypeError
    return [number for item in value for number in flat(item, depth + 1)]


def name_of(value):
    """The type of a value in words."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    return "text" if isinstance(value, str) else type(value).__name__


def safely(function, *args):
    """What a function gives, None where it raises."""
    try:
        return function(*args)
    except Exception:  # noqa: BLE001 - of a reader's object
        return None
