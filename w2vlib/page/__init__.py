"""What a page of the course shows and does: drawings, things to drag, quizzes, answers."""

from w2vlib.page.chances import Chances
from w2vlib.page.drawing import Diagram
from w2vlib.page.explore import Explore
from w2vlib.page.neighbours import Neighbours
from w2vlib.page.playground import Playground
from w2vlib.page.quiz import Predict, Quiz
from w2vlib.page.road import Road
from w2vlib.page.row_sparse import RowSparse
from w2vlib.page.valley import Valley
from w2vlib.page.word_map import WordMap
from w2vlib.table import Table

__all__ = [
    "Chances",
    "Diagram",
    "Explore",
    "Neighbours",
    "Playground",
    "Predict",
    "Quiz",
    "Road",
    "RowSparse",
    "Table",
    "Valley",
    "WordMap",
]
