"""A training goes on, and ends with what it gives in one go (killed: test_kills.py)."""

import errno
import json
import os
import sys
from dataclasses import replace

import numpy as np
import pytest

from w2vlib import Corpus, Vocabulary, WordVectors, checkpoint, pieces, train
from w2vlib.engines import ENGINES
from w2vlib.reading import EOS

QUIET = {"vector_size": 6, "epochs": 3, "subsample": 0, "progress": False}
ABLE = [
    pytest.param(name, marks=pytest.mark.skipif(bool(engine.missing()), reason="cannot run here"))
    for name, engine in ENGINES.items()
    if name not in ("cuda", "dask")  # whose threads, and workers, come in any order
]


def text_of(length, seed=0):
    """A text in lines, word 0 ends each."""
    ids = np.random.default_rng(seed).integers(40, size=length)
    ids[-1] = 0
    return Corpus(ids, Vocabulary([EOS, *map(str, range(1, 40))]), np.bincount(ids), "test")


@pytest.fixture
def corpus(monkeypatch):
    """Its text has three pieces."""
    monkeypatch.setattr(pieces, "PIECE", 1024)
    return text_of(3000)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoint"


def same(a, b):
    return (
        np.array_equal(a.vectors, b.vectors)
        and np.array_equal(a.outputs.vectors, b.outputs.vectors)
        and a.loss == b.loss
        and list(a) == list(b)
    )


def cut_short(corpus, path, after, **options):
    """Train until so many checkpoints are written; the last one stays."""
    save, left = checkpoint.Checkpoint.save, [after]

    def stopping(self, *args):
        save(self, *args)
        left[0] -= 1
        if not left[0]:
            raise ZeroDivisionError

    checkpoint.Checkpoint.save = stopping
    try:
        with pytest.raises(ZeroDivisionError):
            train(corpus, checkpoint=path, **QUIET | options)
    finally:
        checkpoint.Checkpoint.save = save


# Going on -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ABLE)
@pytest.mark.parametrize("after", [1, 2, 3, 4, 9])
def test_it_ends_with_what_it_gives_in_one_go(corpus, path, engine, after, monkeypatch):
    monkeypatch.setattr(checkpoint, "PAUSE", 0)  # one at the end of each piece
    monkeypatch.setattr(checkpoint, "REST", 0)
    whole = train(corpus, engine=engine, **QUIET)
    cut_short(corpus, path, after, engine=engine)
    assert same(train(corpus, engine=engine, checkpoint=path, **QUIET), whole)
    assert os.listdir(path.parent) == [path.name]


def test_what_is_complete_is_returned_at_once(corpus, path, monkeypatch):
    whole = train(corpus, checkpoint=path, **QUIET)
    size, changed = path.stat().st_size, path.stat().st_mtime_ns

    def fit(*args, **options):
        raise AssertionError("it trains")

    monkeypatch.setitem(ENGINES, "numpy", replace(ENGINES["numpy"], fit=fit))
    seen = []
    assert same(train(corpus, checkpoint=path, callback=seen.append, **QUIET), whole)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (size, changed) and not seen


def test_a_callback_may_stop_it_between(corpus, path):
    whole, seen = train(corpus, **QUIET), []
    train(corpus, checkpoint=path, callback=lambda p: p.epoch == 2, **QUIET)
    assert same(train(corpus, checkpoint=path, callback=seen.append, **QUIET), whole)
    assert [(p.epoch, p.tokens) for p in seen] == [(3, 9000)]


