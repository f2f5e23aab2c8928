// The outputs of a cell, as nbformat has them, drawn as the book's own pages have them.
globalThis.w2vOutputs = (() => {
  const make = (tag, props = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };
  const preformatted = (kind, textContent) =>
    make("div", { className: `output ${kind} highlight-myst-ansi notranslate` },
      make("div", { className: "highlight" }, make("pre", { textContent })));
  // After a carriage return a line is written anew, as progress bars do.
  const overwritten = (text) => text.replace(/\r+\n/g, "\n").replace(/[^\n]*\r/g, "");
  function drawn(output, alt) {
    if (output.output_type === "stream") {
      return preformatted(output.name === "stderr" ? "stderr" : "stream", overwritten(output.text));
    }
    if (output.output_type === "error") return preformatted("traceback", output.traceback.join("\n"));
    const { "text/html": html, "image/svg+xml": svg, "text/plain": plain } = output.data;
    if (html) {
      const body = parsed(`<body>${html}`, "text/html").lastChild;
      return make("div", { className: "output text_html" }, ...body.childNodes);
    }
    return svg ? chart(svg, alt || plain) : preformatted("text_plain", plain);
  }
  // Markup for this page, whose policy forbids styles in it: those of elements are set one by one. What
  // would lead the page elsewhere is left out.
  function parsed(text, type) {
    const renamed = text.replace(/<style\b[^]*?<\/style>/gi, "")
      .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle=/gi, " data-style="));
    const other = new DOMParser().parseFromString(renamed, type);
    other.querySelectorAll("base, link, meta, metadata, style").forEach((it) => it.remove());
    const whole = document.importNode(other.documentElement, true);
    for (const element of whole.querySelectorAll("[data-style]")) {
      element.style.cssText = element.dataset.style;
      element.removeAttribute("data-style");
    }
    return whole;
  }
  // A chart stands in the page itself, as its colours do.
  function chart(text, alt) {
    const svg = parsed(text, "image/svg+xml");
    svg.style.strokeLinejoin = "round";
    svg.classList.add("w2v-chart");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", alt);
    return svg;
  }

  return { make, drawn, overwritten };
})();
