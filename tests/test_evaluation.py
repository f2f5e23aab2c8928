"""w2vlib.evaluation: WordVectors against plain definitions, gensim and SciPy."""

import warnings

import numpy as np
import pytest

from w2vlib import Vocabulary, WordVectors
from w2vlib.cosines import best_answers
from w2vlib.evaluation import AnalogyScore, PairScore, average_ranks, normalize, spearman
from w2vlib.questions import DATA, read_analogies, read_word_pairs

COMPASS = ["north", "north-east", "east", "south", "nowhere"]
DIRECTIONS = np.float32([[0, 2], [3, 3], [1, 0], [0, -5], [0, 0]])


@pytest.fixture
def compass():
    return WordVectors(DIRECTIONS, COMPASS)


@pytest.fixture(scope="module")
def both():
    """The same random vectors as ours and as gensim's, for words that the shipped sets ask for."""
    models = pytest.importorskip("gensim.models", reason="gensim is not installed")
    rng = np.random.default_rng(0)
    family = read_analogies()["family"]
    words = {word for question in family[::2] for word in question}
    words |= {w for a, b, _ in read_word_pairs()[::2] for w in (a, b)}
    words = sorted(words)
    vectors = rng.normal(size=(len(words), 20)).astype(np.float32)
    # Family words lie close together, husband to wife as brother to sister, so that some are right.
    place = {word: i for i, word in enumerate(words)}
    gender = 2 * rng.normal(size=20)
    for man, woman, _, _ in family:
        if man in place and woman in place:
            vectors[place[woman]] = vectors[place[man]] + gender + rng.normal(size=20)
    theirs = models.KeyedVectors(20)
    theirs.add_vectors(words, vectors)
    return WordVectors(vectors, words), theirs


def same_answers(ours, theirs):
    assert [word for word, _ in ours] == [word for word, _ in theirs]
    assert np.allclose([c for _, c in ours], [c for _, c in theirs], atol=1e-6)


# Building -----------------------------------------------------------------------------------------


def test_lookup(compass):
    assert len(compass) == 5
    assert "east" in compass and "west" not in compass
    assert list(compass) == COMPASS and dict(zip(compass, compass.vectors, strict=True))
    assert (compass["north-east"] == [3, 3]).all()
    assert compass.vectors.dtype == np.float32
    assert repr(compass) == "WordVectors(5 words, 2 dimensions)"


def test_takes_a_vocabulary_or_words():
    vocabulary = Vocabulary(COMPASS)
    assert WordVectors(DIRECTIONS, vocabulary).vocabulary is vocabulary
    assert list(WordVectors(DIRECTIONS, iter(COMPASS)).vocabulary) == COMPASS


def test_keeps_a_copy_that_training_does_not_change():
    W = DIRECTIONS.copy()
    wv = WordVectors(W, COMPASS)
    W[0] = 7
    assert (wv["north"] == [0, 2]).all()
    with pytest.raises(ValueError, match="read-only"):
        wv.vectors[0] = 7


def test_float64_becomes_float32():
    assert WordVectors(DIRECTIONS.astype(np.float64), COMPASS).vectors.dtype == np.float32


@pytest.mark.parametrize(
    "vectors, error, complaint",
    [
        (
            DIRECTIONS[:4],
            ValueError,
            r"vectors has shape \(4, 2\), but vocabulary has 5 words: give one row",
        ),
        (DIRECTIONS[0], ValueError, "vectors has shape"),
        (DIRECTIONS[:, :0], ValueError, "vectors has shape"),
        (DIRECTIONS.astype(np.int64), TypeError, "vectors has dtype int64"),
        (DIRECTIONS.tolist(), TypeError, "vectors is a list"),
        (DIRECTIONS.astype(float) * 1e300, ValueError, "too large for float32"),
        (np.where(np.arange(5)[:, None] == 3, np.nan, DIRECTIONS), ValueError, "row 3"),
        (np.where(np.arange(5)[:, None] == 2, np.inf, DIRECTIONS), ValueError, "row 2"),
    ],
)
def test_bad_vectors(vectors, error, complaint):
    with pytest.raises(error, match=complaint):
        WordVectors(vectors, COMPASS)


def test_bad_words():
    with pytest.raises(ValueError, match="'north'"):
        WordVectors(DIRECTIONS, ["north"] * 5)
    with pytest.raises(TypeError, match="one string"):
        WordVectors(DIRECTIONS, "words")
    with pytest.raises(TypeError, match="list in the order of the ids, but is a dict"):
        WordVectors(DIRECTIONS, dict.fromkeys(COMPASS))


