"""Where a build finds Pyodide's files: a folder, a cache, an address (here a stand-in server)."""

import hashlib
import io
import json
import logging
import os
import re
import runpy
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from chapters import BOOK, ROOT
from in_page import needs_pyodide

FILES = runpy.run_path(str(BOOK / "_ext" / "pyodide_files.py"))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def package(name, data, *depends):
    return {"file_name": f"{name}.whl", "sha256": sha256(data), "depends": list(depends)}


@pytest.fixture
def made(tmp_path):
    """A folder with a small Pyodide, and the SHA-256 of its core."""
    wheels = {"numpy": b"arrays", "matplotlib": b"charts", "six": b"both", "scipy": b"more"}
    lock = {name: package(name, data) for name, data in wheels.items()}
    lock["matplotlib"] = package("matplotlib", b"charts", "numpy", "six")
    core = {
        "pyodide.mjs": b"export {}",
        "pyodide-lock.json": json.dumps({"info": {}, "packages": lock}).encode(),
    }
    folder = tmp_path / "pyodide"
    folder.mkdir()
    for name, data in {**core, **{f"{name}.whl": data for name, data in wheels.items()}}.items():
        (folder / name).write_bytes(data)
    return folder, {name: sha256(data) for name, data in core.items()}


def gather(made, folder=None, cache=None, address=None):
    return FILES["gather"](folder, cache, address, made[1], ["matplotlib"])


def test_folder(made):
    found = gather(made, folder=made[0])
    assert set(found) == {
        "pyodide.mjs",
        "pyodide-lock.json",
        "matplotlib.whl",
        "numpy.whl",
        "six.whl",
    }
    assert found["numpy.whl"] == b"arrays"
    lock = json.loads(found["pyodide-lock.json"])
    assert set(lock["packages"]) == {"matplotlib", "numpy", "six"}


EACH = ["pyodide.mjs", "pyodide-lock.json", "matplotlib.whl", "numpy.whl", "six.whl"]


@pytest.mark.parametrize("name", EACH)
def test_another_file_in_the_folder_is_refused(made, name):
    (made[0] / name).write_bytes((made[0] / name).read_bytes() + b" ")
    with pytest.raises(ValueError, match=re.escape(name)):
        gather(made, folder=made[0])


@pytest.mark.parametrize("name", EACH)
def test_no_file_in_the_folder(made, name):
    (made[0] / name).unlink()
    with pytest.raises(FileNotFoundError, match=re.escape(name)):
        gather(made, folder=made[0])


def test_address_then_cache(made, serve, tmp_path):
    address = serve(made[0]).address
    fetched = gather(made, cache=tmp_path / "cache", address=f"{address}/")
    assert fetched == gather(made, folder=made[0])
    for file in made[0].iterdir():
        file.unlink()
    assert gather(made, cache=tmp_path / "cache", address=f"{address}/") == fetched


def test_another_file_in_the_cache_is_fetched_anew(made, serve, tmp_path):
    address, cache = f"{serve(made[0]).address}/", tmp_path / "cache"
    fetched = gather(made, cache=cache, address=address)
    for file in cache.iterdir():
        file.write_bytes(b"arrears")
    assert gather(made, cache=cache, address=address) == fetched


def test_another_file_at_the_address_is_refused(made, serve, tmp_path):
    (made[0] / "numpy.whl").write_bytes(b"arrears")
    with pytest.raises(ValueError, match=r"numpy\.whl"):
        gather(made, cache=tmp_path / "cache", address=f"{serve(made[0]).address}/")
    assert not (tmp_path / "cache" / "numpy.whl").exists()


def test_nothing_at_the_address(made, serve, tmp_path):
    (made[0] / "pyodide.mjs").unlink()
    with pytest.raises(OSError, match="404"):
        gather(made, cache=tmp_path / "cache", address=f"{serve(made[0]).address}/")


def test_nobody_at_the_address(made, tmp_path):
    with pytest.raises(OSError):
        gather(made, cache=tmp_path / "cache", address="http://127.0.0.1:9/")


def built(folder, monkeypatch, caplog):
    """What the extension finds when the book is built -> its files, or None, and what it says."""
    monkeypatch.syspath_prepend(BOOK / "_ext")
    monkeypatch.setenv("W2VLIB_PYODIDE", str(folder))
    app = SimpleNamespace(builder=SimpleNamespace(format="html"))
    with caplog.at_level(logging.INFO):
        runpy.run_path(str(BOOK / "_ext" / "runner.py"))["gather"](app)
    said = {(it.levelname, it.getMessage().partition(":")[0]) for it in caplog.records}
    return app.runner_files, said


def test_a_build_without_the_files_says_so(tmp_path, monkeypatch, caplog):
    files, said = built(tmp_path, monkeypatch, caplog)
    assert files is None
    assert ("INFO", "No page can run its cells") in said


def test_a_build_with_another_file_warns(tmp_path, monkeypatch, caplog):
    """A strict build, such as that of `make book`, ends with a warning."""
    (tmp_path / "pyodide.mjs").write_text("another", encoding="utf-8")
    files, said = built(tmp_path, monkeypatch, caplog)
    assert files is None
    assert ("WARNING", "No page can run its cells") in said


@needs_pyodide
def test_files_of_the_built_book(html):
    """Beside the pages stand the files that are pinned, each with its SHA-256, and no other."""
    found = {path.name: path.read_bytes() for path in (html / "_static" / "pyodide").iterdir()}
    lock, course = json.loads(found.pop(FILES["LOCK"])), found.pop("course.zip")
    whole = Path(os.environ["W2VLIB_PYODIDE"], FILES["LOCK"]).read_bytes()
    packages = json.loads(whole)["packages"]
    names = FILES["with_dependencies"](FILES["PACKAGES"] + FILES["BEHIND"], packages)
    assert lock == json.loads(whole) | {"packages": names}
    pinned = {it["file_name"]: it["sha256"] for it in names.values()} | FILES["CORE"]
    assert sha256(whole) == pinned.pop(FILES["LOCK"])
    assert {name: sha256(data) for name, data in found.items()} == pinned
    homes = {"w2vlib": ROOT, "results": BOOK}
    with zipfile.ZipFile(io.BytesIO(course)) as archive:
        for name in archive.namelist():
            home = homes.get(name.partition("/")[0], BOOK / "_ext" / "in_page")
            assert archive.read(name) == (home / name).read_bytes()
