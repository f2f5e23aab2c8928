"""Check and time the CUDA engine on a card: python tools/gpu_bench.py, some three minutes.

Every figure comes from one run: the card, its ladder, quality, growth, a large text (--wiki8: a
folder with it), PyTorch and CuPy where they are installed, and the compiled engine on the processor
beside the card. A section that fails, or takes too long, says so, and the next goes on.

A time is the wall time of a training, with all that goes to the card and comes back from it; what
is compiled is compiled before. `kernel` is the time of the engine's kernel alone, by the card's
clock. Tokens are words of the text, with those that are thinned out. `loss` is the mean loss of a
word in the last epoch.
"""

import argparse
import json
import lzma
import math
import platform
import runpy
import signal
import statistics
import subprocess
import time
import traceback
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import gpu_ladder
import numpy as np
from numba import cuda

from w2vlib import Corpus, Vocabulary, WordVectors, cuda_engine, gpu, hogwild, load_corpus
from w2vlib.draws import kept_share
from w2vlib.engines import usual_epochs
from w2vlib.questions import read_analogies
from w2vlib.reading import EOS

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "book" / "results" / "gpu.json"
SETTINGS = {"window": 5, "negative": 5, "power": 0.75} | cuda_engine.ENGINE.defaults["cbow"]
OFFSETS = np.array([*range(-5, 0), *range(1, 6)])
SEEDS = (1, 2, 3)
f32 = np.float32


class Record:
    """What was measured so far, on disk after each addition."""

    def __init__(self, path):
        self.path, self.begin, self.data = path, time.perf_counter(), {"failures": {}}

    def add(self, section, name, value):
        self.keep(section, name, value)
        self.say(f"{section}: {name}: {value}")

    def keep(self, section, name, value):
        self.data.setdefault(section, {})[name] = value
        self.save()

    def say(self, text):
        print(f"[{time.perf_counter() - self.begin:6.1f}] {text}", flush=True)

    def fail(self, section):
        self.data["failures"][section] = traceback.format_exc()
        print(f"FAILED {section}\n{traceback.format_exc()[-1500:]}", flush=True)
        self.save()

    def save(self):
        text = json.dumps(rounded(self.data), indent=1, allow_nan=False)
        self.path.write_text(text + "\n", encoding="utf-8")


def rounded(value):
    """Numbers to four digits, None for NaN and infinity, which JSON does not know."""
    if isinstance(value, dict):
        return {str(name): rounded(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part) for part in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.4g}") if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def shuffled_default(words):
    """The default corpus with its lines in random order; the first `words` of it."""
    corpus = load_corpus("default")
    ends = np.flatnonzero(corpus.ids == corpus.vocabulary[EOS]) + 1
    lines = np.split(corpus.ids, ends[:-1])
    order = np.random.default_rng(0).permutation(len(lines))
    ids = np.concatenate([lines[i] for i in order])[:words]
    return Corpus(ids, corpus.vocabulary, corpus.counts, "default")


def large_text(folder):
    """17 million words of Wikipedia: wiki8.ids.xz has three planes of bytes, the lowest first."""
    raw = np.frombuffer(lzma.decompress((folder / "wiki8.ids.xz").read_bytes()), np.uint8)
    low, middle, high = raw.reshape(3, -1).astype(np.int32)
    words = lzma.decompress((folder / "wiki8.words.xz").read_bytes()).decode().split(" ")
    ids = low | middle << 8 | high << 16
    return Corpus(ids, Vocabulary(words), np.bincount(ids, minlength=len(words)), "wiki8")


def random_text(V, T, zipf, line=20):
    """Lines of words drawn by Zipf's law, or evenly; the last word ends a line."""
    rng = np.random.default_rng(0)
    p = 1 / (np.arange(V - 1) + 2.7) if zipf else np.ones(V - 1)
    ids = np.searchsorted(np.cumsum(p) / p.sum(), rng.random(T)).clip(0, V - 2)
    ids[line - 1 :: line] = V - 1
    words = Vocabulary([*map(str, range(V - 1)), EOS])
    return Corpus(ids.astype(np.int32), words, np.bincount(ids, minlength=V), "random")


# Training and quality -----------------------------------------------------------------------------


class Kernel:
    """A kernel in place of the engine's, launched by `shape` if given; the card notes its times."""

    events: ClassVar = []

    def __init__(self, kernel, shape=None):
        self.kernel, self.shape = kernel, shape

    def __getitem__(self, shape):
        def launch(*arguments):
            begin, end = cuda.event(), cuda.event()
            begin.record()
            self.kernel[self.shape or shape](*arguments)
            end.record()
            Kernel.events.append((begin, end))

        return launch


