"""JupyterHub for a class, on one Linux server with systemd: book/hub.md says how.

The class's own files lie in hub/class/, which git ignores: students.txt, the names that may come
in, one a line; sheets/, the notebooks to hand out; state/, the hub's own. Each student is a user of
the system, w2v-NAME, made at the first login, with a home that nobody else can read. Whoever needs
more changes it here: `jupyterhub --help-all` lists what there is.
"""

import os
import pwd
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLASS = ROOT / "hub" / "class"
STATE = CLASS / "state"
STATE.mkdir(mode=0o700, parents=True, exist_ok=True)

c = get_config()  # noqa: F821, JupyterHub gives it

# All of it on loopback: to the world, a server with TLS in front passes what it gets to port 8000.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:8081"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8001"
c.Spawner.ip = "127.0.0.1"

c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.cleanup_servers = False  # the hub restarts, and students work on
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")

# Who is on the list chooses a password at the first login, and no other server is asked. A school's
# own login takes this paragraph's place: oauthenticator, or jupyterhub-ltiauthenticator for an LMS.
c.JupyterHub.authenticator_class = "firstuse"
c.FirstUseAuthenticator.dbm_path = str(STATE / "passwords.dbm")
c.FirstUseAuthenticator.create_users = False
c.FirstUseAuthenticator.min_password_length = 10

# Whatever the login: who may come in. Who is taken off the list stays outside.
students = CLASS / "students.txt"
listed = students.read_text(encoding="utf-8") if students.exists() else ""
c.Authenticator.allowed_users = {name.strip() for name in listed.lower().split("\n")} - {""}
c.Authenticator.allow_all = c.Authenticator.allow_existing_users = False
c.Authenticator.admin_users = {"teacher"}
c.Authenticator.username_pattern = r"^[a-z][a-z0-9-]{0,24}\Z"
for name in c.Authenticator.allowed_users:
    if not re.match(c.Authenticator.username_pattern, name):
        sys.exit(f"{students}: {name!r} is no name here: use a to z, 0 to 9 and -, a letter first")

# What a student gets: a server and its kernels, in a unit of systemd of their own.
c.JupyterHub.spawner_class = "systemd"
c.SystemdSpawner.username_template = "w2v-{USERNAME}"
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.unit_extra_properties = {
    "MemorySwapMax": "0",
    "TasksMax": "200",
    "ProtectProc": "invisible",
}
c.Spawner.mem_limit = "2G"
c.Spawner.cpu_limit = 1
c.Spawner.cmd = [str(Path(sys.executable).with_name("jupyterhub-singleuser"))]
c.Spawner.args = ["--KernelManager.transport=ipc"]  # what a kernel says, no other student hears
c.Spawner.environment = dict.fromkeys(
    ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1"
)

# What the machine holds if all are in chapter 11, which needs most. Whoever comes then must wait.
memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
c.JupyterHub.active_server_limit = int(memory / 700e6)
c.JupyterHub.concurrent_spawn_limit = 10 * os.cpu_count()
c.Spawner.start_timeout = c.Spawner.http_timeout = 120

# After an hour in which nothing ran, a student's server goes. The files stay.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]


def prepare(spawner):
    """Before a student's server starts: the user, the chapters to read, the sheets that are new."""
    name = f"w2v-{spawner.user.name}"
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        make = ["useradd", "--create-home", "--key", "HOME_MODE=0700", "--shell", "/bin/bash"]
        subprocess.run([*make, name], check=True)
        user = pwd.getpwnam(name)
    # With the student's rights, so that no link in a home leads us elsewhere. Work stays as it is.
    rights = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": user.pw_dir}
    sheets = [str(path) for path in sorted(CLASS.glob("sheets/*.ipynb"))]
    # Some sheets read results/.
    for name, place in {"chapters": "book", "results": "book/results"}.items():
        subprocess.run(["ln", "-sfn", str(ROOT / place), name], check=False, **rights)
    if sheets:
        subprocess.run(["cp", "--no-clobber", *sheets, "."], check=False, **rights)


c.Spawner.pre_spawn_hook = prepare
