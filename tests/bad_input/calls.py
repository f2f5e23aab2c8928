"""Every public name in a call that works, for bad input to be put into, an argument at a time.

`CALLS` {name: Call}: the name is that of the library, without w2vlib, and of one of its methods.
"""

import contextlib
import functools
import tempfile
import types
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np

from w2vlib import (
    bottlenecks,
    cluster_text,
    corpus,
    distributed,
    draws,
    engines,
    evaluation,
    exercises,
    fused,
    gradient_check,
    ledger,
    machine,
    page,
    phrases,
    questions,
    road,
    sampler,
    sparse_gradients,
    stages,
    table,
    training,
    vocabulary,
)
from w2vlib.binary import SigmoidWithLoss, sigmoid
from w2vlib.embedding import Embedding
from w2vlib.embedding_dot import EmbeddingDot
from w2vlib.exercises import exercise
from w2vlib.negative_sampling import NegativeSamplingLoss

FOLDER = Path(tempfile.mkdtemp(prefix="w2vlib-calls-"))
TEXT = "the king rules the land\nthe queen rules the land\nwater runs down the hill\n" * 9
PAIRS = "king\tqueen\t8.5\nking\twater\t1.5\n"
ANALOGIES = ": royal\nking queen land water\n"
for name, text in {"text.txt": TEXT, "pairs.tsv": PAIRS, "analogies.txt": ANALOGIES}.items():
    (FOLDER / name).write_text(text)


class Call(NamedTuple):
    """A function, and arguments that it takes.

    in_place: those that it is to change.
    """

    function: object
    arguments: dict
    in_place: tuple = ()


def call(function, *in_place, **arguments):
    return Call(function, arguments, in_place)


def layer(kind, *given):
    """A function that builds a layer of its arguments, and goes forward and back through it.

    given: the names of those that `forward` takes.
    """

    def both_ways(dout, **arguments):
        inputs = [arguments.pop(name) for name in given]
        built = kind(**arguments)
        both = built.forward(*inputs), built.backward(dout)
        return *both, [getattr(grad, "rows", grad) for grad in built.grads]

    return both_ways


def optimiser(kind):
    def twice(params, grads, **options):
        built = kind(**options)
        built.update(params, grads)
        built.update(params, grads)
        return params

    return twice


def sparse_gradient():
    gradient = sparse_gradients.SparseGradient(W)
    gradient.put(TARGET, H)
    return gradient


def fit(**options):
    model = training.CBOW(6, 3, 1, CORPUS, sample_size=2, rng=0)
    trainer = training.Trainer(model, training.SGD(0.1))
    trainer.fit(**options)
    return trainer.losses


def ask(method):
    """A function that asks the vectors: `vectors.method`."""
    return functools.partial(getattr(evaluation.WordVectors, method), VECTORS)


def saved(words, **options):
    """Vectors of some words, saved and loaded."""
    vectors = evaluation.WordVectors(np.eye(3, dtype=np.float32), words)
    path = FOLDER / "vectors"
    vectors.save(path, **options)
    return evaluation.WordVectors.load(path)


def judged(kind):
    """A function that judges an answer to a field, as JSON would bring it to a page, too."""

    def judge(given=None, **expected):
        field = kind(**expected)
        field.data()
        return field.judge(given)

    return judge


def measured(**options):
    """A row of the ledger, by a clock that says 1 each time."""
    with mock.patch.object(stages, "seconds", lambda step, repeats: 1.0):
        return ledger.measure(**options)


class Arrived(Exception):
    pass


class Nobody:
    """A client of a cluster that has no workers."""

    def gather(self):
        pass

    def wait_for_workers(self, number, timeout):
        raise Arrived


def on_cluster(**options):
    """Load a text on a cluster, as far as that goes without workers."""
    with contextlib.suppress(Arrived):
        cluster_text.load_on_cluster(**options)


class Axes:
    """As much of Matplotlib's as a chart needs."""

    xaxis = types.SimpleNamespace(set_major_formatter=lambda formatter: None)

    def barh(self, names, values, color): ...
    def bar_label(self, bars, labels, padding): ...
    def set(self, **options): ...
    def invert_yaxis(self): ...


