"""Commands that ask vectors what they know, and `convert`, which writes them in another format."""

import sys

from w2vlib import check, files
from w2vlib.commands.arguments import (
    BINARY,
    LOADING,
    STDIN,
    WRITTEN,
    add_loading,
    check_read_once,
    check_replaces,
    command,
    flag,
    load,
    read_from,
    save,
    word,
    write_to,
)
from w2vlib.console import WRONG, say
from w2vlib.cosines import METHODS
from w2vlib.questions import read_analogies, read_word_pairs
from w2vlib.vocabulary import UnknownWord

LINES = "without them, from standard input; each answer then begins with its line"
SIMILAR = f"""\
List the words nearest to each word, with their cosines: lines 'word <tab> neighbour <tab> cosine'.
Words come from the command line or, a word a line, {LINES}.
"""
ANALOGY = f"""\
Answer: A is to B as C is to what? Three words come from the command line or, three a line, {LINES}.
"""
DOESNT_MATCH = f"""\
Name the word that fits least among others, which come from the command line or, a set a line,
{LINES}.
"""
CONVERT = """\
Write vectors in another format: text or binary, plain or compressed, GloVe's, or a matrix that is
mapped (.npy). Words with blanks go into a text and into .npy.
"""
PAIRS = "lines 'word1 <tab> word2 <tab> score' (default: WordSim-353)"
ANALOGIES = "lines 'a b c d' under lines ': section' (default: Google's set)"
METHOD = "add cosines or multiply them (default: %(default)s)"
RESTRICT = "neighbours among the first N words only (default: all)"

# The options of commands that take words, and whether a value follows.
OPTIONS = {"-h": False, "--help": False} | dict.fromkeys(
    ["--topn", "--method", "--restrict-vocab", *map(flag, LOADING)], True
)
WITH_WORDS = ("similar", "analogy", "doesnt-match")


def add(commands):
    """The commands, for a parser."""
    says = "list the words nearest to a word"
    option = _about_words(commands, similar, "similar", says, SIMILAR)
    option("--topn", type=int, default=10, metavar="N", help="neighbours (default: 10)")
    option("--restrict-vocab", type=int, metavar="N", help=RESTRICT)

    says = "answer: A is to B as C is to what?"
    option = _about_words(commands, analogy, "analogy", says, ANALOGY, "A B C")
    option("--topn", type=int, default=5, metavar="N", help="answers, best first (default: 5)")
    option("--method", choices=METHODS, default="3CosAdd", help=METHOD)

    says = "name the word that fits least among others"
    _about_words(commands, doesnt_match, "doesnt-match", says, DOESNT_MATCH)

    says = "score vectors on word pairs and on analogies"
    option = command(commands, evaluate, "evaluate", says).add_argument
    add_loading(option)
    option("--pairs", type=read_from, metavar="FILE", help=PAIRS)
    option("--analogies", type=read_from, metavar="FILE", help=ANALOGIES)
    option("--method", choices=METHODS, default="3CosAdd", help=METHOD)

    says = "write vectors in another format"
    parser = command(commands, convert, "convert", says, CONVERT)
    option = parser.add_argument
    add_loading(option)
    option("-o", "--output", type=write_to, metavar="FILE", required=True, help=WRITTEN)
    option = parser.add_mutually_exclusive_group().add_argument
    option("--binary", action="store_true", help=f"{BINARY} (default: text)")
    option("--glove", action="store_true", help="write a text without a first line (default: with)")


def _about_words(commands, run, name, says, description, words="WORD"):
    """Add a command that asks about words -> what adds options to it."""
    option = command(commands, run, name, says, description).add_argument
    add_loading(option)
    option("words", type=word, metavar=words, nargs="*")
    return option


def similar(args):
    """Neighbours of words."""
    check.whole(args.topn, "--topn")

    def ask(wv, words):
        answers = wv.most_similar(words[0], args.topn, restrict_vocab=args.restrict_vocab)
        return [f"{neighbour}\t{cosine:.3f}" for neighbour, cosine in answers]

    return _answer(args, ask, [[word] for word in args.words], lambda line: [line], True)


def analogy(args):
    """Answers to analogies."""
    check.whole(args.topn, "--topn")

    def three(words):
        if len(words) != 3:
            raise ValueError(f"an analogy takes three words, A B C, not {len(words)}")
        return words

    def ask(wv, words):
        answers = wv.analogy(*three(words), args.topn, method=args.method)
        return [f"{answer}\t{score:.3f}" for answer, score in answers]

    return _answer(args, ask, [three(args.words)] if args.words else [])


def doesnt_match(args):
    """The odd one out."""
    return _answer(
        args, lambda wv, words: [wv.doesnt_match(words)], [args.words] if args.words else []
    )


def _answer(args, ask, questions, words_of=str.split, told=False):
    """Print what `ask` says to questions, lists of words; if there are none, to lines of stdin.

    told: whether each answer begins with its question, as it does to lines. A line that has no
    answer is told, and the others are answered.
    """
    check_read_once(args.vectors, *([] if questions else [STDIN]))
    wv = load(args)
    answers = [(" ".join(words), ask(wv, words)) for words in questions]  # all, or none is printed
    for question, found in answers:
        for answer in found:
            print(*[question] * told, answer, sep="\t")
    code = 0
    for line in [] if questions else _lines():
        try:
            for answer in ask(wv, words_of(line)):
                print(line, answer, sep="\t", flush=True)
        except (UnknownWord, ValueError) as error:
            say(f"error: {error}")
            code = WRONG
    return code


def _lines():
    """The lines of standard input that are not blank, each as soon as it is there."""
    if sys.stdin is None:
        raise ValueError("standard input is closed: give words in the command line")
    return filter(None, map(str.strip, sys.stdin))


def evaluate(args):
    """Scores of vectors."""
    check_read_once(args.vectors, args.pairs, args.analogies)
    for read, path in ((read_word_pairs, args.pairs), (read_analogies, args.analogies)):
        if path is not None and not files.is_stream(files.find(path)):
            read(path)  # now: reading the vectors may take long
    wv = load(args)
    pairs = wv.evaluate_word_pairs(args.pairs)
    analogies = wv.evaluate_analogies(args.analogies, method=args.method)
    print(f"word pairs: {pairs!r}")
    print(f"analogies: {analogies!r}")
    return 0


def convert(args):
    """Vectors in another format."""
    files.check_writable(args.output, "--output")
    check_replaces({"--output": args.output}, [args.vectors], "vectors")
    wv = load(args)
    save(wv, args.output, binary=args.binary, header=not args.glove)
    say(f"wrote {len(wv):,} vectors of {wv.vectors.shape[1]} numbers to {args.output}")
    return 0
