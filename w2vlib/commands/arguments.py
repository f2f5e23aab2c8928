"""What commands share: names of files, options with their defaults, vectors read and written."""

import os
import tempfile

from w2vlib import files
from w2vlib.evaluation import WordVectors

STDIN, STDOUT = "/dev/stdin", "/dev/stdout"

VECTORS = "a word2vec file, text or binary, or GloVe's, plain or compressed, or a matrix (.npy)"
WRITTEN = (
    "where to write: compressed if the name ends in .gz, .bz2 or .xz, as a matrix that is there at "
    "once if in .npy; a former file is replaced"
)
BINARY = "write the binary format: smaller, faster to load"
LOADING = {
    "limit": (int, "N", "read only the first N words (default: all)"),
    "encoding": (str, "NAME", "of the words (default: utf-8)"),
    "errors": (str, "HOW", "where a word is not: strict, replace or ignore (default: strict)"),
}


def command(commands, run, name, help, description=None):
    """A parser for one more command, which `run` runs."""
    parser = commands.add_parser(name, help=help, description=description or help)
    parser.set_defaults(run=run)
    return parser


def parsed(parser, argv):
    """The arguments, as a parser takes them. Raises ValueError for an option without a value."""
    args = parser.parse_args(argv)
    for name, value in vars(args).items():
        if value == [] and name != "words":  # where Python 3.11 takes --name=-- for nothing
            raise ValueError(f"{flag(name)} is empty: give it a value")
    return args


def flag(name):
    """The option for an argument: --vector-size for vector_size."""
    return "--" + name.replace("_", "-")


def word(text):
    """A word, or a name, that stood in the command line; `words_last` marks those with a dash."""
    return text[1:] if text.startswith(" -") else text


def read_from(text):
    """The path for a name that is read; - is standard input."""
    return STDIN if word(text) == "-" else word(text)


def write_to(text):
    """The path for a name that is written; - is standard output."""
    return STDOUT if text == "-" else text


def words_last(argv, options):
    """The arguments of a command that takes words, options first and dashes marked by a blank.

    options: whether a value follows, for each of the command's. All else is a word, such as -lrb-
    of the Penn Treebank, which argparse would take for an option; what follows "--" always is.
    """
    found, words, rest = [], [], iter(argv)
    for arg in rest:
        if arg == "--":
            words += rest
        elif arg.split("=")[0] in options:
            found.append(arg)
            found += [next(rest, "")] if options.get(arg) else []
        else:
            words.append(arg)
    return found + [f" {arg}" if arg.startswith("-") else arg for arg in words]


def add_loading(add):
    """The argument and the options of a command that reads vectors."""
    add("vectors", type=read_from, metavar="VECTORS", help=VECTORS)
    for name, (kind, metavar, help) in LOADING.items():
        add(flag(name), type=kind, metavar=metavar, help=help)


def load(args):
    """The vectors that a command was given."""
    given = {name: getattr(args, name) for name in LOADING}
    return WordVectors.load(args.vectors, **{k: v for k, v in given.items() if v is not None})


def check_replaces(written, read, what):
    """Raise ValueError where files that are written would replace one that is read, or another.

    written: option -> path; read: paths; what: what they hold.
    """
    taken = {}
    for option, path in written.items():
        if any(files.same(path, old) for old in read):
            raise ValueError(f"{option} {path} would replace the {what}: choose another name")
        other = taken.setdefault(os.path.realpath(files.expand(path)), option)
        if other != option:
            raise ValueError(f"{option} and {other} name one file: choose another name")


def check_read_once(*paths):
    """Raise ValueError where standard input would be read twice."""
    if paths.count(STDIN) > 1:
        raise ValueError("standard input can be read once: give files or words for the others")


def save(wv, output, **options):
    """Save vectors; where that fails after all, elsewhere, and say so."""
    try:
        wv.save(output, **options)
    except BrokenPipeError:
        raise
    except OSError as error:
        folder = tempfile.mkdtemp(prefix="w2vlib-")
        rescued = os.path.join(folder, "vectors")
        try:
            wv.save(rescued, **options)
        except OSError:
            os.rmdir(folder)
            raise error from None
        raise OSError(
            f"could not write {output} ({error.strerror or error}): the vectors are in {rescued}"
        ) from error
