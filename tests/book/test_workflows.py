"""The workflows: what they run is pinned, may do little, and covers what the project promises."""

import re

import pytest
import yaml
from chapters import ROOT

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
    assert job["timeout-minutes"] <= 240
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
    assert course["steps"][-1]["run"] == "bash .ci/run"
    assert library["strategy"]["matrix"] == {
        "os": ["macos-latest", "windows-latest"],
        "python": PYTHONS,
    }


def test_the_weekly_run_audits_the_pinned_sets_and_runs_the_long_tests():
    audit = JOBS["weekly/audit"]["steps"][-1]["run"]
    assert re.findall(r"-r (\S+)", audit) == ["requirements-test.txt", "hub/requirements.txt"]
    assert JOBS["weekly/long"]["steps"][-1]["env"] == {"W2VLIB_LONG": "1"}


def test_windows_tries_the_two_commands_of_the_readme():
    steps = [step["run"] for step in JOBS["weekly/windows"]["steps"] if "run" in step]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\n".join(["```bat", *steps, "```"]) in readme
