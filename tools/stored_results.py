"""Store in book/results what a page shows to readers who cannot compute it themselves.

    python tools/stored_results.py ptb   # trains on the Penn Treebank, which is fetched if need be

Run it again when the defaults of `w2vlib.train` have changed.
"""

import json
import sys
from pathlib import Path
from time import perf_counter

import w2vlib
from w2vlib import load_corpus, train

RESULTS = Path(__file__).resolve().parent.parent / "book" / "results"


def ptb():
    """Chapter 7: the vectors that `train` gives on PTB with its defaults."""
    corpus = load_corpus("ptb")
    start = perf_counter()
    vectors = train(corpus, progress=False)
    seconds = perf_counter() - start
    pairs, analogies = vectors.evaluate_word_pairs(), vectors.evaluate_analogies()
    questions = ["mr. he ms.", "high higher low", "year years month", "take took go"]
    return {
        "settings": {k: v for k, v in train.__kwdefaults__.items() if k != "progress"},
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


MAKERS = {"ptb": ptb}


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
