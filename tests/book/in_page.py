"""What the tests of a browser's Python share: the page as a reader presses it."""

import os

import nbformat
import pytest
import yaml
from chapters import ROOT

pytest.importorskip("playwright", reason="Playwright is not installed")
from playwright.sync_api import expect

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
RUN_IN_PAGE = CONFIG["sphinx"]["config"]["run_in_page"]
BUTTON = "Run this chapter here"
SECONDS = 1000

needs_pyodide = pytest.mark.skipif(
    not os.environ.get("W2VLIB_PYODIDE"), reason="W2VLIB_PYODIDE names no folder with Pyodide"
)


def press(page):
    """Start Python, and wait until a cell has shown what it gives."""
    page.get_by_role("button", name=BUTTON).click()
    shown = page.locator("div.cell[data-state=done] .cell_output > *").first
    expect(shown).to_be_visible(timeout=60 * SECONDS)


def status(page):
    """Where the page says what Python does."""
    return page.get_by_role("group", name="This chapter").get_by_role("status")


def clear(page):
    """Take back all that the reader wrote."""
    page.get_by_role("button", name="Clear my changes").click()
    page.get_by_role("button", name="Clear", exact=True).click()


def download(page, folder):
    """The reader's notebook, valid."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download my notebook").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    return notebook
