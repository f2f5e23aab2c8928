"""Checks of what the caller passes in: each says what is wrong, and what to do about it."""

import contextlib

import numpy as np

LARGEST = float(np.finfo(float).max)
SOUND = 1000  # no number of a sound matrix of vectors comes near it; some 30 is much


def short(value, width=60):
    """`value` as it is written in Python, or what an exception says, cut to `width` characters."""
    text = str(value) if isinstance(value, Exception) else repr(value)
    return text if len(text) <= width else text[: width - 3] + "..."


def as_array(x, name):
    """`x` as an array. Raises ValueError for rows of different lengths."""
    try:
        return np.asarray(x)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths: give each as many") from None


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
    if not np.issubdtype(idx.dtype, np.integer):
        raise TypeError(
            f"{name} has dtype {idx.dtype}: word ids are whole numbers, use {name}.astype(np.int32)"
        )
    if ndim is not None and idx.ndim != ndim:
        raise ValueError(f"{name} has shape {idx.shape}: it should have {ndim} dimension(s)")
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
        raise TypeError(f"{name} is a {type(x).__name__}: pass an array, np.array({name})")


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
    if np.ndim(t) == 2:
        shape(t, score.shape, name)
        t = np.asarray(t)
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
        found = W.dtype if isinstance(W, np.ndarray) else type(W).__name__
        raise TypeError(f"{name} is {found}: it should be a NumPy array of float32")
    if isinstance(W, np.matrix | np.ma.MaskedArray):  # which compute in ways of their own
        kind = type(W).__name__
        raise TypeError(f"{name} is a {kind}: pass a plain array, such as np.array({name})")
    if W.ndim != 2 or W.size == 0:
        raise ValueError(f"{name} has shape {W.shape}: it should be (rows, columns), none 0")
    if not np.isfinite(W).all():
        row = int(np.argmin(np.isfinite(W).all(axis=1)))
        raise ValueError(f"{name} holds NaN or infinity, first in row {row}: set it afresh")


def shape(array, expected, name):
    """Raise unless `array` has the `expected` shape; None stands for any length."""
    found = as_array(array, name).shape
    if len(found) != len(expected) or any(
        e is not None and e != f for e, f in zip(expected, found, strict=True)
    ):
        wanted = ", ".join("any" if e is None else str(e) for e in expected)
        raise ValueError(f"{name} has shape {found}: it should be ({wanted})")


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
            raise TypeError(f"{name} is a {type(values).__name__}: pass a list")
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
    try:
        np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} is {short(rng)}: it should be None, a whole number from 0 up, or a "
            "numpy.random.Generator"
        ) from None


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
    if not np.isin(t, (0, 1)).all():
        raise ValueError(f"{name} holds {t.ravel()[:8]}: it should hold only 0 (no) and 1 (yes)")


def whole(value, name, at_least=1, at_most=None):
    """Raise unless `value` is a whole number from `at_least` to `at_most`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} is {short(value)}: it should be a whole number")
    if value < at_least:
        raise ValueError(f"{name} is {value}: it should be at least {at_least}")
    if at_most is not None and value > at_most:
        raise ValueError(f"{name} is {value}: it should be at most {at_most}")


def number(value, name, above=None, at_least=None, below=None):
    """Raise unless `value` is finite, above `above`, at least `at_least` and below `below`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} is {short(value)}: it should be a number")
    value = value.item() if isinstance(value, np.generic) else value  # small types overflow
    if not -LARGEST <= value <= LARGEST:  # nor is NaN
        raise ValueError(f"{name} is {value}: it should be finite")
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


def called(cache, layer):
    """Raise unless `forward` ran before `backward`: without it there is nothing to go back over."""
    if cache is None:
        raise RuntimeError(f"{layer}.backward was called before forward: call forward first")
