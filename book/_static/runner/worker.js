// Python in a worker of its own: whatever a cell does, the page stays alive and can end it.
// In:  {start: {packages, course}}, {run: source, name}
// Out: {up}, {output: as nbformat has it, line}, {done, well, seconds}, {broken: why}
import { loadPyodide } from "../pyodide/pyodide.mjs";

const HOME = "/course/book";
const FOLDER = new URL("../pyodide/", import.meta.url).href;
let python = null, kernel = null;

async function start({ packages, course }) {
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
  python.FS.chdir(HOME);
  python.runPython(`import sys; sys.path.insert(0, "${HOME}")`);
  kernel = python.pyimport("kernel");
  kernel.listen((json) => postMessage(JSON.parse(json)));
}

addEventListener("message", async ({ data }) => {
  try {
    if (data.start) {
      await start(data.start);
      postMessage({ up: true });
    } else {
      const begun = performance.now();
      const well = kernel.run(data.run, data.name);
      postMessage({ done: true, well, seconds: (performance.now() - begun) / 1000 });
    }
  } catch (error) { // no memory left, or a file that did not come
    postMessage({ broken: String(error?.message ?? error) });
  }
});
