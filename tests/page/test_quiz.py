"""Quizzes: every answer is there, one is right, and each says something."""

import pytest

from w2vlib.page.quiz import Predict, Quiz

QUIZ = Quiz(
    ("Why < this?", {"because": "It is so.", "by chance": 'No "chance" here.', "no idea": "Read."}),
    ("And that?", {"yes": "Indeed.", "no": "It is."}),
)


def test_all_answers_are_there_and_one_is_right():
    html = QUIZ._repr_html_()
    assert html.count("<fieldset>") == 2 == html.count("data-right=")
    assert html.count('type="radio"') == 5 == html.count("data-say=")
    assert "1. Why &lt; this?" in html
    assert 'data-say="Right. It is so." data-right="yes"> because</label>' in html
    assert 'data-say="Not quite. No &quot;chance&quot; here."> by chance</label>' in html


def test_the_order_does_not_change_and_does_not_tell():
    assert QUIZ._repr_html_() == QUIZ._repr_html_()
    firsts = []
    for n in range(30):
        html = Quiz((f"q{n}", {f"right {n}": "a", f"wrong {n}": "b"}))._repr_html_()
        firsts.append(html.index("data-right") < html.index("Not quite"))
    assert 5 < sum(firsts) < 25


def test_a_question_needs_a_choice():
    with pytest.raises(ValueError, match="'Well\\?' has 1 answers"):
        Quiz(("Well?", {"yes": "ok"}))


def test_a_prediction_reveals_the_answer_whatever_one_chooses():
    predict = Predict("How often?", {"twice": "Once for each id.", "once": "No id is lost."})
    html = predict._repr_html_()
    assert repr(predict) == "Predict" and html.count("<fieldset>") == 1
    assert 'class="w2v-predict" id="predict-' in html
    assert "<legend><strong>Predict.</strong> How often?</legend>" in html
    assert 'data-say="Right. Once for each id." data-right="yes"> twice' in html
    said = "Not quite. No id is lost. The answer is: twice. Once for each id."
    assert f'data-say="{said}"> once' in html
