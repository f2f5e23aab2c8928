"""The hub for a class: what its configuration says, with JupyterHub and without."""

import os
import re
import runpy
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

if sys.platform != "linux":
    pytest.skip("a hub needs Linux", allow_module_level=True)

import pwd

config = pytest.importorskip("traitlets.config")

ROOT = Path(__file__).parents[1]
HUB = ROOT / "hub"
GUIDE = (ROOT / "book" / "hub.md").read_text(encoding="utf-8")
SETUP, COLLECT = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
LOOPBACK = "127.0.0.1"


@pytest.fixture
def clone():
    """A clone with a class, two students and a sheet, where other users can read it."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield _clone(Path(folder))


def _clone(folder):
    (folder / "book").mkdir()
    shutil.copytree(HUB, folder / "hub", ignore=shutil.ignore_patterns("class"))
    sheets = folder / "hub" / "class" / "sheets"
    sheets.mkdir(parents=True)
    (sheets / "02_embedding_sheet.ipynb").write_text("the sheet")
    (sheets.parent / "students.txt").write_text("Ada\nemmy-2\n")
    return folder


def executed(clone):
    """The configuration run as Python -> what it defines, c and prepare among it."""
    c = config.Config()
    path = str(clone / "hub" / "jupyterhub_config.py")
    return runpy.run_path(path, init_globals={"get_config": lambda: c})


def texts(value):
    """All texts in a setting."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, (list, set)):
        for item in value:
            yield from texts(item)


def test_all_of_it_is_on_loopback(clone):
    c = executed(clone)["c"]
    urls = [c.JupyterHub.bind_url, c.JupyterHub.hub_bind_url, c.ConfigurableHTTPProxy.api_url]
    assert {urlsplit(url).hostname for url in urls} == {LOOPBACK}
    assert c.Spawner.ip == LOOPBACK


def test_all_paths_are_of_the_clone_and_its_python(clone):
    paths = [text.removeprefix("sqlite:///") for text in texts(executed(clone)["c"])]
    paths = [path for path in paths if path.startswith("/")]
    assert len(paths) > 5
    for path in paths:
        assert path.startswith((f"{clone}/", str(Path(sys.executable).parent))), path


def test_what_the_hub_keeps_only_its_owner_sees(clone):
    c = executed(clone)["c"]
    state = clone / "hub" / "class" / "state"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    kept = [c.JupyterHub.db_url, c.JupyterHub.cookie_secret_file, c.FirstUseAuthenticator.dbm_path]
    assert all(str(state) in path for path in kept)


def test_a_student_has_limits_and_one_thread(clone):
    c = executed(clone)["c"]
    assert c.Spawner.mem_limit == "2G" and c.Spawner.cpu_limit == 1
    assert c.SystemdSpawner.unit_extra_properties["TasksMax"].isdigit()
    assert c.Spawner.environment["OPENBLAS_NUM_THREADS"] == "1"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < c.JupyterHub.active_server_limit * 600e6 < memory


def test_who_is_on_the_list_may_come_and_nobody_else(clone):
    c = executed(clone)["c"]
    assert c.Authenticator.allowed_users == {"ada", "emmy-2"}
    assert not c.Authenticator.allow_all and not c.Authenticator.allow_existing_users
    assert not c.FirstUseAuthenticator.create_users
    (clone / "hub" / "class" / "students.txt").unlink()
    c = executed(clone)["c"]
    assert c.Authenticator.allowed_users == set() and not c.Authenticator.allow_all


@pytest.mark.parametrize("name", ["ada lovelace", "ada.lovelace", "ada@school", "7up", "x" * 26])
def test_a_name_on_the_list_that_no_user_can_have_is_told(clone, name):
    (clone / "hub" / "class" / "students.txt").write_text(f"emmy\n{name}\n")
    with pytest.raises(SystemExit, match=f"'{name}' is no name here: use a to z"):
        executed(clone)


def test_a_name_is_one_that_a_system_user_can_have(clone):
    pattern = re.compile(executed(clone)["c"].Authenticator.username_pattern)
    assert all(pattern.match(name) for name in ["a", "emmy-2", "x" * 25])
    for name in ["", "-r", "a b", "a/b", "..", "Ada", "a\n", "a@b", "x" * 26, "가"]:
        assert not pattern.match(name), name


