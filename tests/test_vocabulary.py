"""vocabulary.py: words and their ids."""

import pickle

import numpy as np
import pytest

from w2vlib import Vocabulary


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
        (lambda v: v["xyzzy"], KeyError, "^'xyzzy' is not in the vocabulary$"),
        (lambda v: v[""], KeyError, "^'' is not in the vocabulary$"),
        (lambda v: v[1], TypeError, r"word must be one string, but is 1: .*vocabulary\.word\(id\)"),
        (lambda v: v[b"king"], TypeError, "word must be one string, but is b'king'"),
        (
            lambda v: v[["king", "queen"]],
            TypeError,
            r"but is \['king', 'queen'\]: vocabulary\.ids\(words\)",
        ),
        (lambda v: v[{"king"}], TypeError, "word must be one string"),
        (lambda v: v[np.array(["king"])], TypeError, "word must be one string"),
        (lambda v: v.ids(1), TypeError, "words must be a list of words, but is 1"),
        (lambda v: v.ids([["king"]]), TypeError, r"word must be one string, but is \['king'\]"),
        (lambda v: v.ids(["king", "qeen"]), KeyError, "'qeen'.*'queen'"),
        (lambda v: v.ids("king queen"), TypeError, r"words must be a list.*words\.split\(\)"),
        (lambda v: v.word(2), IndexError, "id must be at least 0 and below 2, but is 2"),
        (lambda v: v.word(-1), IndexError, "but is -1"),
        (lambda v: v.word(True), TypeError, "id must be an integer, but is True"),
        (lambda v: v.word(0.5), TypeError, "id must be an integer, but is 0.5"),
        (lambda v: Vocabulary(["a", "b", "a"]), ValueError, r"'a' is there twice.*words\[2\]"),
        (lambda v: Vocabulary("abc"), TypeError, "words must be a list of strings"),
        (lambda v: Vocabulary(["a", 1]), TypeError, r"words\[1\] is 1"),
        (
            lambda v: Vocabulary({0: "a"}),
            TypeError,
            "order of the ids, but is a dict: .*id_to_word",
        ),
        (lambda v: Vocabulary({"a": 0}), TypeError, "order of the ids, but is a dict"),
        (lambda v: Vocabulary({"a", "b"}), TypeError, "order of the ids, but is a set"),
        (lambda v: Vocabulary(7), TypeError, "words must be a list of strings, but is 7"),
    ],
)
def test_vocabulary_says_what_is_wrong(act, error, says):
    with pytest.raises(error, match=says):
        act(Vocabulary(["king", "queen"]))


def test_contains_is_false_for_what_is_no_word():
    v = Vocabulary(["king", "queen"])
    assert np.str_("king") in v and v[np.str_("queen")] == 1
    assert not any(
        other in v for other in (0, None, b"king", ["king"], {"king"}, np.array(["king"]))
    )


def test_a_miss_looks_for_words_spelt_alike_only_when_it_is_shown(monkeypatch):
    def get_close_matches(*args):
        raise AssertionError("looked for")

    monkeypatch.setattr("difflib.get_close_matches", get_close_matches)
    with pytest.raises(KeyError) as caught:
        Vocabulary(["king", "queen"])["kng"]
    assert caught.value.args[0] == "kng"
    with pytest.raises(AssertionError, match="looked for"):
        str(caught.value)


def test_a_miss_survives_a_process_pool():
    with pytest.raises(KeyError) as caught:
        Vocabulary(["king", "queen"])["kng"]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
