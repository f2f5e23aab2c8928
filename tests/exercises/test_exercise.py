"""What is said to answers: right, known to be wrong, absurd, and made to deceive."""

import numpy as np
import pytest

from w2vlib.exercises.exercise import (
    Choice,
    Code,
    Fields,
    Number,
    Numbers,
    Shape,
    Word,
    compare,
    parse_number,
    parse_numbers,
)


class Agrees:
    """Equal to everything, and larger than nothing."""

    def __eq__(self, other):
        return True

    __hash__ = None

    def __float__(self):
        raise RuntimeError("no")

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")


circle = []
circle.append(circle)
ABSURD = [
    "",
    "six",
    "6 apples",
    "<b>",
    "nan",
    "inf",
    "1e999",
    (),
    [],
    (1, (2, 3)),
    [[1, 2], [3]],
    {},
    {6},
    object(),
    Agrees(),
    circle,
    True,
    1j,
    np.nan,
    -np.inf,
    10**400,
    b"6",
    np.array(["6 apples"]),
    np.array([None, 6]),
    np.array([True, False]),
    np.zeros((300, 300)),
    len,
    int,
]
each_absurd = pytest.mark.parametrize("answer", ABSURD, ids=lambda it: type(it).__name__)


@each_absurd
def test_absurd_answers_are_told_what_is_asked_for(answer):
    exercise = Fields(
        n=Number(6),
        several=Numbers([1, 7]),
        shape=Shape((3, 2)),
        word=Word("log"),
        choice=Choice(["a", "b"], "a"),
    )
    for verdict in exercise.judge(**dict.fromkeys(exercise, answer)).values():
        assert verdict.state in {"wrong", "unwritten"}
        assert verdict.said.startswith(("Not yet: ", "Not written yet"))
    assert compare(answer, 3).state == "wrong"
    assert compare(answer, [1.0, 2.0]).state == "wrong"
    code = Code(lambda answer, rng: iter([(answer(), 3)]))
    assert code.judge(answer).state == "wrong"
    assert code.judge(lambda: answer).state == "wrong"


@pytest.mark.parametrize("answer", [None, ..., "", " ... ", [..., ...], (1, ...)])
def test_nothing_yet(answer):
    for field in Number(6), Numbers([1, 2]), Shape((3, 2)), Word("log"):
        assert field.judge(answer).said == "Not written yet."


@pytest.mark.parametrize(
    "answer",
    [
        6,
        6.0,
        np.float32(6),
        np.int64(6),
        np.array(6),
        [6],
        "6",
        " 6 ",
        "6.0",
        "+6",
        "6e0",
        "12/2",
        "2 * 3",
        "2×3",
        "600%",
        6.0003,
    ],
)
def test_six(answer):
    assert Number(6).judge(answer).said == "Right."


@pytest.mark.parametrize(
    "text, number",
    [
        ("1,280", 1280),
        ("1 280", 1280),
        ("1_280", 1280),
        ("1280", 1280),
        ("885,760,000", 885_760_000),
        ("1e6", 1e6),
        ("1.5E-3", 0.0015),
        (".5", 0.5),
        ("5.", 5),
        ("3/4", 0.75),
        ("10/11", 10 / 11),
        ("102400/(4*7424)", 102_400 / (4 * 7424)),
        ("(2 * (3)) / ( 4·2 )", 0.75),
        ("(1,280)", 1280),
        ("3(4)", None),
        ("3 (400)", None),
        ("(400) 3", None),
        ("(1, 2)", None),
        ("(3", None),
        ("()", None),
        ("−2", -2),
        ("25 %", None),
        ("25%", 0.25),
        ("1,28", None),
        ("1,2800", None),
        ("1.2.3", None),
        ("", None),
        ("-", None),
        ("3/0", None),
        ("3//4", None),
        ("2**3", 8),
        ("3 * 2 ^ 3", 24),
        ("0.9999**100", 0.9999**100),
        ("-2**2", None),
        ("0**-1", None),
        ("10**400", None),
        ("2**3**2", None),
        ("2**", None),
        ("x", None),
        ("١", None),
    ],
)
def test_numbers_as_people_write_them(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "(3, 2)",
        "3, 2",
        "3,2",
        "3 2",
        "3 x 2",
        "3x2",
        "3×2",
        "[3, 2]",
        "(3, 2,)",
        "3; 2",
        " ( 3 , 2 ) ",
        "[[3], [2]]",
        "[[3]\n [2]]",
        "[[3],[2]]",
        "6/2, 4/2",
        "3., 2.",
    ],
)
def test_shapes_as_people_write_them(text):
    assert parse_numbers(text) == [3, 2]
    assert Shape((3, 2)).judge(text).said == "Right."


