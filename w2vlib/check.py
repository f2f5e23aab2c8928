"""Checks of what the caller passes in: each says what is wrong, and what to do about it."""

import contextlib
import math

import numpy as np

from w2vlib import memory

LARGEST = float(np.finfo(float).max)
SOUND = 1000  # no number of a sound matrix of vectors comes near it; some 30 is much
LARGEST_INT = np.iinfo(np.int64).max


def short(value, width=60):
    """`value` as it is written in Python, or what an exception says, cut to `width` characters.

    It takes one line, and no longer for what is long; also where `value` cannot be shown.
    """
    if type(value) in (str, bytes, list, tuple):
        value = value[: width + 1]
    try:
        text = str(value) if isinstance(value, Exception) else repr(value)
    except Exception:  # noqa: BLE001 - an object may do anything; an int may have too many digits
        text = f"<{type(value).__name__}>"
    if not text.isprintable():  # the lines of an array
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= width else text[: width - 3] + "..."


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


def matrices(vocab_size, hidden_size, size=4):
    """Raise MemoryError where there is no room for two matrices of vocab_size by hidden_size."""
    what = f"vocab_size is {vocab_size:,} and hidden_size {hidden_size:,}"
    room(2 * int(vocab_size) * int(hidden_size), what, size)


def as_array(x, name):
    """`x` as an array. Raises ValueError for rows of different lengths, TypeError for no array."""
    if isinstance(x, np.matrix | np.ma.MaskedArray):  # which compute in ways of their own
        kind = type(x).__name__
        raise TypeError(f"{name} is a {kind}: pass a plain array, such as np.array({name})")
    try:
        array = np.asarray(x)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths: give each as many") from None
    if array.ndim == 0 and array.dtype.kind not in "biufc":
        raise TypeError(f"{name} is {short(x)}: it should be an array")
    return array


def ids(idx, name, size=None, ndim=None):
    """Raise unless `idx` is a non-empty array of whole numbers in [0, size).

    NumPy would take -1 as "the last row" without a word, so negative ids are refused too.
    """
    if hasattr(idx, "ids") and not isinstance(idx, np.ndarray):
        raise TypeError(f"{name} is a {type(idx).__name__}: pass its ids, {name}.ids")
    if isinstance(idx, tuple):  # NumPy would read it as a row and a column
        raise TypeError(f"{name} is a tuple: pass an array, np.array({name})")
    idx = as_array(idx, name)
    if idx.size == 0:
        raise ValueError(f"{name} is empty: it needs at least one word id")
    if idx.dtype.kind in "UO":
        raise TypeError(f"{name} holds words: pass their ids, vocabulary.ids({name})")
    if idx.dtype.kind not in "iu":
        raise TypeError(
            f"{name} has dtype {idx.dtype}: word ids are whole numbers, use {name}.astype(np.int32)"
        )
    if ndim is not None and idx.ndim != ndim:
        raise ValueError(f"{name} {shaped(idx)}: it should have {ndim} dimension(s)")
    if idx.min() < 0:
        raise IndexError(f"{name} holds the id {idx.min()}: ids start at 0")
    if size is not None and idx.max() >= size:
        raise IndexError(
            f"{name} holds the id {idx.max()}, but there are only {size} rows (0 to {size - 1})"
        )


def joined(ids, others, name):
    """Raise unless `ids` and `others` stay whole numbers in one array: uint64 and int32 do not."""
    if not np.issubdtype(np.result_type(np.asarray(ids), others), np.integer):
        raise TypeError(f"{name} has dtype {ids.dtype}: use {name}.astype(np.int32)")


def array(x, name):
    """Raise unless `x` is a NumPy array or a NumPy number."""
    if not isinstance(x, np.ndarray | np.generic):
        raise TypeError(f"{name} is {said(x)}: pass an array, np.array({name})")
    as_array(x, name)


def writable(x, name):
    """Raise ValueError for an array that cannot be changed."""
    if not x.flags.writeable:
        raise ValueError(f"{name} is read-only: pass a copy, {name}.copy()")


def real(x, name):
    """Raise unless `x` is a NumPy array of real numbers, or one of them."""
    array(x, name)
    if x.dtype.kind not in "fiub":
        raise TypeError(f"{name} has dtype {x.dtype}: it should be floats, {name}.astype(float)")


def scores(x, name):
    """Raise unless `x` holds numbers that can be negated and subtracted: floats, at best.

    In uint8 -1 is 255, and in int8 127 + 1 is -128, without a word.
    """
    dtype = as_array(x, name).dtype
    if dtype.kind != "f" and not (dtype.kind == "i" and dtype.itemsize >= 4):
        raise TypeError(f"{name} has dtype {dtype}: it should be floats, {name}.astype(np.float32)")


def vector(x, size, name):
    """Raise unless `x` is a vector of `size` numbers that are finite in float32."""
    try:
        array = np.asarray(x)
    except ValueError:  # rows of different lengths
        array = np.empty(0, dtype=object)
    if array.ndim == 0 or array.dtype.kind not in "fiu":
        raise TypeError(
            f"{name} is {short(x)}: it should be one word or a vector of {size} numbers; "
            "several are given as positive=[...] and negative=[...]"
        )
    shape(array, (size,), name)
    if not (np.abs(array) <= np.finfo(np.float32).max).all():
        raise ValueError(f"{name} holds NaN, infinity or numbers too large for float32")


