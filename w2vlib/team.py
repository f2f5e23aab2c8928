"""The copies on the workers of a cluster: who is there, who has come, and what each answers.

A call to a worker that was killed, or whose machine hangs, may never end. So who is late is asked
whether it is here, and who is silent, too, counts as lost. Nothing here waits for a single worker
longer than PATIENCE, and for the scheduler no longer than OUTAGE.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import tempfile
import threading
import time
from dataclasses import dataclass, field

from w2vlib.check import short

POLL = 1  # seconds after which somebody counts as late
PATIENCE = 5  # seconds that one who is asked whether it is here may take
START = 120  # seconds to wait for a first copy ...
GATHER = 10  # ... and those that the first one waits for the others
OUTAGE = 10  # seconds that a scheduler may be away
CONFIG = {  # of a cluster on this machine: no pages that tell of it; Ctrl-C is for this process;
    # what is freed stays at hand for the arrays of the next meeting; who is gone may come back late
    "distributed.deploy.lost-worker-timeout": "1 day",
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 1 << 28,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 1 << 25,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.preload": ["w2vlib.copies"],
}


@contextlib.contextmanager
def connect(client):
    """A Dask client: the one given, one for a scheduler's address, or one of a cluster made here.

    That is a process for each core of this machine, and listens to nobody outside.
    """
    from distributed import Client

    if isinstance(client, Client):
        if client.asynchronous:
            raise TypeError("client is asynchronous: give a Client made without asynchronous=True")
        if client.status != "running":
            raise ConnectionError(f"client is {client.status}: make another one")
        yield client
    elif isinstance(client, str):
        try:
            given = Client(client or "an empty address", timeout=PATIENCE)
        except (OSError, ValueError, TypeError) as error:
            raise ConnectionError(
                f"client is {short(client)}: no scheduler answers there ({error}); give the "
                "address that it prints, such as tcp://127.0.0.1:8786, or a Client of your own"
            ) from error
        with given:
            yield given
    elif client is None:
        with local_cluster(os.cpu_count()) as own:
            yield own
    else:
        raise TypeError(
            f"client is {short(client)}: it should be a distributed.Client, a scheduler's address, "
            "or None for a cluster on this machine"
        )


@contextlib.contextmanager
def local_cluster(workers, **options):
    """A client of so many processes here, which listen to nobody outside; options: of the
    LocalCluster.
    """
    import dask
    from distributed import Client, LocalCluster

    here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    here |= {"n_workers": workers, "threads_per_worker": 1}
    here["silence_logs"] = "CRITICAL"  # who is lost, the training tells
    here |= {"scheduler_kwargs": {"dashboard": False}}
    with (
        tempfile.TemporaryDirectory(prefix="w2vlib-") as folder,
        dask.config.set(CONFIG | {"temporary-directory": folder}),
        LocalCluster(**here | options) as cluster,
        Client(cluster, direct_to_workers=True) as own,
    ):
        yield own


@contextlib.contextmanager
def unbroken():
    """Ctrl-C comes when this is over: a call of Dask's that it ended would complain for long."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = []
    former = signal.signal(signal.SIGINT, lambda *what: came.append(what))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if former is None else former)
        if came and callable(former):
            former(*came[0])


class AllLost(Exception):
    """No copy is left."""


@dataclass(eq=False)
class Member:
    """A worker with a copy. has: parts whose ids it was sent; pace: words a second."""

    address: str
    future: object
    copy: object
    has: set = field(default_factory=set)
    pace: float = 0.0


