// A row-sparse gradient that is put together as one watches. What it holds can be read in the
// console: it is the element's `gradient`.
export function mount(root) {
  const { start, dout, left, top, row } = JSON.parse(root.querySelector(":scope > script").text);
  const part = {}, idx = [...start];
  for (const element of root.querySelectorAll("[data-part]")) part[element.dataset.part] = element;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const y = (n) => top + row * n, middle = (n) => y(n) + 11;
  const set = (name, attributes) => {
    for (const [key, value] of Object.entries(attributes)) part[name].setAttribute(key, value);
  };

  // The pictures of a row glide to their new place; a new one comes from where `from` says.
  const move = (name, x, n, here, from, delay = 0) => {
    const before = part[name].where ?? from, there = `translate(${x}px, ${y(n)}px)`;
    set(name, { transform: `translate(${x} ${y(n)})`, opacity: Number(here) });
    part[name].where = here ? there : null;
    if (!here || !before || before === there || calm.matches) return;
    part[name].animate([{ transform: before }, { transform: there }],
      { duration: 500, delay, fill: "backwards", easing: "ease-in-out" });
  };
  const appear = (name, delay) => {
    if (calm.matches) return;
    part[name].animate([{ opacity: 0 }, { opacity: 1 }],
      { duration: 300, delay, fill: "backwards" });
  };
  const write = (name, id, numbers) =>
    [id, ...numbers].forEach((x, n) => { part[`${name} text ${n}`].textContent = x; });

  const show = (added) => {
    const order = [...idx.keys()].sort((a, b) => idx[a] - idx[b] || a - b);
    const ids = [...new Set(order.map((k) => idx[k]))];
    const rows = ids.map((id) => dout[0].map((_, j) =>
      order.reduce((sum, k) => sum + (idx[k] === id ? dout[k][j] : 0), 0)));
    root.gradient = { idx: [...idx], order, ids, rows };
    dout.forEach((numbers, k) => {
      const here = k < idx.length, at = here ? order.indexOf(k) : k, sum = ids.indexOf(idx[k]);
      if (here) {
        write(`arrived ${k}`, idx[k], numbers);
        write(`sorted ${k}`, idx[k], numbers);
      }
      set(`arrived ${k}`, { opacity: Number(here) });
      move(`sorted ${k}`, left.sorted, at, here,
        k === added && `translate(${left.arrived}px, ${y(k)}px)`);
      set(`sort ${k}`, { y1: middle(k), y2: middle(at), opacity: Number(here) });
      set(`sum ${k}`, { y1: middle(at), y2: middle(here ? sum : k), opacity: Number(here) });
      const kept = k < ids.length, name = `summed ${k}`;
      if (kept) write(name, ids[k], rows[k]);
      const fresh = idx[added] === ids[k];
      part[name].where = null;
      move(name, left.summed, k, kept,
        fresh && `translate(${left.sorted}px, ${y(order.indexOf(added))}px)`, 500);
      if (added !== undefined) {
        if (here) [`sort ${k}`, `sum ${k}`].forEach((line) => appear(line, 500));
        if (fresh) appear(name, 500);
      }
    });
    part.said.textContent = idx.length
      ? `Sorted: ${order.map((k) => idx[k]).join(", ")}. ids: ${ids.join(", ")}. ` +
        `rows: ${rows.map((numbers) => `[${numbers.join(", ")}]`).join(", ")}.`
      : "Nothing was looked up: no ids, no rows.";
  };

  root.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.value === "back") {
      idx.pop();
      return show();
    }
    if (idx.length === dout.length) {
      part.said.textContent = `${idx.length} look-ups fill the picture: take one back first.`;
      return;
    }
    idx.push(Number(button.value));
    show(idx.length - 1);
  });
  show();
}
