"""The rungs below and beside the kernel of `w2vlib.gpu`: the same training on the card otherwise.

Each makes a kernel that takes the arguments of `gpu.make_learn`'s, and leaves `losses` as it is.
"""

import math

import numpy as np
from numba import cuda

from w2vlib.gpu import WARP, draw, sigmoid, warp_sum

f32 = np.float32


def a_thread_a_line(size):
    """The textbook's loop as it stands: each thread takes lines, and goes number after number."""

    @cuda.jit(fastmath=True)
    def learn(
        inputs, outputs, words, starts, counts, window, negative, share, alias, before, after,
        decay, seed, losses,
    ):  # fmt: skip
        h = cuda.local.array(size, f32)
        dh = cuda.local.array(size, f32)
        for i in range(cuda.grid(1), len(starts), cuda.gridsize(1)):
            rate = before + (after - before) * f32(i) / f32(len(starts))
            start = starts[i]
            end = start + counts[i]
            for t in range(start, end):
                total = f32(0)
                for k in range(size):
                    h[k] = f32(0)
                    dh[k] = f32(0)
                for j in range(max(start, t - window), min(end, t + window + 1)):
                    if j != t:
                        weight = f32(1) / f32(abs(j - t))
                        total += weight
                        for k in range(size):
                            h[k] += weight * inputs[words[j], k]
                scale = f32(1) / math.sqrt(total)
                for k in range(size):
                    h[k] *= scale
                for m in range(-1, negative):
                    word, label = words[t], f32(1)
                    if m >= 0:
                        word, label = draw(share, alias, seed, t * negative + m), f32(0)
                        if word == words[t]:
                            continue
                    score = f32(0)
                    for k in range(size):
                        score += h[k] * outputs[word, k]
                    error = sigmoid(score) - label
                    for k in range(size):
                        y = outputs[word, k]
                        dh[k] += error * y
                        outputs[word, k] = y - rate * (error * h[k] + label * decay * y)
                for j in range(max(start, t - window), min(end, t + window + 1)):
                    if j != t:
                        step = rate * scale / f32(abs(j - t))
                        for k in range(size):
                            inputs[words[j], k] -= step * dh[k]
                for k in range(size):
                    inputs[words[t], k] -= rate * decay * inputs[words[t], k]

    return learn


