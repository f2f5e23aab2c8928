"""Quizzes: every answer is there, one is right, and each says something."""

import pytest

from w2vlib.page.quiz import Predict, Quiz

QUIZ = Quiz(
    ("Why < this?", {"because": "It is so.", "by chance": 'No "chance" here.', "no idea": "Read."}),
    ("And that?", {"yes": "Indeed.", "no": "It is."}),
)


def test_all_answers_are_there_and_one_is_right():
    html = QUIZ.page()
    assert html.count("<fieldset>") == 2 == html.count("data-right=")
    assert html.count('type="radio"') == 5 == html.count("data-say=")
    assert "1. Why &lt; this?" in html
    assert 'data-say="Right. It is so." data-right="yes"> because</label>' in html
    assert 'data-say="Not quite. No &quot;chance&quot; here."> by chance</label>' in html


def test_the_order_does_not_change_and_does_not_tell():
    assert QUIZ.page() == QUIZ.page()
    firsts = []
    for n in range(30):
        html = Quiz((f"q{n}", {f"right {n}": "a", f"wrong {n}": "b"})).page()
        firsts.append(html.index("data-right") < html.index("Not quite"))
    assert 5 < sum(firsts) < 25


def test_a_question_needs_a_choice():
    with pytest.raises(ValueError, match="answers of 'Well\\?' are 1"):
        Quiz(("Well?", {"yes": "ok"}))
    with pytest.raises(ValueError, match="no question"):
        Quiz()
    for pair in "Well?", ("Well?", ["yes", "no"]), ("Well?", {1: "ok", 2: "no"}), ("Well?",):
        with pytest.raises(TypeError, match="should be a question and a dict"):
            Quiz(pair)


def test_a_prediction_reveals_the_answer_whatever_one_chooses():
    predict = Predict("How often?", {"twice": "Once for each id.", "once": "No id is lost."})
    html = predict.page()
    assert repr(predict) == "Predict" and html.count("<fieldset>") == 1
    assert 'class="w2v-predict" data-mount="quiz"' in html
    assert "<legend><strong>Predict.</strong> How often?</legend>" in html
    assert 'data-say="Right. Once for each id." data-right="yes"> twice' in html
    said = "Not quite. No id is lost. The answer is: twice. Once for each id."
    assert f'data-say="{said}"> once' in html


def test_an_answer_says_its_piece_and_tells_how_many_are_right(alive):
    page = alive(QUIZ)
    page.evaluate(
        "addEventListener('w2v-quiz', ({ detail }) => { globalThis.told = detail.right; })"
    )
    first, second = page.locator("fieldset").all()
    for label, said, right in [
        ("no idea", "Not quite. Read.", 0),
        ("because", "Right. It is so.", 1),
    ]:
        first.get_by_label(label).check()
        assert first.get_by_role("status").inner_text() == said
        assert page.evaluate("told") == right
    second.get_by_label("yes").check()
    assert page.evaluate("told") == 2 and page.locator("input:checked").count() == 2
