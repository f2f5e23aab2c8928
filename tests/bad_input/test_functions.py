"""Every public function, with bad input: it works, or it says what is wrong and what to do."""

import importlib
import inspect
import pkgutil
import runpy
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from calls import CALLS, CORPUS, TAKE_ANYTHING, W
from long import LONG
from mistakes import alike, attempt, has_arrays, junk, spoilt
from peaks import peak

from w2vlib import memory, training
from w2vlib.check import short

hypothesis = pytest.importorskip("hypothesis", reason="Hypothesis is not installed")
from hypothesis import given, settings, strategies
from hypothesis.extra import numpy as arrays

REFERENCE = runpy.run_path(str(Path(__file__).parents[2] / "book" / "_ext" / "reference.py"))
# What CALLS leaves out.
KERNELS = [  # inside a step: a check would cost what they save
    *(f"compiled.{name}" for name in (
        "band_product", "descend", "draw", "forward", "gather", "learn_targets", "make_room",
        "product", "random", "scores", "sigmoid", "step", "target_errors", "weigh_errors",
        "weigh_windows",
    )),
    *(f"descent.{name}" for name in ("add_decay", "descend", "find_repeats", "sigmoid")),
    *(f"fused.{name}" for name in ("draw", "gradients", "step", "window_weights")),
    *(f"gpu.{name}" for name in (
        "answer", "ask", "bits", "chance", "draw", "learn_line", "make_learn", "pass_back",
        "random", "shrink", "sigmoid", "sum_by_passing", "sum_by_sharing", "thin", "window_sum",
    )),
]  # fmt: skip
LEFT_OUT = {
    *KERNELS,
    # The library makes them, of what it has checked.
    "cluster_text.ClusterText", "evaluation.AnalogyScore", "evaluation.PairScore",
    "exercises.exercise.Verdict", "page.answer.Answer", "page.drawing.Node", "progress.Progress",
    "road.Round", "road.Words",
    # Who writes an engine makes one: `train` tries it, and tests/test_engines.py.
    "engine.Engine",
    # Only their own module calls them.
    "cluster_text.ClusterText.sent", "cluster_text.ClusterText.shuffled",
    "cluster_text.ClusterText.size", "page.neighbours.Neighbours.told",
    "page.road.Road.cluster", "page.word_map.WordMap.box", "page.word_map.WordMap.lit",
    "page.word_map.WordMap.picture",
    *(f"exercises.exercise.{kind}.{method}"
      for kind in ("Choice", "Number", "Numbers", "Shape", "Word")
      for method in ("blank", "check", "plain", "verdict")),
    # It returns one of the two, as it is.
    "machine.sized",
}  # fmt: skip
# The call of a class goes through these methods.
THROUGH = {"backward", "forward", "judge", "update"}

each_call = pytest.mark.parametrize("name", CALLS)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Files whose names are bad input are written there; no machine has more memory than 2 GB."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(memory, "there_is", lambda: 2**31)


def functions():
    """The public functions, classes and methods, but for exceptions, by the names of CALLS."""
    for path in REFERENCE["PUBLIC"]:
        name = path.removeprefix("w2vlib.")
        found = pkgutil.resolve_name(path)
        if callable(found) and not (isinstance(found, type) and issubclass(found, Exception)):
            yield name, found
            for method in methods(found) if isinstance(found, type) else ():
                yield f"{name}.{method}", getattr(found, method)


def methods(kind):
    """The names of a class's public methods."""
    for each in kind.__mro__:
        if each.__module__.startswith("w2vlib."):
            for name in vars(each).keys() - inspect.get_annotations(each):
                is_public = not name.startswith("_") or name in ("__contains__", "__getitem__")
                if is_public and callable(it := getattr(kind, name)) and not isinstance(it, type):
                    yield name


def parameters(function):
    """{name: whether it has that name in a call}, and not one of a reader's choice."""
    several = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    found = inspect.signature(function).parameters.items()
    return {name: it.kind not in several for name, it in found if name != "self"}


