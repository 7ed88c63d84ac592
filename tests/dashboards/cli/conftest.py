"""A folder with a saved run, which the tests of several commands read."""

import pytest
from support.commands import run_detente


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Return a folder in which one run was saved under runs/, and what that command printed as JSON."""
    folder = tmp_path_factory.mktemp("home")
    done = run_detente("run", "two-states", "--seed", 7, "--rounds", 12, "--json", cwd=folder)
    assert done.code == 0
    return folder, done
