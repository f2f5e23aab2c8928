"""The engine on a cluster of Dask's: copies of the vectors on its workers learn, and meet.

This side knows who is there, which parts of the text are left, and how far the training is. A text
is trained in legs: after each, all rows of all copies can meet, and be fetched. What a worker that
is lost should have learnt in its round is given to the others; one that comes, or comes back,
starts from what another one knows. Only when all are lost does it go back, to what was fetched.
"""

import contextlib
import functools
import time
import warnings
from collections import defaultdict

import numpy as np

from w2vlib import distributed, hogwild
from w2vlib.cluster_text import ClusterText, load_on_cluster
from w2vlib.engine import Engine
from w2vlib.pieces import PIECE
from w2vlib.progress import DivergenceError
from w2vlib.team import AllLost, Team, connect

LEGS = 64  # in an epoch, at most
FEWEST = 2000  # rows that meet, or some more; ever more of the rest at every other, fourth, ...
MEETINGS = 14  # in a training, times the number of copies: what they do apart has to stay small
SLOW = 0.7  # of the fastest copy's pace: a slower one is given less
NEARLY = 0.2  # of its share, by which a copy's turn may differ, where that saves reading
LIMIT = 1.5  # times what a copy at the median pace would take; then a turn ends
FIRST = 120  # seconds that a turn may take as long as nobody knows the pace of any
MISSED = 3  # meetings to which somebody cannot come, though all are there
REST = 20  # a fetch of both matrices is followed by this many times its duration without one


def fit(vectors, outputs, corpus, *, client, report, first=0, **options):
    """Train both matrices, by the arguments of `w2vlib.train`; see Engine."""
    from w2vlib.copies import Copy  # here: importing w2vlib costs no Dask

    text = corpus if isinstance(corpus, ClusterText) else ClusterText.of(corpus)
    rate, epochs = options.pop("learning_rate"), options.pop("epochs")
    team = Team(client, Copy, options)
    matrices = vectors, outputs
    return Training(team, text, matrices, rate, epochs, options["seed"], report, first).legs()


