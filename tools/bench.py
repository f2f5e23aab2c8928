"""Compare the engines with gensim and fastText, by turns on one machine: python tools/bench.py.

Three questions, on the default corpus, and on PTB where it is on disk; both with their lines
shuffled once, the same for all:

- quality: how good are the vectors of each engine's CBOW at its defaults, and how long does it
  take? Q is what gensim reaches with one worker in 15 epochs at its own defaults, Q* the same for
  fastText where that is installed (without parts of words, which would answer other questions): the
  mean of the seeds, on word pairs and on analogies. A run is the training alone: reading the text,
  building the vocabulary and compiling are done before. (fastText reads its text within; what that
  takes is measured by a training of no epoch, and taken off.)
- skipgram: the same for skip-gram, against gensim's 5 epochs.
- speed: how many words of the text a second, at equal settings?

What is measured is written after each text. How speed grows with a text (--text) and memory
(--memory) are measured only if asked for; without, those of the former results stay.

The runs of a round follow each other, and a ratio is one of two runs of the same round, with the
same number of threads: what else the machine does in that time is likely to slow down both.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from types import SimpleNamespace

import numpy as np

import w2vlib
from w2vlib import Corpus, Vocabulary, WordVectors, load_corpus, ptb, train
from w2vlib.engine_stages import HERE
from w2vlib.engines import ENGINES, MODELS, usual_epochs
from w2vlib.reading import EOS

OUTPUT = Path(__file__).resolve().parent.parent / "book" / "results" / "bench.json"
COMMON = {"vector_size": 100, "window": 5, "negative": 5}
GENSIM = COMMON | {"min_count": 1, "epochs": 15}
EQUAL = COMMON | {"subsample": 1e-3, "learning_rate": 0.05, "power": 0.75, "epochs": 3}
SKIP_GRAM = {"model": "skipgram"}
PEER, BEST = "gensim", "fasttext"
# gensim also at the rate that suits it best, and thinned as our engines once were.
TUNED = {
    "at its best rate": {"learning_rate": 0.05},
    "thinned": {"subsample": 1e-4, "learning_rate": 0.05, "epochs": 11},
}
# As in Mikolov et al. 2013, but for the parts of words: 15 epochs, as gensim.
FASTTEXT = {
    "dim": 100, "ws": 5, "neg": 5, "minCount": 1, "t": 1e-3, "lr": 0.05, "maxn": 0, "bucket": 1,
}  # fmt: skip
RATIO = "ours/gensim (min-max)"


class Text:
    """Lines of words, as a Corpus for our engines and as lists for gensim."""

    def __init__(self, name, lines):
        counts = Counter(word for line in lines for word in [*line, EOS])
        words = Vocabulary(word for word, _ in counts.most_common())
        ids = words.ids([word for line in lines for word in [*line, EOS]])
        self.corpus = Corpus(ids, words, np.array([counts[word] for word in words]), name)
        self.lines = lines
        self.tokens = sum(map(len, lines))


def read(name, limit=None, longest=10_000):
    """The Text of a corpus, its lines shuffled; `limit` of them. gensim wants no longer ones."""
    corpus = load_corpus(name)
    words = np.array(list(corpus.vocabulary), dtype=object)[corpus.ids]
    lines = []
    for line in np.split(words, np.flatnonzero(words == EOS) + 1):
        line = [word for word in line if word != EOS]
        lines += [line[i : i + longest] for i in range(0, len(line), longest)]
    order = np.random.default_rng(0).permutation(len(lines))[:limit]
    return Text(corpus.name, [lines[i] for i in order])


# One run ------------------------------------------------------------------------------------------


def run(program, text, seed, settings=None):
    """Train once; settings None: the program's own -> WordVectors, wall and CPU seconds.

    program: the name of an engine, gensim or fastText, and its number of threads.
    """
    name, threads = program
    if name == BEST:
        return run_fasttext(text, threads, (settings or {}).get("epochs", 15))
    if name == PEER:
        model = gensim_model(seed, threads, settings)
        model.build_vocab(text.lines)
    wall, cpu = perf_counter(), process_time()
    if name == PEER:
        model.train(text.lines, total_examples=len(text.lines), epochs=model.epochs)
        vectors = WordVectors(model.wv.vectors, model.wv.index_to_key)
    else:
        vectors = train(
            text.corpus, engine=name, threads=threads, seed=seed, progress=False, **(settings or {})
        )
    return vectors, perf_counter() - wall, process_time() - cpu


def gensim_model(seed, threads, settings):
    from gensim.models import Word2Vec

    options = dict(GENSIM)
    if settings:
        names = {"subsample": "sample", "learning_rate": "alpha", "power": "ns_exponent"}
        options |= {names.get(name, name): value for name, value in settings.items()}
    model = options.pop("model", "cbow")
    return Word2Vec(sg=int(model == "skipgram"), seed=seed, workers=threads, **options)


def run_fasttext(text, threads, epochs):
    """Train fastText's CBOW: it draws its own seed. It has no way to train without reading."""
    import fasttext

    def once(epochs):
        wall, cpu = perf_counter(), process_time()
        model = fasttext.train_unsupervised(
            file.name, model="cbow", epoch=epochs, thread=threads, verbose=0, **FASTTEXT
        )
        return model, perf_counter() - wall, process_time() - cpu

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.writelines(" ".join(line) + "\n" for line in text.lines)
        file.flush()
        _, *reading = once(0)
        try:
            model, *took = once(epochs)
        except RuntimeError:  # once in a while it meets NaN, and not the next time
            model, *took = once(epochs)
    words = [EOS if word == "</s>" else word for word in model.get_words()]
    vectors = WordVectors(np.array(model.get_input_matrix()), words)
    return vectors, *(max(a - b, 1e-3) for a, b in zip(took, reading, strict=True))


