// A network that trains where it stands. Its numbers can be read in the console: they are the
// element's `net`.
export function mount(root) {
  const data = JSON.parse(root.querySelector(":scope > script").text);
  const [reset, play, step] = [...root.querySelectorAll("button")].reverse();
  const slider = root.querySelector("input"), calm = matchMedia("(prefers-reduced-motion: reduce)");
  const rate = () => data.rates[slider?.value ?? 0];
  const draw = picture(root, data);
  let net, before = [], timer = null, playing = false, near = true;

  const begin = () => {
    before = net?.means().length ? net.means() : before;
    root.net = net = network(data);
  };
  const show = () => {
    draw(net, rate(), before, playing);
    if (!slider) return;
    slider.nextElementSibling.value = rate();
    slider.setAttribute("aria-valuetext", rate());
  };
  // Four pictures a second. Who asked for less motion gets one a second, after as many steps. Out of
  // sight nothing moves.
  const turn = (on) => {
    playing = on;
    play.textContent = playing ? "Pause" : "Play";
    clearInterval(timer);
    timer = null;
    if (playing && near && !document.hidden) timer = setInterval(move, calm.matches ? 1000 : 250);
    show();
  };
  const move = () => {
    for (let i = 0; i < (data.pace ?? 5) * (calm.matches ? 4 : 1); i++) {
      net.step(rate());
      if (net.losses.length % data.draws.length === 0) return turn(false); // now they come again
    }
    show();
  };
  step?.addEventListener("click", () => {
    net.step(rate());
    show();
  });
  reset.addEventListener("click", () => {
    begin();
    turn(!slider);
  });
  slider?.addEventListener("input", show);
  play.addEventListener("click", () => turn(!playing));
  document.addEventListener("visibilitychange", () => turn(playing));
  new IntersectionObserver(([{ isIntersecting }]) => {
    near = isIntersecting;
    turn(playing);
  }).observe(root);
  begin();
  turn(data.starts && !calm.matches);
}

const sum = (list) => list.reduce((a, b) => a + b, 0);
const add = (row, factor, other) => other.forEach((x, j) => { row[j] += factor * x; });

// CBOW with negative sampling, as chapters 1 to 7 build it: what is asked next, what the network
// answers, and the gradients. `step` takes one step against them and asks the next question.
function network({ start, around, target, draws, limit: least = 0 }) {
  const [W_in, W_out] = structuredClone(start), losses = [];
  const net = { W_in, W_out, losses, limit: least };
  const ask = () => {
    const n = losses.length, at = n % target.length;
    const seen = around[at], asked = [target[at], ...draws[n % draws.length]];
    const [h, dh] = [[0, 0], [0, 0]], [dW_in, dW_out] = [W_in, W_out].map((W) => W.map(() => [0, 0]));
    seen.forEach((i) => add(h, 1 / seen.length, W_in[i]));
    const score = asked.map((i) => h[0] * W_out[i][0] + h[1] * W_out[i][1]);
    const y = score.map((s) => 1 / (1 + Math.exp(-s)));
    const loss = score.map((s, k) => Math.log1p(Math.exp(k ? s : -s))); // the first is the target
    asked.forEach((i, k) => {
      const slope = y[k] - (k ? 0 : 1);
      add(dW_out[i], slope, h);
      add(dh, slope, W_out[i]);
    });
    seen.forEach((i) => add(dW_in[i], 1 / seen.length, dh));
    // The maps' limit never shrinks, or all points would jump to and fro.
    const limit = Math.max(net.limit, ...[W_in, W_out].flat(2).map((x) => Math.ceil(Math.abs(x))));
    Object.assign(net, { seen, asked, h, score, y, loss, dW_in, dW_out, limit });
  };
  net.step = (rate) => {
    losses.push(sum(net.loss));
    W_in.forEach((row, i) => add(row, -rate, net.dW_in[i]));
    W_out.forEach((row, i) => add(row, -rate, net.dW_out[i]));
    ask();
  };
  net.means = () => { // of each finished pass over the questions
    const n = target.length, passes = Math.floor(losses.length / n);
    return Array.from({ length: passes }, (_, i) => sum(losses.slice(i * n, i * n + n)) / n);
  };
  ask();
  return net;
}

