"""Fuzz what reads files from strangers, guided by coverage: tests/strangers.py says what.

    python -m pip install atheris
    python tools/fuzz.py                         # a minute for each target
    python tools/fuzz.py --seconds 600 vectors   # ten for one

What was tried with success stays in _build/fuzz, and the next run goes on from there; so does what
failed, as crash-... or timeout-..., which `--again FILE TARGET` tries once more. Atheris has wheels
for Linux and Python 3.11 to 3.13.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
MEMORY = 3 << 30  # bytes that a process may map: Python, NumPy and the fuzzer take a half
RESIDENT = 1024  # megabytes that it may hold
LONGEST = 10  # seconds for one file
PATTERNS = {
    "files": r"stat::number_of_executed_units: *(\d+)",
    "kept": r"stat::new_units_added: *(\d+)",
    "branches": r"(?s).*\bcov: (\d+)",
    "MB": r"stat::peak_rss_mb: *(\d+)",
}


def main():
    asked = parser().parse_args()
    if asked.child:
        fuzz(*asked.targets, asked.seconds, asked.folder, asked.again)
    import strangers

    unknown = set(asked.targets) - set(strangers.TARGETS)
    if unknown:
        sys.exit(f"no target {', '.join(unknown)}: there are {', '.join(strangers.TARGETS)}")
    failed = []
    print(f"{'target':14}" + "".join(f"{name:>12}" for name in PATTERNS), flush=True)
    for name in asked.targets or strangers.TARGETS:
        command = [sys.executable, __file__, "--child", name, "--seconds", str(asked.seconds)]
        command += ["--folder", str(asked.folder)]
        command += ["--again", str(asked.again)] if asked.again else []
        done = subprocess.run(
            command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace",
        )  # fmt: skip
        found = [re.search(pattern, done.stdout) for pattern in PATTERNS.values()]
        print(f"{name:14}" + "".join(f"{it[1] if it else '-':>12}" for it in found), flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout[-4000:], flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def parser():
    """The command line."""
    top = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    top.add_argument("targets", nargs="*", metavar="TARGET", help="what reads (default: all)")
    top.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    top.add_argument("--folder", type=Path, default=ROOT / "_build" / "fuzz")
    top.add_argument("--again", type=Path, metavar="FILE", help="try this one file")
    top.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return top


def fuzz(name, seconds, folder, again):
    """Fuzz one target in this process, which ends with that."""
    import atheris

    with atheris.instrument_imports(include=["w2vlib"], enable_loader_override=False):
        import strangers
    limit_memory()
    place = folder / name.replace(" ", "-")
    kept = place / "kept"
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        scratch, longest = Path(scratch), 0
        for number, seed in enumerate(strangers.TARGETS[name].seeds(scratch)):
            (kept / f"seed-{number}").write_bytes(seed)
            longest = max(longest, len(seed))
        words = place / "words"
        tokens = ("".join(f"\\x{byte:02x}" for byte in token) for token in strangers.TOKENS)
        words.write_text("".join(f'"{token}"\n' for token in tokens))
        options = [f"-max_len={4 * longest}", f"-timeout={LONGEST}", f"-rss_limit_mb={RESIDENT}"]
        options += [f"-max_total_time={seconds}", f"-dict={words}", f"-artifact_prefix={place}/"]
        options += ["-print_final_stats=1", str(again or kept)]

        def one(data):
            strangers.read(name, data, scratch)

        atheris.Setup([sys.argv[0], *options], one)
        atheris.Fuzz()


def limit_memory():
    """No more than MEMORY: what would take it all fails here, too."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, most))


if __name__ == "__main__":
    main()
