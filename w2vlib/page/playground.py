"""A network so small that one sees all of its numbers, which trains as one watches.

    Playground("you say goodbye and i say hello .")

is CBOW with negative sampling and two numbers a word, so that each row of its matrices is a point of a
map. With a kernel the classes of chapters 1 to 7 train it. A page without one trains it itself: its
script does the same steps, from the same start and with the same negatives.
"""

import hashlib
import json
from html import escape
from math import atan2, ceil, degrees, hypot

import numpy as np

from w2vlib import check
from w2vlib.bottlenecks import create_contexts_target
from w2vlib.corpus import Vocabulary
from w2vlib.embedding import Embedding
from w2vlib.negative_sampling import NegativeSamplingLoss
from w2vlib.page.drawing import COLOURS, Diagram
from w2vlib.page.explore import TwoFaces
from w2vlib.sampler import UnigramSampler
from w2vlib.training import CBOW, SGD, sum_shared

__all__ = ["Playground"]

H, W, K = 2, 1, 2  # numbers in a vector, words on each side, negatives
RATES = [0.03, 0.1, 0.3, 1.0]  # with more than 1 the numbers grow without end
PASSES = 100  # over the text, with negatives of their own; then the same are drawn again
MAP = 88, 66  # half of a map's side, and how much of that the largest number takes
LOSS = 40, 318, 3.1, 70, 4  # the curve: where its axes meet, width of a pass, height, its loss

