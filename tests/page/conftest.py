"""A thing of a page, alive in a browser."""

import pytest

from w2vlib.page.faces import bundle, styles


@pytest.fixture
def alive(chromium):
    """A function that opens a page with some things on it, loads the scripts as the book does, and
    notes what goes wrong."""
    opened = []

    def open_page(*things, **context):
        page = chromium.new_context(**context).new_page()
        opened.append((page, wrong := []))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.set_content(
            '<!DOCTYPE html><meta name="viewport" content="width=device-width">'
            f"<title>A page</title><style>{styles()}</style>"
            + "".join(thing.page() for thing in things)
        )
        page.add_script_tag(content=bundle())
        return page

    yield open_page
    for page, wrong in opened:
        page.context.close()
        assert not wrong
