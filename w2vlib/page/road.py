"""A cluster to try out on paper: its assumptions to drag, and where the time then goes.

    Road(machines=16, gigabits=10)

draws how many times as fast as one machine 2 to 256 of them are, with copies that meet and with
columns (`w2vlib.road`), and lists what a round of so many machines spends its time on.
"""

import numpy as np

from w2vlib import check, road
from w2vlib.page.drawing import COLOURS, Diagram
from w2vlib.page.faces import TwoFaces, embed

__all__ = ["Road"]

TEXT = 10e9  # tokens
MACHINES = [2**k for k in range(1, 9)]
CONTROLS = {  # field: what is said of it, values, what a value is multiplied by, in details or not
    "machines": ("machines", MACHINES, 1, False),
    "gigabits": ("Gb/s of the road", [1, 2.5, 10, 25, 40, 100, 400], 1, False),
    "tokens": ("M tokens between meetings", [1, 2, 4, 10, 20, 40, 100, 200, 400, 1000], 1e6, False),
    "levels": ("meetings till all rows meet", [1, 2, 4, 8, 16, 32], 1, False),
    "number": ("bytes of a number", [2, 4], 1, False),
    "vocab_size": ("words, V", [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000], 1, True),
    "speed": ("M tokens/s of a machine", [1, 2.5, 5, 10, 20, 50, 200], 1e6, True),
    "packing": ("GB/s packed and merged", [0.2, 0.5, 1, 2, 5, 10], 1e9, True),
    "latency": ("ms until an answer", [0.1, 0.3, 1, 3, 10], 1e-3, True),
}  # fmt: skip
PARTS = {
    "train": "training",
    "wait": "waiting",
    "send": "on the road",
    "pack": "packing",
    "ask": "asking",
}
LEFT, TOP, WIDE, HIGH = 34, 32, 352, 180  # of the chart
LEAST, MOST = 0.25, 256  # times as fast as one machine


