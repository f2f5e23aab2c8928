"""Tables: aligned columns in a terminal, a real table on a page."""

from html import escape

__all__ = ["Table"]


class Table:
    """Rows under a header. As text its columns are aligned; a notebook shows it as a table.

    header: the names of the columns.
    rows: for each row its values, shown as `str` does. The first one names the row.
    Raises ValueError for a row that has not one value for each column.
    Source: of this course.

    >>> print(Table(["V", "seconds"], [["7", "0.2"], ["1,000", "0.25"]]))
    V      seconds
    7          0.2
    1,000     0.25
    """

    def __init__(self, header, rows):
        self.header = [str(name) for name in header]
        self.rows = [[str(value) for value in row] for row in rows]
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(f"{row} has {len(row)} values for {len(self.header)} columns")

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
