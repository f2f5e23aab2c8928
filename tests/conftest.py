"""The environment of the tests: the notebooks' kernels inherit it, so their outputs are stable."""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
