"""Installed from its wheel, without the source tree, everything works as from a clone."""

import html
import os
import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import requests
from support.browser import serve_dashboard
from support.commands import UNCOMPILED

from dashboards.web.pages.about import page as about

ROOT = Path(__file__).parent.parent
UV = shutil.which("uv") or ROOT / ".tools" / "uv" / "bin" / "uv"


ALONE = UNCOMPILED | {"PYTHONPATH": ""}  # nothing from the source tree, and no wait for a compiler


def run(*command: object, cwd: Path) -> str:
    """Run a command outside the source tree and return its output."""
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=os.environ | ALONE, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build a wheel from a copy of the tracked files, so that it contains no file of an earlier build."""
    folder = tmp_path_factory.mktemp("wheel")
    source, built = folder / "source", folder / "built"
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines()
    for name in listed:
        if not name.startswith("tests/") and (ROOT / name).exists():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name, follow_symlinks=False)
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    run(sys.executable, "-c", build, built, cwd=source)
    (wheel_file,) = built.glob("*.whl")
    return wheel_file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return the folder of commands of an environment with the wheel installed, which takes all other packages from this one."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    run(UV, "venv", "--quiet", "--offline", "--python", sys.executable, venv, cwd=venv.parent)
    run(
        UV,
        "pip",
        "install",
        "--quiet",
        "--offline",
        "--no-deps",
        "--no-index",
        "--python",
        venv,
        wheel,
        cwd=venv.parent,
    )
    (packages,) = venv.glob("lib/python*/site-packages")
    # Only its own .pth files are read, so that the editable installation of the source tree stays out.
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()))
    for name in ("share", "etc"):  # front-end files of Jupyter widgets
        if (Path(sys.prefix) / name).is_dir():
            (venv / name).symlink_to(Path(sys.prefix) / name)
    return venv / "bin"


def test_wheel_holds_every_data_file_of_the_packages(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    listed = run("git", "ls-files", "detente", "model", "agents", "experiments", "dashboards", "docs", cwd=ROOT).split()
    wanted = {f"dashboards/web/{name}" if name.startswith("docs/") else name for name in listed}
    assert sorted(name for name in wanted - packed if (ROOT / name).is_file() and "/pictures/" not in name) == []


def test_python_interface_works_from_the_wheel(installed, tmp_path):
    script = (
        "import detente, model, dashboards; print(detente.__file__, model.__file__, dashboards.__file__)\n"
        "print(detente.run('two-states', rounds=6).frame().shape, detente.studies()[0], detente.__version__)"
    )
    files, results = run(installed / "python", "-c", script, cwd=tmp_path).splitlines()
    assert all(name.startswith(str(installed.parent)) for name in files.split())
    assert results.startswith("(7, ")


def test_command_line_works_from_the_wheel(installed, tmp_path):
    out = run(installed / "detente", "run", "two-states", "--rounds", 6, "--report", "run.html", cwd=tmp_path)
    assert "Outcome" in out
    assert (tmp_path / "run.html").stat().st_size > 100_000


def test_dashboard_shows_the_documents_from_the_wheel(installed, tmp_path):
    names = [name for name, _ in about.DOCS if name.startswith("docs/")]
    assert "docs/odd.md" in names
    with serve_dashboard(command=installed / "detente", cwd=tmp_path, env=ALONE) as address:
        for name in names:
            answer = requests.get(f"{address}{name}", timeout=30)
            assert answer.status_code == 200
            heading = (ROOT / name).read_text("utf-8").partition("\n")[0].removeprefix("# ")
            assert f">{heading}</h1>" in html.unescape(answer.text)
