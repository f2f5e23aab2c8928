// Math that is wider than the page scrolls in its box: let the keyboard reach it, as the theme does
// with wide tables and outputs.
window.MathJax?.startup.promise.then(() => {
  const reach = new ResizeObserver((boxes) => {
    for (const { target: box } of boxes) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  });
  document.querySelectorAll("mjx-container[display]").forEach((box) => reach.observe(box));
});
