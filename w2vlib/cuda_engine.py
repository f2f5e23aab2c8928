"""The engine on a graphics processor: the kernels of `gpu`, with a piece of the text on the card.

Both matrices are there too. A piece is two kernels: `thin` leaves out what subsampling leaves out,
`learn` takes thousands of lines at a time, each by a warp of its own.
"""

from time import perf_counter

import numpy as np

from w2vlib.draws import AliasTable, kept_share, negative_weights
from w2vlib.engine import Engine
from w2vlib.hogwild import START, cut_lines
from w2vlib.pieces import pieces

AT_ONCE = 4096  # lines, and so words, that are learnt at the same time; fewer, where ...
REPEATS = 3  # ... more of these words would be the same as a given one, on average
LONGEST = 40  # words in a line, or two windows; longer ones are cut
PAUSE = 1.0  # seconds from one copy of the vectors to the next
THREADS = 128  # threads in a block of `thin`


def fit(
    vectors, outputs, corpus, *,
    window, negative, power, epochs, subsample, learning_rate, decay, seed, report,
    model="cbow", first=0, at_once=None,
):  # fmt: skip
    """Train both matrices in place, by the arguments of `w2vlib.train`; see Engine.

    They come back from the card once a second, and at the end. The first training with vectors of
    this length, to the next multiple of 32, compiles its kernel. at_once: lines at a time, by
    default `lines_at_once`; with more than one, no two runs are quite the same.
    """
    from numba import cuda

    from w2vlib import gpu  # here: Numba takes its time to load

    learn = gpu.make_learn(-(-vectors.shape[1] // gpu.WARP))
    keep = kept_share(corpus.counts, subsample)
    at_once = at_once or lines_at_once(corpus.counts * keep)
    table = AliasTable(negative_weights(corpus.counts, power))
    inputs, targets, keep = map(cuda.to_device, (vectors, outputs, keep))
    share = cuda.to_device(table.share.astype(np.float32))
    alias = cuda.to_device(table.alias.astype(np.int32))

    total = epochs * len(corpus)

    held = None, None, None, None  # of the last piece its parts, its lines, and both on the card

    def prepare(piece):
        nonlocal held
        another = piece.parts != held[0]  # a short text is one piece, again and again
        lines = cut_lines(piece, max(LONGEST, 2 * window)) if another else held[1]
        order = piece.rng.permutation(len(lines) - 1)
        if another:
            held = piece.parts, lines, cuda.to_device(piece.ids), cuda.to_device(lines)
        return piece, *held[2:], order

    def launch(piece, text, lines, order):
        for_thin, for_learn = piece.rng.integers(2**63, size=2, dtype=np.uint64)
        kept = cuda.device_array_like(text)
        starts = cuda.device_array(len(order), np.int64)
        counts = cuda.device_array(len(order), np.int32)
        losses = cuda.to_device(np.zeros(2))
        gpu.thin[-(-len(order) // THREADS), THREADS](
            text, lines, cuda.to_device(order), keep, for_thin, kept, starts, counts
        )
        before, after = (1 - done / total for done in (piece.done, piece.done + len(piece)))
        learn[min(at_once, len(order)), gpu.WARP](
            inputs, targets, kept, starts, counts, window, negative, share, alias,
            np.float32(learning_rate * before), np.float32(learning_rate * after),
            np.float32(decay), for_learn, losses,
        )  # fmt: skip
        return losses

    def fetch():
        inputs.copy_to_host(vectors)
        targets.copy_to_host(outputs)
        return perf_counter()

    fetched = perf_counter()
    try:
        prepared = map(prepare, pieces(corpus, epochs, seed, first))
        coming = next(prepared, None)
        while coming:
            losses, tokens = launch(*coming), len(coming[0])
            coming = next(prepared, None)  # while the card works
            loss, words = losses.copy_to_host()  # which waits for it
            if perf_counter() - fetched > PAUSE:
                fetched = fetch()
            report(tokens, float(loss / words) if words else None)
            yield fetch
    finally:
        fetch()


def lines_at_once(counts):
    """AT_ONCE, or as few as keep the expected number of others that learn the same word at REPEATS.

    counts: (V,), how often each word stays. Changes of one word that are made at once all go by the
    same old vector: where they are many, as in a small vocabulary, their sum goes much too far.
    """
    share = counts / counts.sum()
    return int(np.clip(REPEATS / (share @ share), 1, AT_ONCE))


def lacks():
    """What this machine lacks, in words; None where Numba finds a card, or plays one."""
    try:
        from numba import cuda

        if cuda.is_available():
            return None
    except (AttributeError, ImportError) as error:  # numba-cuda does not suit Numba or NumPy
        return f"a CUDA card, and Numba fails to look for one ({error})"
    return "a CUDA card that Numba finds"


def touches(negative, vector_size):
    """Numbers moved for a word: its window of 5 on each side, itself and its negatives.

    Each is read, and later read again and written.
    """
    return 3 * (10 + 1 + negative) * vector_size


ENGINE = Engine(
    name="cuda",
    says="is the fastest and needs a graphics card",
    stage="CUDA",
    fit=fit,
    defaults={"cbow": {"subsample": 3e-4, "learning_rate": 0.2, "decay": 0.05}},
    touches=touches,
    limits={"window": 1000, "negative": 1000, "learning_rate": 1},
    needs=("numba",),
    extra="gpu",
    lacks=lacks,
    scale=START,
)
