"""How charts are drawn when make runs a notebook: as SVG, sharp and the same each time."""

c = get_config()  # noqa: F821 - IPython reads this file
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}
c.InlineBackend.rc = {
    "svg.hashsalt": "w2vlib",
    "svg.fonttype": "none",  # letters, not outlines
    "axes.formatter.min_exponent": 8,  # 1000, not 10 to a small 3, which a phone cannot show
}
