"""A copy of both matrices on a worker of Dask's: it trains on parts of a text, and meets others.

It is an actor of Dask's: an object that lives on one worker, and whose methods are called from
elsewhere. Copies talk to each other from worker to worker. At a meeting of M copies, copy i merges
the changes of the rows i, i + M, i + 2M, ... of all copies, and each takes what all others merged.
Nothing of a copy changes before it has it all: so a meeting that fails can be held again.
"""

import asyncio
from time import perf_counter

import numpy as np
from distributed import get_worker

from w2vlib import cluster_text, distributed, hogwild
from w2vlib.draws import kept_share, negative_weights
from w2vlib.pieces import Piece
from w2vlib.progress import LARGEST
from w2vlib.vocabulary import Vocabulary

PATIENCE = 20  # seconds that a copy waits for another one


class Copy:
    """A copy on the worker where it is made.

    text: a ClusterText without its ids.
    options: those of `hogwild.Learner`, and `seed`.
    """

    def __init__(self, text, options):
        options = dict(options)
        self.seed = options.pop("seed")
        hogwild.prepare(False, options["model"])
        worker = get_worker()
        self.text, self.vocabulary = text, Vocabulary(text.words)
        self.shelf = cluster_text.Shelf(text, worker.local_directory)
        self.learner = hogwild.Learner(text.counts, threads=worker.state.nthreads, **options)
        self.often = often(text.counts, options)
        self.matrices = self.base = self.found = self.taken = None
        self.moves = np.zeros(len(text.counts))  # of each row since it met: words times the rate
        self.group = []  # those that met last
        self.shares = {}  # meeting -> what this copy merges there, or will have merged

    # Beginning and ending ------------------------------------------------------------------------

    def begin(self, vectors, outputs):
        """Start from these."""
        self.matrices = [np.array(vectors), np.array(outputs)]
        self.base = [matrix.copy() for matrix in self.matrices]

    async def join(self, other):
        """Start from where another copy is."""
        self.begin(*await asyncio.wait_for(other.state(), PATIENCE))

    async def state(self):
        """Both matrices, as they were after the last meeting."""
        self.commit()
        return list(self.base)

    async def here(self):
        """Whether it is there."""
        return True

    async def end(self):
        """Leave nothing behind but what was read of the text."""
        self.shelf.clear()

    # Learning ------------------------------------------------------------------------------------

    def learn(self, parts, sent, epoch, before, after, top, limit):
        """Take what the last meeting gave, train on parts, and note what changed.

        parts: their numbers; sent: of some of them the number and the ids.
        before, after: the learning rate at the start and at the end.
        top: how many rows will meet.
        limit: seconds after which no other part is begun.
        Returns words, how many parts were done, mean loss, seconds, and whether all is sound.
        """
        self.commit()
        begin, done, losses = perf_counter(), 0, []
        for part in sent:
            self.shelf.put(*part)
        total = sum(map(self.text.size, parts))
        for turn, number in enumerate(parts):
            if turn and perf_counter() - begin > limit:
                parts = parts[:turn]
                break
            ids = self.shelf.ids(number)
            rng = np.random.default_rng((self.seed, 1 + epoch, 1 + number))
            piece = Piece((number,), ids, self.vocabulary, rng, done)

            def rate(more, done=done):
                return before + (after - before) * (done + more) / total

            for tokens, loss in self.learner.learn(*self.matrices, piece, rate):
                done += tokens
                if loss is not None:
                    losses.append((loss, tokens))
        self.moves += done * (before + after) / 2
        sound = self.note_changes(top)
        loss = mean_loss(losses)
        return done, len(parts), loss, perf_counter() - begin, sound

    def note_changes(self, top):
        """Find the changes of the first `top` rows; whether they are sound."""
        self.found, sound = [], True
        for matrix, base, often in zip(self.matrices, self.base, self.often):
            ids, changes = distributed.find_changes(matrix[:top], base[:top])
            moves = (self.moves[ids] * often[ids]).astype(np.float32)
            self.found.append((ids.astype(np.int32), changes, moves))
            sound = sound and bool(np.abs(changes).max(initial=0) < LARGEST)
        self.top = top
        return sound

    def commit(self):
        """Take what the last meeting gave."""
        if self.taken is None:
            return
        for matrix, base, merged in zip(self.matrices, self.base, self.taken):
            for ids, changes in merged:
                base[ids] += changes
                matrix[ids] = base[ids]
        self.moves[: self.top] = 0
        self.found = self.taken = None
        self.shares.clear()

    # Meeting -------------------------------------------------------------------------------------

    async def meet(self, meeting, group, place):
        """Merge this copy's share of the rows, and get those of the others.

        meeting: its number, never the same twice.
        group: all copies that meet, or None where these are those of the last time; place: of this
            one among them.
        Returns how many bytes came from the others.
        """
        self.meeting = meeting
        share = self.shares.setdefault(meeting, asyncio.get_running_loop().create_future())
        try:
            group = self.group = group or self.group
            found = await asyncio.wait_for(self.collect(group, place), PATIENCE)
            merged = await asyncio.to_thread(self.merge_share, found, place, len(group))
            share.set_result(merged)
            taken = [other.share(meeting) for i, other in enumerate(group) if i != place]
            taken = await asyncio.wait_for(asyncio.gather(*taken), PATIENCE)
        except Exception:
            if not share.done():
                share.set_exception(ConnectionError("a copy did not come to the meeting"))
                share.exception()  # so that asyncio does not miss somebody who asks
            raise
        came = sum(array.nbytes for answer in [*found, *taken] for array in answer)
        came -= sum(array.nbytes for array in found[place])
        taken = [merged, *taken]
        if meeting == self.meeting:  # or else another one was called meanwhile
            self.taken = [[answer[2 * i : 2 * i + 2] for answer in taken] for i in range(2)]
        return came

    async def collect(self, group, place):
        """The changes that all copies made to this copy's share of the rows."""
        of_others = (
            self.changes(place, len(group)) if i == place else other.changes(place, len(group))
            for i, other in enumerate(group)
        )
        return await asyncio.gather(*of_others)

    async def changes(self, place, copies):
        """What this copy changed of the rows that the copy at `place` merges: six arrays."""
        answer = []
        for ids, changes, moves in self.found:
            chosen = ids % copies == place
            answer += [ids[chosen], changes[chosen], moves[chosen]]
        return answer

    async def share(self, meeting):
        """What this copy has merged of the rows, as soon as it has: four arrays."""
        future = self.shares.setdefault(meeting, asyncio.get_running_loop().create_future())
        return await asyncio.shield(future)

    def merge_share(self, found, place, copies):
        size, answer = -(-self.top // copies), []
        for i in 0, 3:
            told = [(ids // copies, changes, moves) for ids, changes, moves in
                    (each[i : i + 3] for each in found)]  # fmt: skip
            ids, changes = distributed.merge(told, size)
            answer += [(ids * copies + place).astype(np.int32), changes]
        return answer


def mean_loss(losses):
    """The mean of pairs of a loss and the words that it is of; None of none."""
    words = sum(words for _, words in losses)
    return sum(loss * words for loss, words in losses) / words if losses else None


def often(counts, options):
    """How often a word of the text changes a row of either matrix, (V,) each."""
    kept = counts * kept_share(counts, options["subsample"]) / counts.sum()
    drawn = negative_weights(counts, options["power"])
    negatives = hogwild.SHARING * options["negative"] / hogwild.GROUP
    return kept, kept + drawn / drawn.sum() * kept.sum() * negatives