def programs(peers=(PEER,)):
    """What there is to compare, our engines before others, each with one thread, and with two."""
    threads = {e.name: (1, 2) if e.threads else (1,) for e in HERE if not e.missing()}
    threads |= {peer: (1, 2) for peer in peers if find_spec(peer)}
    return [(name, n) for name, counts in threads.items() for n in counts]


# Both questions -----------------------------------------------------------------------------------


def quality(text, seeds, small):
    """Scores and times of all programs at their defaults, of gensim at others too, Q and Q*."""
    plans = [(label(program), program, {}) for program in programs((PEER, BEST))]
    plans += [(f"{PEER} {how}", (PEER, 1), settings) for how, settings in TUNED.items()]
    return scored(text, seeds, small, plans)


def skip_gram(text, seeds, small):
    """The same for skip-gram, on one thread; gensim's takes 5 epochs."""
    plans = [
        (label(program), program, SKIP_GRAM | ({"epochs": 5} if program[0] == PEER else {}))
        for program in programs()
        if program[1] == 1 and "skipgram" in models(program)
    ]
    return scored(text, seeds, small, plans)


def scored(text, seeds, small, plans):
    """Scores and times of plans (name, program, settings), by turns."""
    runs = {}
    for seed in seeds:
        for name, program, settings in plans:
            settings = settings | ({"epochs": 1, "subsample": 0} if small else {})
            vectors, wall, cpu = run(program, text, seed, settings)
            pairs, analogies = vectors.evaluate_word_pairs(), vectors.evaluate_analogies()
            scores = {"spearman": known(pairs.spearman), "accuracy": known(analogies.accuracy)}
            say(f"{text.corpus.name}, seed {seed}: {name} {wall:.1f} s, {scores}")
            runs.setdefault(name, []).append({"seed": seed} | seconds(wall, cpu) | scores)
    result = {"programs": compare(runs, "wall")}
    for entry in result["programs"].values():
        for score in ("spearman", "accuracy"):
            entry[score] = mean(entry["runs"], score)
    for Q, peer in ("Q", PEER), ("Q*", BEST):
        if entry := result["programs"].get(label((peer, 1))):
            result[Q] = {score: entry[score] for score in ("spearman", "accuracy")}
    return result


