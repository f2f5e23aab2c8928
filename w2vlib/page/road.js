// A cluster on paper: computes as w2vlib/road.py does, from where the sliders stand. A round of
// copies, of columns and the chart's heights can be read in the console: the element's `shown`.
export function mount(root) {
  const { values, units, words, fixed, chart } = JSON.parse(root.querySelector(":scope > script").text);
  const inputs = Object.fromEntries([...root.querySelectorAll("input")].map((i) => [i.name, i]));
  const [left, top, wide, high, least, most] = chart;
  const part = (name) => root.querySelector(`[data-part=${name}]`);

  const show = () => {
    const c = { ...fixed };
    for (const [name, input] of Object.entries(inputs)) {
      c[name] = values[name][input.value] * units[name];
      input.nextElementSibling.value = values[name][input.value].toLocaleString("en");
      input.setAttribute("aria-valuetext", input.nextElementSibling.value);
    }
    const list = words[inputs.vocab_size.value], base = c.speed;
    const shown = { copies: copies(list, c), columns: columns(c), heights: {} };
    const kinds = { copies: (at) => copies(list, at), columns };
    for (const [name, round] of Object.entries(kinds)) {
      const times = values.machines.map((machines) => speed(round({ ...c, machines })) / base);
      const heights = times.map((t) => {
        const kept = Math.min(most, Math.max(least, t));
        return top + high * (1 - Math.log2(kept / least) / Math.log2(most / least));
      });
      const across = (m) => left + (wide * (Math.log2(m) - 1)) / 7;
      const points = heights.map((y, i) => `${across(values.machines[i]).toFixed(1)},${y.toFixed(1)}`);
      part(name).setAttribute("points", points.join(" "));
      shown.heights[name] = heights;
    }
    const [x, y] = part("copies").getAttribute("points").split(" ")[inputs.machines.value].split(",");
    part("here").setAttribute("cx", x);
    part("here").setAttribute("cy", y);
    const { tokens, ...parts } = shown.copies, all = tokens / speed(shown.copies);
    for (const [name, seconds] of Object.entries(parts)) {
      const share = (100 * seconds) / all, row = part(name);
      row.querySelector("rect").setAttribute("width", share.toFixed(1));
      row.querySelector("span").textContent = `${share.toFixed(0)}%`;
      row.lastElementChild.textContent = short(seconds);
    }
    root.querySelector(":scope > p").textContent = said(list, c, shown);
    root.shown = shown;
  };
  for (const input of Object.values(inputs)) input.addEventListener("input", show);
  show();
}

// How many rows of both matrices a meeting finds changed.
function rows(words, tokens, meetings) {
  const [number, halvings, ...rates] = words;
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const every = Math.max(meetings / 2 ** halvings[i], 1);
    for (const rate of rates) sum -= (number[i] * Math.expm1(-every * tokens * rate[i])) / every;
  }
  return sum;
}

function sent(words, c) {
  const row = c.number * c.size, [changed, merged] = c.extra;
  const out = rows(words, c.tokens / c.machines, c.levels) * (row + changed);
  return (1 - 1 / c.machines) * (out + rows(words, c.tokens, c.levels) * (row + merged));
}

function copies(words, c) {
  const bytes = sent(words, c), train = c.tokens / c.machines / c.speed;
  return {
    tokens: c.tokens,
    train,
    wait: train * c.spread * Math.sqrt(2 * Math.log(c.machines)),
    send: (bytes * 8) / (c.gigabits * 1e9),
    pack: bytes / c.packing,
    ask: 2 * (c.latency + (c.machines - 1) * c.message),
  };
}

function columns(c) {
  const train = (c.tokens / c.speed) * Math.max(1 / c.machines, Math.min(c.line / c.size, 1));
  const bytes = 2 * (1 - 1 / c.machines) * c.tokens * c.scores * c.number;
  return {
    tokens: c.tokens,
    train,
    wait: train * c.spread * Math.sqrt(2 * Math.log(c.machines)),
    send: (bytes * 8) / (c.gigabits * 1e9),
    pack: 0,
    ask: (2 * c.latency * c.tokens) / c.batch,
  };
}

function speed({ tokens, ...parts }) {
  return tokens / Object.values(parts).reduce((a, b) => a + b, 0);
}

function said(words, c, shown) {
  const fast = speed(shown.copies), apart = speed(shown.columns), held = 8 * c.size * c.vocab_size;
  const over = `, with ${c.machines} machines for ${c.size} columns`;
  return (
    `Copies: ${short(fast)} tokens/s, ${short(fast / c.speed)} times one machine. ` +
    `10 G tokens take ${duration(c.text / fast)} and ${short(c.text / c.tokens)} meetings, ` +
    `${short(sent(words, c))}B sent by each machine in each. A machine holds ${short(held)}B of vectors. ` +
    `Columns: ${short(apart)} tokens/s, ${short(apart / c.speed)} times one machine; each holds ` +
    `${short(held / Math.min(c.machines, c.size))}B${c.machines > c.size ? over : ""}.`
  );
}

function short(number) {
  const x = Number(number.toPrecision(3));
  for (const [unit, letter] of [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e3, " k"]]) {
    if (x >= unit) return `${Number((x / unit).toPrecision(3))}${letter}`;
  }
  return x >= 0.001 ? `${x}` : "under 0.001";
}

function duration(seconds) {
  for (const [unit, name] of [[86400, "days"], [3600, "hours"], [60, "minutes"]]) {
    if (seconds >= 2 * unit) return `${Number((seconds / unit).toPrecision(3))} ${name}`;
  }
  return `${Number(seconds.toPrecision(3))} seconds`;
}