def count_legs(corpus):
    """How many legs there are in an epoch."""
    return int(np.clip(len(corpus) // PIECE, 1, LEGS))


class Training:
    """A training on a cluster. `bytes` that copies sent each other, and seconds, add up in it."""

    def __init__(self, team, text, matrices, rate, epochs, seed, report, first):
        self.team, self.text, self.matrices, self.report = team, text, matrices, report
        self.rate, self.epochs, self.seed = rate, epochs, seed
        self.number = count_legs(text)
        self.first = self.done = self.fetched = first  # legs; `fetched`: what both matrices hold
        self.group, self.agreed = [], True  # those that met last; whether all is met that should be
        self.homes = defaultdict(set)  # stretch -> addresses of those who have it
        for stretch, address in enumerate(text.homes):
            self.homes[stretch].add(address)
        self.meeting, self.told, self.next = 0, 0, 0.0
        self.bytes, self.learning, self.meetings = 0, 0.0, 0.0

    def legs(self):
        """Train: yields after each leg what brings the matrices here up to date."""
        last = self.number * self.epochs
        try:
            for leg in range(self.first + 1, last + 1):
                self.reach(leg, leg == last)
                yield functools.partial(self.reach, leg)
        finally:
            with contextlib.suppress(Exception):  # an error that is under way comes first
                self.team.ask("stop", dict.fromkeys(self.team.members, ()))
                if self.fetched < last:
                    self.fetch()
            self.team.end()

    def reach(self, leg, fetched=True):
        """Train until so many legs are done, and, if asked, fetched, too."""
        while self.done < leg or (fetched and self.fetched < leg):
            try:
                if self.done < leg:
                    self.train_leg()
                    self.done += 1
                if (fetched and self.done == leg) or time.perf_counter() > self.next:
                    self.fetch()
            except AllLost:
                self.go_back()

    # One leg --------------------------------------------------------------------------------------

    def train_leg(self):
        epoch, leg = divmod(self.done, self.number)
        order = self.text.shuffled(np.random.default_rng((self.seed, 1 + epoch)))
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

    def admit(self):
        """Workers that have come join in; the first ones start from the matrices here."""
        self.team.admit((self.text.without_ids(), *self.matrices))

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

        First what it has at hand, then what nobody has; then what it has to read once more.
        """
        members, turns = self.team.members, {}
        fastest = max(member.pace for member in members)
        shares = [m.pace / fastest if 0 < m.pace < SLOW * fastest else 1 for m in members]
        rounds = max(1, round(len(left) / (self.turn_length() * len(members))))
        for member, number in zip(members, np.divide(shares, sum(shares)) * len(left) / rounds):
            distances = {part: self.distance(part, member) for part in left}
            at_hand = list(distances.values()).count(0) / rounds
            if abs(at_hand - number) < NEARLY * number:
                number = at_hand
            number = max(1, int(np.ceil(number)))
            left.sort(key=distances.get)
            turns[member], left[:number] = left[:number], []
            for part in turns[member]:
                self.homes[int(self.text.stretch[part])].add(member.address)
        return turns

    def turn_length(self):
        """How many parts a copy trains on from one meeting to the next."""
        copies = len(self.team.members)
        return max(1, round(self.epochs * len(self.text.sizes) / (MEETINGS * copies**2)))

    def distance(self, part, member):
        stretch = int(self.text.stretch[part])
        if member.address in self.homes[stretch]:
            return 0
        here = self.homes[stretch].intersection(other.address for other in self.team.members)
        return 2 + stretch if here else 1  # one stretch after the other

    def learn(self, turns, left, rates, top):
        """Each member trains on its turn -> what it says; what was not done goes back to `left`."""
        paces = [member.pace for member in turns if member.pace]
        limit = LIMIT * max(map(self.size, turns.values())) / np.median(paces) if paces else FIRST
        begin = time.perf_counter()
        calls = {
            member: (parts, self.to_send(parts, member), *rates, top, limit)
            for member, parts in turns.items()
        }
        told = self.team.ask("learn", calls)
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
        came, failed, self.agreed = {}, 0, False
        while turns and None in map(came.get, turns):
            self.meeting += 1
            group = list(turns)
            new = [member.copy for member in group] if group != self.group else None
            self.group = group
            calls = {member: (self.meeting, new, place) for place, member in enumerate(group)}
            came = self.team.ask("meet", calls, needed=group)
            if None in map(came.get, group):
                self.group = []  # who knows who heard of it
                self.team.find_silent(turns)
                lost = [member for member in group if member not in self.team.members]
                for member in lost:
                    self.take_back(member, turns, left)
                failed = 0 if lost else failed + 1
                if failed == MISSED:
                    raise ConnectionError(
                        f"client {self.team.client}: its workers answer, but do not reach each "
                        "other; start each with an address (--host) that all others can reach"
                    )
        if not turns:
            raise AllLost
        self.agreed = True
        self.bytes += sum(came.values())
        self.meetings += time.perf_counter() - begin

    def take_back(self, member, turns, left):
        """What a lost member should have learnt is left again."""
        parts = turns.pop(member)
        left.extend(parts)
        warnings.warn(
            f"the worker {member.address} is gone, or silent: the {self.size(parts):,} words of "
            f"its turn are trained again; workers left: {len(self.team.members)}",
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

    # What is learnt -------------------------------------------------------------------------------

    def fetch(self):
        """Both matrices, when all their rows have met."""
        begin = time.perf_counter()
        if not self.agreed:  # it was interrupted there: what copies have of it they would forget
            self.meet({member: [] for member in self.team.members}, [])
        turns = {member: [] for member in self.team.members}
        self.learn(turns, [], (0, 0.0, 0.0), len(self.text.words))
        self.meet(turns, [])
        for member in list(self.team.members):
            for found in self.team.ask("state", {member: ()}).values():
                for matrix, new in zip(self.matrices, found):
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
        self.done, self.agreed = self.fetched, True


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