class Team:
    """The members that there are, each with a Copy, which `make` makes, with these options."""

    def __init__(self, client, make, options):
        self.client, self.make = client, (make, secrets.token_hex(8), options)
        self.members, self.coming, self.looked = [], {}, -1.0

    # What they answer -----------------------------------------------------------------------------

    def ask(self, what, calls, needed=()):
        """Call a method of copies: {member: its arguments} -> {member: its answer}.

        Who is lost is no member any more, and has no answer.
        needed: members without whom the others would wait in vain: when one is lost, it ends.
        """
        late, told = {}, {}
        for member, arguments in calls.items():
            with unbroken(), self.losing(member):
                late[member] = getattr(member.copy, what)(*arguments)
        while late and all(member in self.members for member in needed):
            member = next(iter(late))
            if is_done(late[member], POLL):
                with unbroken(), self.losing(member):
                    told[member] = late[member].result()
                del late[member]
            else:
                self.find_silent({*late, *needed})
                late = {member: call for member, call in late.items() if member in self.members}
        return told

    @unbroken()
    def find_silent(self, members):
        """Ask members whether they are here; those who do not say so are lost."""
        calls, end = {}, time.perf_counter() + PATIENCE
        for member in members:
            with self.losing(member):
                calls[member] = member.copy.here()
        for member, call in calls.items():
            with self.losing(member):
                call.result(timeout=max(0.1, end - time.perf_counter()))

    @contextlib.contextmanager
    def losing(self, member):
        """What happens here may show that a member is gone."""
        try:
            yield
        except (Exception, asyncio.CancelledError) as error:
            if not is_gone(error):
                raise
            self.drop(member)

    def drop(self, member):
        if member in self.members:
            self.members.remove(member)
        member.future.release()

    # Who is there ---------------------------------------------------------------------------------

    def admit(self, begin):
        """Workers that have come become members, and start from what another one knows.

        begin: what the very first one starts from: the arguments of its `begin`.
        """
        first, start = not self.members, time.perf_counter()
        if not first and start < self.looked + 1:
            return
        self.looked = start
        while True:
            known = self.workers()
            self.invite(known)
            self.welcome(known, begin)
            waited = time.perf_counter() - start
            if self.members and (not first or not self.coming or waited > GATHER):
                return
            if waited > START:
                raise TimeoutError(
                    f"client has {len(known)} workers, and none of them was ready within {START} "
                    "seconds: start workers, such as `dask worker ADDRESS`"
                )
            time.sleep(0.02)

    @unbroken()
    def workers(self):
        """The addresses of all workers that the scheduler knows."""
        end = time.perf_counter() + OUTAGE
        while True:
            try:
                told = self.client.sync(
                    self.client.scheduler.identity, n_workers=-1, callback_timeout=PATIENCE
                )
                return set(told["workers"])
            except (Exception, asyncio.CancelledError) as error:
                if self.client.status == "closed" or time.perf_counter() > end:
                    raise ConnectionError(
                        f"the scheduler of {self.client} does not answer any more: start another "
                        "one with its workers; with a checkpoint the same call then goes on from it"
                    ) from error
                time.sleep(0.1)

    @unbroken()
    def invite(self, known):
        """Make a copy on each worker that has none."""
        for address in known - {member.address for member in self.members} - set(self.coming):
            self.coming[address] = self.client.submit(
                *self.make, workers=[address], allow_other_workers=False, actor=True, pure=False
            )

    def welcome(self, known, begin):
        """Whose copy is made becomes a member."""
        for address, future in list(self.coming.items()):
            status = future.status
            if status == "pending" and address in known:
                continue
            del self.coming[address]
            if status == "error" and not is_gone(error := future.exception(timeout=PATIENCE)):
                raise error
            if status != "finished":
                continue  # it is invited anew if it is there
            try:
                self.start(Member(address, future, future.result(timeout=PATIENCE)), begin)
            except (Exception, asyncio.CancelledError) as error:
                if not is_gone(error):
                    raise

    def start(self, member, begin):
        source = self.members[:1]
        self.members.append(member)
        if source:
            told = self.ask("join", {member: (source[0].copy,)}, needed=[*source, member])
        else:
            told = self.ask("begin", {member: begin})
        if member not in told:
            self.drop(member)

    def end(self):
        """Leave no copy behind."""
        with contextlib.suppress(Exception):
            self.ask("end", dict.fromkeys(self.members, ()))
        for future in [*self.coming.values(), *(member.future for member in self.members)]:
            future.release()


def is_done(call, seconds):
    """Whether a call ends, well or not, within some seconds.

    Dask's own waiting would leave a coroutine behind where Ctrl-C ends it.
    """
    end = time.perf_counter() + seconds
    while not call.done() and time.perf_counter() < end:
        time.sleep(0.0005)
    return call.done()


def is_gone(error):
    """Whether an error says that a worker, and not what it did, is at fault."""
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    if isinstance(error, RuntimeError):
        return "Actor was lost" in str(error)
    if isinstance(error, KeyError):  # another worker, at the same address, has no such actor
        return str(error.args[0]).startswith("Copy-")
    gone = CommClosedError, ConnectionError, TimeoutError, KilledWorker, asyncio.CancelledError
    return isinstance(error, gone) or type(error) is OSError