# Similarity ---------------------------------------------------------------------------------------


def test_several_words_and_words_that_are_not_there(compass):
    assert (compass[["east", "north"]] == DIRECTIONS[[2, 0]]).all()
    assert compass[[]].shape == (0, 2)
    assert (compass.get("east") == [1, 0]).all()
    assert compass.get("west") is None and compass.get("west", 7) == 7
    assert compass.get(["east"]) is None
    with pytest.raises(KeyError, match="'west'"):
        compass[["east", "west"]]
    for word in 0, None, ("east", "north"), compass["north"]:
        with pytest.raises(TypeError, match="word must be one string, but is"):
            compass[word]


def test_similarity_is_the_cosine(compass):
    assert compass.similarity("north", "east") == 0
    assert compass.similarity("north", "south") == -1
    assert compass.similarity("north", "north-east") == pytest.approx(np.sqrt(0.5))
    assert type(compass.similarity("north", "east")) is float


def test_a_zero_vector_is_similar_to_nothing(compass):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (compass.unit[4] == 0).all()
        assert compass.similarity("nowhere", "north") == 0
        assert [cosine for _, cosine in compass.most_similar("nowhere")] == [0] * 4


def test_unit_is_computed_once(compass):
    assert compass.unit is compass.unit
    assert compass.unit.dtype == np.float32
    assert np.allclose(np.linalg.norm(compass.unit[:4], axis=1), 1)


def test_normalize_holds_at_both_ends_of_float32():
    for scale in (1e-30, 1e30):
        assert np.allclose(normalize(np.float32([[3, 4]]) * np.float32(scale)), [[0.6, 0.8]])


def test_most_similar(compass):
    same_answers(
        compass.most_similar("north"),
        [("north-east", np.sqrt(0.5)), ("east", 0), ("nowhere", 0), ("south", -1)],
    )
    assert len(compass.most_similar("north", topn=2)) == 2
    assert len(compass.most_similar("north", topn=99)) == 4


def test_most_similar_to_a_vector_leaves_no_word_out(compass):
    same_answers(compass.most_similar([0, 9], topn=2), [("north", 1), ("north-east", np.sqrt(0.5))])
    assert compass.most_similar(compass["south"], topn=1)[0][0] == "south"


def test_most_similar_equals_sorting_everything():
    rng = np.random.default_rng(3)
    wv = WordVectors(rng.normal(size=(500, 8)), map(str, range(500)))
    unit = wv.vectors / np.linalg.norm(wv.vectors, axis=1, keepdims=True)
    for topn in (1, 10, 499):
        order = np.argsort(-(unit @ unit[7]))[1 : topn + 1]
        assert [word for word, _ in wv.most_similar("7", topn)] == [str(i) for i in order]


def test_analogy(compass):
    assert compass.analogy("north", "north-east", "south", topn=1)[0][0] == "east"


def test_analogy_adds_unit_vectors():
    rng = np.random.default_rng(4)
    wv = WordVectors(
        rng.normal(size=(50, 8)) * rng.uniform(1, 9, size=(50, 1)), map(str, range(50))
    )
    a, b, c = wv.unit[:3]
    cosines = wv.unit @ (b - a + c) / np.linalg.norm(b - a + c)
    order = [i for i in np.argsort(-cosines) if i > 2]
    same_answers(wv.analogy("0", "1", "2", 10), [(str(i), cosines[i]) for i in order[:10]])


def test_analogy_leaves_out_its_question(compass):
    words = [word for word, _ in compass.analogy("north", "east", "north", topn=9)]
    assert sorted(words) == ["north-east", "nowhere", "south"]
    two = WordVectors(DIRECTIONS[:2], COMPASS[:2])
    assert two.analogy("north", "north-east", "north") == []


def test_unknown_words_come_with_suggestions(compass):
    for ask in (
        lambda: compass["nort"],
        lambda: compass.similarity("north", "nort"),
        lambda: compass.most_similar("nort"),
        lambda: compass.analogy("south", "nort", "east"),
    ):
        with pytest.raises(KeyError, match="'nort' is not in the vocabulary.*'north'"):
            ask()


