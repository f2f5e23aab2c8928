// MathJax writes its styles into the page, which the page's policy forbids: they are adopted instead.
if (window.MathJax) {
  window.MathJax.startup = { ready() {
    const { prototype } = window.MathJax._.output.chtml_ts.CHTML, { styleSheet } = prototype;
    prototype.styleSheet = function (...given) {
      const element = styleSheet.apply(this, given);
      if (element.localName !== "style") return element;
      const sheet = new CSSStyleSheet(), standIn = document.createElement("template");
      sheet.replaceSync(element.textContent);
      document.adoptedStyleSheets.push(sheet);
      this.chtmlStyles = Object.assign(standIn, { id: element.id, sheet }); // where it adds rules
      return standIn;
    };
    window.MathJax.startup.defaultReady();
  } };
}

// What two of the theme's buttons do: the policy forbids the handlers that stood in them.
document.querySelector(".btn-fullscreen-button")?.addEventListener("click", () => globalThis.toggleFullScreen());
document.querySelector(".btn-download-pdf-button")?.addEventListener("click", () => print());

// Math that is wider than the page scrolls in its box: let the keyboard reach it, as the theme does
// with wide tables and outputs. MathJax comes after this script.
addEventListener("DOMContentLoaded", async () => {
  await window.MathJax?.startup.promise;
  const reach = new ResizeObserver((boxes) => {
    for (const { target: box } of boxes) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  });
  document.querySelectorAll("mjx-container[display]").forEach((box) => reach.observe(box));
});

// A link to an aside, or into what is folded, opens it.
{
  const open = ({ hash }) => {
    const target = document.getElementById(decodeURIComponent(hash.slice(1)));
    const folds = [target?.querySelector(":scope > .w2v-aside")];
    for (let box = target; box; box = box.parentElement) folds.push(box.closest("details"));
    const closed = folds.filter((fold) => fold && !fold.open);
    closed.forEach((fold) => { fold.open = true; });
    if (closed.length) target.scrollIntoView();
  };
  addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href*='#']");
    if (link?.pathname === location.pathname) open(link);
  });
  addEventListener("hashchange", () => open(location));
  open(location);
}

// Paper is white, by night too.
{
  const { dataset } = document.documentElement;
  let onScreen;
  addEventListener("beforeprint", () => { [onScreen, dataset.theme] = [dataset.theme, "light"]; });
  addEventListener("afterprint", () => { dataset.theme = onScreen; });
}

