"""The engine on a cluster: real worker processes, which are killed, stopped and cut off."""

import contextlib
import datetime
import gc
import gzip
import io
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from long import LONG
from small import twins

from w2vlib import cluster, cluster_text, load_corpus, stretches, team, train
from w2vlib.engines import ENGINES

dask = pytest.importorskip("dask", reason="Dask is not installed")
distributed = pytest.importorskip("distributed", reason="Dask is not installed")
psutil = pytest.importorskip("psutil", reason="psutil is not installed")
if missing := ENGINES["dask"].missing():
    pytest.skip(f"it needs {missing}", allow_module_level=True)

ROOT = Path(__file__).parents[1]
HERE = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": 60}
LOST = "distributed.deploy.lost-worker-timeout"  # after which Dask gives up who was killed
SMALL = {"engine": "dask", "vector_size": 8, "window": 1, "subsample": 0, "progress": False}


@contextlib.contextmanager
def processes(number, folder):
    """A client of a cluster of so many processes, which come again when they are killed."""
    with (
        dask.config.set({"temporary-directory": str(folder), LOST: team.CONFIG[LOST]}),
        distributed.LocalCluster(number, threads_per_worker=1, **HERE) as it,
        distributed.Client(it, direct_to_workers=True) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with processes(2, tmp_path_factory.mktemp("workers")) as client:
        yield client


@pytest.fixture
def two(client, monkeypatch):
    """The same, when both workers are there, and will be there from the start of a training."""
    client.wait_for_workers(2, timeout=60)
    monkeypatch.setattr(team, "GATHER", 60)  # on a busy machine imports may take more than 10 s
    return client


def pids(client):
    return list(client.run(os.getpid).values())


@pytest.fixture
def text(monkeypatch):
    """Words in two companies, in 30 parts."""
    monkeypatch.setattr(cluster_text, "PART", 1000)
    return twins(30_000)


def check_learnt(wv):
    for a, b, c in ("abc", "dca"):
        near, far = (wv.similarity(a, other) for other in (b, c))
        assert near > 0.5 > far + 0.1, (near, far)


class Trouble:
    """Something happens at the nth call of a method of copies, a moment after it was sent."""

    def __init__(self, monkeypatch, what, nth, act, delay=0.0):
        self.left, self.done = nth, threading.Event()
        real = team.Team.ask

        def ask(this, name, calls, needed=()):
            self.left -= name == what
            if not self.left and name == what:
                threading.Timer(delay, self.act, [act]).start()
            return real(this, name, calls, needed)

        monkeypatch.setattr(team.Team, "ask", ask)

    def act(self, act):
        act()
        self.done.set()


def kill(pid):
    return lambda: os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


# Faults -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["learn", "meet", "state", "begin"])
def test_a_worker_that_is_killed_is_done_without(two, text, monkeypatch, what):
    nth = {"learn": 9, "meet": 9}.get(what, 1)
    delay = random.uniform(0, 0.01)
    trouble = Trouble(monkeypatch, what, nth, kill(pids(two)[0]), delay)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        wv = train(text, client=two, epochs=20, **SMALL)
    assert trouble.done.is_set()
    told = [str(warning.message) for warning in told]
    assert all("trained again" in each for each in told), told
    check_learnt(wv)


def test_all_workers_that_are_killed_at_once_are_waited_for(two, text, monkeypatch):
    pair = pids(two)
    trouble = Trouble(monkeypatch, "learn", 12, lambda: [kill(pid)() for pid in pair], 0.005)
    with pytest.warns(UserWarning) as told:
        wv = train(text, client=two, epochs=20, **SMALL)
    told = [str(warning.message) for warning in told]
    assert sum("no worker with a copy is left" in each for each in told) == 1, told
    assert trouble.done.is_set()
    check_learnt(wv)


def copies_on(client):
    """How many copies of vectors each worker holds in memory."""

    def count():
        from w2vlib.copies import Copy

        gc.collect()
        copies = [each for each in gc.get_objects() if isinstance(each, Copy)]
        return sum(each.base is not None for each in copies)

    return list(client.run(count).values())


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be stopped here")
def test_a_worker_that_stops_is_done_without_and_comes_back(two, text, monkeypatch):
    pair, seen = pids(two), []
    trouble = Trouble(monkeypatch, "meet", 5, lambda: os.kill(pair[0], signal.SIGSTOP))
    welcomed = team.Team.start

    def start(this, member, begin):
        seen.append((member.address, trouble.done.is_set()))
        welcomed(this, member, begin)

    def go_on(progress):
        if progress.epoch == 10:
            os.kill(pair[0], signal.SIGCONT)
        return len(seen) > 2 and progress.epoch > 20  # it has come back

    monkeypatch.setattr(team.Team, "start", start)
    try:
        with pytest.warns(UserWarning, match="is gone, or silent") as told:
            wv = train(text, client=two, epochs=2000, callback=go_on, **SMALL)
    finally:
        os.kill(pair[0], signal.SIGCONT)
    assert len(told) == 1
    assert sorted(pids(two)) == sorted(pair)
    check_learnt(wv)
    addresses, after = zip(*seen)
    assert after == (False, False, True) and addresses[2] in addresses[:2]
    assert copies_on(two) == [0, 0]


# A cluster of the command line's, whose scheduler can be killed -----------------------------------


@contextlib.contextmanager
def running(*command, folder, ready=None):
    """A process of `dask scheduler` or `dask worker`, and the line of its log with `ready`."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{command[0]}", *command[1:]]
    with open(folder / f"log-{time.monotonic_ns()}", "w+") as log:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environment)
        try:
            deadline = time.monotonic() + 60
            while ready and ready not in (told := Path(log.name).read_text()):
                assert process.poll() is None and time.monotonic() < deadline, told
                time.sleep(0.05)
            yield process, Path(log.name)
        finally:
            process.kill()
            process.wait()


@contextlib.contextmanager
def by_hand(folder, *tls, protocol="tcp"):
    """The address of a scheduler, whose process can be killed, and that process."""
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--protocol", protocol, *tls]
    with running("scheduler", *options, folder=folder, ready="Scheduler at:") as (process, log):
        line = next(line for line in log.read_text().splitlines() if "Scheduler at:" in line)
        address = line.split()[-1]
        options = ["--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", "--no-dashboard", *tls]
        options += ["--local-directory", str(folder)]
        with running("worker", address, *options, folder=folder):
            yield address, process


@pytest.mark.filterwarnings("ignore::UserWarning")  # of its workers, where a call met them first
def test_when_the_scheduler_is_killed_a_new_cluster_goes_on(text, tmp_path, monkeypatch):
    from w2vlib import checkpoint

    monkeypatch.setattr(checkpoint, "PAUSE", 0)
    kept, epochs = tmp_path / "kept", []

    def kill_it(progress):
        epochs.append(progress.epoch)
        if progress.epoch == 6:
            process.kill()
            process.wait()

    options = SMALL | {"epochs": 12, "checkpoint": kept}
    gone = pytest.raises(ConnectionError, match="scheduler .* does not answer.*checkpoint")
    with by_hand(tmp_path) as (address, process), gone as told:
        train(text, client=address, callback=kill_it, **options)
    assert told.value.vectors.vectors.any()
    with by_hand(tmp_path) as (address, _):
        wv = train(text, client=address, callback=lambda it: epochs.append(it.epoch), **options)
    assert epochs == list(range(1, 13))
    check_learnt(wv)


KILLED = """
from small import twins
from w2vlib import checkpoint, cluster_text, train

checkpoint.PAUSE = checkpoint.REST = 0
cluster_text.PART = 1000

if __name__ == "__main__":
    train(
        twins(30_000), engine="dask", vector_size=8, window=1, subsample=0, epochs=60,
        progress=False, checkpoint="kept", callback=lambda it: print(it.epoch, flush=True),
    )
"""


@pytest.mark.skipif(os.name != "posix", reason="processes are killed so on POSIX alone")
def test_when_the_client_is_killed_the_same_call_goes_on(tmp_path):
    (tmp_path / "script.py").write_text(KILLED)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = os.environ | {"PYTHONPATH": path, "TMPDIR": str(tmp_path)}
    command, moments, epochs = [sys.executable, "script.py"], random.Random(0), []
    for _ in range(9 if LONG else 3):
        with subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            epochs += [process.stdout.readline() for _ in range(moments.randint(1, 5))]
            time.sleep(moments.random() * 0.05)
            family = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            _, alive = psutil.wait_procs(family, timeout=30)
            assert len(family) > 1 and not alive
            epochs += process.stdout
    said = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True)
    epochs = list(map(int, [*epochs, *said.splitlines()]))
    assert epochs == sorted(epochs) and set(epochs) == set(range(1, 61)), epochs
    assert not list(tmp_path.glob(".kept*"))


# Strangers ----------------------------------------------------------------------------------------


def certificate(folder):
    """A new certificate that signs itself, and its key: two files."""
    x509 = pytest.importorskip("cryptography.x509", reason="cryptography is not installed")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "w2v")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    folder.mkdir()
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    files[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none))
    return list(map(str, files))


def test_with_tls_whoever_has_no_certificate_is_turned_away(text, tmp_path):
    ours, theirs = (certificate(tmp_path / name) for name in ("ours", "theirs"))
    tls = ["--tls-ca-file", ours[0], "--tls-cert", ours[0], "--tls-key", ours[1]]

    def security(authority, cert, key):
        return distributed.Security(
            require_encryption=True,
            tls_ca_file=authority,
            tls_client_cert=cert,
            tls_client_key=key,
        )

    with by_hand(tmp_path, *tls, protocol="tls") as (address, _):
        assert address.startswith("tls://127.0.0.1:")
        with distributed.Client(address, security=security(ours[0], *ours)) as client:
            check_learnt(train(text, client=client, epochs=20, **SMALL))
        for stranger in security(theirs[0], *theirs), security(ours[0], *theirs):
            with pytest.raises(OSError):
                distributed.Client(address, security=stranger, timeout=1)
        for plain in address, address.replace("tls", "tcp"):
            with pytest.raises(ConnectionError, match="client is 't.*: no scheduler answers there"):
                train(text, client=plain, **SMALL)


def test_the_default_cluster_listens_here_alone_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    me, before = psutil.Process(), threading.active_count()
    former = set(me.children(recursive=True))
    with team.connect(None) as client:
        workers = client.run(os.getpid)
        assert len(workers) == os.cpu_count()
        family = [it for it in me.children(recursive=True) if it not in former]
        family = [it for it in family if "resource_tracker" not in " ".join(it.cmdline())]
        assert set(workers.values()) <= {process.pid for process in family}
        listening = [
            connection.laddr
            for process in [me, *family]
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        ]
        assert listening and {address.ip for address in listening} == {"127.0.0.1"}
        told = client.scheduler_info(n_workers=-1)
        services = [told["services"], *(worker["services"] for worker in told["workers"].values())]
        for port in {port for each in services for port in each.values()}:
            for page in "status", "info/main/workers.html", "metrics", "json/counts.json":
                with pytest.raises(OSError, match="404"):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=2)
        assert list(tmp_path.iterdir())
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    assert not list(tmp_path.iterdir())
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert threading.active_count() <= before


def test_on_the_default_cluster_who_was_killed_may_come_back_late():
    with dask.config.set({LOST: 0.01}), team.local_cluster(1) as client:
        killed = pids(client)
        kill(*killed)()
        while client.nthreads():
            time.sleep(0.01)
        client.wait_for_workers(1, timeout=60)
        assert client.cluster.workers and pids(client) != killed


# Texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [1 << 20, 3])
@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"one",
        b"one two\nthree\n\n\nfour five six\n",
        b"one two\r\nthree\r\n\r\nfour five\r\n",
        b"one two\rthree\r\rfour five",
        "zwölf Boxkämpfer\njagen 猫を\nüber den Sylter Deich".encode(),
        b"a line that goes on and on and on without an end",
    ],
)
def test_ranges_of_a_file_put_together_are_the_file(text, reach, monkeypatch):
    monkeypatch.setattr(stretches, "REACH", reach)
    monkeypatch.setattr(stretches.files, "CHUNK", 5)
    words = text.split()
    for length in range(1, len(text) + 2):
        parts = [
            b"".join(stretches.lines_between(io.BytesIO(text), start, start + length))
            for start in range(0, len(text) + 1, length)
        ]
        assert b"".join(parts) == text
        if reach > 3:
            assert [word for part in parts for word in part.split()] == words
            *before, _ = [part for part in parts if part] or [b""]
            assert all(part.endswith((b"\n", b"\r")) for part in before)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Texts that are cut into ranges of 300 bytes, one of them compressed, one in a folder."""
    monkeypatch.setattr(cluster_text, "STRETCH", 300)
    rng = np.random.default_rng(0)
    words = np.array(["you", "say", "goodbye", "Grüße", "hello", "猫", "I", "and", "."])
    lines = [" ".join(rng.choice(words, rng.integers(6))) for _ in range(900)]
    texts = tmp_path / "texts"
    (texts / "more").mkdir(parents=True)
    (texts / "one").write_text("\n".join(lines[:300]), encoding="utf-8")
    (texts / "more" / "two").write_text("\r\n".join(lines[300:600]), "utf-8", newline="")
    (texts / "three.gz").write_bytes(gzip.compress("\n".join(lines[600:]).encode()))
    (texts / ".hidden").write_text("never seen")
    return texts


def ids_of(text, client):
    """What the copies would read of a ClusterText, put together."""

    def read(text):
        with tempfile.TemporaryDirectory() as empty:
            shelf = stretches.Shelf(text, empty)
            return np.concatenate([shelf.ids(part) for part in range(len(text.sizes))])

    return client.submit(read, text, pure=False).result(timeout=60)


@pytest.mark.parametrize("options", [{}, {"min_count": 260, "lower": True}, {"max_vocab": 6}])
def test_a_folder_on_a_cluster_is_the_corpus_that_it_is_here(folder, workers, options):
    here = load_corpus(folder, **options)
    there = cluster_text.load_on_cluster(folder, workers, **options)
    assert len(there.stretches) > 20
    assert list(there.vocabulary) == list(here.vocabulary)
    assert there.counts.tolist() == here.counts.tolist() and len(there) == len(here)
    assert ids_of(there, workers).tolist() == here.ids.tolist()
    for paths in [str(folder / "one"), folder / "more"], f"file://{folder}":
        assert len(cluster_text.load_on_cluster(paths, workers, min_count=1)) > 300


def test_a_folder_is_trained_on_by_processes(folder, two):
    wv = train(folder, client=two, epochs=2, **SMALL)
    assert set(wv.vocabulary) == {"<eos>", *"you say goodbye Grüße hello 猫 I and .".split()}
    assert wv.loss < 6 * np.log(2)
    text = cluster_text.load_on_cluster(str(folder), two)
    for model in "cbow", "skipgram":  # a text serves more than one training
        assert train(text, client=two, epochs=1, model=model, **SMALL).loss
    assert copies_on(two) == [0, 0]


# What a training is worth, and what else `train` takes --------------------------------------------


def test_it_learns_what_the_compiled_engine_learns(two):
    corpus = load_corpus("default")
    found = {}
    for engine, options in ("compiled", {}), ("dask", {"client": two}):
        wv = train(corpus, engine=engine, progress=False, **options)
        pairs, analogies = wv.evaluate_word_pairs().spearman, wv.evaluate_analogies().accuracy
        found[engine] = wv.loss, pairs, analogies
    loss, pairs, analogies = np.subtract(found["dask"], found["compiled"])
    assert abs(loss) < 0.12 and abs(pairs) < 0.04 and abs(analogies) < 0.05, found


def test_it_goes_on_from_a_checkpoint_and_from_vectors(workers, text, tmp_path, monkeypatch):
    options, epochs = SMALL | {"client": workers, "epochs": 12}, []

    def stop(progress):
        epochs.append(progress.epoch)
        return progress.epoch == 5

    train(text, checkpoint=tmp_path / "kept", callback=stop, **options)
    whole = train(text, checkpoint=tmp_path / "kept", callback=stop, **options)
    again = train(text, checkpoint=tmp_path / "kept", callback=stop, **options)
    assert epochs == [*range(1, 6), *range(6, 13)]
    assert np.array_equal(whole.vectors, again.vectors)
    check_learnt(whole)
    check_learnt(train(text, start=whole, **options | {"epochs": 1}))


def test_ctrl_c_gives_what_was_learnt(two, text, monkeypatch, capsys):
    interrupt = partial(signal.pthread_kill, threading.main_thread().ident, signal.SIGINT)
    for what in "learn", "meet":
        with monkeypatch.context() as patch:
            Trouble(patch, what, 30, interrupt, delay=0.001)
            wv = train(text, client=two, epochs=40, **SMALL)
        assert "Interrupted after" in capsys.readouterr().err
        check_learnt(wv)
        assert copies_on(two) == [0, 0]


SCRIPT = """
from w2vlib import load_corpus, train

def look(progress):
    print(progress.epoch, flush=True)

if __name__ == "__main__":
    corpus = load_corpus("default")
    wv = train(corpus, engine="dask", vector_size=20, epochs=900, progress=False, callback=look)
    print(wv, wv.vectors.std() > 0.1)
"""


def test_ctrl_c_at_a_terminal_reaches_the_workers_too(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout.readline() == "1\n", process.communicate()
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert out.splitlines()[-1] == "WordVectors(10001 words, 20 dimensions) True"
    assert re.fullmatch("Interrupted after .* tokens .*\n", err), err
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]


def test_a_slow_worker_is_given_less(text):
    slow, fast = (team.Member(name, None, None, pace=pace) for name, pace in (("a", 1), ("b", 4)))
    one = team.Team(None, None, {})
    one.members = [slow, fast]
    told = cluster_text.ClusterText.of(text)
    training = cluster.Training(one, told, (), 0.1, 1, 1, None, 0)
    training.turn_length = lambda: 8
    left = list(range(30))
    turns = training.share_out(left)
    assert {member: len(parts) for member, parts in turns.items()} == {slow: 3, fast: 12}
    assert sorted(left + turns[slow] + turns[fast]) == list(range(30))


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"client": 3}, TypeError, ["client is 3", "distributed.Client"]),
        ({"client": "tcp://127.0.0.1:9"}, ConnectionError, ["client is 'tcp://127.0.0.1:9'"]),
        ({"client": "no such://x"}, ConnectionError, ["client is 'no such://x'"]),
        ({"client": ""}, ConnectionError, ["client is ''"]),
        ({"client": "x:1", "engine": "numpy"}, ValueError, ["client is 'x:1'", '"dask"']),
        ({"threads": 2}, ValueError, ["threads is 2", "dask"]),
    ],
)
def test_bad_arguments_are_named(text, options, error, words, monkeypatch):
    monkeypatch.setattr(team, "PATIENCE", 1)
    begin = time.monotonic()
    with pytest.raises(error) as caught:
        train(text, **SMALL | options)
    assert time.monotonic() - begin < 15
    for word in words:
        assert word in str(caught.value)


