"""The files of Pyodide that a page needs to run Python: from a folder, a cache or their address.

Each is compared with its SHA-256: the core's stand here, the packages' in Pyodide's own lock file.
"""

import gzip
import hashlib
import json
from pathlib import Path

import pooch

ADDRESS = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"
LOCK = "pyodide-lock.json"
CORE = {
    "pyodide.mjs": "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
    LOCK: "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
}
COMPRESSED = {".js", ".json", ".mjs", ".wasm"}  # what servers send gzipped
PACKAGES = ["numpy", "threadpoolctl"]  # what `import w2vlib` needs
BEHIND = ["matplotlib"]  # what comes after the first output


def gather(folder, cache, address=ADDRESS, core=CORE, packages=PACKAGES + BEHIND):
    """The contents of the files by name, the lock file cut down to what is needed.

    folder: where they lie; empty or None to take them from the cache, or else from the address.
    Raises OSError for a file that is not to be had, ValueError for one with another SHA-256.
    """
    found = {name: contents(name, core[name], folder, cache, address) for name in core}
    lock = json.loads(found[LOCK])
    lock["packages"] = with_dependencies(packages, lock["packages"])
    found[LOCK] = json.dumps(lock, separators=(",", ":")).encode()
    for package in lock["packages"].values():
        name = package["file_name"]
        found[name] = contents(name, package["sha256"], folder, cache, address)
    return found


def with_dependencies(names, known):
    """The packages of a lock file that these names need, themselves included."""
    needed, left = {}, list(names)
    while left:
        name = left.pop().lower().replace("_", "-")
        if name not in needed:
            needed[name] = known[name]
            left += known[name]["depends"]
    return needed


def sent(name, data):
    """The bytes that a server sends for a file."""
    return len(gzip.compress(data) if Path(name).suffix in COMPRESSED else data)


def contents(name, sha256, folder, cache, address):
    """The bytes of one file."""
    if folder:
        data = Path(folder).expanduser().joinpath(name).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError(
                f"{name} in {folder} is not Pyodide's: its SHA-256 is another; fetch it again"
            )
        return data
    path = pooch.retrieve(address + name, f"sha256:{sha256}", fname=name, path=cache)
    return Path(path).read_bytes()
