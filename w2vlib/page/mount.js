// Brings to life what stands within an element, or in the whole document, and is not alive yet. What
// comes to a page later, such as an output made anew, needs `w2v.mount(element)`.
export function mount(within) {
  for (const root of within.querySelectorAll("[data-mount]:not([data-alive])")) {
    root.dataset.alive = "";
    globalThis.w2v.kinds[root.dataset.mount](root);
  }
}
