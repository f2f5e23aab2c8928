"""What `make` does: it installs once, tells what went wrong, and needs neither make nor Linux."""

import functools
import importlib.util
import re
import shutil
import subprocess
from types import SimpleNamespace

import nbformat
import pytest
from chapters import BOOK, ROOT
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

FILES = ["requirements.txt", "requirements-test.txt", "pyproject.toml"]
TOOLS = ["tools/make.py", "tools/ipython_kernel_config.py"]
TEXTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", BOOK / "index.md", BOOK / "hub.md"]
RUNS = [*TEXTS, *(ROOT / ".github" / "workflows").iterdir(), ROOT / ".ci" / "run"]


class Project:
    """A project of a few files, whose commands are noted, and not run."""

    def __init__(self, root):
        self.root, self.commands, self.code = root, [], 0
        for name in [*FILES, *TOOLS, "w2vlib/embedding.py"]:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
        told = importlib.util.spec_from_file_location("make", root / "tools" / "make.py")
        self.make = importlib.util.module_from_spec(told)
        told.loader.exec_module(self.make)

    def run(self, command, **_):
        words = [str(word) for word in command]
        self.commands.append(words)
        if words[1:3] == ["-m", "venv"]:
            shutil.rmtree(words[-1], ignore_errors=True)
            (self.root / ".venv").mkdir()
        if "build" in words and not self.code:
            (self.root / "_build" / "html").mkdir(parents=True, exist_ok=True)
            (self.root / "_build" / "html" / "index.html").touch()
        return SimpleNamespace(returncode=self.code)

    def does(self, *arguments):
        """What a call of make runs: the commands without the program and its folder."""
        self.commands.clear()
        self.make.main(arguments)
        return [" ".join(words[1:]) for words in self.commands]


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("PORT", "NOTEBOOKS", "FRESH", "UPGRADE"):
        monkeypatch.delenv(name, raising=False)
    project = Project(tmp_path)
    monkeypatch.setattr(subprocess, "run", project.run)
    return project


def test_what_is_there_is_not_installed_again(project):
    assert len(project.does("install-tests")) == 5
    assert project.does("install-tests") == project.does("install") == []
    with (project.root / "requirements-test.txt").open("a") as file:
        file.write("\n")
    (only,) = project.does("install-tests")
    assert only.startswith("-m pip install") and only.endswith("-r requirements-test.txt")
    with (project.root / "requirements.txt").open("a") as file:
        file.write("\n")
    assert "-m venv --clear" in project.does("install-tests")[0]


def test_what_failed_is_tried_again(project):
    project.code = 1
    with pytest.raises(SystemExit):
        project.does("install")
    project.code = 0
    assert len(project.does("install")) == 4


def test_what_was_killed_is_made_anew(project, monkeypatch):
    def killed(*wanted):
        raise KeyboardInterrupt

    def fails(*wanted):
        raise SystemExit(1)

    project.does("install")
    pip = project.make.pip
    for end, anew in (fails, False), (killed, True):
        monkeypatch.setattr(project.make, "pip", end)
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            project.does("install-tests")
        monkeypatch.setattr(project.make, "pip", pip)
        assert any("venv --clear" in command for command in project.does("install")) == anew
        assert project.does("install") == []
    assert len(project.does("install-tests")) == 1


def keep_outputs(folder):
    """Keep the outputs of a notebook as a build does."""
    cache = get_cache(folder)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", execution_count=1)])
    bundle = CacheBundleIn(notebook, "some.ipynb")
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    cache.merge_match_into_notebook(notebook)
    (file,) = folder.glob("executed/*/base.ipynb")
    return file


def test_half_of_what_a_build_keeps_is_forgotten(project):
    cache = project.root / "_build" / ".jupyter_cache"
    project.does("book")
    halves = [
        lambda file: file.write_text(file.read_text()[:99]),  # the build would stop at each
        lambda file: file.write_text(""),
        lambda file: file.unlink(),
        lambda file: shutil.rmtree(file.parent),
        lambda file: (file.parents[1] / "other").mkdir(),
        lambda file: (cache / "global.db").write_bytes(b""),
    ]
    for damage in halves:
        file = keep_outputs(cache)
        project.does("book")
        assert file.exists()
        damage(file)
        project.does("book")
        assert not cache.exists()


