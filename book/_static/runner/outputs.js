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
      const box = make("div", { className: "output text_html" });
      box.innerHTML = html;
      return box;
    }
    return svg ? chart(svg, alt || plain) : preformatted("text_plain", plain);
  }
  // A chart stands in the page itself, since a strict policy forbids pictures from data. Its styles are
  // set one by one for the same reason.
  function chart(text, alt) {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    const svg = document.importNode(parsed.documentElement, true);
    svg.querySelectorAll("style, metadata").forEach((it) => it.remove());
    for (const element of svg.querySelectorAll("[style]")) {
      const style = element.getAttribute("style");
      element.removeAttribute("style");
      element.style.cssText = style;
    }
    svg.style.strokeLinejoin = "round";
    svg.classList.add("w2v-chart");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", alt);
    return svg;
  }

  return { make, drawn, overwritten };
})();