// Fills in the picture: what changes in it are the elements with a name, `data-part`. A small picture
// lacks some of them.
function picture(root, { words, reach, curve, around, target }) {
  const part = {};
  for (const element of root.querySelectorAll("[data-part]")) part[element.dataset.part] = element;
  const set = (name, attributes) => {
    for (const [key, value] of Object.entries(attributes)) part[name]?.setAttribute(key, value);
  };
  // Not by textContent, which takes a node away and adds one: the theme waits until that has ceased
  // before it lets the keyboard reach what scrolls.
  const write = (name, text) => {
    if (part[name]?.firstChild) part[name].firstChild.data = text;
    else part[name]?.append(text);
  };
  const digits = (x) => x.toFixed(Math.abs(x) < 9.995 ? 2 : 1);
  const place = (x, y) => `translate(${x.toFixed(1)} ${y.toFixed(1)})`;

  const arrow = (name, x, y, dx, dy) => { // it is there even when its length is 0
    const length = Math.hypot(dx, dy), s = Math.min(1, length / 10);
    const [a, b, c] = [length - 7 * s, 3.5 * s, length].map((v) => v.toFixed(1));
    const turn = (Math.atan2(dy, dx) * 180) / Math.PI;
    const transform = `${place(x, y)} rotate(${turn.toFixed(1)})`;
    set(name, { d: `M0 0H${a}M${c} 0L${a} -${b}V${b}z`, transform });
  };
  const line = (name, means) => {
    if (!curve) return;
    const { left, bottom, wide, passes, high, top } = curve;
    const points = means.slice(-passes).map((mean, i) =>
      [left + wide * i, bottom - high * Math.min(mean / top, 1)].map((v) => v.toFixed(1)));
    set(name, { points: points.join(" ") });
  };
  const matrix = (name, W, dW, touched) => W.forEach((row, i) => {
    const on = touched.includes(i);
    set(`${name} mark ${i}`, { opacity: Number(on) });
    set(`d${name} mark ${i}`, { opacity: Number(on) });
    row.forEach((x, j) => {
      write(`${name} ${i} ${j}`, digits(x));
      write(`d${name} ${i} ${j}`, on ? digits(dW[i][j]) : "");
    });
  });
  const map = (name, W, dW, touched, rate, unit) => {
    const names = [], points = W.map(([x, y]) => [unit * x, -unit * y, 4]);
    W.forEach((row, i) => {
      const [x, y, dx, dy] = [row[0], -row[1], -dW[i][0], dW[i][1]].map((v) => unit * v);
      set(`${name} word ${i}`, { transform: place(x, y) });
      arrow(`${name} slope ${i}`, x, y, dx, dy);
      const transform = place(x + rate * dx, y + rate * dy);
      set(`${name} next ${i}`, { transform, opacity: Number(touched.includes(i)) });
      const half = 3.2 * words[i].length, side = ((i + 1) >> 1) % 2 ? -13 : 13;
      const free = (things) => [side, -side].find((s) => things.every(([a, b, other]) =>
        Math.abs(a - x) >= half + other || Math.abs(b - y - s) >= 11));
      const at = free([...names, ...points]) ?? free(names); // a name covers no other name
      if (at) names.push([x, y + at, half]);
      set(`${name} name ${i}`, { y: ((at ?? side) + 0.35 * 13).toFixed(1), opacity: at ? 1 : 0 });
    });
  };

  // For each place the word with the highest score; where two have the same neighbours, both are right.
  const guesses = ({ W_in, W_out }) => around.map((seen) => {
    const h = [0, 1].map((j) => sum(seen.map((i) => W_in[i][j])) / seen.length);
    const scores = W_out.map((row) => row[0] * h[0] + row[1] * h[1]);
    const best = scores.indexOf(Math.max(...scores)), same = (other) => seen.every((i) => other.includes(i));
    const right = around.some((other, n) => same(other) && target[n] === best);
    return { best, right, y: 1 / (1 + Math.exp(-scores[best])) };
  });
  const sentence = (net) => {
    const list = guesses(net), right = list.filter((guess) => guess.right).length;
    list.forEach((guess, n) => {
      write(`guess ${n}`, words[guess.best]);
      write(`tick ${n}`, guess.right ? "✓" : "");
      set(`sure ${n}`, { width: (44 * guess.y).toFixed(1) });
      part[`guess ${n}`].parentElement.classList.toggle("right", guess.right);
    });
    const passes = Math.floor(net.losses.length / target.length);
    write("told", `Read ${passes} times: ${right} of ${list.length} guesses right.`);
  };

  return (net, rate, before, playing) => {
    const { W_in, W_out, dW_in, dW_out, seen, asked, h, score, y, loss, losses, limit } = net;
    const unit = reach / limit;
    for (const [name, W, dW, touched] of [["W_in", W_in, dW_in, seen], ["W_out", W_out, dW_out, asked]]) {
      matrix(name, W, dW, touched);
      map(name, W, dW, touched, rate, unit);
      arrow(`${name} h`, 0, 0, unit * h[0], -unit * h[1]);
      write(`${name} limit`, `± ${limit}`);
    }
    asked.forEach((i, k) => {
      const row = [words[i], digits(score[k]), y[k].toFixed(2), digits(loss[k])];
      row.forEach((text, j) => write(`question ${k} ${j}`, text));
    });
    const means = net.means(), last = means.slice(-10);
    line("curve", means);
    line("before", before);
    const mean = digits(sum(last) / last.length);
    write("mean", last.length ? `pass ${means.length}, last ${last.length}: ${mean}` : "");
    if (part["guess 0"]) sentence(net);
    const live = part.said ?? part.told;
    live.setAttribute("aria-live", playing ? "off" : "polite"); // silent while it plays
    const answers = asked.map((i, k) => `Is it “${words[i]}”? ${y[k].toFixed(2)}. `).join("");
    const question = `Step ${losses.length}: “${words[seen[0]]} _ ${words[seen[1]]}”. `;
    write("said", `${question}${answers}Loss ${digits(sum(loss))}.`);
  };
}
