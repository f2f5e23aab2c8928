"""Run the chapters as many at a time as there are cores, and keep their outputs for the build.

The build takes a chapter's outputs from jupyter-cache, and runs what has none there, one after the
other. Left to it are chapters that use several cores themselves and measure that, and those that
fail here: a check of times may when others run beside it, and has its second try alone.
"""

import os
import signal
import sys
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

ALONE = {"11_compiled", "12_distributed"}


def main(folder, *notebooks):
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends all processes, without a word
    # Kernels, and what waits for them, would have one: they write to nowhere. Errors of cells come
    # to this process by another way.
    how = {"encoding": sys.stderr.encoding, "errors": sys.stderr.errors}
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, **how)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: setattr(sys, "stderr", sys.__stderr__))
    cache = get_cache(folder)
    for path in sorted(map(Path, notebooks), reverse=True):  # the last chapters take longest
        if path.stem not in ALONE:
            cache.add_nb_to_project(str(path.resolve()))
    print("Running the chapters", flush=True)
    load_executor("local-parallel", cache).run_and_cache(timeout=1200)


if __name__ == "__main__":
    main(*sys.argv[1:])
