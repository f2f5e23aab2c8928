"""An environment like Binder's: a clone of what is committed, and what repo2docker installs for it.

    python tools/binder.py _build/binder   # `make binder` does so, and opens the chapters there

Makes FOLDER/home, the clone and the learner's home, and FOLDER/env. Says how long pip takes, with
nothing in its cache, and how large the environment grows; more than LONGEST or LARGEST is an error.
"""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
BRINGS = ["jupyterlab==4.4.9", "notebook==7.4.7", "ipywidgets==8.1.7", "ipykernel==7.0.1"]  # 2026.4
LONGEST = 60  # seconds of the processor, for pip
LARGEST = 600  # MB beyond what Binder brings


def environment(folder):
    """The variables that a program finds there: none of ours."""
    folder = Path(folder).resolve()
    path = os.pathsep.join([str(folder / "env" / "bin"), "/usr/bin", "/bin"])
    return {"HOME": str(folder / "home"), "PATH": path, "LANG": "C.UTF-8"}


def make(folder):
    """Make the environment afresh."""
    folder = Path(folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    home, variables = folder / "home", environment(folder)

    def run(*command):
        subprocess.run(command, cwd=home, env=variables, check=True)

    def pip(*what):
        run("python", "-m", "pip", "--quiet", "--disable-pip-version-check", *what)

    subprocess.run(["git", "clone", "--quiet", ROOT, home], check=True)
    wanted, ours = (home / "runtime.txt").read_text().strip(), sys.version_info
    print(f"Python {ours[0]}.{ours[1]}; Binder would take {wanted}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    pip("install", "--no-cache-dir", *BRINGS)
    before = megabytes(folder / "env")
    with timed("pip") as installing:
        pip("install", "--no-cache-dir", "-r", "requirements.txt")
        pip("install", "--no-cache-dir", ".")
    pip("check")
    with timed("postBuild"):
        run("bash", "./postBuild")
    grown = megabytes(folder / "env") - before
    print(f"{grown:.0f} MB, beside the {before:.0f} MB that Binder brings (at most {LARGEST})")
    if grown > LARGEST or installing.busy > LONGEST:
        much = f"{grown:.0f} MB, or {installing.busy:.0f} s of the processor,"
        sys.exit(f"make binder: {much} is too much; what in requirements.txt can go?")


class timed:
    """Prints how long something takes, also of the processor alone: the machine may be busy."""

    def __init__(self, what):
        self.what = what

    def __enter__(self):
        self.begun = perf_counter(), processor()
        return self

    def __exit__(self, *raised):
        wall, self.busy = perf_counter() - self.begun[0], processor() - self.begun[1]
        print(f"{self.what}: {wall:.0f} s, {self.busy:.0f} s of the processor", flush=True)


def processor():
    """Seconds that the programs we started have computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def megabytes(folder):
    """What the files of a folder take on disk."""
    return sum(path.lstat().st_blocks for path in folder.rglob("*")) * 512 / 1e6


if __name__ == "__main__":
    make(sys.argv[1])
