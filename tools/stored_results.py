"""Store in book/results what a page shows to readers who cannot compute it themselves.

    python tools/stored_results.py vectors   # trains two sets of vectors: half a minute
    python tools/stored_results.py ptb   # trains on the Penn Treebank, which is fetched if need be
    python tools/stored_results.py peers   # trains by gensim and fastText, to compare: minutes
    python tools/stored_results.py updates  # trains with three updates of CBOW: ten minutes
    python tools/stored_results.py trials  # trains with one thing changed at a time: ten minutes
    python tools/stored_results.py copies  # trains copies that meet: ten minutes

Run vectors, ptb, trials and copies again when the defaults of `w2vlib.train` have changed.
"""

import json
import sys
from dataclasses import replace
from inspect import signature
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

import numpy as np

import w2vlib
from w2vlib import WordVectors, fused, hogwild, load_corpus, train
from w2vlib.engines import ENGINES, settle
from w2vlib.progress import DivergenceError

SEEDS = 1, 2
RESULTS = Path(__file__).resolve().parent.parent / "book" / "results"


def defaults(corpus, **given):
    """What `train` does with `corpus` when nothing else is `given`, but for the seed."""
    usual = signature(settle).parameters.keys() & train.__kwdefaults__
    asked = {name: train.__kwdefaults__[name] for name in usual} | given
    engine, options = settle(**asked, corpus=corpus)
    options |= {"engine": engine.name, "vector_size": asked["vector_size"]}
    return {
        name: options[name] for name in train.__kwdefaults__ if name in options.keys() - {"seed"}
    }


def vectors():
    """Chapter 8: what `train` gives with its defaults and seeds 1 and 2.

    A file holds the words in one line, then a row of signed bytes a word: the numbers in 64ths.
    """
    corpus, runs = load_corpus("default"), []
    for seed in SEEDS:
        trained = train(corpus, seed=seed, progress=False)
        numbers = np.clip(np.round(64 * trained.vectors), -127, 127).astype(np.int8)
        words = " ".join(trained.vocabulary).encode()
        (RESULTS / f"vectors_{seed}.bytes").write_bytes(words + b"\n" + numbers.tobytes())
        pairs, analogies = trained.evaluate_word_pairs(), trained.evaluate_analogies()
        scores = {"spearman": round(pairs.spearman, 4), "accuracy": round(analogies.accuracy, 4)}
        runs.append({"seed": seed} | scores)
    return {"settings": defaults(corpus), "runs": runs}


def ptb():
    """Chapter 7: the vectors that `train` gives on PTB with its defaults."""
    corpus = load_corpus("ptb")
    start = perf_counter()
    vectors = train(corpus, progress=False)
    seconds = perf_counter() - start
    pairs, analogies = vectors.evaluate_word_pairs(), vectors.evaluate_analogies()
    questions = ["mr. he ms.", "high higher low", "year years month", "take took go"]
    return {
        "settings": {"seed": 1} | defaults(corpus),
        "tokens": len(corpus),
        "words": len(vectors),
        "seconds": round(seconds),
        "spearman": round(pairs.spearman, 3),
        "pairs": pairs.pairs,
        "accuracy": round(analogies.accuracy, 3),
        "covered": analogies.covered,
        "neighbours": {
            word: [near for near, _ in vectors.most_similar(word, topn=5)]
            for word in ["you", "year", "car", "toyota", "monday"]
        },
        "analogies": {
            question: [answer for answer, _ in vectors.analogy(*question.split())]
            for question in questions
        },
    }


