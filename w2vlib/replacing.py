"""A file that takes the place of another when it is whole.

It is written beside, as .NAME.0123456789abcdef.part, and renamed at its end. A program that is
killed meanwhile leaves that. It is locked as long as its program lives: so the next one that writes
to the same name knows a leftover, and takes it away.
"""

import contextlib
import errno
import os
import re
import secrets
import shutil
import time

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

FULL = {getattr(errno, name, None) for name in ("ENOSPC", "EDQUOT", "EFBIG")} - {None}
CURE = "make room, and try again; what stood there before still does"
HOUR = 3600  # seconds that a leftover is old where there are no locks


@contextlib.contextmanager
def replacing(path):
    """An ordinary file to write and read, which takes the place of `path` when all is written.

    Until then, and after an error, what stood there stays.
    Raises OSError, which names the file, where the disk is full.
    """
    target = os.path.realpath(path)
    clear(target)
    part, file = create(target)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # a loss of power must not leave the name without the contents
            if fcntl:  # while it is locked
                put(part, target)
        if not fcntl:  # Windows renames no file that is open
            put(part, target)
    except OSError as error:
        if error.errno not in FULL or error.filename is not None:
            raise
        raise OSError(error.errno, f"{os.strerror(error.errno)}: {CURE}", target) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def put(part, target):
    """Give a file the name of another, and its rights."""
    if os.path.exists(target):
        shutil.copymode(target, part)
    os.replace(part, target)


def create(target):
    """A new file beside `target`, locked -> its path, and the file."""
    folder, name = os.path.split(target)
    while True:
        part = os.path.join(folder, f".{name[:50]}.{secrets.token_hex(8)}.part")
        file = open(part, "x+b")  # noqa: SIM115 - it is handed on
        with contextlib.suppress(OSError):  # not every file system has locks
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX)
        if os.path.exists(part):
            return part, file
        file.close()  # somebody took it for a leftover before it was locked


def clear(target):
    """Take away what programs that were killed have left of `target`."""
    folder, name = os.path.split(target)
    leftover = re.compile(re.escape(f".{name[:50]}.") + r"[0-9a-f]{16}\.part")
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(folder)):
            if leftover.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                clear_one(entry.path)


def clear_one(part):
    """Take away a file of `create` whose program is no more."""
    with contextlib.suppress(OSError):  # of another user, say; or it is gone
        if not fcntl:
            if time.time() - os.stat(part).st_mtime > HOUR:
                os.unlink(part)
            return
        with open(part, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises while another has it
            os.unlink(part)
