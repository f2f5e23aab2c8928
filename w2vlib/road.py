"""Chapter 12, on paper: what a cluster would do that nobody here has.

Copies of both matrices train and meet, as in `distributed`. How many rows a stretch of text changes
follows from how often its words occur; how long they are under way, from a few assumptions.
"""

from typing import NamedTuple

import numpy as np

from w2vlib import check

__all__ = [
    "Cluster",
    "Round",
    "Words",
    "bytes_of_rounds",
    "bytes_sent",
    "columns",
    "copies",
    "half",
    "rows_changed",
    "zipf",
]

LEVELS = 64  # at most
NEGATIVES = 16 / 22  # drawn for a word that is kept: a group of about 22 shares 16
PARTS = 2  # of a doubling of the rank: so fine are the bins of `zipf`
EXTRA = 8, 4  # bytes that go with a row: its id and how often it moved; merged, its id
SCORES = 1 + 16  # of a token, with itself and with the negatives of its group
LINE = 16  # numbers in a line of the cache: less is not read at a time
BATCH = 100_000  # tokens whose scores cross the road together, by `columns`


class Words(NamedTuple):
    """The words of a vocabulary, alike ones together; all fields (N,) float64.

    number: how many there are of each kind.
    halvings: how often the vocabulary can be halved, the frequent half kept, before they are out.
    inputs, outputs: how often a token of the text changes this word's row of either matrix.
    Raises nothing.
    Source: of this course.

    >>> words = Words.of(np.array([8, 4, 2, 2]), subsample=0)
    >>> words.inputs, words.halvings
    (array([0.5  , 0.25 , 0.125, 0.125]), array([2., 1., 0., 0.]))
    """

    number: np.ndarray
    halvings: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray

    @classmethod
    def of(cls, counts, number=1, subsample=1e-3, power=0.75):
        """counts: (N,) how often each word occurs, falling; number: how many words occur so."""
        check.array(counts, "counts")
        check.likelihoods(counts, "counts")
        if isinstance(number, np.ndarray):
            check.likelihoods(number, "number")
            check.shape(number, counts.shape, "number")
        else:
            check.number(number, "number", above=0)
        if not (len(counts) and np.min(counts) > 0 and np.min(number) > 0):
            raise ValueError(
                f"counts is {check.short(counts)} and number {check.short(number)}: they should "
                "hold numbers above 0"
            )
        check.number(subsample, "subsample", at_least=0)
        check.number(power, "power", at_least=0, below=100)
        number = np.broadcast_to(np.asarray(number, float), np.shape(counts))
        share = counts / (number @ counts)
        ratio = subsample / share
        kept = share * (np.minimum(np.sqrt(ratio) + ratio, 1) if subsample else 1)
        noise = share**power / (number @ share**power)
        halvings = np.floor(np.log2(number.sum() / number.cumsum()))
        return cls(number, halvings, kept, kept + NEGATIVES * (number @ kept) * noise)


def zipf(vocab_size):
    """A vocabulary by Zipf's law: the r-th word is r times as rare as the first.

    vocab_size: V, 2 or more.
    Returns Words, in bins of neighbouring ranks, (N,) float64 each.
    Raises TypeError or ValueError for another number.
    Source: Zipf 1949.

    >>> words = zipf(1_000_000)
    >>> len(words.number), float(words.number.sum())
    (39, 1000000.0)
    """
    check.whole(vocab_size, "vocab_size", at_least=2)
    steps = np.arange(PARTS * int(np.log2(vocab_size)) + 1)
    last = np.unique(np.floor(vocab_size * 2.0 ** (-steps / PARTS)))
    number = np.diff(last, prepend=0)
    # The sum of 1/r up to the last rank of a bin, less that up to the one before.
    harmonic = np.log(last) + np.euler_gamma + 1 / (2 * last) - 1 / (12 * last**2)
    return Words.of(np.diff(harmonic, prepend=0) / number, number)


