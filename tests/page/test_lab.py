"""In JupyterLab, where the scripts of a page are not loaded, a thing that a cell shows is alive."""

import os
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

CELLS = [
    "from w2vlib.page import Explore, Playground, Predict, Quiz",
    "Explore(lambda n: f'<b>picture {n}</b>', n=[1, 2, 3])",
    "Playground('you say goodbye and i say hello .')",
    "Predict('How many?', {'two': 'One each.', 'one': 'None is lost.'})",
    "Quiz(('Why?', {'because': 'So it is.', 'by chance': 'It is not.'}))",
    "from w2vlib.exercises import check\ncheck('lookup_by_hand', row_3=..., everything=...)",
]


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab with one notebook, and settings of its own."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    (tmp_path / "root").mkdir()
    nbformat.write(notebook, tmp_path / "root" / "things.ipynb")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folders = {
        name: str(tmp_path / name.lower())
        for name in ["JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR"]
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += [f"--ServerApp.root_dir={tmp_path / 'root'}", "--IdentityProvider.token="]
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen(command, env=os.environ | folders, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/lab"
        for _ in range(240):
            try:
                urlopen(address)
                break
            except URLError:
                time.sleep(0.5)
        yield f"{address}/tree/things.ipynb"
    finally:
        server.terminate()
        server.wait(60)


def test_what_a_cell_shows_is_alive(lab, chromium):
    page = chromium.new_page(viewport={"width": 1200, "height": 2400})
    page.set_default_timeout(120_000)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(lab)
    page.get_by_text("| Idle").wait_for()  # the kernel is there
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    page.locator(".w2v-explore input").press("End")
    assert page.locator(".w2v-explore .w2v-view").text_content() == "picture 3"
    page.locator(".w2v-playground").get_by_role("button", name="Step").click()
    assert page.locator(".w2v-playground p").text_content().startswith("Step 1: ")
    for kind, answer, said in [
        ("predict", "one", "Not quite. None is lost. The answer is: two. One each."),
        ("quiz", "because", "Right. So it is."),
    ]:
        page.locator(f".w2v-{kind}").get_by_label(answer).check()
        assert page.locator(f".w2v-{kind} [role=status]").text_content() == said
    page.get_by_label("sum of row 3").fill("3")
    page.get_by_role("button", name="Check", exact=True).click()
    said = page.locator("[data-field=row_3] [role=status]").text_content()
    assert said.startswith("Not yet: that is one of the two rows")
    border = page.locator(".w2v-explore").evaluate("root => getComputedStyle(root).borderStyle")
    assert border == "solid"  # the styles came, too
    assert not wrong
    page.close()
