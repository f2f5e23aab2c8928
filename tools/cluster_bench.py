"""Several workers on one machine, by Dask: python tools/cluster_bench.py.

- speed: two workers of one thread against the compiled engine on one, by turns: words of the text a
  second, and scores. A training is timed without the start of a cluster, and without reading.
- check: rounds of two, three and four workers, for the model of `w2vlib.road`.
- faults: two workers, one of them killed, or stopped, at a random moment.
- slow: two workers, one of them on a core that three other programs keep busy, and one alone.
- memory: a text of more than ten times a worker's memory (--memory), read by the workers.

Each section is written when it is done; those not asked for stay (--only).
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from time import perf_counter

import numpy as np
from bench import cpu_model, read, versions
from distributed import Client, LocalCluster

from w2vlib import cluster, load_corpus, train
from w2vlib.cluster_text import load_on_cluster
from w2vlib.engines import usual_epochs
from w2vlib.team import local_cluster

OUTPUT = Path(__file__).resolve().parent.parent / "book" / "results" / "cluster.json"
LARGE = {"min_count": 5, "max_vocab": 30_000}


class Noted(cluster.Training):
    """A training that notes its rounds, and when it began."""

    seen = None

    def __init__(self, *args):
        super().__init__(*args)
        Noted.seen, self.rounds, self.begin = self, [], None

    def train_leg(self):
        if self.begin is None:
            self.admit()
            while len(self.team.members) < len(self.team.workers()):
                self.team.looked = -1
                self.admit()
            self.copies, self.begin = len(self.team.members), perf_counter()
        super().train_leg()

    def learn(self, turns, left, rates, top):
        told = super().learn(turns, left, rates, top)
        self.rounds.append([sum(map(self.size, turns.values())), int(top)])
        return told

    def fetch(self):
        super().fetch()
        self.seconds = perf_counter() - self.begin


def scores(vectors):
    return {
        "spearman": round(vectors.evaluate_word_pairs().spearman, 4),
        "accuracy": round(vectors.evaluate_analogies().accuracy, 4),
    }


@contextmanager
def noting():
    """Trainings are noted in here."""
    usual, cluster.Training, Noted.seen = cluster.Training, Noted, None
    try:
        yield
    finally:
        cluster.Training = usual


def on_cluster(text, number, seed, between=nullcontext, **options):
    """Train on so many workers -> a run; between(client): a context for it.

    text: a Corpus, or the path of a text that the workers read.
    """
    with noting(), local_cluster(number) as client, between(client):
        if isinstance(text, Path):
            text = load_on_cluster(text, client, **LARGE)
        vectors = train(text, engine="dask", client=client, seed=seed, progress=False, **options)
    training = Noted.seen
    words = training.epochs * len(training.text)
    return {
        "seed": seed,
        "workers": training.copies,
        "seconds": round(training.seconds, 3),
        "tokens_per_second": round(words / training.seconds),
        "learning": round(training.learning, 3),
        "meeting": round(training.meetings, 3),
        "meetings": training.meeting,
        "bytes_per_token": round(training.bytes / words, 1),
    } | scores(vectors)


def on_one(text, seed, **options):
    begin = perf_counter()
    vectors = train(text, engine="compiled", seed=seed, progress=False, **options)
    seconds = perf_counter() - begin
    epochs = options.get("epochs") or usual_epochs(len(text))
    speed = round(epochs * len(text) / seconds)
    run = {"seed": seed, "seconds": round(seconds, 3), "tokens_per_second": speed}
    return run | scores(vectors)


def corpora(args):
    text = read("default").corpus
    yield "default", text, text
    if args.plain:
        on_disk = args.folder / "large.ids"
        yield "large", load_corpus(args.plain, on_disk=on_disk, **LARGE), args.plain


def speed(args):
    result = {}
    for name, text, where in corpora(args):
        train(text, engine="compiled", epochs=1, progress=False)
        result[name] = {"tokens": len(text), "words": len(text.vocabulary), "runs": []}
        for seed in args.seeds:
            one, two = on_one(text, seed), on_cluster(where, 2, seed)
            ratio = round(two["tokens_per_second"] / one["tokens_per_second"], 3)
            run = {"one": one, "two": two, "ratio": ratio, "load": round(os.getloadavg()[0], 1)}
            result[name]["runs"].append(run)
            print(name, run, flush=True)
    return result


def check(args):
    text, runs = read("default").corpus, []
    for number in 2, 3, 4:
        on_cluster(text, number, 1, epochs=2)
        seen = Noted.seen
        assert seen.copies == len(seen.team.members) == number, "a copy came late, or was lost"
        paces = [member.pace for member in seen.team.members]
        runs.append({
            "processes": number, "speed": round(np.mean(paces)), "rounds": seen.rounds,
            "bytes": int(seen.bytes), "train": round(seen.learning, 3),
            "meet": round(seen.meetings, 3),
        })  # fmt: skip
    return {"vector_size": 100, "cores": os.cpu_count(), "runs": runs}


def faults(args):
    text, result = read("default").corpus, {}
    sound = on_cluster(text, 2, 1)
    rng = random.Random(1)
    for name, number, send in ("killed", 20, signal.SIGKILL), ("stopped", 5, signal.SIGSTOP):
        runs = result[name] = []
        for seed in range(1, number + 1):
            at = rng.uniform(0.05, 0.95) * sound["seconds"]
            runs.append(disturbed(text, seed, send, at))
            print(name, runs[-1], flush=True)
    return result | {"sound": sound}


def disturbed(text, seed, send, at):
    """A training of two workers in which one is sent a signal after `at` seconds of training."""
    with noting(), local_cluster(2) as client, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        pids = list(client.run(os.getpid).values())

        def hit():
            while Noted.seen is None or Noted.seen.begin is None:
                time.sleep(0.01)
            time.sleep(max(0, Noted.seen.begin + at - perf_counter()))
            os.kill(random.Random(seed).choice(pids), send)

        thread = threading.Thread(target=hit, daemon=True)
        thread.start()
        vectors = train(text, engine="dask", client=client, seed=seed, progress=False)
        thread.join()
        for pid in pids:  # what is stopped cannot end
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
    said = [str(warning.message) for warning in told if "trained again" in str(warning.message)]
    words = [int(text.split(" words of its turn")[0].split()[-1].replace(",", "")) for text in said]
    again = {"at": round(at, 2), "seconds": round(Noted.seen.seconds, 2), "words_again": sum(words)}
    return {"seed": seed, "lost": len(said)} | again | scores(vectors)


def slow(args):
    text = read("default").corpus
    return {
        "alone": [on_cluster(text, 1, seed) for seed in args.seeds],
        "slow": [on_cluster(text, 2, seed, between=crowded) for seed in args.seeds],
    }


@contextmanager
def crowded(client):
    """One of two workers shares its core with three loops, the other with this program alone."""
    import psutil

    here, there = (psutil.Process(pid) for pid in client.run(os.getpid).values())
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    for process, core in (psutil.Process(), 0), (here, 0), (there, 1):
        process.cpu_affinity([core])
    try:
        for loop in loops:
            psutil.Process(loop.pid).cpu_affinity([1])
        yield
    finally:
        psutil.Process().cpu_affinity([])
        for loop in loops:
            loop.kill()
            loop.wait()


def memory(args):
    """The large text many times over, from a folder of links, by workers that may hold a tenth."""
    folder = args.folder / "many"
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(args.copies):
        (folder / f"{i:03}.txt").unlink(missing_ok=True)
        (folder / f"{i:03}.txt").symlink_to(args.plain.resolve())
    limit, peaks, over = args.limit * 10**6, {}, threading.Event()
    usual = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with (  # as Dask starts them: ours keep what they freed at hand
        noting(),
        LocalCluster(**usual, memory_limit=limit) as local,
        Client(local) as client,
    ):

        def watch():
            while not over.wait(0.5):
                for address, told in client.scheduler_info(n_workers=-1)["workers"].items():
                    peaks[address] = max(peaks.get(address, 0), told["metrics"]["memory"])

        thread = threading.Thread(target=watch)
        thread.start()
        begin = perf_counter()
        text = load_on_cluster(str(folder), client, **LARGE)
        reading = perf_counter() - begin
        vectors = train(text, engine="dask", client=client, epochs=1, seed=1, progress=False)
        over.set()
        thread.join()
    return {
        "bytes": sum(link.stat().st_size for link in folder.iterdir()),
        "tokens": len(text), "limit": limit, "peaks": sorted(peaks.values()),
        "reading": round(reading, 1), "seconds": round(Noted.seen.seconds, 1),
    } | scores(vectors)  # fmt: skip


SECTIONS = {function.__name__: function for function in (speed, check, faults, slow, memory)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="speed,check,faults,slow", help="sections, by comma")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--plain", type=Path, help="a larger text, for speed and memory")
    parser.add_argument("--copies", type=int, default=45, help="so many times, for memory")
    parser.add_argument("--limit", type=int, default=440, help="MB of a worker, for memory")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT)
    args = parser.parse_args()
    stored = json.loads(args.output.read_text("utf-8")) if args.output.exists() else {}
    for name in args.only.split(","):
        stored |= {
            "versions": versions(),
            "machine": {"cpu": cpu_model(), "cores": os.cpu_count()},
            name: SECTIONS[name](args),
        }
        args.output.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
