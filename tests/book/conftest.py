"""The book, built once for the tests that look at its pages, and opened in a browser."""

import contextlib
import functools
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from chapters import FEW, ROOT

PROBLEM = re.compile(r".*(?:WARNING|ERROR|Error).*")


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """The folder of the book, built from the stored outputs: nbval has run the cells."""
    folder = tmp_path_factory.mktemp("book")
    build(folder, os.environ.get("W2VLIB_PYODIDE") or folder)
    return folder / "_build" / "html"


@pytest.fixture(scope="session")
def decks(tmp_path_factory):
    """The folder of the slides."""
    pytest.importorskip("sphinx_revealjs", reason="sphinx-revealjs is not installed")
    folder = tmp_path_factory.mktemp("slides")
    command = [sys.executable, ROOT / "tools" / "slides", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert str(folder / "index.html") in done.stdout
    return folder


@pytest.fixture(scope="session")
def published(html, decks, tmp_path_factory):
    """The whole site: the book with its slides, and files in the place of what is printed."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(html, folder / "html")
    shutil.copytree(decks, folder / "slides")
    for name in "word2vec-made-fast.pdf", "word2vec-made-fast.epub":
        (folder / name).write_bytes(b"%")
    command = [sys.executable, ROOT / "tools" / "site.py", folder / "html", folder]
    subprocess.run(command, capture_output=True, check=True)
    return folder / "html"


@pytest.fixture(scope="session")
def pages(published):
    """Each page of the whole site, parsed: path -> soup."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(published.rglob("*.html"))
    }


def build(folder, pyodide, toc=None):
    """Build the book into a folder, Pyodide's files from another -> what the build says.

    toc: a table of contents for a part of the book, whose links into the rest lead nowhere.
    """
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["execute"]["execute_notebooks"] = "off"
    extensions = config["sphinx"]["local_extensions"]  # their folders are relative to the file
    config["sphinx"]["local_extensions"] = {key: str(ROOT / extensions[key]) for key in extensions}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT]
    command += ["--config", folder / "_config.yml", "--path-output", folder]
    if toc:
        (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
        command += ["--toc", folder / "_toc.yml"]
    else:
        command += ["--all", "-W", "-n", "--keep-going"]
    environment = {**os.environ, "W2VLIB_PYODIDE": str(pyodide)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        pytest.fail("\n".join(PROBLEM.findall(done.stdout + done.stderr)), pytrace=False)
    return done.stdout


@pytest.fixture(scope="session")
def few(html, tmp_path_factory):
    """The built book, with few pages in its list of them."""
    folder = tmp_path_factory.mktemp("few") / "html"
    shutil.copytree(html, folder)
    front = folder / "book" / "index.html"
    page = BeautifulSoup(front.read_text(encoding="utf-8"), "html.parser")
    for link in page.select("nav.bd-links a"):
        if link["href"] not in ["#", *(f"{name}.html" for name in FEW)]:
            link.decompose()
    front.write_text(str(page), encoding="utf-8")
    return folder


class Server(ThreadingHTTPServer):
    """Files of a folder on this machine. It notes in `sent` what it sent, less what was cached.

    wait: what is called with a path before it is sent.
    """

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        self.folder, self.sent = Path(folder), []
        self.wait = lambda path: None
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(SimpleHTTPRequestHandler):
    """Tells the server of what is sent."""

    def do_GET(self):
        self.server.wait(self.path)
        super().do_GET()

    def log_request(self, code="-", size="-"):
        if code == 200:
            self.server.sent.append(self.path)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def serve():
    """A function that serves a folder -> its Server."""
    servers = []

    def start(folder):
        servers.append(Server(folder))
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def server(html, serve):
    """The book, served on this machine."""
    return serve(html)


@pytest.fixture(scope="module")
def site(server):
    """Its address."""
    return server.address


@pytest.fixture(scope="module")
def context(chromium):
    """A reader's session: what one page fetched, the next finds in the cache."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


def was_left(request):
    """Whether a request ended because its page was left."""
    return request.failure == "net::ERR_ABORTED"


@contextlib.contextmanager
def tab(context):
    """A tab that notes what it asks for, in `page.asked`, and what goes wrong, in `page.wrong`.

    What goes wrong fails the test in the end; what the page's policy forbids is among it.
    """
    page = context.new_page()
    page.asked, page.wrong = set(), []
    page.on("request", lambda request: page.asked.add(request.url))
    page.on("requestfailed", lambda it: was_left(it) or page.wrong.append(f"{it.url} failed"))
    page.on("response", lambda it: it.status < 400 or page.wrong.append(f"{it.url}: {it.status}"))
    page.on("console", lambda it: it.type != "error" or page.wrong.append(it.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    yield page
    page.close()
    assert not page.wrong


@pytest.fixture
def page(context):
    """A tab of its own for a test."""
    with tab(context) as page:
        yield page


def until(page, condition):
    """Wait until it holds: Playwright's own way evaluates a string, which the policy forbids."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {condition}")


@pytest.fixture
def fresh(chromium, site):
    """A tab of a reader who comes for the first time, that notes what goes wrong."""
    context = chromium.new_context(base_url=f"{site}/book/")
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.wrong = []
    page.on("console", lambda it: it.type != "error" or page.wrong.append(it.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    yield page
    assert not page.wrong
    context.close()
