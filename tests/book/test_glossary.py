"""Every term of the glossary is a link where a chapter's text first says it."""

import re

import pytest
from chapters import BOOK, CHAPTERS, read

# "Bias, social" stands under its first word, which alone means other things too.
TERMS = re.findall(
    r"^### ([^,\n]+)$", (BOOK / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE
)
# What is not running text: code, math, headings, ideas of exercises, roles and arguments, HTML.
ASIDE = re.compile(
    r"```.*?```|\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|^#+ [^\n]*$|^:[^\n]*$|\{[\w:]+\}`[^`]*`"
    r"|^\*[^*\n]+ · \d+ minutes\*$|<summary>.*?</summary>|<[^>]*>",
    flags=re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
GLOSSARY_LINK = re.compile(r"\[[^\]]*\]\(glossary\.md#[^)]*\)")


def first_uses(text):
    """(term, whether it is linked there) for each term used outside of other links."""
    text = ASIDE.sub("", text)
    for term in TERMS:
        words = r"[\s-]+".join(map(re.escape, term.partition(" (")[0].split()))
        said = re.compile(rf"(?<![\w-]){words}(?:s|es)?(?![\w-])", re.IGNORECASE)
        linked = [link.span() for link in GLOSSARY_LINK.finditer(text)]
        elsewhere = [link.span() for link in LINK.finditer(text) if link.span() not in linked]
        for use in said.finditer(text):
            if not any(start <= use.start() < end for start, end in elsewhere):
                yield term, any(start <= use.start() < end for start, end in linked)
                break


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_terms_are_linked_at_their_first_use(path):
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    uses = dict(first_uses("\n\n".join(cells)))
    assert len(uses) > 10
    assert not [term for term, is_linked in uses.items() if not is_linked]


def test_a_term_without_its_link_is_found():
    text = "# Batch\nA [batch](glossary.md#batch) of `layer` [softmax](x.md) and then a softmax."
    assert dict(first_uses(text)) == {"Batch": True, "Softmax": False}
