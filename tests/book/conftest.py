"""The book, built once for the tests that look at its pages, and opened in a browser."""

import functools
import re
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from chapters import ROOT

PROBLEM = re.compile(r".*(?:WARNING|ERROR|Error).*")


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """The folder of the book, built from the stored outputs: nbval has run the cells."""
    folder = tmp_path_factory.mktemp("book")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["execute"]["execute_notebooks"] = "off"
    extensions = config["sphinx"]["local_extensions"]  # their folders are relative to the file
    config["sphinx"]["local_extensions"] = {key: str(ROOT / extensions[key]) for key in extensions}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT]
    command += ["--config", folder / "_config.yml", "--path-output", folder]
    command += ["--all", "-W", "-n", "--keep-going"]
    build = subprocess.run(command, capture_output=True, text=True, check=False)
    if build.returncode:
        pytest.fail("\n".join(PROBLEM.findall(build.stdout + build.stderr)), pytrace=False)
    return folder / "_build" / "html"


@pytest.fixture(scope="module")
def site(html):
    """The address of the book, served on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=html)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that does not tell of every request."""

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def context(chromium):
    """A reader's session: what one page fetched, the next finds in the cache."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context):
    """A tab that notes what it asks for, in `page.asked`, and what goes wrong, in `page.wrong`."""
    page = context.new_page()
    page.asked, page.wrong = set(), []
    page.on("request", lambda request: page.asked.add(request.url))
    page.on("requestfailed", lambda request: page.wrong.append(f"{request.url} failed"))
    page.on("response", lambda it: it.status < 400 or page.wrong.append(f"{it.url}: {it.status}"))
    page.on("console", lambda it: it.type != "error" or page.wrong.append(it.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    yield page
    page.close()
