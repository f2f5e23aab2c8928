"""files.py: whatever their compression, whatever stands at the path, nothing is lost."""

import bz2
import errno
import gzip
import lzma
import os
import pathlib
import re
import socket
import stat
import subprocess
import sys
import tarfile
import threading
import zipfile
from functools import partial

import numpy as np
import pytest

from w2vlib import files

DATA = bytes(range(256)) * 1000
COMPRESS = {
    "lzma": partial(lzma.compress, format=lzma.FORMAT_ALONE),
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
DECOMPRESS = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}


def read(path):
    with files.reading(path) as file:
        return file.read()


def write(path, data):
    with files.writing(path) as file:
        file.write(data)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


def names():
    return sorted(os.listdir())


# Reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"a", b"BZh", b"BZh1 \x1f\x8b", DATA])
@pytest.mark.parametrize("name", ["plain", "plain.gz", "PLAIN.XZ"])
def test_plain_contents_under_any_name(data, name):
    pathlib.Path(name).write_bytes(data)
    assert read(name) == data


@pytest.mark.parametrize("compress", COMPRESS.values(), ids=COMPRESS)
@pytest.mark.parametrize("data", [b"", b"a", DATA, np.random.default_rng(0).bytes(300_000)])
def test_compressed_contents_under_any_name(compress, data):
    for contents in (
        compress(data),
        compress(data) + bytes(512),  # padded by a tape
        compress(data[:9]) + compress(data[9:]),  # joined by cat
        compress(data[:9]) + bytes(70_000) + compress(data[9:]),
    ):
        pathlib.Path("file").write_bytes(contents)
        assert read("file") == data


@pytest.mark.parametrize("compress", COMPRESS.values(), ids=COMPRESS)
def test_damaged_contents(compress):
    whole = compress(DATA)
    middle = len(whole) // 2
    for contents in (
        whole[:-1],
        whole[:-9],
        whole[:middle],
        whole[:middle] + b"xxxxxxxxxxxxxxxx" + whole[middle + 16 :],
        whole + b"garbage",
        whole + whole[:-1],
    ):
        pathlib.Path("file").write_bytes(contents)
        with pytest.raises(ValueError, match="file is cut off or damaged .*: get a whole copy"):
            read("file")


def test_other_archives_are_named():
    with zipfile.ZipFile("file.zip", "w") as archive:
        archive.writestr("text.txt", "some words")
    with tarfile.open("file.tar", "w") as archive:
        archive.add("file.zip")
    pathlib.Path("file.zst").write_bytes(b"\x28\xb5\x2f\xfdxxxx")
    pathlib.Path("file.txt").write_bytes(b"%PDF-1.7 xxxx")
    pathlib.Path("file.lz4").write_bytes(b"\x04\x22\x4d\x18xxxx")
    pathlib.Path("file.Z").write_bytes(b"\x1f\x9dxxxx")
    says = {
        "lz4": "lz4",
        "Z": "compress",
        "zip": "zip archive",
        "tar": "tar archive",
        "zst": "zstd",
        "txt": "PDF",
    }
    for suffix, what in says.items():
        with pytest.raises(ValueError, match=f"file.{suffix} is .*{what}"):
            read(f"file.{suffix}")


def test_compressed_twice():
    pathlib.Path("file").write_bytes(gzip.compress(lzma.compress(bz2.compress(DATA))))
    assert read("file") == DATA


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_compressed_archives_are_named(kind):
    pathlib.Path("text.txt").write_bytes(DATA)
    with tarfile.open("file", f"w:{kind}") as archive:
        archive.add("text.txt")
    with pytest.raises(ValueError, match="file is a tar archive"):
        read("file")


def test_lines_of_a_stream():
    write("file.gz", b"one\ntwo\n" * 50_000)
    with files.reading("file.gz") as file:
        assert file.peek(3)[:3] == b"one"
        assert file.readline() == b"one\n"
        assert list(file) == ([b"one\n", b"two\n"] * 50_000)[1:]