def kernel_seconds():
    """The times of the launches since the last call, in seconds."""
    cuda.synchronize()
    found = [begin.elapsed_time(end) / 1e3 for begin, end in Kernel.events]
    Kernel.events.clear()
    return found


MAKE = gpu.make_learn


def fit(corpus, seed=1, size=100, rung=None, **options):
    """Train -> vectors, seconds, loss; by another kernel, a Kernel, if `rung` is given."""
    rng = np.random.default_rng(seed)
    matrices = cuda_engine.ENGINE.start(len(corpus.vocabulary), size, rng)
    gpu.make_learn = (lambda own: Kernel(MAKE(own))) if rung is None else (lambda own: rung)
    losses = []
    options = {"epochs": usual_epochs(len(corpus))} | SETTINGS | options
    begin = time.perf_counter()
    list(cuda_engine.fit(
        *matrices, corpus, seed=seed, report=lambda tokens, loss=None: losses.append(loss),
        **options,
    ))  # fmt: skip
    return matrices[0], time.perf_counter() - begin, last_epoch(losses, options["epochs"])


def last_epoch(losses, epochs):
    """The mean of the last epoch's losses, as far as they are known, or None."""
    known = [loss for loss in losses[-max(1, len(losses) // epochs) :] if loss is not None]
    return statistics.fmean(known) if known else None


@cache
def analogies(vocabulary):
    """The ids of the analogies whose words are all known, (N, 4), for words in lower case."""
    asked = [q for questions in read_analogies().values() for q in questions]
    known = [vocabulary.ids(q) for q in asked if all(word in vocabulary for word in q)]
    return np.array(known, dtype=np.int64).reshape(-1, 4)


class Answers(WordVectors):
    """WordVectors that answer analogies on the card, by PyTorch: it saves seconds."""

    def accuracy(self, block=1 << 25):
        """`evaluate_analogies().accuracy`, where no words differ by case alone."""
        if not find_spec("torch"):
            return self.evaluate_analogies().accuracy
        import torch

        device = "cuda" if torch.cuda.is_available() else "cpu"
        unit = torch.from_numpy(np.array(self.unit)).to(device)
        asked = torch.from_numpy(analogies(self.vocabulary)).to(device)
        right = []
        for part in asked.split(block // len(self)):
            a, b, c = (unit[part[:, i]] for i in range(3))
            cosines = (b - a + c) @ unit.T
            cosines.scatter_(1, part[:, :3], -torch.inf)
            right.append((cosines.argmax(1) == part[:, 3]).cpu().numpy())
        return float(np.concatenate(right).mean()) if right else math.nan


def scores(vectors, corpus):
    """Quality, or that the training diverged."""
    if not np.abs(vectors).max() < 1000:  # a comparison with NaN is False
        return {"diverged": True, "wordsim": math.nan, "analogies": math.nan}
    wv = Answers(vectors, corpus.vocabulary)
    pairs, right = wv.evaluate_word_pairs().spearman, wv.accuracy()
    return {"diverged": False, "wordsim": pairs, "analogies": right}


def measured(corpus, train, epochs, seeds=SEEDS):
    """Quality and speed of train(seed) -> vectors, seconds, loss; the mean over the seeds."""
    runs = []
    for seed in seeds:
        vectors, seconds, loss = train(seed)
        runs.append(scores(vectors, corpus) | {"loss": loss, "seconds": seconds})
    times = spread([run["seconds"] for run in runs])
    return {
        "seeds": len(runs),
        "epochs": epochs,
        "seconds": times,
        "Mtokens/s": epochs * len(corpus) / times["median"] / 1e6,
        "wordsim": float(np.mean([run["wordsim"] for run in runs])),
        "analogies": float(np.mean([run["analogies"] for run in runs])),
        "diverged": sum(run["diverged"] for run in runs),
        "runs": runs,
    }


def on_card(corpus, seeds=SEEDS, **options):
    """`measured` for the engine, or a rung, with the seconds of its kernel for an epoch."""
    fit(corpus_part(corpus, 2_000), **options | {"epochs": 1})  # compiles
    kernel_seconds()
    epochs = options.setdefault("epochs", usual_epochs(len(corpus)))
    found = measured(corpus, lambda seed: fit(corpus, seed, **options), epochs, seeds)
    return found | {"kernel": sum(kernel_seconds()) / epochs / len(seeds)}


def corpus_part(corpus, words):
    return Corpus(corpus.ids[:words], corpus.vocabulary, corpus.counts, "part")


# Sections -----------------------------------------------------------------------------------------


def card(record, args):
    names = ["numpy", "numba", "numba-cuda", "torch", "cupy-cuda12x", "cupy-cuda13x"]
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except ImportError:  # not installed
            continue
    record.add("card", "versions", found)
    query = "--query-gpu=name,driver_version,clocks.max.sm,power.limit,memory.total"
    smi = subprocess.run(
        ["nvidia-smi", query, "--format=csv,noheader"], capture_output=True, text=True, check=False
    )
    record.add("card", "name", smi.stdout.strip())
    rule = {
        "at_once": cuda_engine.AT_ONCE,
        "repeats": cuda_engine.REPEATS,
        "longest": cuda_engine.LONGEST,
    }
    record.add("card", "settings", SETTINGS | rule)
    record.add("card", "multiprocessors", cuda.get_current_device().MULTIPROCESSOR_COUNT)


@cuda.jit
def read(a, sums, rounds, step):
    """Add up `a`, a power of two long, again and again, each time from another place on."""
    total = f32(0)
    for r in range(rounds):
        for i in range(cuda.grid(1), len(a), cuda.gridsize(1)):
            total += a[(i + r * step) & (len(a) - 1)]
    sums[cuda.grid(1)] = total


@cuda.jit
def add(a, sums, rounds, step):
    """Add to each number of `a`, atomically."""
    for r in range(rounds):
        for i in range(cuda.grid(1), len(a), cuda.gridsize(1)):
            cuda.atomic.add(a, (i + r * step) & (len(a) - 1), f32(1))


def bandwidth(record, args):
    """How fast the card reads, and adds atomically, in its L2 and in its memory."""
    blocks, threads = 132 * 16, 128
    sums = cuda.device_array(blocks * threads, f32)
    for place, length, rounds in (("L2", 1 << 21, 200), ("memory", 1 << 29, 1)):
        a = cuda.device_array(length, f32)
        for kernel in (read, add):
            timed = Kernel(kernel)
            for _ in range(6):
                timed[blocks, threads](a, sums, rounds, 12_345 * 32)
            rates = [length * rounds / seconds / 1e9 for seconds in kernel_seconds()[1:]]
            value = {"MB": length * 4 / 1e6, "G numbers/s": spread(rates)}
            record.add("bandwidth", f"{kernel.__name__} in {place}", value)


def checks(record, args):
    """One line: each kernel against float64; and the engine, one line at a time, against itself."""
    reference = runpy.run_path(str(ROOT / "tests" / "reference.py"))["learn_a_line"]
    for size in (100, 300):
        rng = np.random.default_rng(size)
        words = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5])
        share, alias = rng.random(12, dtype=f32), rng.integers(12, size=12).astype(np.int32)
        before = [f32(rng.normal(size=(12, size), scale=1.5 / size**0.5)) for _ in range(2)]
        seed, rate, decay = 2**62 + 1, 0.1, 0.05
        expected = reference(*before, words, share, alias, seed, 5, 5, rate, decay)
        own = -(-size // gpu.WARP)
        kernels = {
            "a warp a line, atomic": (MAKE(own), (1, gpu.WARP)),
            "a warp a line": (gpu_ladder.a_warp_a_line(size), (1, gpu.WARP)),
            "a thread a line": (gpu_ladder.a_thread_a_line(size), (1, 1)),
        }
        for name, (kernel, shape) in kernels.items():
            found = [cuda.to_device(W) for W in before]
            kernel[shape](
                *found, cuda.to_device(np.int32(words)), cuda.to_device(np.zeros(1, np.int64)),
                cuda.to_device(np.array([len(words)], np.int32)), 5, 5, cuda.to_device(share),
                cuda.to_device(alias), f32(rate), f32(rate), f32(decay), np.uint64(seed),
                cuda.to_device(np.zeros(2)),
            )  # fmt: skip
            pairs = list(zip(expected, [W.copy_to_host() for W in found]))
            wrong = max(float(np.abs(a - b).max()) for a, b in pairs)
            moved = max(float(np.abs(a - b).max()) for a, b in zip(expected, before))
            value = {"wrong": wrong, "moved": moved, "right": wrong < 1e-5}
            record.add("checks", f"{name}, H={size}", value)
    part = corpus_part(args.corpus, 20_000)
    same = [fit(part, epochs=1, at_once=1)[0] for _ in range(2)]
    right = bool((same[0] == same[1]).all())
    record.add("checks", "one line at a time: the same twice", {"right": right})
    wv = Answers(fit(args.corpus)[0], args.corpus.vocabulary)
    both = wv.accuracy(), wv.evaluate_analogies().accuracy
    value = {"on the card": both[0], "right": abs(both[0] - both[1]) < 1e-3}
    record.add("checks", "analogies, as the library counts them", value)


def ladder(record, args):
    """The rungs, each with its kernel and how many threads it is launched with."""
    thread, warp = gpu_ladder.a_thread_a_line(100), gpu_ladder.a_warp_a_line(100)
    group = gpu_ladder.a_block_a_group(100)
    a_warp, atomic = gpu.WARP, MAKE(-(-100 // gpu.WARP))
    rungs = {
        "a thread a line, 256 at a time": {"rung": Kernel(thread, (8, 32)), "seeds": (1,)},
        "a thread a line, 4096 at a time": {"rung": Kernel(thread, (128, 32))},
        "a thread a line, 32768 at a time": {"rung": Kernel(thread, (256, 128))},
        "a warp a line, 256 at a time": {"rung": Kernel(warp, (256, a_warp))},
        "a warp a line, 4096 at a time": {"rung": Kernel(warp, (4096, a_warp))},
        "a block a group, 128 at a time": {"rung": Kernel(group, (128, 128))},
        "a block a group, 264 at a time": {"rung": Kernel(group, (264, 128))},
        "a warp a line, 4096 at a time, atomic": {"rung": Kernel(atomic, (4096, a_warp))},
    }
    longest = cuda_engine.LONGEST
    for name, rung in rungs.items():
        cuda_engine.LONGEST = gpu_ladder.ROWS if "group" in name else longest
        record.add("ladder", name, on_card(args.corpus, **rung))
    cuda_engine.LONGEST = longest


def quality(record, args):
    """The engine at its defaults, and with other settings."""
    seeds = range(1, 6)
    record.add("quality", "defaults", on_card(args.corpus, seeds))
    grid = [{"at_once": n} for n in (64, 256, 1024, 4096, 16384)]
    grid += [{"learning_rate": r} for r in (0.06, 0.1, 0.15, 0.2, 0.3)]
    grid += [{"decay": d} for d in (0, 0.02, 0.05, 0.1)]
    grid += [{"epochs": e} for e in (5, 9, 12, 15)]
    grid += [{"subsample": s} for s in (1e-3, 3e-4, 1e-4, 3e-5)]
    grid += [{"size": 300}]
    for options in grid:
        name = ", ".join(f"{name}={x}" for name, x in options.items())
        record.add("quality", name, on_card(args.corpus, **options))


def reads(record, args):
    """What an epoch reads and adds, counted: rows of 100 numbers, and how fast that went."""
    corpus = args.corpus
    keep = kept_share(corpus.counts, SETTINGS["subsample"])
    rng = np.random.default_rng(0)
    lines = hogwild.cut_lines(corpus, cuda_engine.LONGEST)
    stays = rng.random(len(corpus)) < keep[corpus.ids]
    words = np.add.reduceat(stays, lines[:-1], dtype=np.int64)
    words = words[words > 1]
    pairs = sum(2 * int(np.maximum(words - d, 0).sum()) for d in range(1, 6))
    rows = pairs + int(words.sum()) * (2 + SETTINGS["negative"])  # the word's own decays
    fit(corpus, epochs=1)
    kernel_seconds()
    fit(corpus, epochs=5)
    seconds = statistics.median(kernel_seconds())
    value = {
        "tokens": len(corpus),
        "words kept": int(words.sum()),
        "neighbours": pairs,
        "rows read, and as many added to": rows,
        "kernel": seconds,
        "G numbers/s read": 100 * rows / seconds / 1e9,
        "G numbers/s added": 100 * rows / seconds / 1e9,
    }
    record.add("reads", "an epoch", value)


def small(record, args):
    """Small vocabularies, where few lines may go at once: the rule, and against the rule."""
    say = np.tile([0, 1, 2, 3, 4, 1, 5, 6], 1_500).astype(np.int32)
    words = Vocabulary("you say goodbye and i hello".split() + [EOS])
    texts = {
        "7 words": Corpus(say, words, np.bincount(say), "say"),
        "200 words": random_text(200, 60_000, True),
        "2000 words": random_text(2_000, 200_000, True),
    }
    for name, corpus in texts.items():
        rule = cuda_engine.lines_at_once(corpus.counts)
        for at_once in (rule, 8 * rule, cuda_engine.AT_ONCE):
            largest = [
                float(np.abs(fit(corpus, seed, subsample=0, at_once=at_once)[0]).max())
                for seed in SEEDS
            ]
            value = {"rule": rule, "largest numbers": largest}
            record.add("small", f"{name}, {at_once} lines at a time", value)
    kernel_seconds()


def growth(record, args):
    """A pass over 4 million words, by the size of the vocabulary."""
    for zipf in (True, False):
        for V in (10_000, 100_000, 1_000_000):
            corpus = random_text(V, args.growth, zipf)
            options = {
                "subsample": 0,
                "at_once": cuda_engine.AT_ONCE,
                "learning_rate": 1e-4,
                "epochs": 4,
            }
            fit(corpus, **options)
            times = kernel_seconds()[1:]
            value = {"kernel": spread(times), "ns a token": min(times) / len(corpus) * 1e9}
            record.add("growth", f"{'zipf' if zipf else 'even'}, V={V}", value)


def large(record, args):
    corpus = large_text(args.wiki8)
    record.add("large", "text", {"tokens": len(corpus), "words": len(corpus.vocabulary)})
    for epochs in sorted({1, usual_epochs(len(corpus)), 5}):
        record.add("large", f"epochs={epochs}", on_card(corpus, (1, 2), epochs=epochs))


def processor(record, args):
    """The compiled engine on the processor of the same machine."""
    engine = hogwild.ENGINE
    engine.prepare()
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next(line.split(":")[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        pass
    record.add("processor", "name", name)
    options = {name: SETTINGS[name] for name in ("window", "negative", "power")}
    options |= engine.defaults["cbow"] | {"epochs": usual_epochs(len(args.corpus))}
    for threads in (1, 16):

        def train(seed, threads=threads):
            rng, losses = np.random.default_rng(seed), []
            matrices = engine.start(len(args.corpus.vocabulary), 100, rng)
            begin = time.perf_counter()
            training = engine.fit(
                *matrices, args.corpus, seed=seed, threads=threads,
                report=lambda tokens, loss=None: losses.append(loss), **options,
            )  # fmt: skip
            list(training)
            seconds = time.perf_counter() - begin
            return matrices[0], seconds, last_epoch(losses, options["epochs"])

        value = measured(args.corpus, train, options["epochs"])
        record.add("processor", f"compiled, {threads} threads", value)


# Others -------------------------------------------------------------------------------------------


def windows_at(xp, ids, line, places, offsets, V):
    """The ids of the windows around `places`, V where there is none: (B, 2w); xp: torch or cupy."""
    near = places[:, None] + offsets
    inside = (near >= 0) & (near < len(ids))
    near = near.clip(0, len(ids) - 1)
    return xp.where(inside & (line[near] == line[places][:, None]), ids[near], V)


def thinned(corpus, rng):
    """The words that stay, and the number of the line of each."""
    line = np.zeros(len(corpus), np.int64)
    np.cumsum(corpus.ids[:-1] == corpus.vocabulary[EOS], out=line[1:])
    keep = kept_share(corpus.counts, SETTINGS["subsample"])
    kept = rng.random(len(corpus), f32) < keep[corpus.ids]
    return corpus.ids[kept], line[kept]


def torch_training(corpus, batch, rate, epochs, seed=1):
    """Embedding bags with sparse gradients, descent by summed losses -> as `fit`, without loss."""
    import torch
    from torch import nn
    from torch.nn.functional import logsigmoid

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    V = len(corpus.vocabulary)
    begin = time.perf_counter()
    inputs = nn.EmbeddingBag(V + 1, 100, mode="mean", sparse=True, padding_idx=V).cuda()
    outputs = nn.Embedding(V, 100, sparse=True).cuda()
    with torch.no_grad():
        inputs.weight.uniform_(-4 / 100, 4 / 100)
        inputs.weight[V] = 0
        outputs.weight.zero_()
    optimizer = torch.optim.SGD([*inputs.parameters(), *outputs.parameters()], lr=rate)
    offsets = torch.from_numpy(OFFSETS).cuda()
    noise = torch.from_numpy(corpus.counts**0.75).float().cuda()
    for epoch in range(epochs):
        ids, line = (torch.from_numpy(x).cuda().long() for x in thinned(corpus, rng))
        chosen = torch.randperm(len(ids), device="cuda").split(batch)
        for step, places in enumerate(chosen):
            for parameters in optimizer.param_groups:
                parameters["lr"] = rate * (1 - (epoch + step / len(chosen)) / epochs)
            negatives = torch.multinomial(noise, 5 * len(places), replacement=True)
            h = inputs(windows_at(torch, ids, line, places, offsets, V))
            positive = (h * outputs(ids[places])).sum(1)
            negative = torch.bmm(outputs(negatives.view(-1, 5)), h.unsqueeze(2)).squeeze(2)
            loss = -(logsigmoid(positive).sum() + logsigmoid(-negative).sum())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return inputs.weight.detach()[:V].cpu().numpy(), time.perf_counter() - begin, None


def cupy_training(corpus, batch, rate, epochs, seed=1):
    """Arrays on the card: rows looked up, products, sums scattered back -> as `fit`."""
    import cupy as cp
    import cupyx

    rng = np.random.default_rng(seed)
    cp.random.seed(seed)
    V = len(corpus.vocabulary)
    begin = time.perf_counter()
    inputs = cp.asarray((rng.random((V + 1, 100), dtype=f32) - f32(0.5)) * f32(8 / 100))
    inputs[V] = 0
    outputs = cp.zeros((V, 100), cp.float32)
    offsets = cp.asarray(OFFSETS)
    thresholds = cp.asarray(np.cumsum(corpus.counts**0.75) / np.sum(corpus.counts**0.75))
    for epoch in range(epochs):
        ids, line = map(cp.asarray, thinned(corpus, rng))
        order = cp.random.permutation(len(ids))
        for start in range(0, len(ids), batch):
            now = rate * (1 - (epoch + start / len(ids)) / epochs)
            places = order[start : start + batch]
            near = windows_at(cp, ids, line, places, offsets, V)
            size = cp.maximum((near < V).sum(1, keepdims=True), 1).astype(cp.float32)
            h = inputs[near].sum(1) / size
            drawn = cp.searchsorted(thresholds, cp.random.random((len(places), 5))).clip(0, V - 1)
            rows = cp.concatenate([ids[places][:, None], drawn], axis=1)
            y = outputs[rows]
            error = 1 / (1 + cp.exp(-cp.einsum("bh,bkh->bk", h, y)))
            error[:, 0] -= 1
            dh = cp.einsum("bk,bkh->bh", error, y) / size
            cupyx.scatter_add(outputs, rows, -now * error[:, :, None] * h[:, None, :])
            change = cp.broadcast_to((-now * dh)[:, None, :], (len(places), near.shape[1], 100))
            cupyx.scatter_add(inputs, near, change)
            inputs[V] = 0
    return cp.asnumpy(inputs[:V]), time.perf_counter() - begin, None


def others(record, args):
    for name, training in (("torch", torch_training), ("cupy", cupy_training)):
        if not find_spec(name):
            continue
        training(corpus_part(args.corpus, 20_000), 1024, 0.05, 1)
        for batch in (1_024, 65_536):
            value = measured(
                args.corpus,
                lambda seed, training=training, batch=batch: training(
                    args.corpus, batch, 0.1, 9, seed
                ),
                9,
                (1,),
            )
            record.add(name, f"batch {batch}", value)


LIMITS = {  # of each section, in seconds
    card: 20, bandwidth: 20, checks: 40, reads: 20, ladder: 90, quality: 60, small: 20, growth: 30,
    large: 60, processor: 90, others: 120,
}  # fmt: skip


@contextmanager
def limit(seconds):
    """Within it a TimeoutError is raised after so many seconds, and again until it is heard."""

    def stop(number, frame):
        raise TimeoutError(f"more than {seconds} s")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [section.__name__ for section in LIMITS]
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--only", default=",".join(names), help="sections, by comma")
    parser.add_argument("--wiki8", type=Path, help="folder of the large text, or it is left out")
    parser.add_argument("--words", type=int, help="of the default text, to try the script")
    parser.add_argument("--growth", type=int, default=4_000_000, help="words of a random text")
    args = parser.parse_args()
    args.corpus = shuffled_default(args.words)
    record = Record(args.output)
    for section, seconds in LIMITS.items():
        if section.__name__ in args.only.split(",") and (args.wiki8 or section is not large):
            try:
                with limit(seconds):
                    section(record, args)
            except Exception:  # noqa: BLE001 - a lost section must not lose the others
                record.fail(section.__name__)
    print(f"{len(record.data['failures'])} sections failed; {record.path}")


if __name__ == "__main__":
    main()