def test_every_public_argument_is_tried():
    pytest.importorskip("numba", reason="Numba is not installed")
    tried = {}
    for name, call in CALLS.items():
        tried.setdefault(name.split()[0], set()).update(call.arguments)
    missing = set()
    for name, function in functions():
        of, _, last = name.rpartition(".")
        here = tried.get(of if last in THROUGH and name not in tried else name, set())
        asked = parameters(function)
        if asked and not (here and {name for name in asked if asked[name]} <= here):
            missing.add(name)
    assert missing == LEFT_OUT


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_says_that_it_checks_nothing(name):
    pytest.importorskip("numba", reason="Numba is not installed")
    module = importlib.import_module(f"w2vlib.{name.partition('.')[0]}")
    said = f"{inspect.getdoc(pkgutil.resolve_name(f'w2vlib.{name}'))} {module.__doc__}"
    assert "checks no argument" in " ".join(said.split())


@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"ledger.slowdown"}))  # it takes GB
def test_a_call_works(name):
    CALLS[name].function(**deepcopy(CALLS[name].arguments))


@each_call
def test_bad_input_works_or_is_refused_in_words(name):
    call, refused = CALLS[name], set()
    for argument, sound in call.arguments.items():
        for value in [*junk(), *spoilt(sound)]:
            try:
                _, error = attempt(call, argument, value)
            except AssertionError as found:
                raise AssertionError(f"{argument}={short(value)}: {found}") from found
            if error is not None:
                refused.add(argument)
    assert refused == set(call.arguments) - TAKE_ANYTHING.get(name, set())


def numbers():
    """Those that take long are left out: a million epochs work."""
    whole = (
        strategies.integers(-9, 9)
        | strategies.integers(2**50)
        | strategies.integers(None, -(2**50))
    )
    return whole | strategies.floats() | strategies.booleans() | strategies.none()


def anything():
    leaves = numbers() | strategies.text() | strategies.binary() | strategies.complex_numbers()
    lists = strategies.recursive(leaves, lambda it: strategies.lists(it, max_size=5), max_leaves=9)
    dicts = strategies.dictionaries(leaves, leaves, max_size=3)
    shapes = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
    return lists | dicts | arrays.arrays(arrays.scalar_dtypes(), shapes)


@each_call
@settings(max_examples=2000 if LONG else 8)
@given(data=strategies.data())
def test_random_input_works_or_is_refused_in_words(name, data):
    call = CALLS[name]
    if call.arguments:
        argument = data.draw(strategies.sampled_from(sorted(call.arguments)))
        attempt(call, argument, data.draw(anything()))


# What the long form of that has found.
FOUND = [
    ("distributed.row_weights", "copies", np.int16(182)),
    ("draws.AliasTable", "p", np.zeros(1, np.float16)),
    ("evaluation.WordVectors.most_similar", "word", [0, 0, 3.5e38]),
    ("evaluation.WordVectors.save to", "path", b"."),
    ("exercises.exercise.compare", "mistakes", np.zeros((1, 2), np.complex64)),
    ("exercises.exercise.compare", "mistakes", [([[1], [1, 2]], "said")]),
    ("ledger.report", "slowdowns", {None: 0}),
    ("page.drawing.Diagram.arrow", "end", [0, 0]),
    ("page.valley.Valley", "start", [2**53 + 1, 2**53 + 1]),
    ("page.drawing.Diagram.table", "marked", np.zeros((1, 0), np.complex64)),
    ("road.bytes_of_rounds", "rounds", [(0, 0, 0)]),
    ("sampler.UnigramSampler.get_negative_sample", "target", [0, True]),
]


@pytest.mark.parametrize("name, argument, value", FOUND)
def test_what_was_found_is_refused_in_words(name, argument, value):
    assert attempt(CALLS[name], argument, value)[1] is not None