def test_a_student_gets_a_user_the_chapters_and_new_sheets_and_keeps_the_work(clone, monkeypatch):
    hook = executed(clone)["c"].Spawner.pre_spawn_hook
    home = clone / "home"
    ran, really_run = [], subprocess.run

    def user(name):
        assert name == "w2v-ada"
        if not home.exists():
            raise KeyError(name)
        return SimpleNamespace(pw_uid=1234, pw_gid=1235, pw_dir=str(home))

    def run(command, check, cwd=None, **rights):
        ran.append((command[0], rights))
        if command[0] == "useradd":
            assert command[-1] == "w2v-ada" and "HOME_MODE=0700" in command
            home.mkdir()
        else:  # not as that user, which takes root
            really_run(command, cwd=cwd, check=True)

    monkeypatch.setattr(pwd, "getpwnam", user)
    monkeypatch.setattr(subprocess, "run", run)
    spawner = SimpleNamespace(user=SimpleNamespace(name="ada"))
    hook(spawner)
    sheet = home / "02_embedding_sheet.ipynb"
    assert sheet.read_text() == "the sheet"
    assert (home / "chapters").resolve() == clone / "book"
    assert (home / "results").resolve() == clone / "book" / "results"
    assert ran[0] == ("useradd", {})
    assert all(rights == {"user": 1234, "group": 1235, "extra_groups": []} for _, rights in ran[1:])

    sheet.write_text("the work")
    (clone / "hub" / "class" / "sheets" / "03_binary_sheet.ipynb").write_text("the next")
    hook(spawner)
    assert sheet.read_text() == "the work"
    assert (home / "03_binary_sheet.ipynb").read_text() == "the next"
    assert [name for name, _ in ran].count("useradd") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root acts as another user")
def test_what_a_student_gets_is_theirs_and_a_link_in_a_home_leads_nowhere(clone, monkeypatch):
    nobody = pwd.getpwnam("nobody")
    home, secret = clone / "home", clone / "secret"
    secret.mkdir(mode=0o700)
    home.mkdir()
    (home / "02_embedding_sheet.ipynb").symlink_to(secret / "planted")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    user = SimpleNamespace(pw_uid=nobody.pw_uid, pw_gid=nobody.pw_gid, pw_dir=str(home))
    monkeypatch.setattr(pwd, "getpwnam", lambda name: user)
    (clone / "hub" / "class" / "sheets" / "03_binary_sheet.ipynb").write_text("the next")
    executed(clone)["c"].Spawner.pre_spawn_hook(SimpleNamespace(user=SimpleNamespace(name="ada")))
    assert (home / "chapters").lstat().st_uid == nobody.pw_uid
    assert (home / "03_binary_sheet.ipynb").stat().st_uid == nobody.pw_uid
    assert not list(secret.iterdir())


def test_jupyterhub_knows_every_setting(clone):
    app = pytest.importorskip("jupyterhub.app", reason="JupyterHub is not installed")
    from jupyterhub.auth import Authenticator
    from jupyterhub.proxy import ConfigurableHTTPProxy
    from jupyterhub.spawner import Spawner

    hub = app.JupyterHub()
    hub.load_config_file(str(clone / "hub" / "jupyterhub_config.py"))
    known = {
        "JupyterHub": app.JupyterHub,
        "ConfigurableHTTPProxy": ConfigurableHTTPProxy,
        "Authenticator": Authenticator,
        "Spawner": Spawner,
        "FirstUseAuthenticator": hub.authenticator_class,
        "SystemdSpawner": hub.spawner_class,
    }
    assert set(hub.config) == set(known)
    for name, settings in hub.config.items():
        assert known[name].__name__ == name
        assert set(settings) <= set(known[name].class_traits(config=True)), name
    assert hub.bind_url.startswith(f"http://{LOOPBACK}:")


def test_the_steps_of_the_guide_name_what_is_there(tmp_path):
    assert subprocess.run(["bash", "-n"], input=SETUP, text=True, check=False).returncode == 0
    for name in re.findall(r"hub/\w+\.(?:txt|py)", SETUP):
        assert (ROOT / name).exists() or name == "hub/class/students.txt", name
    (target,) = re.findall(r"^make (\S+)$", SETUP, re.MULTILINE)
    assert f" {target} " in (ROOT / "Makefile").read_text(encoding="utf-8")
    joined = SETUP.replace("\\\n", "")
    (sheet,) = re.findall(
        r"^\.venv/bin/python (-m w2vlib\.classroom sheet .*)$", joined, re.MULTILINE
    )
    (tmp_path / "hub" / "class" / "sheets").mkdir(parents=True)
    command = [sys.executable, *sheet.split()]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    (made,) = (tmp_path / "hub" / "class" / "sheets").iterdir()
    assert f"$home/{made.name}\n" in COLLECT  # what was given is what is collected


def test_the_guide_collects_each_students_sheet_under_their_name(tmp_path):
    (name,) = re.findall(r"\$home/(\S+)", COLLECT)
    for student in ["ada", "emmy-2", "kim", "lee"]:
        (tmp_path / "home" / f"w2v-{student}").mkdir(parents=True)
    for student in ["ada", "emmy-2"]:
        (tmp_path / "home" / f"w2v-{student}" / name).write_text(student)
    (tmp_path / "home" / "w2v-kim" / name).symlink_to(tmp_path / "home" / "w2v-ada" / name)
    (tmp_path / "course").mkdir()
    script = COLLECT.replace("/home/w2v-*", f"{tmp_path}/home/w2v-*").replace(
        "#/home/w2v-", f"#{tmp_path}/home/w2v-"
    )
    subprocess.run(["bash", "-c", script], cwd=tmp_path / "course", check=False)
    hand_ins = tmp_path / "HAND_INS"
    assert stat.S_IMODE(hand_ins.stat().st_mode) == 0o700
    found = {path.name: path.read_text() for path in hand_ins.iterdir()}
    assert found == {"ada.ipynb": "ada", "emmy-2.ipynb": "emmy-2"}
