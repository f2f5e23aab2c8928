"""corpus.py: Vocabulary, Corpus, load_corpus, and the tool that builds the shipped text."""

import errno
import gzip
import hashlib
import importlib.util
import io
import lzma
import os
import socket
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch
import pytest

from w2vlib import corpus as corpus_module
from w2vlib.corpus import Corpus, Vocabulary, load_corpus, ptb_on_disk

ROOT = Path(__file__).parents[1]
DATA = ROOT / "w2vlib" / "data"


def decode(corpus):
    return [corpus.vocabulary.word(i) for i in corpus.ids]


# Vocabulary and Corpus ----------------------------------------------------------------------------


def test_vocabulary_maps_words_to_ids_and_back():
    v = Vocabulary(["you", "say", "goodbye"])
    assert len(v) == 3
    assert list(v) == ["you", "say", "goodbye"]
    assert "say" in v and "hello" not in v and 1 not in v
    assert [v[word] for word in v] == [0, 1, 2]
    assert [v.word(i) for i in range(3)] == list(v)
    assert v.word(np.int32(2)) == "goodbye"
    ids = v.ids(["goodbye", "you", "you"])
    assert ids.dtype == np.int32 and ids.tolist() == [2, 0, 0]
    assert v.ids([]).dtype == np.int32
    assert repr(v) == "Vocabulary(3 words: 'you', 'say', 'goodbye')"
    assert list(Vocabulary(word for word in "ab")) == ["a", "b"]


@pytest.mark.parametrize(
    ("act", "error", "says"),
    [
        (lambda v: v["kng"], KeyError, "'kng' is not in the vocabulary; close to it: 'king'"),
        (lambda v: v["QUEEN"], KeyError, "close to it: 'queen'"),
        (lambda v: v["xyzzy"], KeyError, "'xyzzy' is not in the vocabulary\""),
        (lambda v: v[1], KeyError, r"1 is not in .* v\.word\(id\)"),
        (lambda v: v.ids(["king", "qeen"]), KeyError, "'qeen'.*'queen'"),
        (lambda v: v.ids("king queen"), TypeError, r"words must be a list.*words\.split\(\)"),
        (lambda v: v.word(2), IndexError, "id must be at least 0 and below 2, but is 2"),
        (lambda v: v.word(-1), IndexError, "but is -1"),
        (lambda v: v.word(0.5), TypeError, "id must be an integer, but is 0.5"),
        (lambda v: Vocabulary(["a", "b", "a"]), ValueError, r"'a' is there twice.*words\[2\]"),
        (lambda v: Vocabulary("abc"), TypeError, "words must be a list of strings"),
        (lambda v: Vocabulary(["a", 1]), TypeError, r"words\[1\] is 1"),
    ],
)
def test_vocabulary_says_what_is_wrong(act, error, says):
    with pytest.raises(error, match=says):
        act(Vocabulary(["king", "queen"]))


def test_corpus_holds_its_parts():
    v = Vocabulary(["a", "b"])
    c = Corpus([0, 1, 0], v, [2, 1], "small")
    assert len(c) == 3
    assert c.ids.dtype == np.int32 and c.counts.dtype == np.int64
    assert c.vocabulary is v
    assert repr(c) == "Corpus('small', 3 ids, 2 words)"
    with pytest.raises(AttributeError):
        c.name = "other"


@pytest.mark.parametrize(
    ("ids", "counts", "error", "says"),
    [
        ([], [0, 0], ValueError, "ids is empty"),
        ([0.0, 1.0], [1, 1], TypeError, "ids has dtype float64"),
        ([[0, 1]], [1, 1], ValueError, r"ids has shape \(1, 2\)"),
        ([0, 2], [1, 1], IndexError, "ids holds the id 2"),
        ([0, -1], [1, 1], IndexError, "ids holds the id -1"),
        ([0, 1], [1, 1, 1], ValueError, r"counts has shape \(3,\): it should be \(2\)"),
        ([0, 1], [0.5, 0.5], TypeError, "counts should be whole numbers"),
    ],
)
def test_corpus_says_what_does_not_fit(ids, counts, error, says):
    with pytest.raises(error, match=says):
        Corpus(ids, Vocabulary(["a", "b"]), counts, "bad")


# The shipped corpus -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def default():
    return load_corpus("default")


def test_default_corpus(default):
    assert default.name == "default"
    assert default.ids.dtype == np.int32 and default.counts.dtype == np.int64
    assert len(default) == 1_781_424
    assert len(default.vocabulary) == 10_001
    assert default.counts[default.vocabulary["<eos>"]] == 159_485
    assert np.array_equal(default.counts, np.bincount(default.ids))
    assert (np.diff(default.counts) <= 0).all()
    assert decode(default)[:5] == ["entity", "that", "which", "is", "perceived"]
    assert decode(default)[-1] == "<eos>"
    for word in ("king", "car", "france", "water", "music"):
        assert word in default.vocabulary


