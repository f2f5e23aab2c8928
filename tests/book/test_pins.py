"""The pinned sets: whole, with hashes, one version of each package, and what the project asks."""

import re
import tomllib

import pytest
from chapters import ROOT

requirements = pytest.importorskip("packaging.requirements", reason="packaging is not installed")
utils = pytest.importorskip("packaging.utils")

SETS = ["requirements.txt", "requirements-test.txt", "hub/requirements.txt"]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
GROUPS = PYPROJECT["dependency-groups"]


def lines(name):
    """The file's requirements, one a line, without comments."""
    joined = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    return [line for line in joined.splitlines() if line.strip() and line.strip()[0] != "#"]


def pins(name):
    """{package: version} of a pinned set."""
    parsed = [requirements.Requirement(line.split("--hash")[0]) for line in lines(name)]
    return {
        utils.canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in parsed
    }


def asked(*extras, groups=()):
    """What pyproject.toml asks for, with the extras that an extra names."""
    texts = list(PYPROJECT["project"]["dependencies"])
    for part in [*(EXTRAS[extra] for extra in extras), *(GROUPS[group] for group in groups)]:
        texts += part
    wanted = [requirements.Requirement(text) for text in texts]
    for one in [one for one in wanted if one.name == "w2vlib"]:
        wanted += asked(*one.extras)
    return [one for one in wanted if one.name != "w2vlib"]


@pytest.mark.parametrize("name", SETS)
def test_every_line_is_a_version_and_its_hashes(name):
    # Anything else (a folder, an index, -e) would name a place, or make pip refuse the whole file.
    line = re.compile(r"[\w.-]+==[\w.!+]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+")
    assert len(lines(name)) > 20
    assert [one for one in lines(name) if not line.fullmatch(one)] == []
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_a_package_has_one_version_everywhere():
    tested = pins("requirements-test.txt")
    assert pins("requirements.txt").items() < tested.items()
    hub = pins("hub/requirements.txt")
    assert [name for name in hub.keys() & tested if hub[name] != tested[name]] == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requirements.txt", asked("book", "cluster", groups=["binder", "build"])),
        ("requirements-test.txt", asked("dev", groups=["binder", "build"])),
        ("hub/requirements.txt", [requirements.Requirement(text) for text in GROUPS["hub"]]),
    ],
)
def test_what_is_asked_for_is_pinned(name, wanted):
    pinned = pins(name)
    for one in wanted:
        version = pinned.get(utils.canonicalize_name(one.name))
        assert version is not None, f"{one} is not in {name}: run 'make pins'"
        assert one.specifier.contains(version), f"{one} is {version} in {name}: run 'make pins'"


def test_binder_installs_the_library_without_a_line_of_ours():
    # Hashes leave no room for "-e ."; Binder runs "pip install ." where pyproject.toml has both.
    assert PYPROJECT["project"]["name"] == "w2vlib" and PYPROJECT["build-system"]["requires"]
    assert not (ROOT / "binder").exists() and not (ROOT / ".binder").exists()
    (builds,) = PYPROJECT["build-system"]["requires"]
    assert builds in GROUPS["build"]