def test_after_ctrl_c_it_goes_on(corpus, path, monkeypatch, capsys):
    whole = train(corpus, **QUIET)

    def callback(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    part = train(corpus, checkpoint=path, callback=callback, **QUIET)
    assert "Interrupted after 6,000 of 9,000" in capsys.readouterr().err
    assert not np.array_equal(part.vectors, whole.vectors)
    assert same(train(corpus, checkpoint=path, **QUIET), whole)


def test_it_says_that_it_goes_on(corpus, path, capsys):
    cut_short(corpus, path, 1)
    capsys.readouterr()
    train(corpus, checkpoint=path, **QUIET | {"progress": True})
    err = capsys.readouterr().err
    assert f"{path} goes on after 3,000 of 9,000 tokens" in err and "9.00k/9.00k" in err
    train(corpus, checkpoint=path, **QUIET | {"progress": True})
    assert capsys.readouterr().err == f"{path} is complete: 9,000 of 9,000 tokens\n"


def test_within_an_epoch_one_is_written_when_it_is_time(corpus, path, monkeypatch):
    now, states = [0.0], []

    def fit(vectors, outputs, corpus, *, report, **options):
        for _ in range(9):
            now[0] += 25
            report(1000)
            yield

    def save(self, matrices, state):
        states.append(state["pieces"])
        self.next = now[0] + checkpoint.PAUSE

    monkeypatch.setattr(checkpoint.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(checkpoint.Checkpoint, "save", save)
    monkeypatch.setitem(ENGINES, "numpy", replace(ENGINES["numpy"], fit=fit))
    train(corpus, checkpoint=path, **QUIET)
    assert states == [3, 6, 9]  # 75 seconds an epoch
    states.clear()
    monkeypatch.setattr(checkpoint, "PAUSE", 40)
    train(corpus, checkpoint=path, **QUIET)
    assert states == [2, 3, 5, 6, 8, 9]


def test_writing_takes_a_small_part_of_the_time(corpus, path, monkeypatch):
    kept = checkpoint.Checkpoint(path, {})
    clock = iter([100.0, 110.0])
    monkeypatch.setattr(checkpoint.time, "perf_counter", lambda: next(clock))
    kept.save([np.zeros(3, np.float32)], {})
    assert kept.next == 110 + 10 * checkpoint.REST


def test_from_former_vectors_it_goes_on_too(corpus, path):
    former = train(text_of(3000, seed=1), **QUIET)
    whole = train(corpus, start=former, **QUIET)
    cut_short(corpus, path, 2, start=former)
    assert same(train(corpus, start=former, checkpoint=path, **QUIET), whole)
    other = train(text_of(3000, seed=2), **QUIET)
    for start in (None, other, WordVectors(former.vectors, former.vocabulary)):
        with pytest.raises(ValueError, match="start is 40 words .* there"):
            train(corpus, start=start, checkpoint=path, **QUIET)


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, told",
    [
        ({"epochs": 4}, "epochs is 3 there, 4 here"),
        ({"vector_size": 7, "window": 3}, "vector_size is 6 there, 7 here; window is 5 there, 3"),
        ({"seed": 2}, "seed is 1 there, 2 here"),
        ({"learning_rate": 0.1}, "learning_rate is .* there, 0.1 here"),
        ({"engine": "compiled"}, "engine is numpy there, compiled here"),
    ],
)
def test_other_settings_are_named(corpus, path, options, told, monkeypatch):
    engine = replace(ENGINES["compiled"], needs=(), prepare=None)
    monkeypatch.setitem(ENGINES, "compiled", engine)
    cut_short(corpus, path, 1)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=told) as caught:
        train(corpus, checkpoint=path, **QUIET | options)
    assert str(path) in str(caught.value) and "another name" in str(caught.value)
    assert path.read_bytes() == before


def test_another_text_is_named(corpus, path, monkeypatch):
    cut_short(corpus, path, 1)
    swapped = [corpus.vocabulary.word(i) for i in [0, 2, 1, *range(3, 40)]]
    moved = np.roll(corpus.ids, 1)
    others = [
        text_of(3000, seed=1),
        text_of(2999),
        Corpus(corpus.ids, Vocabulary(swapped), corpus.counts, "test"),
        Corpus(moved, corpus.vocabulary, corpus.counts, "test"),
    ]
    for other in others:
        with pytest.raises(ValueError, match="corpus is 3,000 tokens, 40 words .* there"):
            train(other, checkpoint=path, **QUIET)
    monkeypatch.setattr(pieces, "PIECE", 640)
    with pytest.raises(ValueError, match="pieces is 3 there, 5 here"):
        train(corpus, checkpoint=path, **QUIET)


@pytest.mark.parametrize("name", ["x.gz", "X.BZ2", "missing/x", "."])
def test_a_name_that_will_not_do(corpus, tmp_path, name):
    with pytest.raises((ValueError, OSError)) as caught:
        train(corpus, checkpoint=tmp_path / name, **QUIET)
    assert str(tmp_path) in str(caught.value)
    assert not os.listdir(tmp_path)


