// Fields to type answers into, and Check, which says what there is to say at once (answer.rules.js).

// What was typed, as a cell has it: a plain number, a text, or dots for nothing.
const PLAIN = /^[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?$/;
function literal({ kind }, typed) {
  const text = typed.trim();
  if (!text) return "...";
  return kind.startsWith("number") && PLAIN.test(text) ? text : JSON.stringify(text);
}

// Fields and Check. On a page of the book `w2vKept` keeps what was typed and what is done. What the cell
// says counts: what was kept fills a field only where the cell has dots. The page's runner takes what was
// typed since into the cell (`w2vTyped`, at "w2v-typed"), and tells what the cell says now ("w2v-cell").
export function mount(root) {
  const { name, expected } = root.dataset, kept = globalThis.w2vKept;
  const finish = () => kept?.done(name);
  if (!expected) {
    if (root.dataset.right) finish();
    else if (kept?.isDone(name)) {
      root.append(Object.assign(document.createElement("p"), { textContent: "You have solved it before." }));
    }
    return;
  }
  const bytes = Uint8Array.from(atob(expected), (letter) => letter.charCodeAt(0));
  const all = JSON.parse(new TextDecoder().decode(bytes));
  const before = kept?.answers(name) ?? {};
  const rows = [...root.querySelectorAll("[data-field]")].map((line) => {
    const { field, given } = line.dataset, of = all[field];
    const input = document.createElement(of.options ? "select" : "input");
    if (of.options) input.append(new Option("choose …", ""), ...of.options.map((it) => new Option(it, it)));
    else Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false });
    input.setAttribute("autocapitalize", "off");
    line.querySelector(".w2v-blank").replaceWith(input);
    // fixed: what is said comes from Python, and is not for this script to say
    const fixed = given !== undefined;
    const row = { field, of, input, fixed, status: line.querySelector("[role=status]") };
    put(row, given ?? "");
    if (!fixed) put(row, before[field] ?? "", "");
    return row;
  });
  const typed = () => rows.filter((row) => {
    row.typed ||= row.input.value !== row.shown;
    row.fixed &&= !row.typed;
    return row.typed;
  });
  root.w2vTyped = () => typed().map(({ field, of, input }) => [field, literal(of, input.value)]);
  const tell = ({ input, status }, state, said) => {
    status.textContent = said;
    status.className = `w2v-${state}`;
    input.setAttribute("aria-invalid", state === "wrong");
    return state === "right";
  };
  const say = (row, quiet) => {
    if (row.fixed) return tell(row, row.status.className.slice(4), row.status.textContent);
    // oxlint-disable-next-line no-undef -- it stands in answer.rules.js
    const [state, said] = judge(row.of, row.input.value);
    return tell(row, state, quiet && state === "unwritten" ? "" : said);
  };
  const keep = () => {
    const last = kept?.answers(name) ?? {};
    if (rows.every(({ field, input }) => input.value === (last[field] ?? ""))) return;
    kept?.answer(name, Object.fromEntries(rows.map(({ field, input }) => [field, input.value])));
  };
  // A notebook stores its cells, and no form.
  const keepInCell = () => {
    root.querySelector(".w2v-keep")?.remove();
    if (!typed().length) return;
    const given = rows.map(({ field, of, input }) => `${field}=${literal(of, input.value)}`);
    const [note, lead, code] = ["p", "strong", "code"].map((tag) => document.createElement(tag));
    note.className = "w2v-keep";
    lead.textContent = "Not handed in yet:";
    code.textContent = `check("${name}", ${given.join(", ")})`;
    note.append(lead, " let the cell say: ", code);
    if (navigator.clipboard) {
      const copy = note.appendChild(document.createElement("button"));
      Object.assign(copy, { type: "button", textContent: "Copy" });
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(code.textContent);
        copy.textContent = "Copied";
      });
    }
    root.append(note);
  };
  const answer = () => {
    typed();
    const right = rows.filter((row) => say(row)).length;
    keep();
    if (right === rows.length) finish();
    if (!globalThis.w2v) keepInCell();
    const told = (kind, more) => root.dispatchEvent(new CustomEvent(kind, { bubbles: true, ...more }));
    told("w2v-typed");
    told("w2v-answer", { detail: { name, right } });
  };
  for (const row of rows) {
    row.input.addEventListener("input", () => {
      row.typed = true;
      row.fixed = false;
      tell(row, "", "");
      keep();
      if (!globalThis.w2v) keepInCell();
      root.dispatchEvent(new CustomEvent("w2v-typed", { bubbles: true }));
    });
  }
  const button = root.appendChild(document.createElement("button"));
  Object.assign(button, { type: "button", textContent: "Check" });
  button.addEventListener("click", answer);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.localName === "input") answer();
  });
  root.addEventListener("w2v-clear", () => {
    for (const row of rows) {
      row.fixed = false;
      put(row, "");
      say(row, true);
    }
  });
  // {field: its text in the cell, null where no field can show it}, and whether to judge at once
  root.addEventListener("w2v-cell", ({ detail: { texts, judged } }) => {
    for (const row of rows.filter(({ field }) => field in texts)) {
      const text = texts[row.field], before = row.input.value;
      put(row, text ?? "");
      row.fixed = row.input.value !== text;
      if (row.fixed) tell(row, "", "Not run yet.");
      else if (judged) say(row, true);
      else if (before !== text) tell(row, "", "");
    }
    keep();
  });
  if (rows.filter((row) => say(row, true)).length === rows.length) finish();
}

// Show a text in a field; `shown` is what the cell is known to say, where that is something else.
function put(row, text, shown) {
  row.input.value = text;
  if (row.input.selectedIndex < 0) row.input.value = ""; // it is no option
  row.shown = shown ?? row.input.value;
  row.typed = false;
}