SCRIPT = """
(() => {
  const root = document.getElementById("ID");
  const {words, start, around, target, draws, rates, sizes} =
    JSON.parse(root.querySelector("script").text);
  const [reach, left, bottom, wide, high, top, passes] = sizes;
  const [step, play, reset] = root.querySelectorAll("button"), slider = root.querySelector("input");
  const part = {};  // what the picture changes, by name
  root.querySelectorAll("[data-part]").forEach(e => { part[e.dataset.part] = e; });
  let net = {losses: []}, last = [], timer = null;

  // The network. Its numbers can be read in the console: they are the element's `net`.
  const add = (row, factor, other) => other.forEach((x, j) => { row[j] += factor * x; });
  const zeros = W => W.map(() => [0, 0]);
  const begin = () => {
    const [W_in, W_out] = structuredClone(start), done = means();
    if (done.length) last = done;
    root.net = net = {W_in, W_out, steps: 0, losses: [], limit: 0};
    ask();
  };
  const ask = () => {  // forward and backward for the question of this step
    const {W_in, W_out, steps} = net, at = steps % target.length;
    const seen = around[at], asked = [target[at], ...draws[steps % draws.length]];
    const h = [0, 0], dh = [0, 0], dW_in = zeros(W_in), dW_out = zeros(W_out);
    seen.forEach(i => add(h, 1 / seen.length, W_in[i]));
    const score = asked.map(i => h[0] * W_out[i][0] + h[1] * W_out[i][1]);
    const y = score.map(s => 1 / (1 + Math.exp(-s)));
    const loss = score.map((s, k) => Math.log1p(Math.exp(k ? s : -s)));  // the first is the target
    asked.forEach((i, k) => {
      const slope = y[k] - (k ? 0 : 1);
      add(dW_out[i], slope, h);
      add(dh, slope, W_out[i]);
    });
    seen.forEach(i => add(dW_in[i], 1 / seen.length, dh));
    const limit = Math.max(net.limit, ...[W_in, W_out].flat(2).map(x => Math.ceil(Math.abs(x))));
    Object.assign(net, {seen, asked, h, score, y, loss, dW_in, dW_out, limit});
  };
  const update = () => {
    const rate = rates[slider.value];
    net.W_in.forEach((row, i) => add(row, -rate, net.dW_in[i]));
    net.W_out.forEach((row, i) => add(row, -rate, net.dW_out[i]));
    net.losses.push(sum(net.loss));
    net.steps += 1;
    ask();
  };

  const sum = list => list.reduce((a, b) => a + b, 0);
  const means = () => {  // of each finished pass over the questions
    const list = [], n = target.length;
    for (let i = n; i <= net.losses.length; i += n) list.push(sum(net.losses.slice(i - n, i)) / n);
    return list;
  };

  // The picture that Python drew, with the numbers of now.
  const digits = x => x.toFixed(Math.abs(x) < 9.995 ? 2 : 1);
  const arrow = (name, x, y, dx, dy) => {
    const length = Math.hypot(dx, dy), s = Math.min(1, length / 10);
    const [a, b, c] = [length - 7 * s, 3.5 * s, length].map(v => v.toFixed(1));
    part[name].setAttribute("d", `M0 0H${a}M${c} 0L${a} -${b}V${b}z`);
    const turn = Math.atan2(dy, dx) * 180 / Math.PI;
    place(name, x, y, ` rotate(${turn.toFixed(1)})`);
  };
  const place = (name, x, y, turn = "") =>
    part[name].setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})${turn}`);
  const curve = (name, list) => part[name].setAttribute("points", list.slice(-passes).map((mean, i) =>
    `${(left + wide * i).toFixed(1)},${(bottom - high * Math.min(mean / top, 1)).toFixed(1)}`).join(" "));
  const matrix = (name, W, dW, touched, unit) => {
    const names = [], points = W.map(([x, y]) => [unit * x, -unit * y, 4]);
    W.forEach((row, i) => {
      const on = touched.includes(i), rate = rates[slider.value];
      part[`${name} mark ${i}`].setAttribute("opacity", on ? 1 : 0);
      part[`d${name} mark ${i}`].setAttribute("opacity", on ? 1 : 0);
      row.forEach((x, j) => {
        part[`${name} ${i} ${j}`].textContent = digits(x);
        part[`d${name} ${i} ${j}`].textContent = on ? digits(dW[i][j]) : "";
      });
      const [x, y, dx, dy] = [row[0], -row[1], -dW[i][0], dW[i][1]].map(v => unit * v);
      place(`${name} word ${i}`, x, y);
      place(`${name} next ${i}`, x + rate * dx, y + rate * dy);
      arrow(`${name} slope ${i}`, x, y, dx, dy);
      const half = 3.2 * words[i].length, side = (i + 1 >> 1) % 2 ? -13 : 13;
      const free = things => [side, -side].find(s => things.every(([a, b, other]) =>
        Math.abs(a - x) >= half + other || Math.abs(b - y - s) >= 11));
      const at = free([...names, ...points]) ?? free(names);  // a name covers no other name
      if (at) names.push([x, y + at, half]);
      part[`${name} name ${i}`].setAttribute("y", ((at ?? side) + 0.35 * 13).toFixed(1));
      part[`${name} name ${i}`].setAttribute("opacity", at ? 1 : 0);
      part[`${name} next ${i}`].setAttribute("opacity", on ? 1 : 0);
    });
  };
  const show = () => {
    const {W_in, W_out, dW_in, dW_out, seen, asked, h, score, y, loss, steps, limit} = net;
    const unit = reach / limit;
    matrix("W_in", W_in, dW_in, seen, unit);
    matrix("W_out", W_out, dW_out, asked, unit);
    ["W_in", "W_out"].forEach(name => {
      arrow(`${name} h`, 0, 0, unit * h[0], -unit * h[1]);
      part[`${name} limit`].textContent = `± ${limit}`;
    });
    asked.forEach((i, k) => {
      const row = [words[i], digits(score[k]), y[k].toFixed(2), digits(loss[k])];
      row.forEach((text, j) => { part[`question ${k} ${j}`].textContent = text; });
    });
    const done = means(), n = Math.min(10, done.length);
    curve("curve", done);
    curve("before", last);
    part.mean.textContent =
      n ? `pass ${done.length}, last ${n}: ${digits(sum(done.slice(-n)) / n)}` : "";
    part.said.setAttribute("aria-live", timer ? "off" : "polite");  // silent while it plays
    part.said.textContent = `Step ${steps}: “${words[seen[0]]} _ ${words[seen[1]]}”. ` + asked.map(
      (i, k) => `Is it “${words[i]}”? ${y[k].toFixed(2)}. `).join("") + `Loss ${digits(sum(loss))}.`;
    slider.nextElementSibling.value = rates[slider.value];
    slider.setAttribute("aria-valuetext", rates[slider.value]);
  };

  // Four pictures a second. Who asked for less motion gets one a second, after as many steps.
  const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; show(); };
  step.addEventListener("click", () => { update(); show(); });
  reset.addEventListener("click", () => { begin(); stop(); });
  slider.addEventListener("input", show);
  play.addEventListener("click", () => {
    if (timer) return stop();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    play.textContent = "Stop";
    timer = setInterval(() => {
      for (let i = 0; i < (calm ? 20 : 5); i++) {
        update();
        if (net.steps % draws.length === 0) return stop();  // from here on they come again
      }
      show();
    }, calm ? 1000 : 250);
  });
  begin();
})();
"""


