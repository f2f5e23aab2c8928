"""ptb.py: the Penn Treebank, fetched from a server on this machine."""

import errno
import hashlib
import io
import os
import socket
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pooch
import pytest
from serving import begin, serving

from w2vlib import ptb
from w2vlib.corpus import load_corpus


def decode(corpus):
    return [corpus.vocabulary.word(i) for i in corpus.ids]


PTB = {
    "ptb.train.txt": b" no it was n't <unk> \n no it was \n" * 30,
    "ptb.valid.txt": b" it was black monday \n",
    "ptb.test.txt": b" no \n",
}


class Files:
    """`files` of a site, by path; `cut` ones break off half-way; `asked` is what was asked for."""

    def __init__(self):
        self.files, self.cut, self.asked = {}, set(), []

    def answer(self, request):
        self.asked.append(request.path)
        body = self.files.get(request.path)
        begin(request, 404 if body is None else 200, len(body or b""))
        if body is not None:
            request.wfile.write(body[: len(body) // 2] if request.path in self.cut else body)


@pytest.fixture
def server():
    server = Files()
    with serving(server.answer) as server.url:
        yield server


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache folder of its own, and a Penn Treebank of a few lines with its own checksums."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(pooch, "os_cache", lambda name: folder)
    monkeypatch.delenv("W2VLIB_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    sums = {name.split(".")[1]: hashlib.sha256(text).hexdigest() for name, text in PTB.items()}
    monkeypatch.setattr(ptb, "SHA256", sums)
    return folder


@pytest.fixture
def mirrors(cache, server, monkeypatch):
    """Sets the mirrors: paths on the server, or pairs of a path and a place in an archive."""

    def mirrors(*places):
        pairs = [(place, None) if isinstance(place, str) else place for place in places]
        monkeypatch.setattr(
            ptb,
            "MIRRORS",
            tuple((p if "://" in p else server.url + p, member) for p, member in pairs),
        )
        for name, text in PTB.items():
            server.files[f"/good/{name}"] = text

    return mirrors


def closed_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def tgz(files, prefix):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(prefix + name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    return buffer.getvalue()


def zipped(files, prefix):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(prefix + name, text)
    return buffer.getvalue()


def test_ptb_is_fetched_once_and_kept(mirrors, server, cache):
    mirrors("/good/{file}")
    c = load_corpus("ptb")
    assert c.name == "ptb"
    assert list(c.vocabulary) == ["no", "it", "was", "<eos>", "n't", "<unk>"]
    assert os.listdir(cache) == ["ptb.train.txt"]
    assert (cache / "ptb.train.txt").read_bytes() == PTB["ptb.train.txt"]
    load_corpus("ptb")
    assert server.asked == ["/good/ptb.train.txt"]


def test_ptb_on_disk_fetches_nothing(mirrors, server, cache):
    mirrors("/good/{file}")
    assert ptb.on_disk() is None
    assert server.asked == []
    load_corpus("ptb")
    assert ptb.on_disk() == cache / "ptb.train.txt"


def test_ptb_splits_share_the_vocabulary_of_train(mirrors):
    mirrors("/good/{file}")
    train, valid = load_corpus("ptb"), load_corpus("ptb", "valid")
    assert list(valid.vocabulary) == list(train.vocabulary)
    assert " ".join(decode(valid)) == "it was <unk> <unk> <eos>"
    assert valid.counts.tolist() == [0, 1, 1, 1, 0, 2]
    assert valid.name == "ptb-valid"
    small = load_corpus("ptb", "test", max_vocab=4)
    assert len(small.vocabulary) == 4 and " ".join(decode(small)) == "no <eos>"


def test_next_mirror_after_bad_ones(mirrors, server, cache):
    mirrors(
        f"http://127.0.0.1:{closed_port()}/{{file}}",  # dead
        "/gone/{file}",  # 404
        "/wrong/{file}",  # another text
        "/cut/{file}",  # breaks off
        ("/page.tgz", "data/{file}"),  # a web page where an archive should be
        ("/other.zip", "data/{file}"),  # an archive without the file
        "/good/{file}",
    )
    server.files["/wrong/ptb.train.txt"] = b"<html>log in to the network</html>"
    server.files["/cut/ptb.train.txt"] = PTB["ptb.train.txt"]
    server.cut.add("/cut/ptb.train.txt")
    server.files["/page.tgz"] = b"<html>moved</html>"
    server.files["/other.zip"] = zipped({"readme": b"nothing here"}, "")
    assert len(load_corpus("ptb")) == 300
    assert len(server.asked) == 6
    assert os.listdir(cache) == ["ptb.train.txt"]


@pytest.mark.parametrize(
    ("name", "data", "member"),
    [
        ("/ptb.zip", zipped(PTB, "ptb/"), "ptb/{file}"),
        (
            "/simple-examples.tgz",
            tgz(PTB, "./simple-examples/data/"),
            "simple-examples/data/{file}",
        ),
        ("/simple-examples.tgz", tgz(PTB, "simple-examples/data/"), "simple-examples/data/{file}"),
    ],
)
def test_mirror_that_is_an_archive(mirrors, server, cache, name, data, member):
    mirrors((name, member))
    server.files[name] = data
    assert len(load_corpus("ptb", "test")) == 2
    assert sorted(os.listdir(cache)) == ["ptb.test.txt", "ptb.train.txt"]


def test_no_network_says_what_to_do(mirrors, cache):
    addresses = [f"http://127.0.0.1:{closed_port()}/{i}/{{file}}" for i in range(2)]
    mirrors(*addresses)
    with pytest.raises(ConnectionError) as caught:
        load_corpus("ptb")
    message = str(caught.value)
    for address in addresses:
        assert address.format(file="ptb.train.txt") in message
    for part in (
        "ptb.train.txt", "ConnectionError", ptb.SHA256["train"], str(cache),
        "W2VLIB_DATA", 'load_corpus("default") works without it',
    ):  # fmt: skip
        assert part in message
    assert os.listdir(cache) == []


def test_a_cache_that_cannot_be_made_is_told(mirrors, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(ptb, "in_cache", lambda split: tmp_path / "file" / "w2vlib" / "ptb.txt")
    with pytest.raises(
        OSError, match=r"cannot keep ptb.txt in the folder .*; put it into a folder"
    ):
        ptb.path_of("train")


@pytest.mark.parametrize("cut", [True, False])
def test_failed_fetch_keeps_what_was_there(mirrors, server, cache, cut):
    mirrors("/bad/{file}")
    server.files["/bad/ptb.train.txt"] = PTB["ptb.train.txt"] if cut else b"other"
    if cut:
        server.cut.add("/bad/ptb.train.txt")
    cache.mkdir()
    (cache / "ptb.train.txt").write_text("an old copy")
    with pytest.raises(ConnectionError, match="wrong SHA-256|IncompleteRead|Connection broken"):
        load_corpus("ptb")
    assert os.listdir(cache) == ["ptb.train.txt"]
    assert (cache / "ptb.train.txt").read_text() == "an old copy"


def test_a_server_that_never_ends(mirrors, cache, monkeypatch):
    def answer(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(99):
            request.wfile.write(bytes(100_000))

    monkeypatch.setattr(ptb, "DOWNLOAD", 1_000_000)
    with serving(answer) as address:
        mirrors(f"{address}/{{file}}", "/good/{file}")
        assert len(load_corpus("ptb")) == 300
        mirrors(f"{address}/{{file}}")
        with pytest.raises(ConnectionError, match="it sends more than 1,000,000 bytes"):
            load_corpus("ptb", "test")
    assert os.listdir(cache) == ["ptb.train.txt"]


def test_damaged_cache_file_is_fetched_again(mirrors, cache):
    mirrors("/good/{file}")
    cache.mkdir()
    (cache / "ptb.train.txt").write_bytes(PTB["ptb.train.txt"][:-1])
    load_corpus("ptb")
    assert (cache / "ptb.train.txt").read_bytes() == PTB["ptb.train.txt"]


def test_who_fails_takes_what_another_program_has_fetched(mirrors, server, cache, monkeypatch):
    mirrors("/gone/{file}")
    get = pooch.HTTPDownloader.__call__

    def meanwhile(*args, **options):
        (cache / "ptb.train.txt").write_bytes(PTB["ptb.train.txt"])
        return get(*args, **options)

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", meanwhile)
    assert len(load_corpus("ptb")) == 300
    assert server.asked == ["/gone/ptb.train.txt"]
    assert os.listdir(cache) == ["ptb.train.txt"]


def test_full_disk_is_not_the_mirrors_fault(mirrors, server, cache, monkeypatch):
    def no_space(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    mirrors("/good/{file}", "/good/{file}")
    monkeypatch.setattr(ptb, "take_out", no_space)
    with pytest.raises(OSError, match="No space left"):
        load_corpus("ptb")
    assert len(server.asked) == 1
    assert os.listdir(cache) == []


def test_progress_bar_on_a_terminal(mirrors, monkeypatch, capsys):
    mirrors("/good/{file}")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    load_corpus("ptb")
    assert "100%" in capsys.readouterr().err


def test_files_in_w2vlib_data_come_first(mirrors, server, cache, tmp_path, monkeypatch):
    mirrors("/good/{file}")
    own = tmp_path / "own"
    own.mkdir()
    (own / "ptb.train.txt").write_bytes(PTB["ptb.train.txt"])
    monkeypatch.setenv("W2VLIB_DATA", str(own))
    load_corpus("ptb")
    assert server.asked == [] and not cache.exists()
    load_corpus("ptb", "test")  # not in the folder: fetched, into the cache
    assert server.asked == ["/good/ptb.test.txt"]
    assert os.listdir(cache) == ["ptb.test.txt"] and os.listdir(own) == ["ptb.train.txt"]


def test_wrong_file_in_w2vlib_data(mirrors, server, tmp_path, monkeypatch):
    mirrors("/good/{file}")
    path = tmp_path / "ptb.train.txt"
    path.write_text("cut off")
    monkeypatch.setenv("W2VLIB_DATA", str(tmp_path))
    with pytest.raises(ValueError) as caught:
        load_corpus("ptb")
    found = hashlib.sha256(b"cut off").hexdigest()
    for part in (str(path), found, ptb.SHA256["train"], "unset W2VLIB_DATA"):
        assert part in str(caught.value)
    assert server.asked == []
    monkeypatch.setenv("W2VLIB_DATA", str(path))
    with pytest.raises(NotADirectoryError, match="W2VLIB_DATA must name a folder"):
        load_corpus("ptb")


@pytest.mark.parametrize(
    ("split", "size"), [("train", 929_589), ("valid", 73_760), ("test", 82_430)]
)
def test_the_real_ptb(split, size):
    folders = [os.environ.get("W2VLIB_DATA"), pooch.os_cache("w2vlib")]
    for needed in ("train", split):
        if not any(folder and Path(folder, f"ptb.{needed}.txt").is_file() for folder in folders):
            pytest.skip(f"ptb.{needed}.txt is neither in W2VLIB_DATA nor in the cache")
    c = load_corpus("ptb", split)
    assert len(c) == size
    assert len(c.vocabulary) == 10_000
    assert list(c.vocabulary)[:3] == ["the", "<unk>", "<eos>"]
    assert np.array_equal(c.counts, np.bincount(c.ids, minlength=10_000))