def test_large_shapes():
    assert parse_numbers("(10,000, 100)") == [10_000, 100]
    assert parse_numbers("10000,100") == [10_000, 100]
    assert Shape((10_000, 100)).judge((10_000, 100)).state == "right"
    assert Shape((10_000, 100)).judge((10_001, 100)).said == "Not yet: number 1 of 2 is too large."


def test_known_mistakes_are_named_and_others_say_where():
    number = Number(0.91, {1.1: "that is old over new."}, tolerance=0.005)
    assert number.judge(10 / 11).state == number.judge("10/11").state == "right"
    assert number.judge(1.099).said == "Not yet: that is old over new."
    assert number.judge("0.8").said == "Not yet: this is too small."
    assert "NaN is no number" in number.judge(np.nan).said
    share = Number(2, {0.02: "that is the share."}, percent=True)
    assert {share.judge(text).said for text in ("2", "2%", " 2 % ", 2)} == {"Right."}
    assert share.judge("0.02").said == "Not yet: that is the share." == share.judge("0.02%").said
    rows = Numbers([[1, 1], [3, 3]], {((1, 1), (1, 1)): "sum its rows."})
    assert rows.judge(np.array([[1, 1], [3, 3]], order="F")).state == "right"
    assert rows.judge("[[1 1]\n [1 1]]").said == "Not yet: sum its rows."
    for text in "[[1,1],[3,3]]", "[[1, 1],[3, 3]]", "[1,1], [3,3]", "(1 1)(3 3)":
        assert rows.judge(text).state == "right"
    assert rows.judge("1, 1, 3").said == "Not yet: 4 numbers are asked for, and this has 3."
    assert rows.judge([1, 1, 3, 2]).said == "Not yet: number 4 of 4 is too small."
    shares = Numbers([0.22, 0.03, 0.75], {(16, 1, 81): "counts."}, tolerance=0.006)
    for percents in "22, 3, 75", [22.2, 2.8, 75], (21, 3, 75):
        assert "these are percentages: write shares" in shares.judge(percents).said
    assert shares.judge("22%, 3%, 75%").state == "right"
    assert shares.judge([0.5, 0.3, 0.2]).said == "Not yet: number 1 of 3 is too large."
    assert shares.judge([16, 1, 81]).said == "Not yet: counts."
    assert rows.judge([97, 1, 1, 1]).said == "Not yet: number 1 of 4 is too large."
    word = Word(["log", "logarithm"], {"exp": "the other way round."})
    assert word.judge(" `LOG` ").state == "right"
    assert word.judge("exp").said == "Not yet: the other way round."
    assert word.judge("sin").said == "Not yet: another word is meant."
    assert Choice(["a", "b"], "a", {"b": "no."}).judge("b").said == "Not yet: no."


@pytest.mark.parametrize(
    "answer", ["0,22, 0,03, 0,75", "(0,22; 0,03; 0,75)", ["0,22", "0,03", "0,75"]]
)
def test_a_comma_in_place_of_a_point(answer):
    assert Numbers([0.22, 0.03, 0.75]).judge(answer).said == "Not yet: write a point: 0.22."


def test_a_comma_in_place_of_a_point_in_one_number():
    for answer in "0,22", " 0,22 ", ["0,22"]:
        assert Number(0.22).judge(answer).said == "Not yet: write a point: 0.22."
    assert "such as 1, 2, 3" in Numbers([0.22]).judge("0,22, a").said


def test_fields_are_well_formed():
    with pytest.raises(TypeError, match="pass a Number"):
        Fields(n=6)
    with pytest.raises(TypeError, match="it should be of type str"):
        Number(6, {3: 4})
    with pytest.raises(ValueError, match="right is .c.: it should be .a. or .b."):
        Choice(["a", "b"], "c")