def test_default_corpus_with_fewer_words(default):
    small = load_corpus("default", max_vocab=1000)
    assert len(small) == len(default) and len(small.vocabulary) == 1000
    assert set(small.vocabulary) <= set(default.vocabulary)
    rare = load_corpus("default", min_count=100)
    unk = rare.vocabulary["<unk>"]
    assert np.delete(rare.counts, unk).min() >= 100


def test_shipped_files_are_those_the_readme_names():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for name in ("wordnet-glosses-10k.txt.xz", "questions-words.txt", "wordsim353.tsv"):
        sha256 = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        assert f"`{sha256}`" in next(line for line in readme.splitlines() if f"| `{name}`" in line)
    assert "Princeton University" in (DATA / "LICENSE.WordNet").read_text(encoding="utf-8")
    assert not list(DATA.glob("ptb*"))


def test_cut_off_shipped_corpus(tmp_path, monkeypatch):
    cut = tmp_path / "cut.txt.xz"
    cut.write_bytes((DATA / "wordnet-glosses-10k.txt.xz").read_bytes()[:100_000])
    monkeypatch.setattr(corpus_module, "DEFAULT_PATH", cut)
    with pytest.raises(ValueError, match="cut off or damaged.*install w2vlib again"):
        load_corpus("default")


def test_import_loads_neither_pooch_nor_tqdm():
    code = "import sys, w2vlib.corpus; print({'pooch', 'tqdm', 'requests'} & set(sys.modules))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "set()"


# A text file of one's own -------------------------------------------------------------------------

TEXT = "the cat sat\nThe dog sat\n\n  \nthe cat ran"


@pytest.fixture
def write(tmp_path):
    def write(content, name="text.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_text_file(write):
    c = load_corpus(write(TEXT), min_count=1)
    assert " ".join(decode(c)) == "the cat sat <eos> The dog sat <eos> the cat ran <eos>"
    # By falling frequency, ties by first appearance.
    assert list(c.vocabulary) == ["<eos>", "the", "cat", "sat", "The", "dog", "ran"]
    assert c.counts.tolist() == [3, 2, 2, 2, 1, 1, 1]
    assert c.name == "text.txt"
    assert c.ids.dtype == np.int32 and c.counts.dtype == np.int64


def test_rare_words_become_unk(write):
    c = load_corpus(str(write(TEXT)), min_count=2)
    assert " ".join(decode(c)) == "the cat sat <eos> <unk> <unk> sat <eos> the cat <unk> <eos>"
    assert list(c.vocabulary) == ["<eos>", "<unk>", "the", "cat", "sat"]
    c = load_corpus(write("a a a a a b b b b b c c c c\n"))
    assert list(c.vocabulary) == ["a", "b", "<unk>", "<eos>"]  # min_count is 5


def test_max_vocab_counts_eos_and_unk(write):
    path = write(TEXT)
    assert len(load_corpus(path, min_count=1, max_vocab=7).vocabulary) == 7  # nothing left out
    c = load_corpus(path, min_count=1, max_vocab=6)
    assert list(c.vocabulary) == ["<eos>", "the", "cat", "sat", "<unk>", "The"]
    c = load_corpus(path, min_count=1, max_vocab=4)
    assert sorted(c.vocabulary) == ["<eos>", "<unk>", "cat", "the"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b" "])
def test_line_ends_byte_order_mark_and_blanks_change_nothing(write, line_end, start):
    path = write(start + (TEXT.replace("\n", line_end) + line_end).encode())
    c = load_corpus(path, min_count=1)
    assert " ".join(decode(c)) == "the cat sat <eos> The dog sat <eos> the cat ran <eos>"


