"""The command line: python -m w2vlib train | similar | analogy | evaluate | ledger."""

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import warnings
from pathlib import Path

from w2vlib import ledger
from w2vlib.corpus import UnknownWord, load_corpus
from w2vlib.engines import ENGINES, train
from w2vlib.evaluation import WordVectors
from w2vlib.progress import DivergenceError

ARGUMENTS = train.__kwdefaults__
INTERRUPTED = 130  # what a shell reports after Ctrl-C

EXAMPLES = """\
examples:
  python -m w2vlib train default -o vectors.txt         the corpus that ships with the course
  python -m w2vlib train mytext.txt.gz --epochs 5 -o vectors.bin --binary
  python -m w2vlib similar vectors.txt king water
  python -m w2vlib analogy vectors.txt man king woman   man is to king as woman is to ...?
  python -m w2vlib evaluate vectors.txt
  python -m w2vlib ledger --chart ledger.png            every stage of the course, timed

Results go to stdout, progress and errors to stderr. Exit code: 0 done; 2 something is wrong with
the command or with a file, which one line tells; 130 interrupted by Ctrl-C.
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
    "once), or a UTF-8 text file, plain, .gz or .xz, with one sentence a line"
)
OUTPUT = "where to write; a former file is replaced (default: %(default)s)"
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
VECTORS = "a word2vec file, text or binary"
PAIRS = "lines 'word1 <tab> word2 <tab> score' (default: WordSim-353)"
ANALOGIES = "lines 'a b c d' under lines ': section' (default: Google's set)"


def main(argv=None):
    """Run one command (`argv`, or the command line's) and return its exit code."""
    try:
        args = _parser().parse_args(argv)
    except SystemExit as stop:  # after --help (0) or a usage error (2), which argparse has printed
        return stop.code
    try:
        return args.run(args)
    except KeyboardInterrupt:
        _say("interrupted: nothing was written")
        return INTERRUPTED
    except UnknownWord as error:
        _say(f"error: {error}")
    except OSError as error:
        has_parts = error.strerror and error.filename
        _say(f"error: {error.filename}: {error.strerror}" if has_parts else f"error: {error}")
    except (ValueError, TypeError, IndexError, ArithmeticError, ImportError, MemoryError) as error:
        _say(f"error: {error}")
    return 2


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m w2vlib",
        description="Train word vectors, and ask them what they know.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(run, name, help, description=None):
        added = commands.add_parser(name, help=help, description=description or help)
        added.set_defaults(run=run)
        return added.add_argument

    add = command(_train, "train", "train word vectors on a text", TRAIN)
    add("corpus", metavar="CORPUS", help=CORPUS)
    add("-o", "--output", metavar="FILE", default="vectors.txt", help=OUTPUT)
    add("--binary", action="store_true", help="write the binary format: smaller, faster to load")
    for name, (kind, help) in TRAIN_OPTIONS.items():
        default = ARGUMENTS[name]
        letter = "N" if kind is int else "X"
        help += f" (default: {_by_engine(name) if default is None else default})"
        add(_flag(name), type=kind, default=default, metavar=letter, help=help)
    for name, help in CORPUS_OPTIONS.items():
        add(_flag(name), type=int, metavar="N", help=help)
    add("--engine", choices=ENGINES, default=ARGUMENTS["engine"], help=_engines())

    add = command(_similar, "similar", "list the words nearest to each word, with their cosines")
    add("vectors", metavar="VECTORS", help=VECTORS)
    add("words", metavar="WORD", nargs="+")
    add("--topn", type=int, default=10, metavar="N", help="neighbours of a word (default: 10)")

    add = command(_analogy, "analogy", "answer: A is to B as C is to what?")
    add("vectors", metavar="VECTORS", help=VECTORS)
    for name in "abc":
        add(name, metavar=name.upper())
    add("--topn", type=int, default=5, metavar="N", help="answers, best first (default: 5)")

    add = command(_evaluate, "evaluate", "score vectors on word pairs and on analogies")
    add("vectors", metavar="VECTORS", help=VECTORS)
    add("--pairs", metavar="FILE", help=PAIRS)
    add("--analogies", metavar="FILE", help=ANALOGIES)

    add = command(_ledger, "ledger", "time every stage of the course on this machine", LEDGER)
    add("--chart", metavar="FILE", help="draw the stages too, into a .png, .svg or .pdf file")
    return parser


def _by_engine(name):
    return ", ".join(f"{e.defaults[name]} with {e.name}" for e in ENGINES.values())


def _engines():
    told = ", ".join(f"{engine.name} {engine.says}" for engine in ENGINES.values())
    return f"{told} (default: %(default)s)"


def _flag(name):
    return "--" + name.replace("_", "-")


def _train(args):
    _check_output(args.output, args.corpus)  # now: not after an hour of training
    corpus = load_corpus(args.corpus, min_count=args.min_count, max_vocab=args.max_vocab)
    epochs = ENGINES[args.engine].defaults["epochs"] if args.epochs is None else args.epochs
    _say(
        f"{corpus.name}: {len(corpus):,} tokens, {len(corpus.vocabulary):,} different words; "
        f"{epochs} {'epoch' if epochs == 1 else 'epochs'}"
    )
    options = {name: getattr(args, name) for name in (*TRAIN_OPTIONS, "engine")}
    with _noting_interrupts() as interrupts, warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *where: _say(f"note: {message}")
        code, note = 0, ""
        try:
            wv = train(corpus, **options, progress=sys.stderr.isatty())
        except DivergenceError as error:
            if error.vectors is None:
                raise
            _say(f"error: {error}")
            wv, code, note = error.vectors, 2, ", the last ones before the training diverged"
    if interrupts and not code:
        code, note = INTERRUPTED, "; the training was cut short"
    wv.save(args.output, binary=args.binary)
    V, H = wv.vectors.shape
    _say(f"wrote {V:,} vectors of {H} numbers to {args.output}{note}")
    return code


def _similar(args):
    wv = WordVectors.load(args.vectors)
    answers = [(word, wv.most_similar(word, args.topn)) for word in args.words]
    for word, neighbours in answers:
        for neighbour, cosine in neighbours:
            print(word, neighbour, f"{cosine:.3f}", sep="\t")
    return 0


def _analogy(args):
    wv = WordVectors.load(args.vectors)
    for word, cosine in wv.analogy(args.a, args.b, args.c, args.topn):
        print(word, f"{cosine:.3f}", sep="\t")
    return 0


def _evaluate(args):
    wv = WordVectors.load(args.vectors)
    pairs, analogies = wv.evaluate_word_pairs(args.pairs), wv.evaluate_analogies(args.analogies)
    print(f"word pairs: {pairs!r}")
    print(f"analogies: {analogies!r}")
    return 0


def _ledger(args):
    figure = _figure(args.chart) if args.chart else None  # now: a wrong name shows before the work
    missing, rows, slower = ledger.missing(), [], {}
    interrupted = False
    try:
        for stage in ledger.STAGES | ledger.LATER:
            if stage not in missing:
                _say(f"{stage} ...")
                rows.append(ledger.measure(stage))
        for row in rows:
            if row.stage in ledger.LATER and row.stage != ledger.PEER:
                _say(f"{row.stage}, with a vocabulary of 1,000,000 words ...")
                slower[row.stage] = ledger.slowdown(row)
    except KeyboardInterrupt:
        interrupted = True
        _say("interrupted: this is what was measured")
    for stage, package in missing.items():
        _say(f"left out: {stage}, which needs the package {package}")
    print(ledger.report(rows, slower))
    if figure and rows:
        ledger.chart(rows, figure.subplots())
        figure.savefig(args.chart)
    return INTERRUPTED if interrupted else 0


def _figure(path):
    """An empty figure, once it is clear that it can be drawn and written to `path`."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ValueError("--chart needs Matplotlib: python -m pip install matplotlib") from None
    figure = Figure(figsize=(8, 4), layout="constrained")
    if Path(path).suffix[1:] not in figure.canvas.get_supported_filetypes():
        raise ValueError(f"--chart {path}: give a name that ends in .png, .svg or .pdf")
    _check_output(path, corpus="")
    return figure


def _check_output(output, corpus):
    """Raise unless `output` can be written, without touching it."""
    folder = Path(os.path.realpath(output)).parent
    if os.path.isdir(output):
        raise ValueError(f"{output} is a folder: give the name of a file in it")
    if os.path.exists(output) and os.path.exists(corpus) and os.path.samefile(output, corpus):
        raise ValueError(f"--output {output} would replace the corpus: choose another name")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"cannot write into the folder {folder}: {error.strerror}") from None


@contextlib.contextmanager
def _noting_interrupts():
    """A list that grows with each Ctrl-C: `train` takes one for 'enough' and returns as ever."""
    seen, former = [], signal.getsignal(signal.SIGINT)

    def note(*args):
        seen.append(args)
        former(*args)  # which raises KeyboardInterrupt

    if not callable(former):  # Ctrl-C is ignored, as behind nohup: leave it so
        yield seen
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, former)


def _say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
