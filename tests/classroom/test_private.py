"""A teacher's own checks: found, used, and told where they do not fit."""

import pytest
from test_grade import NAME, RIGHT, hand_ins, marks, needs_bubblewrap, written  # noqa: F401

from w2vlib.classroom import grade as grading
from w2vlib.classroom import isolation, private
from w2vlib.classroom.marks import SEEDS
from w2vlib.exercises import find

grade = grading.grade

FIELDS = """\
from w2vlib.exercises.exercise import Fields, Number
EXERCISES = {"lookup_by_hand": Fields(row_3=Number(16), everything=Number(19))}
"""
CODE = """\
import numpy as np
from numbers_of_mine import V, N

def gradient_by_product(answer, rng):
    idx, dout = rng.integers(V, size=N), rng.standard_normal((N, 2))
    right = np.zeros((V, 2))
    np.add.at(right, idx, dout)
    yield answer(idx, dout, V), right, [(np.zeros((V, 2)), "mine says: all is 0.")]

EXERCISES = {"gradient_by_product": gradient_by_product}
"""


@pytest.fixture
def checks(tmp_path):
    """A folder of checks: {file: text} are written into it."""

    def write(**files):
        folder = tmp_path / "checks"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        return folder

    return write


def answered(source, **fields):
    """A hand-in with code and fields."""
    call = ", ".join(f"{name}={value}" for name, value in fields.items())

    def change(notebook):
        code = {"cell_type": "code", "source": f"check('lookup_by_hand', {call})"}
        notebook["cells"].append(code)

    return written(source, change)


def test_marks_follow_them(hand_ins, checks, tmp_path):  # noqa: F811
    folder = checks(fields=FIELDS, code=CODE, numbers_of_mine="V, N = 9, 30")
    public = answered(RIGHT, row_3=6, everything=9)
    zeros = f"def {NAME}(idx, dout, V):\n    return np.zeros((V, dout.shape[1]))"
    for name, text in [("ana", answered(RIGHT, row_3=16, everything=19)), ("ben", public)]:
        (hand_ins / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (hand_ins / "cy.ipynb").write_text(written(zeros), encoding="utf-8")
    rows = grade(hand_ins, tmp_path / "marks.csv", checks=folder, progress=False)
    points = {row["student"]: row["points"] for row in rows if row["exercise"] == "lookup_by_hand"}
    assert points == {"ana": 2, "ben": 0, "cy": 0}
    assert marks(rows, "ana")["points"] == 2
    assert marks(rows, "cy")["reason"] == "Not yet: mine says: all is 0."
    assert {row["exercise"] for row in rows} == {"lookup_by_hand", NAME}  # no other was given
    one = {"only": ["lookup_by_hand"], "progress": False}
    rows = grade(hand_ins, tmp_path / "marks.csv", checks=folder, **one)
    assert [row["points"] for row in rows] == [2, 0, 0]
    with pytest.raises(ValueError, match="05_sampler has none of your own checks, but power_by"):
        grade(hand_ins, tmp_path / "marks.csv", checks=folder, sheet="05_sampler")
    without = grade(hand_ins, tmp_path / "marks.csv", progress=False)
    points = [row["points"] for row in without if row["exercise"] == "lookup_by_hand"]
    assert points == [0, 2, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ny = x +\n", "checks/mine.py, line 2: SyntaxError"),
        ("import numpy as np\n\nnp.no_such_thing\n", "checks/mine.py, line 3: AttributeError"),
        ("import no_such_module\n", "checks/mine.py, line 1: ModuleNotFoundError"),
        ("import sys\nsys.exit(3)\n", "checks/mine.py, line 2: SystemExit: 3"),
        ("EXERCISES = 3\n", "checks/mine.py: EXERCISES is 3: it should be a dict"),
        (f"EXERCISES = {{'{NAME}': 3}}\n", f"{NAME} is 3: give Fields or a generator"),
        ("x = 1\n", "has no checks"),
        (FIELDS.replace("lookup_by_hand", "lookup_by_hnad"), "did you mean 'lookup_by_hand'"),
        (FIELDS.replace("row_3", "row_4"), "the sheet's fields are row_3, everything"),
        (FIELDS.replace("lookup_by_hand", NAME).replace("fields", ""), "the sheet asks for code"),
    ],
)
def test_what_does_not_fit_is_told(checks, text, said):
    with pytest.raises(ValueError) as error:
        private.load(checks(mine=text))
    assert said in str(error.value)


SLIPS = {
    "no import": ("import numpy as np\n", "", "code.py, line 5: NameError: name 'np' is not"),
    "before": ("size=N", "sizes=N", "code.py, line 5: TypeError: "),
    "after": (", [(np.zeros", ", [(nq.zeros", "code.py, line 8: NameError: name 'nq' is not"),
    "no such": (", [(np.zeros", ", [(np.zeroes", "code.py, line 8: AttributeError: module 'numpy'"),
    "return": ("    yield", "    return", f"code.py: {NAME} has no yield"),
    "nothing expected": (", right, [(", " # ", f"code.py, line 4: {NAME} should yield what"),
}