def a_warp_a_line(size):
    """As the engine does, but that changes are not atomic: of two at a time one may be lost."""
    own = -(-size // WARP)

    @cuda.jit(fastmath=True)
    def learn(
        inputs, outputs, words, starts, counts, window, negative, share, alias, before, after,
        decay, seed, losses,
    ):  # fmt: skip
        lane = cuda.threadIdx.x
        h = cuda.local.array(own, f32)
        dh = cuda.local.array(own, f32)
        y = cuda.local.array(own, f32)
        for i in range(cuda.blockIdx.x, len(starts), cuda.gridDim.x):
            rate = before + (after - before) * f32(i) / f32(len(starts))
            start = starts[i]
            end = start + counts[i]
            for t in range(start, end):
                total = f32(0)
                for c in range(own):
                    h[c] = f32(0)
                    dh[c] = f32(0)
                for j in range(max(start, t - window), min(end, t + window + 1)):
                    if j != t:
                        weight = f32(1) / f32(abs(j - t))
                        total += weight
                        for c in range(own):
                            if lane + WARP * c < size:
                                h[c] += weight * inputs[words[j], lane + WARP * c]
                scale = f32(1) / math.sqrt(total)
                for c in range(own):
                    h[c] *= scale
                for m in range(-1, negative):
                    word, label = words[t], f32(1)
                    if m >= 0:
                        word, label = draw(share, alias, seed, t * negative + m), f32(0)
                        if word == words[t]:
                            continue
                    score = f32(0)
                    for c in range(own):
                        y[c] = f32(0)
                        if lane + WARP * c < size:
                            y[c] = outputs[word, lane + WARP * c]
                        score += h[c] * y[c]
                    error = sigmoid(warp_sum(score)) - label
                    for c in range(own):
                        dh[c] += error * y[c]
                        if lane + WARP * c < size:
                            change = error * h[c] + label * decay * y[c]
                            outputs[word, lane + WARP * c] = y[c] - rate * change
                for j in range(max(start, t - window), min(end, t + window + 1)):
                    if j != t:
                        step = rate * scale / f32(abs(j - t))
                        for c in range(own):
                            if lane + WARP * c < size:
                                inputs[words[j], lane + WARP * c] -= step * dh[c]
                for k in range(lane, size, WARP):
                    inputs[words[t], k] -= rate * decay * inputs[words[t], k]

    return learn


ROWS, SHARED = 24, 16  # words in a group, at most, and negatives that they share


def a_block_a_group(size):
    """As chapter 11 does: the lines of a group share negatives, its vectors lie in shared memory.

    A block of threads takes a group, a thread a column; lines are cut to ROWS words.
    """
    stride = size | 1  # an odd number: rows one beside the other begin in different banks
    scores = SHARED + 1
    columns = size + -size % WARP

    @cuda.jit(fastmath=True)
    def learn(
        inputs, outputs, kept, starts, counts, window, negative, share, alias, before, after,
        decay, seed, losses,
    ):  # fmt: skip
        k = cuda.threadIdx.x
        x = cuda.shared.array((ROWS, stride), f32)
        h = cuda.shared.array((ROWS, stride), f32)
        negs = cuda.shared.array((SHARED, stride), f32)
        errors = cuda.shared.array((ROWS, scores), f32)
        scale = cuda.shared.array(ROWS, f32)
        words = cuda.shared.array(ROWS, np.int32)
        first = cuda.shared.array(ROWS, np.int32)
        last = cuda.shared.array(ROWS, np.int32)
        negatives = cuda.shared.array(SHARED, np.int32)
        size_and_next = cuda.shared.array(2, np.int32)
        begin = cuda.blockIdx.x * len(starts) // cuda.gridDim.x
        end = (cuda.blockIdx.x + 1) * len(starts) // cuda.gridDim.x
        i = begin
        while i < end:
            if k == 0:
                for m in range(SHARED):
                    negatives[m] = draw(share, alias, seed, i * SHARED + m)
                T = 0
                j = i
                while j < end and T + counts[j] <= ROWS:
                    start = T
                    T += counts[j]
                    for t in range(start, T):
                        words[t] = kept[starts[j] + t - start]
                        first[t], last[t] = max(start, t - window), min(T, t + window + 1)
                        total = f32(0)
                        for s in range(first[t], last[t]):
                            if s != t:
                                total += f32(1) / f32(abs(s - t))
                        scale[t] = f32(1) / math.sqrt(total)
                    j += 1
                size_and_next[0] = T
                size_and_next[1] = j
            cuda.syncthreads()
            T = size_and_next[0]
            rate = before + (after - before) * f32(i - begin) / f32(end - begin)
            i = size_and_next[1]
            if k < size:
                for t in range(T):
                    x[t, k] = inputs[words[t], k]
                for m in range(SHARED):
                    negs[m, k] = outputs[negatives[m], k]
                for t in range(T):
                    total = f32(0)
                    for s in range(first[t], last[t]):
                        if s != t:
                            total += x[s, k] / f32(abs(s - t))
                    h[t, k] = total * scale[t]
            cuda.syncthreads()
            for q in range(k, T * scores, columns):
                t = q // scores
                m = q % scores
                score = f32(0)
                if m == SHARED:
                    for c in range(size):
                        score += h[t, c] * outputs[words[t], c]
                    errors[t, m] = sigmoid(score) - f32(1)
                else:
                    for c in range(size):
                        score += h[t, c] * negs[m, c]
                    weight = f32(negative) / f32(SHARED) if negatives[m] != words[t] else f32(0)
                    errors[t, m] = sigmoid(score) * weight
            cuda.syncthreads()
            if k < size:
                for t in range(T):
                    dh = errors[t, SHARED] * outputs[words[t], k]
                    for m in range(SHARED):
                        dh += errors[t, m] * negs[m, k]
                    x[t, k] = dh * scale[t]
                for t in range(T):
                    change = errors[t, SHARED] * h[t, k] + decay * outputs[words[t], k]
                    cuda.atomic.add(outputs, (words[t], k), -rate * change)
                for m in range(SHARED):
                    total = f32(0)
                    for t in range(T):
                        total += errors[t, m] * h[t, k]
                    cuda.atomic.add(outputs, (negatives[m], k), -rate * total)
                for t in range(T):
                    total = decay * inputs[words[t], k]
                    for s in range(first[t], last[t]):
                        if s != t:
                            total += x[s, k] / f32(abs(s - t))
                    cuda.atomic.add(inputs, (words[t], k), -rate * total)
            cuda.syncthreads()

    return learn
