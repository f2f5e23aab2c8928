"""Train on a Slurm cluster, by dask-jobqueue: python cluster/slurm.py TEXT VECTORS

Not run under Slurm: we have none. Tried with a stand-in for sbatch that starts each job on the same
machine; book/cluster.md says how to use it.

TEXT is a folder that all nodes see, or a URL that fsspec opens. Dask's scheduler runs in this
process, and each job is a worker. `python cluster/slurm.py --show` prints a job and submits none.
"""

import sys
from pathlib import Path

from dask.distributed import Client
from dask_jobqueue import SLURMCluster
from distributed.security import Security

import w2vlib

# Yours to change.
JOBS = 8  # workers, each a job of Slurm's
QUEUE, ACCOUNT = None, None  # None: Slurm's default
MEMORY, WALLTIME = "4GB", "04:00:00"  # of a job
INTERFACE = None  # the network that the nodes share, as `ip link` names it: "ib0", "eth0"
SHARED = Path.home() / ".w2v-cluster"  # seen by all nodes, read by you alone


def cluster():
    """Dask's scheduler here, and a job of one core for each worker that `scale` asks for."""
    SHARED.mkdir(mode=0o700, exist_ok=True)
    # Its certificate ends with this run. The dashboard asks nobody for one: loopback alone.
    return SLURMCluster(
        queue=QUEUE,
        account=ACCOUNT,
        cores=1,
        processes=1,
        memory=MEMORY,
        walltime=WALLTIME,
        interface=INTERFACE,
        python=sys.executable,
        security=Security.temporary(),
        shared_temp_directory=str(SHARED),
        log_directory=str(SHARED),
        worker_extra_args=["--dashboard-address", "127.0.0.1:0"],
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
    )


def main(argv):
    if argv == ["--show"]:
        with cluster() as slurm:
            print(slurm.job_script())
        return
    if len(argv) != 2:
        sys.exit("usage: python cluster/slurm.py TEXT VECTORS")
    text, path = argv
    with cluster() as slurm, Client(slurm) as client:
        slurm.scale(jobs=JOBS)
        client.wait_for_workers(JOBS)
        vectors = w2vlib.train(text, engine="dask", client=client, checkpoint=f"{path}.checkpoint")
        vectors.save(path)


if __name__ == "__main__":
    main(sys.argv[1:])
