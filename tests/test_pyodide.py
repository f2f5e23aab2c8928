"""The unit tests once more, inside a browser: 32-bit integers, NumPy 2.0, no threads, no lzma."""

import io
import mimetypes
import os
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("W2VLIB_PYODIDE", ""))
SITE = "http://pyodide.test/"  # nothing listens there: what is asked for is answered below
PACKAGES = ["numpy", "matplotlib", "threadpoolctl", "packaging"]
INSTALLED = ["pytest", "pluggy", "iniconfig", "pygments", "tqdm"]  # pure Python, as they are here
NEEDLESS = [
    "bench",
    "cluster",
    "cluster_files",
    "compiled",
    "compiled_skipgram",
    "corpus_file",
    "files",
    "full_disk",
    "gpu",
    "killed_book",
    "kills",
    "large_vectors",
    "ptb",
    "pyodide",
    "scores",
    "spark_bench",
    "stored_results",
    "strangers",
]
LACKING = [  # tests, by what a browser has not
    "tqdm_loads_only",  # processes
    "import_loads_neither",
    "killed_at_any_moment",
    "a_pipe",  # pipes
    "cannot_be_saved",
    "VECTORS.XZ",  # lzma
    "much_faster",  # the processor's time
    "vectors_are_good",  # fast products
]
RUN = """
import os, sys
sys.path[:0] = ["/tree", "/tree/tests"]
os.chdir("/tree")
import pytest
pytest.main([
    *{tests}, "-k", "{chosen}", "--junitxml=report.xml", "-q",
    "--capture=sys", "-p", "no:cacheprovider", "-p", "no:faulthandler",
])
open("report.xml").read()
"""
START = """async ([packages, code]) => {
  const { loadPyodide } = await import("/pyodide.mjs");
  const python = await loadPyodide({ indexURL: location.origin + "/", packages });
  python.unpackArchive(await (await fetch("/tree.zip")).arrayBuffer(), "zip",
    { extractDir: "/tree" });
  return python.runPython(code);
}"""


def tree():
    """The library, its tests and what runs them, in a zip archive."""
    files = {}
    for folder in ("w2vlib", "tests", "tools", "book/_ext"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                files[path.relative_to(ROOT)] = path
    for name in INSTALLED:
        found = distribution(name)
        for file in found.files:
            if file.suffix != ".pyc" and ".." not in file.parts:
                files[file] = found.locate_file(file)
    files["pyproject.toml"] = ROOT / "pyproject.toml"
    files["hypothesis.py"] = ROOT / "tests" / "no_hypothesis.py"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip:
        for name, path in files.items():
            zip.write(path, str(name))
    return archive.getvalue()


@pytest.fixture
def page(chromium):
    """A page of a site that holds Pyodide's files and the tree, and nothing else."""
    page = chromium.new_page()
    archive, foreign, said = tree(), [], []

    def answer(route):
        name = route.request.url.removeprefix(SITE)
        if name == "":
            route.fulfill(body="<!DOCTYPE html><title>Tests</title>", content_type="text/html")
        elif name == "tree.zip":
            route.fulfill(body=archive)
        elif (FOLDER / name).is_file():
            kind = {".mjs": "text/javascript", ".wasm": "application/wasm"}
            kind = kind.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
            route.fulfill(path=FOLDER / name, content_type=kind)
        else:
            foreign.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    page.on("console", lambda message: said.append(message.text))
    page.goto(SITE)
    page.said = said
    yield page
    page.close()
    assert not foreign


@pytest.mark.skipif(
    not os.environ.get("W2VLIB_PYODIDE"),
    reason="W2VLIB_PYODIDE names no folder with Pyodide's files",
)
def test_the_library_is_right_in_a_browser(page):
    names = sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py"))
    tests = [f"tests/test_{name}.py" for name in names if name not in NEEDLESS]
    chosen = f"not ({' or '.join(LACKING)})"
    report = page.evaluate(START, [PACKAGES, RUN.format(tests=tests, chosen=chosen)])
    suite = ElementTree.fromstring(report).find("testsuite")
    counts = {k: int(suite.get(k)) for k in ("tests", "failures", "errors", "skipped")}
    assert not counts["failures"] + counts["errors"], "\n".join(page.said)
    assert counts["tests"] - counts["skipped"] > 1000, counts
