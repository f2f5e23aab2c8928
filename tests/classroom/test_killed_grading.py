"""Grading that is killed goes on: no mark is lost, none is given twice, and nothing runs on."""

import os
import random
import re
import sys
import time
from functools import partial

import pytest
from kills import Trial, forkserver
from long import LONG
from test_full_disk import disk  # noqa: F401
from test_grade import BUG, NAME, RIGHT, body, written

from w2vlib.classroom import grade, isolation, marks

psutil = pytest.importorskip("psutil", reason="psutil is not installed")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are limited on POSIX alone")
KEY = 1  # is marked, too


@pytest.fixture(scope="module")
def context():
    return forkserver()


@pytest.fixture
def hand_ins(tmp_path):
    folder = tmp_path / "hand ins"
    folder.mkdir()
    for number in range(8):
        source = f"{BUG if number % 2 else RIGHT}\n# {number}"
        (folder / f"student {number}.ipynb").write_text(written(source), encoding="utf-8")
    return folder


def nothing(folder):
    pass


class Quick:
    """A marker that runs no code."""

    marked = 0

    def __init__(self, sheet, tasks, rules, folder):
        self.tasks = tasks

    def mark(self, path):
        Quick.marked += 1
        time.sleep(0.01)
        number = len(path.stem)
        return [marks.Mark(it.name, it.worth, it.worth, "Right.") for it in self.tasks], str(number)

    def stop(self):
        pass

    end = stop


def quickly(hand_ins, folder):
    """Fails where a hand-in is marked that has its marks."""
    isolation.here = lambda: isolation.Isolation(None, False, "nothing is run here")
    grade.Marker = Quick
    kept = len(list(folder.glob("marks/kept/*.json")))
    grade.grade(hand_ins, folder / "marks.csv", only=[NAME], progress=False)
    assert Quick.marked == len(list(hand_ins.iterdir())) + KEY - kept


def test_killed_at_any_moment_it_goes_on(context, hand_ins, tmp_path):
    one = Trial(context, tmp_path, nothing, partial(quickly, hand_ins))
    assert len(one.states) == 9 + 1 + 8 + 2  # kept, the key, feedback, table and index
    assert one.kill_before_each_change(1 if LONG else 25) > 3
    kills, ends = one.kill_at_random(200 if LONG else 5, 0)
    print(f"{kills} kills, {ends} times to the end")


def test_a_full_disk_at_any_moment_and_it_goes_on(hand_ins, disk, tmp_path, monkeypatch):  # noqa: F811
    """Each time with a little more room."""
    monkeypatch.setattr(isolation, "here", lambda: isolation.Isolation(None, False, "runs nothing"))
    monkeypatch.setattr(grade, "Marker", Quick)

    def run(folder):
        return grade.grade(hand_ins, folder / "marks.csv", only=[NAME], progress=False)

    def files(folder):
        return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    whole, ballast, fulls = run(tmp_path), disk / "ballast", 0
    table = (tmp_path / "marks.csv").read_bytes()
    ballast.write_bytes(bytes(2**20))
    for left in range(0, 2**20, 2**13):
        os.truncate(ballast, 2**20 - left)
        try:
            rows = run(disk)
            break
        except OSError as error:
            assert re.search("No space left on device.*: make room", str(error)), error
            fulls += 1
        if (disk / "marks.csv").exists():
            assert (disk / "marks.csv").read_bytes() == table
    ballast.unlink()
    assert fulls > 5 and rows == whole
    names = [path.relative_to(disk) for path in files(disk)]
    assert {disk / name: (tmp_path / name).read_bytes() for name in names} == files(disk)
    assert len(names) == 9 + 1 + 8 + 2  # kept, the key, feedback, table and index


def really(hand_ins, out):
    grade.grade(hand_ins, out, only=[NAME], timeout=300, progress=False)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
def test_nothing_runs_on(context, hand_ins, tmp_path):
    for path in sorted(hand_ins.iterdir())[2:]:
        path.unlink()
    (hand_ins / "endless.ipynb").write_text(written(body("while True: pass")), encoding="utf-8")
    out, moments, seen = tmp_path / "marks.csv", random.Random(0), 0
    for _ in range(200 if LONG else 2):
        process = context.Process(target=really, args=(hand_ins, out))
        process.start()
        mine = psutil.Process(process.pid)
        until = time.monotonic() + 100
        kept = out.with_suffix("") / "kept"
        while not (list(kept.glob("*.json")) and len(mine.children(recursive=True)) > 4):
            assert process.exitcode is None and time.monotonic() < until  # students run, then
            time.sleep(0.01)
        time.sleep(moments.random())
        family = mine.children(recursive=True)
        seen = max(seen, len(family))
        process.kill()
        process.join()
        _, alive = psutil.wait_procs(family, timeout=15)
        assert not alive, alive
    assert seen > 4 and not out.exists()
    kept = {path: path.read_bytes() for path in kept.glob("*.json")}
    (hand_ins / "endless.ipynb").unlink()
    really(hand_ins, out)
    assert all(path.read_bytes() == contents for path, contents in kept.items())
    assert sorted(out.read_text().count(f",{points},2,") for points in (0, 2)) == [1, 1]
