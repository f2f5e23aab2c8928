// Runs the cells of a chapter where they stand. Nothing is fetched before the reader asks; then Python
// starts in a worker (worker.js). What the reader writes is kept in this browser and nowhere else.
(() => {
  const panel = document.querySelector(".w2v-runner[data-course]");
  if (!panel) return;
  const [opener, note] = [panel.querySelector("button"), panel.querySelector(".w2v-runner-note")];
  const { file, what } = panel.dataset, page = file.replace(".ipynb", "");
  const script = new URL("worker.js", document.currentScript.src);

  const { make, drawn, overwritten } = globalThis.w2vOutputs; // outputs.js
  const button = (textContent, onclick) => make("button", { type: "button", textContent, onclick });
  const group = (className, ariaLabel, ...children) =>
    make("div", { role: "group", className, ariaLabel }, ...children);

  // ---- What the reader wrote, kept under the page, the cell and the cell's source
  const LONG = "takes more than ten seconds here";
  const kept = (cell) => `w2v-cell ${page} ${cell.number}`;
  const recall = (cell) => {
    try {
      const { of, text } = JSON.parse(localStorage.getItem(kept(cell)));
      return of === cell.source ? text : null;
    } catch { return null; } // nothing is kept, or nothing may be
  };
  const keep = (cell) => {
    try {
      if (cell.text === cell.source) localStorage.removeItem(kept(cell));
      else localStorage.setItem(kept(cell), JSON.stringify({ of: cell.source, text: cell.text }));
    } catch { /* then it lasts as long as the page */ }
  };

  // ---- While a pointer is down nothing moves, or what it presses would be gone when it comes up.
  let held = false, letting = 0;
  const waiting = [];
  const still = (act) => { if (held) waiting.push(act); else act(); };
  const letGo = () => {
    held = false;
    waiting.splice(0).forEach((act) => act());
  };
  addEventListener("pointerdown", ({ button: which }) => {
    clearTimeout(letting);
    held ||= which === 0;
  }, true);
  for (const up of ["pointerup", "pointercancel"]) {
    addEventListener(up, () => { letting = setTimeout(letGo, 50); }, true); // a touch clicks after it
  }

  // ---- The bar: what happens, and what concerns the whole page
  const status = make("span", { role: "status" });
  const progress = make("span", { className: "w2v-progress" }); // changes too often to be read out
  const find = button("", () => failed[0].reveal());
  const all = button("Run all", () => run(cells));
  const stop = button("Stop", halt);
  const clear = button("Clear my changes", () => sure(true));
  const [clearIt, keepIt] = [button("Clear", clearAll), button("Keep", () => sure(false))];
  const ask = group("w2v-ask", "Clear all my changes?", "Clear all? ", clearIt, keepIt);
  ask.hidden = true;
  const save = button("Download my notebook",
    () => download().catch((error) => say(`The notebook did not come: ${error.message}.`)));
  const bar = group("w2v-runner-bar", `This ${what}`, status, progress, find, all, stop, save, clear, ask);
  const say = (text) => { status.textContent = text; };
  const refresh = () => {
    find.hidden = !failed.length || !ask.hidden;
    find.textContent = `Show cell ${failed[0]?.number}`;
    stop.hidden = !running && !queue.length;
    all.hidden = !stop.hidden || !ask.hidden;
    save.hidden = !ask.hidden;
    clear.hidden = !ask.hidden || cells.every((cell) => cell.text === cell.source);
  };
  function sure(asked) { // whether the reader is asked; nothing is lost at one tap
    ask.hidden = !asked;
    refresh();
    clearIt.disabled = asked; // it may stand where a second tap would come
    if (asked) setTimeout(() => { clearIt.disabled = false; }, 500);
    (asked ? keepIt : clear).focus({ preventScroll: true });
  }
  function clearAll() {
    for (const cell of cells) {
      if (cell.text !== cell.source || cell.box.dataset.state === "failed" || cell.dropped) cell.reset();
    }
    globalThis.w2vKept?.clear();
    sure(false);
    if (!running) progress.textContent = "";
    say("All cells are as they were.");
  }

  // ---- Python
  const queue = [], goals = new Set(); // the cells whose Run was pressed
  let worker = null, up = false, running = null, latest = null, count = 0;
  // Of the cells asked for since Python was last idle: how many, their seconds, those that failed.
  let asked = 0, spent = 0, failed = [];
  let since = 0; // when Python began what it does now
  function tick() {
    if (held) return;
    const seconds = Math.round((performance.now() - since) / 1000);
    if (running && seconds) running.passes(seconds);
    else if (worker && !up) progress.textContent = `${seconds} s`;
  }
  function start() {
    say("Python is loading …");
    since = performance.now();
    const { packages, behind, course } = panel.dataset;
    const soon = cells.some((cell) => /\bmatplotlib\b/.test(cell.source)); // else when a reader's cell asks
    const given = JSON.stringify({ packages: packages.split(" "), behind: behind.split(" "), soon, course });
    // It begins in a blob: then it has this page's policy, and reaches no other site.
    const begin = `import("${script}").then(({ start }) => start(${given}))
      .catch(({ message }) => postMessage({ broken: message }));`;
    const address = URL.createObjectURL(new Blob([begin], { type: "text/javascript" }));
    worker = new Worker(address, { type: "module" });
    worker.onmessage = (event) => still(() => hear(event));
    worker.onerror = ({ message }) => breakDown(message || "its files did not come");
  }
  function hear({ data, target }) {
    if (target !== worker) return; // it was stopped
    if (data.up) up = true;
    if (data.broken) return breakDown(data.broken);
    if ("waits" in data) say(data.waits ? "Matplotlib is loading …" : "Running …");
    if (data.output && latest.outputs) latest.show(data.output, data.line); // a task may outlive its cell
    if (data.done) {
      const cell = running;
      running = null;
      cell.finish(data);
      spent += data.seconds;
      if (!data.well) {
        failed.push(cell);
        // What the book's cell asserts may be about time, which is another here. Any other error ends the run.
        if (cell.outputs.at(-1).ename !== "AssertionError" || cell.text !== cell.source) drop(cell);
      }
      if (!queue.length) conclude(data.heap);
    }
    next();
  }
  function conclude(heap) {
    const which = failed.length > 1 ? `${failed.length} cells` : `Cell ${failed[0]?.number}`;
    say(failed.length ? `${which} failed.` : "Done.");
    progress.textContent = `${spent.toFixed(spent < 10 ? 1 : 0)} s, ${Math.round(heap / 2 ** 20)} MB`;
    [asked, spent] = [0, 0];
  }
  // Runs these cells, in the order of the page, after what waits already.
  function run(wanted) {
    if (!asked) failed = [];
    for (const cell of wanted) {
      if (queue.includes(cell) || (cell === running && cell.ran === cell.text)) continue;
      queue.push(cell);
      asked += 1;
      cell.state("queued");
    }
    goals.add(wanted.at(-1));
    if (up) say("Running …");
    else if (!worker) start();
    next();
  }
  // Runs a cell, and before it those above that have not run as they are now, or failed.
  const reach = (cell) => run(cells.filter((it) => it === cell || (cell.needs(it) && !it.current)));
  function next() {
    if (up && !running && queue.length) {
      running = latest = queue.shift();
      since = performance.now();
      const told = running.long ? `Cell ${running.number} takes over ten seconds.` : "Running …";
      if (status.textContent !== told) say(told);
      progress.textContent = asked > 1 ? `${asked - queue.length} of ${asked} cells` : "";
      running.begin(++count);
      worker.postMessage({ run: running.text, name: `cell ${running.number}` });
    }
    queue.forEach((cell, i) => goals.has(cell) && cell.waits(i + (running ? 1 : 0)));
    refresh();
  }
  // Where a cell failed, those that need it and wait have no outputs any more that would belong to it.
  function drop(wrong) {
    for (const cell of queue.splice(0)) {
      if (wrong && !cell.needs(wrong)) queue.push(cell);
      else {
        goals.delete(cell);
        cell.dropped = Boolean(wrong);
        if (wrong) cell.forget();
        cell.state(undefined, wrong && `not run: cell ${wrong.number} failed`);
      }
    }
  }
  function end() {
    worker?.terminate();
    [worker, up, running, count, asked, spent, failed] = [null, false, null, 0, 0, 0, []];
    goals.clear();
    progress.textContent = "";
    drop();
    for (const cell of cells) {
      cell.ran = null;
      if (cell.box.dataset.state !== "failed") cell.state();
    }
    refresh();
  }
  function halt() {
    const told = "Stopped. Python has forgotten its variables: Run begins with the cells above again.";
    running?.show({ output_type: "stream", name: "stderr", text: `${told}\n` });
    running?.state("failed", "stopped");
    end();
    say("Stopped.");
  }
  function breakDown(why) {
    running?.state("failed", "failed");
    end();
    say(`Python has ended: ${why}. Run starts it again.`);
  }

  // ---- The call check("name", field=value) in a cell. What Python cannot read yet is read as well.
  const TOKEN = /#.*|("""|''')(?:\\[^]|(?!\1)[^])*\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[\p{L}_][\p{L}\d_]*|\S/gu;
  // The last such call -> what is given in it, and where the last of that ends.
  function findCheck(text, name) {
    const tokens = [...text.matchAll(TOKEN)].filter(([it]) => it[0] !== "#");
    const words = tokens.map(([it]) => it), ends = tokens.map((it) => it.index + it[0].length);
    let call = null;
    words.forEach((word, i) => {
      if (word !== "check" || words[i + 1] !== "(" || words[i + 2]?.slice(1, -1) !== name) return;
      const given = [];
      let depth = 0, from = i + 2;
      for (let at = from; at < words.length && depth >= 0; at += 1) {
        if ("([{".includes(words[at])) depth += 1;
        else if (")]}".includes(words[at])) depth -= 1;
        if (depth > 0 || (words[at] !== "," && depth === 0)) continue;
        if (at > from) { // it ends before this comma, or before the last bracket
          const named = words[from + 1] === "=";
          const start = tokens[from].index, end = ends[at - 1], value = named ? ends[from + 1] : start;
          given.push({ field: named && words[from], start, end, text: text.slice(value, end).trim() });
        }
        from = at + 1;
      }
      if (depth < 0) call = { given: given.slice(1), end: given.at(-1).end };
    });
    return call;
  }
  // {field: what stands there in the code} for all fields of a form; dots where nothing does.
  function inCheck(text, form) {
    const fields = [...form.querySelectorAll("[data-field]")].map(({ dataset }) => dataset.field);
    const given = findCheck(text, form.dataset.name)?.given ?? [];
    return Object.fromEntries(fields.map((name) => {
      const found = given.find(({ field }) => field === name || (!field && fields.length === 1));
      return [name, found?.text ?? "..."];
    }));
  }
  // Such code as it is typed into a field; null where no field can show it.
  function readable(code) {
    if (code === "...") return "";
    if (/^[-+.,\d_eE()[\]\s]*\d[-+.,\d_eE()[\]\s]*$/.test(code)) return code.replace(/\s+/g, " ");
    if (/^'[^'"\\\n]*'$/.test(code)) return code.slice(1, -1);
    try { return /^"(?!"")/.test(code) ? JSON.parse(code) : null; } catch { return null; }
  }

  // ---- A cell
  class Cell {
    constructor(box, index) {
      this.box = box;
      this.number = index + 1;
      this.code = box.querySelector(".cell_input .highlight");
      this.source = this.code.querySelector("pre").textContent.replace(/\n$/, "");
      this.place = box.querySelector(".cell_output figure") ?? box.querySelector(".cell_output");
      this.part = box.closest("section");
      this.task = box.closest(what === "sheet" ? "section:has(> h3)" : "#exercises > section");
    }
    get text() { return this.area?.value ?? this.source; }
    // Whether Python knows it as it is now.
    get current() { return this.well && this.ran === this.text; }
    get long() { return this.box.classList.contains("tag_long"); }
    // Whether another cell must have run before: all those above, but not those of other exercises.
    needs(other) {
      const apart = this.task && other.task && other.task !== this.task;
      return other.number < this.number && !apart;
    }
    // The fields of an exercise that it shows.
    get forms() { return [...this.box.querySelectorAll(".w2v-answer[data-expected]")]; }
    // What was typed into a form comes into the code; `dots`: only where that has dots.
    take(form, dots) {
      if (!this.area || !form.w2vTyped) return;
      const { name } = form.dataset, fields = form.querySelectorAll("[data-field]").length;
      let { text } = this;
      for (const [field, value] of form.w2vTyped()) {
        const call = findCheck(text, name);
        const found = call?.given.find((it) => it.field === field || (!it.field && fields === 1));
        if (found && (!dots || found.text === "...")) {
          text = `${text.slice(0, found.start)}${field}=${value}${text.slice(found.end)}`;
        } else if (call && !found) {
          text = `${text.slice(0, call.end)}, ${field}=${value}${text.slice(call.end)}`;
        } else if (!call && !dots) {
          text = `${text}\ncheck("${name}", ${field}=${value})`;
        }
      }
      if (text === this.text) return;
      this.area.value = text;
      this.fit();
    }
    // The forms show what the code says now, where it is not what it said; null: all of it.
    tell(said, judged) {
      if (!this.area) return;
      for (const form of this.forms) {
        const before = said === null ? {} : inCheck(said, form), now = inCheck(this.text, form);
        const news = Object.entries(now).filter(([field, text]) => text !== before[field]);
        const texts = Object.fromEntries(news.map(([field, text]) => [field, readable(text)]));
        if (news.length) form.dispatchEvent(new CustomEvent("w2v-cell", { detail: { texts, judged } }));
      }
      this.said = this.text;
    }
    // Under code that is written and has not run, 'Not written yet' would be wrong.
    doubt() {
      const it = this.place?.querySelector(".w2v-answer:not([data-expected]) [role=status].w2v-unwritten");
      if (!it || this.outputs) return;
      it.dataset.said ??= it.textContent;
      const written = cells.some((cell) => cell.part === this.part && cell.text !== cell.source);
      it.textContent = written || this.dropped ? "Not run yet." : it.dataset.said;
    }
    get shown() { return !this.box.classList.contains("tag_hide-input"); }
    // The code becomes a field of text, which lies over it and shows once it is touched: undo, phones
    // and screen readers know what that is.
    open() {
      this.mark = make("span", { className: "w2v-state" });
      this.again = button("Reset", () => this.reset());
      const tools = [this.mark];
      if (this.shown) {
        tools.unshift(button("Run", () => reach(this)), this.again);
        this.area = make("textarea", { value: recall(this) ?? this.source, spellcheck: false });
        this.area.setAttribute("aria-label", `Code of cell ${this.number}`);
        this.area.setAttribute("autocapitalize", "off");
        this.area.addEventListener("keydown", (event) => this.press(event));
        this.area.addEventListener("input", () => {
          this.fit();
          this.tell(this.said);
        });
        this.area.addEventListener("focus", () => this.touch());
        this.area.addEventListener("blur", () => still(() => this.touch()));
        this.area.addEventListener("mousedown", (event) => this.aim(event));
        this.code.append(this.area);
        this.code.classList.add("w2v-code");
      }
      this.box.querySelector(".cell_input")
        .append(group("w2v-runner-tools", `Cell ${this.number}`, ...tools));
      this.state();
      this.fit();
      this.forms.forEach((form) => this.take(form, true));
      this.tell(null, true);
    }
    // The field shows in the place of the coloured text, which may be as high or not.
    touch() {
      this.code.classList.toggle("w2v-touched", document.activeElement === this.area);
      this.point();
    }
    // The line of an error. Lines may wrap: they are measured as they stand.
    point(line = this.wrong) {
      this.wrong = line;
      this.code.querySelector(".w2v-line")?.remove();
      if (!line) return;
      const mark = this.code.appendChild(make("span", { className: "w2v-line", title: `line ${line}` }));
      const shown = this.code.querySelectorAll("pre > span")[line - 1];
      const above = this.area?.offsetHeight && !shown?.offsetHeight ? this.height(line - 1) : null;
      mark.style.top = `${above ?? shown?.offsetTop ?? 0}px`;
      mark.style.height = `${above === null ? shown?.offsetHeight ?? 0 : this.height(line) - above}px`;
    }
    // Of the first lines, in the field.
    height(lines) {
      const twin = this.code.appendChild(this.area.cloneNode());
      Object.assign(twin.style, { position: "absolute", height: "0", minHeight: "0", visibility: "hidden" });
      const pad = parseFloat(getComputedStyle(twin).paddingTop);
      twin.value = this.text.split("\n").slice(0, lines).join("\n");
      const height = lines ? twin.scrollHeight - pad : pad;
      twin.remove();
      return height;
    }
    // The caret goes to where the coloured text was touched: on a phone the field has larger letters.
    aim({ clientX, clientY }) {
      const pre = this.code.querySelector("pre");
      if (!pre.offsetHeight || !document.caretPositionFromPoint) return;
      this.area.style.pointerEvents = "none";
      const at = document.caretPositionFromPoint(clientX, clientY);
      this.area.style.pointerEvents = "";
      if (!pre.contains(at?.offsetNode)) return;
      const before = document.createRange();
      before.setStart(pre, 0);
      before.setEnd(at.offsetNode, at.offset);
      const caret = before.toString().length;
      addEventListener("click", () => this.area.setSelectionRange(caret, caret), { once: true });
    }
    fit() {
      this.point(null);
      if (this.area) {
        this.code.classList.toggle("w2v-edited", this.text !== this.source);
        this.area.rows = this.text.split("\n").length;
      }
      keep(this);
      this.again.hidden = this.text === this.source && !this.stored;
      for (const cell of cells) if (cell.part === this.part) cell.doubt();
      refresh();
    }
    press(event) {
      const { area } = this, before = area.value.slice(0, area.selectionStart).split("\n").pop();
      const write = (text) => { // execCommand, because it can be undone
        event.preventDefault();
        document.execCommand("insertText", false, text);
      };
      if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        reach(this);
      } else if (event.key === "Enter" && !event.isComposing) { // indented as the line before
        write(`\n${/^\s*/.exec(before)[0]}${/:\s*(#.*)?$/.test(before) ? "    " : ""}`);
      } else if (event.key === "Tab" && !event.shiftKey && !this.leaving) {
        write(" ".repeat(4 - before.length % 4));
      }
      this.leaving = event.key === "Escape"; // Escape, then Tab leaves the field
    }
    state(name, text = name ?? "") {
      if (name) this.box.dataset.state = name;
      else delete this.box.dataset.state;
      this.mark.textContent = text || (this.long ? LONG : "");
    }
    waits(cells) {
      const first = cells === 1 ? "1 cell comes first" : `${cells} cells come first`;
      this.state("queued", cells ? `${first}${running?.long ? `, now one that ${LONG}` : ""}` : "queued");
    }
    passes(seconds) {
      this.mark.textContent = `running, ${seconds} s${this.long ? `; ${LONG}` : ""}`;
    }
    // Wherever the page has folded it away, and its code.
    unfold() {
      const next = (at) => at.closest("details:not([open])");
      for (let fold = next(this.code); fold; fold = next(fold)) fold.open = true;
      for (const at of [this.box, this.box.nextElementSibling]) { // behind a prediction, or one itself
        at?.dispatchEvent(new Event("w2v-show", { bubbles: true }));
      }
    }
    reveal() {
      this.unfold();
      const reached = this.area ?? this.box;
      reached.tabIndex = 0;
      reached.focus({ preventScroll: true });
      this.box.scrollIntoView({ block: "center" });
    }
    begin(count) {
      this.stored ??= [...this.place?.childNodes ?? []];
      this.caption ??= this.place?.querySelector("figcaption");
      this.alt ??= this.place?.querySelector("img")?.alt;
      [this.ran, this.well, this.count, this.outputs, this.last] = [this.text, false, count, [], null];
      if (this.place) this.place.style.minHeight = `${this.place.offsetHeight}px`; // it grows, if at all
      this.dropped = false;
      this.point(null);
      this.state("running");
    }
    // The old outputs stay until there is a new one: the page does not jump.
    empty() { this.place?.replaceChildren(...(this.caption ? [this.caption] : [])); }
    show(output, line) {
      if (!this.last) this.empty();
      const before = this.outputs.at(-1);
      if (output.output_type === "stream" && before?.name === output.name) {
        before.text += output.text;
        this.last.querySelector("pre").textContent = overwritten(before.text);
        return this.reachable();
      }
      this.outputs.push(output);
      this.last = drawn(output, this.alt);
      this.place ??= this.box.appendChild(make("div", { className: "cell_output docutils container" }));
      if (this.caption) this.caption.before(this.last);
      else this.place.append(this.last);
      this.reachable();
      globalThis.w2v?.mount(this.last);
      this.last.querySelectorAll(".w2v-answer[data-expected]").forEach((form) => this.take(form, true));
      this.tell(this.ran); // it may have changed while it ran
      if (line) this.point(line);
    }
    // What is wider than its box can be scrolled by the keyboard, too.
    reachable() {
      for (const pre of this.last.querySelectorAll("pre")) {
        if (pre.scrollWidth > pre.clientWidth) pre.tabIndex = 0;
      }
    }
    finish({ well, seconds }) {
      this.well = well;
      if (!this.last) this.empty();
      if (this.place) this.place.style.minHeight = "";
      this.again.hidden = false;
      const state = well ? "done" : "failed";
      if (queue.includes(this)) this.state("queued"); // changed, and asked for, while it ran
      else this.state(state, `${state}, ${seconds.toFixed(1)} s`);
      if (!well) this.unfold();
      this.point(); // its code may only now be there
      if (goals.delete(this)) emerge(this.box);
    }
    // The book's own outputs come back.
    forget() {
      if (this.stored) this.place?.replaceChildren(...this.stored);
      this.ran = this.stored = this.outputs = null;
      this.fit();
      this.tell(null, true);
    }
    reset() {
      if (this === running) halt();
      if (this.area) this.area.value = this.source;
      failed = failed.filter((it) => it !== this);
      this.dropped = false;
      this.forget();
      if (!queue.includes(this)) this.state();
    }
  }
  // What was asked for does not stay behind the bar.
  function emerge(box) {
    const { top, bottom, height } = box.getBoundingClientRect(), edge = bar.getBoundingClientRect().top;
    if (top < edge && edge < bottom && height < edge / 2) box.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("w2v-typed", ({ target }) => {
    if (bar.isConnected) cells.find(({ box }) => box.contains(target))?.take(target);
  });
  document.addEventListener("w2v-answer", ({ target }) => {
    if (!bar.isConnected) return;
    refresh();
    emerge(target);
  });
  const cells = [...document.querySelectorAll("div.cell:has(div.cell_input)")]
    .map((box, i) => new Cell(box, i));

  // ---- The notebook, with what the reader wrote and saw
  async function download() {
    const notebook = await (await fetch(panel.dataset.notebook)).json();
    const lines = (text) => text.split(/(?<=\n)/);
    notebook.cells.filter((cell) => cell.cell_type === "code").forEach((cell, i) => {
      const { text, source, ran, outputs, count } = cells[i];
      cell.source = lines(text);
      if (text !== source) [cell.outputs, cell.execution_count] = [[], null];
      if (!outputs || ran !== text) return;
      cell.execution_count = count;
      cell.outputs = outputs.map((it) => {
        if (it.output_type === "stream") return { ...it, text: lines(overwritten(it.text)) };
        return it.output_type === "execute_result" ? { ...it, execution_count: count } : it;
      });
    });
    const text = `${JSON.stringify(notebook, null, 1)}\n`;
    const href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
    make("a", { href, download: file }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  }

  // ---- The button
  function open() {
    if (bar.isConnected) return;
    document.querySelector("article.bd-article").append(bar);
    cells.forEach((cell) => cell.open());
    setInterval(tick, 1000);
    note.textContent = "Each cell can be changed, and has Run. What you change is kept in this browser "
      + "and nowhere else.";
  }
  if (location.protocol === "file:") {
    note.hidden = false;
    const command = (textContent) => make("code", { textContent });
    note.replaceChildren("It can also run on this page, once a server shows it: say ", command("make serve"),
      ", or ", command("python -m http.server"), " in the book's folder. From a folder, a browser lets ",
      "no page start Python.");
  } else if (globalThis.WebAssembly && globalThis.Worker) {
    opener.hidden = false;
    note.hidden = false;
    opener.addEventListener("click", () => {
      open();
      opener.hidden = true;
      cells.find((cell) => cell.shown).area.focus({ preventScroll: true });
      reach(cells.find((cell) => cell.shown && cell.place) ?? cells[0]);
    });
    if (cells.some(recall)) open(); // the reader's own cells are back, Python waits
    if (location.hash === "#run") opener.click(); // asked for on the front page
  }
})();
