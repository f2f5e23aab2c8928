"""Some tests try random input or moments: a few each time, many where W2VLIB_LONG is set."""

import os

LONG = bool(os.environ.get("W2VLIB_LONG"))
