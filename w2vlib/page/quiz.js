// Says what there is to say to the answer that was chosen. Each choice is an event, `w2v-quiz` or
// `w2v-predict`, that tells how many are right.
export function mount(root) {
  root.addEventListener("change", ({ target }) => {
    const said = target.closest("fieldset").querySelector("[role=status]");
    said.textContent = target.dataset.say;
    said.className = target.dataset.right ? "w2v-right" : "w2v-wrong";
    const right = root.querySelectorAll("input[data-right]:checked").length;
    root.dispatchEvent(new CustomEvent(root.className, { bubbles: true, detail: { right } }));
  });
  if (root.classList.contains("w2v-predict")) hide(root);
}

// On a page of the book, what follows a prediction waits until there is a choice, to the end of the
// section. The browser's own search and links find it: then it shows, too.
function hide(root) {
  const cell = root.closest("article.bd-article div.cell"), kept = globalThis.w2vKept;
  if (!cell) return;
  const inputs = [...root.querySelectorAll("input")], [{ name }] = inputs;
  const before = kept?.predicted(name);
  if (inputs[before]) {
    inputs[before].checked = true;
    inputs[before].dispatchEvent(new Event("change", { bubbles: true }));
  }
  let after = cell.nextElementSibling;
  if (!after?.classList.contains("w2v-after")) {
    if (before !== undefined || cell.dataset.asked === name) after = null;
    else after = wrap(cell);
  }
  const button = Object.assign(document.createElement("button"),
    { type: "button", textContent: "Show anyway" });
  const note = Object.assign(document.createElement("p"),
    { className: "w2v-wait", textContent: "What follows shows once you have chosen. " });
  const show = () => {
    cell.dataset.asked = name;
    note.remove();
    if (after?.isConnected) after.replaceWith(...after.childNodes);
  };
  root.addEventListener("change", ({ target }) => {
    kept?.predict(name, inputs.indexOf(target));
    show();
  });
  if (!after) return;
  note.append(button);
  root.querySelector("fieldset").append(note);
  button.addEventListener("click", () => {
    kept?.predict(name, -1);
    inputs[0].focus({ preventScroll: true });
    show();
  });
  after.addEventListener("w2v-show", show);
  after.addEventListener("beforematch", show);
  const look = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!named || !after.contains(named)) return;
    show();
    named.scrollIntoView();
  };
  look();
  addEventListener("hashchange", look);
}

// What stands below a cell, to the end of its section, hidden.
function wrap(cell) {
  const box = document.createElement("div"), rest = [];
  for (let it = cell.nextSibling; it && it.localName !== "section"; it = it.nextSibling) rest.push(it);
  if (!rest.some((it) => it.nodeType === Node.ELEMENT_NODE)) return null;
  box.className = "w2v-after";
  box.setAttribute("hidden", "until-found");
  box.append(...rest);
  cell.after(box);
  return box;
}
