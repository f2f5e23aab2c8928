"""How charts are drawn when make runs a notebook: as SVG, sharp and the same each time."""

c = get_config()  # noqa: F821 - IPython reads this file
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}
c.InlineBackend.rc = {
    "svg.hashsalt": "w2vlib",
    "svg.fonttype": "none",  # letters, not outlines
    "axes.formatter.min_exponent": 8,  # 1000, not 10 to a small 3, which a phone cannot show
}
# At an axis Matplotlib would write 1000000 as 1e+06: as book/_ext/in_page/figures.py has it.
c.IPKernelApp.exec_lines = [
    """
def in_full(label):
    import re
    from decimal import Decimal
    return lambda *given: re.sub(
        r"[\\d.]+e[+-]\\d+", lambda found: format(Decimal(found[0]), "f"), label(*given)
    )

from matplotlib.ticker import LogFormatterMathtext
LogFormatterMathtext.__call__ = in_full(LogFormatterMathtext.__call__)
del LogFormatterMathtext, in_full
"""
]
