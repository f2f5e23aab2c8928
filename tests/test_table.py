"""Tables, as text and as HTML."""

import pytest

from w2vlib.table import Table

SMALL = Table(["stage", "a < b"], [["one & all", 3], ["two", "1,000,000"]])


def test_columns_are_aligned():
    assert str(SMALL) == repr(SMALL)
    assert str(SMALL).splitlines() == [
        "stage          a < b",
        "one & all          3",
        "two        1,000,000",
    ]


def test_html_names_columns_and_rows():
    html = SMALL._repr_html_()
    assert '<th scope="col">a &lt; b</th>' in html
    assert '<tr><th scope="row">one &amp; all</th><td>3</td></tr>' in html
    assert "style=" not in html  # a strict policy forbids it


def test_a_table_without_rows_is_its_header():
    assert str(Table(["a", "b"], [])) == "a  b"


def test_a_row_has_a_value_for_each_column():
    with pytest.raises(ValueError, match="1 values: it should have 2, as header"):
        Table(["a", "b"], [["one"]])
