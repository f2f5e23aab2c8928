"""What takes time at the start of a process: done once, where those of `kills` are forked from."""

import contextlib

from w2vlib.engines import ENGINES, MODELS

for name in ("pooch", "requests", "threadpoolctl", "tqdm"):
    with contextlib.suppress(ImportError):
        __import__(name)

if not ENGINES["compiled"].missing():
    for model in MODELS:
        ENGINES["compiled"].prepare(False, model)

with contextlib.suppress(ImportError):
    from w2vlib.classroom import grade

    grade._chapters()
