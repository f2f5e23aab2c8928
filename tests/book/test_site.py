"""What lies beside the pages is linked, and nothing else; a dead link to another site is found."""

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from chapters import ROOT
from serving import begin, serving

TOOL = ROOT / "tools" / "site.py"
FILES = ["word2vec-made-fast.pdf", "word2vec-made-fast.epub", "slides/index.html"]


@pytest.fixture
def folder(html, tmp_path):
    """A folder with the front page and files in the place of what is printed and made."""
    for name in [*FILES, "html/book/index.html"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"%" * 200_000)
    shutil.copy(html / "book" / "index.html", tmp_path / "html" / "book")
    return tmp_path


def publish(folder):
    command = [sys.executable, TOOL, folder / "html", folder]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def place(folder):
    page = (folder / "html" / "book" / "index.html").read_text(encoding="utf-8")
    (found,) = BeautifulSoup(page, "html.parser").select(".w2v-downloads")
    return found


def test_a_book_alone_links_to_no_file_that_is_not_there(folder):
    assert not place(folder).select("a")
    assert "make pdf, make epub and make slides" in place(folder).get_text()


def test_a_site_links_to_what_lies_beside_it(folder):
    for _ in range(2):  # again is the same
        done = publish(folder)
        assert done.returncode == 0, done.stderr
        links = [link["href"] for link in place(folder).select("a")]
        assert links == [f"../{name}" for name in FILES]
        assert all((folder / "html" / "book" / link).is_file() for link in links)
        assert "one PDF (0.2 MB) or as an EPUB (0.2 MB)" in place(folder).get_text()


@pytest.mark.parametrize("name", FILES)
def test_what_is_missing_is_named(folder, name):
    (folder / name).unlink()
    before = place(folder)
    done = publish(folder)
    assert done.returncode == 1
    said = f"make site: {name} is not in {folder}: run 'make pdf epub slides' first\n"
    assert done.stderr == said and place(folder) == before


def test_what_is_published_is_all_of_it():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text("utf-8"))
    runs = [step["run"] for step in workflow["jobs"]["book"]["steps"] if "run" in step]
    assert runs[-1] == "make site"


@pytest.fixture
def elsewhere():
    """The address of another site: pages that are there, gone, closed, moved, or ill at first."""
    codes = {"/here": 200, "/gone": 404, "/closed": 403, "/moved": 301}
    codes = {path: itertools.repeat(code) for path, code in codes.items()}
    codes["/ill"] = itertools.chain([500, 500], itertools.repeat(200))

    def answer(request):
        begin(request, next(codes[request.path]), Location="/here")

    with serving(answer) as address:
        yield address


@pytest.mark.parametrize(
    "links, broken",
    [(["here", "moved", "ill"], []), (["here", "gone", "closed"], ["closed", "gone"])],
)
def test_the_weekly_check_finds_a_dead_link(elsewhere, tmp_path, links, broken):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
    ours = {key: value for key, value in config.items() if key.startswith("linkcheck_")}
    text = "# Links\n\n" + "".join(f"[{name}]({elsewhere}/{name})\n" for name in links)
    for name, content in {
        "_config.yml": yaml.safe_dump({"sphinx": {"config": ours}}),
        "_toc.yml": "format: jb-book\nroot: links\n",
        "links.md": text,
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "weekly.yml").read_text("utf-8"))
    command = workflow["jobs"]["links"]["steps"][-1]["run"].split()
    assert command[0] == ".venv/bin/jupyter-book"
    command[0] = Path(sys.executable).with_name("jupyter-book")
    environment = {**os.environ, "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout)
    found = sorted(re.findall(rf"broken +{elsewhere}/(\w+)", said))
    assert (bool(done.returncode), found) == (bool(broken), broken), done.stdout
