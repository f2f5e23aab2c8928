"""How much memory a call takes at its height."""

import tracemalloc


def peak(call, tries=1):
    """In bytes, the least of some tries: other threads of this process may take some as well."""
    peaks = []
    for _ in range(tries):
        tracemalloc.start()
        try:
            call()
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    return min(peaks)
