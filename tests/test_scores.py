"""What the defaults of `train` are worth, on the default text, beside other programs' scores."""

import json
from pathlib import Path

import pytest

from w2vlib import load_corpus, train
from w2vlib.engines import ENGINES

PEERS = Path(__file__).resolve().parent.parent / "book" / "results" / "peers.json"


def scores(engine, **options):
    """Agreement with people on pairs of words, and the share of analogies."""
    if missing := ENGINES[engine].missing():
        pytest.skip(f"it needs {' and '.join(missing)}")
    wv = train(load_corpus("default"), engine=engine, progress=False, **options)
    return wv.evaluate_word_pairs().spearman, wv.evaluate_analogies().accuracy


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_defaults_are_better_than_every_peer_after_more_passes(engine):
    peers = json.loads(PEERS.read_text(encoding="utf-8"))["runs"]
    assert max(run["epochs"] for run in peers) == 15
    pairs, analogies = scores(engine)
    assert pairs > max(run["spearman"] for run in peers) + 0.02
    assert analogies > max(run["correct"] / run["covered"] for run in peers) + 0.01


@pytest.mark.parametrize("rate", [None, 0.05])  # with the usual rate, and with one of old
def test_without_decay_as_many_passes_teach_less(rate):
    _, with_decay = scores("compiled", epochs=4)
    _, without = scores("compiled", epochs=4, decay=0, learning_rate=rate)
    assert with_decay > 1.3 * without > 0.1