def peers():
    """Chapter 8: the scores of other programs' CBOW on the default corpus, its lines shuffled.

    gensim after 5, 10 and 15 epochs, from three seeds; fastText, whose seed is fixed, after 15.
    """
    from bench import BEST, PEER, read, run

    text, runs = read("default"), []
    trainings = [(PEER, epochs, seed) for epochs in (5, 10, 15) for seed in (1, 2, 3)]
    for program, epochs, seed in [*trainings, (BEST, 15, 1)]:
        vectors, *_ = run((program, 1), text, seed, {"epochs": epochs})
        pairs, analogies = vectors.evaluate_word_pairs(), vectors.evaluate_analogies()
        runs.append(
            {
                "program": {BEST: "fastText"}.get(program, program),
                "epochs": epochs,
                "seed": seed,
                "spearman": round(pairs.spearman, 4),
                "pairs": pairs.pairs,
                "correct": analogies.correct,
                "covered": analogies.covered,
            }
        )
    return {"runs": runs}


# What a window's sum is divided by on the way to h, and dh on the way back, by its total weight.
UPDATES = {
    "mean": (lambda total: total, lambda total: total),
    "whole error": (lambda total: total, np.ones_like),  # word2vec.c, gensim and fastText
    "root": (np.sqrt, np.sqrt),  # ours
}
# As they were measured, which the page compares: the defaults before there was weight decay.
UPDATED = {"vector_size": 100, "window": 5, "negative": 5, "power": 0.75}
UPDATED |= {"epochs": 10, "subsample": 3e-4, "decay": 0}


def plain_windows(lines, band):
    """fused.window_weights, undivided."""
    return (lines[:, :, np.newaxis] == lines[:, np.newaxis, :]) * band


def divided_gradients(forward, back, *, gradients=fused.gradients):
    """fused.gradients for undivided windows: `forward` divides their sums, `back` dh."""
    untouched = np.eye(fused.BLOCK, dtype=np.float32)

    def divided(x, y, negs, windows, weights):
        total = windows.sum(axis=2, keepdims=True)
        total[total == 0] = 1
        h = windows @ x / forward(total)
        dh, dy, dnegs = gradients(h, y, negs, untouched, weights)
        dx = windows.mT @ (dh.reshape(x.shape) / back(total))
        return dx.reshape(y.shape), dy, dnegs

    return divided


def updates():
    """Chapter 10: the scores of the NumPy engine with three updates of CBOW, by learning rate."""
    corpus = load_corpus("default")
    runs = []
    for name, (forward, back) in UPDATES.items():
        ours = {"window_weights": plain_windows, "gradients": divided_gradients(forward, back)}
        for rate in (0.025, 0.05, 0.1, 0.2):
            for seed in (1, 2, 3):
                with patch.multiple(fused, **ours):
                    vectors = train(
                        corpus, **UPDATED, learning_rate=rate, seed=seed, progress=False
                    )
                pairs, analogies = vectors.evaluate_word_pairs(), vectors.evaluate_analogies()
                runs.append(
                    {
                        "update": name,
                        "rate": rate,
                        "seed": seed,
                        "spearman": round(pairs.spearman, 4),
                        "accuracy": round(analogies.accuracy, 4),
                    }
                )
                print(*runs[-1].values(), file=sys.stderr)
    return {"settings": UPDATED, "runs": runs}


# What is tried, one change at a time: arguments of `train`, or constants of the compiled engine.
# The last ones change two: without decay a rate of 0.2 is too high.
CONSTANTS = {name: getattr(hogwild, name) for name in ("GROUP", "SHARING", "START")}
TRIALS = [
    {},
    *({"decay": decay} for decay in (0, 0.02, 0.1)),
    *({"learning_rate": rate} for rate in (0.1, 0.3, 0.4)),
    *({"epochs": epochs} for epochs in (4, 14)),
    *({"subsample": share} for share in (1e-4, 3e-4, 1e-2)),
    *({"SHARING": shared / 5} for shared in (8, 32)),
    *({"GROUP": words} for words in (10, 32)),
    *({"power": power} for power in (0.5, 1)),
    *({"window": window} for window in (3, 8)),
    *({"START": scale} for scale in (1, 16)),
    *({"decay": 0, "learning_rate": rate} for rate in (0.05, 0.1)),
]
# What is done to the vectors of the first of these after training, changing nothing in it.
AFTERWARDS = {
    "length 1, less their mean": lambda vectors, outputs: centred(vectors),
    "plus half of the outputs": lambda vectors, outputs: vectors + outputs / 2,
}