@pytest.mark.parametrize(
    "word, topn, error, complaint",
    [
        ([1, 2, 3], 1, ValueError, r"word has shape \(3,\): it should be \(2\)"),
        (DIRECTIONS, 1, ValueError, "word has shape"),
        ([], 1, ValueError, "word has shape"),
        ([1, np.nan], 1, ValueError, "word holds nan: give"),
        ([1, 1e39], 1, ValueError, "finite in float32"),
        (
            ["north", "east"],
            1,
            TypeError,
            r"word is \['north', 'east'\]: .*several are given as positive=",
        ),
        (
            ("north", "east"),
            1,
            TypeError,
            "word is .*: it should be one word or a vector of 2 numbers",
        ),
        ([["north"], ["east", "west"]], 1, TypeError, "it should be one word or a vector"),
        ({"north"}, 1, TypeError, "it should be one word or a vector"),
        (0, 1, TypeError, "word is 0: it should be one word or a vector"),
        (None, 1, TypeError, "word is None: it should be one word or a vector"),
        (b"north", 1, TypeError, "word is b'north': it should be one word or a vector"),
        ([True, False], 1, TypeError, "it should be one word or a vector"),
        ("north", 0, ValueError, "topn is 0"),
        ("north", -1, ValueError, "topn is -1"),
        ("north", 1.5, TypeError, "topn is 1.5"),
        ("north", True, TypeError, "topn is True"),
        ("north", None, TypeError, "topn is None"),
    ],
)
def test_bad_questions(compass, word, topn, error, complaint):
    with pytest.raises(error, match=complaint):
        compass.most_similar(word, topn)


def test_one_word_where_one_word_is_expected(compass):
    for ask in (
        lambda words: compass.similarity("north", words),
        lambda words: compass.similarity(words, "north"),
        lambda words: compass.analogy(words, "east", "south"),
        lambda words: compass.analogy("east", "south", words),
    ):
        for words in (["north", "east"], ("north", "east"), 0, None, compass["north"]):
            with pytest.raises(TypeError, match="word must be one string, but is"):
                ask(words)


def test_sums_of_words_and_vectors(compass):
    found = compass.most_similar(positive=["north", "east"], topn=1)
    same_answers(found, [("north-east", 1)])
    found = compass.most_similar("north", negative="south", topn=2)
    same_answers(found, [("north-east", 2**-0.5), ("east", 0)])
    found = compass.most_similar(positive=np.array([0, 9]), negative=[[0, 1], "east"], topn=1)
    same_answers(found, [("north", 0)])  # nearest to west: none is nearer
    assert compass.most_similar("north") == compass.most_similar(positive="north")
    assert compass.analogy("south", "north", "east") == compass.most_similar(
        positive=["north", "east"], negative=["south"], topn=5
    )


def test_neighbours_among_frequent_words(both):
    ours, theirs = both
    for word in "king", list(ours)[-1]:
        among = ours.most_similar(word, 5, restrict_vocab=40)
        same_answers(among, theirs.most_similar(word, topn=5, restrict_vocab=40))
        assert {w for w, _ in among} <= set(list(ours)[:40])
    assert len(ours.most_similar("king", 5, restrict_vocab=2)) == 2
    with pytest.raises(ValueError, match="restrict_vocab is 0"):
        ours.most_similar("king", restrict_vocab=0)


def test_products_of_cosines_equal_gensims(both):
    ours, theirs = both
    for question in read_analogies()["family"][:9]:
        a, b, c, _ = question
        if all(word in ours for word in (a, b, c)):
            found = ours.most_similar(positive=[b, c], negative=[a], method="3CosMul")
            expected = theirs.most_similar_cosmul([b, c], [a])
            assert [w for w, _ in found] == [w for w, _ in expected]
            assert np.allclose([s for _, s in found], [s for _, s in expected], rtol=0.01)
            assert ours.analogy(a, b, c, method="3CosMul") == found[:5]
    with pytest.raises(ValueError, match="method is 'mul': it should be '3CosAdd' or '3CosMul'"):
        ours.analogy("king", "love", "king", method="mul")


def test_analogies_by_products(both, tmp_path):
    ours, _ = both
    path = tmp_path / "questions"
    questions = [q for q in read_analogies()["family"] if all(w in ours for w in q)]
    path.write_text(": family\n" + "\n".join(map(" ".join, questions)))
    right = sum(ours.analogy(a, b, c, 1, method="3CosMul")[0][0] == d for a, b, c, d in questions)
    score = ours.evaluate_analogies(path, method="3CosMul")
    assert score.correct == right > 0
    with pytest.raises(ValueError, match="method is 'sum'"):
        ours.evaluate_analogies(path, method="sum")


