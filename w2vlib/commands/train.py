"""The command `train`: from a text to a file of vectors."""

import itertools
import os
import tempfile

from w2vlib import files
from w2vlib.commands.arguments import (
    BINARY,
    WRITTEN,
    check_read_once,
    check_replaces,
    command,
    flag,
    read_from,
    save,
    write_to,
)
from w2vlib.console import INTERRUPTED, is_watched, noting_interrupts, say
from w2vlib.corpus import NAMED, load_corpus, text_files
from w2vlib.engines import (
    ENGINES,
    LEAST,
    MODELS,
    MOST,
    connection,
    settle,
    train,
    usual_epochs,
)
from w2vlib.evaluation import WordVectors
from w2vlib.matrices import check_former
from w2vlib.phrases import join_phrases

ARGUMENTS = train.__kwdefaults__

TRAIN = """\
Train word vectors with negative sampling and write them as a word2vec file, which gensim and
fastText read too. Ctrl-C ends the training early and still writes what was learnt.
"""
CORPUS = (
    "'default' (dictionary text of 1.8 million tokens, shipped), 'ptb' (the Penn Treebank, fetched "
    "once), or UTF-8 text with one sentence a line: files, plain or compressed, folders of files, "
    "or a pipe"
)
COUNTS = {
    "min_count": "rarer words become <unk> (default: 5 for a text of yours, else 1)",
    "max_vocab": "keep only so many words, the most frequent (default: all)",
}
CHANGES = {
    "lower": "put the text in lower case (default: no)",
    "split_punctuation": "part the signs around a word from it, as in 'no!' (default: no)",
    "nfc": "write letters with accents as one character each where Unicode has it (default: no)",
}
ON_DISK = (
    "for a text larger than memory: keep its words, as numbers, in this file, which is made once, "
    "and with --phrases in FILE.phrases (default: in memory)"
)
START = (
    "go on from the vectors in this file; words that are new start as usual, and those that the "
    "text lacks stay (default: start anew)"
)
CHECKPOINT = (
    "write here, from time to time, what is needed to go on: when the same command is run again "
    "after it was stopped, it ends with what it would have given in one go (default: none)"
)
CLIENT = (
    "the address of a scheduler, for the engine dask: its workers read the texts, which may be "
    "URLs, too (default: a cluster on this machine, with a process for each of its cores)"
)
OUTPUTS = "where to write the output vectors, too (default: nowhere)"
PHRASES = "join words that come together far more often than chance: new_york (default: no)"
MODEL = "cbow guesses a word from those around it, skipgram these from it (default: %(default)s)"
NUMBERS = {
    "vector_size": (int, "numbers in a word vector"),
    "window": (int, "words looked at on each side"),
    "negative": (int, "negative samples for each word"),
    "power": (float, "draw negatives in proportion to count**X"),
    "epochs": (int, "passes over the corpus"),
    "subsample": (float, "thin out words that are more than this share of the text; 0: none"),
    "learning_rate": (float, "at the start; it falls to 0; by default it is lower for few words"),
    "decay": (float, "weight decay; 0: none"),
    "threads": (int, "that an engine runs on which takes several"),
    "seed": (int, "the same seed gives the same vectors on the same machine"),
}

WRITES = ("output", "outputs", "checkpoint", "on_disk")


def add(commands):
    """The command, for a parser."""
    parser = command(commands, run, "train", "train word vectors on a text", TRAIN)
    option = parser.add_argument_group("the text").add_argument
    option("corpus", type=read_from, metavar="CORPUS", nargs="+", help=CORPUS)
    for name, help in COUNTS.items():
        option(flag(name), type=int, metavar="N", help=help)
    for name, help in CHANGES.items():
        option(flag(name), action="store_true", help=help)
    option("--phrases", action="store_true", help=PHRASES)
    option("--on-disk", metavar="FILE", help=ON_DISK)

    option = parser.add_argument_group("the training").add_argument
    option("--model", choices=MODELS, default=ARGUMENTS["model"], help=MODEL)
    for name, (kind, help) in NUMBERS.items():
        letter = "N" if kind is int else "X"
        help += f" (default: {_default(name)})"
        option(flag(name), type=kind, metavar=letter, help=help)
    option("--engine", choices=ENGINES, default=ARGUMENTS["engine"], help=_engines())
    option("--client", metavar="ADDRESS", help=CLIENT)
    option("--start", type=read_from, metavar="FILE", help=START)
    option("--checkpoint", metavar="FILE", help=CHECKPOINT)

    option = parser.add_argument_group("the vectors").add_argument
    written = f"{WRITTEN} (default: %(default)s)"
    option("-o", "--output", type=write_to, metavar="FILE", default="vectors.txt", help=written)
    option("--binary", action="store_true", help=f"{BINARY} (default: text)")
    option("--outputs", type=write_to, metavar="FILE", help=OUTPUTS)


