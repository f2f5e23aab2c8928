"""What commands are tried on: a small text, and vectors that point four ways."""

import numpy as np
import pytest
from running import TEXT

from w2vlib import WordVectors


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    return str(path)


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "compass.txt"
    words = ["north", "north-east", "east", "south"]
    WordVectors(np.float32([[0, 2], [3, 3], [1, 0], [0, -5]]), words).save(path)
    return str(path)
