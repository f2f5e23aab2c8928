"""What two processes say to each other, of whom one is not trusted: JSON lines of plain values.

A value is None, a bool, a number, a text, an array of numbers, or a list, tuple or dict of these.
Anything else stays where it is, and a handle stands for it. Nothing that comes from a student is
unpickled; what the teacher's side sends may be (a layer, a corpus).
"""

import base64
import json
import math
import pickle
import re

import numpy as np

MOST = 16_000_000  # bytes of one message: a mark wants small arrays
KINDS = "biufU"  # of arrays: truths, integers, numbers, texts
DTYPE = re.compile(rf"[<>|][{KINDS}]\d{{1,8}}", re.ASCII)  # NumPy would parse what is no name, too


def encode(value, other):
    """A value as JSON has it; `other(value)` stands for what is not plain."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float) and type(value) in (int, float):
        return {"number": repr(value)}  # JSON has no NaN, and few readers have long integers
    if value is ...:
        return {"ellipsis": True}
    if isinstance(value, np.generic):
        value = np.asarray(value)
        if value.dtype.kind in KINDS:
            return {"scalar": _array(value)}
    if type(value) is np.ndarray and value.dtype.kind in KINDS:
        return {"array": _array(value)}
    if type(value) in (list, tuple):
        return {type(value).__name__: [encode(item, other) for item in value]}
    if type(value) is dict:
        return {"dict": [[encode(k, other), encode(v, other)] for k, v in value.items()]}
    return other(value)


def _array(value):
    if value.nbytes > MOST:
        raise ValueError(f"{value.nbytes / 1e6:,.0f} MB are too much of an answer")
    data = base64.b64encode(value.tobytes()).decode()
    return [value.dtype.str, list(value.shape), data]


def _read_array(dtype, shape, data):
    """An array of what came. Raises ValueError or TypeError where it is not what it claims."""
    if not DTYPE.fullmatch(dtype) or not all(type(n) is int and 0 <= n <= MOST for n in shape):
        raise ValueError("no array of plain values")
    dtype, data = np.dtype(dtype), base64.b64decode(data, validate=True)
    if not dtype.itemsize:
        raise ValueError("elements without a size")
    if math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError("another number of elements")
    return np.frombuffer(data, dtype).reshape(shape).copy()


def decode(value, other):
    """What `encode` was given; `other(kind, content)` reads what is not plain.

    Raises ValueError for what is not of that form.
    """
    if value is None or isinstance(value, bool | str):
        return value
    try:
        ((kind, content),) = value.items()
        if kind == "number":
            return int(content) if content.lstrip("-").isdigit() else float(content)
        if kind == "ellipsis":
            return ...
        if kind in ("array", "scalar"):
            array = _read_array(*content)
            return array if kind == "array" else array[()]
        if kind in ("list", "tuple"):
            items = [decode(item, other) for item in content]
            return items if kind == "list" else tuple(items)
        if kind == "dict":
            return {decode(k, other): decode(v, other) for k, v in content}
    except (AttributeError, MemoryError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"not a value: {error}") from error
    return other(kind, content)


def pickled(value):
    """A value of the teacher's side that is not plain, whole."""
    return {"pickle": base64.b64encode(pickle.dumps(value)).decode()}


def unpickled(content):
    """What `pickled` was given. Only for what the teacher's side sent."""
    return pickle.loads(base64.b64decode(content))


def line(message):
    """One message as bytes."""
    return json.dumps(message).encode() + b"\n"


def receive(text):
    """Read one message. Raises ValueError for what is no message, or too long."""
    if len(text) > MOST:
        raise ValueError("the answer is too long")
    message = json.loads(text)
    if not isinstance(message, dict):
        raise ValueError("no message")  # noqa: TRY004 - what came is wrong, not who called
    return message


def arrays(values):
    """The arrays among values, and in lists and tuples among them, in order."""
    found = []
    for value in values:
        if isinstance(value, np.ndarray):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += arrays(value)
    return found
