"""phrases.py: pairs of words joined, as word2phrase joins them."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from w2vlib import Corpus, join_phrases, load_corpus, phrases


def plain_join(sentences, threshold, discount):
    """The same, written the slow and obvious way."""
    total = sum(len(words) + 1 for words in sentences)
    word_counts = Counter(word for words in sentences for word in words)
    pair_counts = Counter(pair for words in sentences for pair in pairwise(words))
    joined = []
    for words in sentences:
        line, i = [], 0
        while i < len(words):
            pair = tuple(words[i : i + 2])
            if len(pair) == 2 and "<unk>" not in pair:
                chance = word_counts[pair[0]] * word_counts[pair[1]] / total
                if pair_counts[pair] - discount > threshold * chance:
                    line.append("_".join(pair))
                    i += 2
                    continue
            line.append(words[i])
            i += 1
        joined.append(line)
    return joined


def decode(corpus):
    return " ".join(corpus.vocabulary.word(i) for i in corpus.ids)


@pytest.mark.parametrize(("part", "pairs"), [(5, 900), (64, 1500), (1 << 20, 1 << 25)])
@pytest.mark.parametrize("seed", range(6))
def test_same_as_the_plain_way(seed, part, pairs, monkeypatch, tmp_path):
    monkeypatch.setattr(phrases, "PART", part)
    monkeypatch.setattr(phrases, "PAIRS", pairs)
    rng = np.random.default_rng(seed)
    letters = ["a", "b", "c", "d", "<unk>", "a_b"]
    chance = [0.4, 0.3, 0.1, 0.1, 0.05, 0.05]
    sentences = [list(rng.choice(letters, rng.integers(1, 12), p=chance)) for _ in range(300)]
    sentences += [["x", "y", "x", "y", "x", "y"]] * 10 + [["z", "z", "z"]] * 10
    sentences = [[str(word) for word in words] for words in sentences]
    corpus = Corpus.from_sentences(sentences, min_count=1)
    for threshold, discount in [(1, 0), (1.05, 3), (5, 0), (1e9, 0)]:
        found = join_phrases(corpus, threshold=threshold, discount=discount)
        expected = plain_join(sentences, threshold, discount)
        assert decode(found) == " ".join(" ".join([*words, "<eos>"]) for words in expected)
        assert (np.bincount(found.ids) == found.counts).all()
        assert (np.diff(found.counts) <= 0).all()
        kept = tmp_path / "kept"
        on_disk = join_phrases(corpus, threshold=threshold, discount=discount, on_disk=kept)
        for other in on_disk, load_corpus(kept):
            assert isinstance(other.ids, np.memmap) and np.array_equal(other.ids, found.ids)
            assert list(other.vocabulary) == list(found.vocabulary)
            assert np.array_equal(other.counts, found.counts)
    assert decode(found) == decode(corpus)  # none reaches the last threshold


def test_phrases_of_a_dictionary():
    corpus = load_corpus("default")
    joined = join_phrases(corpus)
    found = [word for word in joined.vocabulary if "_" in word]
    assert "united_states" in found and "of_the" not in found
    assert len(joined) < len(corpus) and corpus.name == joined.name
    longer = join_phrases(joined)
    assert any(word.count("_") > 1 for word in longer.vocabulary)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"threshold": 0}, ValueError, "threshold is 0: it should be more than 0"),
        ({"discount": -1}, ValueError, "discount is -1: it should be at least 0"),
        ({"threshold": "high"}, TypeError, "threshold is 'high'"),
        ({"on_disk": "none/kept"}, FileNotFoundError, "no folder"),
    ],
)
def test_bad_arguments(options, error, says):
    corpus = Corpus.from_sentences(["a b"], min_count=1)
    with pytest.raises(error, match=says):
        join_phrases(corpus, **options)
    with pytest.raises(TypeError, match="pass a Corpus"):
        join_phrases("a b")


def test_a_text_on_disk_is_joined_in_its_place(tmp_path):
    kept = tmp_path / "kept"
    corpus = load_corpus("default", on_disk=kept, progress=False)
    joined = join_phrases(corpus, on_disk=kept)
    expected = join_phrases(load_corpus("default"))
    assert np.array_equal(joined.ids, expected.ids) and len(corpus) > len(joined)
    assert repr(joined) == repr(load_corpus(kept)) == repr(expected)
