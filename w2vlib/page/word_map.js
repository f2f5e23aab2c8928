// A map of words: shows the neighbours of the word that is chosen, from the list or by the pointer.
export function mount(root) {
  const { states, sides, crowd, places, base } =
    JSON.parse(root.querySelector(":scope > script").text);
  const select = root.querySelector("select"), parts = root.querySelectorAll("[data-part]");
  const svg = root.querySelector("svg"), lines = svg.querySelector("path");
  const order = states.map((_, i) => i), words = [];
  for (const word of svg.querySelectorAll("g")) words[word.dataset.n] = word;
  const x = (i) => Number(words[i].firstChild.getAttribute("cx"));
  const y = (i) => Number(words[i].firstChild.getAttribute("cy"));

  const show = (at) => {
    const [near, beside] = states[at].slice(0, 2).map((list) => list.map(([i]) => i));
    const [, , under, placed] = states[at], lit = [at, ...new Set([...near, ...beside])];
    words.forEach((word, i) => {
      const n = lit.indexOf(i), hidden = n < 0 && (crowd.includes(i) || under.includes(i));
      const [align, across, down] = places[n < 0 ? sides[i] : placed[n]];
      const look = { hidden, near: near.includes(i), beside: beside.includes(i), chosen: i === at };
      word.setAttribute("class", Object.keys(look).filter((name) => look[name]).join(" "));
      const place = { x: x(i) + across, y: y(i) + down + base, "text-anchor": align };
      for (const name in place) word.lastChild.setAttribute(name, place[name]);
    });
    const rank = (i) => (i === at ? 2 : Number(lit.includes(i)));
    svg.append(...[...order].sort((i, j) => rank(i) - rank(j)).map((i) => words[i]));
    lines.setAttribute("d", near.map((i) => `M${x(at)} ${y(at)}L${x(i)} ${y(i)}`).join(""));
    const name = (i) => words[i].textContent, both = near.filter((i) => beside.includes(i)).map(name);
    const item = ([i, cosine]) => `${name(i)}\u00a0${cosine.toFixed(2)}`;
    const lists = states[at].slice(0, 2).map((list) => list.map(item).join(", "));
    [name(at), ...lists, both.join(", ") || "none"].forEach((text, n) => {
      parts[n].textContent = text;
    });
  };
  const choose = (at) => {
    select.value = at;
    show(at);
  };
  select.addEventListener("input", () => show(Number(select.value)));

  // A mouse that rests on a word chooses it. A word that comes to lie under a mouse at rest does not.
  let rest, last = "";
  svg.addEventListener("pointerover", (event) => {
    const here = `${event.clientX} ${event.clientY}`, word = event.target.closest("g");
    if (here === last) return;
    last = here;
    clearTimeout(rest);
    if (word && event.pointerType === "mouse") rest = setTimeout(choose, 150, Number(word.dataset.n));
  });
  svg.addEventListener("pointerleave", () => {
    clearTimeout(rest);
    last = "";
  });

  // The word that was hit, then the others by distance: a click at the same spot takes the next.
  let spot = [-99, -99], from = [], turn = 0;
  svg.addEventListener("click", (event) => {
    const again = Math.hypot(event.clientX - spot[0], event.clientY - spot[1]) < 8;
    turn = again ? turn + 1 : 0;
    if (!again) {
      const box = svg.getBoundingClientRect(), unit = box.width / svg.viewBox.baseVal.width;
      spot = [event.clientX, event.clientY];
      const hit = event.target.closest("g");
      const far = order.map((i) => (words[i] === hit ? -1
        : Math.hypot(unit * x(i) - spot[0] + box.left, unit * y(i) - spot[1] + box.top)));
      from = [...order].sort((i, j) => far[i] - far[j]);
    }
    clearTimeout(rest);
    choose(from[turn % from.length]);
  });
}
