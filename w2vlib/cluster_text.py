"""A text on a cluster: workers read it, each some stretches, and count its words together.

What a worker has read it keeps on its own disk, as word numbers: neither it nor anybody else holds
the text in memory. Who needs a stretch that another one has read, or had, reads it again.
"""

import functools
import os
import posixpath
import secrets
from dataclasses import dataclass, field, replace

import numpy as np

from w2vlib import corpus_file, files
from w2vlib.check import kind, short
from w2vlib.corpus import Corpus, check_kept, make_change
from w2vlib.stretches import add_counts, count_stretches, read_stretch, unpack
from w2vlib.vocabulary import Vocabulary, choose_words

__all__ = ["ClusterText", "load_on_cluster"]

START = 120  # seconds to wait for a first worker
STRETCH = 1 << 23  # bytes of a file that is not compressed
PART = 1 << 14  # words, or more of a text that has many
MOST = 100_000  # parts
FAN = 8  # counts that are added at a time


@dataclass(frozen=True, repr=False, eq=False)
class ClusterText:
    """A text that the workers of a cluster read, or a Corpus in parts, for `engine="dask"`.

    words, counts: its vocabulary, (V,), as of a `Corpus`.
    stretches: what a worker reads at a time, each a path, where it starts and stops there in bytes
        (stop is None for all of it), and how it is changed; none where ids are there.
    starts: where each part starts in its stretch, int (N,); stretch: which one that is; sizes: the
        words of each part. All parts have equally many, but for the last of a stretch.
    Raises nothing; `load_on_cluster` makes one.
    Source: w2vlib; chapter 12.

    >>> from w2vlib import load_corpus
    >>> text = ClusterText.of(load_corpus("default"))
    >>> text
    ClusterText('default', 1,781,424 words, 10,001 different)
    >>> text.starts[:3], text.sizes[-3:]
    (array([    0, 16384, 32768]), array([16384, 16384, 11952]))
    """

    words: list
    counts: np.ndarray
    name: str
    stretch: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    stretches: list = field(default_factory=list)
    homes: list = field(default_factory=list)  # addresses of the workers that have read them
    ids: np.ndarray | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    @classmethod
    def of(cls, corpus):
        """A Corpus in parts; each is a stretch of its own, which is sent to a worker once."""
        kind(corpus, Corpus, "corpus")
        starts, sizes = cut(len(corpus), part_size(len(corpus)))
        words, numbers = list(corpus.vocabulary), np.arange(len(starts))
        return cls(words, corpus.counts, corpus.name, numbers, starts, sizes, ids=corpus.ids)

    @functools.cached_property
    def vocabulary(self):
        return Vocabulary(self.words)

    def __len__(self):
        return int(self.sizes.sum())

    def __repr__(self):
        return f"ClusterText({self.name!r}, {len(self):,} words, {len(self.words):,} different)"

    def shuffled(self, rng):
        """The parts in a random order, in each stretch of which all parts of the text have a share.

        So a worker finds enough to do in what it has read itself.
        """
        order = rng.permutation(len(self.sizes))
        order = order[np.argsort(self.stretch[order], kind="stable")]  # by stretch, each shuffled
        number = np.bincount(self.stretch)
        rank = np.arange(len(order)) - np.repeat(np.cumsum(number) - number, number)
        return order[np.argsort((rank + rng.random(len(order))) / np.repeat(number, number))]

    def size(self, part):
        return int(self.sizes[part])

    def without_ids(self):
        return replace(self, ids=None)

    def sent(self, part):
        """The ids of a part, where no worker reads them."""
        start = self.starts[part]
        return corpus_file.part(self.ids, start, start + self.sizes[part])


