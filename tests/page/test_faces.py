"""What brings a thing to life: on a page once for all, and in a notebook with the thing itself."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from w2vlib import WordVectors
from w2vlib.exercises import check
from w2vlib.page import Explore, Playground, Predict, Quiz, WordMap, faces

HERE = Path(faces.__file__).parent
ROOT = HERE.parents[1]
WORDS = ["rain", "sun", "snow", "wind"]
THINGS = [
    Explore(lambda n: f"<b>{n}</b>", n=[1, 2]),
    Playground("you say goodbye and i say hello ."),
    Predict("Why?", {"because": "It is so.", "by chance": "No."}),
    Quiz(("Why?", {"because": "It is so.", "by chance": "No."})),
    check("lookup_by_hand", row_3=..., everything=...),
    WordMap(WordVectors(np.eye(4), WORDS), WORDS, np.arange(8.0).reshape(4, 2), topn=2),
]
WIDGET = "application/vnd.jupyter.widget-view+json"


each_thing = pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)


@each_thing
def test_a_page_holds_data_and_a_picture_and_no_script(thing):
    html = thing.page()
    kinds = re.findall(r"<script([^>]*)>", html)
    assert set(kinds) <= {' type="application/json"'} and "<style" not in html
    assert f'data-mount="{thing.kind}"' in html and (HERE / f"{thing.kind}.js").is_file()
    assert not re.search(r"\bid=|\bon[a-z]+=", html)


@each_thing
def test_with_a_kernel_it_comes_with_its_script(thing):
    pytest.importorskip("ipywidgets", reason="ipywidgets is not installed")
    bundle = thing._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", WIDGET}
    assert bundle["text/html"] == thing.page() and bundle["text/plain"] == repr(thing)
    (output,) = thing.widget().outputs
    html = output["data"]["text/html"]
    assert thing.page() in html and "function mount(root)" in html and "export" not in html


@each_thing
def test_without_ipywidgets_there_is_the_page(thing, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert set(thing._repr_mimebundle_()) == {"text/plain", "text/html"}


@each_thing
def test_a_notebook_brings_it_to_life(thing, chromium):
    """As JupyterLab does: it puts the HTML into the page and makes each script anew."""
    page = chromium.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    (output,) = thing.widget().outputs
    page.evaluate(
        """html => {
            const div = document.body.appendChild(document.createElement("div"));
            div.innerHTML = html;
            for (const old of div.querySelectorAll("script:not([type])")) {
                const script = document.createElement("script");
                script.textContent = old.textContent;
                old.replaceWith(script);
            }
        }""",
        output["data"]["text/html"],
    )
    before = page.locator("[data-mount]").evaluate("root => root.outerHTML + root.innerText")
    page.locator("input, select, button").first.focus()
    for key in ["ArrowRight", "Enter", "Space"]:
        page.keyboard.press(key)
    assert (
        page.locator("[data-mount]").evaluate("root => root.outerHTML + root.innerText") != before
    )
    assert not wrong
    page.close()


def test_what_comes_later_is_mounted_and_nothing_twice(alive):
    page = alive(THINGS[0])
    page.evaluate("html => { document.body.innerHTML += html; }", THINGS[2].page())
    page.evaluate("document.querySelector('.w2v-explore').removeAttribute('data-alive')")
    for _ in range(2):
        page.evaluate("w2v.mount(document)")
    page.evaluate(
        "addEventListener('w2v-predict', () => { globalThis.n = 1 + (globalThis.n ?? 0); })"
    )
    page.get_by_label("because").check()
    assert page.locator("p[role=status]").inner_text() == "Right. It is so."
    assert page.evaluate("n") == 1
    page.get_by_role("slider").press("End")
    assert page.locator(".w2v-view").inner_text() == "2"


@pytest.mark.parametrize("path", sorted(HERE.glob("*.js")), ids=lambda path: path.name)
def test_a_script_is_a_module_that_exports_mount_alone(path):
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"^export .*", source, re.MULTILINE) == [
        line for line in source.splitlines() if line.startswith("export function mount(")
    ]
    assert "import" not in source and len(source.splitlines()) < 200


def test_a_wheel_brings_scripts_and_styles(tmp_path):
    source = tmp_path / "source"  # building leaves its traces there
    shutil.copytree(ROOT / "w2vlib", source / "w2vlib")
    for name in ["pyproject.toml", "README.md", "LICENSE"]:
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path]
    subprocess.run([*build, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    files = {f"w2vlib/page/{path.name}" for path in HERE.iterdir() if path.is_file()}
    files |= {f"w2vlib/exercises/{path.name}" for path in HERE.parent.glob("exercises/*.py")}
    assert len(files) > 10 and not files - inside
