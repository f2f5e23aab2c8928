// Counts of words to type, a target, a power: shows the chance of each word to be drawn.
export function mount(root) {
  const slider = root.querySelector("input[type=range]"), said = root.querySelector("output");
  const target = root.querySelector("select"), status = root.querySelector("[role=status]");
  const rows = [...root.querySelectorAll("tbody tr")].map((row) => ({
    word: row.querySelector("th").textContent,
    field: row.querySelector("input"),
    bars: row.querySelectorAll("rect"),
    cells: row.querySelectorAll("td"),
  }));
  const shares = (weights) => {
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => (sum ? weight / sum : 0));
  };

  const show = () => {
    const power = slider.value / slider.max;
    said.value = String(power);
    slider.setAttribute("aria-valuetext", said.value);
    const wrong = rows.filter(({ field }) => !/^\d{1,12}$/.test(field.value));
    for (const { field } of rows) field.removeAttribute("aria-invalid");
    for (const { field } of wrong) field.setAttribute("aria-invalid", "true");
    if (wrong.length) {
      status.textContent = `The count of ${wrong[0].word}: a whole number, 0 or more.`;
      return;
    }
    // A word that does not occur is not drawn, at power 0 either.
    const weights = rows.map(({ field }) => (Number(field.value) ? Number(field.value) ** power : 0));
    const every = shares(weights);
    const other = shares(weights.map((w, i) => (rows[i].word === target.value ? 0 : w)));
    const whole = Math.max(0.5, ...every, ...other); // what fills the width
    rows.forEach(({ bars, cells }, i) => {
      [other, every].forEach((list, n) => bars[n].setAttribute("width", (100 * list[i]) / whole));
      cells[2].textContent = every[i].toFixed(3);
      cells[3].textContent = other[i].toFixed(3);
    });
    const none = !other.some((chance) => chance > 0);
    status.textContent = none ? "No word is left to draw: another one must occur." : "";
  };
  for (const control of [slider, target, ...rows.map(({ field }) => field)]) {
    control.addEventListener("input", show);
  }
}
