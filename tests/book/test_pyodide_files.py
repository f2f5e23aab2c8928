"""Where a build finds Pyodide's files: a folder, a cache, an address (here a stand-in server)."""

import hashlib
import json
import runpy

import pytest
from chapters import BOOK

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


def test_another_file_in_the_folder_is_refused(made):
    (made[0] / "numpy.whl").write_bytes(b"arrears")
    with pytest.raises(ValueError, match=r"numpy\.whl"):
        gather(made, folder=made[0])


def test_no_file_in_the_folder(made):
    (made[0] / "six.whl").unlink()
    with pytest.raises(FileNotFoundError, match=r"six\.whl"):
        gather(made, folder=made[0])


def test_address_then_cache(made, serve, tmp_path):
    address = serve(made[0]).address
    fetched = gather(made, cache=tmp_path / "cache", address=f"{address}/")
    assert fetched == gather(made, folder=made[0])
    for file in made[0].iterdir():
        file.unlink()
    assert gather(made, cache=tmp_path / "cache", address=f"{address}/") == fetched


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
