"""Which cells a rule reads of the column it decides, found from how the rule is written.

A column is decided on a page and then replaced, so that no cell is decided from one that was decided just now.
Where a rule reads no cell of its column but the very one it decides, nothing could tell, and the page is spared.
What cannot be followed counts as reading every cell.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any

from numba.core import types
from numba.extending import overload

from model.protocol import PROTOCOL, Act

CellIndices = tuple[str, ...]  # for each index the argument of the act's rule that it is; anything else is ELSE
OTHER_INDEX = ""


def reads_own_cell_only(act: Act) -> bool:
    """Say whether an act's rule, with all that it calls, reads of the act's column at most the cell it decides."""
    cell = tuple(argument_names(act.rule)[1:])
    try:
        return all(read == cell for read in cells_read(act.rule, act.column, cell))
    except RecursionError:  # a rule that calls itself
        return False


def cells_read(rule: Any, column: str, given: CellIndices) -> Iterator[CellIndices]:
    """List the cells of a column that a rule reads, and the rules that it names, called for a given cell."""
    function = getattr(rule, "py_func", rule)
    nodes = body_nodes(function)
    if not nodes:
        yield (OTHER_INDEX,)
        return
    assigned = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    meaning = {name: cell for name, cell in zip(argument_names(rule)[1:], given, strict=False) if name not in assigned}

    def meant(indices: list[ast.expr]) -> CellIndices:
        return tuple(
            meaning.get(index.id, OTHER_INDEX) if isinstance(index, ast.Name) else OTHER_INDEX for index in indices
        )

    where: dict[ast.AST, ast.expr] = {node.value: node.slice for node in nodes if isinstance(node, ast.Subscript)}
    calls: dict[ast.AST, list[ast.expr]] = {
        node.func: node.args for node in nodes if isinstance(node, ast.Call) and not node.keywords
    }
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == column and not is_member(node, function):
            at = where.get(node)
            yield (OTHER_INDEX,) if at is None else meant(at.elts if isinstance(at, ast.Tuple) else [at])
        elif is_rule(called := resolve_name(node, function)):
            yield from cells_read(called, column, meant(calls.get(node, [])[1:]))


@lru_cache(maxsize=1024)
def body_nodes(function: FunctionType) -> list[ast.AST]:
    """Parse a function; give every node of its body, or nothing if it sees more than its arguments and its module."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except OSError:  # it was not written in a file
        return []
    written = tree.body[0]
    if not isinstance(written, ast.FunctionDef) or function.__closure__ is not None:
        return []
    return [node for statement in written.body for node in ast.walk(statement)]


def resolve_name(node: ast.AST, function: FunctionType) -> Any:
    """Find what a name in a function stands for, if it is its module's or another's."""
    if isinstance(node, ast.Name):
        return function.__globals__.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(module := resolve_name(node.value, function), ModuleType):
        return getattr(module, node.attr, None)
    return None


def is_member(node: ast.Attribute, function: FunctionType) -> bool:
    """Return whether an attribute is a member of a class, as of an enumeration, which may be called like a column."""
    return isinstance(resolve_name(node.value, function), type)


def is_rule(thing: Any) -> bool:
    """Say whether something may be a rule, compiled or not."""
    return isinstance(thing, FunctionType) or hasattr(thing, "py_func")


def argument_names(rule: Any) -> list[str]:
    """Name the arguments of a rule, the world first."""
    return list(inspect.signature(getattr(rule, "py_func", rule)).parameters)


@lru_cache(maxsize=256)
def writes_in_place(place: int) -> bool:
    """Say whether this act of the protocol may be decided in place."""
    return reads_own_cell_only(PROTOCOL[place])


@overload(writes_in_place, prefer_literal=True)
def _spares_page_compiled(place):  # is asked while the caller is compiled, and is a constant there
    if not isinstance(place, types.IntegerLiteral):
        return None
    known = writes_in_place(place.literal_value)
    return lambda place: known
