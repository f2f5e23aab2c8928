"""A text on disk: its ids in a file that is mapped, not read, with an index behind them.

The file is an array of NumPy's format, which `numpy.load(path, mmap_mode="r")` maps, too; behind it
stand the words and their counts as JSON. It is one file, so that its parts always belong together,
and it appears under its name when it is whole: programs that write it at the same time do not meet,
and who has mapped a former one keeps that.
"""

import contextlib
import errno
import hashlib
import itertools
import json
import mmap
import os
import warnings

import numpy as np

from w2vlib import files, reading
from w2vlib.progress import Stderr
from w2vlib.reading import EOS, UNK

MAGIC = np.lib.format.MAGIC_PREFIX
VERSION = 1  # another one where the same text would give other ids
BLOCK = 1 << 20  # ids that are in memory at once
MOST = 10_000_000  # different words that are: with all that is kept of them, about 2 GB


def is_one(path):
    """Whether an ordinary file begins as a text on disk does."""
    path = files.expand(path)
    if not os.path.isfile(path) or files.is_stream(path):
        return False
    with open(path, "rb") as file:
        return file.read(len(MAGIC)) == MAGIC


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

    The index holds name, made_from, words and counts. Raises ValueError for what is no whole one,
    MemoryError where the process may not map it.
    """
    path = files.find(path)
    with open(path, "rb") as file:
        try:
            np.lib.format.read_magic(file)
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            ids = np.memmap(file, dtype, "r", file.tell(), shape)
            file.seek(ids.offset + ids.nbytes)
            index = json.loads(file.read().decode("utf-8", "surrogatepass"))
            whole = (
                (ids.dtype, ids.ndim, index["version"]) == (np.int32, 1, VERSION)
                and len(index["words"]) == len(index["counts"])
                and sum(index["counts"]) == len(ids)
            )
        except (ValueError, TypeError, KeyError):
            whole = False
        except OSError as error:
            if error.errno != errno.ENOMEM:
                raise
            raise MemoryError(
                f"{path} cannot be mapped: a limit on the memory of this process counts files that "
                "are mapped, too, as that of `ulimit -v` does; set another, such as `ulimit -d`"
            ) from None
    if not whole:
        raise ValueError(
            f"{path} is no whole text that load_corpus keeps on disk: give another name, or "
            "delete it first"
        )
    return ids, index


def part(ids, start, stop):
    """A copy of ids[start:stop] in memory; of ids that are mapped nothing else stays there."""
    copy = np.array(ids[start:stop], np.int32)
    if isinstance(ids.base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        ids.base.madvise(mmap.MADV_DONTNEED)  # the system would, but only when it runs short
    return copy


def write(path, lists, choose, **told):
    """Lists of words, each gone through once -> a text on disk, and what `load` says of it.

    lists: as for `reading.id_blocks`.
    choose: choose(counts, number), which returns what `vocabulary.choose_words` does.
    told: name and made_from, for the index.
    """
    with files.replacing(path) as file:
        _write_header(file, 0)
        begin, number, forgotten = file.tell(), reading.numbering(), Forgotten()
        counts = np.zeros(BLOCK, np.int64)
        length = 0
        for ids in reading.id_blocks(lists, number):
            file.write(ids)
            length += len(ids)
            counts = _longer(counts, len(number))
            np.add.at(counts, ids, 1)
            if len(number) > MOST:
                counts = forgotten.add(counts, number, length)
        new_id, counts, words = choose(counts[: len(number)], number)
        for start, stop, table in forgotten.tables(new_id, length):
            _renumber(file, begin + 4 * start, begin + 4 * stop, table)
        index = {"version": VERSION, **told, "words": words, "counts": counts.tolist()}
        file.seek(0, os.SEEK_END)
        file.write(json.dumps(index, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        file.seek(0)
        _write_header(file, length)
        file.flush()
        os.fsync(file.fileno())  # a loss of power must not leave the name without the ids
    forgotten.warn()
    return load(path)


def _write_header(file, length):
    """As long for any length: NumPy leaves room in it for an array that grows."""
    header = {"descr": np.dtype(np.int32).str, "fortran_order": False, "shape": (length,)}
    np.lib.format.write_array_header_1_0(file, header)


def _longer(counts, size):
    return counts if size <= len(counts) else np.pad(counts, (0, size))


def _renumber(file, start, stop, table):
    """Put table[id] in place of each id from one place of the file to another, in bytes."""
    for place in range(start, stop, 4 * BLOCK):
        file.seek(place)
        ids = np.frombuffer(file.read(min(4 * BLOCK, stop - place)), np.int32)
        file.seek(place)
        file.write(table[ids])


class Forgotten:
    """Words that are taken for <unk> while a text is read, where it has more than memory holds.

    As in word2vec.c the rarest go, and are counted anew if they come again. Here these are half of
    all, and those that stay get the numbers from 0 up; what became of the numbers that the ids on
    disk were written with is kept, a table for each time.
    """

    def __init__(self):
        self.kept, self.most = [], 0

    def add(self, counts, number, length):
        """Forget words of `number` after `length` ids of the text -> counts of those that stay."""
        unk = number[UNK]
        counts = _longer(counts, len(number))[: len(number)]
        least = int(np.median(counts))
        stay = counts > least
        stay[unk] = True
        if EOS in number:
            stay[number[EOS]] = True
        table = (np.cumsum(stay) - 1).astype(np.int32)
        table[~stay] = table[unk]
        words = list(itertools.compress(number, stay))
        number.clear()
        number.update(zip(words, itertools.count()))
        number.default_factory = itertools.count(len(words)).__next__
        counts[unk] += counts[~stay].sum()
        self.kept.append((length, table))
        self.most = max(self.most, least)
        return counts[stay]

    def tables(self, table, length):
        """Parts of the text, from the last back, with the table of new ids that each needs.

        table: for the numbers of the last part.
        """
        for start, before in [*reversed(self.kept), (0, None)]:
            yield start, length, table
            if before is not None:
                table, length = table[before], start

    def warn(self):
        """Say so, where words were forgotten."""
        if self.kept:
            warnings.warn(
                f"the text has more than {MOST:,} different words: where they outgrew memory, "
                f"those that had come {self.most} times or fewer by then were taken for {UNK}",
                stacklevel=4,
            )


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