@each_call
def test_arrays_in_other_dresses_give_the_same(name):
    call = CALLS[name]
    for argument, sound in call.arguments.items():
        if argument not in call.in_place:
            for value in alike(sound):
                expected = call.function(**deepcopy(call.arguments))
                np.testing.assert_equal(*map(plain, (attempt(call, argument, value)[0], expected)))


def plain(result):
    """A result that can be compared."""
    if isinstance(result, np.ndarray) or not has_arrays(result):
        return result if isinstance(result, np.ndarray | float | int | list | tuple) else None
    return [plain(part) for part in result]


@pytest.mark.parametrize("size", [10**12, 10**15, 10**18])
@pytest.mark.parametrize(
    "name, argument",
    [
        ("bottlenecks.one_hot", "vocab_size"), ("bottlenecks.OneHotCBOW", "vocab_size"),
        ("bottlenecks.OneHotCBOW", "hidden_size"), ("training.CBOW", "vocab_size"),
        ("training.CBOW", "hidden_size"), ("training.CBOW", "window_size"),
        ("training.CBOW", "sample_size"), ("training.SkipGram", "hidden_size"),
        ("sampler.UnigramSampler", "sample_size"), ("training.Trainer.fit", "max_epoch"),
        ("negative_sampling.NegativeSamplingLoss", "sample_size"), ("engines.train", "vector_size"),
        ("engines.train", "window"), ("engines.train", "negative"), ("engines.train", "epochs"),
        ("engines.train", "threads"), ("draws.AliasTable.draw", "size"),
        ("draws.draw_others", "size"), ("ledger.measure", "vocab_size"),
        ("ledger.seconds", "repeats"),
        ("distributed.merge", "size"), ("distributed.rows_that_meet", "levels"),
        ("bottlenecks.create_contexts_target", "window_size"), ("road.half", "most"),
    ],
)  # fmt: skip
def test_absurd_sizes_are_refused_before_memory_runs_out(name, argument, size):
    def refused():
        _, error = attempt(CALLS[name], argument, size)
        assert error is not None

    assert peak(refused) < 20e6


def test_an_id_that_no_memory_has_room_for():
    call = CALLS["sampler.UnigramSampler"]
    for largest in (10**12, 2**62):
        _, error = attempt(call, "corpus", np.append(CORPUS, largest))
        assert isinstance(error, MemoryError)
        assert f"corpus holds the id {largest}" in str(error)


def test_what_memory_there_is_decides(monkeypatch):
    monkeypatch.setattr(memory, "there_is", lambda: 1_000_000)
    with pytest.raises(MemoryError, match="vocab_size is 1,000,000 and hidden_size 3: .*take a sm"):
        training.CBOW(1_000_000, 3, 1, CORPUS)
    monkeypatch.setattr(memory, "there_is", lambda: 10**12)
    training.CBOW(1_000, 3, 1, CORPUS)


def test_the_memory_there_is(monkeypatch):
    monkeypatch.undo()
    assert 10**8 < memory.there_is() <= memory.MORE_THAN_ANY


def test_layers_let_nan_pass_and_the_trainer_stops():
    layer = CALLS["embedding_dot.EmbeddingDot"]
    h = np.full((2, 3), np.nan)
    assert np.isnan(layer.function(**layer.arguments | {"h": h})[0]).all()
    model = training.CBOW(6, 3, 1, CORPUS, sample_size=2)
    model.word_vecs[...] = np.nan
    trainer = training.Trainer(model, training.SGD(0.1))
    with pytest.raises(FloatingPointError, match="diverged in epoch 1"):
        trainer.fit(CORPUS[[[0, 2]]], CORPUS[[1]], progress=False)


def test_the_weights_that_are_given_stay_as_they_are():
    before = W.copy()
    layer = CALLS["embedding.Embedding"]
    layer.function(**layer.arguments)
    np.testing.assert_array_equal(W, before)
