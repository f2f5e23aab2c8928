"""Answers to chapter 9's exercises, right and wrong."""

import numpy as np


class Gradient:
    """The page's, before `put`."""

    def __init__(self, W):
        self.shape = W.shape
        self.ids = np.empty(0, dtype=int)
        self.rows = np.empty((0, W.shape[1]), dtype=W.dtype)


class BySorting(Gradient):
    """The page's solution; a mistake is what one of its parts does instead."""

    def put(self, idx, dout):
        idx, dout = np.ravel(idx), dout.reshape(-1, dout.shape[-1])
        order = np.argsort(idx, kind="stable")
        self.set(*np.unique(idx[order], return_index=True), dout[order], dout)

    def set(self, ids, starts, ordered, dout):
        self.ids, self.rows = ids, np.add.reduceat(ordered, starts)


class ByLoop(Gradient):
    def put(self, idx, dout):
        sums = {}
        for place in np.ndindex(idx.shape):
            sums[idx[place]] = sums.get(idx[place], 0) + dout[place].astype(np.float32)
        self.ids = sorted(sums)
        self.rows = np.asfortranarray([sums[i] for i in self.ids])


class EachPlace(Gradient):
    def put(self, idx, dout):
        self.ids, self.rows = np.sort(np.ravel(idx)), dout.reshape(-1, dout.shape[-1])


class WithoutSums(BySorting):
    def set(self, ids, starts, ordered, dout):
        self.ids, self.rows = ids, ordered[starts]


class LastOnly(BySorting):
    def set(self, ids, starts, ordered, dout):
        self.ids, self.rows = ids, ordered[np.append(starts[1:], len(ordered)) - 1]


class UnsortedRows(BySorting):
    def set(self, ids, starts, ordered, dout):
        self.ids, self.rows = ids, np.add.reduceat(dout, starts)


class NothingSorted(Gradient):
    def put(self, idx, dout):
        self.ids, starts = np.unique(idx, return_index=True)
        self.rows = np.add.reduceat(dout.reshape(-1, dout.shape[-1]), starts)


class UnsortedIds(Gradient):
    def put(self, idx, dout):
        self.ids = np.array(list(dict.fromkeys(np.ravel(idx).tolist())))
        self.rows = np.array([dout[idx == i].sum(axis=0) for i in self.ids])


class Means(Gradient):
    def put(self, idx, dout):
        self.ids = np.unique(idx)
        self.rows = np.array([dout[idx == i].mean(axis=0) for i in self.ids])


class Keeps(BySorting):
    """A second put adds to what the first has left."""

    def set(self, ids, starts, ordered, dout):
        ids = np.append(self.ids, ids)
        rows = np.append(self.rows, np.add.reduceat(ordered, starts), axis=0)
        self.ids = np.unique(ids)
        self.rows = np.array([rows[ids == i].sum(axis=0) for i in self.ids])


class Appends(BySorting):
    """A second put leaves the rows of the first, and its own ids."""

    def set(self, ids, starts, ordered, dout):
        self.ids = ids
        self.rows = np.append(self.rows, np.add.reduceat(ordered, starts), axis=0)


class Returns(Gradient):
    def put(self, idx, dout):
        return np.unique(idx)


class LongArray(Gradient):
    def put(self, idx, dout):
        dW = np.zeros((idx.max() + 1, dout.shape[-1]))
        np.add.at(dW, idx, dout)
        self.ids = np.unique(idx)
        self.rows = dW[self.ids]


class AllRows(LongArray):
    def put(self, idx, dout):
        dW = np.zeros(self.shape)
        np.add.at(dW, idx, dout)
        self.ids = np.flatnonzero(dW.any(axis=1))
        self.rows = dW[self.ids]


class SGD:
    """The page's solution; a mistake moves a matrix otherwise."""

    def __init__(self, lr):
        self.lr = lr

    def update(self, params, grads):
        for W, grad in zip(params, grads):
            self.move(W, grad.ids, grad.rows)

    def move(self, W, ids, rows):
        W[ids] -= self.lr * rows


class RowByRow(SGD):
    def move(self, W, ids, rows):
        for i, row in zip(ids, rows):
            W[i] = W[i] - self.lr * row