def part_size(words):
    return max(PART, -(-words // MOST))


def cut(words, size):
    """Where parts of a size start in so many words, and their sizes."""
    starts = np.arange(0, words, size)
    return starts, np.diff(starts, append=words)


def load_on_cluster(
    text, client, *, min_count=5, max_vocab=None, lower=False, split_punctuation=False, nfc=False
):
    """A text in files that the workers of a Dask cluster read -> `ClusterText`, for `train`.

    text: the path or URL of a file or a folder, as fsspec knows them ("s3://...", "hdfs://...", a
        path that all workers see), or a list of them; files are as for `load_corpus`.
    client: a `distributed.Client`.
    min_count, max_vocab, lower, split_punctuation, nfc: as for `load_corpus`.
    Returns ClusterText: its words, and how often each comes, int (V,); the text itself stays on
        the disks of the workers, as numbers, until they end.
    Raises TypeError or ValueError for a bad argument or a text without two words to learn,
        FileNotFoundError.
    Source: w2vlib; chapter 12.

    >>> import distributed, pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> _ = pathlib.Path(folder.name, "text").write_text("you say goodbye and I say hello")
    >>> with distributed.Client(processes=False, dashboard_address="127.0.0.1:0") as client:
    ...     text = load_on_cluster(folder.name, client, min_count=1)
    >>> text.words[:2], text.counts[:2], len(text)
    (['say', 'you'], array([2, 1]), 8)
    >>> folder.cleanup()
    """
    if not hasattr(client, "gather"):
        raise TypeError(f"client is {short(client)}: it should be a distributed.Client")
    check_kept(min_count, max_vocab)
    change = make_change(lower, split_punctuation, nfc)
    paths = find_files(text)
    name = posixpath.basename(paths[0][0]) if len(paths) == 1 else f"{len(paths)} files"
    stretches = list(cut_files(paths, change))
    token = secrets.token_hex(8)
    sizes, homes = read_all(client, token, stretches)
    words, counts = count_all(client, token, stretches, homes)
    number = dict(zip(words, range(len(words))))
    kept = choose_words(np.array(counts), number, min_count, max_vocab, name)
    size = part_size(sum(sizes))
    starts, part_sizes = zip(*(cut(words, size) for words in sizes))
    stretch = np.repeat(range(len(stretches)), [len(each) for each in starts])
    parts = stretch, np.concatenate(starts), np.concatenate(part_sizes)
    _, counts, words = kept
    return ClusterText(words, counts, name, *parts, stretches, homes, token=token)


def read_all(client, token, stretches):
    """The workers read stretches -> how many words each has, and who has it, by address."""
    workers = wait_for_workers(client)
    read = [
        client.submit(
            read_stretch, token, number, stretch, pure=False,
            workers=[workers[number % len(workers)]], allow_other_workers=True,
        )
        for number, stretch in enumerate(stretches)
    ]  # fmt: skip
    sizes, homes = zip(*client.gather(read))
    return sizes, list(homes)


def count_all(client, token, stretches, homes):
    """Each worker counts what it has read, and so on by FAN -> words and counts, two lists."""
    counts = []
    for home in dict.fromkeys(homes):
        theirs = {i: stretches[i] for i in range(len(stretches)) if homes[i] == home}
        place = {"workers": [home], "allow_other_workers": True}
        counts.append(client.submit(count_stretches, token, theirs, pure=False, **place))
    while len(counts) > 1:
        some = [counts[i : i + FAN] for i in range(0, len(counts), FAN)]
        counts = [client.submit(add_counts, each, pure=False) for each in some]
    return unpack(*counts[0].result())


def wait_for_workers(client):
    """The addresses of the workers that there are. Raises TimeoutError where none comes."""
    try:
        client.wait_for_workers(1, timeout=START)
        return list(client.scheduler_info(n_workers=-1)["workers"])
    except TimeoutError:
        raise TimeoutError(
            f"client has no worker, and none came within {START} seconds: start workers, such as "
            "`dask worker ADDRESS`"
        ) from None


def find_files(text):
    """The files of a path or URL, or a list of them: each its URL, and its size."""
    if isinstance(text, list | tuple) and text:
        return [file for each in text for file in _files_at(each)]
    return _files_at(text)


def _files_at(text):
    """The same without a list."""
    import fsspec

    if not isinstance(text, str | os.PathLike):
        raise TypeError(
            f"corpus is {short(text)}: it should be a Corpus, what load_on_cluster makes, or the "
            "path or URL of a text, or of a folder of texts"
        )
    url = os.fspath(text)
    if is_local := "://" not in url:
        url = os.path.abspath(files.expand(url, "text"))
    system, path = fsspec.core.url_to_fs(url)
    if not system.exists(path):
        raise FileNotFoundError(
            f"text is {short(url, 300)}: there is no such file or folder, give another path or URL"
        )
    found = system.find(path) if system.isdir(path) else [path]
    found = [name for name in found if not posixpath.basename(name).startswith(".")]
    if is_local:
        found = [name for name in found if not (os.path.exists(name) and files.is_stream(name))]
    if not found:
        raise ValueError(f"text is {url}: the folder holds no file")
    return [(system.unstrip_protocol(name), system.info(name)["size"]) for name in sorted(found)]


def cut_files(paths, change):
    """Stretches of STRETCH bytes of each file, but all of one that is compressed."""
    import fsspec

    for path, size in paths:
        if size <= STRETCH:
            yield path, 0, None, change
            continue
        with fsspec.open(path, "rb") as file:
            head = file.read(files.CHUNK)
        if files.is_compressed(head):
            yield path, 0, None, change
        else:
            for start in range(0, size, STRETCH):
                yield path, start, start + STRETCH, change
