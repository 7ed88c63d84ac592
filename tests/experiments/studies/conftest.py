"""The table of an uninterrupted sweep, for comparison."""

import pytest
from support.studies import LARGE_STUDY, study_data

from experiments.studies.results import runs_table
from experiments.studies.sweep import sweep


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """Return the table of an uninterrupted sweep in one thread."""
    folder = tmp_path_factory.mktemp("whole")
    sweep(study_data(**LARGE_STUDY), folder, workers=1)
    return runs_table(folder)