def test_a_working_folder_that_is_gone(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    os.rmdir(tmp_path / "gone")
    write(tmp_path / "file", DATA)
    assert read(tmp_path / "file") == DATA
    with pytest.raises(FileNotFoundError, match="cannot write file: the working folder is gone"):
        write("file", DATA)
    with pytest.raises(FileNotFoundError, match=r"no file 'file' \(in folder that is gone\)"):
        read("file")


@pytest.mark.parametrize("call", ["find('/dev/stdin')", "check_writable('/dev/stdout')"])
def test_what_is_closed_is_told(call):
    program = [sys.executable, "-c", f"from w2vlib import files; files.{call}"]
    run = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&-', "sh", *program],
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert re.search(r"/dev/std\w+ is closed: give the name of a file", run.stderr)


def test_a_pipe_that_is_written_bit_by_bit():
    os.mkfifo("pipe")

    def write_slowly():
        with open("pipe", "wb", buffering=0) as pipe:
            pipe.writelines(bytes([byte]) for byte in gzip.compress(b"some words"))

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert read("pipe") == b"some words"
    writer.join()


def test_standard_input_from_a_socket():
    """Which /dev/stdin cannot open anew."""
    ours, theirs = socket.socketpair()
    code = "from w2vlib import files\nwith files.reading('/dev/stdin') as f: print(f.read())"
    command = [sys.executable, "-c", code]
    with theirs, ours, subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE) as run:
        ours.sendall(b"some words")
        ours.shutdown(socket.SHUT_WR)
        assert run.communicate()[0] == b"b'some words'\n"


def test_home():
    pathlib.Path("text.txt").write_bytes(DATA)
    assert read("~/text.txt") == read(pathlib.Path("~/text.txt")) == DATA
    write("~/new", DATA)
    assert names() == ["new", "text.txt"]


def test_what_cannot_be_read():
    os.mkdir("folder")
    os.symlink("nowhere", "link")
    os.symlink("circle", "circle")
    pathlib.Path("shakespeare.txt").touch()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        for path, error, says in [
            ("", ValueError, "path is empty"),
            (None, TypeError, "path must be a string or a Path, but is None"),
            (3, TypeError, "path must be a string or a Path, but is 3"),
            ("a\0b", ValueError, "NUL character"),
            ("\ud800", ValueError, "cannot be the name of a file here"),
            ("folder", IsADirectoryError, "folder is a folder"),
            ("socket", OSError, "socket is a socket"),
            ("shakespear.txt", FileNotFoundError, "close to it: 'shakespeare.txt'"),
            ("shakespeare.txt/page", FileNotFoundError, "no file 'shakespeare.txt/page'"),
            ("shakespeare.txt\n", FileNotFoundError, "'shakespeare.txt', without blanks"),
            ("link", FileNotFoundError, "it is a link to 'nowhere', which is not there"),
            ("circle", FileNotFoundError, "it is a link to 'circle'"),
            ("some text\n", FileNotFoundError, "this seems to be a text"),
            ("http://example.org/a.txt", FileNotFoundError, "this is an address: download"),
        ]:
            with pytest.raises(error, match=says):
                read(path)


# Writing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", DECOMPRESS)
def test_a_name_says_how_to_compress(suffix):
    for name in ("file" + suffix, "FILE.TXT" + suffix.upper()):
        write(name, DATA)
        assert DECOMPRESS[suffix](pathlib.Path(name).read_bytes()) == DATA
        assert read(name) == DATA


def test_compressed_files_are_the_same_each_time():
    write("a.gz", DATA)
    write("b.gz", DATA)
    assert pathlib.Path("a.gz").read_bytes() == pathlib.Path("b.gz").read_bytes()


def test_what_stood_there_stays_until_all_is_written():
    pathlib.Path("file").write_text("former")
    os.chmod("file", 0o640)
    for error in (KeyboardInterrupt, OSError(errno.ENOSPC, "No space left on device")):
        kind = type(error) if isinstance(error, OSError) else error
        with pytest.raises(kind), files.writing("file") as file:
            file.write(b"half")
            raise error
        assert pathlib.Path("file").read_text() == "former" and names() == ["file"]
    write("file", b"new")
    assert pathlib.Path("file").read_text() == "new" and names() == ["file"]
    assert stat.S_IMODE(os.stat("file").st_mode) == 0o640


def test_new_files_have_the_usual_mode():
    pathlib.Path("usual").touch()
    write("new", b"")
    assert os.stat("new").st_mode == os.stat("usual").st_mode


def test_a_name_as_long_as_they_may_be():
    write("x" * 255, DATA)
    assert read("x" * 255) == DATA


def test_links_stay_links():
    os.mkdir("folder")
    os.symlink("folder/target", "link")
    for data in (b"first", b"second"):
        write("link", data)
        assert os.path.islink("link") and pathlib.Path("folder/target").read_bytes() == data


@pytest.mark.parametrize("name", ["pipe", "pipe.gz"])
def test_a_pipe_is_written_into(name):
    os.mkfifo(name)
    reader = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    write(name, b"some words")
    data = os.read(reader, 1000)
    assert (gzip.decompress(data) if name == "pipe.gz" else data) == b"some words"
    assert stat.S_ISFIFO(os.stat(name).st_mode) and names() == [name]
    os.close(reader)


