"""Tables: aligned columns in a terminal, a real table on a page."""

from html import escape

from w2vlib import check

__all__ = ["Table"]


class Table:
    """Rows under a header. As text its columns are aligned; a notebook shows it as a table.

    header: the names of the columns.
    rows: for each row its values, shown as `str` does. The first one names the row.
    Raises TypeError for what is no list, ValueError for one without columns, and for a row that has
        not one value for each column.
    Source: of this course.

    >>> print(Table(["V", "seconds"], [["7", "0.2"], ["1,000", "0.25"]]))
    V      seconds
    7          0.2
    1,000     0.25
    """

    def __init__(self, header, rows):
        check.listed(header, "header", at_least=1)
        check.listed(rows, "rows")
        for place, row in enumerate(rows):
            check.listed(row, f"rows[{place}]")
            if len(row) != len(header):
                raise ValueError(
                    f"rows[{place}] is {check.short(row)}, {len(row)} values: it should have "
                    f"{len(header)}, as header"
                )
        self.header = [str(name) for name in header]
        self.rows = [[str(value) for value in row] for row in rows]

    def __str__(self):
        lines = [self.header, *self.rows]
        first, *others = [max(map(len, column)) for column in zip(*lines)]
        return "\n".join(
            name.ljust(first) + "".join(f"  {n:>{wide}}" for n, wide in zip(numbers, others))
            for name, *numbers in lines
        )

    __repr__ = __str__

    def _repr_html_(self):
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.header)
        body = "\n".join(
            f'<tr><th scope="row">{escape(name)}</th>'
            + "".join(f"<td>{escape(value)}</td>" for value in values)
            + "</tr>"
            for name, *values in self.rows
        )
        return (
            f'<table class="w2v-table">\n<thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{body}\n</tbody>\n</table>"
        )
