"""A stretch of a text on a worker of a cluster: read once, kept on its disk as word numbers."""

import contextlib
import io
import os
import re
from collections import Counter

import numpy as np

from w2vlib import corpus_file, files, reading
from w2vlib.numbering import Numbering
from w2vlib.reading import UNK
from w2vlib.replacing import replacing

REACH = 1 << 20  # bytes in which a line ends, or else it is cut


def read_stretch(token, number, stretch):
    """Read a stretch on a worker, and keep it -> its size, and the worker's address."""
    from distributed import get_worker

    worker = get_worker()
    ids, _ = at_hand(worker.local_directory, token, number, stretch)
    return len(ids), worker.address


def count_stretches(token, stretches):
    """The words of some stretches, {number: stretch}, and how often each comes, packed."""
    from distributed import get_worker

    folder = get_worker().local_directory
    indices = (at_hand(folder, token, *each)[1] for each in stretches.items())
    return add_all((index["words"], index["counts"]) for index in indices)


def add_counts(packed):
    """Counts of several workers, in one."""
    return add_all(unpack(*each) for each in packed)


def add_all(counts):
    total = Counter()
    for words, numbers in counts:
        for word, number in zip(words, numbers):
            total[word] += number
    return pack(total, list(total.values()))


def pack(words, counts):
    """Words, which hold no blank, and their counts, as Dask passes them on fast."""
    return "\n".join(words).encode("utf-8", "surrogatepass"), np.array(counts, np.int64)


def unpack(words, counts):
    return words.decode("utf-8", "surrogatepass").split("\n"), counts.tolist()


def at_hand(folder, token, number, stretch):
    """The word numbers of a stretch, on disk, and their index; it is read if it is not there."""
    name = os.path.join(folder, f"w2vlib-{token}-stretch-{number}.npy")
    if os.path.exists(name):
        return corpus_file.load(name)
    return corpus_file.write(name, words_of_stretch(stretch), name="stretch", made_from=None)


def words_of_stretch(stretch):
    """The words of a stretch, as a Numbering: all are kept."""
    path, start, stop, change = stretch

    @contextlib.contextmanager
    def opened(path, watch):
        import fsspec

        with fsspec.open(path, "rb") as file:
            if stop is None:
                yield files.decompressed(file, path)
            else:
                yield files.stream(lines_between(io.BufferedReader(file), start, stop))

    def keep_all(counts, number):
        return np.arange(len(counts), dtype=np.int32), counts, list(number)

    return Numbering(reading.words_of(path, change, opened=opened), keep_all)


def lines_between(file, start, stop):
    """The bytes of the lines that begin at `start` or behind it, and before `stop`."""
    place, stop = find_line(file, start), find_line(file, stop)
    file.seek(place)
    while place < stop and (data := file.read(min(files.CHUNK, stop - place))):
        place += len(data)
        yield data


def find_line(file, place):
    """Where the first line begins that does so at a place or behind it.

    Of a text that has no end of line for REACH bytes, such as text8, where the next word does.
    """
    if not place:
        return 0
    file.seek(place - 1)
    near = file.read(REACH)
    found = re.search(rb"\r\n|[\r\n]", near)
    if not found and len(near) == REACH:
        found = re.search(rb"[ \t]", near)
    return place - 1 + (found.end() if found else len(near))


class Shelf:
    """What a worker has of a ClusterText, in a folder."""

    def __init__(self, text, folder):
        self.text, self.folder, self.read, self.names = text, folder, {}, set()

    def put(self, part, ids):
        """Keep what was sent."""
        np.save(self._name(part), ids, allow_pickle=False)
        self.names.add(self._name(part))

    def ids(self, part):
        """The ids of a part: as sent, from the disk, or read anew."""
        if not self.text.stretches:
            return np.load(self._name(part), allow_pickle=False)
        number = int(self.text.stretch[part])
        if number not in self.read:
            self.read[number] = self._open(number)
        ids, new_id = self.read[number]
        start = int(self.text.starts[part])
        # The tables of many stretches would take memory: they stay on disk as well.
        new_id = corpus_file.part(new_id, 0, len(new_id))
        return new_id[corpus_file.part(ids, start, start + self.text.size(part))]

    def _open(self, number):
        """The word numbers of a stretch, and the id of each: both on disk."""
        token, stretch = self.text.token, self.text.stretches[number]
        ids, index = at_hand(self.folder, token, number, stretch)
        name = os.path.join(self.folder, f"w2vlib-{token}-table-{number}.npy")
        if not os.path.exists(name):
            known = self.text.vocabulary
            new_id = [known[word if word in known else UNK] for word in index["words"]]
            with replacing(name) as file:
                np.save(file, np.array(new_id, np.int32), allow_pickle=False)
        return ids, np.load(name, mmap_mode="r", allow_pickle=False)

    def _name(self, part):
        return os.path.join(self.folder, f"w2vlib-{self.text.token}-part-{part}.npy")

    def clear(self):
        """Remove what was sent; what was read stays for the next training on this text."""
        for name in self.names:
            os.remove(name)
        self.names.clear()
