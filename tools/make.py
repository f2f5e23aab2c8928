"""What `make` does, with make and without: python tools/make.py book.

    make serve PORT=8001                   # Linux and macOS
    py tools\\make.py serve PORT=8001       # Windows

It needs Python alone. A target first installs what it needs into .venv, anew when that has changed.
"""

import contextlib
import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"make: {sys.executable} is older than Python 3.11; choose another: make PYTHON=python3.12"
    )

ROOT = Path(__file__).resolve().parent.parent
VENV, BUILD = ROOT / ".venv", ROOT / "_build"
HTML, CACHE = BUILD / "html", BUILD / ".jupyter_cache"
UNSURE = VENV / "unsure"
SETTINGS = {"PORT": "8000", "NOTEBOOKS": "", "FRESH": "", "UPGRADE": ""}

# One BLAS thread and a configuration of their own: notebooks print and draw the same for everybody.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "IPYTHONDIR": str(VENV / "ipython"),
    "MPLCONFIGDIR": str(VENV / "matplotlib"),
}


def book():
    """run every notebook and build the book"""
    install()
    # The cache of executed notebooks does not know that the library has changed.
    library = [path for path in (ROOT / "w2vlib").rglob("*") if "__pycache__" not in path.parts]
    made_from(BUILD / "library", [VENV / "installed", *library], forget_outputs)
    if not outputs_are_whole():
        forget_outputs()
    chapters = sorted((ROOT / "book").glob("*.ipynb"))
    attempt("python", "tools/execute.py", CACHE, *chapters)
    if attempt("jupyter-book", "build", ".", "--all", "-W", "-n", "--keep-going"):
        sys.exit("make book: failed; the first warning or error above says where.")
    if not (HTML / "index.html").exists():
        sys.exit(f"make book: failed; {HTML / 'index.html'} was not written.")
    page = (HTML / "index.html").relative_to(ROOT)
    print(f"\nThe book is in {page.parent}. Open {page}, or run 'make serve'.")


def pdf():
    """build the book and print all of it into one PDF (needs Chromium)"""
    book()
    install_tests()
    run("python", "tools/pdf.py", HTML, BUILD / "word2vec-made-fast.pdf")


def epub():
    """build the book and make an EPUB of it (needs Chromium)"""
    book()
    install_tests()
    run("python", "tools/epub.py", HTML, BUILD / "word2vec-made-fast.epub")


def slides():
    """make a deck of slides of each chapter, for a projector"""
    install_tests()
    run("python", "tools/slides", BUILD / "slides")


def site():
    """build all that is published: the book, and PDF, EPUB and slides beside it"""
    pdf()
    if not (HTML / "_static" / "pyodide").exists():
        sys.exit(
            "make site: no page could run its cells, as Pyodide's files are not to be had; build"
            " online, or set W2VLIB_PYODIDE to a folder that holds them."
        )
    run("python", "tools/epub.py", HTML, BUILD / "word2vec-made-fast.epub")
    slides()
    run("python", "tools/site.py", HTML, BUILD)


def serve():
    """show the built book on http://127.0.0.1:8000 (PORT=8001 for another port)"""
    port = SETTINGS["PORT"]
    if not (HTML / "index.html").exists():
        sys.exit("make serve: no book yet; run 'make book' first.")
    try:
        socket.create_server(("127.0.0.1", int(port))).close()
    except (OSError, ValueError, OverflowError):
        sys.exit(f"make serve: port {port} is taken or none; try 'make serve PORT=8001'.")
    here = ["--bind", "127.0.0.1", "--directory", HTML]
    subprocess.run([sys.executable, "-m", "http.server", port, *here], check=False)


def test():
    """run the unit tests, every notebook, and a strict build of the book"""
    install_tests()
    # Two files at a time, in their order: the chapters in a browser take longest, and come early.
    order = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    run("python", "-m", "pytest", *order, "--nbval", "--nbval-current-env", "-rs")


def lint():
    """check the style of code, notebooks and scripts, and the workflows"""
    install_tests()
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")
    run("oxlint", "--quiet", "w2vlib", "book/_static", "tools")
    run("zizmor", "--offline", "--quiet", ".github")


def outputs():
    """run the notebooks and store their outputs (NOTEBOOKS=book/03_binary.ipynb, FRESH=1)"""
    install_tests()  # gensim has a row in chapter 11
    notebooks = SETTINGS["NOTEBOOKS"].split() or sorted((ROOT / "book").glob("*.ipynb"))
    run("python", "tools/outputs.py", *(["--fresh"] if SETTINGS["FRESH"] else []), *notebooks)
    run("python", "tools/ladder.py")


def bench():
    """compare the engines with others, by turns: 20 minutes on a quiet machine"""
    install_tests()
    run("python", "tools/bench.py", "--memory")


def lab():
    """open the notebooks in JupyterLab"""
    install()
    run("jupyter-lab", "--ServerApp.root_dir=.", "--LabApp.default_url=/lab/tree/book")


def binder():
    """install as Binder does, and run every chapter there in a browser"""
    install_tests()
    folder = BUILD / "binder"
    subprocess.run([sys.executable, ROOT / "tools" / "binder.py", folder], check=True)
    os.environ["W2VLIB_BINDER"] = str(folder)
    run("python", "-m", "pytest", "-rP", "tests/book/test_chapters_in_lab.py")


