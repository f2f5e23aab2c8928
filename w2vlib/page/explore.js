// A picture with controls: shows what was drawn in advance for where they stand.
export function mount(root) {
  const { labels, lines, frames } = JSON.parse(root.querySelector(":scope > script").text);
  const inputs = [...root.querySelectorAll(":scope > label > :is(input, select)")];
  const view = root.querySelector(".w2v-view"), play = root.querySelector(":scope > button");

  const show = () => {
    const at = inputs.map((input) => Number(input.value));
    const number = at.reduce((sum, i, n) => sum * labels[n].length + i, 0);
    view.innerHTML = frames[number].map((line) => lines[line]).join("\n");
    inputs.forEach((input, n) => {
      const out = input.nextElementSibling;
      if (!out) return;
      out.value = labels[n][at[n]];
      input.setAttribute("aria-valuetext", out.value);
    });
  };
  inputs.forEach((input) => input.addEventListener("input", show));

  const [first] = inputs;
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  play?.addEventListener("click", () => {
    if (timer) return stop();
    if (first.value === first.max) first.value = 0;
    play.textContent = "Stop";
    timer = setInterval(() => {
      first.stepUp();
      show();
      if (first.value === first.max) stop();
    }, 1500);
  });
}
