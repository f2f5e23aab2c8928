"""What keeps a student's code apart: bubblewrap where the machine has it, and limits everywhere.

bubblewrap (bwrap) gives a process that sees the files and changes none but those of its own folder,
without network and without sight of other processes. What is missing, `says` tells.
"""

import functools
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

MEMORY = 2_000_000_000  # bytes of address space, of which NumPy takes half a gigabyte
PROCESSES = 64
LIBRARY = Path(__file__).parents[1]
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
RIGHTS = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_DAC_READ_SEARCH"]
users = itertools.count(200_000)  # for root: a user of its own for each student, of no rights


@functools.cache
def bubblewrap():
    """The program, if it works here: some machines forbid it what it needs."""
    program = shutil.which("bwrap")
    if not program:
        return None
    test = [program, "--ro-bind", "/", "/", *_unshared(), "--die-with-parent", "true"]
    done = subprocess.run(test, capture_output=True, check=False)
    return program if done.returncode == 0 else None


def says():
    """Sentences: what this machine gives, and what it does not."""
    limits = f"Limits: {MEMORY / 1e9:g} GB of memory, {PROCESSES} processes, files of 10 MB."
    if bubblewrap():
        apart = (
            "Each student's code ran without network, saw no other process, and could change no "
            "file outside an empty folder of its own (bubblewrap)."
        )
        return [apart, limits]
    not_apart = (
        "NOT kept apart: network, other processes and files. Install bubblewrap (Debian and "
        "Ubuntu: apt install bubblewrap), or grade inside a container."
    )
    if sys.platform == "win32":
        limits = "This system has no limits on memory and files."
    return [not_apart, limits]


def start(folder, hidden=()):
    """Start a student's process in an empty folder -> subprocess.Popen, with pipes.

    hidden: folders that it must not see, such as those of the hand-ins and of private checks.
    """
    user = next(users) if ROOT else 0
    if user:
        os.chown(folder, user, user)
        os.chmod(folder, 0o755)
    program = [sys.executable, "-m", "w2vlib.classroom.student"]
    program += [str(MEMORY), str(PROCESSES)]
    if bubblewrap():
        program = [*_apart(folder, hidden), *_as(user), *program]
    elif os.name == "posix":  # the shell between us is the parent that it may end
        program = ["sh", "-c", '"$@"; exit $?', "sh", *program]
    kept = ("PATH", "LANG", "PYTHONPATH", "SYSTEMROOT")
    environment = {name: value for name, value in os.environ.items() if name in kept}
    environment |= dict.fromkeys(["HOME", "TMPDIR", "MPLCONFIGDIR"], str(folder))
    environment |= {"MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= dict.fromkeys(
        ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1"
    )
    return subprocess.Popen(
        program,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _unshared():
    apart = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    return [*apart, "--cap-drop", "ALL", *RIGHTS] if ROOT else [*apart, "--unshare-user"]


def _as(user):
    """For root, whom no bound on processes binds: become a user who may read files and no more."""
    if not user:
        return []
    read = "-all,+dac_read_search"
    who = [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return ["setpriv", *who, f"--inh-caps={read}", f"--ambient-caps={read}"]


def _apart(folder, hidden):
    command = [bubblewrap(), "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for path in ["/tmp", *hidden]:
        command += ["--tmpfs", str(path)]
    for path in (LIBRARY, sys.prefix):  # where they lie within one of those
        command += ["--ro-bind", str(path), str(path)]
    command += ["--bind", str(folder), str(folder), "--chdir", str(folder)]
    return [*command, *_unshared(), "--die-with-parent", "--new-session"]
