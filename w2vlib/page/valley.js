// A valley with the paths of three optimisers. They can be read in the console: they are the
// element's `paths`.
export function mount(root) {
  const data = JSON.parse(root.querySelector(":scope > script").text);
  const { rates, reach, steps, unit, farthest } = data;
  const starts = [...root.querySelectorAll(":scope > label > input")];
  const sections = [...root.querySelectorAll("[data-optimiser]")];
  root.paths = {};

  const name = (input, text) => {
    input.nextElementSibling.value = text;
    input.setAttribute("aria-valuetext", text);
  };
  const show = (section) => {
    const input = section.querySelector("input"), kind = section.dataset.optimiser;
    const path = walk(optimisers[kind](rates[input.value]), starts.map((s) => s.value / 10), steps);
    root.paths[kind] = path;
    name(input, String(rates[input.value]));
    section.querySelector("p").textContent = said(path);
    const clip = (x) => Math.max(-farthest, Math.min(farthest, x));
    const places = path.map(([a, b]) => `${(clip(a) * unit).toFixed(1)} ${(-clip(b) * unit).toFixed(1)}`);
    const part = (part) => section.querySelector(`[data-part=${part}]`);
    part("line").setAttribute("d", `M${places.join("L")}`);
    part("dots").setAttribute("d", places.map((place) => `M${place}h0`).join(""));
    part("start").setAttribute("transform", `translate(${places[0].replace(" ", ",")})`);
  };
  const showAll = () => {
    starts.forEach((input) => name(input, (input.value / 10).toFixed(1)));
    sections.forEach(show);
  };

  starts.forEach((input) => input.addEventListener("input", showAll));
  sections.forEach((section) => {
    section.querySelector("input").addEventListener("input", () => show(section));
    const handle = section.querySelector("[data-part=start]"), ground = handle.parentNode;
    const drag = ({ clientX, clientY }) => {
      const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(ground.getScreenCTM().inverse());
      [x / unit, -y / unit].forEach((to, n) => {
        starts[n].value = Math.round(10 * Math.max(-reach[n], Math.min(reach[n], to)));
      });
      showAll();
    };
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      handle.addEventListener("pointermove", drag);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, () => handle.removeEventListener("pointermove", drag));
    }
  });
  showAll();
}

const steep = [1, 100];

// Each gives a function that takes a gradient and returns a step, both (a, b).
const optimisers = {
  SGD: (rate) => (g) => g.map((x) => -rate * x),
  momentum: (rate) => {
    const velocity = [0, 0];
    return (g) => g.map((x, i) => (velocity[i] = 0.9 * velocity[i] - rate * x));
  },
  Adam: (rate) => {
    const m = [0, 0], v = [0, 0];
    let t = 0;
    return (g) => {
      t += 1;
      const lr = (rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
      return g.map((x, i) => {
        m[i] += 0.1 * (x - m[i]);
        v[i] += 0.001 * (x * x - v[i]);
        return (-lr * m[i]) / (Math.sqrt(v[i]) + 1e-7);
      });
    };
  },
};

function walk(step, start, steps) {
  const path = [start];
  for (let n = 0; n < steps; n++) {
    const at = path[n], moved = step(at.map((x, i) => steep[i] * x));
    path.push(at.map((x, i) => x + moved[i]));
  }
  return path;
}

function said(path) {
  const height = path.map(([a, b]) => (a * a + 100 * b * b) / 2), last = height.at(-1);
  const digits = (x) =>
    Math.abs(x) >= 10_000 ? x.toExponential(1) : (Math.abs(x) < 0.005 ? 0 : x).toFixed(2);
  let end = last < 0.05 ? "arrived" : "still on its way";
  if (last > height[0]) end = "higher than it began";
  if (Math.max(...height.slice(-10)) > 9 * Math.max(...height.slice(0, 10))) end = "it diverges";
  const [a, b] = path.at(-1).map(digits);
  return `After ${path.length - 1} steps a = ${a}, b = ${b}: ${end}.`;
}
