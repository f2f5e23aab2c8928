"""The speed ledger: byte counts exactly, speed only in ratios with wide margins."""

import numpy as np
import pytest
import reference

from w2vlib import ledger
from w2vlib.ledger import STAGES, Row, bytes_touched, measure, table


def test_bytes_of_a_stage_by_hand():
    context_rows = 32 * 10 * 100
    target_rows = 32 * 100
    matrix = 1_000 * 100  # V = 1,000 words of 100 numbers
    numbers = (
        context_rows * 2  # looked up: read, copied
        + context_rows * 2  # their gradients: read, added
        + target_rows * 4  # the same four for the targets' rows
        + matrix * 6 * 2  # gradients of W_in and W_out; the optimiser's copy; the update
    )
    assert numbers == 1_340_800
    assert bytes_touched("+ EmbeddingDot", 1_000) == 4 * numbers
    drawing = 32 * 6 * 1_000 * 8  # six passes over word_p in float64, for each target
    assert bytes_touched("+ negatives drawn", 1_000) == 4 * numbers + drawing
    negatives = 5 * 4 * (target_rows + matrix)  # K more layers, each with its own gradient
    assert bytes_touched("+ negative sampling", 1_000) == 4 * (numbers + negatives) + drawing


def test_every_count_is_linear_in_the_vocabulary():
    for stage in STAGES:
        at_0, at_1, at_2 = (bytes_touched(stage, v) for v in (10_000, 20_000, 30_000))
        assert at_2 - at_1 == at_1 - at_0 > 0


def test_bytes_fall_until_the_negatives_come():
    counts = [bytes_touched(stage, 10_000) for stage in STAGES]
    assert counts[0] > counts[1] > counts[2] > counts[3]
    assert counts[3] < counts[4] < counts[5]


@pytest.mark.parametrize("stage", STAGES)
def test_measure_gives_a_sane_row(stage):
    row = measure(stage, vocab_size=50, budget=0)
    assert row.stage == stage
    assert 0 < row.tokens_per_second < np.inf
    assert row.bytes == bytes_touched(stage, 50)
    assert row.growth == bytes_touched(stage, 1_000_000) / bytes_touched(stage, 10_000)
    assert 90 < row.growth <= 100


def test_measure_takes_the_fastest_step(monkeypatch):
    clock = iter([0, 100, 100, 104, 104, 106, 106, 109])  # steps of 100, 4, 2 and 3 s
    monkeypatch.setattr(ledger, "perf_counter", lambda: next(clock))
    assert measure("+ EmbeddingDot", vocab_size=50, budget=1).tokens_per_second == 32 / 2


@pytest.mark.parametrize("stage", ["+ Embedding", "+ sigmoid of one score", "+ EmbeddingDot"])
def test_a_stage_between_two_chapters_has_the_right_gradient(stage, monkeypatch):
    monkeypatch.setattr(ledger, "_trains", lambda *step: step)  # the model, not its training
    monkeypatch.setattr(ledger, "_weights", lambda V, rng: rng.standard_normal((V, ledger.HIDDEN)))
    model, contexts, target = STAGES[stage][0](4, np.random.default_rng(0))
    assert contexts.shape == (32, 10) and target.shape == (32,)
    for param, grad in zip(model.params, model.grads, strict=True):
        expected = reference.numerical_gradient(lambda: model.forward(contexts, target), param)
        model.forward(contexts, target)
        model.backward()
        assert grad.any()
        np.testing.assert_allclose(grad, expected, atol=1e-7)


@pytest.mark.parametrize("stage", STAGES)
def test_a_step_trains_every_parameter(stage, monkeypatch):
    seen = []

    class Watched(ledger.SGD):
        def update(self, params, grads):
            before = [param.copy() for param in params]
            super().update(params, grads)
            seen.extend((old != new).any() for old, new in zip(before, params, strict=True))

    monkeypatch.setattr(ledger, "SGD", Watched)
    step = STAGES[stage][0](50, np.random.default_rng(0))
    step()
    assert seen == [True, True]


def test_an_embedding_is_faster_than_one_hot_rows():
    slow, fast = list(STAGES)[:2]
    best = {slow: 0, fast: 0}
    for _ in range(10):  # in turn, and the best of each: a busy machine slows some, not all
        for stage in (slow, fast):
            speed = measure(stage, vocab_size=5_000, budget=0).tokens_per_second
            best[stage] = max(best[stage], speed)
        if best[fast] > 1.5 * best[slow]:
            return
    raise AssertionError(f"tokens/s: {best}")


def test_table_shows_each_factor_over_the_first_row():
    lines = table([Row("slow", 10.0, 4_000, 100.0), Row("fast", 25_000.0, 1_234_567, 1.0)])
    header, slow, fast = lines.splitlines()
    assert header.split() == ["stage", "tokens/s", "MB", "a", "step", "growth", "factor"]
    assert slow.split() == ["slow", "10", "0.0", "100.0x", "1.0x"]
    assert fast.split() == ["fast", "25,000", "1.2", "1.0x", "2500.0x"]
    assert len(header) == len(slow) == len(fast)


@pytest.mark.parametrize("call", [measure, bytes_touched])
def test_a_stage_that_does_not_exist(call):
    with pytest.raises(ValueError, match="stage is 'two-hot'.*one of 'one-hot and softmax', "):
        call("two-hot", 100)


@pytest.mark.parametrize("vocab_size, error", [(1, ValueError), (2.5, TypeError)])
def test_a_vocabulary_that_cannot_be(vocab_size, error):
    with pytest.raises(error, match=f"vocab_size is {vocab_size}"):
        bytes_touched("+ Embedding", vocab_size)