def _default(name):
    if ARGUMENTS[name] is not None:
        return f"{ARGUMENTS[name]}" + ", or that of --start" * (name == "vector_size")
    if name == "epochs":
        return f"from {MOST} for a short text to {LEAST} for a long one"
    told = {}
    for engine in ENGINES.values():
        for model, defaults in engine.defaults.items():
            told.setdefault(model, []).append(f"{defaults[name]} with {engine.name}")
    return "; for skipgram ".join(map(", ".join, told.values()))


def _engines():
    told = ", ".join(f"{engine.name} {engine.says}" for engine in ENGINES.values())
    return f"{told} (default: %(default)s)"


def run(args):
    """Train, and write the vectors."""
    texts = args.corpus[0] if len(args.corpus) == 1 else args.corpus
    _check_files(args, texts)  # now: not after an hour of training
    given = {name: getattr(args, name) for name in ("model", *NUMBERS, "engine")}
    options = {name: ARGUMENTS[name] if x is None else x for name, x in given.items()}
    settle(**options)  # which finds wrong ones before a long text is read
    start = None if args.start is None else WordVectors.load(args.start)
    if start is not None:
        if args.vector_size is None:
            options["vector_size"] = start.vectors.shape[1]
        check_former(start, options["vector_size"])
    options |= {"start": start, "checkpoint": args.checkpoint, "progress": is_watched()}
    with connection(ENGINES[args.engine], args.client) as client:
        return _train(args, texts, options | {"client": client})


def _train(args, texts, options):
    corpus = _corpus(args, texts, options["client"])
    epochs = args.epochs or usual_epochs(len(corpus))
    say(
        f"{corpus.name}: {len(corpus):,} tokens, {len(corpus.vocabulary):,} different words; "
        f"{epochs} {'epoch' if epochs == 1 else 'epochs'}"
    )
    with noting_interrupts() as interrupts:
        try:
            wv = train(corpus, **options)
        except Exception as error:
            if getattr(error, "vectors", None) is not None:
                spare = _spare(args.output)
                interrupts.writing = True
                save(error.vectors, spare, binary=args.binary)
                say(f"wrote the last vectors before the training failed to {spare}")
            raise
        interrupts.writing = True
        save(wv, args.output, binary=args.binary)
        if args.outputs is not None:
            save(wv.outputs, args.outputs, binary=args.binary)
    V, H = wv.vectors.shape
    loss = "" if wv.loss is None else f"; loss {wv.loss:.4f}"
    note = "; the training was cut short" if interrupts.cut else ""
    say(f"wrote {V:,} vectors of {H} numbers to {args.output}{loss}{note}")
    return INTERRUPTED if interrupts.cut else 0


def _check_files(args, texts):
    """Raise an error for files that cannot be read or written, or would take another's place."""
    given = {name: getattr(args, name) for name in WRITES}
    written = {flag(name): path for name, path in given.items() if path is not None}
    if args.phrases and args.on_disk:
        written["--phrases"] = _joined(args)
    for option, path in written.items():
        files.check_writable(path, option)
    start = [] if args.start is None else [args.start]
    local = [path for path in args.corpus if not _is_url(args, path)]
    texts = text_files(local) if local else []
    check_read_once(*texts, *start)
    check_replaces(written, texts, "corpus")
    check_replaces(written, start, "vectors of --start")


def _is_url(args, path):
    """Whether a text is one that workers of a cluster read, and this machine need not have."""
    return "://" in path and bool(ENGINES[args.engine].load)


def _corpus(args, texts, client):
    options = {name: getattr(args, name) for name in (*COUNTS, *CHANGES)}
    load = ENGINES[args.engine].load
    if load and not (args.phrases or args.on_disk or any(map(_is_here, args.corpus))):
        return load(texts, client, **{k: v for k, v in options.items() if v is not None})
    corpus = load_corpus(texts, **options, on_disk=args.on_disk, progress=is_watched())
    return join_phrases(corpus, on_disk=_joined(args)) if args.phrases else corpus


def _is_here(path):
    """Whether a text comes with w2vlib, or through a pipe: no worker can read it."""
    return path in NAMED or files.is_stream(path)


def _joined(args):
    """Where a text on disk is kept once its phrases are joined."""
    return args.on_disk and f"{args.on_disk}.phrases"


def _spare(output):
    """A name beside `output` that nothing has, for vectors that must not take its place."""
    if files.is_stream(output):
        return os.path.join(tempfile.mkdtemp(prefix="w2vlib-"), "vectors")
    root, suffix = os.path.splitext(files.expand(output))
    names = (f"{root}.before-it-failed{n or ''}{suffix}" for n in itertools.count())
    return next(name for name in names if not os.path.lexists(name))
