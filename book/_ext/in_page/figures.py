"""A Matplotlib backend: `show` sends each figure to the page, as SVG like the book's charts."""

import io

import kernel
import matplotlib as mpl
from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_svg import FigureCanvasSVG as FigureCanvas

__all__ = ["FigureCanvas", "show"]

mpl.rcParams["svg.hashsalt"] = "w2vlib"
mpl.rcParams["svg.fonttype"] = "none"
mpl.rcParams["axes.formatter.min_exponent"] = 8  # as tools/ipython_kernel_config.py has it


def show(*args, **kwargs):
    """Send the figures that are open, and close them."""
    for manager in Gcf.get_all_fig_managers():
        figure, file = manager.canvas.figure, io.StringIO()
        figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
        kernel.flush()
        data = {"image/svg+xml": file.getvalue(), "text/plain": repr(figure)}
        kernel.send({"output_type": "display_data", "metadata": {}, "data": data})
    Gcf.destroy_all()
