"""What is read is never run: by the syntax trees of all that is ours, but for the tests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("w2vlib", "book", "tools", "hub", "cluster")
    for path in (ROOT / folder).rglob("*.py")
)
UNPICKLE = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
RUN = {"eval", "exec", "compile", "__import__", "exec_module", "run_path", "run_module", "execfile"}
RUN |= {"CodeRunner", "eval_code", "eval_code_async", "literal_eval", "safe_eval"}
UNPACK = {"extractall", "extract", "unpack_archive"}
SHELL = {"system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell"}
SHELLS = {"sh", "bash", "/bin/sh", "cmd", "cmd.exe", "powershell"}
ARRAYS = {"load", "save", "write_array", "read_array", "open_memmap"}  # of NumPy

MEANT = {
    # A student's code, in its own process; what comes there from the teacher's side, whole.
    "w2vlib/classroom/served.py": {"exec", "compile"},
    "w2vlib/classroom/wire.py": {"import pickle", "pickle.loads"},
    # `sh` is a parent that may be ended; its script is fixed.
    "w2vlib/classroom/isolation.py": {"sh"},
    # Checks of the teacher's own.
    "w2vlib/classroom/private.py": {"exec_module"},
    # Names in a chapter of ours.
    "w2vlib/classroom/chapter.py": {"literal_eval"},
    # The reader's own cells, in the reader's page.
    "book/_ext/in_page/kernel.py": {"CodeRunner", "compile"},
    # Tools of ours, the policy of the pages, and the reference of the tests.
    "book/_ext/front_page.py": {"run_path"},
    "tools/gpu_bench.py": {"run_path"},
    "tools/slides/guard.py": {"run_path"},
}


def is_false(call, name):
    """Whether a call has an argument of that name, which is False."""
    given = [word.value for word in call.keywords if word.arg == name]
    return bool(given) and isinstance(given[0], ast.Constant) and given[0].value is False


def findings(source):
    """What a module's source has that could run what it reads, by name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            for name in names:
                if name.partition(".")[0] in UNPICKLE:
                    yield f"import {name.partition('.')[0]}"
        elif isinstance(node, ast.List | ast.Tuple) and node.elts:
            first = node.elts[0]
            if isinstance(first, ast.Constant) and first.value in SHELLS:
                yield first.value
        elif isinstance(node, ast.Call):
            yield from unsafe_call(node)


def unsafe_call(call):
    asked = call.func
    name = getattr(asked, "attr", None) or getattr(asked, "id", "")
    of = getattr(getattr(asked, "value", None), "attr", None)
    of = of or getattr(getattr(asked, "value", None), "id", "")
    if name in RUN | UNPACK | SHELL and of not in ("re", "platform"):
        yield name
    elif name in ARRAYS and of in ("np", "numpy", "format") and not is_false(call, "allow_pickle"):
        yield f"{of}.{name} without allow_pickle=False"
    elif of in UNPICKLE and name in ("load", "loads", "Unpickler"):
        yield f"{of}.{name}"
    elif of == "yaml" and not name.startswith("safe_"):
        yield f"yaml.{name}"
    if any(word.arg == "shell" for word in call.keywords) and not is_false(call, "shell"):
        yield "shell="


@pytest.mark.parametrize("module", MODULES)
def test_nothing_that_is_read_is_run(module):
    found = set(findings((ROOT / module).read_text(encoding="utf-8")))
    assert found == MEANT.get(module, set())


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", "import pickle"),
        ("from pickle import loads", "import pickle"),
        ("import numpy, joblib.memory", "import joblib"),
        ("np.load(path)", "np.load without allow_pickle=False"),
        ("np.load(path, allow_pickle=True)", "np.load without allow_pickle=False"),
        ("np.load(path, allow_pickle=wish)", "np.load without allow_pickle=False"),
        ("numpy.lib.format.open_memmap(p)", "format.open_memmap without allow_pickle=False"),
        ("eval(text)", "eval"),
        ("builtins.exec(text)", "exec"),
        ("yaml.load(text)", "yaml.load"),
        ("yaml.full_load(text)", "yaml.full_load"),
        ("os.system(text)", "system"),
        ("subprocess.run(text, shell=True)", "shell="),
        ("subprocess.run(text, shell=wish)", "shell="),
        ("subprocess.run(['sh', '-c', text])", "sh"),
        ("tar.extractall(folder)", "extractall"),
        ("shutil.unpack_archive(path)", "unpack_archive"),
        ("with zipfile.ZipFile(path) as z: z.extract(name)", "extract"),
    ],
)
def test_it_is_seen(source, found):
    assert set(findings(source)) == {found}


@pytest.mark.parametrize(
    "source",
    ["np.load(p, allow_pickle=False)", "re.compile(p)", "json.loads(p)", "yaml.safe_load(p)"],
)
def test_what_is_safe_is_let_be(source):
    assert not set(findings(source))


def test_what_comes_from_a_student_is_never_unpickled():
    """Nobody but the student's process imports what unpickles."""
    for module in MODULES:
        tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
        names = {getattr(it, "id", getattr(it, "attr", "")) for it in ast.walk(tree)}
        assert "unpickled" not in names or module == "w2vlib/classroom/served.py", module
    teachers = ["remote", "marker", "marks", "grade", "cells", "hand_ins", "report"]
    for name in teachers:
        assert "served" not in (ROOT / f"w2vlib/classroom/{name}.py").read_text(encoding="utf-8")
