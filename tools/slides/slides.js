// On each slide the text is as large as fits: between the largest and the smallest size, in pixels.
const LARGEST = 40, WITH_PICTURE = 32, SMALLEST = 20;
const MARGIN = 0.05; // of a slide's height, that stays free below

function fit(slide) {
  const hidden = [slide.parentNode, slide].map(({ style }) => [style, style.display]);
  const inside = document.createRange();
  inside.selectNodeContents(slide);
  const cut = () => {
    const box = slide.getBoundingClientRect(), below = box.bottom - inside.getBoundingClientRect().bottom;
    return below < MARGIN * box.height
      || [...slide.querySelectorAll("pre, pre code")].some((it) => it.scrollWidth > it.clientWidth);
  };
  const status = slide.querySelector("fieldset [role=status]") ?? {};
  const says = [...slide.querySelectorAll("[data-say]")].map((it) => it.dataset.say);
  status.textContent = says.sort((a, b) => b.length - a.length)[0];
  hidden.forEach(([style]) => { style.display = "flex"; });
  let size = slide.querySelector("svg.w2v-diagram, img") ? WITH_PICTURE : LARGEST;
  do slide.style.fontSize = `${size}px`; while (cut() && size-- > SMALLEST);
  hidden.forEach(([style, display]) => { style.display = display; });
  status.textContent = "";
}

addEventListener("load", async () => {
  const { MathJax, Reveal } = globalThis;
  await Promise.all([MathJax.startup.promise, document.fonts.ready]);
  if (!Reveal.isReady()) await new Promise((ready) => Reveal.on("ready", ready));
  Reveal.getSlides().forEach(fit);
  Reveal.getRevealElement().dataset.fitted = "";
});

// After a choice or a drag the arrow keys belong to the deck again.
addEventListener("change", ({ target }) => {
  if (target.matches("[type=radio], [type=range], select")) target.blur();
});