def classes(t, score, name):
    """Raise unless `t` names a class for each row of `score`, by id or as a one-hot row."""
    t = as_array(t, name)
    if t.ndim == 2:
        shape(t, score.shape, name)
        one_hot = np.isin(t, (0, 1)).all(axis=1) & (np.sum(t == 1, axis=1) == 1)
        if not one_hot.all():
            row = int(np.argmin(one_hot))
            raise ValueError(
                f"{name} holds the row {t[row].tolist()[:8]} (row {row}): each should hold "
                "a single 1 and zeros"
            )
    else:
        ids(t, name, size=score.shape[1])
        shape(t, (len(score),), name)


def weights(W, name):
    """Raise unless `W` is a matrix of finite floats with at least one row and one column."""
    if not isinstance(W, np.ndarray) or not np.issubdtype(W.dtype, np.floating):
        found = f"has dtype {W.dtype}" if isinstance(W, np.ndarray) else f"is {said(W)}"
        raise TypeError(f"{name} {found}: it should be a NumPy array of float32")
    as_array(W, name)
    if W.ndim != 2 or W.size == 0:
        raise ValueError(f"{name} has shape {W.shape}: it should be (rows, columns), none 0")
    if not np.isfinite(W).all():
        row = int(np.argmin(np.isfinite(W).all(axis=1)))
        raise ValueError(f"{name} holds NaN or infinity, first in row {row}: set it afresh")


def said(x):
    """What to say of what is no array: of a list its type, of other things what they are."""
    return f"a {type(x).__name__}" if isinstance(x, list | tuple | dict) else short(x)


def shaped(array):
    """What to say of an array's shape; of a number, which has none, what it is."""
    return f"has shape {array.shape}" if array.ndim else f"is {short(array[()].item())}"


def shape(array, expected, name):
    """Raise unless `array` has the `expected` shape; None stands for any length."""
    array = as_array(array, name)
    found = array.shape
    if len(found) != len(expected) or any(
        e is not None and e != f for e, f in zip(expected, found, strict=True)
    ):
        wanted = ", ".join("any" if e is None else str(e) for e in expected)
        wanted = f"({wanted})" if array.ndim else f"of shape ({wanted})"
        raise ValueError(f"{name} {shaped(array)}: it should be {wanted}")


def likelihoods(p, name):
    """Raise ValueError unless `p` is a vector of finite numbers from 0 up."""
    p = np.asarray(as_array(p, name))
    shape(p, (None,), name)
    if p.dtype.kind not in "fiu":
        raise ValueError(f"{name} has dtype {p.dtype}: it should be numbers")
    if not (p >= 0).all() or not np.isfinite(p).all():
        raise ValueError(
            f"{name} holds {short(p.tolist())}: it should hold finite numbers from 0 up"
        )


def counts(x, expected, name):
    """Raise unless `x` holds whole numbers from 1 up: one, or as many as the `expected` shape."""
    given, x = x, as_array(x, name)
    if x.ndim:
        array(given, name)
        shape(x, expected, name)
    if x.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {x.dtype}: it should be whole numbers")
    if x.size and not 1 <= x.min() <= x.max() <= 2**20:
        raise ValueError(f"{name} holds {short(x.tolist())}: it should be from 1 to {2**20:,}")


def changes(found, size, name):
    """Raise unless `found` holds ids (N,) below `size`, changes (N, H) and moves (N,) of each."""
    if not isinstance(found, list | tuple) or not found:
        raise TypeError(f"{name} is {short(found)}: it should be a list, of three arrays a copy")
    for place, parts in enumerate(found):
        told = f"{name}[{place}]"
        if not isinstance(parts, list | tuple) or len(parts) != 3:
            raise TypeError(f"{told} is {short(parts)}: it should be ids, changes and moves")
        for part, ndim in zip(parts, (1, 2, 1)):
            real(part, told)
            shape(part, (len(np.atleast_1d(parts[0])), found[0][1].shape[-1])[:ndim], told)
        if len(parts[0]):
            ids(parts[0], told, size=size)


def size(value, name):
    """Raise unless `value` is the size of an array that memory holds: a number, or some."""
    for number in value if isinstance(value, tuple) else (value,):
        whole(number, name, at_least=0)
    room(math.prod(map(int, np.atleast_1d(value))), f"{name} is {short(value)}", size=24)


def examples(contexts, target, places, size):
    """Raise unless contexts (N, places) and target (N,) hold ids in [0, size)."""
    array(contexts, "contexts")
    shape(contexts, (None, places), "contexts")
    shape(target, (len(contexts),), "target")
    ids(contexts, "contexts", size=size)
    ids(target, "target", size=size)


