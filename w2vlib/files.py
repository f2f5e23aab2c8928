"""Files in and out, whatever their compression and whatever stands at the path.

A file that is read may be compressed by gzip, bzip2 or xz: its contents tell, not its name. A file
that is written is compressed if its name ends in .gz, .bz2 or .xz; an ordinary file appears under
its name only when it is complete, and pipes and devices are written into.

Files come from strangers: what is unpacked is handed on in pieces, and a small file that would
become huge is refused.
"""

import contextlib
import difflib
import gzip
import io
import itertools
import os
import posixpath
import re
import stat
import sys
import tempfile
import zlib
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from w2vlib.check import short
from w2vlib.replacing import replacing

CHUNK = 1 << 16  # bytes
UNPACKED = 1 << 27  # bytes that any compressed file may become, and ...
RATIO = 200  # ... so many more for each of its own: a text becomes 3 to 10
LAYERS = 3  # times that a file may be compressed, one over the other
DICTIONARY = 1 << 28  # bytes that xz may need; `xz -9` does 65 MB


def _xz():
    return import_module("lzma").LZMADecompressor(memlimit=DICTIONARY)


COMPRESSED = (  # how the file begins, the name for it, and what reads it
    (rb"\x1f\x8b\x08", ".gz", lambda: zlib.decompressobj(wbits=31)),
    (rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", ".bz2", lambda: import_module("bz2").BZ2Decompressor()),
    (
        rb"\xfd7zXZ\0|\x5d\0\0",
        ".xz",
        _xz,
    ),
)
FOREIGN = (
    (
        rb"\x93NUMPY",
        "an array of NumPy: a text kept on disk is given alone, vectors by a name in .npy",
    ),
    (
        rb"PK(\x03\x04|\x05\x06)",
        "a zip archive (a .docx or .npz file is one, too): unpack it first",
    ),
    (rb"\x28\xb5\x2f\xfd", "compressed by zstd: unpack it first, with `unzstd`"),
    (rb"\x04\x22\x4d\x18", "compressed by lz4: unpack it first, with `unlz4`"),
    (rb"\x1f\x9d", "compressed by compress: unpack it first, with `uncompress`"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (rb"Rar!\x1a\x07", "a rar archive: unpack it first"),
    (rb"%PDF-", "a PDF: save its text as a .txt file"),
    (rb"(?s).{257}ustar", "a tar archive: unpack it, and give the name of one file in it"),
)
COMPRESSORS = {
    ".gz": lambda file: gzip.GzipFile("", "wb", 9, file, mtime=0),  # the same bytes each time
    ".bz2": lambda file: import_module("bz2").BZ2File(file, "wb"),
    ".xz": lambda file: import_module("lzma").LZMAFile(file, "wb"),
}
UNWRITTEN = (".zip", ".zst", ".7z", ".rar", ".lz4", ".lzma", ".z", ".tar", ".tgz")
UNWRITTEN += tuple(".tar" + suffix for suffix in COMPRESSORS)

MODULES = {".bz2": "_bz2", ".xz": "_lzma"}  # some Pythons lack one; that in a browser, the second

STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


class ClosedError(OSError):
    """A path such as /dev/stdout stands for an open file that is closed."""


# Paths --------------------------------------------------------------------------------------------


def expand(path, name="path"):
    """The path as a string, with ~ for the home folder. TypeError or ValueError for others."""
    try:
        path = os.fsdecode(path)
    except TypeError:
        raise TypeError(f"{name} must be a string or a Path, but is {short(path)}") from None
    if not path:
        raise ValueError(f"{name} is empty: give a name")
    if "\0" in path:
        raise ValueError(f"{name} holds a NUL character: {short(path)}; give a name without")
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        raise ValueError(
            f"{name} cannot be the name of a file here: {short(path)}; give another"
        ) from None
    return os.path.expanduser(path)


def find(path, name="path", names=()):
    """The path of something that can be read, with ~ expanded; names: what else may be given.

    Raises FileNotFoundError, which says what might be meant, and IsADirectoryError.
    """
    path = expand(path, name)
    try:
        mode = _status(path).st_mode
    except (PermissionError, ClosedError):
        raise
    except OSError:
        others = f", nor is it {' or '.join(map(repr, names))}" if names else ""
        raise FileNotFoundError(
            f"no file {short(path, 300)} (in folder {_here()}){others}{_hint(path, names)}"
        ) from None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{path} is a folder: give the name of one file in it")
    if stat.S_ISSOCK(mode) and _descriptor(path) is None:
        raise OSError(f"{path} is a socket: give the name of a file or a pipe")
    return path


def _hint(path, names):
    if os.path.exists(path.strip()):
        return f"; close to it: {path.strip()!r}, without blanks around it"
    if "\n" in path or len(path) > 255 or path.count(" ") > 2 and "/" not in path:
        return "; this seems to be a text: write it into a file, and give the name of that file"
    if "://" in path:
        return "; this is an address: download the file first, and give its name"
    if os.path.islink(path):
        return f"; it is a link to {os.readlink(path)!r}, which is not there"
    folder, file = os.path.split(path)
    close = difflib.get_close_matches(path.lower(), names)
    with contextlib.suppress(OSError):
        some = [entry.name for entry in itertools.islice(os.scandir(folder or "."), 1000)]
        close += difflib.get_close_matches(file, some)
    return (
        f"; close to it: {', '.join(map(repr, close))}"
        if close
        else "; give the name of one that is there"
    )


def same(a, b):
    """Whether two paths lead to one ordinary file, by whatever names, links or redirections."""
    try:
        a, b = (_status(expand(path)) for path in (a, b))
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(a.st_mode) and os.path.samestat(a, b)


def is_stream(path):
    """Whether `path` is a pipe, a device or the like, which is written into, not replaced."""
    path = expand(path)
    if _descriptor(path) is not None:
        return True
    mode = _mode(os.path.realpath(path))
    return mode is not None and not stat.S_ISREG(mode)


def _status(path):
    number = _descriptor(path)
    if number is None:
        return os.stat(path)
    try:
        return os.fstat(number)
    except OSError:
        raise ClosedError(f"{path} is closed: give the name of a file") from None


def _here():
    try:
        return os.getcwd()
    except FileNotFoundError:
        return "that is gone"


def _descriptor(path):
    """The number of the open file that /dev/stdout and the like stand for, else None.

    To open /dev/stdout anew would empty the file that the output goes to.
    """
    for _ in range(40):  # links may lead there, in circles too
        with contextlib.suppress(FileNotFoundError):  # the working folder may be gone
            path = posixpath.abspath(path)
        if path in STANDARD:
            return STANDARD[path]
        if number := re.fullmatch(r"(?:/dev|/proc/self)/fd/(\d+)", path):
            return int(number[1])
        if not os.path.islink(path):
            return None
        path = posixpath.join(posixpath.dirname(path), os.readlink(path))


# Reading ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def reading(path, watch=None):
    """The bytes of a file or pipe, decompressed, as a stream that is read once from its start.

    watch: is called with the number of bytes, before they are decompressed, after each piece.
    Raises ValueError for a compressed file that is cut off, damaged or a bomb, and for other
    archives.
    """
    path = find(path)
    number = _descriptor(path)
    with open(path if number is None else os.dup(number), "rb") as file:
        yield decompressed(file, path, watch)


def decompressed(file, path, watch=None):
    """The same of an open file, which errors call `path`."""
    read = _Read(watch)
    chunks = _plain(_watched(iter(partial(file.read, CHUNK), b""), read), path, read)
    return stream(chunks)


def stream(chunks):
    """Chunks of bytes as a file."""
    return io.BufferedReader(_Stream(chunks), CHUNK)


def is_compressed(head):
    """Whether a file that begins so is one that `reading` decompresses."""
    return any(re.match(start, head) for start, _, _ in COMPRESSED)


class _Read:
    """How much of a file was read, `size` bytes; a watch is told, too."""

    def __init__(self, watch):
        self.watch, self.size = watch, 0

    def __call__(self, size):
        self.size += size
        if self.watch is not None:
            self.watch(size)


def _watched(chunks, watch):
    for chunk in chunks:
        watch(len(chunk))
        yield chunk


def _plain(chunks, path, read, layers=0):
    """The chunks without their compression: what comes out may be compressed in its turn."""
    start = b""
    while len(start) < CHUNK and (chunk := next(chunks, None)) is not None:
        start += chunk
    chunks = itertools.chain([start], chunks)
    for pattern, what in FOREIGN:
        if re.match(pattern, start):
            raise ValueError(f"{path} is {what}")
    for pattern, suffix, new in COMPRESSED:
        if re.match(pattern, start):
            _check_module(path, suffix)
            if layers == LAYERS:
                raise ValueError(f"{path} is compressed more than {LAYERS} times over: unpack it")
            return _plain(_decompressed(chunks, new, path, read), path, read, layers + 1)
    return chunks


def _check_module(path, suffix):
    """Raise OSError where this Python has not what a compression needs."""
    if find_spec(MODULES.get(suffix, "zlib")) is None:
        raise OSError(
            f"{path}: this Python cannot handle {suffix}, for lack of the module "
            f"{MODULES[suffix]}; use .gz instead"
        )


def _decompressed(chunks, new, path, read):
    stream, size = new(), 0
    try:
        for chunk in chunks:
            # A file may hold several streams, one after the other, with zeros between them.
            while chunk := chunk.lstrip(b"\0") if stream.eof else chunk:
                if stream.eof:
                    stream = new()
                for piece in _pieces(stream, chunk):
                    size += len(piece)
                    if size > UNPACKED + RATIO * read.size:
                        raise ValueError(
                            f"{path} would become more than {RATIO} times as large, unpacked: if "
                            "you trust it, unpack it first"
                        )
                    yield piece
                chunk = stream.unused_data
        if not stream.eof:
            raise EOFError("its end is missing")
    except (EOFError, OSError, zlib.error, _lzma_error()) as error:
        if getattr(error, "errno", None):  # the disk's fault; bz2 raises OSError for damage, too
            raise
        raise ValueError(
            f"{path} is cut off or damaged ({error}): get a whole copy of it"
        ) from error


def _pieces(stream, chunk):
    """What a decompressor makes of a chunk: 64 KB may become 80 GB, so in pieces."""
    while True:
        piece = stream.decompress(chunk, CHUNK)
        yield piece
        if stream.eof or len(piece) < CHUNK:
            return
        chunk = getattr(stream, "unconsumed_tail", b"")  # which zlib alone does not keep


def _lzma_error():
    """LZMAError, where there is one."""
    try:
        return import_module("lzma").LZMAError
    except ImportError:
        return EOFError


class _Stream(io.RawIOBase):
    """Chunks of bytes as a file that can be read."""

    def __init__(self, chunks):
        self.chunks, self.left = chunks, memoryview(b"")

    def readable(self):
        return True

    def readinto(self, target):
        while not self.left:
            chunk = next(self.chunks, None)
            if chunk is None:
                return 0
            self.left = memoryview(chunk)
        n = min(len(target), len(self.left))
        target[:n], self.left = self.left[:n], self.left[n:]
        return n


# Writing ------------------------------------------------------------------------------------------


def check_writable(path, name="path"):
    """Raise an OSError or a ValueError unless `path` can be written; nothing is touched."""
    path = expand(path, name)
    told = path if len(path) < 300 else short(path, 300)
    if _descriptor(path) is not None:
        _status(path)  # raises if it is closed
        return
    try:
        target = os.path.realpath(path)  # a link stays one
    except FileNotFoundError:
        raise FileNotFoundError(f"cannot write {told}: the working folder is gone") from None
    if os.path.isdir(target) or path.endswith(("/", os.sep)):
        raise IsADirectoryError(f"{told} is a folder: give the name of a file in it")
    if path.lower().endswith(UNWRITTEN):
        raise ValueError(
            f"{told}: files are written plain, or compressed under a name that ends in "
            f"{', '.join(COMPRESSORS)}: give another name"
        )
    _check_module(path, _suffix(path))
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"cannot write {told}: there is no folder {folder}; make it first")
    try:
        mode = _mode(target)
        if mode is None or stat.S_ISREG(mode):
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        raise type(error)(
            f"cannot write {told} in the folder {folder}: {error.strerror}; give another name"
        ) from None
    if mode is None:
        return
    if stat.S_ISSOCK(mode) or stat.S_ISBLK(mode):
        what = "socket" if stat.S_ISSOCK(mode) else "disk"
        raise OSError(f"{told} is a {what}: give the name of a file or a pipe")
    if not (mode & 0o222 and os.access(target, os.W_OK)):
        raise PermissionError(f"{told} is write-protected: give another name, or allow writing")


def _suffix(path):
    return os.path.splitext(path)[1].lower()


def _mode(path):
    """The mode of what stands at `path`, None where nothing does."""
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def writing(path):
    """A stream to write bytes to. Until all are written, and after errors, what was there stays.

    A pipe or a device is written into, as what `>` of a shell would write to it.
    """
    check_writable(path)
    path = expand(path)
    number = _descriptor(path)
    compressor = COMPRESSORS.get(_suffix(path), contextlib.nullcontext)
    if is_stream(path):
        if number == 1 and sys.stdout is not None:
            sys.stdout.flush()  # what was printed before comes first
        opened = os.open(path, os.O_WRONLY) if number is None else os.dup(number)
        with open(opened, "wb") as file, compressor(file) as out:
            yield out
        return
    with replacing(path) as file, compressor(file) as out:
        yield out
