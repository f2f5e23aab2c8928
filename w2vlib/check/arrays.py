"""Checks of arrays: their kind, their shape, and what they hold."""

import numpy as np

from w2vlib.check.words import said, shaped, short


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
    given, idx = idx, as_array(idx, name)
    if isinstance(given, list) and idx.dtype.kind in "iu":
        for value in np.array(given, object).flat:
            if isinstance(value, bool | np.bool_):  # among numbers NumPy takes it for one
                raise TypeError(f"{name} holds {value}: pass word ids, whole numbers")
    if idx.size == 0:
        raise ValueError(f"{name} is empty: it needs at least one word id")
    if idx.dtype.kind in "UO":
        first = idx.ravel().tolist()[0]
        cure = f"vocabulary.ids({name})" if isinstance(first, str) else "whole numbers"
        raise TypeError(f"{name} holds {short(first)}: pass word ids, {cure}")
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
    fits = np.abs(array) <= np.finfo(np.float32).max  # nor does NaN
    if not fits.all():
        raise ValueError(f"{name} holds {array[~fits][0]}: give numbers that are finite in float32")


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
    if x.size and int(x.max()) ** 2 > np.iinfo(x.dtype).max:
        raise ValueError(
            f"{name} has dtype {x.dtype}, where the square of {x.max()} has no room: use "
            f"{name}.astype(np.int64)"
        )


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
            is_array = isinstance(param, np.ndarray)
            found = f"has dtype {param.dtype}" if is_array else f"is {said(param)}"
            raise TypeError(f"params[{i}] {found}: it should be a NumPy array of floats")
        if getattr(grad, "shape", param.shape) != param.shape:
            raise ValueError(
                f"grads[{i}] has shape {grad.shape}: it should be {param.shape}, as params[{i}]"
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
            dense = isinstance(grad, np.ndarray)
            held = "an array for each row of W" if dense else f"a {type(grad).__name__}"
            raise TypeError(
                f"{name} holds {held}: take a Sparse... model, or the "
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