class Road(TwoFaces):
    """What 2 to 256 machines would do for 10 G tokens, by assumptions to drag.

    start: values to begin with, by the names of `w2vlib.road.Cluster`, and vocab_size; each one of
        those that a slider has. Of levels, the meetings till all rows meet: 1, 2, 4, ...
    Raises ValueError for another name or value.
    Source: of this course.

    >>> Road(machines=64).copies.meeting > 0.9  # of the time goes into meetings
    True
    """

    kind = "road"

    def __init__(self, **start):
        base = road.Cluster()._asdict()
        self.at = {}
        for name, (_, values, unit, _) in CONTROLS.items():
            usual = base.get(name, 1_000_000) / unit
            value = start.pop(name, round(usual, 9))
            check.choice(value, values, name)
            self.at[name] = values.index(value)
        if start:
            raise ValueError(f"{next(iter(start))} is no control: there are {', '.join(CONTROLS)}")
        self.words = road.zipf(self._value("vocab_size"))
        self.copies = road.copies(self.words, self.cluster())

    def __repr__(self):
        return "Road"

    def _value(self, name):
        _, values, unit, _ = CONTROLS[name]
        return values[self.at[name]] * unit

    def cluster(self, **other):
        """The assumptions as the sliders stand -> Cluster."""
        values = {name: self._value(name) for name in CONTROLS if name != "vocab_size"}
        values["levels"] = self.at["levels"] + 1
        return road.Cluster(**values | other)

    def page(self):
        """The HTML: the sliders, the chart, the parts of a round, and what is said below."""
        sliders = ["".join(self._slider(name) for name in CONTROLS if CONTROLS[name][3] == folded)
                   for folded in (False, True)]  # fmt: skip
        rows = "".join(self._part(name, said) for name, said in PARTS.items())
        return (
            f'<div class="w2v-explore w2v-road" data-mount="{self.kind}">\n'
            f'<div class="w2v-sliders">\n{sliders[0]}</div>\n'
            "<details><summary>Further assumptions</summary>\n"
            f'<div class="w2v-sliders">\n{sliders[1]}</div>\n</details>\n'
            f'<div class="w2v-view">{self._chart()._repr_html_()}</div>\n'
            '<table><thead><tr><th scope="col">a round</th><th scope="col">share</th>'
            f'<th scope="col">seconds</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n'
            f'<p aria-live="polite">{self.said()}</p>\n{embed(self._data())}\n</div>'
        )

    def _slider(self, name):
        said, values, _, _ = CONTROLS[name]
        at = self.at[name]
        return (
            f'<label>{said} <input type="range" name="{name}" min="0" max="{len(values) - 1}" '
            f'value="{at}" aria-valuetext="{values[at]:,}"> <output>{values[at]:,}</output>'
            "</label>\n"
        )

    def _part(self, name, said):
        seconds = getattr(self.copies, name)
        share = 100 * seconds / self.copies.seconds
        return (
            f'<tr data-part="{name}"><th scope="row">{said}</th><td>'
            '<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect width="{share:.1f}" height="16"/></svg><span>{share:.0f}%</span></td>'
            f"<td>{short(seconds)}</td></tr>\n"
        )

    def said(self):
        """How fast it is, in words."""
        c, r = self.cluster(), self.copies
        apart = road.columns(c)
        V, H = self._value("vocab_size"), c.vector_size
        most = f", with {c.machines} machines for {H} columns" if c.machines > H else ""
        return (
            f"Copies: {short(r.speed)} tokens/s, {short(r.speed / c.speed)} times one machine. "
            f"10 G tokens take {duration(TEXT / r.speed)} and {short(TEXT / c.tokens)} meetings, "
            f"{short(road.bytes_sent(self.words, c))}B sent by each machine in each. "
            f"A machine holds {short(8 * H * V)}B of vectors. "
            f"Columns: {short(apart.speed)} tokens/s, {short(apart.speed / c.speed)} times one "
            f"machine; each holds {short(8 * H * V / min(c.machines, H))}B{most}."
        )

    def _chart(self):
        d = Diagram(
            400, TOP + HIGH + 40, "How many times as fast as one machine 2 to 256 machines are, by "
            "copies and by columns. The words below say it for so many machines as are chosen.",
        )  # fmt: skip
        d.text(LEFT, 10, "times one machine", align="start")
        d.parts.append('<g opacity="0.5">')
        for times in (1, 4, 16, 64, 256):
            d.line((LEFT, height(times)), (LEFT + WIDE, height(times)))
        d.line((across(2), height(2)), (across(256), height(256)))
        d.parts.append("</g>")
        for times in (1, 4, 16, 64, 256):
            d.text(LEFT - 6, height(times), times, align="end")
        for machines in MACHINES:
            d.text(across(machines), TOP + HIGH + 13, machines)
        d.text(LEFT + WIDE / 2, TOP + HIGH + 30, "machines")
        d.text(across(20), height(30), "as many as machines", align="end")
        points = {}
        for role, name in (("forward", "copies"), ("gradient", "columns")):
            rounds = [self._round(name, machines) for machines in MACHINES]
            points[name] = [height(r.speed / self._value("speed")) for r in rounds]
            d.curve([*map(across, MACHINES)], points[name], role, part=name)
        for x, role, name in ((196, "forward", "copies"), (288, "gradient", "columns")):
            d.curve((x, x + 24), (10, 10), role)
            d.text(x + 30, 10, name, role, align="start")
        x, y = across(self._value("machines")), points["copies"][self.at["machines"]]
        look = f'r="5" fill="{COLOURS["forward"]}"'
        d.parts.append(f'<circle data-part="here" cx="{x:.1f}" cy="{y:.1f}" {look}/>')
        return d

    def _round(self, name, machines):
        cluster = self.cluster(machines=machines)
        return road.columns(cluster) if name == "columns" else road.copies(self.words, cluster)

    def _data(self):
        base = road.Cluster()
        return {
            "values": {name: values for name, (_, values, _, _) in CONTROLS.items()},
            "units": {name: unit for name, (_, _, unit, _) in CONTROLS.items()},
            "words": [
                [[float(f"{x:.6g}") for x in field] for field in road.zipf(V)]
                for V in CONTROLS["vocab_size"][1]
            ],
            "fixed": {
                "text": TEXT, "size": base.vector_size, "spread": base.spread,
                "message": base.message, "extra": road.EXTRA, "line": road.LINE,
                "batch": road.BATCH, "scores": road.SCORES,
            },
            "chart": [LEFT, TOP, WIDE, HIGH, LEAST, MOST],
        }  # fmt: skip


def across(machines):
    """Where so many machines stand."""
    return LEFT + WIDE * float(np.log2(machines) - 1) / 7


def height(times):
    """Where so many times as fast as one machine stand."""
    steps = np.log2(np.clip(times, LEAST, MOST) / LEAST) / np.log2(MOST / LEAST)
    return TOP + HIGH * (1 - float(steps))


def short(x):
    """Three digits, and a letter for thousands and more: 13.7 M."""
    x = float(f"{x:.2e}")
    for unit, letter in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if x >= unit:
            return f"{float(f'{x / unit:.3g}'):g}{letter}"
    return f"{x:.3g}" if x >= 0.001 else "under 0.001"


def duration(seconds):
    """In seconds, minutes, hours or days."""
    for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{float(f'{seconds / unit:.2e}'):g} {name}"
    return f"{float(f'{seconds:.2e}'):g} seconds"
