"""The engine on a cluster of Dask's: copies of the vectors on its workers learn, and meet.

This side knows who is there, which parts of the text are left, and how far the training is. A text
is trained in legs: after each, all rows of all copies can meet, and be fetched. What a worker that
is lost should have learnt in its round is given to the others; one that comes, or comes back,
starts from what another one knows. Only when all are lost does it go back, to what was fetched.
"""

import asyncio
import contextlib
import os
import time
import warnings
from dataclasses import dataclass, field

import numpy as np

from w2vlib import distributed, hogwild
from w2vlib.check import short
from w2vlib.cluster_text import ClusterText, load_on_cluster
from w2vlib.engine import Engine
from w2vlib.pieces import PIECE
from w2vlib.progress import DivergenceError

LEGS = 64  # in an epoch, at most
FEWEST = 1000  # rows that meet, or some more; ever more of the rest at every other, fourth, ...
MEETINGS = 28  # in a training, times the number of copies: what they do apart has to stay small
SLOW = 0.7  # of the fastest copy's pace: a slower one is given less
LIMIT = 1.5  # times what a copy at the median pace would take; then a turn ends
PATIENCE = 5  # seconds that a worker may be silent, and ...
LONGER = 5  # ... so many times what its turn should take, if that is more
START = 120  # seconds to wait for the first workers and their copies
REST = 20  # a fetch of both matrices is followed by this many times its duration without one


def fit(vectors, outputs, corpus, *, client, report, first=0, **options):
    """Train both matrices, by the arguments of `w2vlib.train`; see Engine."""
    text = corpus if isinstance(corpus, ClusterText) else ClusterText.of(corpus)
    return Training(client, text, (vectors, outputs), options, report, first).legs()