@pytest.mark.parametrize(("old", "new", "said"), SLIPS.values(), ids=SLIPS)
def test_a_slip_of_the_checks_is_no_students(hand_ins, checks, tmp_path, old, new, said):  # noqa: F811
    (hand_ins / "ana.ipynb").write_text(written(RIGHT), encoding="utf-8")
    assert CODE.count(old) == 1
    folder = checks(code=CODE.replace(old, new), numbers_of_mine="V, N = 9, 30")
    with pytest.raises(ValueError) as error:
        grade(hand_ins, tmp_path / "marks.csv", checks=folder, progress=False)
    assert str(error.value).startswith(str(folder)) and said in str(error.value)
    assert not (tmp_path / "marks.csv").exists()


@pytest.mark.parametrize(
    "source",
    [
        f"def {NAME}(idx, dout, V):\n    idx = None",
        f"def {NAME}(idx, dout, V):\n    return no_such_name",
        f"def {NAME}(idx, dout, V):\n    return np.no_such_name",
        f"{NAME} = 3",
    ],
)
def test_a_slip_of_a_student_is_no_checks(hand_ins, checks, tmp_path, source):  # noqa: F811
    (hand_ins / "ana.ipynb").write_text(written(source), encoding="utf-8")
    text = CODE.replace("answer(idx, dout, V)", "answer(idx, dout, V).astype(float)[:9]")
    folder = checks(code=text, numbers_of_mine="V, N = 9, 30")
    rows = grade(hand_ins, tmp_path / "marks.csv", checks=folder, progress=False)
    assert marks(rows, "ana")["points"] == 0 and "Not yet" in marks(rows, "ana")["reason"]


def test_the_home_folder_may_be_a_tilde(hand_ins, checks, tmp_path, monkeypatch):  # noqa: F811
    """What was marked by other checks is marked anew."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (hand_ins / "ana.ipynb").write_text(answered(RIGHT, row_3=6, everything=9), encoding="utf-8")
    checks(fields=FIELDS)
    before = grade(hand_ins, "~/marks.csv", checks="~/checks", progress=False)
    assert (tmp_path / "marks.csv").exists() and (tmp_path / "marks").is_dir()
    checks(fields=FIELDS.replace("16", "6").replace("19", "9"))
    assert grade(hand_ins, "~/marks.csv", checks="~/checks", progress=False) != before


def test_the_courses_own_checks_would_do_as_private_ones():
    """Whatever they ask an answer for first, it is not taken for a slip."""
    assert len(private.load(isolation.LIBRARY / "exercises")) > 30


def test_a_folder_of_checks_that_is_not_there(tmp_path):
    with pytest.raises(NotADirectoryError, match="none is no folder"):
        private.load(tmp_path / "none")


def test_what_the_key_is_worth_is_told(hand_ins, checks, tmp_path, monkeypatch):  # noqa: F811
    (hand_ins / "ana.ipynb").write_text(written(RIGHT), encoding="utf-8")
    folder = checks(code=CODE.replace("np.add.at(right, idx, dout)", "right[idx] = dout"))
    (folder / "numbers_of_mine.py").write_text("V, N = 9, 30")
    grade(hand_ins, tmp_path / "marks.csv", checks=folder, progress=False)
    page = (tmp_path / "marks" / "index.html").read_text(encoding="utf-8")
    assert "key has 0 of 2 points in gradient_by_product: Not yet" in page
    (tmp_path / "marks.csv").unlink()
    monkeypatch.setattr(grading, "key", lambda stem: written(None))
    with pytest.raises(ValueError, match="key has 0 of 2 points in lookup_by_hand on this machine"):
        grade(hand_ins, tmp_path / "marks.csv", progress=False)
    assert not (tmp_path / "marks.csv").exists()


@needs_bubblewrap
def test_a_folder_that_students_could_read_is_refused(hand_ins, tmp_path):  # noqa: F811
    (hand_ins / "ana.ipynb").write_text(written(RIGHT), encoding="utf-8")
    with pytest.raises(ValueError, match="students' code could read"):
        grade(hand_ins, tmp_path / "marks.csv", checks=isolation.LIBRARY / "exercises")


def test_marks_use_other_numbers_than_the_page():
    """The seeds differ, and with them sizes: no answer that knows a page's numbers is right."""
    assert 0 not in SEEDS and len(SEEDS) == len(set(SEEDS))
    seen = []

    def spy(answer, rng):
        seen.append(rng.integers(1000))
        yield 0, 0

    from w2vlib.exercises.exercise import Code

    for seed in (0, *SEEDS):
        Code(spy).judge(lambda: None, seed)
    assert len(set(seen)) == 1 + len(SEEDS)
    assert find(NAME).judge(None).state == "unwritten"