def pairs(params, grads):
    """Raise unless there is a gradient for each parameter, of its shape: NumPy would stretch it."""
    for values, name in ((params, "params"), (grads, "grads")):
        if not isinstance(values, list | tuple):
            raise TypeError(f"{name} is {short(values)}: pass a list")
    if len(params) != len(grads):
        raise ValueError(f"params holds {len(params)} and grads {len(grads)}: pass as many of each")
    for i, (param, grad) in enumerate(zip(params, grads)):
        if not (isinstance(param, np.ndarray) and param.dtype.kind == "f"):
            found = getattr(param, "dtype", type(param).__name__)
            raise TypeError(f"params[{i}] is {found}: it should be a NumPy array of floats")
        if getattr(grad, "shape", param.shape) != param.shape:
            raise ValueError(
                f"grads[{i}] has shape {grad.shape}: it should be {param.shape}, as params[{i}]"
            )


def seed(rng, name):
    """Raise unless `rng` is what a numpy.random.Generator can be made of."""
    if rng is None or isinstance(rng, np.random.Generator):
        return
    if not isinstance(rng, int | np.integer) or isinstance(rng, bool | np.timedelta64) or rng < 0:
        raise TypeError(
            f"{name} is {short(rng)}: it should be None, a whole number from 0 up, or a "
            "numpy.random.Generator"
        )


def dense(grads, name):
    """Raise unless all of `grads` are arrays."""
    for grad in grads:
        if not isinstance(grad, np.ndarray):
            raise TypeError(
                f"{name} holds a {type(grad).__name__}: take an optimiser that knows it, such as "
                "SparseSGD, SparseAdaGrad or SparseAdam, or a model without sparse gradients"
            )


def sparse(grads, name):
    """Raise unless all of `grads` are SparseGradients, or like them."""
    for grad in grads:
        if not hasattr(grad, "rows"):
            raise TypeError(
                f"{name} holds an array for each row of W: take a Sparse... model, or the "
                "optimiser without, such as SGD or Adam"
            )


def labels(t, name):
    """Raise unless every label is 0 or 1."""
    t = as_array(t, name)
    if t.size == 0:
        raise ValueError(f"{name} is empty: it needs at least one label")
    if t.dtype.kind not in "biuf" or not np.isin(t, (0, 1)).all():
        found = short(t.ravel()[:8].tolist())
        raise ValueError(f"{name} holds {found}: it should hold only 0 (no) and 1 (yes)")


def same(a, b):
    """Whether two values of any kind are equal."""
    return type(a) is type(b) and bool(np.array_equal(a, b)) or a is b


def choice(value, options, name):
    """Raise ValueError unless `value` is one of some strings or numbers."""
    if not isinstance(value, str | int | float) or value not in options:
        *some, last = map(repr, options)
        wanted = f"one of {', '.join([*some, last])}" if len(some) > 1 else f"{some[0]} or {last}"
        raise ValueError(f"{name} is {short(value)}: it should be {wanted}")


def flag(value, name):
    """Raise TypeError unless `value` is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {short(value)}: it should be True or False")


def shapeless(value):
    """Whether `value` is an array without a length."""
    return isinstance(value, np.ndarray) and value.ndim == 0


def listed(value, name, at_least=0):
    """Raise unless `value` is a list or a tuple, or an array of some rows."""
    if not isinstance(value, list | tuple | np.ndarray) or shapeless(value):
        raise TypeError(f"{name} is {short(value)}: it should be a list")
    if len(value) < at_least:
        raise ValueError(f"{name} is {short(value)}: it should hold at least {at_least}")


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


def is_small(value):
    """Whether an integer of NumPy's is one that overflows in a product, without a word."""
    return isinstance(value, np.integer) and value.itemsize < 4


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


def is_sound(matrix):
    """Whether all of its numbers are those of vectors, and neither NaN nor beyond all bounds."""
    return bool(-SOUND < matrix.min() and matrix.max() < SOUND)  # a comparison with NaN is False


def finite(loss):
    """Raise FloatingPointError for a loss that is no number any more."""
    if not np.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss}")


@contextlib.contextmanager
def divergence(model, optimizer, epoch):
    """A context for an epoch; if it diverges, the parameters become what they were before, and
    FloatingPointError says so."""
    kept = {id(param): (param, param.copy()) for param in model.params}.values()
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # the error tells
            yield
        if not all(is_sound(param) for param, _ in kept):
            raise FloatingPointError
    except FloatingPointError:
        for param, before in kept:
            param[...] = before
        lr = getattr(optimizer, "lr", None)
        cure = f"lr is {lr:g}, try {lr / 4:g}" if lr else "take a smaller learning rate"
        raise FloatingPointError(
            f"the training diverged in epoch {epoch + 1}: {cure}, in a new optimizer; the model "
            "has the parameters that it had before that epoch"
        ) from None


def label(value, name):
    """Raise TypeError unless `value` is a text or a number, to be shown."""
    is_huge = isinstance(value, int) and not -LARGEST <= value <= LARGEST
    if not isinstance(value, str | int | float | np.number) or is_huge:
        raise TypeError(f"{name} is {short(value)}: it should be a text or a number")


def called(cache, layer):
    """Raise unless `forward` ran before `backward`: without it there is nothing to go back over."""
    if cache is None:
        raise RuntimeError(f"{layer}.backward was called before forward: call forward first")
