"""JupyterLab on this machine, and a notebook in it, as a reader has them."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen


@contextlib.contextmanager
def serve(root, own, python=(sys.executable,), env=os.environ):
    """Start a JupyterLab that shows the folder `root` -> its address, with what to ask for it.

    own: the folder for its settings and its log; python: what runs Python, as a command line.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    names = ["JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR"]
    folders = {name: str(own / name.lower()) for name in names}
    token, log = secrets.token_hex(), own / "log"
    command = [*python, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"]
    command += [f"--IdentityProvider.token={token}"]
    with open(log, "w", encoding="utf-8") as said:
        server = subprocess.Popen(
            command, env={**env, **folders}, cwd=root, stdout=said, stderr=said
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 120
        while True:
            with contextlib.suppress(URLError):
                urlopen(f"{address}/api")
                break
            assert server.poll() is None and time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.5)
        yield lambda path: f"{address}/{path}?token={token}"
    finally:
        server.terminate()
        server.wait(60)


def run_all(page, address, name):
    """Open a notebook and run all its cells."""
    page.goto(address(f"lab/tree/{name}") + "&reset")  # no tab of before
    page.get_by_text("| Idle").wait_for()  # the kernel is there
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