def drawing(method):
    return functools.partial(getattr(page.Diagram, method), page.Diagram(400, 90, "A picture."))


def shown(kind):
    """A function that builds what a page shows, and has it shown."""

    def show(*given, **options):
        return kind(*given, **options).page()

    return show


IDS = np.array([0, 1, 2, 3, 2, 1, 0, 3])
CORPUS = np.array([0, 1, 2, 3, 4, 5, 4, 3, 2, 1])
W = np.linspace(-1, 1, 18).reshape(6, 3)
TARGET = np.array([1, 2])
CONTEXTS = np.array([[0, 2], [1, 3]])
H = np.linspace(-1, 1, 6).reshape(2, 3)
DOUT = np.array([0.5, -1.0])
WORDS = ["king", "queen", "land"]
SMALL = corpus.Corpus.from_sentences(TEXT.split("\n"), min_count=1)
VECTORS = evaluation.WordVectors(np.eye(4, 3) + 0.1, [*WORDS, "water"])
VECTORS.save(FOLDER / "four.txt")
WALKER = draws.AliasTable(np.array([1.0, 2.0, 3.0]))
NEGATIVE = {"corpus": CORPUS, "power": 0.75, "sample_size": 2, "rng": 0}
TEXTS = {"min_count": 1, "max_vocab": 20, "lower": True, "split_punctuation": True, "nfc": True}
ON_DISK = {"on_disk": None, "progress": False}
MODEL = {"vocab_size": 6, "hidden_size": 3, "window_size": 1} | NEGATIVE
EXAMPLES = {"contexts": CONTEXTS, "target": TARGET}
ROWS = [ledger.Row("first", 100.0, 5_000_000, 100.0), ledger.Row("second", 250.0, 9_000, 1.0)]
ZIPF, CLUSTER = road.zipf(1000), road.Cluster(machines=4, tokens=9000)
TRAIN = {
    "corpus": SMALL, "model": "cbow", "vector_size": 4, "window": 2, "negative": 2, "power": 0.75,
    "epochs": 1, "subsample": 0, "learning_rate": 0.1, "decay": 0, "engine": "numpy", "threads": 1,
    "seed": 1, "progress": False, "callback": None, "checkpoint": None, "start": None,
    "client": None,
}  # fmt: skip


def double(answer, rng):
    x = rng.standard_normal(3)
    yield answer(x), 2 * x, [(x, "this is x itself.")]


