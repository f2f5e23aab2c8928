"""replacing.py: a file is whole or as it was, and what killed programs leave goes with the next."""

import errno
import os
import re
import signal
import subprocess
import sys

import pytest

from w2vlib import replacing as room
from w2vlib.replacing import replacing

with_locks = pytest.mark.skipif(room.fcntl is None, reason="Windows has other locks")
HALF = """
import sys
from w2vlib.replacing import replacing
with replacing(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    print(flush=True)
    input()
"""


def half_written(path):
    """A program that has begun to write."""
    command = [sys.executable, "-c", HALF, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def end(process):
    process.kill()
    process.communicate()


def write(path, contents=b"new"):
    with replacing(path) as file:
        file.write(contents)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@with_locks
def test_what_a_killed_program_leaves_goes_with_the_next(tmp_path):
    path = tmp_path / "file"
    path.write_text("former")
    for _ in range(3):
        end(half_written(path))
        part, kept = names(tmp_path)  # not one more each time
        assert re.fullmatch(r"\.file\.[0-9a-f]{16}\.part", part) and kept == "file"
        assert path.read_text() == "former"
    write(path)
    assert names(tmp_path) == ["file"] and path.read_text() == "new"


@with_locks
def test_what_another_program_is_writing_stays(tmp_path):
    path = tmp_path / "file"
    other = half_written(path)
    write(path)
    assert len(names(tmp_path)) == 2 and path.read_text() == "new"
    other.communicate(b"\n")
    assert names(tmp_path) == ["file"] and path.read_text() == "half"


def test_files_of_others_stay(tmp_path):
    others = [".file.part", ".other.0123456789abcdef.part", ".file.0123456789abcdef.parts"]
    others += [".file.0123456789abcdeg.part", "file.0123456789abcdef.part", "file.part"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / ".file.0123456789abcdef.part").mkdir()
    write(tmp_path / "file")
    assert names(tmp_path) == sorted([*others, ".file.0123456789abcdef.part", "file"])


@with_locks
def test_one_that_was_taken_for_a_leftover_is_made_anew(tmp_path, monkeypatch):
    flock, taken = room.fcntl.flock, []

    def late(file, how):
        if not taken:
            taken.append(os.listdir(tmp_path))
            room.clear(str(tmp_path / "file"))
        flock(file, how)

    monkeypatch.setattr(room.fcntl, "flock", late)
    write(tmp_path / "file")
    assert len(taken) == 1 and names(tmp_path) == ["file"]


def test_without_locks_a_leftover_goes_when_it_is_old(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "fcntl", None)
    part = tmp_path / ".file.0123456789abcdef.part"
    part.touch()
    write(tmp_path / "file")
    assert part.exists()
    os.utime(part, (0, 0))
    write(tmp_path / "file", b"newer")
    assert names(tmp_path) == ["file"] and (tmp_path / "file").read_text() == "newer"


@with_locks
def test_a_file_system_without_locks(tmp_path, monkeypatch):
    def flock(file, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(room.fcntl, "flock", flock)
    end(half_written(tmp_path / "file"))
    write(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "new" and len(names(tmp_path)) == 2


@pytest.fixture
def small_files():
    """No file grows beyond 1,000 bytes here."""
    resource = pytest.importorskip("resource", reason="this system has no such limit")
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, former[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, former)
    signal.signal(signal.SIGXFSZ, ignored)


def test_a_full_disk_names_the_file_and_the_cure(tmp_path, small_files):
    path = tmp_path / "file"
    for size in 999_999, 1_001:  # at once; at the end, from a buffer
        path.write_text("former")
        with pytest.raises(OSError, match="File too large: make room, and try again") as caught:
            write(path, bytes(size))
        assert caught.value.filename == str(path) and caught.value.errno == errno.EFBIG
        assert names(tmp_path) == ["file"] and path.read_text() == "former"


def test_other_errors_stay_as_they_are(tmp_path):
    for error in OSError(errno.ENOSPC, "No space", "elsewhere"), OSError(errno.EIO, "broken"):
        with pytest.raises(OSError) as caught, replacing(tmp_path / "file"):
            raise error
        assert caught.value is error and not names(tmp_path)