def doubled(answer, rng):
    x = rng.standard_normal((2, 3))
    yield answer(x), 2 * x, [(x, "this is x itself.")]


@pytest.mark.parametrize(
    "right",
    [
        lambda x: 2 * x,
        lambda x: [[2 * number for number in row] for row in x],
        lambda x: (2 * x).astype(np.float32),
        lambda x: np.asfortranarray(2 * x),
    ],
)
def test_code_written_otherwise_is_right(right):
    assert all(Code(doubled).judge(right, seed).state == "right" for seed in range(3))


def stops(x):
    return x / nothing  # noqa: F821


def chooses(x):
    return np.random.default_rng(0).choice(3, size=5, replace=False)  # of NumPy's own .pyx


def misfits(x):
    return x + np.ones(7)


def asks(x):
    return float(input("x?"))


def leaves(x):
    raise SystemExit


@pytest.mark.parametrize(
    "answer, said",
    [
        (..., "Not written yet: replace"),
        (None, "Not written yet: replace"),
        (lambda x: None, "Not written yet: replace"),
        (lambda x: ..., "Not written yet: replace"),
        (lambda x: x, "Not yet: this is x itself."),
        (lambda x: 2 * x[0], "Not yet: the shape is (3,), and it should be (2, 3)."),
        (lambda x: x.T @ x @ np.ones((3, 3)), "Not yet: the shape is (3, 3)"),
        (
            lambda x: 2 * x + (x == x[1, 2]),
            "Not yet: 1 of 6 numbers differ, the first at index (1, 2).",
        ),
        (lambda x: x * np.nan, "Not yet: NaN is no number"),
        (lambda x: "2x", "Not yet: this should be numbers, but it is text."),
        (lambda x: x > 0, "Not yet: this should be numbers, but it is an array of bool."),
        (lambda x: (x, 2 * x[0]), "Not yet: this is a tuple of 2 things, where one array"),
        (lambda x: (1, 2, 3), "Not yet: this is a tuple of 3 things, where one array"),
        (lambda x: [[1, 2], [3]], "Not yet: its rows have different lengths"),
        (lambda: 1, "Not yet: what it gives or takes does not fit here. TypeError: "),
        (6, "Not yet: this should be a function or a class, but it is int."),
        (
            stops,
            "`return x / nothing  # noqa: F821`, raises NameError: name 'nothing' is not defined.",
        ),
        (chooses, ".choice(3, size=5, replace=False)  # of NumPy's own .pyx`, raises ValueError: "),
        (misfits, "with shapes (2,3) (7,)."),
        (asks, "`, asks for input, which nobody gives here: leave `input` out."),
        (leaves, "`raise SystemExit`, ends the program (SystemExit): leave that call out."),
    ],
)
def test_code_is_told_what_is_wrong(answer, said):
    assert said in Code(doubled).judge(answer).said


def test_single_values():
    assert compare(np.float32(0.1), 0.1).said == "Right."
    assert compare(4, 3).said == "Not yet: 4 is too large."
    assert compare(True, True).said == "Right." == compare(np.True_, True).said
    assert compare(False, True).said == "Not yet: this should be True."
    assert compare(False, True, [(False, "too far.")]).said == "Not yet: too far."
    assert compare(True, 1).said == "Not yet: this should be numbers, but it is bool."


def test_what_a_function_writes_into_its_arguments_helps_it_nowhere():
    def double(answer, rng):
        x = rng.standard_normal(3)
        yield answer(x), 2 * x

    def zeros(x):
        x[:] = 0
        return x

    assert Code(double).judge(zeros).state == "wrong"
    assert Code(double).judge(lambda x: 2 * x).state == "right"


def test_dots_that_are_returned_are_a_stub_though_lines_before_are_given():
    def double(answer, rng):
        yield answer(3.0), 6.0

    def begun(x):
        y = 2 * x  # given
        return ... if y else y

    assert Code(double).judge(begun).state == "unwritten"

    def gives_up(x):
        """Twice x."""
        return None  # noqa: RET501

    def stub(x):
        """Twice x."""
        # your code
        ...  # noqa: PIE790

    assert Code(double).judge(stub).state == "unwritten"
    assert "it returns None" in Code(double).judge(gives_up).said
    assert "it returns None" in Code(double).judge(lambda x: None if x else x).said
