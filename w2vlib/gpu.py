"""Chapter 13: CBOW with negative sampling on a graphics processor, in Numba's CUDA.

A warp, 32 threads that go in step, takes a line of the text, and in it word after word, as the
textbook's loop does: this is the CBOW of chapter 7, with nothing shared and nothing put off but
that thousands of warps change the same vectors at the same time. All their changes are added up
(atomically); what a warp reads may be a little old (Hogwild, Recht et al. 2011).

The 32 threads share out the columns of a vector: thread `lane` has columns lane, lane + 32, and so
on, so that neighbours read neighbouring numbers, and keeps its part of h and of dh in registers.
Only a score is a sum over all columns; there the threads pass their parts on to each other.

A neighbour at distance d weighs 1/d, and a window's sum is divided by the root of its total weight,
as in chapters 10 and 11. Random numbers come from the number of what they decide (a word's place in
the text), so that no thread keeps a state: with one warp at a time each run gives the same.

What runs on the card checks no argument: `train` has checked what it hands on; a wrong id reads or
writes outside the array, and may crash Python.
"""

import math
from functools import cache

import numpy as np
from numba import config, cuda

__all__ = [
    "answer",
    "ask",
    "bits",
    "chance",
    "draw",
    "learn_line",
    "make_learn",
    "pass_back",
    "random",
    "shrink",
    "sigmoid",
    "sum_by_passing",
    "sum_by_sharing",
    "thin",
    "window_sum",
]

SIMULATED = bool(config.ENABLE_CUDASIM)
WARP = 4 if SIMULATED else 32  # the simulator's threads take long to meet
if SIMULATED:
    __warningregistry__ = {}  # NumPy notes here that products overflow; its threads look meanwhile

f32, i64, u64 = np.float32, np.int64, np.uint64
GOLDEN, MIX, MIX_AGAIN = u64(0x9E3779B97F4A7C15), u64(0xBF58476D1CE4E5B9), u64(0x94D049BB133111EB)
U27, U30, U31 = u64(27), u64(30), u64(31)
U32, U40 = u64(32), u64(40)

device = cuda.jit(device=True, fastmath=True)


@device
def bits(seed, i):
    """Number i of the sequence `seed`, 64 random bits.

    seed, i: uint64 and int64.
    Raises nothing.
    Source: SplitMix64, Steele et al. 2014.
    """
    z = seed + u64(i) * GOLDEN
    z = (z ^ (z >> U30)) * MIX
    z = (z ^ (z >> U27)) * MIX_AGAIN
    return z ^ (z >> U31)


@device
def random(seed, i):
    """Number i of the sequence `seed`, in [0, 1): float32, of shape ().

    Raises nothing.
    Source: chapter 13.
    """
    return f32(bits(seed, i) >> U40) * f32(2**-24)


@device
def draw(share, alias, seed, i):
    """Draw number i of the sequence `seed`: an id, from the two parts of an `AliasTable`.

    Each column has its 1/V of the chances, to within 2**-32.

    share, alias: (V,) float32 and (V,) ids.
    Raises nothing.
    Source: Walker 1977; Vose 1991.
    """
    j = i64(bits(seed, 2 * i) >> U32) * len(share) >> 32
    return j if random(seed, 2 * i + 1) < share[j] else int(alias[j])


@device
def sigmoid(x):
    """1 / (1 + exp(-x)), of a float32 of shape (); below -80 that of -80.

    Raises nothing.
    Source: chapter 3.
    """
    return f32(1) / (f32(1) + math.exp(-max(x, f32(-80))))


