"""The book, built once for the tests that look at its pages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from chapters import ROOT

PROBLEM = re.compile(r".*(?:WARNING|ERROR|Error).*")


@pytest.fixture(scope="session")
def html(tmp_path_factory):
    """The folder of the book, built from the stored outputs: nbval has run the cells."""
    folder = tmp_path_factory.mktemp("book")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["execute"]["execute_notebooks"] = "off"
    extensions = config["sphinx"]["local_extensions"]  # their folders are relative to the file
    config["sphinx"]["local_extensions"] = {key: str(ROOT / extensions[key]) for key in extensions}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT]
    command += ["--config", folder / "_config.yml", "--path-output", folder]
    command += ["--all", "-W", "-n", "--keep-going"]
    build = subprocess.run(command, capture_output=True, text=True, check=False)
    if build.returncode:
        pytest.fail("\n".join(PROBLEM.findall(build.stdout + build.stderr)), pytrace=False)
    return folder / "_build" / "html"
