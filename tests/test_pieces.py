"""The text in pieces: every word once in an epoch, whole lines, one piece in memory at a time."""

from itertools import islice

import numpy as np
import pytest
from peaks import peak

from w2vlib import Corpus, Vocabulary, pieces
from w2vlib.engines import ENGINES
from w2vlib.reading import EOS


def corpus_of(ids):
    """Word 0 ends a line."""
    words = [EOS, *(f"w{i}" for i in range(1, max(ids) + 1))]
    return Corpus(np.asarray(ids), Vocabulary(words), np.bincount(ids), "test")


@pytest.fixture
def text(monkeypatch):
    """A thousand words in lines of 1 to 30, in parts of 50, in pieces of 100."""
    monkeypatch.setattr(pieces, "PIECE", 100)
    monkeypatch.setattr(pieces, "PARTS", 2)
    rng = np.random.default_rng(0)
    lines = [[*rng.integers(1, 50, size=n), 0] for n in rng.integers(1, 30, size=70)]
    return corpus_of(np.concatenate(lines))


def test_each_epoch_takes_every_part_in_another_order(text):
    taken = list(pieces.pieces(text, 3, seed=1))
    number, edges = pieces.count_pieces(text), pieces.cut_parts(text)
    assert number == -(-len(text) // 100) and len(taken) == 3 * number
    orders = []
    for epoch in range(3):
        of_epoch = taken[epoch * number : (epoch + 1) * number]
        order = [part for piece in of_epoch for part in piece.parts]
        assert sorted(order) == list(range(len(edges) - 1))
        orders.append(order)
        together = np.concatenate([text.ids[edges[i] : edges[i + 1]] for i in order])
        np.testing.assert_array_equal(np.concatenate([piece.ids for piece in of_epoch]), together)
        done = epoch * len(text) + np.cumsum([0, *map(len, of_epoch[:-1])])
        assert [piece.done for piece in of_epoch] == done.tolist()
        assert {len(piece.parts) for piece in of_epoch} == {2}
    assert orders[0] != orders[1] != orders[2]


def test_a_short_text_is_one_piece_in_its_order(text, monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", len(text))
    taken = list(pieces.pieces(text, 2, seed=1))
    assert [piece.parts for piece in taken] == [(0,), (0,)] and pieces.count_pieces(text) == 1
    for piece in taken:
        np.testing.assert_array_equal(piece.ids, text.ids)
    monkeypatch.setattr(pieces, "PIECE", len(text) - 1)
    assert pieces.count_pieces(text) == 2


def test_parts_are_whole_lines_of_about_equal_length(text):
    edges = pieces.cut_parts(text)
    assert edges[0] == 0 and edges[-1] == len(text)
    assert (text.ids[edges[1:] - 1] == 0).mean() > 0.8  # others end in lines that are too long
    assert (np.diff(edges) > 20).all() and (np.diff(edges) < 80).all()


@pytest.mark.parametrize("length", [99, 100, 101, 199, 201, 1000, 1001])
def test_a_single_line_is_cut_where_it_must_be(length, text):
    whole = corpus_of([1] * (length - 1) + [0])
    edges = pieces.cut_parts(whole)
    assert len(edges) == 1 + (-(-length // 50) if length > 100 else 1) and edges[-1] == length
    assert (np.diff(edges) > 0).all() and (np.diff(edges) <= 100).all()
    assert max(map(len, pieces.pieces(whole, 1, 1))) <= 100
    no_lines = Corpus(np.ones(length, int), Vocabulary(["a", "b"]), np.array([0, length]), "")
    np.testing.assert_array_equal(pieces.cut_parts(no_lines), edges)


def test_a_line_longer_than_a_part_leaves_no_part_empty(text):
    rng = np.random.default_rng(0)
    for _ in range(200):
        ids = np.ones(rng.integers(101, 700), int)
        ids[rng.integers(len(ids), size=3)] = 0
        ids[-1] = 0
        edges = pieces.cut_parts(corpus_of(ids))
        assert (np.diff(edges) > 0).all() and (np.diff(edges) <= 75).all()


def test_what_is_drawn_depends_on_seed_epoch_and_piece_alone(text):
    def drawn(seed, first=0):
        return [
            (bytes(piece.ids), piece.done, *piece.rng.random(2))
            for piece in pieces.pieces(text, 2, seed, first)
        ]

    whole = drawn(1)
    assert drawn(1) == whole != drawn(2)
    for first in range(len(whole) + 1):
        assert drawn(1, first) == whole[first:]
    assert len({draws for *_, draws in whole}) == len(whole)


def test_one_piece_is_in_memory_at_a_time(monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", 1 << 16)
    text = corpus_of(np.append(np.arange(1 << 22) % 20 + 1, 0))

    def read():
        for piece in pieces.pieces(text, 1, 0):
            assert piece.ids.dtype == np.int32 and piece.ids.base is None

    one = next(pieces.pieces(text, 1, 0)).ids.nbytes
    assert peak(read, tries=5) < 4 * one < text.ids.nbytes / 10


@pytest.mark.parametrize("name", ["numpy", "compiled"])
def test_an_engine_goes_on_after_any_piece_bit_for_bit(text, name):
    engine = ENGINES[name]
    if engine.missing():
        pytest.skip("it cannot run here")
    options = {"window": 3, "negative": 5, "power": 0.75, "epochs": 2, "subsample": 1e-2}
    options |= {
        "learning_rate": 0.05,
        "decay": 0.05,
        "seed": 3,
        "report": lambda tokens, loss=None: None,
    }

    def train(matrices, first, number):
        training = engine.fit(*matrices, text, first=first, **options)
        assert len(list(islice(training, number))) == number
        training.close()

    pieces_done = 2 * pieces.count_pieces(text)
    whole = engine.start(len(text.vocabulary), 8, np.random.default_rng(0))
    parts = [matrix.copy() for matrix in whole]
    train(whole, 0, pieces_done)
    for first, number in ((0, 1), (1, 7), (8, pieces_done - 8)):
        train(parts, first, number)
    for one, other in zip(whole, parts):
        assert one.any() and np.array_equal(one, other)


@pytest.mark.parametrize("name", ["numpy", "compiled"])
def test_every_token_is_reported_once(text, name):
    engine = ENGINES[name]
    if engine.missing():
        pytest.skip("it cannot run here")
    seen = []
    training = engine.fit(
        *engine.start(len(text.vocabulary), 8, np.random.default_rng(0)), text, window=3,
        negative=5, power=0.75, epochs=2, subsample=1e-2, learning_rate=0.05, decay=0.05, seed=1,
        report=lambda tokens, loss=None: seen.append(tokens),
    )  # fmt: skip
    whole = pieces.pieces(text, 2, seed=1)
    for piece, _ in zip(whole, training, strict=True):
        assert sum(seen) == piece.done + len(piece)