def test_what_is_neither_a_word_nor_a_vector(compass):
    with pytest.raises(TypeError, match="positive is 3"):
        compass.most_similar(positive=3)


def test_the_word_that_does_not_match(both, compass):
    assert compass.doesnt_match(["north", "north-east", "south"]) == "south"
    assert compass.doesnt_match(iter(["north", "north-east", "south"])) == "south"
    ours, theirs = both
    words = list(ours)
    rng = np.random.default_rng(0)
    for _ in range(20):
        some = [words[i] for i in rng.choice(len(words), 5, replace=False)]
        assert ours.doesnt_match(some) == theirs.doesnt_match(some)
    with pytest.raises(ValueError, match="words is empty"):
        ours.doesnt_match([])
    with pytest.raises(KeyError, match="'west'"):
        compass.doesnt_match(["north", "west"])


def test_questions_need_no_second_matrix(both):
    ours = WordVectors(both[0].vectors, both[0].vocabulary)
    ours.most_similar("king"), ours.similarity("king", "love"), ours.doesnt_match(["king", "love"])
    ours.evaluate_word_pairs(), ours.evaluate_analogies()
    assert "unit" not in vars(ours)


def test_neighbours_of_integers_of_any_kind(compass):
    for kind in (np.uint8, np.int8, np.int64, np.float16):
        same_answers(compass.most_similar(np.array([0, 9], kind), 1), [("north", 1)])


def test_neighbours_equal_gensims(both):
    ours, theirs = both
    for word in list(ours.vocabulary)[:30]:
        same_answers(ours.most_similar(word), theirs.most_similar(word))
    vector = ours["king"] + ours["love"]
    same_answers(ours.most_similar(vector), theirs.similar_by_vector(vector))
    assert ours.similarity("king", "love") == pytest.approx(
        theirs.similarity("king", "love"), abs=1e-6
    )


def test_analogies_equal_gensims(both):
    ours, theirs = both
    for a, b, c in np.random.default_rng(5).choice(list(ours.vocabulary), size=(30, 3)):
        same_answers(
            ours.analogy(a, b, c), theirs.most_similar(positive=[b, c], negative=[a], topn=5)
        )


# Scores -------------------------------------------------------------------------------------------


def test_average_ranks():
    assert average_ranks([30, 10, 20, 10]).tolist() == [4, 1.5, 3, 1.5]
    assert average_ranks([5, 5, 5]).tolist() == [2, 2, 2]
    assert average_ranks([]).tolist() == []


def test_spearman_by_hand():
    assert spearman([1, 2, 3], [10, 20, 1000]) == 1
    assert spearman([1, 2, 3], [3, 2, 1]) == -1
    # Without ties it is 1 - 6 sum(d^2) / (n (n^2 - 1)); here d = -1, 1, 0, 0.
    assert spearman([1, 2, 3, 4], [2, 1, 3, 4]) == pytest.approx(1 - 6 * 2 / (4 * 15))


@pytest.mark.parametrize("x, y", [([], []), ([1], [2]), ([1, 1, 1], [1, 2, 3])])
def test_spearman_that_is_undefined(x, y):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(spearman(x, y))


def test_spearman_equals_scipys():
    stats = pytest.importorskip("scipy.stats", reason="SciPy is not installed")
    rng = np.random.default_rng(6)
    for n in (2, 5, 50, 500):
        x, y = rng.normal(size=n), rng.integers(0, n // 2 + 1, size=n)
        if len(set(y)) > 1:
            assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)
            assert average_ranks(y).tolist() == stats.rankdata(y).tolist()


