"""The compiled engine against chapter 10's gradients, plain Python, and what it claims to draw."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import descended, guess_in_a_group, learn_a_group
from small import (
    any_extreme_group,
    any_group,
    check_learnt,
    check_moved,
    corpus_of,
    lines_of_nine,
    two_lines,
)

from w2vlib import Corpus, fused, hogwild, load_corpus, train
from w2vlib.draws import AliasTable, kept_share
from w2vlib.progress import Bar
from w2vlib.reading import EOS

numba = pytest.importorskip("numba", reason="numba is not installed")
from w2vlib import compiled

hogwild.kernels("skipgram")  # takes what it needs of `compiled` before a test swaps that

DECAY = 0.1
QUIET = {"engine": "compiled", "progress": False}


@pytest.fixture
def corpus():
    return lines_of_nine()


@pytest.fixture(scope="module")
def default():
    return load_corpus("default")


# A step -------------------------------------------------------------------------------------------


@pytest.fixture
def group():
    return two_lines()


def do_step(g, rate=0.1, negative=5, decay=DECAY):
    M, H = len(g.negatives), g.outputs.shape[1]
    room = compiled.make_room(len(g.words) + 3, M, H)
    compiled.step(
        g.inputs, g.outputs, g.words, g.first, g.last, g.negatives, g.band,
        np.float32(negative), np.float32(rate), np.float32(decay), room,
    )  # fmt: skip


def windows_of(g):
    T = len(g.words)
    windows = np.zeros((T, T))
    for t in range(T):
        for j in range(g.first[t], g.last[t]):
            windows[t, j] = 0 if j == t else 1 / abs(j - t)
    total = windows.sum(axis=1, keepdims=True)
    return windows / np.sqrt(np.where(total > 0, total, 1))


def chapter_10(g, rate=0.1, negative=5):
    """The same step by chapter 10's gradients in float64 -> inputs and outputs after it."""
    windows = windows_of(g)
    inputs, outputs = g.inputs.astype(float), g.outputs[:, :5].astype(float)
    weights = (g.words[:, np.newaxis] != g.negatives) * (negative / len(g.negatives))
    dx, dy, dn = fused.gradients(
        inputs[g.words][np.newaxis], outputs[g.words], outputs[g.negatives], windows, weights
    )
    for W, ids, slopes in (inputs, g.words, dx), (outputs, g.words, dy), (outputs, g.negatives, dn):
        descended(W, ids, slopes, rate, DECAY)
    return inputs, outputs


def check_step(g):
    before = g.inputs.copy(), g.outputs.copy()
    inputs, outputs = chapter_10(g)
    do_step(g)
    check_moved(g, before, inputs, outputs)


def test_a_step_is_that_of_chapter_10(group):
    check_step(group)


def test_a_negative_that_is_the_word_itself_is_left_out(group):
    group.negatives[1] = 8
    check_step(group)


def test_a_negative_that_comes_twice_counts_twice(group):
    group.negatives[:2] = 20
    check_step(group)


def test_a_word_that_comes_twice_moves_by_the_sum_of_both_inputs(group):
    """Its output vector moves at once: the second time it is not stale. Two steps of chapter 10."""
    group.words[6] = 3
    inputs, _ = chapter_10(group)
    do_step(group, rate=0.1)
    np.testing.assert_allclose(group.inputs[[8, 0, 11]], inputs[[8, 0, 11]], atol=1e-4)
    assert np.abs(group.inputs[3] - inputs[3]).max() < 0.05


@given(
    T=st.integers(1, 29), window=st.integers(1, 40), M=st.sampled_from([4, 8, 16]),
    H=st.integers(1, 9), V=st.integers(2, 30), breaks=st.integers(0, 4), seed=st.integers(0, 2**32),
    negative=st.integers(1, 5), rate=st.sampled_from([1e-30, 0.1]), decay=st.sampled_from([0, 0.5]),
)  # fmt: skip
def test_any_group_learns_as_the_textbook_says(negative, rate, decay, **sizes):
    g = any_group(**sizes)
    windows, H = windows_of(g), g.inputs.shape[1]
    settings = g.words, windows, g.negatives, negative, rate, decay
    expected = learn_a_group(g.inputs, g.outputs[:, :H], *settings)
    do_step(g, rate, negative, decay)
    check_learnt(g, *expected)