CALLS = {
    # Texts
    "vocabulary.Vocabulary": call(vocabulary.Vocabulary, words=WORDS),
    "vocabulary.Vocabulary.word": call(vocabulary.Vocabulary(WORDS).word, id=1),
    "vocabulary.Vocabulary.ids": call(vocabulary.Vocabulary(WORDS).ids, words=["land", "king"]),
    "vocabulary.Vocabulary.__contains__": call(
        vocabulary.Vocabulary(WORDS).__contains__, word="king"
    ),
    "vocabulary.Vocabulary.__getitem__": call(
        vocabulary.Vocabulary(WORDS).__getitem__, word="king"
    ),
    "corpus.Corpus": call(
        corpus.Corpus,
        ids=np.array([0, 1, 2, 1]), vocabulary=WORDS, counts=np.array([1, 2, 1]), name="text",
    ),
    "corpus.Corpus.from_sentences": call(
        corpus.Corpus.from_sentences, sentences=["you say", ["good", "bye"]], **TEXTS, **ON_DISK
    ),
    "corpus.load_corpus": call(
        corpus.load_corpus,
        name_or_path=str(FOLDER / "text.txt"), split="train", **TEXTS, **ON_DISK,
    ),
    "cluster_text.load_on_cluster": call(
        on_cluster, text=str(FOLDER / "text.txt"), client=Nobody(), **TEXTS
    ),
    "cluster_text.ClusterText.of": call(cluster_text.ClusterText.of, corpus=SMALL),
    "phrases.join_phrases": call(
        phrases.join_phrases, corpus=SMALL, threshold=1, discount=1, on_disk=None
    ),
    # Training
    "engines.train": call(engines.train, **TRAIN),
    "engine.Engine.start": call(
        fused.ENGINE.start, vocab_size=6, vector_size=3, rng=np.random.default_rng(0)
    ),
    # Vectors
    "evaluation.WordVectors": call(
        evaluation.WordVectors, vectors=np.eye(3, dtype=np.float32), vocabulary=WORDS
    ),
    "evaluation.WordVectors.__getitem__": call(ask("__getitem__"), word="king"),
    "evaluation.WordVectors.__contains__": call(ask("__contains__"), word="king"),
    "evaluation.WordVectors.get": call(ask("get"), word="king", default=None),
    "evaluation.WordVectors.similarity": call(ask("similarity"), a="king", b="queen"),
    "evaluation.WordVectors.most_similar": call(
        ask("most_similar"), word="king", topn=2, restrict_vocab=4, method="3CosAdd"
    ),
    "evaluation.WordVectors.most_similar to a sum": call(
        ask("most_similar"), positive=["king", "land"], negative="queen"
    ),
    "evaluation.WordVectors.analogy": call(
        ask("analogy"), a="king", b="queen", c="land", topn=2, method="3CosMul"
    ),
    "evaluation.WordVectors.doesnt_match": call(ask("doesnt_match"), words=WORDS),
    "evaluation.WordVectors.evaluate_word_pairs": call(
        ask("evaluate_word_pairs"), path=str(FOLDER / "pairs.tsv")
    ),
    "evaluation.WordVectors.evaluate_analogies": call(
        ask("evaluate_analogies"), path=str(FOLDER / "analogies.txt"), method="3CosAdd"
    ),
    "evaluation.WordVectors.save": call(saved, words=WORDS, binary=False, header=True),
    "evaluation.WordVectors.save to": call(ask("save"), path=str(FOLDER / "saved.txt")),
    "evaluation.WordVectors.load": call(
        evaluation.WordVectors.load,
        path=str(FOLDER / "four.txt"), limit=3, encoding="utf-8", errors="strict",
    ),
    "questions.read_word_pairs": call(questions.read_word_pairs, path=str(FOLDER / "pairs.tsv")),
    "questions.read_analogies": call(questions.read_analogies, path=str(FOLDER / "analogies.txt")),
    # Layers
    "bottlenecks.create_contexts_target": call(
        bottlenecks.create_contexts_target, corpus=CORPUS, window_size=2
    ),
    "bottlenecks.one_hot": call(bottlenecks.one_hot, ids=IDS, vocab_size=6),
    "bottlenecks.MatMul": call(
        layer(bottlenecks.MatMul, "x"), W=W.T, x=H[:, :3], dout=np.ones((2, 6))
    ),
    "bottlenecks.SoftmaxWithLoss": call(
        layer(bottlenecks.SoftmaxWithLoss, "score", "t"), score=H, t=TARGET, dout=1
    ),
    "bottlenecks.OneHotCBOW": call(
        layer(bottlenecks.OneHotCBOW, "contexts", "target"),
        vocab_size=6, hidden_size=3, rng=0, dout=1, **EXAMPLES,
    ),
    "embedding.Embedding": call(layer(Embedding, "idx"), W=W, idx=TARGET, dout=H),
    "binary.sigmoid": call(sigmoid, x=H),
    "binary.SigmoidWithLoss": call(
        layer(SigmoidWithLoss, "score", "t"), score=DOUT, t=np.array([0, 1]), dout=1
    ),
    "embedding_dot.EmbeddingDot": call(
        layer(EmbeddingDot, "h", "idx"), W=W, h=H, idx=TARGET, dout=DOUT
    ),
    "sampler.UnigramSampler": call(sampler.UnigramSampler, **NEGATIVE),
    "sampler.UnigramSampler.get_negative_sample": call(
        lambda target: sampler.UnigramSampler(**NEGATIVE).get_negative_sample(target),
        target=TARGET,
    ),
    "negative_sampling.NegativeSamplingLoss": call(
        layer(NegativeSamplingLoss, "h", "target"), W=W, h=H, target=TARGET, dout=1, sampler=None,
        **NEGATIVE,
    ),
    "training.CBOW": call(
        layer(training.CBOW, "contexts", "target"), dout=1, sampler=None, dtype=np.float32,
        **MODEL, **EXAMPLES,
    ),
    "training.SkipGram": call(
        layer(training.SkipGram, "contexts", "target"), dout=1, sampler=None, dtype=np.float32,
        **MODEL, **EXAMPLES,
    ),
    "training.SGD": call(
        optimiser(training.SGD), "params", "grads", params=[W.copy()], grads=[W.copy()], lr=0.1
    ),
    "training.Adam": call(
        optimiser(training.Adam), "params", "grads", params=[W.copy()], grads=[W.copy()],
        lr=0.1, beta1=0.9, beta2=0.99, eps=1e-7,
    ),
    "training.Trainer.fit": call(
        fit, max_epoch=2, batch_size=2, eval_interval=1, rng=0, progress=False, **EXAMPLES
    ),
    "training.Trainer.step": call(
        lambda contexts, target: training.Trainer(
            training.CBOW(6, 3, 1, CORPUS, sample_size=2, rng=0), training.SGD(0.1)
        ).step(contexts, target),
        **EXAMPLES,
    ),
    "training.Trainer": call(
        training.Trainer,
        model=training.CBOW(6, 3, 1, CORPUS, sample_size=2), optimizer=training.SGD(0.1),
    ),
    "sparse_gradients.SparseGradient": call(sparse_gradients.SparseGradient, W=W),
    "sparse_gradients.SparseGradient.put": call(
        sparse_gradients.SparseGradient(W).put, idx=TARGET, dout=H
    ),
    "sparse_gradients.SparseEmbedding": call(
        layer(sparse_gradients.SparseEmbedding, "idx"), W=W, idx=TARGET, dout=H
    ),
    "sparse_gradients.SparseEmbeddingDot": call(
        layer(sparse_gradients.SparseEmbeddingDot, "h", "idx"),
        W=W, h=H, idx=np.array([[1, 2], [3, 4]]), dout=np.ones((2, 2)),
    ),
    "sparse_gradients.SparseNegativeSamplingLoss": call(
        layer(sparse_gradients.SparseNegativeSamplingLoss, "h", "target"),
        W=W, h=H, target=TARGET, dout=1, sampler=None, **NEGATIVE,
    ),
    "sparse_gradients.SparseCBOW": call(
        layer(sparse_gradients.SparseCBOW, "contexts", "target"), dout=1, sampler=None,
        dtype=np.float32, **MODEL, **EXAMPLES,
    ),
    **{
        f"sparse_gradients.{kind.__name__}": call(
            optimiser(kind), "params", params=[W.copy()], grads=[sparse_gradient()], **options
        )
        for kind, options in [
            (sparse_gradients.SparseSGD, {"lr": 0.1}),
            (sparse_gradients.SparseAdaGrad, {"lr": 0.1, "eps": 1e-7}),
            (
                sparse_gradients.SparseAdam,
                {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 1e-7},
            ),
        ]
    },
    "gradient_check.numerical_gradient": call(
        gradient_check.numerical_gradient, "x", f=lambda: 1.0, x=H, eps=1e-4
    ),
    # Inside the engines
    "draws.AliasTable": call(draws.AliasTable, p=np.array([1.0, 0.0, 3.0])),
    "draws.AliasTable.draw": call(
        lambda size, rng: WALKER.draw(size, rng), size=(2, 3), rng=np.random.default_rng(0)
    ),
    "draws.draw_others": call(
        draws.draw_others, table=WALKER, target=TARGET, size=3, rng=np.random.default_rng(0)
    ),
    "fused.window_band": call(fused.window_band, window=2),
    "distributed.rows_that_meet": call(
        distributed.rows_that_meet, meeting=3, vocab_size=1000, levels=4
    ),
    "distributed.find_changes": call(distributed.find_changes, copy=W, base=W + np.eye(6, 3)),
    "distributed.row_weights": call(distributed.row_weights, moves=DOUT**2, copies=2),
    "distributed.merge": call(
        distributed.merge, found=[(TARGET, H, TARGET), (TARGET, H, TARGET)], size=6
    ),
    # A cluster on paper
    "road.Words.of": call(
        road.Words.of, counts=np.array([8.0, 4.0, 2.0]), number=1, subsample=1e-3, power=0.75
    ),
    "road.zipf": call(road.zipf, vocab_size=1000),
    "road.rows_changed": call(road.rows_changed, words=ZIPF, tokens=9000, levels=2),
    "road.bytes_sent": call(road.bytes_sent, words=ZIPF, cluster=CLUSTER),
    "road.bytes_of_rounds": call(
        road.bytes_of_rounds, words=ZIPF, machines=4, rounds=[(9000, 10)], vector_size=100
    ),
    "road.copies": call(road.copies, words=ZIPF, cluster=CLUSTER),
    "road.columns": call(road.columns, cluster=CLUSTER),
    "road.half": call(road.half, words=ZIPF, cluster=CLUSTER, most=8),
    "road.Cluster": call(
        lambda **one: road.copies(ZIPF, road.Cluster(**one)), **CLUSTER._asdict()
    ),
    # The ledger
    "ledger.Row": call(lambda **one: ledger.table([ledger.Row(**one)]), **ROWS[0]._asdict()),
    "ledger.measure": call(measured, stage="+ EmbeddingDot", vocab_size=10, budget=0.25),
    "ledger.bytes_touched": call(ledger.bytes_touched, stage="+ Embedding", vocab_size=1000),
    "ledger.slowdown": call(ledger.slowdown, row=ledger.Row("unheard of", 1.0, 1, 1.0)),
    "ledger.table": call(ledger.table, rows=ROWS, before=True),
    "ledger.report": call(ledger.report, rows=ROWS, slowdowns={"second": 2.0}),
    "ledger.chart": call(ledger.chart, rows=ROWS, ax=Axes()),
    "ledger.seconds": call(ledger.seconds, f=lambda: None, repeats=2),
    "ledger.times": call(ledger.times, factor=2.5),
    "table.Table": call(table.Table, header=["V", "seconds"], rows=[["7", 0.2]]),
    # The machine
    "machine.bar": call(machine.bar, steps=range(3), title="counting", show=False),
    # Exercises
    "exercises.check": call(
        lambda name, seed, **answers: exercises.check(name, seed=seed, **answers),
        name="lookup_by_hand", seed=0, row_3=3, everything="9",
    ),
    "exercises.check with code": call(
        lambda name, answer, seed: exercises.check(name, answer, seed=seed),
        name="gradient_by_product", answer=None, seed=0,
    ),
    "exercises.find": call(exercises.find, name="lookup_by_hand"),
    "exercises.exercise.Number": call(
        judged(exercise.Number), right=6, mistakes={3: "one of two."}, tolerance=0.5, label="x",
        percent=False, given="3",
    ),
    "exercises.exercise.Numbers": call(
        judged(exercise.Numbers), right=[1, 2], mistakes={(2, 1): "swapped."}, tolerance=0.5,
        label="x", given="2, 1",
    ),
    "exercises.exercise.Shape": call(
        judged(exercise.Shape), right=(3, 2), mistakes={(2, 3): "swapped."}, label="x",
        given="3 x 2",
    ),
    "exercises.exercise.Word": call(
        judged(exercise.Word), right="log", mistakes={"exp": "the inverse."}, label="x", given="Log"
    ),
    "exercises.exercise.Choice": call(
        judged(exercise.Choice), options=["yes", "no"], right="yes", mistakes={"no": "think."},
        label="x", given="no",
    ),
    "exercises.exercise.Fields": call(exercise.Fields, row=exercise.Number(6)),
    "exercises.exercise.Fields.judge": call(exercise.Fields(row=exercise.Number(6)).judge, row=6),
    "exercises.exercise.Code": call(
        lambda steps, answer, seed: exercise.Code(steps).judge(answer, seed),
        steps=double, answer=lambda x: 2 * x, seed=0,
    ),
    "exercises.exercise.compare": call(
        exercise.compare, got=[7, 0], expected=[8, 0], mistakes=[([7, 0], "one part.")]
    ),
    # What a page shows
    "page.drawing.Diagram": call(page.Diagram, width=400, height=90, alt="A picture."),
    "page.drawing.Diagram.box": call(
        drawing("box"), x=0, y=20, text="x", role="plain", width=30, height=28
    ),
    "page.drawing.Diagram.circle": call(
        drawing("circle"), x=0, y=20, text="x", role="plain", radius=9, filled=False
    ),
    "page.drawing.Diagram.table": call(
        drawing("table"), x=0, y=20, values=IDS.reshape(2, 4), role="plain", title="W",
        marked=(0, 2), cell=(34, 22),
    ),
    "page.drawing.Diagram.arrow": call(
        drawing("arrow"), start=(0, 0), end=(9, 9), role="forward", label="x", side=1
    ),
    "page.drawing.Diagram.edge": call(
        drawing("edge"), start=(0, 0), end=(9, 0), forward="h", gradient="dh"
    ),
    "page.drawing.Diagram.line": call(drawing("line"), start=(0, 0), end=(9, 9), role="plain"),
    "page.drawing.Diagram.curve": call(
        drawing("curve"), xs=[0, 4, 9], ys=[0, 2.5, 3], role="forward", part="loss"
    ),
    "page.drawing.Diagram.bar": call(
        drawing("bar"), x=0, y=20, width=30, role="forward", height=14
    ),
    "page.drawing.Diagram.text": call(
        drawing("text"), x=0, y=20, text="x", role="plain", align="middle", size=13, part="h"
    ),
    "page.explore.Explore": call(
        shown(page.Explore), picture="{score}".format, start={"score": 0}, play=True, score=[0, 1]
    ),
    "page.playground.Playground": call(
        shown(page.Playground), text="you say goodbye and i say hello .", rate=0.1, seed=0
    ),
    "page.playground.Playground.glance": call(
        page.Playground("you say goodbye and i say hello .").glance, passes=3
    ),
    "page.road.Road": call(shown(page.Road), machines=64, vocab_size=10_000),
    "page.row_sparse.RowSparse": call(shown(page.RowSparse), start=[2, 0, 2]),
    "page.valley.Valley": call(shown(page.Valley), start=(8, 1), rates={"SGD": 0.018}),
    "page.word_map.WordMap": call(
        shown(page.WordMap), vectors=VECTORS, words=WORDS, places=np.eye(3, 2), topn=1
    ),
    "page.neighbours.Neighbours": call(
        shown(page.Neighbours), vectors=VECTORS, file="few.bytes", first="king - land", topn=2
    ),
    "page.neighbours.Neighbours.answer": call(
        page.Neighbours(VECTORS, "few.bytes", topn=2).answer, text="king - land"
    ),
    "page.chances.Chances.chances": call(
        page.Chances({"you": 16, "say": 1, "hello": 8}).chances, target="you"
    ),
    "page.chances.Chances": call(
        shown(page.Chances), counts={"you": 16, "say": 1, "hello": 8}, power=0.75, target="you"
    ),
    "page.quiz.Quiz": call(
        lambda **one: page.Quiz(tuple(one.values())).page(),
        question="Is 0 an id?", answers={"yes": "a", "no": "b"},
    ),
    "page.quiz.Predict": call(
        shown(page.Predict), question="Is a row enough?", answers={"yes": "a", "no": "b"}
    ),
}  # fmt: skip
if not find_spec("fsspec"):  # Dask brings it
    del CALLS["cluster_text.load_on_cluster"]
# Arguments that nothing is wrong for.
TAKE_ANYTHING = {
    "evaluation.WordVectors.__contains__": {"word"},
    "evaluation.WordVectors.get": {"word", "default"},
    "exercises.check": {"row_3", "everything"},
    "exercises.check with code": {"answer"},
    "exercises.exercise.Choice": {"given"},
    "exercises.exercise.Code": {"answer"},
    "exercises.exercise.Fields.judge": {"row"},
    "exercises.exercise.Number": {"given"},
    "exercises.exercise.Numbers": {"given"},
    "exercises.exercise.Shape": {"given"},
    "exercises.exercise.Word": {"given"},
    "exercises.exercise.compare": {"got"},
    "vocabulary.Vocabulary.__contains__": {"word"},
}