class Playground(TwoFaces):
    """A network that trains step by step on a text of a few words.

    text: words between blanks, at least 4 different ones. rate: the learning rate to begin with, one
    of 0.03, 0.1, 0.3 and 1. seed: for the start and the negatives. `step` trains, `reset` begins
    again. `params` and `grads` are W_in and W_out, (V, 2) float32, and the gradients of the question
    that is asked next; `losses` are those of the steps so far. `start` (2, V, 2) holds both matrices
    at the start, `draws` the negatives of the first 100 passes over the text.
    """

    def __init__(self, text, *, rate=0.1, seed=0):
        check.whole(seed, "seed", at_least=0)
        words = text.split()
        self.vocabulary = Vocabulary(dict.fromkeys(words))
        if not 4 <= len(self.vocabulary) <= 12:
            raise ValueError(
                f"text has {len(self.vocabulary)} different words: 4 to 12 are what can be seen at once"
            )
        self.text, self.seed, self.ids = text, seed, self.vocabulary.ids(words)
        self.contexts, self.target = create_contexts_target(self.ids, W)
        shape = 2, len(self.vocabulary), H
        self.start = np.round(np.random.default_rng(seed).uniform(-1, 1, shape), 2)
        sampler = UnigramSampler(self.ids, 0.75, K, rng=seed)
        self.draws = sampler.get_negative_sample(np.tile(self.target, PASSES))
        self.names = ["full stop" if word == "." else word for word in self.vocabulary]
        self.rate = rate
        self.losses, self._before = [], []
        self.reset()

    def __repr__(self):
        return f"Playground({self.text!r})"

    @property
    def rate(self):
        """The learning rate."""
        return self._rate

    @rate.setter
    def rate(self, rate):
        if rate not in RATES:
            raise ValueError(f"rate is {rate}: it should be one of {', '.join(map(str, RATES))}")
        self._rate = rate

    def reset(self):
        """Begin again. The curve of this run is kept, in gray."""
        self._before = self._means() or self._before
        W_in, W_out = self.start.astype(np.float32)
        self.model = model = CBOW(len(W_in), H, W, self.ids)
        model.in_layer = Embedding(W_in)
        model.loss_layer = NegativeSamplingLoss(W_out, self.ids, sample_size=K)
        model.params = model.in_layer.params + model.loss_layer.params
        model.grads = model.in_layer.grads + model.loss_layer.grads
        self.losses, self._limit = [], 0
        self._ask()

    def step(self, count=1):
        """Train on the next question, or on the next `count` of them."""
        for _ in range(count):
            SGD(self.rate).update(self.params, self.grads)
            self.losses.append(self.loss)
            self._ask()

    def _ask(self):
        """Forward and backward for the next question: the first two thirds of Trainer.step."""
        n = len(self.losses)
        if n % (PASSES * len(self.target)) == 0:
            self.model.loss_layer.sampler.rng = np.random.default_rng(self.seed)
        at = [n % len(self.target)]
        self.loss = self.model.forward(self.contexts[at], self.target[at])
        self.model.backward()
        self.params, self.grads = sum_shared(self.model.params, self.model.grads)
        self.seen = self.contexts[at[0]]
        self.asked = [int(layer.embed.idx[0]) for layer in self.model.loss_layer.embed_dot_layers]
        self.y = [float(layer.y[0]) for layer in self.model.loss_layer.loss_layers]
        # The maps' limit never shrinks, or all points would jump to and fro.
        self._limit = max(self._limit, ceil(np.abs(self.params).max()))

    def _means(self):
        """The mean loss of each finished pass over the text."""
        n = len(self.target)
        return [np.mean(self.losses[i - n : i]) for i in range(n, len(self.losses) + 1, n)]

    # What one sees of it.

    def page(self):
        """The HTML for a page without a kernel: it begins at the start, whatever was trained here."""
        start = Playground(self.text, rate=self.rate, seed=self.seed)
        data = {
            "words": self.names,
            "start": self.start.tolist(),
            "around": self.contexts.tolist(),
            "target": self.target.tolist(),
            "draws": self.draws.tolist(),
            "rates": RATES,
            "sizes": [MAP[1], *LOSS, PASSES],
        }
        data = json.dumps(data, separators=(",", ":")).replace("</", "<\\/")
        name = "playground-" + hashlib.sha256(f"{data} {self.rate}".encode()).hexdigest()[:10]
        script = SCRIPT.replace("ID", name)
        names = "Step", "Play", "Reset"
        buttons = "".join(f'<button type="button">{x}</button>\n' for x in names)
        return (
            f'<div class="w2v-playground" id="{name}">\n{buttons}'
            f'<label>learning rate <input type="range" min="0" max="{len(RATES) - 1}" '
            f'value="{RATES.index(self.rate)}" aria-valuetext="{self.rate:g}"> '
            f"<output>{self.rate:g}</output></label>\n{start.picture()}\n"
            f'<script type="application/json">{data}</script>\n<script>{script}</script>\n</div>'
        )

    def widget(self):
        """The ipywidgets view, or None where there is no ipywidgets."""
        try:
            import ipywidgets as widgets  # here: no need of it to import w2vlib
        except ImportError:
            return None
        view = widgets.HTML()
        step, reset = widgets.Button(description="Step"), widgets.Button(description="Reset")
        play = widgets.Play(interval=250, max=10**6, show_repeat=False, description="Play")
        rate = widgets.SelectionSlider(
            options=[(f"{x:g}", x) for x in RATES],
            value=self.rate,
            description="learning rate",
            style={"description_width": "initial"},
        )

        def show():
            view.value = self.picture()

        def train(count):
            for _ in range(count):
                self.step()
                if len(self.losses) % len(self.draws) == 0:
                    play.playing = False  # from here on they come again
                    break
            show()

        def turn(change):
            self.rate = change.new
            show()

        def begin(_):
            play.playing = False
            self.reset()
            show()

        step.on_click(lambda _: train(1))
        reset.on_click(begin)
        play.observe(lambda change: change.new > change.old and train(5), "value")
        rate.observe(turn, "value")
        show()
        return widgets.VBox([widgets.HBox([step, play, reset]), rate, view])

    def picture(self):
        """The state as HTML: what is asked, the words as points, the loss so far, all numbers."""
        a, b = (self.names[i] for i in self.seen)
        said = f"Step {len(self.losses)}: “{a} _ {b}”. "
        said += "".join(f"Is it “{self.names[i]}”? {y:.2f}. " for i, y in zip(self.asked, self.y))
        said += f"Loss {_digits(self.loss)}."
        side = '<div style="flex: 1 1 290px">'
        return (
            f'<p data-part="said" aria-live="polite" style="min-height: 5em">{escape(said)}</p>\n'
            f'<div class="w2v-view" style="display: flex; flex-wrap: wrap; gap: 1rem">\n'
            f"{side}{self._maps()._repr_html_()}</div>\n"
            f"{side}{self._numbers()._repr_html_()}</div>\n</div>"
        )

    def _maps(self):
        d = Diagram(
            360, 330, "Two maps, on which each word is a point: its row of W_in, its row of W_out. "
            "An arrow leads from the middle to h. From each row that is touched a dashed arrow goes "
            "against its gradient, with a ring where the next step takes it. Below, a curve: the mean "
            "loss of each finished pass, and in gray that of the run before.",
        )  # fmt: skip
        side, reach = MAP
        numbers, slopes, limit = np.array(self.params), np.array(self.grads), self._limit
        h = reach / limit * self.model.loss_layer.embed_dot_layers[0].cache[0][0]
        for n, name in enumerate(["W_in", "W_out"]):
            x, y = side + n * 2 * (side + 2), 20 + side
            d.text(x, 8, f"rows of {name}", "parameter")
            d.line((x - side, y), (x + side, y))
            d.line((x, y - side), (x, y + side))
            d.text(x + side, 8, f"± {limit}", align="end")
            _part(d, f"{name} limit")
            box = f'x="{x - side - 2}" y="{y - side}" width="{2 * side + 4}" height="{2 * side}"'
            view = f'viewBox="{-side - 2} {-side} {2 * side + 4} {2 * side}"'
            # A picture in the picture: it cuts off what goes beyond the map.
            d.parts.append(f'<svg aria-label="Map of the rows of {name}" {box} {view}>')
            touched = self.asked if n else self.seen
            self._words(d, name, reach / limit * numbers[n], -reach / limit * slopes[n], h, touched)
            d.parts.append("</svg>")
        self._curve(d)
        return d

    def _words(self, d, name, places, slopes, h, touched):
        """The words of a map as points, with what moves them."""
        d.parts += [_group("forward"), _arrow(f"{name} h", 0, 0, *h), "</g>"]
        names, points = [], [(x, -y, 4) for x, y in places]
        for i, (place, word) in enumerate(zip(places, self.names)):
            (x, y), half, side = place, 3.2 * len(word), -13 if (i + 1) // 2 % 2 else 13
            free = [s for things in (names + points, names) for s in (side, -side) if all(
                abs(a - x) >= half + other or abs(b + y - s) >= 11 for a, b, other in things
            )]  # fmt: skip
            names += [(x, s - y, half) for s in free[:1]]  # it covers no other name, or is left out
            d.parts.append(f'<g data-part="{name} word {i}" {_place(*place)}>')
            d.parts.append(f'<circle r="4" fill="{COLOURS["parameter"]}"/>')
            d.text(0, (free or [side])[0], word)
            _part(d, f'{name} name {i}" opacity="{len(free[:1])}')
            d.parts.append("</g>")
        d.parts.append(_group("gradient"))
        for i, (place, slope) in enumerate(zip(places, slopes)):
            d.parts.append(_arrow(f"{name} slope {i}", *place, *slope))
        d.parts += ["</g>", f'<g fill="none" stroke="{COLOURS["parameter"]}">']
        for i, (place, slope) in enumerate(zip(places, slopes)):
            at = _place(*(place + self.rate * slope))
            d.parts.append(
                f'<circle data-part="{name} next {i}" r="5.5" {at} opacity="{int(i in touched)}"/>'
            )
        d.parts.append("</g>")

    def _curve(self, d):
        left, bottom, wide, high, top = LOSS
        means = self._means()
        d.line((left, bottom), (left + wide * PASSES, bottom))
        d.line((left, bottom), (left, bottom - high))
        d.text(left - 8, bottom, 0)
        d.text(left - 12, bottom - high, f"{top}+")
        d.text(0, bottom - high - 22, "mean loss of each pass", "forward", "start")
        last = means[-10:]
        d.text(356, bottom - high - 22, last and f"pass {len(means)}, last {len(last)}: "
               f"{_digits(np.mean(last))}" or "", "forward", "end")  # fmt: skip
        _part(d, "mean")
        d.parts.append('<g opacity="0.4">')
        for name, run, role in [("before", self._before, "plain"), ("curve", means, "forward")]:
            drawn = np.minimum(run[-PASSES:], top)
            d.curve(left + wide * np.arange(len(drawn)), bottom - high / top * drawn, role)
            _part(d, name)
            d.parts += ["</g>"] * (name == "before")

    def _numbers(self):
        count = len(self.vocabulary)
        d = Diagram(
            360, 142 + 22 * count, "Tables of numbers: for each word that is asked about its label, "
            "score, answer y and loss; then W_in and W_out with their gradients. The rows that "
            "this step touches are marked.",
        )  # fmt: skip
        h, W_out = self.model.loss_layer.embed_dot_layers[0].cache[0][0], self.params[1]
        for j, title in enumerate(["asked", "label", "score", "y", "loss"]):
            d.text(36 + 72 * j, 8, title)
        for k, (i, y) in enumerate(zip(self.asked, self.y)):
            score, at = float(W_out[i] @ h), 28 + 22 * k
            loss = np.logaddexp(0, score if k else -score)
            d.text(108, at, int(k == 0))
            row = [self.names[i], _digits(score), f"{y:.2f}", _digits(loss)]
            for j, (x, text) in enumerate(zip([36, 180, 252, 324], row)):
                d.text(x, at, text)
                _part(d, f"question {k} {j}")
        for i, word in enumerate(self.names):
            d.text(58, 149 + 22 * i, word, align="end")
        for n, (name, touched) in enumerate([("W_in", self.seen), ("W_out", self.asked)]):
            x = 64 + 152 * n
            _matrix(d, x, self.params[n], "parameter", name, name, touched)
            _matrix(d, x + 74, self.grads[n], "gradient", f"d{name}", "gradient", touched)
        return d


