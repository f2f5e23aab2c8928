"""The ladder of speed for the README and the front page, from what chapter 11 has stored.

    python tools/ladder.py   # `make outputs` does so, too

Writes the table between the marks in README.md, and book/_static/ladder.svg. The rung of the
graphics card is of another machine, from the stored results of chapter 13, and marked so.
"""

import json
import math
import re
from pathlib import Path

from w2vlib.engines import ENGINES
from w2vlib.ledger import PEER, times
from w2vlib.page.drawing import Diagram

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = ROOT / "book" / "11_compiled.ipynb"
RESULTS = ROOT / "book" / "results" / "gpu.json"
README = ROOT / "README.md"
PICTURE = ROOT / "book" / "_static" / "ladder.svg"
TABLE = re.compile(r"(?s)(?<=<!-- ladder -->\n).*?(?=<!-- end of ladder -->)")
LINE = re.compile(r"^(\S.*?)  +([\d,]+) +([\d.,]+)x", re.MULTILINE)  # of w2vlib.ledger.table
STEP, NAMES, WIDTH = 24, 168, 400  # of the picture: a row's height, room for names, and all
CARD = ENGINES["cuda"].stage
# An image takes no colours from its page: it brings a background, by day and by night.
STYLE = """<style>
svg { color: #24292f; background: #fff }
@media (prefers-color-scheme: dark) {
  svg { color: #e6edf3; background: #0d1117; --w2v-forward: #56b4e9 }
}
</style>
"""


def ladder():
    """(stage, tokens a second, factor over the first) for each row of chapter 11's last ledger.

    Before the peer comes the card's.
    """
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    texts = ["".join(it.get("text") or it["data"].get("text/plain", "")) for it in outputs]
    ledgers = [LINE.findall(text) for text in texts if text.startswith("stage ")]
    rows = [(stage, float(speed.replace(",", "")), factor) for stage, speed, factor in ledgers[-1]]
    _, speed = card()
    factor = times(speed / rows[0][1]).removesuffix("x")
    return [*rows[:-1], (CARD, speed, factor), rows[-1]]


def card():
    """The card's name, and words a second in a whole training, those that thinning keeps.

    The ledger counts so, too, but leaves out what comes before the first epoch.
    """
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))
    kept, whole = stored["reads"]["an epoch"]["words kept"], stored["quality"]["defaults"]
    name = stored["card"]["name"].partition(",")[0]
    return name, kept * whole["epochs"] / whole["seconds"]["median"]


def note():
    """What the card's mark says."""
    return f"* another machine: {card()[0]}, chapter 13"


def marked(stage):
    return f"{stage} *" if stage == CARD else stage


def table(rows):
    """The rows as a table in Markdown."""
    lines = ["| stage | tokens/s | factor |", "|---|--:|--:|"]
    lines += [f"| {marked(stage)} | {speed:,.0f} | {factor}× |" for stage, speed, factor in rows]
    return "\n".join(lines) + f"\n\n\\{note()}\n"


def picture(rows):
    """The rows as bars on a log scale, in SVG that stands on its own."""
    (first, slow, _), (last, fast, factor) = rows[0], rows[-2]
    alt = f"Tokens a second, on a log scale: from {slow:,.0f} for {first} to {fast:,.0f} for {last}"
    alt += f" on another machine, {card()[0]}, {factor} times as many."
    diagram = Diagram(WIDTH, STEP * len(rows) + 64, alt)
    diagram.text(12, 18, "Tokens a second, stage by stage (log scale)", align="start")
    lowest, highest = math.log(slow / 2), math.log(fast)
    for i, (stage, speed, _) in enumerate(rows):
        y, role = STEP * i + 46, "plain" if stage == PEER else "forward"
        length = (WIDTH - NAMES - 78) * (math.log(speed) - lowest) / (highest - lowest)
        diagram.text(NAMES - 8, y, marked(stage), align="end")
        diagram.bar(NAMES, y, length, role)
        diagram.text(NAMES + length + 6, y, f"{speed:,.0f}", align="start")
    diagram.text(12, STEP * len(rows) + 46, note(), align="start")
    head, body = diagram._repr_html_().split("\n", 1)
    head = head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"{head}\n{STYLE}{body}\n"


if __name__ == "__main__":
    rows = ladder()
    readme = README.read_text(encoding="utf-8")
    README.write_text(TABLE.sub(table(rows), readme), encoding="utf-8")
    PICTURE.write_text(picture(rows), encoding="utf-8")