@pytest.mark.parametrize(("suffix", "compress"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_compressed_text(write, suffix, compress):
    data = compress(TEXT.encode())
    assert len(load_corpus(write(data, "text.txt" + suffix), min_count=1)) == 12
    with pytest.raises(ValueError, match="cut off or damaged.*get a whole copy"):
        load_corpus(write(data[:-9], "cut.txt" + suffix))
    with pytest.raises(ValueError, match="cut off or damaged"):
        load_corpus(write(b"plain", "wrong.txt" + suffix))


def test_text_that_marks_its_own_line_ends_and_unknown_words(write):
    c = load_corpus(write("a <unk> b <eos>\na rare b <eos>\na b\n"), min_count=2)
    assert " ".join(decode(c)) == "a <unk> b <eos> a <unk> b <eos> a b <eos>"


def plain_load(text, min_count, max_vocab):
    """What load_corpus should give, written the slow and obvious way."""
    words = [w for line in text.split("\n") if line.split() for w in [*line.split(), "<eos>"]]
    count = Counter(words)
    own = [w for w in count if w not in ("<eos>", "<unk>")]
    kept = [w for w in own if count[w] >= min_count]
    size = len(kept) + 1 + ("<unk>" in count or len(kept) < len(own))
    if max_vocab and size > max_vocab:
        kept = sorted(kept, key=lambda w: -count[w])[: max_vocab - 2]
    words = [w if w in kept or w == "<eos>" else "<unk>" for w in words]
    ranked = [w for w, _ in Counter(words).most_common()]
    return words, ranked


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
@pytest.mark.parametrize(("min_count", "max_vocab"), [(1, None), (3, None), (1, 12), (3, 5)])
def test_same_as_the_plain_way_wherever_blocks_end(write, monkeypatch, block, min_count, max_vocab):
    rng = np.random.default_rng(0)
    letters = ["a", "bb", "é", "日本", "<unk>", "\n", " ", "\n\n", "\t"]
    pieces = [letters[rng.integers(9)] * rng.integers(1, 5) for _ in range(300)]
    text = "x y x y x y " + " ".join(pieces)
    monkeypatch.setattr(corpus_module, "BLOCK", block)
    c = load_corpus(write(text), min_count=min_count, max_vocab=max_vocab)
    words, ranked = plain_load(text, min_count, max_vocab)
    assert decode(c) == words
    assert list(c.vocabulary) == ranked
    assert c.counts.tolist() == np.bincount(c.ids).tolist()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "holds no words"),
        (" \n\n", "holds no words"),
        ("one one one one one", "at least 2 words.*of its 1 different words 1"),
        ("a b c d", "at least 2 words.*of its 4.*0 come min_count=5.*smaller min_count"),
        (b"fine\nna\xefve\n", "not UTF-8 text: see line 2"),
        ("words".encode("utf-16"), "not UTF-8 text: see line 1"),
    ],
)
def test_unusable_text(write, content, says):
    with pytest.raises(ValueError, match=says) as caught:
        load_corpus(write(content))
    assert "text.txt" in str(caught.value)


def test_path_that_leads_to_no_file(write, tmp_path):
    write(TEXT, "shakespeare.txt")
    with pytest.raises(FileNotFoundError, match="close to it: 'shakespeare.txt'"):
        load_corpus(tmp_path / "shakespear.txt")
    with pytest.raises(FileNotFoundError, match='"default" or "ptb"; close to it: \'default\''):
        load_corpus("defualt")
    with pytest.raises(FileNotFoundError, match="close to it: 'ptb'"):
        load_corpus("PTB")
    with pytest.raises(FileNotFoundError, match="no text file"):
        load_corpus(tmp_path / "no-such-folder" / "text.txt")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        load_corpus(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "says"),
    [
        ((1,), {}, TypeError, "name_or_path must be .*, but is 1"),
        ((["a", "b"],), {}, TypeError, "name_or_path"),
        (("default", "test"), {}, ValueError, "split must be 'train' for 'default', but is 'test'"),
        (("ptb", "dev"), {}, ValueError, "'train' or 'valid' or 'test' for 'ptb', but is 'dev'"),
        (("mine.txt", None), {}, ValueError, "split must be 'train' for 'mine.txt'"),
        (("default",), {"min_count": 0}, ValueError, "min_count is 0: it should be at least 1"),
        (("default",), {"min_count": 2.0}, TypeError, "min_count is 2.0: it should be a whole"),
        (("default",), {"min_count": True}, TypeError, "min_count is True"),
        (("default",), {"max_vocab": 3}, ValueError, "max_vocab is 3: it should be at least 4"),
        (("default",), {"max_vocab": "9"}, TypeError, "max_vocab is '9'"),
    ],
)
def test_bad_arguments(arguments, options, error, says):
    with pytest.raises(error, match=says):
        load_corpus(*arguments, **options)


# The Penn Treebank, from a server on this machine -------------------------------------------------

PTB = {
    "ptb.train.txt": b" no it was n't <unk> \n no it was \n" * 30,
    "ptb.valid.txt": b" it was black monday \n",
    "ptb.test.txt": b" no \n",
}


