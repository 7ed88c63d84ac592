"""Layout of the code: no import cycles, short files and functions, unique class names."""

import ast
import re
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = "detente", "model", "agents", "experiments", "dashboards", "benchmarks"
LONGEST_FILE, LONGEST_FUNCTION = 300, 50
SOURCES = {".py", ".js", ".vue", ".css", ".html"}


@cache
def sources() -> list[Path]:
    """Return the source files that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [ROOT / name for name in listed if Path(name).suffix in SOURCES and (ROOT / name).is_file()]


def name_of(path: Path) -> str:
    """Return a path relative to the project."""
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """Return the dotted name of a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of each Python file by name."""
    return {name_of(path): ast.parse(path.read_text("utf-8")) for path in sources() if path.suffix == ".py"}


@cache
def imports() -> dict[str, set[str]]:
    """Return the modules that each module imports, including in functions and for types."""
    modules = {module_of(ROOT / name) for name in trees() if name.startswith(PARTS)}
    found: dict[str, set[str]] = {}
    for name, tree in trees().items():
        if not name.startswith(PARTS):
            continue
        imported = found.setdefault(module_of(ROOT / name), set())
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names} & modules
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names} & modules
                imported |= inner or ({node.module} & modules)
    return found


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of a graph (Tarjan 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = low[module] = len(order)
        stack.append(module)
        for other in sorted(graph.get(module, ())):
            if other not in order:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], order[other])
        if low[module] == order[module]:
            at = stack.index(module)
            group, stack[at:] = stack[at:], []
            if len(group) > 1 or module in graph.get(module, ()):
                found.append(sorted(group))

    for module in sorted(graph):
        if module not in order:
            visit(module)
    return found


def test_cycles_are_found():
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert cycles({"a": {"b"}, "b": set()}) == []


def test_there_are_no_import_cycles():
    assert cycles(imports()) == []


@pytest.mark.parametrize("part", PARTS)
def test_no_module_is_imported_by_a_string(part):
    dotted = re.compile(rf"^{part}(\.\w+)+(:\w+)?$")
    found = [
        f"{name}:{node.lineno}: {node.value}"
        for name, tree in trees().items()
        if not name.startswith("tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and dotted.match(node.value)
    ]
    assert found == []


def test_no_file_is_longer_than_300_lines():
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_longer_than_50_lines():
    found = [
        f"{name}:{node.lineno}: {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert found == []


def test_class_names_are_unique():
    places = defaultdict(list)
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(name)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_test_name_is_longer_than_60_characters():
    names = {node.name for path in ROOT.glob("tests/**/*.py") for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}  # fmt: skip
    assert sorted(name for name in names if name.startswith("test_") and len(name) > 60) == []
