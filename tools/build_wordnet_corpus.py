"""Rebuild the corpus that w2vlib ships from WordNet 3.0's glosses and example sentences.

    python tools/build_wordnet_corpus.py /usr/share/wordnet w2vlib/data/wordnet-glosses-10k.txt.bz2

The folder holds data.noun, data.verb, data.adj and data.adv, as Debian's package `wordnet-base`
1:3.0-37 installs them. The text comes out the same byte for byte; a `.bz2` name compresses it.

One definition or example sentence a line, without punctuation, in the manner of Mikolov's Penn
Treebank: lower case, numbers as N, clitics apart ("is n't", "dog 's"), and <unk> for all but the
most frequent words. Each definition starts with the first word of its synset: "king a male
sovereign ...". Slurs and obscenities are left out. The output is a modified copy of WordNet 3.0
and stays under its licence.
"""

import argparse
import bz2
import codecs
import re
import unicodedata
from collections import Counter
from pathlib import Path

VOCABULARY_SIZE = 10_000  # with <unk>

TOKEN = re.compile(
    r"n't\b"  # is n't
    r"|'(?:s|ll|re|ve|d|m)\b"  # dog 's
    r"|[a-z]+(?=n't\b)"  # the "is" of "isn't"
    r"|[a-z]+"
    r"|\d[\d,.]*"
)

# Glosses that say of themselves that the word is a slur or obscene.
BAD_GLOSS = re.compile(
    r"ethnic slur|\bslur\b|offensive (?:name|term|word|and)|obscen|vulgar|derogatory|disparag"
    r"|taboo",
    re.IGNORECASE,
)
# Slurs and obscenities that other glosses and examples use; in ROT13, not to have them in view.
BAD_WORDS = frozenset(
    codecs.decode(
        "ovgpu ohyyfuvg puvax phag qntb qnexl qlxr snttbg shpx shpxre shpxvat ubaxl wnc xvxr "
        "zbgureshpxre avttre avten cvff fuvg fuvggre fyhg fcvp gvg gvgf jrgonpx juber jbc",
        "rot13",
    ).split()
)


def tokens(text):
    """'Caf\\u00e9s aren't 1,000.' -> ['cafes', 'are', "n't", 'N']"""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    found = TOKEN.findall(ascii_text.lower())
    return ["N" if token[0].isdigit() else token for token in found]


def sentences(folder):
    """The definitions and examples of a WordNet folder, each once, as lists of tokens."""
    seen = set()
    for part_of_speech in ("noun", "verb", "adj", "adv"):
        with open(Path(folder) / f"data.{part_of_speech}", encoding="utf-8") as file:
            for line in file:
                if line.startswith(" "):
                    continue  # the licence, on top of each file
                for text in texts(line):
                    sentence = tokens(text)
                    new = tuple(sentence) not in seen
                    if new and len(sentence) > 2 and BAD_WORDS.isdisjoint(sentence):
                        seen.add(tuple(sentence))
                        yield sentence


def texts(line):
    """The texts of one synset: its first word with the definition, then each example.

    A line is 'offset file pos count word ... | definition; "example"; "example"'.
    """
    fields, gloss = line.split(" | ", 1)
    if BAD_GLOSS.search(gloss):
        return []
    word = re.sub(r"\(.*?\)", "", fields.split()[4]).replace("_", " ")  # "galore(ip)" -> "galore"
    definition = re.sub(r'"[^"]+"', "", gloss).strip(" ;-\n")
    return [f"{word} {definition}", *re.findall(r'"([^"]+)"', gloss)]


def with_unk(lines, size):
    """Keep the `size` - 1 most frequent words, ties by alphabet; <unk> for the others."""
    counts = Counter(word for line in lines for word in line)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    known = set(ranked[: size - 1])
    return [[word if word in known else "<unk>" for word in line] for line in lines]


def build(folder, size=VOCABULARY_SIZE):
    """The whole corpus as one string."""
    lines = with_unk(list(sentences(folder)), size)
    return "".join(" ".join(line) + "\n" for line in lines)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the folder with data.noun and the others")
    parser.add_argument("out", type=Path, help="the file to write, .txt or .txt.bz2")
    args = parser.parse_args()
    data = build(args.folder).encode("ascii")
    args.out.write_bytes(bz2.compress(data) if args.out.suffix == ".bz2" else data)
    words = data.decode().split()
    print(f"{data.count(10):,} lines, {len(words):,} words, {len(set(words)):,} different")


if __name__ == "__main__":
    main()
