// Python in a worker of its own: whatever a cell does, the page stays alive and can end it.
// In:  {run: source, name}
// Out: {up}, {waits}, {output: as nbformat has it, line}, {done, well, seconds, heap}, {broken: why}
import { loadPyodide } from "../pyodide/pyodide.mjs";

const HOME = "/course/book";
const VECTORS = ["vectors_1.bytes", "vectors_2.bytes"];
const FOLDER = new URL("../pyodide/", import.meta.url).href;
let python = null, kernel = null, rest = null, coming = null, complete = false, shown = false, due = false;

export async function start({ packages, behind, soon, course }) {
  [rest, due] = [behind, soon];
  const zip = fetch(FOLDER + course).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
    return answer.arrayBuffer();
  });
  zip.catch(() => {}); // it is awaited, and told, below
  // Pyodide fetches the packages while it starts, and checks each by the SHA-256 of its lock file.
  python = await loadPyodide({ indexURL: FOLDER, packages });
  python.setStdin({ error: true });
  python.FS.mkdirTree(HOME);
  python.unpackArchive(await zip, "zip", { extractDir: HOME });
  for (const file of VECTORS) { // fetched when a cell opens them
    python.FS.createLazyFile(`${HOME}/results`, file, new URL(`../${file}`, import.meta.url).href, true, false);
  }
  python.FS.chdir(HOME);
  python.runPython(`import sys; sys.path.insert(0, "${HOME}")`);
  kernel = python.pyimport("kernel");
  kernel.listen((json) => {
    shown = true;
    postMessage(JSON.parse(json));
  });
  postMessage({ up: true });
}

// The packages that the first output does not need come behind it, where the chapter's cells will, or
// when a cell waits for them. Where
// one does not come, the cell tells, and the next one asks again.
const fetchRest = () => coming ??= python.loadPackage(rest, { messageCallback() {} })
  .catch(() => {})
  .then(() => { complete = rest.every((name) => name in python.loadedPackages); });

async function run(source, name) {
  if (!complete && kernel.needs(source)) {
    postMessage({ waits: true });
    await fetchRest();
    if (!complete) coming = null;
    postMessage({ waits: false });
  }
  const begun = performance.now();
  const well = kernel.run(source, name);
  const heap = python._module.HEAPU8.length;
  postMessage({ done: true, well, seconds: (performance.now() - begun) / 1000, heap });
  if (shown && due) fetchRest();
}

addEventListener("message", async ({ data }) => {
  try {
    await run(data.run, data.name);
  } catch (error) { // no memory left, or a file that did not come
    postMessage({ broken: String(error?.message ?? error) });
  }
});