@given(T=st.integers(1, 29), V=st.integers(2, 30), seed=st.integers(0, 2**32))
def test_all_is_finite_for_scores_of_ten_thousand(T, V, seed):
    g = any_extreme_group(T, V, seed)
    total, _ = compiled.loss(
        g.inputs, g.outputs, g.words, g.first, g.last, g.negatives, g.band, np.float32(5),
        compiled.make_room(T + 3, 8, 8),
    )  # fmt: skip
    do_step(g)
    assert np.isfinite(total) and np.isfinite(g.inputs).all() and np.isfinite(g.outputs).all()


def test_a_word_alone_in_its_line_has_no_window(group):
    group.words, group.first, group.last = np.array([3]), np.array([0]), np.array([1])
    inputs, outputs = group.inputs.copy(), group.outputs.copy()
    do_step(group, decay=0)
    assert (group.inputs == inputs).all() and (group.outputs == outputs).all()


def test_the_sigmoid_is_close(default):
    x = np.linspace(-40, 40, 8001, dtype=np.float32)
    y = np.array([compiled.sigmoid(value) for value in x])
    assert np.abs(y - 1 / (1 + np.exp(-x.astype(float)))).max() < 0.00005


# What is drawn ------------------------------------------------------------------------------------


def test_random_numbers_are_even():
    state = np.array([123456789], np.uint64)
    numbers = np.array([compiled.random(state) for _ in range(100_000)])
    assert (0 <= numbers).all() and (numbers < 1).all()
    counts = np.bincount((numbers * 100).astype(int), minlength=100)
    assert ((counts - 1000) ** 2 / 1000).sum() < 150  # chi-square, 99 degrees of freedom
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.02


def test_negatives_come_by_count_to_the_power():
    p = np.array([50, 20, 10, 10, 5, 3, 2]) ** 0.75
    table, state = AliasTable(p), np.array([42], np.uint64)
    share = table.share.astype(np.float32)
    drawn = [compiled.draw(share, table.alias, state) for _ in range(50_000)]
    expected = 50_000 * p / p.sum()
    assert ((np.bincount(drawn) - expected) ** 2 / expected).sum() < 22.5  # 6 degrees of freedom


@pytest.mark.parametrize("size", [2, 2**23 + 1, 2**24 + 3, 2**25 - 1, 2**30 + 33])
def test_no_draw_reaches_past_the_last_word(size):
    state = np.array([before(2**64 - 1)], np.uint64)  # then comes the largest random number
    assert compiled.random(state.copy()) == 1 - 2**-53
    share, alias = np.broadcast_to(np.float32(1), size), np.broadcast_to(np.int64(0), size)
    assert compiled.draw(share, alias, state) == size - 1