def _matrix(d, x, values, role, part, title, touched):
    """A table with the rows marked that a step touches; a gradient is 0 in the others, and empty."""
    wide, high, top = 34, 22, 138
    d.table(x, top, np.full(values.shape, ""), title=title, cell=(wide, high))
    del d.parts[-values.size :]  # the empty texts: those of below have names
    d.parts.append(_group(role, 0.12))
    for i in range(len(values)):
        outline = f"M{x} {top + i * high}h{2 * wide}v{high}h-{2 * wide}z"
        on = int(i in touched)
        d.parts.append(f'<path data-part="{part} mark {i}" d="{outline}" opacity="{on}"/>')
    d.parts.append("</g>")
    for i, j in np.ndindex(values.shape):
        shown = _digits(values[i, j]) if role == "parameter" or i in touched else ""
        d.text(x + (j + 0.5) * wide, top + (i + 0.5) * high, shown)
        _part(d, f"{part} {i} {j}")


def _part(d, name):
    """Name what was drawn last, for the script to find."""
    d.parts[-1] = d.parts[-1].replace(" ", f' data-part="{name}" ', 1)


def _group(role, opacity=1):
    """A group of things that are drawn in the colour of a role."""
    width = 2.4 if role == "parameter" else 1.5
    dashes = ' stroke-dasharray="4 2"' if role == "gradient" else ""
    colour = COLOURS[role]
    return f'<g fill="{colour}" fill-opacity="{opacity}" stroke="{colour}" stroke-width="{width}"{dashes}>'


def _place(x, y, turn=""):
    return f'transform="translate({x:.1f} {-y:.1f}){turn}"'


def _arrow(name, x, y, dx, dy):
    """From (x, y) by (dx, dy), upwards: an arrow that is there even when its length is 0."""
    length = hypot(dx, dy)
    s = min(1, length / 10)
    a, b = length - 7 * s, 3.5 * s
    place = _place(x, y, f" rotate({degrees(atan2(-dy, dx)):.1f})")
    return f'<path data-part="{name}" d="M0 0H{a:.1f}M{length:.1f} 0L{a:.1f} -{b:.1f}V{b:.1f}z" {place}/>'


def _digits(number):
    return f"{number:.{2 if abs(number) < 9.995 else 1}f}"
