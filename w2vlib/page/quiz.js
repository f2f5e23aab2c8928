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
}