def before(x, shifts=(17, -7, 13)):
    """The state before xorshift's, which is x now."""
    for shift in shifts:
        y = x
        for _ in range(64 // abs(shift)):
            y = x ^ (y << shift if shift > 0 else y >> -shift) & (2**64 - 1)
        x = y
    return x


@given(
    V=st.sampled_from([2, 3, 7, 1000, 10**6, 10**8]),
    place=st.floats(0, 1),
    low=st.integers(0, 2047),
)
def test_each_column_of_the_table_has_an_equal_part_of_the_random_numbers(V, place, low):
    """But for the last number of a part, which rounding may give to the next column."""
    share, alias = np.broadcast_to(np.float32(1), V), np.broadcast_to(np.int64(0), V)
    column = min(int(place * V), V - 1)
    first, last = -(-column * 2**53 // V), -(-(column + 1) * 2**53 // V) - 1
    for number in (first, (first + last) // 2, last - 1):
        state = before(number << 11 | low)
        if state:
            assert compiled.draw(share, alias, np.array([state], np.uint64)) == column


PLAIN = ("train_lines", "next_group", "draw_negatives", "random", "draw", "longest_line")


def spy_on_steps(monkeypatch, corpus, seed=1, **options):
    """Train in plain Python and note the groups -> list of (words, first, last, negatives)."""
    seen = []
    for name in PLAIN:
        function = getattr(compiled, name)
        monkeypatch.setattr(compiled, name, getattr(function, "py_func", function))

    def step(inputs, outputs, words, first, last, negatives, *rest):
        seen.append((words.copy(), first.copy(), last.copy(), negatives.copy()))

    monkeypatch.setattr(compiled, "step", step)
    defaults = {
        "window": 2, "negative": 5, "power": 0.75, "epochs": 1, "subsample": 0,
        "learning_rate": 0.1, "decay": 0, "seed": seed, "report": lambda tokens, loss=None: None,
    }  # fmt: skip
    matrices = np.zeros((2, len(corpus.vocabulary), 8), np.float32)
    with np.errstate(over="ignore"):
        list(hogwild.fit(*matrices, corpus, **(defaults | options)))
    return seen


def by_the_textbook(inputs, outputs, words, first, last, *rest):
    """A step of either model, in float64."""
    *part, negatives, band, K, rate, decay, _ = rest
    start, stop = part or (0, len(words))
    windows = np.zeros((len(words), len(words)))
    for t in range(start, stop):
        near = np.arange(first[t], last[t])
        windows[t, near] = band[abs(near - t)]
        if not part:
            windows[t] /= np.sqrt(windows[t].sum() or 1)
    both = inputs, outputs[:, : inputs.shape[1]]
    given = negatives, float(K), float(rate), float(decay)
    if not part:
        learnt = learn_a_group(*both, words, windows, *given)
    elif start < stop:
        guess, guessed = slice(start, stop), slice(first[start], last[stop - 1])
        learnt = guess_in_a_group(*both, words, windows, guess, guessed, *given)
    else:
        return
    for W, new in zip(both, learnt, strict=True):
        W[...] = new


@pytest.mark.parametrize("model", ["cbow", "skipgram"])
@settings(max_examples=settings.default.max_examples // 2)
@given(
    V=st.integers(2, 12), length=st.integers(2, 80), window=st.integers(1, 30),
    negative=st.integers(1, 5), subsample=st.sampled_from([0, 0.1]),
    decay=st.sampled_from([0, 0.5]), H=st.integers(1, 9), seed=st.integers(0, 2**32),
)  # fmt: skip
def test_a_training_is_that_of_the_textbook_on_the_same_draws(model, V, length, H, **options):
    """The same in plain Python, with the textbook's step in place of the machine's."""
    rng = np.random.default_rng(options["seed"])
    words = [EOS, *(f"w{i}" for i in range(1, V))]
    corpus = corpus_of(np.append(rng.integers(V, size=length), np.arange(V)), words)
    start = rng.normal(size=(2, V, H)).astype(np.float32)
    options |= {"power": 0.75, "epochs": 2, "learning_rate": 0.05, "model": model}

    def fit():
        outputs = np.zeros((V, H + -H % 8), np.float32)
        outputs[:, :H] = start[1]
        both = start[0].copy(), outputs
        list(hogwild.fit(*both, corpus, report=lambda tokens, loss=None: None, **options))
        return both

    found = fit()
    with pytest.MonkeyPatch.context() as patch, np.errstate(over="ignore"):
        for room in {compiled, hogwild.kernels(model)}:
            for name in PLAIN:
                function = getattr(room, name, None)
                patch.setattr(room, name, getattr(function, "py_func", function), raising=False)
        patch.setattr(hogwild.kernels(model), "step", by_the_textbook)
        expected = fit()
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-3)  # sigmoid is off by 0.00005


@pytest.mark.parametrize("model", ["cbow", "skipgram"])
def test_no_step_reaches_past_its_room(model):
    """In plain Python, where an index that is too large is an error."""
    code = (
        "import numpy as np, w2vlib\n"
        "np.seterr(all='ignore')\n"
        "lines = np.random.default_rng(0).integers(60, size=(40, 23)).astype(str)\n"
        "lines = [line[: 1 + i % 23].tolist() for i, line in enumerate(lines)]\n"
        "corpus = w2vlib.Corpus.from_sentences(lines, min_count=1)\n"
        "options = {'vector_size': 4, 'epochs': 1, 'subsample': 0, 'progress': False}\n"
        f"w2vlib.train(corpus, engine='compiled', model='{model}', **options)\n"
    )
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_epoch_goes_once_through_every_line_in_another_order(corpus, monkeypatch):
    first = [spy_on_steps(monkeypatch, corpus, seed) for seed in (1, 2)]
    texts = [np.concatenate([words for words, *_ in groups]) for groups in first]
    for text in texts:
        np.testing.assert_array_equal(np.sort(text), np.sort(corpus.ids))
    assert (texts[0] != texts[1]).any()


def test_windows_end_with_their_line(monkeypatch):
    """In line n all words are n: a window holds words of its own line, as many as there are."""
    lengths = [1, 2, 3, 5, 8, 13]
    ids = np.concatenate([[n] * length for n, length in enumerate(lengths, 1)])
    words = [EOS, *(f"w{n}" for n in range(1, 7))]
    ends = np.cumsum(lengths) + np.arange(len(lengths))  # a line and its end: one more word each
    ids = np.insert(ids, np.cumsum(lengths), 0)
    assert (ids[ends] == 0).all()
    for group, first, last, _ in spy_on_steps(monkeypatch, corpus_of(ids, words)):
        line = np.cumsum(np.append(0, group[:-1] == 0))
        for t in range(len(group)):
            inside = [j for j in range(len(group)) if line[j] == line[t] and abs(j - t) <= 2]
            assert list(range(first[t], last[t])) == inside


def test_lines_that_are_too_long_are_cut():
    lines = [[5] * n + [0] for n in (3, 0, 10, 7)]
    ids = np.concatenate(lines)
    words = [EOS, "a", "b", "c", "d", "e"]
    np.testing.assert_array_equal(
        hogwild.cut_lines(corpus_of(ids, words), 4), [0, 4, 5, 9, 13, 16, 20, 24]
    )
    no_lines = corpus_of([0, 1, 2, 3, 4, 5, 0, 1, 2])
    np.testing.assert_array_equal(hogwild.cut_lines(no_lines, 4), [0, 4, 8, 9])


def test_frequent_words_are_thinned(corpus, monkeypatch):
    counts = np.zeros(40)
    for seed in range(5):
        for words, *_ in spy_on_steps(monkeypatch, corpus, seed, subsample=0.01):
            counts += np.bincount(words, minlength=40)
    expected = 5 * corpus.counts * kept_share(corpus.counts, 0.01)
    np.testing.assert_allclose(counts, expected, atol=5 * np.sqrt(expected.max()))
    assert counts[1] < 0.6 * 5 * corpus.counts[1]


def test_a_small_vocabulary_makes_small_groups():
    assert hogwild.words_per_group(np.full(1000, 7)) == hogwild.GROUP
    assert hogwild.words_per_group(np.array([5, 5, 5, 5])) == 8
    assert hogwild.words_per_group(np.array([99, 1])) == 2


# Training -----------------------------------------------------------------------------------------


def test_one_thread_gives_the_same_vectors_again(corpus):
    first, again, other = (
        train(corpus, seed=seed, epochs=2, subsample=0, **QUIET).vectors for seed in (3, 3, 4)
    )
    assert (first == again).all() and (first != other).any()


def test_ids_of_another_type_or_read_only_train_as_well(corpus):
    options = {"epochs": 1, "subsample": 0} | QUIET
    as_int32 = train(corpus_of(corpus.ids.astype(np.int32), list(corpus.vocabulary)), **options)
    ids = corpus.ids.astype(np.int64)
    ids.flags.writeable = False
    other = Corpus(ids, corpus.vocabulary, corpus.counts, "read-only")
    np.testing.assert_array_equal(train(other, **options).vectors, as_int32.vectors)


def test_words_of_the_same_company_come_together():
    """a and b stand in the same lines, c and d in others."""
    rng = np.random.default_rng(0)
    lines = [[rng.choice(pair), *rng.choice(friends, 3), 0]
             for pair, friends in (((1, 2), range(5, 15)), ((3, 4), range(15, 25)))
             for _ in range(1500)]  # fmt: skip
    words = [EOS, "a", "b", "c", "d", *(f"w{i}" for i in range(20))]
    corpus = corpus_of(np.concatenate([lines[i] for i in rng.permutation(3000)]), words)
    for threads in (1, 2):
        wv = train(corpus, vector_size=10, epochs=5, subsample=0, threads=threads, **QUIET)
        assert wv.similarity("a", "b") > 0.9 > wv.similarity("a", "c")
        assert wv.similarity("c", "d") > 0.9 > wv.similarity("b", "d")


def test_the_vectors_are_good_and_two_threads_do_them_no_harm(default):
    scores = []
    for threads in (1, 2):
        wv = train(default, epochs=4, threads=threads, **QUIET)
        scores.append((wv.evaluate_word_pairs().spearman, wv.evaluate_analogies().accuracy))
    (pairs, analogies), (pairs_2, analogies_2) = scores
    assert pairs > 0.54 and analogies > 0.2
    assert pairs_2 > pairs - 0.06 and analogies_2 > analogies - 0.04


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interruption_keeps_what_was_learnt(default, threads, monkeypatch, capsys):
    report, calls = Bar.__call__, []

    def interrupted(self, tokens, loss=None):
        report(self, tokens)
        calls.append(tokens)
        if len(calls) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(Bar, "__call__", interrupted)
    wv = train(default, epochs=1, threads=threads, **QUIET)
    assert len(calls) == 5 and np.isfinite(wv.vectors).all() and np.abs(wv.vectors).max() > 0.1
    assert "Interrupted after" in capsys.readouterr().err


def test_every_token_is_reported_once(corpus):
    seen = []
    training = hogwild.fit(
        *np.zeros((2, 40, 8), np.float32), corpus, window=2, negative=5, power=0.75, epochs=3,
        subsample=0.01, learning_rate=0.1, decay=0, seed=0,
        report=lambda tokens, loss=None: seen.append(tokens),
    )  # fmt: skip
    list(training)
    assert sum(seen) == 3 * len(corpus)


# Machine code -------------------------------------------------------------------------------------


def test_without_a_folder_for_machine_code_it_compiles_each_time(monkeypatch):
    def njit(cache=False, **options):
        def decorate(function):
            if cache:
                raise RuntimeError("cannot cache function: no locator available")
            return numba.njit(**options)(function)

        return decorate

    monkeypatch.setattr(compiled, "njit", njit)
    assert compiled.compiled(lambda x: x + 1)(1) == 2


def test_preparing_is_told_once(monkeypatch, capsys):
    hogwild.prepare(progress=False)
    assert compiled.is_ready()
    hogwild.prepare()
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(compiled, "is_ready", lambda: False)
    hogwild.prepare()
    assert "first time takes some seconds" in capsys.readouterr().err


def test_without_numba_the_cure_is_named():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from w2vlib import load_corpus, train\n"
        "from w2vlib.__main__ import main\n"
        "try: train(load_corpus('default'), engine='compiled')\n"
        "except ImportError as error: print(error)\n"
        "sys.exit(main(['train', 'default', '--engine', 'compiled', '-o', 'never.txt']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    for told in (done.stdout, done.stderr):
        assert 'pip install "w2vlib[speed]"' in told and 'engine="numpy"' in told
