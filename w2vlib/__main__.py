"""The command line: python -m w2vlib train | similar | analogy | evaluate | ... (see --help)."""

import argparse
import functools
import itertools
import os
import sys
import tempfile
import warnings

from w2vlib import __version__, check, files, ledger, mapped
from w2vlib.console import (
    INTERRUPTED,
    exit_code,
    is_watched,
    noting_interrupts,
    say,
    show_any_character,
)
from w2vlib.corpus import load_corpus, text_files
from w2vlib.engines import ENGINES, settle, train
from w2vlib.evaluation import WordVectors
from w2vlib.phrases import join_phrases
from w2vlib.progress import DivergenceError
from w2vlib.questions import read_analogies, read_word_pairs

ARGUMENTS = train.__kwdefaults__

EXAMPLES = """\
examples:
  python -m w2vlib train default -o vectors.txt         the corpus that ships with the course
  python -m w2vlib train mytext.txt.gz --epochs 5 -o vectors.bin --binary
  python -m w2vlib similar vectors.txt king water
  python -m w2vlib analogy vectors.txt man king woman   man is to king as woman is to ...?
  python -m w2vlib doesnt-match vectors.txt rain snow king
  python -m w2vlib evaluate vectors.txt
  python -m w2vlib convert glove.txt -o vectors.bin --binary
  python -m w2vlib ledger --chart ledger.png            every stage of the course, timed

For the name of a file, - is standard input or output. Results go to stdout, progress and errors to
stderr. Exit code: 0 done; 2 something is wrong with the command or with a file, which one line
tells; 130 interrupted by Ctrl-C; 141 nobody reads the output any more, as after `| head`.
'python -m w2vlib COMMAND --help' explains the options of a command.
"""

TRAIN = """\
Train CBOW word vectors with negative sampling and write them as a word2vec file, which gensim and
fastText read too. Ctrl-C ends the training early and still writes what was learnt.
"""
LEDGER = """\
Run every stage of the course on this machine and print how many tokens a second each of them
trains on, with a vocabulary of 10,000 words: about a minute. Ctrl-C prints what is there by then.
"""
CORPUS = (
    "'default' (dictionary text of 1.8 million tokens, shipped), 'ptb' (the Penn Treebank, fetched "
    "once), or UTF-8 text with one sentence a line: files, plain or compressed, folders of files, "
    "or a pipe"
)
WRITTEN = (
    "where to write, compressed if the name ends in .gz, .bz2 or .xz; a former file is replaced"
)
OUTPUT = f"{WRITTEN} (default: %(default)s)"
TRAIN_OPTIONS = {
    "vector_size": (int, "numbers in a word vector"),
    "window": (int, "words looked at on each side"),
    "negative": (int, "negative samples for each word"),
    "power": (float, "draw negatives in proportion to count**X"),
    "epochs": (int, "passes over the corpus"),
    "subsample": (float, "thin out words that are more than this share of the text; 0: none"),
    "learning_rate": (float, "at the start; it falls to 0 at the end"),
    "threads": (int, "that an engine runs on which takes several"),
    "seed": (int, "the same seed gives the same vectors on the same machine"),
}
CORPUS_OPTIONS = {
    "min_count": "rarer words become <unk> (default: 5 for a text of yours, else 1)",
    "max_vocab": "keep only so many words, the most frequent (default: all)",
}
TEXT_OPTIONS = {
    "lower": "put the text in lower case",
    "split_punctuation": "make words of the signs before and after a word, as in 'no!'",
    "nfc": "write letters with accents as one character each where Unicode has it (NFC)",
}
PHRASES = "join words that come together far more often than chance: new_york"
VECTORS = "a word2vec file, text or binary, plain or compressed"
PAIRS = "lines 'word1 <tab> word2 <tab> score' (default: WordSim-353)"
ANALOGIES = "lines 'a b c d' under lines ': section' (default: Google's set)"


OPTIONS = ("-h", "--help", "--topn")  # of the commands that take words


def main(argv=None):
    """Run one command (`argv`, or the command line's) and return its exit code."""
    show_any_character()
    return exit_code(functools.partial(_run, sys.argv[1:] if argv is None else list(argv)))


def _run(argv):
    try:
        args = _parser().parse_args(_with_dashed_words(argv))
    except SystemExit as stop:  # after --help (0) or a usage error (2), which argparse has printed
        return stop.code
    return args.run(args)


def _with_dashed_words(argv):
    """A blank before each word that begins with a dash, as -lrb- in the Penn Treebank.

    Else argparse would take it for an option; `_word` takes the blank away.
    """
    if argv[:1] not in (["similar"], ["analogy"], ["doesnt-match"]):
        return argv
    end = argv.index("--") if "--" in argv else len(argv)  # all that follows it are words
    return [
        f" {arg}" if arg.startswith("-") and (i > end or arg.split("=")[0] not in OPTIONS) else arg
        for i, arg in enumerate(argv)
        if i != end
    ]


