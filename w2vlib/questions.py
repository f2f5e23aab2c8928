"""What word vectors are asked: pairs of words that people compared, and analogies."""

import math
import re
from pathlib import Path

from w2vlib import reading

__all__ = ["read_analogies", "read_word_pairs"]

# A number, whatever its decimal point, or what stands where one is missing.
NO_NAME = r"[-+.,?]*(\d|(nan|inf|infinity|n/?a|null|none)?$)"

DATA = Path(__file__).with_name("data")


def read_word_pairs(path=None):
    """Read lines "word1 <tab> word2 <tab> score" -> list of (word1, word2, score), lower case.

    In a line without tabs blanks part the columns. Blank lines, lines that start with "#" and a
    first line that names the columns, so that its last is no number, are passed over.

    path: a UTF-8 text of at most 10 million characters, plain or compressed; None is WordSim-353.
    Raises ValueError, with the line, for anything else.
    Source: WordSim-353, Finkelstein et al. 2002.

    >>> pairs = read_word_pairs()
    >>> len(pairs), pairs[0]
    (353, ('love', 'sex', 6.77))
    """
    path = DATA / "wordsim353.tsv" if path is None else path
    pairs, first = [], None
    for number, line in reading.lines(path):
        first = first or number
        columns = line.lower().rsplit("\t" if "\t" in line else None, 3)  # of a long line no more
        columns = [column.strip() for column in columns]
        if number == first and len(columns) > 2 and not re.match(NO_NAME, columns[-1]):
            continue  # the columns' names
        try:
            a, b, score = columns
            score = float(score)
        except ValueError:
            a = b = score = ""
        if not (a and b and math.isfinite(score)):
            raise ValueError(
                f"{path}, line {number}: expected three columns, word, word and score (a number), "
                f"parted by tabs or blanks; found {line[:60]!r}"
            )
        pairs.append((a, b, score))
    if not pairs:
        raise ValueError(f"{path}: no pairs found; expected lines 'word1 <tab> word2 <tab> score'")
    return pairs


def read_analogies(path=None):
    """Read lines "a b c d" under ": section" -> {section: list of (a, b, c, d)}, lower case.

    Blank lines and lines that start with "#" are passed over.

    path: a UTF-8 text of at most 10 million characters, plain or compressed; None is Google's set.
    Raises ValueError, with the line, for anything else.
    Source: Mikolov et al. 2013a, section 4.1.

    >>> sections = read_analogies()
    >>> len(sections), sections["family"][0]
    (14, ('boy', 'girl', 'brother', 'sister'))
    """
    path = DATA / "questions-words.txt" if path is None else path
    sections, questions = {}, None
    for number, line in reading.lines(path):
        if line.startswith(":"):
            questions = sections.setdefault(line[1:].strip(), [])
            continue
        words = tuple(line.lower().split(None, 4))
        if questions is None or len(words) != 4:
            raise ValueError(
                f"{path}, line {number}: expected four words under a line ': section'; "
                f"found {line[:60]!r}"
            )
        questions.append(words)
    if not any(sections.values()):
        raise ValueError(f"{path}: no questions found; expected ': section' and lines 'a b c d'")
    return sections
