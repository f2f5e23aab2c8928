// A box to type a word into, or a sum of words: shows the nearest neighbours. The vectors are a file
// beside this script, fetched when the box is first used.
const beside = document.currentScript?.src || location.href;

export function mount(root) {
  const [form, said, list] = [root.querySelector("form"), root.querySelector("p"), root.querySelector("ol")];
  const field = form.querySelector("input"), topn = Number(root.dataset.topn);
  let coming = null;

  const load = () => coming ??= fetch(new URL(root.dataset.file, beside)).then(async (answer) => {
    if (!answer.ok) throw new Error(answer.status);
    const bytes = new Uint8Array(await answer.arrayBuffer()), end = bytes.indexOf(10);
    const words = new TextDecoder().decode(bytes.subarray(0, end)).split(" ");
    return vectors(words, new Int8Array(bytes.buffer, end + 1));
  });
  const show = (text, found = []) => {
    said.textContent = text;
    list.replaceChildren(...found.map(([word, after]) => {
      const item = document.createElement("li"), button = document.createElement("button");
      [button.type, button.textContent] = ["button", word];
      item.append(button, after);
      return item;
    }));
  };
  const ask = async () => {
    const text = field.value.trim().toLowerCase().replace(/\s+/g, " "), asked = read(text);
    if (!asked) return show("Type one word, or a sum with blanks around + and -: king - man + woman.");
    if (!coming) show("The vectors are coming …");
    let known;
    try { known = await load(); } catch (error) {
      coming = null; // ask again next time
      return show(location.protocol === "file:"
        ? "From a folder, a browser lets no page fetch the vectors: say `make serve`."
        : `The vectors did not come (${error.message}). Try again.`);
    }
    if (field.value.trim().toLowerCase().replace(/\s+/g, " ") !== text) return;
    const lacking = asked.find(({ word }) => !known.ids.has(word));
    if (lacking) {
      const close = known.alike(lacking.word);
      show(`“${lacking.word}” is not among the ${known.ids.size.toLocaleString("en")} words that it knows.`
        + (close.length ? " Spelt alike:" : " None is spelt alike."), close.map((word) => [word, ""]));
    } else {
      const found = known.nearest(asked, topn);
      const without = asked.length > 1 ? ", the words of the sum left out" : "";
      show(`Nearest to ${text}${without}, with their cosines:`, found.map(([word, cos]) => [word, ` ${cos.toFixed(2)}`]));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  // A word of the list is the next question.
  list.addEventListener("click", ({ target }) => {
    if (!target.closest("button")) return;
    field.value = target.textContent;
    field.focus();
    ask();
  });
}

// A sum of words: [{sign, word}, ...], or nothing for what is none.
function read(text) {
  const tokens = text ? text.split(" ") : [], isSign = (token) => token === "+" || token === "-";
  if (tokens.length && !isSign(tokens[0])) tokens.unshift("+");
  const right = tokens.every((token, i) => isSign(token) === (i % 2 === 0));
  if (!tokens.length || tokens.length % 2 || !right) return null;
  return tokens.flatMap((token, i) => (i % 2 ? [{ sign: tokens[i - 1] === "+" ? 1 : -1, word: token }] : []));
}

function vectors(words, numbers) {
  const ids = new Map(words.map((word, i) => [word, i])), H = numbers.length / words.length;
  const length = words.map((_, i) => {
    let sum = 0;
    for (let j = i * H; j < (i + 1) * H; j++) sum += numbers[j] ** 2;
    return Math.sqrt(sum) || 1;
  });
  const nearest = (asked, topn) => {
    const total = new Float64Array(H), own = asked.map(({ word }) => ids.get(word));
    asked.forEach(({ sign }, n) => {
      for (let j = 0; j < H; j++) total[j] += sign * numbers[own[n] * H + j] / length[own[n]];
    });
    const norm = Math.hypot(...total) || 1;
    const cosine = (i) => total.reduce((sum, x, j) => sum + x * numbers[i * H + j], 0) / norm / length[i];
    return words.map((word, i) => [word, cosine(i), i]).filter(([, , i]) => !own.includes(i))
      .sort((a, b) => b[1] - a[1] || a[2] - b[2]).slice(0, topn);
  };
  // At most three words that one or two slips of the pen lead to, the nearest and most frequent first.
  const alike = (word) => {
    const most = word.length < 5 ? 1 : 2;
    return words.map((other) => [other, Math.abs(other.length - word.length) > most ? 9 : slips(word, other)])
      .filter(([, n]) => n <= most).sort((a, b) => a[1] - b[1]).slice(0, 3).map(([other]) => other);
  };
  return { ids, nearest, alike };
}

// Letters to put in, leave out or change, to make one word of another.
function slips(a, b) {
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const now = [i];
    for (let j = 1; j <= b.length; j++) {
      now[j] = Math.min(before[j] + 1, now[j - 1] + 1, before[j - 1] + Number(a[i - 1] !== b[j - 1]));
    }
    before = now;
  }
  return before[b.length];
}
