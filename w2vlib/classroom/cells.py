"""The code of a notebook in pieces, and which of them a piece needs: by the names in them.

A piece is a code cell; but each name that an import at its top brings is a piece of its own, so
that an answer which needs NumPy does not wait for Matplotlib.
"""

import ast
import builtins
import copy
import json
import re
import symtable
from typing import NamedTuple

AT_ONCE = {"listcomp", "setcomp", "dictcomp", "genexpr"}  # runs with the code around it
BIGGEST = 100_000_000  # bytes of a notebook that is still read


class Piece(NamedTuple):
    """A piece of code. place: its index among the pieces; cell: the code cell's number, from 1.

    tree: None where the source has an error. uses: names of other pieces; later: those of them that
    its functions use when they are called, and its own that they use.
    """

    place: int
    cell: int
    source: str
    tree: ast.Module | None
    binds: frozenset
    uses: frozenset
    later: frozenset

    @property
    def is_import(self):
        """Whether it only imports something."""
        body = self.tree.body if self.tree else []
        return bool(body) and isinstance(body[0], ast.Import | ast.ImportFrom)


def readable(path):
    """Whether there is a file of a notebook's size; a link may lead to the key."""
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= BIGGEST


def printable(text):
    """A text with a sign in place of each that cannot be shown."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def read(path):
    """The cells of a notebook's file, as they stand there; those of nbformat 3 in today's form.

    Raises ValueError for what is no notebook, with the reason.
    """
    if not readable(path):
        raise ValueError(f"it is no file of at most {BIGGEST / 1e6:g} MB")
    try:
        notebook = json.loads(path.read_bytes())  # of any Unicode encoding
        sheets = notebook.get("worksheets", [notebook])
        cells = [cell for sheet in sheets for cell in sheet["cells"] if isinstance(cell, dict)]
        return [cell | {"source": cell.get("source", cell.get("input", ""))} for cell in cells]
    except (AttributeError, KeyError, MemoryError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(
            "it is empty" if not path.stat().st_size else "it is no notebook"
        ) from error


def pieces(cells, before=()):
    """The code among a notebook's cells, in order; its places count on from the pieces before."""
    found, number = [], 0
    for cell in cells:
        source = cell.get("source", "")
        source = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if cell.get("cell_type", "code") == "code" and source.strip():
            number += 1
            try:
                parts = list(_parts(source))
            except Exception:  # noqa: BLE001 - a cell may hold anything; it alone is not read
                parts = [(source, None, frozenset(), frozenset(), frozenset())]
            start = len(before) + len(found)
            found += [Piece(start + at, number, *part) for at, part in enumerate(parts)]
    return found


def error(source):
    """Why Python cannot read a cell: "line 1 of the cell: '(' was never closed."."""
    try:
        list(_parts(source))
    except SyntaxError as error:
        return f"line {error.lineno} of the cell: {error.msg}."
    except Exception:  # noqa: BLE001 - as above
        return "its cell has more in it than Python can read."


def _parts(source):
    """The source, tree, binds and uses of each piece of a cell."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # without what only IPython understands
        source = re.sub(r"(?m)^([ \t]*)[%!?].*$", r"\1pass", source)
        tree = ast.parse(source)
    while tree.body and isinstance(tree.body[0], ast.Import | ast.ImportFrom):
        statement = tree.body.pop(0)
        for alias in statement.names:
            one = copy.copy(statement)
            one.names = [alias]
            name = (alias.asname or alias.name).partition(".")[0]
            yield (
                ast.unparse(one),
                ast.Module([one], []),
                frozenset([name]),
                frozenset(),
                frozenset(),
            )
    if tree.body:
        binds, uses, later = set(), set(), set()
        for statement in _in_order(tree.body):  # what one binds, the next has
            table = symtable.symtable(ast.unparse(statement), "cell", "exec")
            bound, now, then = _names(table)
            uses |= now - binds
            later |= then
            binds |= bound
        own = set(dir(builtins))
        yield source, tree, frozenset(binds), frozenset(uses - own), frozenset(later - own)


def _in_order(body):
    """The statements of a body; of a loop and the like its head, and then what stands in it."""
    for it in body:
        if not hasattr(it, "body") or isinstance(
            it, ast.AsyncFunctionDef | ast.ClassDef | ast.FunctionDef
        ):
            yield it
            continue
        heads = [(getattr(it, "target", None), getattr(it, "iter", getattr(it, "test", None)))]
        heads += [(item.optional_vars, item.context_expr) for item in getattr(it, "items", ())]
        if isinstance(it, ast.ExceptHandler):
            heads = [(ast.Name(it.name, ast.Store()) if it.name else None, it.type)]
        for target, value in heads:
            if value is not None:
                head = ast.Assign([target], value) if target else ast.Expr(value)
                yield ast.fix_missing_locations(head)
        for name in ("body", "handlers", "orelse", "finalbody"):
            yield from _in_order(getattr(it, name, ()))


def _names(table, inside=False):
    """The names that a piece of code binds for all to see, uses now, and uses when it is called."""
    binds, now, then = set(), set(), set()
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        name = symbol.get_name()
        bound = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
        if (top and bound) or (symbol.is_declared_global() and symbol.is_assigned()):
            binds.add(name)
        if symbol.is_referenced() and (top or symbol.is_global()):
            (then if inside else now).add(name)
    for child in table.get_children():
        called = child.get_type() == "function" and child.get_name() not in AT_ONCE
        more = _names(child, inside or called)
        binds, now, then = binds | more[0], now | more[1], then | more[2]
    return binds, now, then


def needed(all_pieces, *last):
    """The pieces that the last ones need, in order: those that bind what they use, and so on.

    What binds a name stands before its use, or else, in a notebook run in another order, behind it.
    """
    chosen, asked = set(), list(last)
    end = min(it.place for it in last)
    while asked:
        it = asked.pop()
        wanted = [(name, it.place) for name in it.uses]
        wanted += [(name, max(end, it.place)) for name in it.later]
        for name, place in wanted:
            nearest = [*reversed(all_pieces[:place]), *all_pieces[place:]]
            found = next((p for p in nearest if name in p.binds), None)
            if found and found is not it and found.place not in chosen:
                chosen.add(found.place)
                asked.append(found)
    return [all_pieces[place] for place in sorted(chosen - {it.place for it in last})]


def calls(piece):
    """The calls of `check` in a piece, as {exercise: the name handed to it or None}."""
    found = {}
    for node in ast.walk(piece.tree) if piece.tree else ():
        called = getattr(node, "func", None)
        if "check" in (getattr(called, "id", None), getattr(called, "attr", None)) and node.args:
            name, *rest = node.args
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                found[name.value] = rest[0].id if rest and isinstance(rest[0], ast.Name) else None
    return found
