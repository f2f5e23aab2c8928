"""The files in cluster/ and the page about them: TLS everywhere, and nothing left open."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")

ROOT = Path(__file__).parents[1]
CLUSTER = ROOT / "cluster"
GUIDE = (ROOT / "book" / "cluster.md").read_text(encoding="utf-8")
MANIFEST = (CLUSTER / "kubernetes.yaml").read_text(encoding="utf-8")
DOCUMENTS = list(yaml.safe_load_all(MANIFEST))
PODS = {
    document["metadata"]["name"]: document["spec"]["template"]
    for document in DOCUMENTS
    if "template" in document.get("spec", {})
}


@pytest.mark.parametrize("name", ["slurm.py", "kubernetes.yaml"])
def test_each_file_says_on_top_that_it_was_not_run(name):
    top = (CLUSTER / name).read_text(encoding="utf-8")[:400]
    assert re.search(r"^(# )?Not run", top, re.MULTILINE)
    assert "book/cluster.md" in top
    assert f"cluster/{name}" in GUIDE


def test_the_manifest_has_a_scheduler_workers_and_a_job():
    assert set(PODS) == {"w2v-scheduler", "w2v-worker", "w2v-train"}
    assert not [it for it in DOCUMENTS if it["kind"] not in (
        "ConfigMap", "NetworkPolicy", "Service", "Deployment", "PersistentVolumeClaim", "Job",
    )]  # fmt: skip


def test_nothing_in_the_manifest_speaks_without_tls():
    assert "tcp://" not in MANIFEST
    assert MANIFEST.count("tls://w2v-scheduler:8786") == 2  # a worker's, and the job's
    (service,) = [it for it in DOCUMENTS if it["kind"] == "Service"]
    assert service["spec"]["type"] == "ClusterIP"
    assert [port["port"] for port in service["spec"]["ports"]] == [8786]
    for name in ("w2v-scheduler", "w2v-worker"):
        command = " ".join(PODS[name]["spec"]["containers"][0]["args"])
        assert re.search(r"--dashboard-address[ =]127\.0\.0\.1:0", command), name


def test_only_pods_of_ours_come_near():
    (policy,) = [it for it in DOCUMENTS if it["kind"] == "NetworkPolicy"]
    spec = policy["spec"]
    assert spec["policyTypes"] == ["Ingress"]
    chosen = spec["podSelector"]["matchLabels"]
    assert spec["ingress"] == [{"from": [{"podSelector": {"matchLabels": chosen}}]}]
    for pod in PODS.values():
        assert chosen.items() <= pod["metadata"]["labels"].items()


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_its_certificate_limits_and_no_rights(name):
    spec = PODS[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    secrets = [it["secret"]["secretName"] for it in spec["volumes"] if "secret" in it]
    assert secrets == ["w2v-tls"] and "generic w2v-tls" in GUIDE
    (container,) = spec["containers"]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert "memory" in container["resources"]["limits"]
    volumes = {it["name"] for it in spec["volumes"]}
    assert {it["name"] for it in container["volumeMounts"]} == volumes


def test_dask_takes_the_configuration_and_then_refuses_to_speak_without_tls(tmp_path):
    dask = pytest.importorskip("dask", reason="Dask is not installed")
    security = pytest.importorskip("distributed.security")
    (config,) = [it["data"] for it in DOCUMENTS if it["kind"] == "ConfigMap"]
    mounts = {it["mountPath"] for it in PODS["w2v-train"]["spec"]["containers"][0]["volumeMounts"]}
    for settings in config.values():
        with dask.config.set(dask.config.merge(dask.config.config, yaml.safe_load(settings))):
            found = security.Security()
            assert found.require_encryption
            assert dask.config.get("distributed.comm.default-scheme") == "tls"
            for role in ("scheduler", "worker", "client"):
                files = found.get_tls_config_for_role(role)
                for name in ("ca_file", "cert", "key"):
                    path = Path(files[name])
                    assert str(path.parent) in mounts
                    assert f"--from-file={path.name}" in GUIDE and path.name in GUIDE


def test_the_commands_of_the_manifest_are_dasks():
    cli = pytest.importorskip("distributed.cli", reason="Dask is not installed").__name__
    for name, module in ("w2v-scheduler", "dask_scheduler"), ("w2v-worker", "dask_worker"):
        first, _, *args = PODS[name]["spec"]["containers"][0]["args"]
        assert first == "dask"
        command = [sys.executable, "-m", f"{cli}.{module}", "--help"]
        usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for option in re.findall(r"--[\w-]+", " ".join(args)):
            assert option in usage, option


def test_the_job_is_python():
    first, _, code = PODS["w2v-train"]["spec"]["containers"][0]["args"]
    assert first == "python"
    compile(code, "job", "exec")


def test_a_slurm_job_has_tls_and_no_open_dashboard(tmp_path):
    pytest.importorskip("dask_jobqueue", reason="dask-jobqueue is not installed")
    environment = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(CLUSTER / "slurm.py"), "--show"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "#SBATCH" in done.stdout
    (worker,) = [line for line in done.stdout.splitlines() if "dask_worker" in line]
    assert " tls://" in worker and "tcp://" not in worker
    assert f"--tls-key {tmp_path}" in worker
    assert "--dashboard-address 127.0.0.1:0" in worker
    assert (tmp_path / ".w2v-cluster").stat().st_mode & 0o077 == 0


def test_the_steps_of_the_guide_are_shell_and_python():
    for language, code in re.findall(r"^```(\w+)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL):
        if language == "sh":
            assert (
                subprocess.run(["bash", "-n"], input=code, text=True, check=False).returncode == 0
            )
        elif language == "python":
            compile(code, "guide", "exec")
