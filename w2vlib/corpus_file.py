"""A text on disk: its ids in a file that is mapped, not read, with an index behind them.

The file is an array of NumPy's format, which `numpy.load(path, mmap_mode="r")` maps, too; behind it
stand the words and their counts as JSON. It is one file, so that its parts always belong together,
and it appears under its name when it is whole: programs that write it at the same time do not meet,
and who has mapped a former one keeps that.
"""

import contextlib
import errno
import hashlib
import json
import mmap
import os
import weakref

import numpy as np

from w2vlib import files, npy
from w2vlib.progress import Stderr
from w2vlib.replacing import replacing

VERSION = 1  # another one where the same text would give other ids
BLOCK = 1 << 20  # ids that are in memory at once


def is_one(path):
    """Whether an ordinary file begins as a text on disk does."""
    path = files.expand(path)
    if not os.path.isfile(path) or files.is_stream(path):
        return False
    with open(path, "rb") as file:
        return file.read(len(npy.MAGIC)) == npy.MAGIC


def check(path):
    """Raise unless a text can be written to `path`, where nothing may stand but another.

    Returns what `load` returns of that, or None.
    """
    files.check_writable(path, "on_disk")
    if files.is_stream(path):
        raise ValueError(f"on_disk is {path}, a pipe or a device: give the name of a file")
    return load(path) if os.path.exists(files.expand(path)) else None


def made_from(paths, *options):
    """A digest of files, by name, size and time of change, and options; None for a pipe."""
    if any(map(files.is_stream, paths)):
        return None
    status = [os.stat(path) for path in paths]
    parts = [(os.path.basename(p), s.st_size, s.st_mtime_ns) for p, s in zip(paths, status)]
    return hashlib.sha256(json.dumps([VERSION, parts, options]).encode()).hexdigest()


def load(path):
    """Map a text on disk -> ids (T,), a read-only np.memmap of int32, and its index, a dict.

    The index holds name, made_from, words and counts. ValueError for what is no whole one.
    """
    path = files.find(path)
    with open(path, "rb") as file:
        return _read(file, path)


def _read(file, path):
    """The same of an open file, which errors call `path`."""
    try:
        start, shape, _ = npy.read_header(file, np.int32)
        (length,) = shape
        file.seek(start + 4 * length)
        index = json.loads(file.read().decode("utf-8", "surrogatepass"))
        whole = _is_whole(index, length)
        ids = _map(file, start, shape) if whole else None
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        whole = False
    if not whole:
        raise ValueError(
            f"{path} is no whole text that load_corpus keeps on disk: give another name, or "
            "delete it first"
        )
    return ids, index


def _is_whole(index, length):
    """Whether an index is that of a text of so many words. The ids are for training to look at."""
    words, counts = index["words"], index["counts"]
    return (
        index["version"] == VERSION
        and {type(index["name"]), type(index["made_from"])} <= {str, type(None)}
        and type(words) is type(counts) is list
        and all(type(word) is str for word in words)
        and all(type(count) is int and count >= 0 for count in counts)
        and len(set(words)) == len(words) == len(counts)
        and sum(counts) == length
    )


def _map(file, start, shape):
    try:
        return np.memmap(file, np.int32, "r", start, shape)
    except OSError as error:
        if error.errno != errno.ENOMEM:
            raise
        return Slices(file, np.dtype(np.int32), start, shape)


class Slices:
    """Ids (T,) of which a process may not map all, but slices: each is a np.memmap.

    So it is where a limit counts what is mapped, too, as that of `ulimit -v` does.
    """

    base = None

    def __init__(self, file, dtype, start, shape):
        self.file, self.start = os.fdopen(os.dup(file.fileno()), "rb"), start
        self.dtype, self.shape, self.ndim = dtype, shape, len(shape)
        self.nbytes = shape[0] * dtype.itemsize
        weakref.finalize(self, self.file.close)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, key):
        places = range(len(self))[key]
        if isinstance(places, int):
            return self[places : places + 1][0]
        if not places:
            return np.empty(0, self.dtype)
        first, last = sorted([places[0], places[-1]])
        start = self.start + self.dtype.itemsize * first
        part = np.memmap(self.file, self.dtype, "r", start, (last + 1 - first,))
        return part[:: places.step]

    def __array__(self, dtype=None, copy=None):
        return np.array(self[:], dtype)


def part(ids, start, stop):
    """A copy of ids[start:stop] in memory; of ids that are mapped nothing else stays there."""
    copy = np.array(ids[start:stop], np.int32)
    if isinstance(ids.base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        ids.base.madvise(mmap.MADV_DONTNEED)  # the system would, but only when it runs short
    return copy


def write(path, blocks, **told):
    """Write a text in blocks of numbers -> what `load` says of it.

    blocks: such as a `Numbering`, gone through once; then blocks.finish() says which ids they
        become, and what the words are.
    told: name and made_from, for the index.
    """
    with replacing(files.expand(path)) as file:
        _write_header(file, 0)
        begin = file.tell()
        file.writelines(blocks)
        length = (file.tell() - begin) // 4
        parts, counts, words = blocks.finish()
        for start, stop, new_id in parts:
            _renumber(file, begin + 4 * start, begin + 4 * stop, new_id)
        index = {"version": VERSION, **told, "words": words, "counts": counts.tolist()}
        file.seek(0, os.SEEK_END)
        file.write(json.dumps(index, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        file.seek(0)
        _write_header(file, length)
        if os.name != "nt":  # which renames no file that is mapped
            file.flush()
            file.seek(0)
            return _read(file, path)  # by name it could be another program's in a moment
    return load(path)


def _write_header(file, length):
    """As long for any length: NumPy leaves room in it for an array that grows."""
    header = {"descr": np.dtype(np.int32).str, "fortran_order": False, "shape": (length,)}
    np.lib.format.write_array_header_1_0(file, header)


def _renumber(file, start, stop, new_id):
    """Put new_id[id] in place of each id from one place of the file to another, in bytes."""
    for place in range(start, stop, 4 * BLOCK):
        file.seek(place)
        ids = np.frombuffer(file.read(min(4 * BLOCK, stop - place)), np.int32)
        file.seek(place)
        file.write(new_id[ids])


@contextlib.contextmanager
def watching(paths, show):
    """What counts the bytes of files as they are read, in a bar of tqdm's if `show`."""
    bar = None
    if show:
        with contextlib.suppress(ImportError):
            from tqdm.auto import tqdm  # here: importing w2vlib costs no tqdm

            sizes = [None if files.is_stream(path) else os.path.getsize(path) for path in paths]
            total = None if None in sizes else sum(sizes)
            bar = tqdm(total=total, desc="reading", unit="B", unit_scale=True, file=Stderr())
    if bar is None:
        yield None
    else:
        with bar:
            yield bar.update
