"""The speed ledger: byte counts exactly, speed only in ratios with wide margins."""

from dataclasses import replace

import numpy as np
import pytest
import reference

from w2vlib import engine_stages, ledger, stages
from w2vlib.draws import kept_share
from w2vlib.ledger import (
    LATER,
    STAGES,
    Row,
    bytes_touched,
    chart,
    measure,
    missing,
    report,
    slowdown,
    table,
)


@pytest.fixture
def small_text(monkeypatch):
    monkeypatch.setattr(engine_stages, "TOKENS", 2_000)


def skip_if_missing(stage):
    if stage in missing():
        pytest.skip(f"it needs {missing()[stage]}")


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


def test_bytes_of_the_later_stages_by_hand():
    rows = 32 * 10 + 32 * 6  # context words; targets and negatives
    numbers = rows * 100 * (4 + 6)  # read, copied, gradient read and added; gradient and update
    drawing = 32 * 6 * 10_000 * 8
    assert bytes_touched("+ row-sparse gradients", 10_000) == 4 * numbers + drawing
    assert bytes_touched("+ alias draws", 10_000) == 4 * numbers + 32 * 5 * 2 * 8
    # A word comes into one block of 32, in each matrix; 64 negatives are shared by 16 blocks.
    assert bytes_touched("fused in NumPy", 10_000) == 4 * (32 + 32 + 64 // 16) * 100 * 10
    # A group of 20 words shares 16 negatives: 20 + 16 rows of one matrix, 20 of the other.
    assert bytes_touched("compiled", 10_000) == round(32 / 20 * (20 + 16 + 20) * 100 * 3) * 4
    assert bytes_touched("gensim", 10_000) == 4 * 32 * (6 + 6) * 100 * 3


def test_the_groups_that_are_counted_are_those_of_the_compiled_engine():
    pytest.importorskip("numba", reason="numba is not installed")
    from w2vlib import hogwild

    assert (hogwild.GROUP, hogwild.SHARING * stages.NEGATIVE) == (20, 16)


def test_bytes_of_the_later_stages_stand_still_but_for_the_draws():
    for stage in LATER:
        grows = bytes_touched(stage, 1_000_000) > bytes_touched(stage, 10_000)
        assert grows == (stage == "+ row-sparse gradients")


@pytest.mark.parametrize("stage", STAGES)
def test_measure_gives_a_sane_row(stage):
    row = measure(stage, vocab_size=50, budget=0)
    assert row.stage == stage
    assert 0 < row.tokens_per_second < np.inf
    assert row.bytes == bytes_touched(stage, 50)
    assert row.growth == bytes_touched(stage, 1_000_000) / bytes_touched(stage, 10_000)
    assert 90 < row.growth <= 100


@pytest.mark.parametrize("stage", LATER)
def test_measure_gives_a_sane_row_for_a_later_stage(stage, small_text):
    skip_if_missing(stage)
    row = measure(stage, vocab_size=50, budget=0)
    assert row.stage == stage
    assert 0 < row.tokens_per_second < np.inf
    assert row.bytes == bytes_touched(stage, 50)
    assert (row.growth == 1) == (stage != "+ row-sparse gradients")


@pytest.mark.parametrize("vocab_size, keeps", [(50, 2_000 * 0.1), (100_000, 2_000 * 0.7)])
def test_words_that_are_thinned_away_do_not_count(vocab_size, keeps, small_text):
    corpus, kept = engine_stages.zipf_text(vocab_size, np.random.default_rng(0))
    share = kept_share(corpus.counts, 3e-4)
    assert kept == pytest.approx(share[corpus.ids].sum())
    assert kept == pytest.approx(keeps, rel=0.3)
    assert (corpus.counts > 0).all() and len(corpus) == 2_000
    np.testing.assert_array_equal(corpus.counts, np.sort(corpus.counts)[::-1])


@pytest.mark.parametrize("chunk", [500, 700, 1_000, 2_000])  # an epoch may end within a report
def test_an_engine_is_measured_by_its_fastest_epoch_but_the_first(chunk, small_text, monkeypatch):
    clock = iter([5, 9, 12, 22])  # the ends of epochs: 4 s, 3 s and 10 s, after the first
    monkeypatch.setattr(engine_stages, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(engine_stages, "EPOCHS", 4)  # as on a computer; a browser has fewer
    settings = {}

    def fit(vectors, outputs, corpus, *, report, **given):
        settings.update(given)
        assert vectors.shape == (50, 100) and vectors.dtype == np.float32
        for _ in range(given["epochs"]):
            for start in range(0, len(corpus), chunk):
                report(min(chunk, len(corpus) - start))
            yield

    engine = replace(engine_stages.ENGINES["numpy"], fit=fit)
    speed = engine_stages.EngineStage(engine).speed(50, np.random.default_rng(0), budget=0)
    _, kept = engine_stages.zipf_text(50, np.random.default_rng(0))
    assert speed == kept / 3
    assert (settings["window"], settings["negative"], settings["power"]) == (5, 5, 0.75)


def test_alias_draws_follow_the_sampler_that_they_replace():
    sampler = stages.AliasSampler(np.repeat(range(6), [9, 7, 5, 3, 2, 1]), 0.75, 5, rng=0)
    drawn = sampler.get_negative_sample(np.zeros(20_000, dtype=int))
    assert drawn.shape == (20_000, 5)
    share = np.bincount(drawn.ravel(), minlength=6) / drawn.size
    others = sampler.word_p[1:] / sampler.word_p[1:].sum()
    np.testing.assert_allclose(share, [0, *others], atol=0.01)


def test_slowdown_compares_with_a_million_words(monkeypatch):
    def fake(stage, vocab_size):
        assert (stage, vocab_size) == ("+ alias draws", 1_000_000)
        return Row(stage, 200.0, 1, 1.0)

    monkeypatch.setattr(ledger, "measure", fake)
    assert slowdown(Row("+ alias draws", 300.0, 1, 1.0)) == 1.5


def test_what_cannot_run_here_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(engine_stages, "find_spec", lambda package: None)
    assert missing()["gensim"] == "gensim"
    assert set(missing()) < set(LATER)


def test_measure_takes_the_fastest_step(monkeypatch):
    clock = iter([0, 100, 100, 104, 104, 106, 106, 109])  # steps of 100, 4, 2 and 3 s
    monkeypatch.setattr(stages, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(stages, "sized", lambda usual, small: usual)
    assert measure("+ EmbeddingDot", vocab_size=50, budget=1).tokens_per_second == 32 / 2


def test_what_takes_less_than_a_tick_is_repeated_until_the_clock_moves(monkeypatch):
    clock, calls = iter([0, 0, 0, 3, 3, 3, 3, 3, 9]), []  # three runs in 3 s, four in 6 s
    monkeypatch.setattr(stages, "perf_counter", lambda: next(clock))
    assert stages.seconds(lambda: calls.append(1), repeats=2) == 1
    assert len(calls) == 7


@pytest.mark.parametrize("stage", ["+ Embedding", "+ sigmoid of one score", "+ EmbeddingDot"])
def test_a_stage_between_two_chapters_has_the_right_gradient(stage, monkeypatch):
    monkeypatch.setattr(stages, "weights", lambda V, rng: rng.standard_normal((V, 100)))
    model, contexts, target = STAGES[stage].build(4, np.random.default_rng(0))
    assert contexts.shape == (32, 10) and target.shape == (32,)
    for param, grad in zip(model.params, model.grads, strict=True):
        expected = reference.numerical_gradient(lambda: model.forward(contexts, target), param)
        model.forward(contexts, target)
        model.backward()
        assert grad.any()
        np.testing.assert_allclose(grad, expected, atol=1e-7)


@pytest.mark.parametrize("stage", [*STAGES, "+ row-sparse gradients", "+ alias draws"])
def test_a_step_trains_every_parameter(stage, monkeypatch):
    seen, stage = [], (STAGES | LATER)[stage]

    class Watched(stage.optimizer):
        def update(self, params, grads):
            before = [param.copy() for param in params]
            super().update(params, grads)
            seen.extend((old != new).any() for old, new in zip(before, params, strict=True))

    monkeypatch.setattr(type(stage), "optimizer", Watched)
    stage.step(50, np.random.default_rng(0))()
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


ROWS = [Row("slow", 10.0, 4_000, 100.0), Row("fast", 25_000.0, 1_234_567, 1.0)]


def test_table_shows_each_factor_over_the_first_row():
    header, slow, fast = lines = str(table(ROWS)).splitlines()
    assert header.split() == ["stage", "tokens/s", "factor", "MB", "a", "step", "growth"]
    assert slow.split() == ["slow", "10", "1.0x", "0.00", "100.0x"]
    assert fast.split() == ["fast", "25,000", "2,500x", "1.2", "1.0x"]
    assert len({len(line) for line in lines}) == 1


def test_table_shows_each_factor_over_the_row_before():
    rows = [*ROWS, Row("22-characters-long-one", 123_456.0, 9_999_900_000, 1.0)]
    header, slow, fast, faster = lines = str(table(rows, before=True)).splitlines()
    assert header.split()[2:4] == ["factor", "before"]
    assert slow.split()[2:4] == ["1.0x", "1.0x"]
    assert fast.split()[2:4] == ["2,500x", "2,500x"]
    assert faster.split()[1:] == ["123,456", "12,346x", "4.9x", "9,999.9", "1.0x"]
    assert {len(line) for line in lines} == {68}


def test_report_sums_up_what_was_measured():
    text = report([*ROWS, Row("gensim", 99_999.0, 1, 1.0)], {"fast": 1.25})
    assert text.startswith(str(table([*ROWS, Row("gensim", 99_999.0, 1, 1.0)], before=True)))
    assert "From 'slow' to 'fast': 2,500x" in text
    assert text.splitlines()[-1].split() == ["fast", "1.2x"]
    assert max(map(len, text.splitlines())) <= 68
    assert "V = " not in report(ROWS, {})
    assert report([], {}) == "nothing was measured"


def test_names_fit_the_table():
    assert max(map(len, [*STAGES, *LATER])) <= 22


def test_chart_draws_a_bar_for_each_row():
    figure = pytest.importorskip("matplotlib.figure", reason="Matplotlib is not installed")
    ax = figure.Figure().subplots()
    chart([*ROWS, Row("gensim", 9.0, 1, 1.0)], ax)
    assert [bar.get_width() for bar in ax.patches] == [10, 25_000, 9]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["slow", "fast", "gensim"]
    assert [text.get_text() for text in ax.texts] == ["10", "25,000", "9"]
    assert ax.get_xscale() == "log" and ax.get_xlabel() == "tokens/s"
    assert ax.patches[0].get_facecolor() == ax.patches[1].get_facecolor()
    assert ax.patches[1].get_facecolor() != ax.patches[2].get_facecolor()


@pytest.mark.parametrize("call", [measure, bytes_touched])
def test_a_stage_that_does_not_exist(call):
    with pytest.raises(ValueError, match="stage is 'two-hot'.*one of 'one-hot and softmax', "):
        call("two-hot", 100)


@pytest.mark.parametrize("vocab_size, error", [(1, ValueError), (2.5, TypeError)])
def test_a_vocabulary_that_cannot_be(vocab_size, error):
    with pytest.raises(error, match=f"vocab_size is {vocab_size}"):
        bytes_touched("+ Embedding", vocab_size)