def test_a_file_of_another_kind_is_kept(corpus, path):
    for contents in (b"precious", b"w2vlib checkpoint of another time\n{}\n"):
        path.write_bytes(contents)
        with pytest.raises(ValueError, match="of another kind.*give another name"):
            train(corpus, checkpoint=path, **QUIET)
        assert path.read_bytes() == contents
    path.write_bytes(b"")  # as tempfile makes them
    train(corpus, checkpoint=path, **QUIET)


@pytest.mark.parametrize("start", [30, 100, 600, -1])
@pytest.mark.parametrize("how", ["cut off", "changed", "longer"])
def test_a_damaged_one_is_told(corpus, path, start, how):
    cut_short(corpus, path, 1)
    whole = path.read_bytes()
    changed = bytes([whole[start] ^ 1])
    rest = whole[start:][1:]
    path.write_bytes(whole[:start] + {"cut off": b"", "changed": changed + rest,
                                      "longer": whole[start:] + b"x"}[how])  # fmt: skip
    with pytest.raises(ValueError, match="checkpoint"):
        train(corpus, checkpoint=path, **QUIET)


def test_sizes_and_code_in_it_are_not_trusted(corpus, path):
    cut_short(corpus, path, 1)
    magic, header, rest = path.read_bytes().split(b"\n", 2)
    others = [b"{}", b"null", b'{"settings": 1, "state": 2, "sum": 3}', b"\xff"]
    if sys.platform != "emscripten":  # a browser's stack is too small
        others.append(b"[" * 60_000)
    for other in others:
        path.write_bytes(b"\n".join([magic, other, rest]))
        with pytest.raises(ValueError, match="cut off or damaged: delete it"):
            train(corpus, checkpoint=path, **QUIET)
    header = json.loads(header)
    header["state"]["pieces"] = 8
    path.write_bytes(b"\n".join([magic, json.dumps(header).encode(), rest]))
    with pytest.raises(ValueError, match="cut off or damaged: delete it"):
        train(corpus, checkpoint=path, **QUIET)


# What goes wrong ----------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_former_one(corpus, path, monkeypatch):
    fsync, calls = os.fsync, []

    def full(number):
        calls.append(number)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(number)

    whole = train(corpus, **QUIET)
    monkeypatch.setattr(checkpoint.os, "fsync", full)
    with pytest.raises(OSError, match="cannot be written .No space left.*make room") as caught:
        train(corpus, checkpoint=path, **QUIET)
    assert caught.value.errno == errno.ENOSPC and caught.value.filename == str(path)
    assert isinstance(caught.value.vectors, WordVectors)
    assert os.listdir(path.parent) == [path.name]
    assert same(train(corpus, checkpoint=path, **QUIET), whole)


def test_unsound_vectors_do_not_replace_sound_ones(corpus, path, monkeypatch):
    cut_short(corpus, path, 1)
    before = path.read_bytes()

    def fit(vectors, outputs, corpus, **options):
        vectors[:] = np.nan
        yield
        yield
        yield

    monkeypatch.setitem(ENGINES, "numpy", replace(ENGINES["numpy"], fit=fit))
    with pytest.raises(FloatingPointError):
        train(corpus, checkpoint=path, **QUIET)
    assert path.read_bytes() == before


def test_of_two_that_train_the_same_what_is_further_stays(corpus, path):
    """Another program begins behind our back, and ends before us."""
    whole, after = train(corpus, **QUIET), []

    def callback(progress):
        if progress.epoch == 1:
            train(corpus, checkpoint=path, **QUIET)
        after.append(path.read_bytes())

    assert same(train(corpus, checkpoint=path, callback=callback, **QUIET), whole)
    assert after == [path.read_bytes()] * 3


def test_another_trainings_file_is_kept(corpus, path):
    def callback(progress):
        if progress.epoch == 1:
            path.unlink()
            train(corpus, checkpoint=path, **QUIET | {"seed": 2})

    with pytest.raises(ValueError, match="is of another training: seed is 2 there, 1") as caught:
        train(corpus, checkpoint=path, callback=callback, **QUIET)
    assert isinstance(caught.value.vectors, WordVectors)
    train(corpus, checkpoint=path, **QUIET | {"seed": 2})


def test_threads_may_change(corpus, path):
    if ENGINES["compiled"].missing():
        pytest.skip("it needs Numba")
    cut_short(corpus, path, 2, engine="compiled", threads=1)
    wv = train(corpus, checkpoint=path, engine="compiled", threads=2, **QUIET)
    assert np.isfinite(wv.vectors).all()
