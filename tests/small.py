"""Small texts, and a group of words for a step, on which several engines are tried."""

from types import SimpleNamespace

import numpy as np

from w2vlib import Corpus, Vocabulary
from w2vlib.reading import EOS


def corpus_of(ids, words=None):
    ids = np.asarray(ids)
    words = words or [f"w{i}" for i in range(ids.max() + 1)]
    return Corpus(ids, Vocabulary(words), np.bincount(ids, minlength=len(words)), "test")


def lines_of_nine():
    """Forty words in lines of nine; word 1 ends a line."""
    ids = np.random.default_rng(0).integers(40, size=3000)
    ids[8::9] = 1
    return corpus_of(ids, [EOS if i == 1 else f"w{i}" for i in range(40)])


def twins(length=9_000, seed=0):
    """Lines "a x", "b x", "c y", "d y" in random order: a and b keep the same company."""
    words = ["a", "b", "c", "d", "x", "y", EOS]
    first = np.random.default_rng(seed).integers(4, size=length // 3)
    return corpus_of(np.stack([first, 4 + first // 2, np.full_like(first, 6)], 1).ravel(), words)


def two_lines():
    """A group, of 4 and 3 words, none twice, of 30; vectors of 5 numbers filled up to 8."""
    rng = np.random.default_rng(1)
    outputs = np.zeros((30, 8), np.float32)
    outputs[:, :5] = rng.normal(size=(30, 5))
    return SimpleNamespace(
        inputs=rng.normal(size=(30, 5)).astype(np.float32),
        outputs=outputs,
        words=np.array([3, 8, 0, 11, 29, 5, 7]),
        first=np.array([0, 0, 0, 1, 4, 4, 4]),
        last=np.array([3, 4, 4, 4, 7, 7, 7]),
        negatives=np.array([20, 21, 22, 23]),
        band=np.array([0, 1, 0.5], np.float32),
    )


def check_moved(group, before, inputs, outputs):
    """The group's matrices are where they should be after a step, and others as they were."""
    np.testing.assert_allclose(group.inputs, inputs, atol=1e-4)
    np.testing.assert_allclose(group.outputs[:, :5], outputs, atol=1e-4)
    assert (group.outputs[:, 5:] == 0).all()
    untouched = np.setdiff1d(np.arange(30), np.append(group.words, group.negatives))
    for old, new in zip(before, (group.inputs, group.outputs), strict=True):
        assert (old[untouched] == new[untouched]).all()
        assert np.abs(old - new).max() > 0.1


def any_group(T, window, M, H, V, breaks, seed):
    """As `two_lines`, of these sizes: words and negatives come again, and lines end anywhere."""
    rng = np.random.default_rng(seed)
    outputs = np.zeros((V, H + -H % 8), np.float32)
    outputs[:, :H] = rng.normal(size=(V, H))
    ends = np.append(np.sort(rng.integers(T, size=breaks)), T)
    line = np.searchsorted(ends, np.arange(T), side="right")
    return SimpleNamespace(
        inputs=rng.normal(size=(V, H)).astype(np.float32),
        outputs=outputs,
        words=rng.integers(V, size=T),
        first=np.maximum(np.append(0, ends)[line], np.arange(T) - window),
        last=np.minimum(ends[line], np.arange(T) + window + 1),
        negatives=rng.integers(V, size=M),
        band=np.append(0, 1 / np.arange(1, window + 1)).astype(np.float32),
    )


def any_extreme_group(T, V, seed):
    """One whose scores are as far as ten thousand from 0."""
    group = any_group(T, window=3, M=8, H=8, V=V, breaks=2, seed=seed)
    group.inputs, group.outputs = (100 * np.sign(W) for W in (group.inputs, group.outputs))
    return group


def check_learnt(group, inputs, outputs):
    """The group's matrices are these, and 0 in the lanes that no number needs."""
    H = inputs.shape[1]
    for found, right in (group.inputs, inputs), (group.outputs[:, :H], outputs):
        np.testing.assert_allclose(found, right, atol=1e-3)  # sigmoid is off by 0.00005
    assert (group.outputs[:, H:] == 0).all()
