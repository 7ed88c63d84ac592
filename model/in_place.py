"""Which cells of its column a rule reads, found from the rule's source.

An act writes a column into a buffer and commits it at the end, so that no cell depends on one decided in the
same act. If a rule reads no cell of its column except the one it decides, the act writes in place without a
buffer. A rule whose source cannot be analysed counts as reading every cell.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any

from numba.extending import overload

from model.acts import Act
from model.protocol import PROTOCOL
from model.rules.event_conditions import condition_holds

CellIndices = tuple[str, ...]  # the argument of the act's rule at each index, or OTHER_INDEX
OTHER_INDEX = ""


def reads_own_cell_only(act: Act) -> bool:
    """Return whether an act's rule and the rules it calls read no cell of the act's column but the decided one."""
    cell = tuple(argument_names(act.rule)[1:])
    try:
        return all(read == cell for read in cells_read(act.rule, act.column, cell))
    except RecursionError:  # a recursive rule
        return False


def cells_read(rule: Any, column: str, cell: CellIndices) -> Iterator[CellIndices]:
    """Yield the cells of a column that a rule and the rules it names read when called for a cell."""
    function = getattr(rule, "py_func", rule)
    nodes = body_nodes(function)
    if not nodes:
        yield (OTHER_INDEX,)
        return
    assigned = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {name: at for name, at in zip(argument_names(rule)[1:], cell, strict=False) if name not in assigned}

    def cell_of(indices: list[ast.expr]) -> CellIndices:
        return tuple(
            arguments.get(index.id, OTHER_INDEX) if isinstance(index, ast.Name) else OTHER_INDEX for index in indices
        )

    subscripts: dict[ast.AST, ast.expr] = {node.value: node.slice for node in nodes if isinstance(node, ast.Subscript)}
    calls: dict[ast.AST, list[ast.expr]] = {
        node.func: node.args for node in nodes if isinstance(node, ast.Call) and not node.keywords
    }
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == column and not is_member(node, function):
            at = subscripts.get(node)
            yield (OTHER_INDEX,) if at is None else cell_of(at.elts if isinstance(at, ast.Tuple) else [at])
        elif is_rule(called := resolve_name(node, function)):
            yield from cells_read(called, column, cell_of(calls.get(node, [])[1:]))


@lru_cache(maxsize=1024)
def body_nodes(function: FunctionType) -> list[ast.AST]:
    """Return the nodes of a function's body; empty for a closure or a function without source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except OSError:  # it has no source file
        return []
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef) or function.__closure__ is not None:
        return []
    return [node for statement in definition.body for node in ast.walk(statement)]


def resolve_name(node: ast.AST, function: FunctionType) -> Any:
    """Return the object of a name in a function's module, or of an attribute of a module; None if unknown."""
    if isinstance(node, ast.Name):
        return function.__globals__.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(module := resolve_name(node.value, function), ModuleType):
        return getattr(module, node.attr, None)
    return None


def is_member(node: ast.Attribute, function: FunctionType) -> bool:
    """Return whether an attribute is a member of a class, such as an enumeration; it may have a column's name."""
    return isinstance(resolve_name(node.value, function), type)


def is_rule(candidate: Any) -> bool:
    """Return whether an object may be a rule, compiled or not."""
    return isinstance(candidate, FunctionType) or hasattr(candidate, "py_func")


def argument_names(rule: Any) -> list[str]:
    """Return the names of a rule's arguments, the world first."""
    return list(inspect.signature(getattr(rule, "py_func", rule)).parameters)


@lru_cache(maxsize=256)
def writes_in_place(place: int) -> bool:
    """Return whether an act of the protocol, by index, can be decided in place.

    A column that the conditions of events read is not: they are evaluated before the act is committed.
    """
    act = PROTOCOL[place]
    return reads_own_cell_only(act) and not any(cells_read(condition_holds, act.column, ()))


@overload(writes_in_place)
def _writes_in_place_compiled(place):  # evaluated when the first caller is compiled; the optimiser folds the index
    in_place = tuple(map(writes_in_place, range(len(PROTOCOL))))
    return lambda place: in_place[place]