class Cluster(NamedTuple):
    """The assumptions.

    machines: how many there are, M, each with a copy.
    gigabits: that a machine sends a second, and receives at the same time.
    tokens: of the text, from one meeting to the next, of all copies together: of each, its Mth.
    levels: all rows meet at each 2**(levels - 1)th meeting, half of them twice as often, ...
    number: bytes of a number on the road.
    speed: tokens a second of one machine.
    latency: seconds until an answer comes; a machine asks twice in a meeting, all others at once.
    packing: bytes a second that a machine finds, merges and puts back.
    message: seconds of the processor for each question and its answer.
    spread: of the copies' speeds, as a share; the others wait for the slowest.
    vector_size: H.
    Raises nothing.
    Source: of this course.

    >>> Cluster(machines=2).gigabits
    10
    """

    machines: int = 16
    gigabits: float = 10
    tokens: float = 40e6
    levels: int = 1
    number: int = 4
    speed: float = 10e6
    latency: float = 1e-3
    packing: float = 2e9
    message: float = 5e-4
    spread: float = 0.05
    vector_size: int = 100


class Round(NamedTuple):
    """The seconds of a round: to train, to wait for the slowest, to send, to pack, and to ask.

    tokens: trained on in it, by all machines together.
    Raises nothing.
    Source: of this course.

    >>> Round(1e6, train=0.5, wait=0.0, send=0.25, pack=0.125, ask=0.125).speed
    1000000.0
    """

    tokens: float
    train: float
    wait: float
    send: float
    pack: float
    ask: float

    @property
    def seconds(self):
        return sum(self[1:])

    @property
    def speed(self):
        """Tokens a second."""
        return self.tokens / self.seconds

    @property
    def meeting(self):
        """The share of the time in which nobody trains, and nobody waits to."""
        return (self.send + self.pack + self.ask) / self.seconds


def check_cluster(cluster):
    """Raise TypeError or ValueError, by the name of the field, unless it can be reckoned with."""
    check.kind(cluster, Cluster, "cluster")
    for name, value in cluster._asdict().items():
        if name in ("machines", "levels", "number", "vector_size"):
            check.whole(value, name, at_most=LEVELS if name == "levels" else 10**9)
        else:
            check.kind(value, (int, float), name)
            check.number(value, name, at_least=0)
            if name in ("gigabits", "tokens", "speed", "packing") and not 1e-9 <= value <= 1e30:
                raise ValueError(f"{name} is {value}: it should be from 1e-9 to 1e30")


def rows_changed(words, tokens, levels=1):
    """How many rows of both matrices a meeting finds changed, on average over many meetings.

    words: Words, (N,) float64 each. tokens: of the text, from one meeting to the next.
    levels: as in `Cluster`; rows that meet more rarely have more tokens to be changed by.
    Returns a float.
    Raises TypeError or ValueError for others, and for numbers that nothing follows from.
    Source: of this course; the levels, Ji et al. 2016.

    >>> words = zipf(1_000_000)
    >>> [round(float(rows_changed(words, 10**n)), -3) for n in (4, 6, 8)]
    [16000.0, 634000.0, 2000000.0]
    """
    check.kind(words, Words, "words")
    check.kind(tokens, (int, float), "tokens")
    check.number(tokens, "tokens", above=0)
    check.whole(levels, "levels", at_most=LEVELS)
    every = 2.0 ** np.maximum(levels - 1 - words.halvings, 0)
    changed = sum(-np.expm1(-every * tokens * rate) for rate in (words.inputs, words.outputs))
    return words.number @ (changed / every)


def bytes_sent(words, cluster):
    """What a machine sends at a meeting, and receives: changes to their owners, and merged rows.

    words: Words, (N,) float64 each. cluster: a Cluster. Each machine owns every Mth row.
    Returns a float.
    Raises TypeError or ValueError for others, and for numbers that nothing follows from.
    Source: chapter 12.

    >>> round(bytes_sent(zipf(1_000_000), Cluster(machines=16)) / 1e6)
    1162
    """
    check_cluster(cluster)
    M, row = cluster.machines, cluster.number * cluster.vector_size
    bytes_ = sum(
        rows_changed(words, tokens, cluster.levels) * (row + extra)
        for tokens, extra in zip((cluster.tokens / M, cluster.tokens), EXTRA)
    )
    return (M - 1) / M * float(bytes_)


