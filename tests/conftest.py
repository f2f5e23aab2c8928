"""What all tests share: a stable environment, and a browser."""

import contextlib
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from long import LONG

with contextlib.suppress(ImportError):  # Binder's environment runs the notebooks without it
    from hypothesis import settings

    settings.register_profile(
        "w2vlib", derandomize=not LONG, deadline=None, max_examples=2000 if LONG else 50
    )
    settings.load_profile("w2vlib")

# The notebooks' kernels inherit it, so that their outputs are stable.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module", autouse=True)
def environment():
    """A file of tests leaves the environment as it was: the next asks it where the texts are."""
    before = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    yield
    assert before == {name: os.environ.get(name) for name in before}  # an import may add some


@pytest.fixture(scope="session")
def workers(tmp_path_factory):
    """A Dask client of two workers, in this process: they start at once."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    dask = pytest.importorskip("dask")
    here = {"host": "127.0.0.1", "protocol": "tcp", "dashboard_address": "127.0.0.1:0"}
    with (
        dask.config.set({"temporary-directory": str(tmp_path_factory.mktemp("workers"))}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, **here) as two,
        distributed.Client(two) as client,
    ):
        yield client


@pytest.fixture
def dask_here(request, monkeypatch):
    """The engine of that name trains on `workers`, where it would start processes."""
    from w2vlib.engines import ENGINES

    def connect(client):
        return contextlib.nullcontext(client or request.getfixturevalue("workers"))

    monkeypatch.setitem(ENGINES, "dask", replace(ENGINES["dask"], connect=connect))


@pytest.fixture(scope="module")  # its event loop must not outlive it: the notebooks have their own
def playwright():
    """What drives a browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium_path(playwright):
    """Where the browser is: Debian's, another on the PATH, or Playwright's."""
    found = filter(None, map(shutil.which, ["chromium", "google-chrome"]))
    path = next(found, playwright.chromium.executable_path)
    if not Path(path).exists():
        missing = "no browser: install Debian's chromium, or run `playwright install chromium`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return path


@pytest.fixture(scope="module")
def chromium(playwright, chromium_path):
    """A browser for the tests of a file."""
    browser = playwright.chromium.launch(executable_path=chromium_path)
    yield browser
    browser.close()
