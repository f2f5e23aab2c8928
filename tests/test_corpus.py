"""corpus.py: Corpus, load_corpus, and the tool that builds the shipped text."""

import bz2
import gzip
import hashlib
import importlib.util
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from w2vlib import corpus as corpus_module
from w2vlib import reading
from w2vlib.corpus import Corpus, load_corpus
from w2vlib.vocabulary import Vocabulary

ROOT = Path(__file__).parents[1]
DATA = ROOT / "w2vlib" / "data"


def decode(corpus):
    return [corpus.vocabulary.word(i) for i in corpus.ids]


# Corpus -------------------------------------------------------------------------------------------


def test_corpus_holds_its_parts():
    v = Vocabulary(["a", "b"])
    c = Corpus([0, 1, 0], v, [2, 1], "small")
    assert len(c) == 3
    assert c.ids.dtype == np.int32 and c.counts.dtype == np.int64
    assert c.vocabulary is v
    assert repr(c) == "Corpus('small', 3 ids, 2 words)"
    with pytest.raises(AttributeError):
        c.name = "other"
    assert list(Corpus([0, 1, 0], ["a", "b"], [2, 1], "small").vocabulary) == ["a", "b"]


@pytest.mark.parametrize(
    "vocabulary", [{0: "a", 1: "b"}, {"a": 0, "b": 1}, {"a", "b"}, "ab", 2, None]
)
def test_corpus_takes_no_other_vocabulary(vocabulary):
    with pytest.raises(TypeError, match="words must be a list"):
        Corpus([0, 1, 0], vocabulary, [2, 1], "bad")


@pytest.mark.parametrize(
    ("ids", "counts", "error", "says"),
    [
        ([], [0, 0], ValueError, "ids is empty"),
        ([0.0, 1.0], [1, 1], TypeError, "ids has dtype float64"),
        ([[0, 1]], [1, 1], ValueError, r"ids has shape \(1, 2\)"),
        ([0, 2], [1, 1], IndexError, "ids holds the id 2"),
        ([0, -1], [1, 1], IndexError, "ids holds the id -1"),
        ([0, 1], [1, 1, 1], ValueError, r"counts has shape \(3,\): it should be \(2\)"),
        ([0, 1], [0.5, 0.5], TypeError, "counts has dtype float64: it should be whole numbers"),
        ([0, 0], [2, -1], ValueError, "counts should be from 0 up"),
        ([0, 1], np.array([1, 2**63], np.uint64), ValueError, "counts should be .*below"),
        ([0, 1], [1, 0], ValueError, "counts says that a word of ids comes 0 times"),
        ([0, 1], [-1, 1], ValueError, "a word of ids comes -1 times"),
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
    for name in ("wordnet-glosses-10k.txt.bz2", "questions-words.txt", "wordsim353.tsv"):
        sha256 = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        assert f"`{sha256}`" in next(line for line in readme.splitlines() if f"| `{name}`" in line)
    assert "Princeton University" in (DATA / "LICENSE.WordNet").read_text(encoding="utf-8")
    assert not list(DATA.glob("ptb*"))


def test_cut_off_shipped_corpus(tmp_path, monkeypatch):
    cut = tmp_path / "cut.txt.bz2"
    cut.write_bytes((DATA / "wordnet-glosses-10k.txt.bz2").read_bytes()[:100_000])
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


@pytest.mark.parametrize("module", ["gzip", "bz2", "lzma"])
@pytest.mark.parametrize("name", ["text.txt", "TEXT.GZ", "text"])
def test_compressed_text_under_any_name(write, module, name):
    compress = pytest.importorskip(module, reason=f"this Python lacks {module}").compress
    assert len(load_corpus(write(compress(TEXT.encode()), name), min_count=1)) == 12


def test_plain_text_under_the_name_of_a_compressed_one(write):
    assert len(load_corpus(write(TEXT, "text.gz"), min_count=1)) == 12


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
    monkeypatch.setattr(reading, "BLOCK", block)
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
        ("one", "one word a line.*put blanks between the words"),
        ("天气很好\n我们去公园\n" * 20, "no blank in any: put blanks.*jieba"),
        ("天气很好我们去公园\n天气很好 我们今天下午一起去公园散步\n" * 20, "few blanks in .*jieba"),
        (b"fine\nna\xefve\n", "not UTF-8 text: see line 2"),
    ],
)
def test_unusable_text(write, content, says):
    with pytest.raises(ValueError, match=says) as caught:
        load_corpus(write(content))
    assert "text.txt" in str(caught.value)