// The reader's progress, kept in this browser and nowhere else: for each chapter {begun, read, right,
// questions, answers, done, exercises, predicted}. It is begun when a section after the first comes into
// view, and read when the reader says so.
{
  const KEY = "w2v-progress";
  let storage = null;
  try { storage = window.localStorage; } catch { /* forbidden: then there is no progress */ }
  const load = () => {
    try { return JSON.parse(storage.getItem(KEY)) ?? {}; } catch { return {}; }
  };
  const save = (progress) => {
    try { storage.setItem(KEY, JSON.stringify(progress)); } catch { /* it is full */ }
    show();
  };

  const nameOf = (url) => /\/(\d\d_\w+)(\.html)?$/.exec(new URL(url).pathname)?.[1];
  const here = nameOf(location.href); // its sheet's page shares what was answered
  const onSheet = /\/sheets\/[^/]+$/.test(location.pathname);
  const chapters = [...document.querySelectorAll("nav.bd-links a")]
    .map((link) => ({ link, name: nameOf(link.href), title: link.textContent.trim() }))
    .filter(({ name }) => name);
  const note = (news) => {
    const progress = load();
    save({ ...progress, [here]: { ...progress[here], ...news } });
  };

  // What answer.js and quiz.js keep of the answers. A question within the text is no exercise.
  const counts = (name) => !name.startsWith("think_");
  const known = () => load()[here] ?? {};
  const exercises = () => {
    const names = [...document.querySelectorAll(".w2v-answer")].map(({ dataset }) => dataset.name);
    return new Set(names.filter(counts)).size;
  };
  const noteExercise = (news) => note({ begun: true, exercises: exercises(), ...news });
  if (here && storage) {
    globalThis.w2vKept = {
      answers: (name) => known().answers?.[name],
      answer: (name, texts) => noteExercise({ answers: { ...known().answers, [name]: texts } }),
      isDone: (name) => Boolean(known().done?.includes(name)),
      done: (name) => noteExercise({ done: [...new Set([...known().done ?? [], name])] }),
      predicted: (name) => known().predicted?.[name],
      predict: (name, number) => note({ begun: true, predicted: { ...known().predicted, [name]: number } }),
      clear: () => {
        const forms = [...document.querySelectorAll(".w2v-answer")];
        const answers = { ...known().answers };
        for (const { dataset } of forms) delete answers[dataset.name]; // a sheet has not all of them
        note({ answers, ...!onSheet && { predicted: undefined } });
        for (const it of forms) it.dispatchEvent(new Event("w2v-clear"));
      },
    };
  }

  // In the sidebar: a mark at the chapter's link, with words for who cannot see it.
  const mark = (link, { begun, read, right = 0, questions = 0, done = [], exercises = 0 } = {}) => {
    link.querySelector(".w2v-mark")?.remove();
    const seen = [], said = [];
    if (read) seen.push("✓");
    if (read || begun) said.push(read ? "read" : "begun");
    const solved = done.filter(counts).length;
    if (questions || exercises) seen.push(`${right + solved}/${questions + exercises}`);
    if (questions) said.push(`quiz ${right} of ${questions}`);
    if (exercises) said.push(`exercises ${solved} of ${exercises}`);
    if (!said.length) return;
    const span = link.appendChild(document.createElement("span"));
    span.className = "w2v-mark";
    span.title = said.join(", ");
    span.role = "img";
    span.ariaLabel = `(${span.title})`;
    span.dataset.seen = seen.join(" ") || "…"; // drawn by the style sheet
  };

  // On the front page: the sum of it.
  const [sum, button] = document.getElementById("w2v-progress")?.children ?? [];
  const nothing = sum?.textContent;
  const sumUp = (progress) => {
    const total = (key) => chapters.reduce((n, { name }) => n + Number(progress[name]?.[key] ?? 0), 0);
    const next = chapters.find(({ name }) => !progress[name]?.read);
    if (!storage) sum.textContent = "This browser lets the page keep nothing, so there is nothing to show.";
    else if (!Object.keys(progress).length) sum.textContent = nothing;
    else {
      sum.textContent = `Chapters read: ${total("read")} of ${chapters.length}. `;
      if (total("questions")) {
        sum.append(`Quiz answers right: ${total("right")} of ${total("questions")} tried. `);
      }
      const solved = chapters.flatMap(({ name }) => progress[name]?.done ?? []).filter(counts).length;
      if (total("exercises")) sum.append(`Exercises done: ${solved} of ${total("exercises")} there. `);
      if (next) {
        const link = sum.appendChild(document.createElement("a"));
        [link.href, link.textContent] = [next.link.href, `Next: ${next.title}`];
      }
    }
    button.textContent = cleared ? "Undo" : "Clear my progress and cells";
    button.hidden = !cleared && !kept().length;
  };
  // All that the book keeps; the cells are runner.js's. After "Clear" it is here until the page is left.
  const kept = () => Object.entries(storage ?? {}).filter(([key]) => key.startsWith("w2v-"));
  let cleared = null;
  button?.addEventListener("click", () => {
    cleared?.forEach(([key, text]) => storage.setItem(key, text));
    cleared = cleared ? null : kept();
    cleared?.forEach(([key]) => storage.removeItem(key));
    show();
  });

  // At the end of a chapter: a box to tick.
  const box = document.createElement("input");
  box.type = "checkbox";
  if (here && storage && !onSheet) {
    const label = document.querySelector("article.bd-article").appendChild(document.createElement("label"));
    label.className = "w2v-read";
    label.append(box, " I have read this chapter");
    box.addEventListener("change", () => note({ begun: true, read: box.checked }));
    const sight = new IntersectionObserver((sections) => {
      if (!sections.some(({ isIntersecting }) => isIntersecting)) return;
      sight.disconnect();
      note({ begun: true });
    });
    document.querySelectorAll("article > section > section ~ section").forEach((it) => sight.observe(it));
    document.addEventListener("w2v-quiz", () => {
      const count = (what) => document.querySelectorAll(`.w2v-quiz ${what}`).length;
      const best = Math.max(count("input[data-right]:checked"), load()[here]?.right ?? 0);
      note({ begun: true, right: best, questions: count("fieldset") });
    });
  }

  const show = () => {
    const progress = load();
    for (const { link, name } of chapters) mark(link, progress[name]);
    box.checked = Boolean(progress[here]?.read);
    if (sum) sumUp(progress);
  };
  show();
  addEventListener("pageshow", show); // come back to a page that the browser kept,
  addEventListener("storage", show); // or changed it in another tab
}

// Opened from a folder, a page may not read the others: then the search shows titles alone.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
