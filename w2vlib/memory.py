"""How much memory there is."""

import contextlib
import functools
import os
import sys
from importlib import import_module
from pathlib import Path

LIMITS = ("memory.max", "memory/memory.limit_in_bytes")  # of a container, below /sys/fs/cgroup
MORE_THAN_ANY = 2**44  # bytes


@functools.cache
def there_is():
    """Bytes of memory that a program may have here; where that is not known, more than any has."""
    if sys.platform == "emscripten":
        return 2**32
    bounds = [MORE_THAN_ANY]
    with contextlib.suppress(AttributeError, ValueError, OSError):
        bounds.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit in LIMITS:
        with contextlib.suppress(ValueError, OSError):
            bounds.append(int(Path("/sys/fs/cgroup", limit).read_text()))
    with contextlib.suppress(ImportError):  # Windows has no such limits
        resource = import_module("resource")
        bounds.append(resource.getrlimit(resource.RLIMIT_AS)[0])
    return min(bound for bound in bounds if bound > 0)