class Server:
    """Serves `files` by path; `cut` paths break off half-way; `asked` lists what was asked for."""

    def __init__(self):
        self.files, self.cut, self.asked = {}, set(), []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append(self.path)
                body = server.files.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                if body is not None:
                    self.wfile.write(body[: len(body) // 2] if self.path in server.cut else body)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache folder of its own, and a Penn Treebank of a few lines with its own checksums."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(pooch, "os_cache", lambda name: folder)
    monkeypatch.delenv("W2VLIB_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    sums = {name.split(".")[1]: hashlib.sha256(text).hexdigest() for name, text in PTB.items()}
    monkeypatch.setattr(corpus_module, "PTB_SHA256", sums)
    return folder


@pytest.fixture
def mirrors(cache, server, monkeypatch):
    """Sets the mirrors: paths on the server, or pairs of a path and a place in an archive."""

    def mirrors(*places):
        pairs = [(place, None) if isinstance(place, str) else place for place in places]
        monkeypatch.setattr(
            corpus_module,
            "PTB_MIRRORS",
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
    assert ptb_on_disk() is None
    assert server.asked == []
    load_corpus("ptb")
    assert ptb_on_disk() == cache / "ptb.train.txt"


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
        "ptb.train.txt", "ConnectionError", corpus_module.PTB_SHA256["train"], str(cache),
        "W2VLIB_DATA", 'load_corpus("default") works without it',
    ):  # fmt: skip
        assert part in message
    assert os.listdir(cache) == []


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


def test_damaged_cache_file_is_fetched_again(mirrors, cache):
    mirrors("/good/{file}")
    cache.mkdir()
    (cache / "ptb.train.txt").write_bytes(PTB["ptb.train.txt"][:-1])
    load_corpus("ptb")
    assert (cache / "ptb.train.txt").read_bytes() == PTB["ptb.train.txt"]


def test_full_disk_is_not_the_mirrors_fault(mirrors, server, cache, monkeypatch):
    def no_space(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    mirrors("/good/{file}", "/good/{file}")
    monkeypatch.setattr(corpus_module, "_take_out", no_space)
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
    for part in (str(path), found, corpus_module.PTB_SHA256["train"], "unset W2VLIB_DATA"):
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


# The tool that builds the shipped text ------------------------------------------------------------


@pytest.fixture(scope="module")
def tool():
    path = ROOT / "tools" / "build_wordnet_corpus.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SYNSETS = {
    "noun": [
        "00000001 03 n 02 sea_dog 0 salt 0 000 | a sailor's friend; \"the Café wasn't open in 1,999\"",
        '00000002 03 n 01 nag 0 000 | (ethnic slur) not to be printed; "nor is this one"',
        '00000003 03 n 01 hull 0 000 | two words; "what a bitch it is"; "the hull of a ship"',
    ],
    "verb": ['00000004 30 v 01 sail 0 000 01 + 02 00 | go by ship; "the hull of a ship"'],
    "adj": ["00000005 00 a 01 galore(ip) 0 000 | in great number"],
    "adv": ["00000006 02 r 01 so 0 000 | very"],
}


def test_tool_on_a_small_wordnet(tool, tmp_path, monkeypatch, capsys):
    for part_of_speech, lines in SYNSETS.items():
        text = "  1 the licence | comes first\n" + "".join(line + "  \n" for line in lines)
        (tmp_path / f"data.{part_of_speech}").write_text(text, encoding="utf-8")
    assert tool.build(tmp_path).splitlines() == [
        "sea dog a sailor 's friend",
        "the cafe was n't open in N",
        "hull two words",
        "the hull of a ship",
        "sail go by ship",
        "galore in great number",
    ]  # the slur, the obscene example, the repeated one and the too short ones are left out
    words = tool.build(tmp_path, size=5).split()
    assert set(words) == {"a", "hull", "in", "ship", "<unk>"}

    out = tmp_path / "out.txt.xz"
    monkeypatch.setattr(sys, "argv", ["build_wordnet_corpus.py", str(tmp_path), str(out)])
    tool.main()
    assert lzma.decompress(out.read_bytes()).decode() == tool.build(tmp_path)
    assert capsys.readouterr().out.startswith("6 lines, 29 words")
    assert " ".join(decode(load_corpus(out, min_count=1))).startswith(
        "sea dog a sailor 's friend <eos>"
    )


def test_tool_gives_the_shipped_text(tool):
    folder = Path(os.environ.get("WNSEARCHDIR", "/usr/share/wordnet"))
    if not (folder / "data.noun").is_file():
        pytest.skip(f"no WordNet files in {folder}; the variable WNSEARCHDIR names another folder")
    shipped = lzma.decompress((DATA / "wordnet-glosses-10k.txt.xz").read_bytes())
    assert tool.build(folder).encode() == shipped