def test_a_device_is_written_into():
    os.symlink("/dev/null", "null")
    for name in ("/dev/null", "null"):
        write(name, DATA)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(OSError, match="No space left"):
        write("/dev/full", DATA)
    try:
        os.mknod("device", stat.S_IFCHR | 0o666, os.stat("/dev/null").st_rdev)
        write("device", DATA)
    except PermissionError:
        pytest.skip("only root makes devices")
    assert stat.S_ISCHR(os.stat("device").st_mode)


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link", "far"])
@pytest.mark.parametrize("mode", ["wb", "ab"])
def test_standard_output_goes_on_where_it_was(path, mode):
    os.symlink("/dev/stdout", "link")
    os.symlink("link", "far")
    code = "from w2vlib import files\nprint('one')\n"
    code += f"with files.writing({path!r}) as f: f.write(b'two')"
    with open("out.txt", mode) as out:
        out.write(b"zero ")
        out.flush()
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
    assert pathlib.Path("out.txt").read_bytes() == b"zero one\ntwo"
    assert names() == ["far", "link", "out.txt"]


def test_what_cannot_be_written_is_found_without_touching_it():
    os.mkdir("folder")
    pathlib.Path("file").write_text("former")
    pathlib.Path("protected").write_text("former")
    os.chmod("protected", 0o444)
    os.symlink("no/where", "dangling")
    os.symlink("circle", "circle")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        before = names()
        for path, error, says in [
            ("", ValueError, "path is empty"),
            (3, TypeError, "path must be a string or a Path, but is 3"),
            ("folder", IsADirectoryError, "folder is a folder: give the name of a file in it"),
            ("new/", IsADirectoryError, "new/ is a folder"),
            ("no/file", FileNotFoundError, "no/file: there is no folder .*no; make it first"),
            ("file/file", FileNotFoundError, "there is no folder"),
            ("dangling", FileNotFoundError, "cannot write dangling: there is no folder .*no"),
            ("circle", OSError, "cannot write circle .*symbolic links"),
            ("x" * 256, OSError, "cannot write x.*too long"),
            ("protected", PermissionError, "protected is write-protected"),
            ("socket", OSError, "socket is a socket"),
            ("file.TAR.gz", ValueError, "compressed under a name that ends in .gz, .bz2, .xz"),
            ("file.zip", ValueError, "compressed under a name that ends in .gz, .bz2, .xz"),
            ("/proc/new", OSError, "cannot write /proc/new"),
            ("/dev/fd/9999", OSError, "/dev/fd/9999 is closed"),
        ]:
            for act in (files.check_writable, lambda path: write(path, b"new")):
                with pytest.raises(error, match=says):
                    act(path)
        assert names() == before
        assert pathlib.Path("file").read_text() == "former"
    files.check_writable("file")
    files.check_writable("new")
    assert names() == before and pathlib.Path("file").read_text() == "former"


def test_same():
    pathlib.Path("file").touch()
    pathlib.Path("other").touch()
    os.symlink("file", "link")
    os.link("file", "hard")
    os.mkfifo("pipe")
    for path in ("file", "./file", "~/file", "link", "hard", os.path.abspath("file")):
        assert files.same("file", path)
    for path in ("other", "none", "", "pipe"):
        assert not files.same("file", path)
    assert not files.same("pipe", "pipe")  # two ends of it, as the two of a terminal


# Modules that some Pythons lack -------------------------------------------------------------------


@pytest.fixture
def without_lzma(monkeypatch):
    monkeypatch.setattr(files, "find_spec", lambda name: None if name == "_lzma" else object())


def test_what_this_python_cannot_unpack(tmp_path, without_lzma):
    for name, data in {"a.gz": gzip.compress(b"a"), "a.bz2": bz2.compress(b"a")}.items():
        (tmp_path / name).write_bytes(data)
        with files.reading(tmp_path / name) as file:
            assert file.read() == b"a"
    (tmp_path / "text").write_bytes(b"\xfd7zXZ\0")
    message = "text: this Python cannot handle .xz.*_lzma; use .gz"
    with pytest.raises(OSError, match=message), files.reading(tmp_path / "text"):
        pass


def test_what_this_python_cannot_pack_is_found_before_the_work(tmp_path, without_lzma):
    with pytest.raises(OSError, match="a.XZ: this Python cannot handle .xz"):
        files.check_writable(tmp_path / "a.XZ")
    files.check_writable(tmp_path / "a.gz")
    assert not list(tmp_path.iterdir())