@cuda.jit
def thin(text, lines, order, keep, seed, kept, starts, counts):
    """A thread a line: thread i moves the words of line order[i] that stay to its start.

    Into `kept` go the words, into starts[i] and counts[i] where and how many. A line of one word
    has no window: it counts for nothing.

    text, kept: (T,) ids.
    lines: (n + 1,) int64, where each starts and the last one ends.
    order: (n,) ints, numbers of lines; starts, counts: (n,) ints.
    keep: (V,) float, each word's share that stays.
    seed: uint64.
    Raises nothing.
    Source: chapter 13; subsampling, Mikolov et al. 2013b.
    """
    i = cuda.grid(1)
    if i < len(order):
        start = lines[order[i]]
        size = 0
        for place in range(start, lines[order[i] + 1]):
            word = text[place]
            if random(seed, place) < keep[word]:
                kept[start + size] = word
                size += 1
        starts[i] = start
        counts[i] = size if size > 1 else 0


@device
def sum_by_passing(value):
    """The sum of the 32 threads' values, float32; all get it, in five rounds.

    Raises nothing.
    Source: the shuffles of CUDA.
    """
    for distance in (16, 8, 4, 2, 1):
        value += cuda.shfl_xor_sync(0xFFFFFFFF, value, distance)
    return value


@device
def sum_by_sharing(value):
    """The same where threads cannot pass numbers on, as in the simulator; a block is one warp.

    Raises nothing.
    Source: the shared memory of CUDA.
    """
    values = cuda.shared.array(WARP, f32)
    values[cuda.threadIdx.x] = value
    cuda.syncthreads()
    total = f32(0)
    for lane in range(WARP):
        total += values[lane]
    cuda.syncthreads()
    return total


warp_sum = sum_by_sharing if SIMULATED else sum_by_passing


@device
def window_sum(h, inputs, words, first, t, stop, lane):
    """h = the window of word t, each neighbour times its weight, over the root of the total weight.

    words[first:stop] are the window and word t. Returns what the sum was multiplied by.

    h: this thread's part of a vector, float32 (H / 32,), rounded up.
    inputs, words: (V, H) float32 and (T,) ids.
    lane: the number of the thread in its warp.
    Raises nothing.
    Source: chapter 13.
    """
    total = f32(0)
    for c in range(len(h)):
        h[c] = f32(0)
    for j in range(first, stop):
        if j != t:
            weight = f32(1) / f32(abs(j - t))
            total += weight
            for c in range(len(h)):
                k = lane + WARP * c
                if k < inputs.shape[1]:
                    h[c] += weight * inputs[words[j], k]
    scale = f32(1) / math.sqrt(total)
    for c in range(len(h)):
        h[c] *= scale
    return scale


@device
def answer(h, dh, y, outputs, word, label, rate, decay, lane):
    """One question, as chapter 3 puts it: is it `word`? Its output vector learns; dh grows.

    A target's vector decays. Returns the error.

    h, dh, y: as h of `window_sum`; y is where the vector is kept meanwhile.
    outputs: (V, H) float32.
    word, label: an id; 1 for yes, 0 for no.
    rate, decay: float32, the learning rate, and the weight decay.
    Raises nothing.
    Source: chapters 3 and 4.
    """
    score = f32(0)
    for c in range(len(h)):
        k = lane + WARP * c
        y[c] = outputs[word, k] if k < outputs.shape[1] else f32(0)
        score += h[c] * y[c]
    error = sigmoid(warp_sum(score)) - label
    for c in range(len(h)):
        k = lane + WARP * c
        dh[c] += error * y[c]
        if k < outputs.shape[1]:
            change = error * h[c] + label * decay * y[c]
            cuda.atomic.add(outputs, (word, k), -rate * change)
    return error


@device
def chance(error):
    """The logarithm of how likely the right answer was, from what it missed by, a float32.

    Raises nothing.
    Source: chapter 3.
    """
    return math.log(max(f32(1) - abs(error), f32(1e-7)))