def _word(text):
    return text[1:] if text.startswith(" -") else text


def _input(text):
    return "/dev/stdin" if _word(text) == "-" else _word(text)


def _output(text):
    return "/dev/stdout" if text == "-" else text


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m w2vlib",
        description="Train word vectors, and ask them what they know.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"w2vlib {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(run, name, help, description=None):
        added = commands.add_parser(name, help=help, description=description or help)
        added.set_defaults(run=run)
        return added.add_argument

    add = command(_train, "train", "train word vectors on a text", TRAIN)
    add("corpus", type=_input, metavar="CORPUS", nargs="+", help=CORPUS)
    add("-o", "--output", type=_output, metavar="FILE", default="vectors.txt", help=OUTPUT)
    add("--binary", action="store_true", help="write the binary format: smaller, faster to load")
    for name, (kind, help) in TRAIN_OPTIONS.items():
        default = ARGUMENTS[name]
        letter = "N" if kind is int else "X"
        help += f" (default: {_by_engine(name) if default is None else default})"
        add(_flag(name), type=kind, default=default, metavar=letter, help=help)
    for name, help in CORPUS_OPTIONS.items():
        add(_flag(name), type=int, metavar="N", help=help)
    for name, help in TEXT_OPTIONS.items():
        add(_flag(name), action="store_true", help=help)
    add("--phrases", action="store_true", help=PHRASES)
    add("--engine", choices=ENGINES, default=ARGUMENTS["engine"], help=_engines())

    add = command(_similar, "similar", "list the words nearest to each word, with their cosines")
    add("vectors", type=_input, metavar="VECTORS", help=VECTORS)
    add("words", type=_word, metavar="WORD", nargs="+")
    add("--topn", type=int, default=10, metavar="N", help="neighbours of a word (default: 10)")

    add = command(_analogy, "analogy", "answer: A is to B as C is to what?")
    add("vectors", type=_input, metavar="VECTORS", help=VECTORS)
    for name in "abc":
        add(name, type=_word, metavar=name.upper())
    add("--topn", type=int, default=5, metavar="N", help="answers, best first (default: 5)")

    add = command(_doesnt_match, "doesnt-match", "name the word that fits least among others")
    add("vectors", type=_input, metavar="VECTORS", help=VECTORS)
    add("words", type=_word, metavar="WORD", nargs="+")

    add = command(_convert, "convert", "write vectors in another format: text, binary, compressed")
    add("vectors", type=_input, metavar="VECTORS", help=f"{VECTORS}, or GloVe's")
    add("-o", "--output", type=_output, metavar="FILE", required=True, help=WRITTEN)
    add("--binary", action="store_true", help="write the binary format: smaller, faster to load")
    add("--limit", type=int, metavar="N", help="only the first N words (default: all)")

    add = command(_evaluate, "evaluate", "score vectors on word pairs and on analogies")
    add("vectors", type=_input, metavar="VECTORS", help=VECTORS)
    add("--pairs", type=_input, metavar="FILE", help=PAIRS)
    add("--analogies", type=_input, metavar="FILE", help=ANALOGIES)

    add = command(_ledger, "ledger", "time every stage of the course on this machine", LEDGER)
    add(
        "--chart",
        type=_output,
        metavar="FILE",
        help="draw the stages too, into a .png, .svg or .pdf file",
    )
    return parser


def _by_engine(name):
    return ", ".join(f"{e.defaults[name]} with {e.name}" for e in ENGINES.values())


def _engines():
    told = ", ".join(f"{engine.name} {engine.says}" for engine in ENGINES.values())
    return f"{told} (default: %(default)s)"


def _flag(name):
    return "--" + name.replace("_", "-")


def _train(args):
    files.check_writable(args.output, "--output")  # now: not after an hour of training
    texts = args.corpus[0] if len(args.corpus) == 1 else args.corpus
    _check_replaces(args.output, text_files(texts), "corpus")
    options = {name: getattr(args, name) for name in (*TRAIN_OPTIONS, "engine")}
    epochs = settle(**options)[1]["epochs"]  # which finds wrong ones before a long text is read
    corpus = load_corpus(
        texts, **{name: getattr(args, name) for name in (*CORPUS_OPTIONS, *TEXT_OPTIONS)}
    )
    if args.phrases:
        corpus = join_phrases(corpus)
    say(
        f"{corpus.name}: {len(corpus):,} tokens, {len(corpus.vocabulary):,} different words; "
        f"{epochs} {'epoch' if epochs == 1 else 'epochs'}"
    )
    with noting_interrupts() as interrupts, warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *where: say(f"note: {message}")
        try:
            wv = train(corpus, **options, progress=is_watched())
        except DivergenceError as error:
            if error.vectors is not None:
                spare = _spare(args.output)
                _save(error.vectors, spare, args.binary)
                say(f"wrote the last vectors before the training diverged to {spare}")
            raise
        _save(wv, args.output, args.binary)
    V, H = wv.vectors.shape
    note = "; the training was cut short" if interrupts else ""
    say(f"wrote {V:,} vectors of {H} numbers to {args.output}{note}")
    return INTERRUPTED if interrupts else 0


def _check_replaces(output, read, what):
    """Raise ValueError where saving vectors would replace a file that is read."""
    if any(files.same(new, path) for new in mapped.written(output) for path in read):
        raise ValueError(f"--output {output} would replace the {what}: choose another name")


def _spare(output):
    """A name beside `output` that nothing has, for vectors that must not take its place."""
    if files.is_stream(output):
        return os.path.join(tempfile.mkdtemp(prefix="w2vlib-"), "vectors")
    root, suffix = os.path.splitext(files.expand(output))
    names = (f"{root}.before-it-diverged{n or ''}{suffix}" for n in itertools.count())
    return next(name for name in names if not os.path.lexists(name))


def _save(wv, output, binary):
    """Save the vectors; where that fails after all, elsewhere, and say so."""
    try:
        wv.save(output, binary=binary)
    except BrokenPipeError:
        raise
    except OSError as error:
        rescued = os.path.join(tempfile.mkdtemp(prefix="w2vlib-"), "vectors")
        wv.save(rescued, binary=binary)
        raise OSError(
            f"could not write {output} ({error.strerror or error}): the vectors are in {rescued}"
        ) from error


def _similar(args):
    check.whole(args.topn, "--topn")
    wv = WordVectors.load(args.vectors)
    answers = [(word, wv.most_similar(word, args.topn)) for word in args.words]
    for word, neighbours in answers:
        for neighbour, cosine in neighbours:
            print(word, neighbour, f"{cosine:.3f}", sep="\t")
    return 0


def _analogy(args):
    check.whole(args.topn, "--topn")
    wv = WordVectors.load(args.vectors)
    for word, cosine in wv.analogy(args.a, args.b, args.c, args.topn):
        print(word, f"{cosine:.3f}", sep="\t")
    return 0


def _doesnt_match(args):
    print(WordVectors.load(args.vectors).doesnt_match(args.words))
    return 0


def _convert(args):
    files.check_writable(args.output, "--output")
    _check_replaces(args.output, mapped.written(args.vectors), "vectors")
    wv = WordVectors.load(args.vectors, limit=args.limit)
    _save(wv, args.output, args.binary)
    say(f"wrote {len(wv):,} vectors of {wv.vectors.shape[1]} numbers to {args.output}")
    return 0


def _evaluate(args):
    if [args.vectors, args.pairs, args.analogies].count("/dev/stdin") > 1:
        raise ValueError("standard input can be read once: give files for the others")
    for read, path in ((read_word_pairs, args.pairs), (read_analogies, args.analogies)):
        if path is not None and not files.is_stream(files.find(path)):
            read(path)  # now: reading the vectors may take long
    wv = WordVectors.load(args.vectors)
    pairs, analogies = wv.evaluate_word_pairs(args.pairs), wv.evaluate_analogies(args.analogies)
    print(f"word pairs: {pairs!r}")
    print(f"analogies: {analogies!r}")
    return 0


def _ledger(args):
    figure = (
        None if args.chart is None else _figure(args.chart)
    )  # now: a wrong name shows before the work
    missing, rows, slower = ledger.missing(), [], {}
    interrupted = False
    try:
        for stage in ledger.STAGES | ledger.LATER:
            if stage not in missing:
                say(f"{stage} ...")
                rows.append(ledger.measure(stage))
        for row in rows:
            if row.stage in ledger.LATER and row.stage != ledger.PEER:
                say(f"{row.stage}, with a vocabulary of 1,000,000 words ...")
                slower[row.stage] = ledger.slowdown(row)
    except KeyboardInterrupt:
        interrupted = True
        say("interrupted: this is what was measured")
    for stage, what in missing.items():
        say(f"left out: {stage}, which needs {what}")
    print(ledger.report(rows, slower))
    if figure and rows:
        ledger.chart(rows, figure.subplots())
        with files.writing(args.chart) as file:
            figure.savefig(file, format=_kind(args.chart))
    return INTERRUPTED if interrupted else 0


def _figure(path):
    """An empty figure, once it is clear that it can be drawn and written to `path`."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ValueError("--chart needs Matplotlib: python -m pip install matplotlib") from None
    figure = Figure(figsize=(8, 4), layout="constrained")
    if _kind(path) not in figure.canvas.get_supported_filetypes():
        raise ValueError(f"--chart {path}: give a name that ends in .png, .svg or .pdf")
    files.check_writable(path, "--chart")
    return figure


def _kind(path):
    return os.path.splitext(path)[1][1:].lower()


if __name__ == "__main__":
    sys.exit(main())
