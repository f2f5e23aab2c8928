"""Checks of single values: numbers, names, functions, sizes."""

import math

import numpy as np

from w2vlib import memory
from w2vlib.check.words import short

LARGEST = float(np.finfo(float).max)
LARGEST_INT = np.iinfo(np.int64).max


def whole(value, name, at_least=1, at_most=LARGEST_INT):
    """Raise unless `value` is a whole number from `at_least` to `at_most`."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool | np.timedelta64):
        raise TypeError(f"{name} is {short(value)}: it should be a whole number")
    if is_small(value):
        raise TypeError(f"{name} is {short(value)}: it should be an int, such as int({name})")
    if value < at_least:
        raise ValueError(f"{name} is {short(int(value))}: it should be at least {at_least}")
    if value > at_most:
        raise ValueError(f"{name} is {short(int(value))}: it should be at most {at_most}")


def number(value, name, above=None, at_least=None, below=None):
    """Raise unless `value` is finite, above `above`, at least `at_least` and below `below`."""
    kinds = int | float | np.integer | np.floating
    if not isinstance(value, kinds) or isinstance(value, bool | np.timedelta64):
        raise TypeError(f"{name} is {short(value)}: it should be a number")
    if is_small(value):
        raise TypeError(f"{name} is {short(value)}: it should be a float, such as float({name})")
    value = value.item() if isinstance(value, np.generic) else value  # small types overflow
    if not -LARGEST <= value <= LARGEST:  # nor is NaN
        raise ValueError(f"{name} is {short(value)}: it should be finite")
    if above is not None and value <= above:
        raise ValueError(f"{name} is {value}: it should be more than {above}")
    if below is not None and value >= below:
        raise ValueError(f"{name} is {value}: it should be less than {below}")
    if at_least is not None and value < at_least:
        raise ValueError(f"{name} is {value}: it should be at least {at_least}")


def is_small(value):
    """Whether an integer of NumPy's is one that overflows in a product, without a word."""
    return isinstance(value, np.integer) and value.itemsize < 4


def flag(value, name):
    """Raise TypeError unless `value` is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {short(value)}: it should be True or False")


def choice(value, options, name):
    """Raise ValueError unless `value` is one of some strings or numbers."""
    if not isinstance(value, str | int | float) or value not in options:
        *some, last = map(repr, options)
        wanted = f"one of {', '.join([*some, last])}" if len(some) > 1 else f"{some[0]} or {last}"
        raise ValueError(f"{name} is {short(value)}: it should be {wanted}")


def listed(value, name, at_least=0):
    """Raise unless `value` is a list or a tuple, or an array of some rows."""
    if not isinstance(value, list | tuple | np.ndarray) or shapeless(value):
        raise TypeError(f"{name} is {short(value)}: it should be a list")
    if len(value) < at_least:
        raise ValueError(f"{name} is {short(value)}: it should hold at least {at_least}")


def shapeless(value):
    """Whether `value` is an array without a length."""
    return isinstance(value, np.ndarray) and value.ndim == 0


def two(value, name):
    """Raise unless `value` is a list of two, or the like."""
    listed(value, name)
    if len(value) != 2:
        raise ValueError(f"{name} is {short(value)}: it should hold two")


def kind(value, types, name):
    """Raise TypeError unless `value` is of a class, or of one of some."""
    if not isinstance(value, types):
        wanted = " or ".join(
            each.__name__ for each in (types if isinstance(types, tuple) else (types,))
        )
        raise TypeError(f"{name} is {short(value)}: it should be of type {wanted}")


def having(value, names, name):
    """Raise TypeError unless `value` has these methods and attributes."""
    for wanted in names:
        if isinstance(value, type) or not hasattr(value, wanted):
            raise TypeError(f"{name} is {short(value)}: it should have {' and '.join(names)}")


def sampler(value, name):
    """Raise TypeError unless `value` draws negatives, or is None."""
    if value is not None:
        having(value, ["get_negative_sample"], name)


def precision(dtype, name):
    """Raise TypeError unless `dtype` is that of single or double precision."""
    known = (float, np.float32, np.float64, np.dtype("float32"), np.dtype("float64"))
    if not isinstance(dtype, type | np.dtype) or dtype not in known:
        raise TypeError(f"{name} is {short(dtype)}: it should be np.float32 or np.float64")


def called_with(value, arguments, name):
    """Raise TypeError unless `value` is a function."""
    if not callable(value):
        raise TypeError(f"{name} is {short(value)}: it should be a function {arguments}")


def seed(rng, name):
    """Raise unless `rng` is what a numpy.random.Generator can be made of."""
    if rng is None or isinstance(rng, np.random.Generator):
        return
    if not isinstance(rng, int | np.integer) or isinstance(rng, bool | np.timedelta64) or rng < 0:
        raise TypeError(
            f"{name} is {short(rng)}: it should be None, a whole number from 0 up, or a "
            "numpy.random.Generator"
        )


def label(value, name):
    """Raise TypeError unless `value` is a text or a number, to be shown."""
    is_huge = isinstance(value, int) and not -LARGEST <= value <= LARGEST
    if not isinstance(value, str | int | float | np.number) or is_huge:
        raise TypeError(f"{name} is {short(value)}: it should be a text or a number")


def called(cache, layer):
    """Raise unless `forward` ran before `backward`: without it there is nothing to go back over."""
    if cache is None:
        raise RuntimeError(f"{layer}.backward was called before forward: call forward first")


def room(numbers, what, size=4):
    """Raise MemoryError where so many numbers, of `size` bytes each, are more than memory holds.

    what: the argument that asks for them, and its value.
    """
    needed, there = int(numbers) * size, memory.there_is()
    if needed > there:
        needed, there = (f"{min(n, 10**24) / 1e9:,.0f} GB" for n in (needed, there))
        raise MemoryError(
            f"{what}: that would take {needed} of memory, and there are {there}; take a smaller one"
        )


def matrices(vocab_size, hidden_size, size=4, name="hidden_size"):
    """Raise MemoryError where there is no room for two matrices of vocab_size by hidden_size."""
    what = f"vocab_size is {vocab_size:,} and {name} {hidden_size:,}"
    room(2 * int(vocab_size) * int(hidden_size), what, size)


def size(value, name):
    """Raise unless `value` is the size of an array that memory holds: a number, or some."""
    for number in value if isinstance(value, tuple) else (value,):
        whole(number, name, at_least=0)
    room(math.prod(map(int, np.atleast_1d(value))), f"{name} is {short(value)}", size=24)
