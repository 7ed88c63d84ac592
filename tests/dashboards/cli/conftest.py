"""A folder with a saved run for the tests of several commands."""

import pytest
from support.commands import run_detente


@pytest.fixture(scope="session")
def saved_run(tmp_path_factory):
    """Return a folder with one run under runs/, and the result of the `run --json` command that saved it."""
    folder = tmp_path_factory.mktemp("saved")
    done = run_detente("run", "two-states", "--seed", 7, "--rounds", 12, "--json", cwd=folder)
    assert done.code == 0
    return folder, done
