"""A notebook's source as text, without outputs: what `git diff` compares (see CONTRIBUTING.md)."""

import json
import sys
from pathlib import Path

for cell in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["cells"]:
    marks = [cell["cell_type"], *cell["metadata"].get("tags", [])]
    mystnb = cell["metadata"].get("mystnb", "")
    print(f"\n# {cell['id']}: {' '.join(marks)} {mystnb}".rstrip())
    print("".join(cell["source"]))