def test_a_changed_library_makes_every_notebook_run_again(project):
    cache = project.root / "_build" / ".jupyter_cache"
    project.does("book")
    keep_outputs(cache)
    ran, built = project.does("book")
    assert ran.startswith("tools/execute.py ")
    assert built == "build . --all -W -n --keep-going" and cache.exists()
    (project.root / "w2vlib" / "embedding.py").write_text("")
    project.does("book")
    assert not cache.exists()


def test_a_book_that_was_not_built_is_told(project):
    project.does("install")
    project.code = 1
    with pytest.raises(SystemExit, match="make book: failed; the first warning or error above"):
        project.does("book")
    with pytest.raises(SystemExit, match="make serve: no book yet; run 'make book' first"):
        project.does("serve")


def test_a_site_is_all_that_is_published(project):
    project.does("install-tests")
    with pytest.raises(SystemExit, match="make site: no page could run its cells"):
        project.does("site")
    (project.root / "_build" / "html" / "_static" / "pyodide").mkdir(parents=True)
    made = [command.replace(f"{project.root}/_build", "B") for command in project.does("site")]
    assert made[-4:] == [
        "tools/pdf.py B/html B/word2vec-made-fast.pdf",
        "tools/epub.py B/html B/word2vec-made-fast.epub",
        "tools/slides B/slides",
        "tools/site.py B/html B",
    ]


@pytest.mark.parametrize("name", ["boook", "PRT=8001"])
def test_what_is_not_known_is_told(project, name):
    with pytest.raises(
        SystemExit, match=rf"nothing is called '{name.split('=')[0]}' here; 'make help'"
    ):
        project.does(name)


def test_settings_come_from_the_command_or_the_environment(project, monkeypatch):
    project.does("install-tests")
    assert project.does("outputs", "NOTEBOOKS=book/a.ipynb book/b.ipynb", "FRESH=1") == [
        "tools/outputs.py --fresh book/a.ipynb book/b.ipynb",
        "tools/ladder.py",
    ]
    monkeypatch.setenv("NOTEBOOKS", "book/c.ipynb")
    assert project.does("outputs", "FRESH=")[0] == "tools/outputs.py book/c.ipynb"
    with pytest.raises(SystemExit, match="port x is taken or none"):
        project.does("book", "serve", "PORT=x")


@pytest.mark.parametrize("target", ["outputs", "bench"])
def test_gensim_is_there_for_what_compares_with_it(project, target):
    lock = (ROOT / "requirements-test.txt").read_text(encoding="utf-8")
    assert re.search(r"^gensim==", lock, re.MULTILINE)
    assert any(line.endswith("-r requirements-test.txt") for line in project.does(target))


def test_windows_has_its_programs_elsewhere(project, monkeypatch):
    windows = functools.partial(project.make.program, system="nt")
    monkeypatch.setattr(project.make, "program", windows)
    project.does("book", "test", "lint")
    scripts = project.root / ".venv" / "Scripts"
    programs = {words[0] for words in project.commands[1:]}  # after that of the environment itself
    names = {"python", "jupyter-book", "ruff", "oxlint", "zizmor"}
    assert programs == {str(scripts / f"{name}.exe") for name in names}


def test_make_and_the_script_know_the_same(project, capsys):
    (targets,) = re.findall(r"^TARGETS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(targets.split()) == set(project.make.TARGETS)
    project.does("help")
    listed = capsys.readouterr().out
    assert all(f"\n  {name} " in listed for name in project.make.TARGETS)


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.name)
def test_texts_and_workflows_name_targets_that_are_there(project, path):
    text = path.read_text(encoding="utf-8")
    named = re.findall(
        r"(?:`|^|run: )(?:make|py tools\\make\.py) ([a-z][\w-]*)", text, re.MULTILINE
    )
    assert set(named) <= {"help", *project.make.TARGETS}
    assert named or path not in TEXTS