def speed(text, rounds, epochs):
    """Tokens a second of all programs at equal settings."""
    runs = {}
    settings = EQUAL | {"epochs": epochs}
    for seed in range(1, rounds + 1):
        for program in programs():
            _, wall, cpu = run(program, text, seed, settings)
            rate = round(epochs * text.tokens / wall)
            say(f"{text.corpus.name}, round {seed}: {label(program)} {rate:,} tokens/s")
            runs.setdefault(label(program), []).append(
                seconds(wall, cpu) | {"tokens_per_second": rate}
            )
    return {"settings": settings, "programs": compare(runs, "tokens_per_second")}


def growth(text, parts):
    """Seconds of an epoch of our engines on ever more of a text, with the same vocabulary."""
    result = {"tokens": [len(text.corpus) // part for part in parts], "programs": {}}
    for program in programs():
        if program[1] == 1 and program[0] != PEER:
            result["programs"][label(program)] = found = []
            for tokens in result["tokens"]:
                part = replace(text.corpus, ids=text.corpus.ids[:tokens])
                _, wall, _ = run(program, SimpleNamespace(corpus=part), 1, {"epochs": 1})
                say(f"{label(program)}: {tokens:,} tokens in {wall:.1f} s")
                found.append(round(wall, 3))
    return result


def compare(runs, what):
    """Each program's runs, with their ratios to a peer's of the same round, and of as many threads.

    `ratio` is that to gensim, `ratio_to_best` that to fastText, where it was run.
    """
    result = {}
    for name, ours in runs.items():
        result[name] = {"runs": ours}
        threads = name.partition(", ")[2] or label((PEER, 1)).partition(", ")[2]
        for ratio, peer in ("ratio", PEER), ("ratio_to_best", BEST):
            if peers := runs.get(f"{peer}, {threads}"):
                result[name][ratio] = over(ours, peers, what)
    return result


def over(ours, peers, what):
    """Ratios of runs to others of the same rounds."""
    ratios = [round(a[what] / b[what], 3) for a, b in zip(ours, peers, strict=True)]
    return {
        "median": round(float(np.median(ratios)), 3),
        "min": min(ratios),
        "max": max(ratios),
        "pairs": ratios,
    }


def models(program):
    name, _ = program
    return MODELS if name == PEER else ENGINES[name].models


def label(program):
    name, threads = program
    return f"{name}, {threads} {'thread' if threads == 1 else 'threads'}"


def seconds(wall, cpu):
    return {"wall": round(wall, 3), "cpu": round(cpu, 3)}


def known(score):
    """A score to four digits; None where there is none, for JSON knows no NaN."""
    return None if np.isnan(score) else round(score, 4)


def mean(runs, name):
    values = [run[name] for run in runs]
    return None if None in values else round(float(np.mean(values)), 4)


# Memory -------------------------------------------------------------------------------------------


def memory(small):
    """Peak memory of one epoch at V = 1,000,000, each program in a process of its own."""
    V, tokens = (1_000, 3_000) if small else (1_000_000, 3_000_000)
    result = {}
    for program in programs():
        if program[1] == 1:
            say(f"memory: {label(program)} ...")
            command = [sys.executable, __file__, "--peak", program[0], str(V), str(tokens)]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            result[label(program)] = json.loads(answer)
    both = 2 * V * COMMON["vector_size"] * 4 / 1e6
    return {"words": V, "tokens": tokens, "both_matrices_mb": round(both), "programs": result}


class Lines:
    """Ids as lines of words, made one by one as gensim goes through them."""

    def __init__(self, ids):
        self.ids = ids

    def __iter__(self):
        for line in np.array_split(self.ids, max(1, len(self.ids) // 1000)):
            yield [str(i) for i in line]


def peak(name, V, tokens):
    """Train on a text by Zipf's law in which each word comes at least once -> MB of memory."""
    import resource  # not on Windows

    rng = np.random.default_rng(0)
    p = 1 / np.arange(1, V + 1)
    ids = rng.choice(V, size=tokens - V, p=p / p.sum())
    ids = rng.permutation(np.concatenate([np.arange(V), ids]).astype(np.int32))
    corpus = Corpus(ids, Vocabulary(map(str, range(V))), np.bincount(ids), "Zipf")

    def megabytes():
        unit = 1 if sys.platform == "darwin" else 1024
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)

    if name == PEER:
        model = gensim_model(1, 1, {"epochs": 1})
    before, start = megabytes(), perf_counter()
    if name == PEER:
        counts = corpus.counts.tolist()
        model.build_vocab_from_freq(dict(zip(corpus.vocabulary, counts, strict=True)))
        model.train(Lines(ids), total_words=len(ids), epochs=1)
    else:
        train(corpus, engine=name, epochs=1, progress=False)
    wall = round(perf_counter() - start, 3)
    return {"before_mb": before, "peak_mb": megabytes(), "seconds": wall}


# Everything ---------------------------------------------------------------------------------------


def bench(texts, small=False, with_memory=False, more=()):
    """All results, as JSON knows them: what there is so far, again after each section."""
    seeds = (1,) if small else (1, 2, 3)
    warm_up = Text("warm-up", [["a", "b", "c"] * 100] * 10)
    for program in programs():  # loads and compiles what has to be
        for model in models(program):
            run(program, warm_up, 1, EQUAL | {"epochs": 1, "model": model})
    result = {
        "versions": versions(),
        "machine": {"cpu": cpu_model(), "cores": os.cpu_count()},
        "settings": {
            "w2vlib": COMMON | {e.name: dict(e.defaults) for e in HERE},
            "gensim": GENSIM,
            "fasttext": FASTTEXT | {"epoch": 15},
            "other settings of gensim": TUNED,
        },
        "seeds": list(seeds),
        "prepare_seconds": {
            engine.name: prepare_seconds(engine.name)
            for engine in HERE
            if engine.prepare and not engine.missing()
        },
        "corpora": {},
    }
    for text in texts:
        result["corpora"][text.corpus.name] = {
            "tokens": text.tokens,
            "words": len(text.corpus.vocabulary),
            "epochs": usual_epochs(len(text.corpus)),
            "quality": quality(text, seeds, small),
            "skipgram": skip_gram(text, seeds, small),
            "speed": speed(text, len(seeds), 1 if small else 3),
        }
        yield result
    for text in more:
        result["text"] = {
            "tokens": text.tokens,
            "words": len(text.corpus.vocabulary),
            "speed": speed(text, len(seeds), 1),
            "growth": growth(text, (16, 8, 4, 2, 1)),
        }
        yield result
    if with_memory:
        result["memory"] = memory(small)
        yield result


def prepare_seconds(name):
    """What an engine takes to get ready, the first time and from then on."""
    code = (
        "from time import perf_counter as now; start = now(); from w2vlib.engines import ENGINES; "
        f"ENGINES[{name!r}].prepare(progress=False); print(now() - start)"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"NUMBA_CACHE_DIR": folder}
        return [
            round(float(subprocess.check_output([sys.executable, "-c", code], env=environment)), 1)
            for _ in range(2)
        ]


def versions():
    needs = [package for engine in HERE for package in engine.needs]
    found = {name: version(name) for name in ["numpy", PEER, BEST, *needs] if find_spec(name)}
    return {"python": platform.python_version(), "w2vlib": w2vlib.__version__} | found


def cpu_model():
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def table(result):
    """The results as lines of text."""
    lines = []
    for name, (first, again) in result["prepare_seconds"].items():
        lines += [f"{name}: ready in {first} s the first time, then in {again} s", ""]
    for name, corpus in result["corpora"].items():
        lines += [f"{name}: {corpus['tokens']:,} tokens, {corpus['words']:,} words", ""]
        lines += [*score_lines("CBOW", corpus["quality"]), ""]
        lines += score_lines("skip-gram", corpus["skipgram"])
        lines += ["", *speed_lines(corpus["speed"])]
    if "text" in result:
        lines += [
            f"text: {result['text']['tokens']:,} tokens",
            *speed_lines(result["text"]["speed"]),
            f"{'an epoch of':<24}{'tokens':>16}{'s':>8}",
        ]
        for program, times in result["text"]["growth"]["programs"].items():
            for tokens, wall in zip(result["text"]["growth"]["tokens"], times, strict=True):
                lines.append(f"{program:<24}{tokens:>16,}{wall:>8.1f}")
        lines.append("")
    if "memory" in result:
        found = result["memory"]
        lines += [f"V = {found['words']:,}, both matrices {found['both_matrices_mb']:,} MB"]
        for program, entry in found["programs"].items():
            lines.append(f"{program:<24}{entry['peak_mb']:>8,} MB at most")
    return "\n".join(lines)


def score_lines(title, found):
    lines = [
        f"{title:<23}{'s':>7}{'CPU s':>7}{'pairs':>7}{'analog.':>8}{'/gensim':>18}{'/fastText':>18}"
    ]
    for program, entry in found["programs"].items():
        wall, cpu = (np.median([run[key] for run in entry["runs"]]) for key in ("wall", "cpu"))
        ratios = (spread(entry[key]) if key in entry else "" for key in ("ratio", "ratio_to_best"))
        lines.append(
            f"{program:<23}{wall:>7.1f}{cpu:>7.1f}{score(entry['spearman']):>7}"
            f"{score(entry['accuracy']):>8}" + "".join(f"{ratio:>18}" for ratio in ratios)
        )
    return lines


def speed_lines(speed):
    lines = [f"{'equal settings':<24}{'tokens/s':>16}{RATIO:>28}"]
    for program, entry in speed["programs"].items():
        rate = np.median([run["tokens_per_second"] for run in entry["runs"]])
        lines.append(f"{program:<24}{rate:>16,.0f}{spread(entry['ratio']):>28}")
    return [*lines, ""]


def score(value):
    return "none" if value is None else f"{value:.3f}"


def spread(ratio):
    middle, least, most = (f"{ratio[key]:.2f}"[:4] for key in ("median", "min", "max"))
    return f"{middle} ({least}-{most})"


def say(text):
    print(text, file=sys.stderr, flush=True)


def main(argv=None):
    parser = argparse.ArgumentParser(description="Compare the engines with others, by turns.")
    parser.add_argument("--small", action="store_true", help="seconds instead of minutes: a test")
    parser.add_argument("--memory", action="store_true", help="also memory with a million words")
    parser.add_argument("--text", metavar="PATH", help="also the speed on this text")
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT, help="default: %(default)s")
    parser.add_argument("--peak", nargs=3, help=argparse.SUPPRESS)  # in a process of its own
    args = parser.parse_args(argv)
    if not find_spec("gensim"):
        sys.exit("bench needs gensim: python -m pip install 'gensim>=4.4'")
    if args.peak:
        name, V, tokens = args.peak
        print(json.dumps(peak(name, int(V), int(tokens))))
        return
    names = ["default"]
    if not args.small and ptb.on_disk():
        names.append("ptb")
    texts = [read(name, limit=300 if args.small else None) for name in names]
    more = [read(args.text)] if args.text else []
    args.output.parent.mkdir(exist_ok=True)
    former = json.loads(args.output.read_text("utf-8")) if args.output.exists() else {}
    former = {key: former[key] for key in ("text", "memory") if key in former}
    for result in bench(texts, args.small, args.memory, more):
        both = json.dumps(former | result, indent=2)
        args.output.write_text(both + "\n", encoding="utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