def count_legs(corpus):
    """How many legs there are in an epoch."""
    return int(np.clip(len(corpus) // PIECE, 1, LEGS))


@contextlib.contextmanager
def connect(client):
    """A Dask client: the one given, one for a scheduler's address, or one of a cluster made here.

    That is a process for each core of this machine, and listens to nobody outside.
    """
    from distributed import Client, LocalCluster

    if isinstance(client, Client):
        if client.asynchronous:
            raise TypeError("client is asynchronous: give a Client made without asynchronous=True")
        yield client
    elif isinstance(client, str):
        try:
            given = Client(client, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise ConnectionError(
                f"client is {short(client)}: no scheduler answers there ({error}); give the "
                "address that it prints, such as tcp://127.0.0.1:8786, or a Client of your own"
            ) from error
        with given:
            yield given
    elif client is None:
        here = {"host": "127.0.0.1", "dashboard_address": None, "silence_logs": "ERROR"}
        with (
            LocalCluster(n_workers=os.cpu_count(), threads_per_worker=1, **here) as cluster,
            Client(cluster, direct_to_workers=True) as own,
        ):
            yield own
    else:
        raise TypeError(
            f"client is {short(client)}: it should be a distributed.Client, a scheduler's address, "
            "or None for a cluster on this machine"
        )


@dataclass(eq=False)
class Member:
    """A worker with a copy. has: parts whose ids it was sent; pace: words a second."""

    address: str
    future: object
    copy: object
    has: set = field(default_factory=set)
    pace: float = 0.0


class AllLost(Exception):
    """No copy is left."""


class Training:
    """A training on a cluster. `bytes` that copies sent each other, and seconds, add up in it."""

    def __init__(self, client, text, matrices, options, report, first):
        self.client, self.text, self.matrices, self.report = client, text, matrices, report
        self.rate, self.epochs, self.seed = (
            options.pop(name) for name in ("learning_rate", "epochs", "seed")
        )
        self.options = options
        self.number = count_legs(text)
        self.first = self.done = self.fetched = first  # legs; `fetched`: what both matrices hold
        self.group = []  # those that met last
        self.team, self.coming, self.homes = [], {}, dict(enumerate(text.homes))
        self.meeting, self.told, self.next, self.looked = 0, 0, 0.0, 0.0
        self.bytes, self.learning, self.meetings = 0, 0.0, 0.0

    def legs(self):
        """Train: yields after each leg what brings the matrices here up to date."""
        last = self.number * self.epochs
        try:
            for leg in range(self.first, last):
                while self.done <= leg:
                    try:
                        self.train_leg()
                        self.done += 1
                        if self.done == last or time.perf_counter() > self.next:
                            self.fetch()
                    except AllLost:
                        self.go_back()
                yield self.fetch
        finally:
            with contextlib.suppress(Exception):  # an error that is under way comes first
                self.fetch()
            for member in self.team:
                with contextlib.suppress(Exception):
                    member.copy.end()
            for future in [*self.coming.values(), *(member.future for member in self.team)]:
                future.release()

    # One leg --------------------------------------------------------------------------------------

    def train_leg(self):
        epoch, leg = divmod(self.done, self.number)
        order = np.random.default_rng((self.seed, 1 + epoch)).permutation(len(self.text.sizes))
        legs = np.array_split(order, self.number)
        done = epoch * len(self.text) + sum(map(self.size, legs[:leg]))
        left = legs[leg].tolist()
        while left:
            self.admit()
            turns = self.share_out(left)
            after = done + sum(map(self.size, turns.values()))
            rates = self.rate_after(done), self.rate_after(after)
            told = self.learn(turns, left, (epoch, *rates), self.rows())
            self.meet(turns, left)
            done += sum(map(self.size, turns.values()))
            self.tell(done, [told[member] for member in turns])

    def rows(self):
        """How many rows meet at the next meeting."""
        words = len(self.text.words)
        levels = 1 + max(0, int(np.log2(words / FEWEST)))
        return distributed.rows_that_meet(1 + self.meeting, words, levels)

    def rate_after(self, words):
        return self.rate * (1 - words / (self.epochs * len(self.text)))

    def size(self, parts):
        return int(self.text.sizes[parts].sum())

    def share_out(self, left):
        """Take from `left` what each member learns until the next meeting -> {member: parts}.

        First what it has at hand, then what nobody has; only then what another one has.
        """
        fastest, turns = max(member.pace for member in self.team), {}
        usual = min(self.turn_length(), -(-len(left) // len(self.team)))
        for member in self.team:
            share = member.pace / fastest if 0 < member.pace < SLOW * fastest else 1
            number = max(1, int(share * usual))
            left.sort(key=lambda part: self.distance(part, member))
            turns[member], left[:number] = left[:number], []
            for part in turns[member]:
                self.homes.setdefault(int(self.text.stretch[part]), member.address)
        return turns

    def turn_length(self):
        """How many parts a copy trains on from one meeting to the next."""
        parts = self.epochs * len(self.text.sizes) / len(self.team)
        return max(1, round(parts / (MEETINGS * len(self.team))))

    def distance(self, part, member):
        home = self.homes.get(int(self.text.stretch[part]))
        return 0 if home == member.address else 1 if home is None else 2

    def learn(self, turns, left, rates, top):
        """Each member trains on its turn -> what it says; what was not done goes back to `left`."""
        paces = [member.pace for member in turns if member.pace]
        limit = LIMIT * max(map(self.size, turns.values())) / np.median(paces) if paces else START
        begin = time.perf_counter()
        calls = {
            member: member.copy.learn(parts, self.to_send(parts, member), *rates, top, limit)
            for member, parts in turns.items()
        }
        told = self.answers(calls, max(PATIENCE, LONGER * limit))
        self.learning += time.perf_counter() - begin
        for member, parts in list(turns.items()):
            if member not in told:
                self.take_back(member, turns, left)
                continue
            words, number, _, seconds, sound = told[member]
            if not sound:
                raise DivergenceError
            left.extend(parts[number:])
            turns[member] = parts[:number]
            if words:
                member.pace = (member.pace or words / seconds) / 2 + words / seconds / 2
        return told

    def to_send(self, parts, member):
        """The ids of the parts that a member cannot read, and was not sent before."""
        if self.text.ids is None:
            return []
        new = [part for part in parts if part not in member.has]
        member.has.update(new)
        return [(part, self.text.sent(part)) for part in new]

    def meet(self, turns, left):
        """All members agree on what they have learnt, or those of them that are still there."""
        begin = time.perf_counter()
        while True:
            if not turns:
                raise AllLost
            self.meeting += 1
            group = list(turns)
            new = [member.copy for member in group] if group != self.group else None
            self.group = group
            calls = {
                member: member.copy.meet(self.meeting, new, place)
                for place, member in enumerate(turns)
            }
            came = self.answers(calls, PATIENCE, drop=False)
            if len(came) == len(turns):
                break
            self.group = []  # who knows who heard of it
            here = self.answers({member: member.copy.here() for member in turns}, PATIENCE)
            for member in set(turns) - set(here):
                self.take_back(member, turns, left)
        self.bytes += sum(came.values())
        self.meetings += time.perf_counter() - begin

    def take_back(self, member, turns, left):
        """What a lost member should have learnt is left again."""
        parts = turns.pop(member)
        left.extend(parts)
        warnings.warn(
            f"the worker {member.address} is gone, or silent: the {self.size(parts):,} words of "
            f"its turn are trained again; {len(self.team)} go on",
            stacklevel=2,
        )

    def tell(self, done, told):
        """Report words, but none for a second time."""
        losses = [(loss, words) for words, _, loss, _, _ in told if loss is not None]
        if done > self.told:
            words = sum(words for _, words in losses)
            loss = sum(loss * words for loss, words in losses) / words if losses else None
            self.report(done - self.told, loss)
            self.told = done

    # Who is there ---------------------------------------------------------------------------------

    def admit(self):
        """Workers that have come become members, and start from what another one knows."""
        first = not self.team
        if not first and time.perf_counter() < self.looked + 1:
            return
        begin = self.looked = time.perf_counter()
        while True:
            self.invite()
            self.welcome()
            waited = time.perf_counter() - begin
            if self.team and (not first or not self.coming or waited > PATIENCE):
                return
            if waited > START:
                raise TimeoutError(
                    f"client has {len(self.workers())} workers, and none of them was ready within "
                    f"{START} seconds: start workers, such as `dask worker ADDRESS`"
                )
            time.sleep(0.02)

    def workers(self):
        """The addresses of all workers that the scheduler knows."""
        return set(self.client.scheduler_info(n_workers=-1)["workers"])

    def invite(self):
        """Make a copy on each worker that has none."""
        from w2vlib.copies import Copy  # here: importing w2vlib costs no Dask

        new = self.workers() - {member.address for member in self.team} - set(self.coming)
        if new:
            text = self.client.scatter(self.text.without_ids(), hash=False)
        for address in new:
            self.coming[address] = self.client.submit(
                Copy, text, self.options | {"seed": self.seed}, workers=[address],
                allow_other_workers=False, actor=True, pure=False,
            )  # fmt: skip

    def welcome(self):
        """Whose copy is made becomes a member."""
        known = self.workers()
        for address, future in list(self.coming.items()):
            if future.status == "pending" and address in known:
                continue
            del self.coming[address]
            if future.status == "error" and not is_gone(future.exception()):
                raise future.exception()
            if future.status == "finished":
                member = Member(address, future, future.result())
                others = {each: each.copy.here() for each in self.team[:1]}
                if self.team and not self.answers(others, PATIENCE):
                    continue  # the next one to ask, next time
                start = (
                    member.copy.join(self.team[0].copy)
                    if self.team
                    else member.copy.begin(*self.matrices)
                )
                self.team.append(member)
                self.answers({member: start}, START)

    def answers(self, calls, wait, drop=True):
        """What members answer within `wait` seconds -> {member: answer}; others are dropped."""
        end, told = time.perf_counter() + wait, {}
        for member, call in calls.items():
            try:
                told[member] = self.answer(member, call, end)
            except Exception as error:
                if not is_gone(error):
                    raise
                if drop:
                    self.team.remove(member)
                    member.future.release()
        return told

    def answer(self, member, call, end):
        """The answer to one call. Raises TimeoutError when it is late, or its worker is gone."""
        while True:
            try:
                return call.result(timeout=max(0.001, min(0.5, end - time.perf_counter())))
            except TimeoutError:
                if call.done() or time.perf_counter() > end or member.address not in self.workers():
                    raise

    # What is learnt -------------------------------------------------------------------------------

    def fetch(self):
        """Both matrices, when all their rows have met."""
        begin = time.perf_counter()
        turns = {member: [] for member in self.team}
        self.learn(turns, [], (0, 0.0, 0.0), len(self.text.words))
        self.meet(turns, [])
        while self.team:
            member = self.team[0]
            found = self.answers({member: member.copy.state()}, START)
            if found:
                for matrix, new in zip(self.matrices, found[member]):
                    matrix[...] = new
                self.fetched = self.done
                end = time.perf_counter()
                self.next = end + REST * (end - begin)
                return
        raise AllLost

    def go_back(self):
        """All copies are lost: start again from what was fetched last."""
        legs = self.done - self.fetched
        warnings.warn(
            f"no worker with a copy is left: {legs + 1} of {self.number * self.epochs} legs of the "
            "training are done again",
            stacklevel=2,
        )
        self.done, self.looked = self.fetched, 0.0


def is_gone(error):
    """Whether an error says that a worker, and not what it did, is at fault."""
    from distributed.comm import CommClosedError

    gone = CommClosedError, ConnectionError, TimeoutError, asyncio.CancelledError
    lost = isinstance(error, RuntimeError) and "Actor was lost" in str(error)
    return lost or isinstance(error, gone) or type(error) is OSError


ENGINE = Engine(
    name="dask",
    says="trains on the workers of a cluster and needs Dask",
    stage="Dask",
    fit=fit,
    defaults=hogwild.ENGINE.defaults,
    touches=hogwild.touches,
    limits=hogwild.ENGINE.limits,
    needs=("distributed", "numba"),
    extra="cluster",
    lanes=hogwild.LANES,
    scale=hogwild.START,
    calm=hogwild.CALM,
    connect=connect,
    load=load_on_cluster,
    count_pieces=count_legs,
)