def bytes_of_rounds(words, machines, rounds, vector_size=100):
    """What comes to all copies together in such rounds: a cluster's own, where they are known.

    words: Words of single words, (V,) float64 each, the most frequent first.
    rounds: (tokens of all copies, how many rows met) for each.
    Returns a float.
    Raises TypeError or ValueError for others, and for numbers that nothing follows from.
    Source: chapter 12.

    >>> words, cluster = Words.of(1 / np.arange(1, 1001)), Cluster(machines=4, tokens=9000)
    >>> all_rows = bytes_of_rounds(words, 4, [(9000, 1000), (9000, 1000)])
    >>> round(all_rows / (4 * bytes_sent(words, cluster)), 6)
    2.0
    """
    check.kind(words, Words, "words")
    check.whole(machines, "machines")
    check.whole(vector_size, "vector_size")
    check.listed(rounds, "rounds")
    for place, told in enumerate(rounds):
        check.two(told, f"rounds[{place}]")
        check.number(told[0], f"rounds[{place}][0]", at_least=0)
        check.whole(told[1], f"rounds[{place}][1]", at_least=0, at_most=len(words.number))
    since, total = np.zeros(len(words.number)), 0.0
    for tokens, top in rounds:
        since += tokens
        for told, extra in zip((since[:top] / machines, since[:top]), EXTRA):
            rates = words.inputs[:top], words.outputs[:top]
            rows = sum(-np.expm1(-told * rate) for rate in rates)
            total += (machines - 1) * float(rows.sum()) * (4 * vector_size + extra)
        since[:top] = 0
    return total


def copies(words, cluster):
    """A round of copies that meet.

    words: Words, (N,) float64 each. cluster: a Cluster.
    Returns a Round.
    Raises TypeError or ValueError for others, and for numbers that nothing follows from.
    Source: chapter 12; the slowest of M by the usual bound on the largest of M normal numbers.

    >>> round(copies(zipf(1_000_000), Cluster(machines=16)).meeting, 2)
    0.85
    """
    check_cluster(cluster)
    M, sent = cluster.machines, bytes_sent(words, cluster)
    train = cluster.tokens / M / cluster.speed
    return Round(
        cluster.tokens,
        train,
        train * cluster.spread * float(np.sqrt(2 * np.log(M))),
        sent * 8 / (cluster.gigabits * 1e9),
        sent / cluster.packing,
        2 * (cluster.latency + (M - 1) * cluster.message),
    )


def columns(cluster):
    """The same with every machine holding some columns of all rows: only scores cross the road.

    A token has a score with itself and with each negative of its group, a part of each on every
    machine: they are summed, and the sums sent back. A row is read by lines of the cache.

    cluster: a Cluster; its levels, message and packing do not count.
    Returns a Round, for as many tokens as one of `copies`.
    Raises TypeError or ValueError for others, and for numbers that nothing follows from.
    Source: Ordentlich et al. 2016.

    >>> round(columns(Cluster(machines=4)).speed / 1e6, 1)
    7.8
    """
    check_cluster(cluster)
    M, n = cluster.machines, cluster.tokens
    train = n / cluster.speed * max(1 / M, min(LINE / cluster.vector_size, 1))
    sent = 2 * (M - 1) / M * n * SCORES * cluster.number
    wait = train * cluster.spread * float(np.sqrt(2 * np.log(M)))
    ask = 2 * cluster.latency * n / BATCH
    return Round(n, train, wait, sent * 8 / (cluster.gigabits * 1e9), 0.0, ask)


def half(words, cluster, most=1024):
    """The fewest machines, from 2 to `most`, with which meetings take half of the time or more.

    words: Words, (N,) float64 each. cluster: a Cluster.
    Returns an int, or None where even `most` do not.
    Raises TypeError or ValueError for others, and for numbers that nothing follows from.
    Source: of this course.

    >>> half(zipf(1_000_000), Cluster(gigabits=100)), half(zipf(10_000), Cluster(gigabits=100))
    (7, 63)
    """
    check.whole(most, "most", at_most=10**6)
    check_cluster(cluster)
    for machines in range(2, most + 1):
        if copies(words, cluster._replace(machines=machines)).meeting >= 0.5:
            return machines
    return None
