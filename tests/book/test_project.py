"""What stands around the book: one address, numbers that are measured, forms that can be read."""

import json
import re
import runpy
import tomllib

import pytest
import yaml
from chapters import BOOK, CHAPTERS, ROOT

import w2vlib

URL = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]
OWNER, NAME = URL.rstrip("/").split("/")[-2:]
PAGES = f"https://{OWNER}.github.io/{NAME}/"
TEXTS = [*ROOT.glob("*.md"), ROOT / "CITATION.cff", ROOT / "pyproject.toml", *BOOK.glob("*.md")]
OTHERS = ["https://github.com/ipython/ipykernel"]  # that the book names
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*TEXTS, *FORMS], ids=lambda path: path.name)
def test_every_address_of_the_project_is_the_one_in_the_config(path):
    for address in re.findall(r"https://github\.com/[\w-]+/[\w-]+", text(path)):
        assert address in (URL, *OTHERS)
    for address in re.findall(r"https://[\w-]+\.github\.io/[\w-]*/?", text(path)):
        assert address == PAGES


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")), ids=lambda path: path.name)
def test_links_to_files_and_pages_of_ours_arrive(path):
    for link in re.findall(r"\]\(([^)]+)\)", re.sub(r"`[^`]*`", "", text(path))):
        name, _, place = link.removeprefix(PAGES).partition("#")
        if "://" not in name:
            sources = [ROOT / name.replace(".html", end) for end in (".html", ".md", ".ipynb")]
            [to, *_] = [path] if not name else [file for file in sources if file.exists()]
            titles = re.findall(r"^#+ (.*)", text(to), re.MULTILINE) if place else []
            assert not place or place in [title.lower().replace(" ", "-") for title in titles]


def test_who_looks_for_the_address_finds_it():
    assert f"({PAGES})" in text(ROOT / "README.md").split("\n## ")[0]
    assert PROJECT["urls"]["Source"] == URL and PROJECT["urls"]["Documentation"] == PAGES
    assert yaml.safe_load(text(ROOT / "CITATION.cff"))["repository-code"] == URL
    assert f"git clone {URL}\ncd {NAME}\n" in text(BOOK / "index.md")


def test_the_ladder_is_the_one_that_chapter_11_has_measured():
    tool = runpy.run_path(str(ROOT / "tools" / "ladder.py"))
    rows = tool["ladder"]()
    assert rows[0][2] == "1.0" and len(rows) > 8
    assert tool["TABLE"].findall(text(ROOT / "README.md")) == [tool["table"](rows)]
    assert text(BOOK / "_static" / "ladder.svg") == tool["picture"](rows)


def test_the_card_s_rung_is_marked_and_the_one_that_chapter_13_shows():
    tool = runpy.run_path(str(ROOT / "tools" / "ladder.py"))
    name, speed = tool["card"]()
    cells = json.loads(text(BOOK / "13_gpu.ipynb"))["cells"]
    said = ["".join(out.get("text", "")) for cell in cells for out in cell.get("outputs", [])]
    assert any(f"CUDA on an {name}: {speed:,.0f} words/s" in printed for printed in said)
    assert f"| CUDA * | {speed:,.0f} | " in text(ROOT / "README.md")
    for shown in (text(ROOT / "README.md"), text(BOOK / "_static" / "ladder.svg")):
        assert f"* another machine: {name}, chapter 13" in shown


def test_the_front_page_lists_every_chapter():
    listed = re.findall(r"^\d+\. \[[^]]+\]\((\S+\.ipynb)\)", text(BOOK / "index.md"), re.MULTILINE)
    assert listed == [path.name for path in CHAPTERS]


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load(text(ROOT / "CITATION.cff"))
    released = re.findall(r"^## (\d\S+), (\S+)$", text(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert released[0] == (w2vlib.__version__, str(citation["date-released"]))
    assert citation["version"] == PROJECT["version"] == w2vlib.__version__


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_forms_ask_something(path):
    form = yaml.safe_load(text(path))
    if path.stem != "config":
        assert form["name"] and form["description"]
        for field in form["body"]:
            assert field["type"] in {"input", "textarea"} and field["attributes"]["label"]


def test_updates_keep_jupyter_book_below_2():
    updates = yaml.safe_load(text(ROOT / ".github" / "dependabot.yml"))["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"pip", "github-actions"}
    ignored = {"dependency-name": "jupyter-book", "versions": [">=2"]}
    assert [update for update in updates if ignored in update.get("ignore", [])]