def test_several_texts_are_not_told_by_the_name_of_one(write):
    paths = [write("one\n", "a.txt"), write("two\n", "b.txt")]
    with pytest.raises(ValueError, match="^one word a line in 2 texts"):
        load_corpus(paths)


def test_path_that_leads_to_no_file(write, tmp_path):
    write(TEXT, "shakespeare.txt")
    with pytest.raises(FileNotFoundError, match="close to it: 'shakespeare.txt'"):
        load_corpus(tmp_path / "shakespear.txt")
    with pytest.raises(FileNotFoundError, match="'default' or 'ptb'; close to it: 'default'"):
        load_corpus("defualt")
    with pytest.raises(FileNotFoundError, match="close to it: 'ptb'"):
        load_corpus("PTB")
    with pytest.raises(FileNotFoundError, match="no file"):
        load_corpus(tmp_path / "no-such-folder" / "text.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="empty holds no file: put texts into the folder"):
        load_corpus(tmp_path / "empty")


@pytest.mark.parametrize(
    "text", [TEXT, "the cat sat on the mat", "words " * 1000, "x" * 5000 + " " + "y" * 5000]
)
def test_a_text_in_place_of_its_path(text):
    with pytest.raises(FileNotFoundError, match="this seems to be a text: write it into a file"):
        load_corpus(text)


needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")


@needs_pipes
def test_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(
        target=(tmp_path / "pipe").write_bytes, args=(gzip.compress(TEXT.encode()),)
    )
    writer.start()
    assert len(load_corpus(tmp_path / "pipe", min_count=1)) == 12
    writer.join()


def test_a_folder_and_a_list_of_files(write, tmp_path):
    (tmp_path / "texts" / "b").mkdir(parents=True)
    (tmp_path / "texts" / ".hidden").mkdir()
    write("a b\n", "texts/2.txt")
    write(gzip.compress(b"c d"), "texts/1.gz")
    write("e f", "texts/b/0")
    write("not this", "texts/.DS_Store")
    write("nor this", "texts/.hidden/text")
    c = load_corpus(tmp_path / "texts", min_count=1)
    assert " ".join(decode(c)) == "c d <eos> a b <eos> e f <eos>" and c.name == "texts"
    c = load_corpus([tmp_path / "texts" / "2.txt", str(tmp_path / "texts" / "b")], min_count=1)
    assert " ".join(decode(c)) == "a b <eos> e f <eos>" and c.name == "2 texts"
    c = load_corpus(["default", tmp_path / "texts"])
    assert len(c) == len(load_corpus("default")) + 9
    with pytest.raises(TypeError, match=r"name_or_path must be a string or a Path, but is \['"):
        load_corpus([[str(tmp_path / "texts")]])


@needs_pipes
def test_a_pipe_in_a_folder_is_not_waited_for(write, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="holds no file"):
        load_corpus(tmp_path)
    write("a b\n")
    assert decode(load_corpus(tmp_path, min_count=1)) == ["a", "b", "<eos>"]
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(OSError, match="circle"):
        load_corpus(tmp_path)


def test_a_text_that_is_changed(write):
    path = write("The cat sat. (The) DOG sat!\n")
    c = load_corpus(path, min_count=1, lower=True, split_punctuation=True)
    assert " ".join(decode(c)) == "the cat sat . ( the ) dog sat ! <eos>"
    assert "The" in load_corpus(path, min_count=1).vocabulary


def test_sentences():
    lines = ["the cat sat", "The dog sat", "", ["the", "cat", "ran"], ()]
    c = Corpus.from_sentences(iter(lines), min_count=1)
    assert " ".join(decode(c)) == "the cat sat <eos> The dog sat <eos> the cat ran <eos>"
    assert list(c.vocabulary) == ["<eos>", "the", "cat", "sat", "The", "dog", "ran"]
    assert c.name == "sentences" and c.ids.dtype == np.int32
    options = {"lower": True, "split_punctuation": True, "nfc": True, "min_count": 1}
    c = Corpus.from_sentences(["Cafe\u0301, OK", ["New York", "OK!"]], **options)
    assert decode(c) == ["café", ",", "ok", "<eos>", "new york", "ok!", "<eos>"]


def test_sentences_are_those_of_a_file(write, tmp_path):
    text = gzip.decompress(gzip.compress(TEXT.encode())).decode() * 400
    of_file = load_corpus(write(text), max_vocab=6)
    of_lines = Corpus.from_sentences(text.splitlines(), max_vocab=6)
    assert np.array_equal(of_file.ids, of_lines.ids)
    assert list(of_file.vocabulary) == list(of_lines.vocabulary)


@pytest.mark.parametrize(
    ("sentences", "error", "says"),
    [
        ("one text", TypeError, "sentences must be texts or lists of words, one for each"),
        (7, TypeError, "sentences must be .* but is 7"),
        (
            [["a", "b"], 7],
            TypeError,
            r"sentences\[1\] is 7: it should be a text or a list",
        ),
        ([["a", ""]], TypeError, r"sentences\[0\] is \['a', ''\]"),
        ([b"a b"], TypeError, r"sentences\[0\] is b'a b'"),
        ([], ValueError, "sentences holds no words"),
        (["a b"], ValueError, "0 come min_count=5 times or more"),
    ],
)
def test_what_is_no_sentence(sentences, error, says):
    with pytest.raises(error, match=says):
        Corpus.from_sentences(sentences)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "says"),
    [
        ((1,), {}, TypeError, "name_or_path must be .*, but is 1"),
        (([],), {}, TypeError, r"name_or_path must be .* list of paths, but is \[\]"),
        ((["a", "b"],), {}, FileNotFoundError, "no file 'a'"),
        ((["default", 1],), {}, TypeError, "name_or_path must be a string or a Path, but is 1"),
        (({"a": "b"},), {}, TypeError, "take Corpus.from_sentences"),
        ((b"text.txt",), {}, TypeError, "name_or_path must be"),
        (("",), {}, ValueError, "name_or_path is empty"),
        (("a\0b",), {}, ValueError, "name_or_path holds a NUL character"),
        (("default", "test"), {}, ValueError, "split must be 'train' for 'default', but is 'test'"),
        (("ptb", "dev"), {}, ValueError, "'train' or 'valid' or 'test' for 'ptb', but is 'dev'"),
        (("mine.txt", None), {}, ValueError, "split must be 'train' for 'mine.txt'"),
        (("default",), {"min_count": 0}, ValueError, "min_count is 0: it should be at least 1"),
        (("default",), {"min_count": 2.0}, TypeError, "min_count is 2.0: it should be a whole"),
        (("default",), {"min_count": True}, TypeError, "min_count is True"),
        (("default",), {"max_vocab": 3}, ValueError, "max_vocab is 3: it should be at least 4"),
        (("default",), {"max_vocab": "9"}, TypeError, "max_vocab is '9'"),
        (("default",), {"lower": "yes"}, TypeError, "lower is 'yes': it should be True or False"),
    ],
)
def test_bad_arguments(arguments, options, error, says):
    with pytest.raises(error, match=says):
        load_corpus(*arguments, **options)


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
        (
            "00000001 03 n 02 sea_dog 0 salt 0 000 | a sailor's friend; "
            '"the Café wasn\'t open in 1,999"'
        ),
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

    out = tmp_path / "out.txt.bz2"
    monkeypatch.setattr(sys, "argv", ["build_wordnet_corpus.py", str(tmp_path), str(out)])
    tool.main()
    assert bz2.decompress(out.read_bytes()).decode() == tool.build(tmp_path)
    assert capsys.readouterr().out.startswith("6 lines, 29 words")
    assert " ".join(decode(load_corpus(out, min_count=1))).startswith(
        "sea dog a sailor 's friend <eos>"
    )


def test_tool_gives_the_shipped_text(tool):
    folder = Path(os.environ.get("WNSEARCHDIR", "/usr/share/wordnet"))
    if not (folder / "data.noun").is_file():
        pytest.skip(f"no WordNet files in {folder}; the variable WNSEARCHDIR names another folder")
    shipped = bz2.decompress((DATA / "wordnet-glosses-10k.txt.bz2").read_bytes())
    assert tool.build(folder).encode() == shipped
