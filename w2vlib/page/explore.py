"""Things to try out: a picture with controls, alive with a kernel and on a page without one.

    Explore(picture, score=np.linspace(-4, 4, 17))

shows `picture(score)` with a slider for the score. With a kernel the slider is an ipywidget that
calls the function. A page without a kernel shows what the function drew for each position in
advance: the same pictures, and the same numbers, for they come from the same function.
"""

import hashlib
import itertools
import json
from html import escape
from numbers import Integral

__all__ = ["Explore", "TwoFaces"]

MOST = 200  # pictures that a page carries at most

SCRIPT = """
(() => {
  const root = document.getElementById("ID"), frames = JSON.parse(root.querySelector("script").text);
  const inputs = [...root.querySelectorAll("input, select")], labels = LABELS;
  const view = root.querySelector(".w2v-view"), play = root.querySelector("button");
  const show = () => {
    const at = inputs.map(input => +input.value);
    view.innerHTML = frames[at.reduce((sum, i, n) => sum * labels[n].length + i, 0)];
    inputs.forEach((input, n) => {
      const text = labels[n][at[n]], out = input.parentNode.querySelector("output");
      if (out) { out.value = text; input.setAttribute("aria-valuetext", text); }
    });
  };
  inputs.forEach(input => input.addEventListener("input", show));
  if (play) {
    let timer = null;
    const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; };
    play.addEventListener("click", () => {
      if (timer) return stop();
      if (inputs[0].value === inputs[0].max) inputs[0].value = 0;
      play.textContent = "Stop";
      timer = setInterval(() => {
        inputs[0].stepUp(); show();
        if (inputs[0].value === inputs[0].max) stop();
      }, 1500);
    });
  }
})();
"""


class TwoFaces:
    """What a notebook shows with a kernel, by `widget()`, and without one, by `page()`.

    `widget()` returns an ipywidget, or None where ipywidgets is not installed; `page()` HTML.
    """

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self), "text/html": self.page()}
        widget = self.widget()
        if widget is not None:
            bundle |= widget._repr_mimebundle_()
            bundle["text/plain"] = repr(self)
        return bundle


class Explore(TwoFaces):
    """`picture(**values)` with a control for each of its arguments.

    picture: a function that returns something that a notebook can show as HTML: a Diagram, or an
    object with _repr_html_, or a string of HTML. start: {name: value} to begin with, by default the
    first ones. play: with a button that runs through the values of the first control. controls: for
    each argument its values; numbers get a slider, strings a list to choose from. Names are shown
    with blanks for underscores. Raises ValueError for more combinations than a page should carry.
    """

    def __init__(self, picture, *, start=None, play=False, **controls):
        if not controls:
            raise ValueError("no control: pass the values of an argument, as in score=[-1, 0, 1]")
        self.picture, self.play = picture, play
        self.controls = {name: list(values) for name, values in controls.items()}
        combinations = list(itertools.product(*self.controls.values()))
        if not 1 < len(combinations) <= MOST:
            raise ValueError(f"{len(combinations)} pictures: 2 to {MOST} are what a page can carry")
        self.start = [
            values.index((start or {}).get(name, values[0]))
            for name, values in self.controls.items()
        ]
        self.frames = [
            _html(picture(**dict(zip(self.controls, values)))) for values in combinations
        ]

    def __repr__(self):
        return f"Explore({', '.join(self.controls)})"

    def page(self):
        """The HTML for a page without a kernel."""
        frames = json.dumps(self.frames).replace("</", "<\\/")
        labels = [list(map(_label, values)) for values in self.controls.values()]
        name = "explore-" + hashlib.sha256(frames.encode()).hexdigest()[:10]
        script = SCRIPT.replace("ID", name).replace("LABELS", json.dumps(labels))
        at = 0
        for values, i in zip(self.controls.values(), self.start):
            at = at * len(values) + i
        button = '<button type="button">Play</button>' if self.play else ""
        return (
            f'<div class="w2v-explore" id="{name}">\n{"".join(self._inputs())}{button}\n'
            f'<div class="w2v-view" aria-live="polite">{self.frames[at]}</div>\n'
            f'<script type="application/json">{frames}</script>\n<script>{script}</script>\n</div>'
        )

    def _inputs(self):
        for (name, values), i in zip(self.controls.items(), self.start):
            said = escape(name.replace("_", " "))
            if isinstance(values[0], str):
                options = "".join(
                    f'<option value="{n}"{" selected" * (n == i)}>{escape(value)}</option>'
                    for n, value in enumerate(values)
                )
                yield f"<label>{said} <select>{options}</select></label>\n"
            else:
                yield (
                    f'<label>{said} <input type="range" min="0" max="{len(values) - 1}" value="{i}" '
                    f'aria-valuetext="{_label(values[i])}"> '
                    f"<output>{_label(values[i])}</output></label>\n"
                )

    def widget(self):
        """The ipywidgets view, or None where there is no kernel or no ipywidgets."""
        try:
            import ipywidgets as widgets  # here: no need of it to import w2vlib
        except ImportError:
            return None
        choosers = [
            (widgets.Dropdown if isinstance(values[0], str) else widgets.SelectionSlider)(
                options=[(_label(value), value) for value in values],
                value=values[i],
                description=name.replace("_", " "),
                style={"description_width": "initial"},
            )
            for (name, values), i in zip(self.controls.items(), self.start)
        ]
        view = widgets.HTML()

        def show(change=None):
            chosen = [chooser.value for chooser in choosers]
            view.value = _html(self.picture(**dict(zip(self.controls, chosen))))

        for chooser in choosers:
            chooser.observe(show, "value")
        show()
        return widgets.VBox([*choosers, view])


def _html(picture):
    return picture if isinstance(picture, str) else picture._repr_html_()


def _label(value):
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, Integral) else f"{value:,g}"
