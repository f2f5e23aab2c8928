"""The workflows: what they run is pinned, may do little, and covers what the project promises."""

import ast
import re
import sys

import pytest
import yaml
from chapters import ROOT

BOOK_TESTS = ROOT / "tests" / "book"
FOLDER = ROOT / ".github" / "workflows"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
LOADED = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.iterdir()}
JOBS = {f"{name}/{job}": told for name in LOADED for job, told in LOADED[name]["jobs"].items()}
USES = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)")


def test_actions_are_pinned_by_commit_one_version_of_each():
    lines = [line for path in FOLDER.iterdir() for line in path.read_text("utf-8").splitlines()]
    used = [line.strip("- ") for line in lines if "uses:" in line]
    assert [line for line in used if not USES.fullmatch(line)] == []
    pinned = {USES.fullmatch(line).groups() for line in used}
    assert len({action for action, *_ in pinned}) == len(pinned) > 3


@pytest.mark.parametrize("name", LOADED)
def test_a_workflow_only_reads_unless_a_job_says_more(name):
    assert LOADED[name]["permissions"] in ({}, {"contents": "read"})
    asked = LOADED[name][True]  # YAML's `on`
    assert not {"pull_request_target", "workflow_run"} & set(asked)
    assert LOADED[name]["concurrency"]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_ends_and_a_token_is_not_left_behind(name):
    job = JOBS[name]
    assert job["timeout-minutes"] < 360  # when GitHub ends it
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_only_the_job_that_deploys_may_write_and_it_runs_no_code_of_packages():
    writing = [name for name in JOBS if "write" in JOBS[name].get("permissions", {}).values()]
    assert writing == ["deploy/deploy"]
    assert not [step for step in JOBS["deploy/deploy"]["steps"] if "run" in step]


def test_linux_macos_and_windows_with_every_python():
    course, library = JOBS["test/course"], JOBS["test/library"]
    assert course["strategy"]["matrix"]["python"] == PYTHONS
    assert course["steps"][-1]["run"].endswith("bash .ci/run")
    assert library["strategy"]["matrix"] == {
        "os": ["macos-latest", "windows-latest"],
        "python": PYTHONS,
    }


def test_the_weekly_run_audits_the_pinned_sets_and_runs_the_long_tests():
    audit = JOBS["weekly/audit"]["steps"][-1]["run"]
    assert re.findall(r"-r (\S+)", audit) == ["requirements-test.txt", "hub/requirements.txt"]
    long = JOBS["weekly/long"]["steps"][-1]
    assert long["run"].endswith("bash .ci/run") and long["env"] == {"W2VLIB_LONG": "1"}


def test_where_tests_open_pages_there_is_a_browser():
    """Where CI is set they fail without one; Ubuntu's machines and `.ci/run` bring it."""
    for name, job in JOBS.items():
        steps = [step.get("run", "") for step in job["steps"]]
        if "ubuntu" not in job["runs-on"] and re.search("pytest|make.py test", "\n".join(steps)):
            assert any("playwright install chromium" in step for step in steps), name


def test_binder_is_tried_with_its_python():
    steps = JOBS["weekly/binder"]["steps"]
    version = (ROOT / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert steps[1]["with"]["python-version"] == version and steps[2]["run"] == "make binder"


def test_the_oldest_packages_are_tried_without_the_tests_packages():
    """A file of tests that needs more than the job installs skips, and ends no collection."""
    installed = {"pytest", "hypothesis", "numpy", "pooch", "threadpoolctl", "tqdm", "w2vlib"}
    tests = [path for path in (ROOT / "tests").rglob("*.py") if BOOK_TESTS not in path.parents]
    ours = {path.stem for path in [*tests, *(ROOT / "tools").glob("*.py")]}
    for path in tests:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            needed = {name.partition(".")[0] for name in names}
            assert needed <= installed | ours | sys.stdlib_module_names, path


def test_windows_tries_the_two_commands_of_the_readme():
    steps = [step.get("run", "") for step in JOBS["weekly/windows"]["steps"]]
    steps = [step for step in steps if step.endswith(("make.py book", "make.py test"))]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\n".join(["```bat", *steps, "```"]) in readme