@device
def pass_back(dh, inputs, words, first, t, stop, rate, lane):
    """Back through the window of word t: each neighbour learns by its weight.

    dh, inputs, words: as h, inputs and words of `window_sum`; inputs is (V, H), float32.
    rate: float32, the learning rate times what `window_sum` returns.
    Raises nothing.
    Source: chapter 13.
    """
    for j in range(first, stop):
        if j != t:
            step = rate / f32(abs(j - t))
            for c in range(len(dh)):
                k = lane + WARP * c
                if k < inputs.shape[1]:
                    cuda.atomic.add(inputs, (words[j], k), -step * dh[c])


@device
def shrink(inputs, word, share, lane):
    """The input vector of a word loses a share of itself.

    inputs, word, share: (V, H) float32, an id, and a float32.
    Raises nothing.
    Source: weight decay, Krogh and Hertz 1992.
    """
    for k in range(lane, inputs.shape[1], WARP):
        cuda.atomic.add(inputs, (word, k), -share * inputs[word, k])


@device
def ask(h, dh, y, outputs, words, t, negative, share, alias, seed, rate, decay, lane):
    """All questions about word t: is it itself, and is it one of its negatives?

    dh becomes their gradient. Returns the logarithm of how likely all right answers are.

    h, dh, y, outputs, rate, decay: as of `answer`, outputs (V, H) float32.
    words: (T,) ids.
    negative: K.
    share, alias, seed: as of `draw`.
    Raises nothing.
    Source: chapter 6.
    """
    for c in range(len(dh)):
        dh[c] = f32(0)
    error = answer(h, dh, y, outputs, words[t], f32(1), rate, decay, lane)
    right = chance(error)
    for m in range(negative):
        word = draw(share, alias, seed, t * negative + m)
        if word != words[t]:
            error = answer(h, dh, y, outputs, word, f32(0), rate, decay, lane)
            right += chance(error)
    return right


@device
def learn_line(
    h, dh, y, inputs, outputs, words, start, end, window, negative, share, alias, rate, decay,
    seed, losses, lane,
):  # fmt: skip
    """What a warp does: word after word of words[start:end] learns.

    losses: (2,) float64, to which the losses of the words are added, and their number.
    The other arguments are those of `window_sum` and `ask`.
    Raises nothing.
    Source: chapter 13.
    """
    right = f32(0)
    for t in range(start, end):
        first, stop = max(start, t - window), min(end, t + window + 1)
        scale = window_sum(h, inputs, words, first, t, stop, lane)
        right += ask(h, dh, y, outputs, words, t, negative, share, alias, seed, rate, decay, lane)
        pass_back(dh, inputs, words, first, t, stop, rate * scale, lane)
        shrink(inputs, words[t], rate * decay, lane)
    if lane == 0 and end > start:
        cuda.atomic.add(losses, 0, -right)
        cuda.atomic.add(losses, 1, end - start)


@cache
def make_learn(own):
    """The kernel for vectors of which each thread has `own` numbers, at most: it is compiled once.

    learn[warps, WARP](inputs, outputs, words, starts, counts, window, negative, share, alias,
    before, after, decay, seed, losses) trains both matrices (V, H), by `warps` lines at a time, on
    the lines that `thin` leaves, in their order. The learning rate falls from `before` to `after`.
    To losses (2,), float64, are added the losses of all words, and their number.

    Raises nothing.
    Source: chapter 13; Hogwild, Recht et al. 2011.
    """

    @cuda.jit(fastmath=True)
    def learn(
        inputs, outputs, words, starts, counts, window, negative, share, alias, before, after,
        decay, seed, losses,
    ):  # fmt: skip
        h, dh = cuda.local.array(own, f32), cuda.local.array(own, f32)
        y = cuda.local.array(own, f32)
        for i in range(cuda.blockIdx.x, len(starts), cuda.gridDim.x):
            learn_line(
                h, dh, y, inputs, outputs, words, starts[i], starts[i] + counts[i], window,
                negative, share, alias, before + (after - before) * f32(i) / f32(len(starts)),
                decay, seed, losses, cuda.threadIdx.x,
            )  # fmt: skip

    return learn
