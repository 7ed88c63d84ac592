"""The table of a sweep that nothing disturbed, with which others are compared."""

import pytest
from support.studies import BIG, study

from experiments import sweep
from experiments.studies.results import table


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """Sweep a study once, undisturbed, in one thread."""
    folder = tmp_path_factory.mktemp("whole")
    sweep(study(**BIG), folder, workers=1)
    return table(folder)
