"""A training on disk, to go on from: both matrices, how far it is, and what it depends on.

The file is a line that says what it is, a line of JSON, and the two matrices as they lie in memory.
It is written beside its name and appears under it when it is whole, so that whoever is killed at
any moment leaves the one before, and programs that write it at the same time do not meet. Nothing
in it is taken on trust: its settings must be those of the training that reads it, which thus knows
the shapes; a sum tells whether all is as it was written.
"""

import hashlib
import json
import os
import sys
import time
import zlib

import numpy as np

from w2vlib import corpus_file, files
from w2vlib.check import short
from w2vlib.replacing import replacing

MAGIC = f"w2vlib checkpoint 1, {sys.byteorder}-endian\n".encode()
LONGEST = 1 << 16  # bytes of the line of JSON, at most
PAUSE = 60  # seconds from one to the next within an epoch, at least, and ...
REST = 20  # ... this many times what writing one takes
SAMPLES = 64  # places of a corpus that it is known by, ...
SAMPLE = 1000  # ... with so many words each


class Checkpoint:
    """The file at `path`, for a training with these settings, a dict of numbers and strings.

    state: the dict that was saved with it; None where there is no file.
    Raises OSError where it cannot be written, ValueError for another file or another training.
    """

    def __init__(self, path, settings):
        files.check_writable(path, "checkpoint")
        self.path = os.path.realpath(files.expand(path))
        if files.is_stream(path) or self.path.lower().endswith(tuple(files.COMPRESSORS)):
            raise ValueError(
                f"checkpoint is {path}: it should be the name of a file, plain, "
                f"so not in {', '.join(files.COMPRESSORS)}"
            )
        self.settings = json.loads(json.dumps(settings))  # as they come back
        self.state, self.sum = None, 0
        self.next = time.perf_counter() + PAUSE
        self._look()

    def _look(self):
        """Take down how far the file is, where there is one; ValueError for another's."""
        if os.path.exists(self.path) and os.path.getsize(self.path):
            with open(self.path, "rb") as file:
                self._read_header(file)

    def _read_header(self, file):
        if file.readline(len(MAGIC)) != MAGIC:
            raise ValueError(
                f"checkpoint {self.path} is a file of another kind, and would be replaced: "
                "give another name"
            )
        try:
            header = json.loads(file.readline(LONGEST))
            settings, state, self.sum = (header[key] for key in ("settings", "state", "sum"))
            changed = [name for name in self.settings if settings[name] != self.settings[name]]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise self.damaged() from None
        if changed:
            told = [f"{name} is {_shown(settings[name])} there, {self.settings[name]} here"
                    for name in changed]  # fmt: skip
            raise ValueError(
                f"checkpoint {self.path} is of another training: {'; '.join(told)}. Go on with "
                "what is there, or give another name for a new training"
            )
        self.state = state

    def damaged(self):
        """What to raise where it cannot be gone on from."""
        return ValueError(
            f"checkpoint {self.path} is cut off or damaged: delete it, and the training starts anew"
        )

    def load(self, matrices):
        """Read what was saved of the matrices, float32, into these."""
        with open(self.path, "rb") as file:
            self._read_header(file)  # anew: another program may have gone on meanwhile
            size = file.tell() + sum(matrix.nbytes for matrix in matrices)
            if os.fstat(file.fileno()).st_size != size:
                raise self.damaged()
            for matrix in matrices:
                file.readinto(matrix)
        if self._sum(self.state, matrices) != self.sum:
            raise self.damaged()

    def _sum(self, state, matrices):
        found = zlib.crc32(json.dumps(state).encode())
        for matrix in matrices:
            found = zlib.crc32(matrix, found)
        return found

    def is_due(self):
        """Whether it is time for the next one within an epoch."""
        return time.perf_counter() >= self.next

    def save(self, matrices, state):
        """Write both; an error, such as a full disk, leaves the former file as it was.

        So does another program that trains the same, and is further. ValueError where there is
        another training's file now.
        """
        start = time.perf_counter()
        self._look()
        if self.state is not None and self.state["pieces"] > state["pieces"]:
            return
        header = {"settings": self.settings, "state": state, "sum": self._sum(state, matrices)}
        try:
            with replacing(self.path) as file:
                file.write(MAGIC + json.dumps(header).encode() + b"\n")
                file.writelines(matrices)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else error
            raise type(error)(
                error.errno,
                f"the checkpoint cannot be written ({why}): make room, and the same "
                "call goes on from the last one that was",
                self.path,
            ) from error
        end = time.perf_counter()
        self.next = end + max(PAUSE, REST * (end - start))


def _shown(setting):
    """A setting of a file as a short text, whatever stands there."""
    text = str(setting)
    return text if text.isprintable() and len(text) < 100 else short(setting)


def name_training(engine, corpus, vector_size, options, former):
    """All that the result of a training depends on, and its checkpoints: settings for one.

    former: the WordVectors that it starts from, or None. The number of threads is left out, and so
    is the cluster: a training may go on with others.
    """
    settings = {"engine": engine.name, "vector_size": vector_size} | options
    for name in "threads", "client":
        settings.pop(name, None)
    settings["pieces"] = engine.count_pieces(corpus)
    settings["corpus"] = name_corpus(corpus)
    settings["start"] = None if former is None else name_vectors(former)
    return settings


def name_corpus(corpus):
    """What tells a corpus from others, as a text: its size, and a digest of words and samples."""
    digest = hashlib.sha256(name_words(corpus.vocabulary).encode())
    digest.update(corpus.counts)
    if corpus.ids is not None:  # workers of a cluster have them
        for start in range(0, len(corpus), -(-len(corpus) // SAMPLES)):
            digest.update(corpus_file.part(corpus.ids, start, start + SAMPLE))
    return f"{len(corpus):,} tokens, {len(corpus.vocabulary):,} words ({digest.hexdigest()[:12]})"


def name_vectors(wv):
    """The same for WordVectors."""
    digest = hashlib.sha256(name_words(wv.vocabulary).encode())
    for matrix in [wv.vectors] if wv.outputs is None else [wv.vectors, wv.outputs.vectors]:
        digest.update(np.ascontiguousarray(matrix))
    return f"{len(wv):,} words ({digest.hexdigest()[:12]})"


def name_words(vocabulary):
    """A digest of words in their order."""
    words = "\0".join(vocabulary).encode("utf-8", "surrogatepass")
    return hashlib.sha256(words).hexdigest()
