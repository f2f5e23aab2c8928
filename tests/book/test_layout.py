"""Each thing is where its chapter's name says, and the library's floors stand on each other."""

import ast
import subprocess
import sys

import pytest
import yaml
from chapters import BOOK, CHAPTERS, LIBRARY, ROOT, each_chapter, module_name

# A module may import only from those before it.
ORDER = [
    "memory",
    "check.words",
    "check.values",
    "check.arrays",
    "check.training",
    "check",
    "machine",
    "table",
    "gradient_check",
    "progress",
    "replacing",
    "files",
    "npy",
    "reading",
    "ptb",
    "vocabulary",
    "numbering",
    "corpus_file",
    "corpus",
    "phrases",
    "bottlenecks",
    "embedding",
    "binary",
    "embedding_dot",
    "sampler",
    "negative_sampling",
    "training",
    "sparse_gradients",
    "word2vec_format",
    "mapped",
    "questions",
    "cosines",
    "evaluation",
    "draws",
    "pieces",
    "road",
    "checkpoint",
    "matrices",
    "run",
    "engine",
    "descent",
    "fused_skipgram",
    "fused",
    "compiled",
    "compiled_skipgram",
    "hogwild",
    "distributed",
    "stretches",
    "cluster_text",
    "team",
    "copies",
    "cluster",
    "gpu",
    "cuda_engine",
    "engines",
    "stages",
    "engine_stages",
    "ledger",
    "console",
    "__init__",
    "commands",
    "commands.arguments",
    "commands.train",
    "commands.vectors",
    "commands.ledger",
    "__main__",
    "page.drawing",
    "page.faces",
    "page.explore",
    "page.word_map",
    "page.neighbours",
    "page.chances",
    "page.quiz",
    "page.answer",
    "page.playground_picture",
    "page.playground",
    "page.row_sparse",
    "page.valley",
    "page.road",
    "page",
    "exercises.exercise",
    *(f"exercises.{module_name(path)}" for path in CHAPTERS),
    "exercises",
    "classroom.wire",
    "classroom.served",
    "classroom.student",
    "classroom.cells",
    "classroom.chapter",
    "classroom.isolation",
    "classroom.remote",
    "classroom.sheet",
    "classroom.private",
    "classroom.marks",
    "classroom.assignment",
    "classroom.marker",
    "classroom.hand_ins",
    "classroom.report",
    "classroom.grade",
    "classroom",
    "classroom.__main__",
]


def test_contents_list_every_chapter_in_order():
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
    listed = [chapter["file"] for part in parts for chapter in part["chapters"]]
    numbered = [name for name in listed if name.removeprefix("book/")[:2].isdigit()]
    assert numbered == [f"book/{path.stem}" for path in CHAPTERS]


@each_chapter
def test_chapter_has_its_module_and_its_test(path):
    name = module_name(path)
    assert (LIBRARY / f"{name}.py").is_file()
    assert (ROOT / "tests" / f"test_{name}.py").is_file()
    assert (LIBRARY / "exercises" / f"{name}.py").is_file()


def imported(module, names):
    """The w2vlib modules that the source of one imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, ["w2vlib" if node.level else "", node.module]))
            targets = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            package, _, rest = target.partition(".")
            if package == "w2vlib":
                while rest and rest not in names:
                    rest = rest.rpartition(".")[0]
                yield rest or "__init__"


MODULES = {
    ".".join(path.relative_to(LIBRARY).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(LIBRARY.rglob("*.py"))
}
del MODULES["__init__"]


@pytest.mark.parametrize("name", MODULES)
def test_module_imports_only_from_those_before_it(name):
    assert name in ORDER, f"give {name} its place in ORDER"
    above = set(imported(MODULES[name], ORDER)) - set(ORDER[: ORDER.index(name)])
    assert not above, f"{name} may not import from {sorted(above)}"


@pytest.mark.parametrize(
    "heavy", ["matplotlib", "ipywidgets", "numba", "dask", "distributed", "tqdm", "pooch"]
)
def test_import_is_light(heavy):
    code = f"import sys, w2vlib, w2vlib.page; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.call([sys.executable, "-c", code], cwd=ROOT) == 0


def test_book_stays_small():
    files = [path for path in BOOK.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 10_000_000
    assert sum(path.stat().st_size for path in CHAPTERS) < 3_200_000