class ByIndex(SGD):
    def move(self, W, ids, rows):
        np.subtract.at(W, ids, self.lr * rows)


class Lost(SGD):
    def move(self, W, ids, rows):
        W = W.copy()
        W[ids] -= self.lr * rows


class Up(SGD):
    def move(self, W, ids, rows):
        W[ids] += self.lr * rows


class WithoutRate(SGD):
    def move(self, W, ids, rows):
        W[ids] -= rows


class Over(SGD):
    def move(self, W, ids, rows):
        W[ids] = -self.lr * rows


class UpOver(SGD):
    def move(self, W, ids, rows):
        W[ids] = self.lr * rows


class FirstOnly(SGD):
    def update(self, params, grads):
        self.move(params[0], grads[0].ids, grads[0].rows)


class LastOfAll(SGD):
    def update(self, params, grads):
        self.move(params[-1], grads[-1].ids, grads[-1].rows)


class OfAllRows(SGD):
    def move(self, W, ids, rows):
        dW = np.zeros(W.shape)
        dW[ids] = rows
        W -= self.lr * dW


def update_rows(W, squares, ids, rows, lr):
    for i, row in zip(ids, rows):
        squares[i] += np.mean(row**2)
        W[i] -= lr * row / (np.sqrt(squares[i]) + 1e-7)


def update(W, squares, ids, rows, lr, mean=np.mean, root=np.sqrt, late=False):
    """A mistake is what it does instead."""
    before = squares[ids]
    squares[ids] += mean(rows**2, axis=1)
    W[ids] -= lr * rows / (root(before if late else squares[ids])[:, np.newaxis] + 1e-7)


def update_squares(W, squares, ids, rows, lr):
    squares[ids] += np.mean(rows**2, axis=1)


def update_over(W, squares, ids, rows, lr):
    squares[ids] = 0
    update(W, squares, ids, rows, lr)


def update_copy(W, squares, ids, rows, lr):
    update(W, squares.copy(), ids, rows, lr)


def missed(m, v, t, k, first=1, early=True):
    way = 0.0
    for s in range(t + first, t + first + k):
        m, v = (0.9 * m, 0.999 * v) if early else (m, v)
        way -= 0.1 * (1 - 0.999**s) ** 0.5 / (1 - 0.9**s) * m / (np.sqrt(v) + 1e-7)
        m, v = (m, v) if early else (0.9 * m, 0.999 * v)
    return way


RIGHT = {
    "put_gradient": [BySorting, ByLoop],
    "sparse_sgd": [SGD, RowByRow, ByIndex],
    "one_sum_a_row": [update_rows],
    "missed_steps": [missed],
}
WRONG = {
    "put_gradient": {
        EachPlace: "each of its places",
        WithoutSums: "only the first row",
        LastOnly: "only the last row",
        UnsortedRows: "same order as the ids",
        NothingSorted: "nothing is sorted",
        UnsortedIds: "not in rising order",
        Means: "the mean of its rows",
        Keeps: "keeps what the first has left",
        Appends: "keeps what the first has left",
        Returns: "set self.ids and self.rows",
        LongArray: "as long as the largest id",
        AllRows: "as long as the largest id",
    },
    "sparse_sgd": {
        Lost: "as they were",
        Up: "subtract",
        WithoutRate: "learning rate is missing",
        Over: "use -=, not =",
        UpOver: "use -=, not =",
        FirstOnly: "only the first matrix",
        LastOfAll: "only the last matrix",
        OfAllRows: "computes with all rows",
    },
    "one_sum_a_row": {
        lambda *args: update(*args, mean=np.sum): "take the mean",
        update_over: "use +=, not =",
        update_copy: "squares is as it was",
        update_squares: "W is as it was",
        lambda *args: update(*args, root=np.positive): "by the root of s",
        lambda *args: update(*args, late=True): "before you divide",
    },
    "missed_steps": {
        lambda *args: -missed(*args): "the sign",
        lambda *args: missed(*args, first=0): "t + 1, not t",
        lambda *args: missed(*args, early=False): "before the step, not after",
        lambda *args: missed(*args, first=0, early=False): "shrink the means first",
    },
}
