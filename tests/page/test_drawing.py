"""The drawing kit: well-formed pictures that say in words what they show."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from w2vlib.page.drawing import COLOURS, Diagram


def parsed(diagram):
    return ET.fromstring(diagram._repr_html_())


def cells(diagram):
    """How many cells of tables have borders of which colour."""
    return {path.get("stroke"): path.get("d").count("M") for path in parsed(diagram).iter("path")}


def test_an_empty_diagram_has_its_size_and_its_words():
    svg = parsed(Diagram(400, 120.5, 'Two rows, "a" & <b>'))
    assert svg.get("viewBox") == "0 0 400 120.5"
    assert svg.get("role") == "img" and svg.get("aria-label") == 'Two rows, "a" & <b>'
    assert len(svg) == 0
    assert repr(Diagram(400, 100, "A row")) == "Diagram(400, 100, 'A row')"  # no address: nbval
    with pytest.raises(ValueError, match="alt is empty"):
        Diagram(400, 100, " ")


def test_a_box_is_as_wide_as_its_text_and_stands_on_its_middle():
    d = Diagram(400, 100, "a box")
    short, long = d.box(10, 50, "a"), d.box(10, 50, "a much longer\ntext", "parameter")
    assert short.left == long.left == (10, 50)
    assert long.right[0] > short.right[0] and long.height > short.height
    assert long.top == (10 + long.width / 2, 50 - long.height / 2)
    texts = [element.text for element in parsed(d).iter("text")]
    assert texts == ["a", "a much longer", "text"]
    rectangles = list(parsed(d).iter("rect"))
    assert [r.get("stroke") for r in rectangles] == [COLOURS["plain"], COLOURS["parameter"]]
    assert float(rectangles[1].get("stroke-width")) > float(rectangles[0].get("stroke-width"))


def test_a_table_shows_its_numbers_and_marks_rows():
    d = Diagram(400, 100, "a table")
    rows = d.table(10, 30, np.array([[1.0, 0.25], [2, 3]]), "forward", "W (2, 2)", marked=[1])
    assert [row.y for row in rows] == [30, 52] and rows[0].width == 68
    texts = [element.text for element in parsed(d).iter("text")]
    assert texts == ["W (2, 2)", "1", "0.25", "2", "3"]
    assert cells(d) == {"currentColor": 2, COLOURS["forward"]: 2}


@pytest.mark.parametrize(
    "marked, marked_cells",
    [((), 0), ((0, 1), 1), ((slice(None), 1), 2), ([1], 3), ((0, [0, 2]), 2), ((0, []), 0)],
)
def test_what_is_marked_in_a_table(marked, marked_cells):
    d = Diagram(400, 100, "a table")
    d.table(10, 30, [[1, 2, 3], [4, 5, 6]], "gradient", marked=marked)
    drawn = cells(d)
    assert drawn.get(COLOURS["gradient"], 0) == marked_cells and sum(drawn.values()) == 6


def test_arrows_go_from_side_to_side():
    d = Diagram(400, 200, "arrows")
    a, b, below = d.box(10, 50, "a"), d.box(200, 50, "b"), d.box(10, 150, "c")
    d.arrow(a, b, label="h")
    d.arrow(b, a, "gradient")
    d.arrow(a, below)
    d.arrow((300, 50), b)
    lines = list(parsed(d).iter("line"))
    ends = [tuple(float(line.get(name)) for name in ("x1", "y1", "x2", "y2")) for line in lines]
    assert ends[0][:2] == a.right and ends[0][3] == b.left[1] and ends[0][2] < b.left[0]
    assert ends[1][:2] == b.left and ends[2][:2] == a.bottom
    assert ends[3][:2] == (300, 50) and ends[3][2] > b.right[0]
    assert [line.get("stroke-dasharray") for line in lines] == [None, "5 3", None, None]
    assert len(list(parsed(d).iter("polygon"))) == 4


def test_places_may_be_unsigned():
    near, far = np.array([10, 10], np.uint32), np.array([40, 30], np.uint32)
    drawn, expected = Diagram(50, 50, "it"), Diagram(50, 50, "it")
    drawn.arrow(far, near)
    expected.arrow((40, 30), (10, 10))
    assert str(drawn.parts) == str(expected.parts)


def test_an_edge_goes_there_and_its_gradient_back():
    d = Diagram(400, 100, "an edge")
    a, b = d.box(10, 50, "a"), d.box(200, 50, "b")
    d.edge(a, b, "s", "ds")
    there, back = parsed(d).iter("line")
    assert float(there.get("x1")) < float(there.get("x2"))
    assert float(back.get("x1")) > float(back.get("x2"))
    assert float(there.get("y1")) < float(back.get("y1"))
    assert [t.text for t in parsed(d).iter("text")] == ["a", "b", "s", "ds"]


def test_a_curve_goes_through_its_points_and_a_bar_stands_on_its_middle():
    d = Diagram(100, 100, "a curve and a bar")
    d.curve([0, 10, 20.25], [50, 1 / 3, 2], "gradient")
    d.bar(5, 50, 40, "parameter", height=10)
    (curve,), (bar,) = parsed(d).iter("polyline"), parsed(d).iter("rect")
    assert curve.get("points") == "0,50 10,0.3 20.2,2" and curve.get("fill") == "none"
    assert [bar.get(name) for name in ("x", "y", "width", "height")] == ["5", "45", "40", "10"]


def test_numbers_of_a_table_read_well():
    d = Diagram(400, 100, "a table")
    d.table(0, 0, [[1_000_000, 7]])
    d.table(0, 50, [[0.1 + 0.2, 1e-9]])
    d.table(0, 80, np.array([[0.1 + 0.2]], dtype=np.float32))
    d.table(0, 110, [["word"]])
    texts = [t.text for t in parsed(d).iter("text")]
    assert texts == ["1,000,000", "7", "0.3", "1e-09", "0.3", "word"]


def test_the_same_diagram_is_the_same_text():
    def drawn():
        d = Diagram(100, 100, "a circle")
        d.circle(50, 50, "+", "gradient", filled=True)
        d.line((0, 0), (1 / 3, 2))
        return d._repr_html_()

    assert drawn() == drawn() and "0.3333" not in drawn()
