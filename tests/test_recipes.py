"""Each page of docs/extend is followed on a copy of the project: its code is applied, then its commands run, uncompiled.

A page gives its code in blocks. The line before a block says where it goes: "In [FILE](...), after `TEXT`:", "before
`TEXT`:", "at the end:", or "New file `FILE`:". "In [FILE](...), replace `OLD` with `NEW`." needs no block. Console blocks
are run in order, after all code is applied.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(page for page in (ROOT / "docs" / "extend").glob("*.md") if page.name != "README.md")
BLOCK = re.compile(r"(?P<where>[^\n]*)\n\n```(?P<language>\w+)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
PLACE = re.compile(r"In \[(?P<file>[\w/.]+)\]\([^)]*\), (?:(?P<side>after|before) `(?P<text>.+)`|at the end):")
NEW_FILE = re.compile(r"New file `(?P<file>[\w/.-]+)`:")
REPLACE = re.compile(r"In \[(?P<file>[\w/.]+)\]\([^)]*\), replace `(?P<old>[^`]+)` with `(?P<new>[^`]+)`\.")


def insert(file, side, text, code):
    """Insert code after or before the one line of a file that contains a text."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if text in line]
    assert len(found) == 1, f"{file.name} has {len(found)} lines with `{text}`"
    at = found[0] + (side == "after")
    file.write_text("".join([*lines[:at], code, *lines[at:]]), "utf-8")


def apply_recipe(page, tree):
    """Apply the code of a page to a tree; return the lines of its console blocks that are commands."""
    text, commands = page.read_text("utf-8"), []
    for each in REPLACE.finditer(text):
        content = (tree / each["file"]).read_text("utf-8")
        assert content.count(each["old"]) == 1, f"{each['file']} has {content.count(each['old'])} times `{each['old']}`"
        (tree / each["file"]).write_text(content.replace(each["old"], each["new"]), "utf-8")
    for block in BLOCK.finditer(text):
        where, code = block["where"], block["code"]
        if block["language"] == "console":
            commands += [line.removeprefix("$ ") for line in code.splitlines() if line.startswith("$ ")]
        elif made := NEW_FILE.fullmatch(where):
            (tree / made["file"]).write_text(code, "utf-8")
        elif place := PLACE.fullmatch(where):
            file = tree / place["file"]
            if place["side"]:
                insert(file, place["side"], place["text"], code)
            else:
                file.write_text(file.read_text("utf-8") + code, "utf-8")
        else:
            assert where == "<!-- runs -->", f"{page.name}: where does the block after {where!r} go?"
    return commands


@pytest.fixture
def tree(tmp_path):
    """Copy the tracked and the new untracked files of the project."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_recipe_does_what_it_promises(page, tree):
    commands = apply_recipe(page, tree)
    assert commands
    environment = {
        **os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(tree), "PYTEST_ADDOPTS": "-p no:cacheprovider",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    for command in commands:
        done = subprocess.run(
            ["sh", "-ec", command], cwd=tree, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_every_recipe_is_listed():
    listed = (ROOT / "docs" / "extend" / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES if f"({page.name})" not in listed] == []