def test_bad_texts_are_named(workers, tmp_path):
    (tmp_path / "latin").write_bytes("Grüße an alle\n".encode("latin-1") * 20)
    (tmp_path / "one").write_text("word " * 50)
    (tmp_path / "empty").mkdir()
    for path, error, told in (
        ("none", FileNotFoundError, "none'?: there is no such file"),
        ("empty", ValueError, "the folder holds no file"),
        ("latin", ValueError, "latin.*UTF-8"),
        ("one", ValueError, "one"),
    ):
        with pytest.raises(error, match=told):
            train(tmp_path / path, client=workers, **SMALL)
    for bad, said in (3, "3"), ([], "[]"), ([["none"]], "['none']"):
        with pytest.raises(TypeError, match=re.escape(f"corpus is {said}")):
            train(bad, client=workers, **SMALL)
    with pytest.raises(TypeError, match="client is None"):
        cluster_text.load_on_cluster(tmp_path, None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="the folder holds no file"):
        cluster_text.find_files(tmp_path)
    (tmp_path / "text").write_text("a b")
    [(url, size)] = cluster_text.find_files(tmp_path)
    assert url.endswith("/text") and size == 3


def test_a_cluster_without_workers_is_waited_for_and_told(text, folder, monkeypatch):
    for room in team, cluster_text:
        monkeypatch.setattr(room, "START", 0.5)
    with (
        distributed.LocalCluster(1, processes=False, protocol="tcp", **HERE) as nobody,
        distributed.Client(nobody) as client,
    ):
        nobody.scale(0)
        while client.nthreads():
            time.sleep(0.05)
        for each in text, folder:
            with pytest.raises(TimeoutError, match="client has .* start workers"):
                train(each, client=client, **SMALL)


def test_without_dask_the_extra_is_named(text, monkeypatch):
    engine = replace(ENGINES["dask"], needs=("no_such_package",))
    monkeypatch.setitem(ENGINES, "dask", engine)
    with pytest.raises(ImportError, match=r'"w2vlib\[cluster\]"'):
        train(text, **SMALL)


def test_a_script_without_its_guard_is_told_why(tmp_path):
    (tmp_path / "script.py").write_text(
        "from w2vlib import load_corpus, train\n"
        "train(load_corpus('default'), engine='dask', epochs=1, progress=False)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment, capture_output=True,
        text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "if __name__ == '__main__'" in done.stderr