def pins():
    """write the pinned sets anew from pyproject.toml (UPGRADE=1: the newest versions)"""
    if not program("uv").exists():
        install_tests()
    how = ["--quiet", "--universal", "--python-version", "3.11", "--fork-strategy", "fewest"]
    how += ["--generate-hashes", "--custom-compile-command", "make pins"]
    if SETTINGS["UPGRADE"]:  # in a week a release with something bad in it is mostly found
        how += ["--upgrade", "--exclude-newer", "7 days"]
    ours = ["--group", "binder", "--group", "build"]
    below = []
    for name, wanted in {
        "requirements.txt": ["--extra", "book", "--extra", "cluster", *ours],
        "requirements-test.txt": ["--extra", "dev", *ours],
    }.items():
        run("uv", "pip", "compile", *how, "pyproject.toml", *wanted, *below, "-o", name)
        below = ["-c", name]
    run("uv", "pip", "compile", *how, "--group", "hub", *below, "-o", "hub/requirements.txt")


def clean():
    """remove everything that make made"""
    for name in (".venv", "_build", ".pytest_cache", ".hypothesis", ".ruff_cache"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    shutil.rmtree(ROOT / "w2vlib.egg-info", ignore_errors=True)


def install():
    """install what the book needs into .venv"""
    if UNSURE.exists():
        (VENV / "installed").unlink(missing_ok=True)
    config = "tools/ipython_kernel_config.py"
    files = [ROOT / name for name in ("requirements.txt", "pyproject.toml", config)]
    made_from(VENV / "installed", files, make_environment)


def install_tests():
    """install what the tests need, too"""
    install()
    files = [VENV / "installed", ROOT / "requirements-test.txt"]
    made_from(VENV / "testing", files, add_tests)


def add_tests():
    """Add what tests need. Where that is killed, pip takes a half of a package for a whole one."""
    UNSURE.touch()
    try:
        pip("-r", "requirements-test.txt")
    except SystemExit:  # it says so itself, as without a network: nothing has changed
        UNSURE.unlink()
        raise
    UNSURE.unlink()


def make_environment():
    """A fresh .venv with the pinned set, and nothing of an older one."""
    print("Installing into .venv (about a minute)", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip("-r", "requirements.txt")
    pip("--no-deps", "--no-build-isolation", "-e", ".")
    # Matplotlib looks for the fonts now: it would say so on a page if it did it later.
    run("python", "-c", "import matplotlib.font_manager")
    profile = VENV / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "ipython_kernel_config.py", profile)


def forget_outputs():
    """Have the next build run every notebook."""
    shutil.rmtree(CACHE, ignore_errors=True)


def outputs_are_whole():
    """Whether the outputs that are kept are those that are listed: the build stumbles over others.

    A build that is killed while it keeps the outputs of a notebook leaves such ones.
    """
    if not CACHE.exists():
        return True
    try:
        with contextlib.closing(sqlite3.connect(CACHE / "global.db")) as listed:
            keys = {key for (key,) in listed.execute("SELECT hashkey FROM nbcache")}
        for key in keys:
            json.loads((CACHE / "executed" / key / "base.ipynb").read_text(encoding="utf-8"))
        return keys.issuperset(path.name for path in CACHE.glob("executed/*"))
    except (OSError, ValueError, sqlite3.Error):
        return False


def made_from(stamp, files, make):
    """Call `make` unless the stamp says that it was called, and ended, with these very files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != digest.hexdigest():
        stamp.unlink(missing_ok=True)
        make()
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest.hexdigest(), encoding="utf-8")


def pip(*wanted, venv=VENV):
    """Install, and compile nothing: Python does so at a first import, and most modules see none."""
    how = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    run("python", "-m", "pip", "install", *how, *wanted, venv=venv)


def run(name, *arguments, venv=VENV):
    """Run a program of the environment; where it fails, so does make."""
    failed = attempt(name, *arguments, venv=venv)
    if failed:
        sys.exit(failed)


def attempt(name, *arguments, venv=VENV):
    """Run a program of the environment, in the folder of the project -> how it ended."""
    command = [program(name, venv), *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | ENVIRONMENT, check=False).returncode


def program(name, venv=VENV, system=os.name):
    """Where an environment has a program."""
    return venv / "Scripts" / f"{name}.exe" if system == "nt" else venv / "bin" / name


TARGETS = {
    target.__name__.replace("_", "-"): target
    for target in (
        book,
        pdf,
        epub,
        slides,
        site,
        serve,
        test,
        lint,
        outputs,
        bench,
        lab,
        binder,
        pins,
    )
    + (install, install_tests, clean)
}


def usage():
    """list the targets"""
    print("make TARGET   (PYTHON=python3.12 chooses the interpreter, 3.11 or newer)\n")
    for name, target in TARGETS.items():
        print(f"  {name:<14}{target.__doc__}")


def main(arguments):
    """Make each target; `NAME=value` sets what a target looks at, as the environment does."""
    set_here = dict(one.split("=", 1) for one in arguments if "=" in one)
    targets = [one for one in arguments if "=" not in one]
    unknown = [one for one in targets if one not in {"help", *TARGETS}]
    unknown += [name for name in set_here if name not in SETTINGS]
    if unknown:
        sys.exit(f"make: nothing is called {unknown[0]!r} here; 'make help' lists what is.")
    SETTINGS.update({name: os.environ[name] for name in SETTINGS if name in os.environ} | set_here)
    try:
        for name in targets or ["help"]:
            TARGETS.get(name, usage)()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:  # such as a full disk
        sys.exit(f"make: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
