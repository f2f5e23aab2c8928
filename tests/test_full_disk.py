"""A disk that is full: the file and the cure are named, what was there stays, and nothing more."""

import contextlib
import errno
import os
import subprocess
import tempfile

import pytest
import test_kills as kinds
from test_kills import address  # noqa: F401

from w2vlib import WordVectors, load_corpus, ptb, train
from w2vlib.__main__ import main

LEFT = 100_000  # bytes, beside the ballast
OPTIONS = {"vector_size": 600, "epochs": 3, "subsample": 0, "progress": False}


@contextlib.contextmanager
def mounted(folder, size):
    """A disk of so many bytes, where one may mount it."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root mounts a small disk, and not everywhere")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path):
    with mounted(tmp_path / "disk", 2**20) as folder:
        yield folder


@contextlib.contextmanager
def full(folder, name):
    """Little room meanwhile: an error names the file, and nothing else has changed."""
    ballast = folder / "ballast"
    room = os.statvfs(folder)
    ballast.write_bytes(bytes(room.f_bavail * room.f_bsize - LEFT))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(OSError, match="No space left on device.*: make room") as caught:
        yield
    assert caught.value.errno == errno.ENOSPC and caught.value.filename == str(folder / name)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    ballast.unlink()


def test_a_checkpoint(disk):
    text, path = kinds.text_of(3000), disk / "checkpoint"
    whole = train(text, **OPTIONS)
    train(text, checkpoint=path, callback=lambda progress: True, **OPTIONS)
    with full(disk, "checkpoint"):
        train(text, checkpoint=path, **OPTIONS)
    again = train(text, checkpoint=path, **OPTIONS)
    assert (again.vectors == whole.vectors).all() and os.listdir(disk) == ["checkpoint"]


@pytest.mark.parametrize("name", kinds.FORMATS.values(), ids=kinds.FORMATS)
def test_saving(disk, name):
    kinds.former(name, disk)
    wv = kinds.vectors(2, 3000)
    with full(disk, name):
        wv.save(disk / name, binary=name.endswith(".bin"))
    wv.save(disk / name, binary=name.endswith(".bin"))
    assert len(WordVectors.load(disk / name)) == 3000 and os.listdir(disk) == [name]


def test_a_text(disk, tmp_path):
    (tmp_path / "text").write_text("a b c\n" * 10_000)
    load_corpus(kinds.__file__, on_disk=disk / "kept", progress=False)
    with full(disk, "kept"):
        load_corpus(tmp_path / "text", on_disk=disk / "kept", progress=False)
    assert len(load_corpus(tmp_path / "text", on_disk=disk / "kept", progress=False)) == 40_000


def test_a_fetch(disk, address, monkeypatch):  # noqa: F811
    for name in ("MIRRORS", "SHA256", "in_cache"):
        monkeypatch.setattr(ptb, name, getattr(ptb, name))
    for name in ("NO_PROXY", "W2VLIB_DATA"):
        monkeypatch.setenv(name, "")  # and as it was in the end
    monkeypatch.setattr(kinds, "PTB", kinds.PTB[:360_000])
    (disk / "ptb.train.txt").write_text("an old copy")
    with full(disk, "ptb.train.txt"):
        kinds.fetching(address, disk)
    kinds.fetching(address, disk)
    assert (disk / "ptb.train.txt").read_bytes() == kinds.PTB


def test_vectors_that_find_room_nowhere(disk, tmp_path, monkeypatch, capsys):
    (tmp_path / "text").write_text("a b c\n" * 10)
    (disk / "vectors").write_text("former")
    (disk / "ballast").write_bytes(bytes(2**20 - 8192))
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    command = ["train", str(tmp_path / "text"), "--vector-size", "999", "--subsample", "0"]
    assert main([*command, "-o", str(disk / "vectors")]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f"error: {disk / 'vectors'}: No space left on device: make room")
    assert sorted(os.listdir(disk)) == ["ballast", "vectors"]
    assert (disk / "vectors").read_text() == "former"
