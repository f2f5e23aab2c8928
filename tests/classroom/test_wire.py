"""What a student's process may say, and what is made of it."""

import json

import numpy as np
import pytest

from w2vlib.classroom.wire import MOST, decode, encode, receive


def other(kind, content):
    raise ValueError(f"{kind} is no value")


def sent(value):
    """A value as it arrives."""
    return decode(json.loads(json.dumps(encode(value, other))), other)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        -(10**30),
        float("inf"),
        "학생",
        ...,
        [1, (2.5, "x")],
        {"a": [1], 2: None},
    ],
)
def test_plain_values_arrive_as_they_are(value):
    assert sent(value) == value and type(sent(value)) is type(value)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", ">f8", "float64", "<U3"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3), (3, 0, 2)])
def test_arrays_arrive_as_they_are(dtype, shape):
    array = np.array(np.ones(shape), dtype=dtype, order="F")
    came = sent(array)
    assert came.dtype == array.dtype and came.shape == shape and came.flags.writeable
    assert np.array_equal(came, array)


@pytest.mark.parametrize(
    "value",
    [
        {"array": ["<f8", [10**18], ""]},
        {"array": ["<f8", [2**32, 2**32], ""]},
        {"array": ["<f8", [-1], ""]},
        {"array": ["<f8", [True], "AAAAAAAAAAA="]},
        {"array": ["<f8", [1], "AAAA"]},
        {"array": ["<f8", [0] * 99, ""]},
        {"array": ["<U0", [10**6], ""]},
        {"array": ["|O", [1], "AAAAAAAAAAA="]},
        {"array": ["f8,O", [1], "AAAAAAAAAAA="]},
        {"array": ["<,f8", [1], "AAAAAAAAAAA="]},
        {"array": ["(((", [1], "AAAAAAAAAAA="]},
        {"array": [8, [1], "AAAAAAAAAAA="]},
        {"array": ["<f3", [1], "AAAA"]},
        {"array": ["M8[s]", [1], "AAAAAAAAAAA="]},
        {"array": "<f8"},
        {"scalar": []},
        {"number": "9" * 10**6},
        {"number": 7},
        {"dict": [[{"list": []}, 1]]},
        {"dict": [1]},
        {"list": 3},
        {"pickle": "gASVBAAAAAAAAABLAS4="},
        {"handle": 1, "list": []},
        [],
        3.5,
    ],
    ids=str,
)
def test_what_is_no_value_is_refused(value):
    with pytest.raises(ValueError):
        decode(value, other)


def test_messages_have_a_bound():
    deep = 1
    for _ in range(5000):
        deep = {"list": [deep]}
    with pytest.raises(ValueError):
        decode(deep, other)
    for text in (b"[1]", b"x", b"9" * 10**5, b"[" * (MOST + 1)):
        with pytest.raises(ValueError):
            receive(text)
