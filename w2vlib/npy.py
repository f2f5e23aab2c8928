"""NumPy's files of one array (.npy): what their header says, of which nothing is taken on trust."""

import math
import os
import re

import numpy as np

MAGIC = np.lib.format.MAGIC_PREFIX
VERSION = b"\1\0"
LONGEST = 1 << 10  # bytes of a header; NumPy writes 128
HEADER = re.compile(
    r"\{\s*'descr':\s*'(\S{1,20})',\s*'fortran_order':\s*(True|False),"
    r"\s*'shape':\s*\((\d{1,15}(?:,\s*\d{1,15})*),?\s*\),?\s*\}\s*",
    re.ASCII,
)


def read_header(file, dtype):
    """Where an array of this dtype begins in a file, its shape, and its order, "C" or "F".

    Raises ValueError where the file, open to read bytes, is none or holds less than it promises.
    """
    start = file.read(len(MAGIC) + 4)
    length = int.from_bytes(start[-2:], "little")
    header = file.read(min(length, LONGEST)).decode("latin-1")
    found = HEADER.fullmatch(header)
    if start[:-2] != MAGIC + VERSION or len(header) < length or not found:
        raise ValueError("its header is none that NumPy writes for an array of numbers")
    descr, fortran, lengths = found.groups()
    shape, dtype = tuple(map(int, lengths.split(","))), np.dtype(dtype)
    if descr != dtype.str:
        raise ValueError(f"its numbers are {descr!r}, not {dtype.str!r}")
    there = os.fstat(file.fileno()).st_size - len(start) - length
    if math.prod(shape) * dtype.itemsize > there:
        raise ValueError(f"its header promises the shape {shape}, but {there:,} bytes follow")
    return len(start) + length, shape, "F" if fortran == "True" else "C"
