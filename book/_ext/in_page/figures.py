"""A Matplotlib backend: `show` sends each figure to the page, as SVG like the book's charts."""

import io
import re
from decimal import Decimal

import kernel
import matplotlib as mpl
from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_svg import FigureCanvasSVG as FigureCanvas
from matplotlib.ticker import LogFormatterMathtext

__all__ = ["FigureCanvas", "show"]

mpl.rcParams["svg.hashsalt"] = "w2vlib"
mpl.rcParams["svg.fonttype"] = "none"
mpl.rcParams["axes.formatter.min_exponent"] = 8  # as tools/ipython_kernel_config.py has it


def in_full(label):
    """What names a place of a log axis, without an exponent: 1000000, not 1e+06."""
    return lambda *given: re.sub(
        r"[\d.]+e[+-]\d+", lambda found: format(Decimal(found[0]), "f"), label(*given)
    )


LogFormatterMathtext.__call__ = in_full(LogFormatterMathtext.__call__)


def show(*args, **kwargs):
    """Send the figures that are open, and close them."""
    for manager in Gcf.get_all_fig_managers():
        figure, file = manager.canvas.figure, io.StringIO()
        figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
        kernel.flush()
        data = {"image/svg+xml": file.getvalue(), "text/plain": repr(figure)}
        kernel.send({"output_type": "display_data", "metadata": {}, "data": data})
    Gcf.destroy_all()
