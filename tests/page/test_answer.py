"""The form of an exercise: answers at once, in the words of the library, by keyboard, too."""

import base64
import json
import re

from w2vlib.exercises import check
from w2vlib.exercises.exercise import Choice, Fields, Number, Numbers, Shape, Word
from w2vlib.page.answer import Answer
from w2vlib.page.faces import bundle

EXERCISE = Fields(
    number=Number(1280, {320: "those are numbers: each has 4 bytes."}, label="bytes"),
    share=Number(0.91, {1.1: "that is old over new."}, tolerance=0.005),
    percent=Number(91, {0.91: "that is the share."}, percent=True),
    several=Numbers([[1, 1], [3, 3]], {((1, 1), (1, 1)): "sum its rows."}),
    parts=Numbers([0.25, 0.75], tolerance=0.006),
    shape=Shape((3, 2), {(2, 3): "that is its transpose."}),
    word=Word(["log", "logarithm"], {"exp": "the other way round."}),
    choice=Choice(["error", "wrong numbers"], "error", {"wrong numbers": "look at N."}),
)
TEXTS = r"""1280;1,280;1 280;1_280;1280.0;1.28e3;+1280;1280.05;1281;320;320.0;12;-3;−3;2560/2;
128*10;0;0.91;10/11;.905;0.9;1.1;91%;91 %;1,5;1.2.3;3/0;1e999;1e999*0;2**3;
1280^1;5*2**8;10**999;-2**2;2**3**2;;...;  ;.;x;six;<b>&amp;;
nan;inf;(3, 2);3, 2;3,2;3 x 2;3x2;3×2;[3, 2];(3, 2,);3 2;2, 3;(2,3);(3,);3;3, 2, 1;[];,;
(10,000, 100);6/2, 4/2;[[1, 1], [3, 3]];[[1,1],[3,3]];(1,1),(3,3);
4.8 GB;844,800 bytes;12 MB/s;3 x;1.2e;log 3;ln(2);2 SQRT(3);3 pi;
spin;log 2, log 3;4 bytes, 8 bytes;
1 1 3 3;1, 1, 1, 1;[[1 1] [1 1]];1,1,3;1,1,3,2;
1, 1, 3, 4; 1 ,1 , 3,3;1, a;１;١;log; `LOG` ;"logarithm";the log;exp;EXP.;error;
0,23; -0,231 ;0,25, 0,75;0,25 -0,75;(1,5, 2);0,2, x;25, 75;24,75;25, 80;
25%, 75%;wrong numbers;log  log;null;undefined;{"a": 1};\;$1"""
TEXTS = TEXTS.replace("\n", "").split(";")


def shown(exercise, **given):
    """The exercise as `check` shows it."""
    labels = {name: it.label or name for name, it in exercise.items()}
    expected = {name: it.data() for name, it in exercise.items()}
    return Answer("trial", exercise.judge(**given), labels, expected, given)


def test_page_and_library_say_the_same(alive):
    page = alive(shown(EXERCISE))
    told = page.evaluate(
        """texts => {
            const root = document.querySelector(".w2v-answer"), said = [];
            const inputs = [...root.querySelectorAll("input")];
            for (const text of texts) {
                for (const input of inputs) input.value = text;
                root.querySelector("button").click();
                said.push(inputs.map(input => {
                    const status = input.closest("p").querySelector("[role=status]");
                    return [status.className.slice(4), status.textContent];
                }));
            }
            return said;
        }""",
        TEXTS,
    )
    fields = [field for field in EXERCISE.values() if not isinstance(field, Choice)]
    states = set()
    for text, verdicts in zip(TEXTS, told):
        for field, verdict in zip(fields, verdicts):
            assert tuple(verdict) == field.judge(text), (text, field.kind)
            states.add((field.kind, verdict[0]))
    assert len(states) == 3 * len({field.kind for field in fields})


def test_by_keyboard_on_a_phone(alive):
    page = alive(shown(EXERCISE), viewport={"width": 390, "height": 844})
    page.evaluate("addEventListener('w2v-answer', ({ detail }) => { globalThis.told = detail; })")
    page.get_by_label("bytes").focus()
    page.keyboard.type("320")
    page.keyboard.press("Enter")
    first = page.locator("[data-field=number]").get_by_role("status")
    assert first.inner_text() == "Not yet: those are numbers: each has 4 bytes."
    assert page.get_by_label("bytes").get_attribute("aria-invalid") == "true"
    assert page.evaluate("told") == {"name": "trial", "right": 0}
    page.get_by_label("choice").select_option("error")
    for label, text in [
        ("bytes", "1,280"),
        ("share", "0.91"),
        ("percent", "91 %"),
        ("several", "1 1 3 3"),
        ("parts", "25% 75%"),
        ("shape", "3 x 2"),
        ("word", "Log"),
    ]:
        page.get_by_label(label).fill(text)
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check"
    page.keyboard.press("Space")
    assert page.evaluate("told.right") == len(EXERCISE)
    assert page.locator(".w2v-right").count() == len(EXERCISE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_expected_values_travel_and_do_not_show():
    html = shown(Fields(n=Number(1234567.891, {76543: "no."}))).page()
    encoded = re.search(r'data-expected="([^"]*)"', html)[1]
    assert "1234568" not in html and "76543" not in html
    data = json.loads(base64.b64decode(encoded))["n"]
    assert data["right"] == 1234568 and data["mistakes"] == [[76543, "no."]]


def test_given_answers_are_shown_and_judged(alive):
    thing = shown(EXERCISE, number=320, shape="(3, 2)", word="<b>", choice="error")
    html = thing.page()
    assert 'class="w2v-wrong">Not yet: those are numbers' in html and "<b>" not in html
    page = alive(thing)
    assert page.get_by_label("bytes").input_value() == "320"
    assert page.get_by_label("choice").input_value() == "error"
    assert page.locator(".w2v-right").count() == 2


def test_what_was_given_stands_though_no_field_can_show_it(alive):
    thing = shown(EXERCISE, number=None, shape=["2"] * 40, word="<b>", choice="neither")
    page = alive()
    page.evaluate(
        """html => {
            const was = { number: "1", shape: "2", word: "3", choice: "error", share: "0.91" };
            globalThis.w2vKept = { answers: () => was, answer() {} };
            document.body.innerHTML = html;
            w2v.mount(document);
        }""",
        thing.page(),
    )
    values = [page.get_by_label(it).input_value() for it in ("bytes", "shape", "word", "choice")]
    assert values == ["", "", "<b>", ""]
    page.get_by_role("button", name="Check").click()
    for field in "number", "shape", "word", "choice":
        status = page.locator(f"[data-field={field}] [role=status]")
        assert status.inner_text() == thing.verdicts[field].said
    assert page.locator("[data-field=share] .w2v-right").count() == 1  # kept, and the cell has dots


def test_code_that_is_right_is_done(alive):
    html = check("gradient_by_product", ...).page()
    assert "data-right" not in html and 'class="w2v-unwritten">Not written yet' in html
    page = alive()
    page.evaluate("globalThis.w2vKept = { done(name) { this.name = name; }, isDone: () => false }")
    page.evaluate(
        "html => { document.body.innerHTML = html; w2v.mount(document); }",
        Answer("twice", {"": ("right", "Right.")}).page(),
    )
    assert page.evaluate("w2vKept.name") == "twice"


def test_without_scripts_there_are_blanks(chromium):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.set_content(shown(EXERCISE).page() + f"<script>{bundle()}</script>")
    assert page.locator("input, button, select").count() == 0
    assert page.locator("[data-field=number]").inner_text() == "bytes ______"
    page.context.close()