def centred(vectors):
    """Rows of length 1, less their mean."""
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return rows - rows.mean(axis=0)


def trials():
    """Chapter 10: the compiled engine with changes to its defaults, on the default corpus."""
    corpus, runs = load_corpus("default"), []

    def note(change, seed, vectors):
        scores = {"spearman": None, "accuracy": None, "length": None}
        if vectors is not None:
            pairs, analogies = vectors.evaluate_word_pairs(), vectors.evaluate_analogies()
            length = np.linalg.norm(vectors.vectors, axis=1).mean()
            found = pairs.spearman, analogies.accuracy, length
            scores = {name: round(float(x), 4) for name, x in zip(scores, found, strict=True)}
        runs.append({"change": change, "seed": seed} | scores)
        print(*runs[-1].values(), file=sys.stderr, flush=True)

    for seed in (1, 2, 3):
        for change in TRIALS:
            vectors = train_changed(corpus, change, seed)
            note(change, seed, vectors)
            for name, done in AFTERWARDS.items() if not change else ():
                words = list(vectors.vocabulary)
                changed = WordVectors(done(vectors.vectors, vectors.outputs.vectors), words)
                note({"afterwards": name}, seed, changed)
    settings = defaults(corpus, engine="compiled") | CONSTANTS
    return {"settings": settings, "text": corpus.name, "tokens": len(corpus), "runs": runs}


def train_changed(corpus, change, seed):
    """Train by the compiled engine with a change of TRIALS; None where the training diverges."""
    arguments = {"learning_rate": defaults(corpus, engine="compiled")["learning_rate"]}
    arguments |= {name: value for name, value in change.items() if name not in CONSTANTS}
    with patch.multiple(hogwild, **CONSTANTS | {n: x for n, x in change.items() if n in CONSTANTS}):
        changed = replace(hogwild.ENGINE, scale=hogwild.START)
        with patch.dict(ENGINES, compiled=changed):
            try:
                return train(corpus, engine="compiled", seed=seed, progress=False, **arguments)
            except DivergenceError:
                return None


def copies():
    """Chapter 12: copies that meet, by their number, their meetings and what becomes of changes."""
    from copies import PLANS, train_copies

    corpus, runs = load_corpus("default"), []
    settings = defaults(corpus, engine="compiled")
    given = {name: settings[name] for name in ("epochs", "subsample", "learning_rate", "decay")}
    for seed in (1, 2, 3):
        for plan in PLANS:
            vectors, sent = train_copies(corpus, plan, **given, seed=seed)
            run = plan._asdict() | {"seed": seed, "spearman": None, "accuracy": None, "bytes": None}
            if vectors is not None:
                pairs, analogies = vectors.evaluate_word_pairs(), vectors.evaluate_analogies()
                run["spearman"] = round(float(pairs.spearman), 4)
                run["accuracy"] = round(float(analogies.accuracy), 4)
                run["bytes"] = round(sent, 1)  # a token
            runs.append(run)
            print(*run.values(), file=sys.stderr, flush=True)
    return {"settings": settings, "text": corpus.name, "tokens": len(corpus), "runs": runs}


MAKERS = {
    "vectors": vectors,
    "ptb": ptb,
    "peers": peers,
    "updates": updates,
    "trials": trials,
    "copies": copies,
}


def main(names):
    if not names or set(names) - set(MAKERS):
        sys.exit(f"{__doc__}\nnames: {' '.join(MAKERS)}")
    for name in names:
        result = {"w2vlib": w2vlib.__version__} | MAKERS[name]()
        path = RESULTS / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        print(path.read_text(encoding="utf-8"), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
