"""What keeps a student's code apart: bubblewrap where the machine has it, and limits everywhere.

In bubblewrap (bwrap) a process sees Python, this library and an empty folder of its own, and no
other file, process or network. Where it is missing, `Isolation.says` tells what is, too.
"""

import functools
import os
import shutil
import site
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

MEMORY = 2_000_000_000  # bytes, of one process and of all together; NumPy takes half a gigabyte
PROCESSES = 64
FILES = 100_000_000  # bytes of all files that are written, where bubblewrap gives the folder
LIBRARY = Path(__file__).parents[1]
RESULTS = LIBRARY.with_name("book") / "results"  # chapters read them
OWN = "/tmp"  # where bubblewrap lays the folder of its own
USER = 200_000  # and those above it, lent by root: none has a name
WINDOWS = os.name == "nt"
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
PYTHON = [sys.prefix, sys.base_prefix, Path(sys.executable).resolve().parents[1]]
SYSTEM = ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/nix/store"]
SYSTEM += ["/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts"]
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Isolation(NamedTuple):
    """How students' processes are kept apart here.

    bubblewrap: the program, or None. user: whether root lends each a user of its own, without
    rights. missing: why there is no bubblewrap.
    """

    bubblewrap: str | None
    user: bool
    missing: str = ""

    @property
    def says(self):
        """Sentences: what this machine gives, and what it does not."""
        limits = f"Limits: {MEMORY / 1e9:g} GB of memory, {PROCESSES} processes, files of 10 MB"
        if self.bubblewrap:
            apart = (
                "Students' code is kept apart (bubblewrap): without network, it sees no other "
                "process and none of your files, and writes into an empty folder of its own"
            )
            return [f"{apart}.", f"{limits}, {FILES / 1e6:g} MB in all."]
        within = "It can read, change and send away your files, and end your programs"
        if self.user:
            within = (
                "It runs as a user without rights, who cannot change your files or end your "
                "programs, but can read what all may read, use the network and fill the disk"
            )
        cure = (
            "Install bubblewrap 0.8 or later (Debian, Ubuntu, WSL: apt install bubblewrap), or "
            "grade on a virtual machine"
        )
        limits += "" if sys.platform == "linux" else ", as far as this system keeps to them"
        return [
            f"Students' code is NOT kept apart: {self.missing}. {within}. {cure}.",
            limits + ".",
        ]

    def start(self, folder):
        """Start a student's process -> subprocess.Popen, with pipes.

        folder: an empty folder, of which only one without bubblewrap makes use.
        """
        user = self._lent()
        own = OWN if self.bubblewrap else str(folder)
        program = [sys.executable, "-P", "-m", "w2vlib.classroom.student"]
        program += [str(MEMORY), str(PROCESSES)]
        become = {}
        if self.bubblewrap:
            program = [*_apart(self.bubblewrap), *_as(user), *program]
        else:  # the shell between us is the parent that it may end
            program = ["sh", "-c", '"$@"; exit $?', "sh", *program]
            os.symlink(RESULTS, os.path.join(folder, "results"))
            if user:
                os.chown(folder, user, user)
                become = _become(user)
        return subprocess.Popen(
            program,
            cwd="/" if self.bubblewrap else folder,
            env=_environment(own),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **become,
        )

    def sweep(self):
        """End what a student's process has left behind, where that can be told from others'."""
        if self.user and not self.bubblewrap:
            subprocess.run(["sh", "-c", "kill -9 -1"], check=False, **_become(self._lent()))

    def _lent(self):
        """The user that students' processes of this marker run as, for root."""
        return USER + os.getpid() if self.user else None


@functools.cache
def here():
    """The isolation that works on this machine.

    Raises ValueError where no student's process can be watched.
    """
    if WINDOWS:
        raise ValueError(
            "marks need Linux or macOS: on Windows run the same command in WSL, which `wsl "
            "--install` gives you"
        )
    program, missing = shutil.which("bwrap"), "bubblewrap is not installed"
    if program:
        why = _fails([*_apart(program), *_as(ROOT and USER)], {}, OWN)
        if not why:
            return Isolation(program, ROOT)
        missing = f"bubblewrap does not work here ({why})"
    return Isolation(None, ROOT and not _fails([], _become(USER), "/"), missing)


def _fails(before, how, folder):
    """Why a student's process cannot start in some way, or nothing."""
    test = [*before, sys.executable, "-P", "-c", "import w2vlib"]
    try:
        done = subprocess.run(
            test, env=_environment(folder), cwd="/", capture_output=True, check=False, **how
        )
    except OSError as error:
        return str(error)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return done.returncode and (said or ["no reason given"])[-1]


def shows(path):
    """Whether a student's process could read a path, though bubblewrap is there."""
    return any(Path(path).resolve().is_relative_to(Path(it).resolve()) for it in _shown())


def memory(process):
    """Bytes of memory of a process and all that it has started; 0 where there is no /proc."""
    parents, sizes = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        number = int(path.parent.name)
        parents[number], sizes[number] = int(fields[1]), int(fields[21])
    family = {process.pid}
    while more := {number for number, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(sizes.get(number, 0) for number in family) * os.sysconf("SC_PAGE_SIZE")


def _shown():
    """What a student's process sees: the system's programs, this Python, this library."""
    found = [*SYSTEM, *map(str, PYTHON), site.getusersitepackages(), str(LIBRARY), str(RESULTS)]
    return [path for path in dict.fromkeys(found) if os.path.exists(path)]


def _apart(program):
    """The command that starts another one apart."""
    command = [program, "--dev", "/dev", "--proc", "/proc"]
    command += ["--perms", "0777", "--size", str(FILES), "--tmpfs", OWN]
    for path in _shown():
        for above in reversed(Path(path).parents[:-1]):  # or else none but root may pass
            command += ["--perms", "0755", "--dir", str(above)]
        command += ["--ro-bind", path, path]
    command += ["--symlink", str(RESULTS), f"{OWN}/results", "--chdir", OWN]
    command += ["--remount-ro", "/dev", "--remount-ro", "/"]
    command += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    if ROOT:
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user"]
    return [*command, "--die-with-parent", "--new-session"]


def _as(user):
    """For root, whom no bound on processes binds: become a user who has no rights."""
    if not user:
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps=-all"]


def _become(user):
    """The same, for subprocess."""
    return {"user": user, "group": user, "extra_groups": []}


def _environment(folder):
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    kept |= dict.fromkeys(["HOME", "TMPDIR", "MPLCONFIGDIR"], folder)
    kept |= {"PYTHONPATH": str(LIBRARY.parent), "MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | dict.fromkeys(THREADS, "1")
