"""A copy of both matrices on a worker of Dask's: it trains on parts of a text, and meets others.

It is an actor of Dask's: an object that lives on one worker, and whose methods are called from
elsewhere. Copies talk to each other from worker to worker. At a meeting of M copies, copy i merges
the changes of the rows i, i + M, i + 2M, ... of all copies, and each takes what all others merged.
Nothing of a copy changes before it has it all: so a meeting that fails can be held again.
"""

import asyncio
import signal
import threading
import weakref
from time import perf_counter
from typing import ClassVar

import numpy as np
from distributed import get_worker

from w2vlib import check, distributed, hogwild
from w2vlib.pieces import PARTS, Piece
from w2vlib.stretches import Shelf
from w2vlib.team import is_gone
from w2vlib.vocabulary import Vocabulary


def dask_setup(worker):
    """Dask calls it on workers that this process starts: Ctrl-C at a terminal reaches them, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Copy:
    """A copy on the worker where it is made.

    training: what tells one training from others: a former copy of the same one, which was taken
        for lost, is let go.
    options: those of `hogwild.Learner`, and `seed`.
    """

    made: ClassVar = weakref.WeakValueDictionary()

    def __init__(self, training, options):
        self.options, self.seed = {k: v for k, v in options.items() if k != "seed"}, options["seed"]
        self.shelf = self.base = self.found = self.taken = self.task = None
        hogwild.prepare(False, options["model"])
        worker = get_worker()
        self.folder, self.threads = worker.local_directory, worker.state.nthreads
        if former := self.made.get((worker.address, training)):
            former.let_go()
        self.made[worker.address, training] = self
        self.lock, self.enough = threading.Lock(), False
        self.group = []  # those that met last
        self.meeting, self.shares = 0, {}  # meeting -> what this copy merges there, or will have

    # Beginning and ending ------------------------------------------------------------------------

    def begin(self, text, vectors, outputs):
        """Start from these. text: a ClusterText without its ids."""
        self.text, self.vocabulary = text, Vocabulary(text.words)
        self.shelf = Shelf(text, self.folder)
        self.learner = hogwild.Learner(text.counts, threads=self.threads, **self.options)
        self.often = self.learner.often()
        self.moves = np.zeros(len(text.counts))  # of each row since it met: words times the rate
        self.matrices = [np.array(vectors), np.array(outputs)]
        self.base = [matrix.copy() for matrix in self.matrices]

    async def join(self, other):
        """Start from where another copy is."""
        await asyncio.to_thread(self.begin, *await other.start())

    async def start(self):
        """What another copy starts from."""
        return self.text, *await self.state()

    async def state(self):
        """Both matrices, as they were after the last meeting."""
        await asyncio.to_thread(self.commit)
        return list(self.base)

    async def here(self):
        """Whether it is there."""
        return True

    async def stop(self):
        """Learn no more than the piece that is begun."""
        self.enough = True

    async def end(self):
        """Leave nothing behind but what was read of the text."""
        self.let_go()

    def let_go(self):
        """Copies that know each other would stay in memory for ever."""
        if self.task:
            self.task.get_loop().call_soon_threadsafe(self.task.cancel)
        self.enough, self.group, self.task = True, [], None
        self.learner = self.matrices = self.base = self.found = self.taken = None
        if self.shelf:
            self.shelf.clear()

    # Learning ------------------------------------------------------------------------------------

    def learn(self, parts, sent, epoch, before, after, top, limit):
        """Take what the last meeting gave, train on parts, and note what changed.

        parts: their numbers; sent: of some of them the number and the ids.
        before, after: the learning rate at the start and at the end.
        top: how many rows will meet.
        limit: seconds after which no other piece is begun.
        Returns words, how many parts were done, mean loss, seconds of training, and whether all is
            sound.
        """
        self.commit()
        begin, done, losses, seconds = perf_counter(), 0, [], 0.0
        for part in sent:
            self.shelf.put(*part)
        total = sum(map(self.text.size, parts))
        for turn in range(0, len(parts), PARTS):
            if self.enough or (turn and perf_counter() - begin > limit):
                parts = parts[:turn]
                break
            joined = tuple(parts[turn : turn + PARTS])  # one piece, as on one machine
            ids = np.concatenate([self.shelf.ids(number) for number in joined])
            rng = np.random.default_rng((self.seed, 1 + epoch, 1 + joined[0]))
            piece = Piece(joined, ids, self.vocabulary, rng, done)

            def rate(more, done=done):
                return before + (after - before) * (done + more) / total

            start = perf_counter()
            for tokens, loss in self.learner.learn(*self.matrices, piece, rate):
                done += tokens
                if loss is not None:
                    losses.append((loss, tokens))
            seconds += perf_counter() - start
        self.moves += done * (before + after) / 2
        sound = self.note_changes(top)
        return done, len(parts), mean_loss(losses), seconds, sound

    def note_changes(self, top):
        """Find the changes of the first `top` rows; whether they are sound."""
        self.found, sound = [], True
        for matrix, base, often in zip(self.matrices, self.base, self.often):
            ids, changes = distributed.find_changes(matrix[:top], base[:top])
            moves = (self.moves[ids] * often[ids]).astype(np.float32)
            self.found.append((ids.astype(np.int32), changes, moves))
            sound = sound and bool(np.abs(changes).max(initial=0) < check.SOUND)
        self.top = top
        return sound

    def commit(self):
        """Take what the last meeting gave."""
        with self.lock:  # who stops a training asks for the state while a turn begins
            if self.taken is None:
                return
            for matrix, base, merged in zip(self.matrices, self.base, self.taken):
                for ids, changes in merged:
                    base[ids] += changes
                    matrix[ids] = base[ids]
            self.moves[: self.top] = 0
            self.found = self.taken = None

    # Meeting -------------------------------------------------------------------------------------

    async def meet(self, meeting, group, place):
        """Merge this copy's share of the rows, and get those of the others.

        meeting: its number, never the same twice.
        group: all copies that meet, or None where these are those of the last time; place: of this
            one among them.
        Returns how many bytes came from the others, or None where one of them did not come. It
        waits for them until it is called to another meeting.
        """
        if self.task:
            self.task.cancel()
        self.meeting, self.group = meeting, group or self.group
        share = self.shares.pop(meeting, None) or asyncio.Future()  # somebody may have asked for it
        for old in self.shares.values():
            if not old.done():
                old.set_exception(ConnectionError("the copy went to another meeting"))
                old.exception()  # or else asyncio complains where nobody asked
        self.shares = {meeting: share}
        self.task = asyncio.ensure_future(self.exchange(place, share))
        try:
            taken, came = await self.task
        except (Exception, asyncio.CancelledError) as error:
            if not is_gone(error):
                raise
            return None
        if meeting != self.meeting:
            return None
        self.taken = taken
        return came

    async def exchange(self, place, share):
        """What all have merged, for each matrix pairs of ids and changes; and bytes that came."""
        found = await self.collect(self.group, place)
        merged = await asyncio.to_thread(self.merge_share, found, place, len(self.group))
        share.set_result(merged)
        others = [other for i, other in enumerate(self.group) if i != place]
        taken = await asyncio.gather(*(other.share(self.meeting) for other in others))
        came = sum(array.nbytes for answer in [*found, *taken] for array in answer)
        came -= sum(array.nbytes for array in found[place])
        taken = [merged, *taken]
        return [[answer[2 * i : 2 * i + 2] for answer in taken] for i in range(2)], came

    async def collect(self, group, place):
        """The changes that all copies made to this copy's share of the rows."""
        of_others = (
            self.changes(place, len(group)) if i == place else other.changes(place, len(group))
            for i, other in enumerate(group)
        )
        return await asyncio.gather(*of_others)

    async def changes(self, place, copies):
        """What this copy changed of the rows that the copy at `place` merges: six arrays."""
        if self.found is None:
            raise ConnectionError("there is no meeting: who asks was lost, and came back")
        answer = []
        for ids, changes, moves in self.found:
            chosen = ids % copies == place
            answer += [ids[chosen], changes[chosen], moves[chosen]]
        return answer

    async def share(self, meeting):
        """What this copy has merged of the rows, as soon as it has: four arrays."""
        if meeting < self.meeting:
            raise ConnectionError("that meeting is over")
        return await asyncio.shield(self.shares.setdefault(meeting, asyncio.Future()))

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