def test_word_pairs(compass, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text(
        "word1\tword2\tscore\n# a comment\n\n"
        "North\tnorth-east\t9\nnorth\teast\t5\nnorth\tsouth\t1\nnorth\twest\t3\n"
    )
    score = compass.evaluate_word_pairs(path)
    assert score == PairScore(spearman=1.0, pairs=3, total=4)
    assert repr(score) == "Spearman 1.000 over 3 of 4 pairs"


def test_analogy_questions(compass, tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(
        ": turns\nNorth North-East South East\nnorth east south north-east\n: places\nnorth a b c\n"
    )
    score = compass.evaluate_analogies(path)
    assert score[:4] == (0.5, 1, 2, 3)
    assert score.sections["turns"] == AnalogyScore(0.5, 1, 2, 2)
    assert score.sections["places"][1:4] == (0, 0, 1)
    assert np.isnan(score.sections["places"].accuracy)
    assert repr(score) == (
        "50.0% (1 of 2; 3 in all)\n  turns   50.0% (1 of 2; 2 in all)\n"
        "  places  no score (0 of 0; 1 in all)"
    )


def test_an_answer_is_none_of_the_words_asked(tmp_path):
    path = tmp_path / "questions.txt"
    path.write_text(": s\na b c a\nb c a b\nc a b c\n")
    three = WordVectors(np.eye(3, dtype=np.float32), ["a", "b", "c"])  # which leaves no answer
    assert three.evaluate_analogies(path)[:4] == (0, 0, 3, 3)


def test_case_is_ignored_on_both_sides(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("BANK\tRiver\t1\nbank\train\t2\n")
    wv = WordVectors(DIRECTIONS[:4], ["Bank", "rain", "bank", "RIVER"])
    # 'Bank' comes first, so it is the more frequent: its cosines are -1 with RIVER, .7 with rain.
    assert wv.evaluate_word_pairs(path) == (1.0, 2, 2)


def test_answers_in_any_case_are_right(tmp_path):
    """As gensim counts: the nearest word may be in another case, as may those of the question."""
    path = tmp_path / "questions.txt"
    path.write_text(": family\nMan Woman King Queen\nwoman man queen king\nman king woman queen\n")
    words = ["man", "Man", "woman", "king", "KING", "Queen", "queen", "other"]
    rng = np.random.default_rng(8)
    seen = set()
    for _ in range(30):
        vectors = rng.normal(size=(8, 3)).astype(np.float32)
        score = WordVectors(vectors, words).evaluate_analogies(path)
        models = pytest.importorskip("gensim.models", reason="gensim is not installed")
        theirs = models.KeyedVectors(3)
        theirs.add_vectors(words, vectors)
        _, sections = theirs.evaluate_word_analogies(path)
        assert score.covered == 3
        assert score.correct == len(sections[0]["correct"])
        seen.add(score.correct)
    assert len(seen) > 2


def test_an_empty_path_is_no_default(compass):
    for evaluate in (compass.evaluate_word_pairs, compass.evaluate_analogies):
        with pytest.raises(ValueError, match="path is empty"):
            evaluate("")
        with pytest.raises(TypeError, match="path must be a string or a Path, but is False"):
            evaluate(False)


def test_nothing_covered_is_no_score():
    wv = WordVectors(DIRECTIONS, ["v", "w", "x", "y", "z"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pairs, analogies = wv.evaluate_word_pairs(), wv.evaluate_analogies()
    assert np.isnan(pairs.spearman) and pairs[1:] == (0, 353)
    assert repr(pairs) == "no score over 0 of 353 pairs"
    assert np.isnan(analogies.accuracy) and analogies[1:4] == (0, 0, 19544)


def test_word_pairs_equal_gensims(both):
    ours, theirs = both
    score = ours.evaluate_word_pairs()
    _, spearman, unknown = theirs.evaluate_word_pairs(DATA / "wordsim353.tsv")
    assert score.spearman == pytest.approx(spearman.statistic, abs=1e-4)
    assert 100 * (1 - score.pairs / score.total) == pytest.approx(unknown)


def test_analogy_score_equals_gensims(both):
    ours, theirs = both
    score = ours.evaluate_analogies()
    accuracy, sections = theirs.evaluate_word_analogies(DATA / "questions-words.txt")
    assert 20 < score.correct < score.covered < score.total == 19544
    assert score.accuracy == pytest.approx(accuracy)
    for section in sections[:-1]:
        mine = score.sections[section["section"]]
        assert mine.correct == len(section["correct"])
        assert mine.covered == len(section["correct"]) + len(section["incorrect"])


def test_blocks_change_no_answer(both):
    ours, _ = both
    questions = np.random.default_rng(7).integers(0, len(ours), size=(100, 3))
    spelling = np.arange(len(ours))

    def scores(some, among):
        a, b, c = ours.unit[questions[some].T]
        return (b - a + c) @ ours.unit[among].T

    one_by_one = best_answers(scores, questions, spelling, rows=1, words=len(ours))
    for rows, words in (7, 10), (100, 1), (1, 7):
        assert (best_answers(scores, questions, spelling, rows, words) == one_by_one).all()
    assert (best_answers(scores, questions, spelling) == one_by_one).all()
    for (a, b, c), answer in zip(questions, one_by_one, strict=True):
        a, b, c = map(ours.vocabulary.word, (a, b, c))
        assert ours.analogy(a, b, c, topn=1)[0][0] == ours.vocabulary.word(answer)
