"""The scripts and styles of w2vlib.page, as one file each, for every page of the book."""

from pathlib import Path

from w2vlib.page import faces


def write(app, config):
    """Put both files where Sphinx takes static files from."""
    folder = Path(app.doctreedir) / "page_scripts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.js").write_text(faces.bundle(), encoding="utf-8")
    (folder / "page.css").write_text(faces.styles(), encoding="utf-8")
    config.html_static_path.append(str(folder))


def setup(app):
    """Register with Sphinx."""
    app.connect("config-inited", write)
    app.add_js_file("page.js", loading_method="defer")
    app.add_css_file("page.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
