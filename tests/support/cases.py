"""A small case file, and the errors of loading it."""

from pathlib import Path

import pytest

from experiments.cases.case_file import load_case
from model.errors import ScenarioError

HEADING = "date,precision,actor,target,joint,event,cameo,weight,step,source,evidence"
HEADER_LINES = ["# title: Two neighbours", "# scenario: two-states", "# first: alba = AAA AAB", "# second: borea = BBB",
           "# towards-either: UN", "# third: CCC"]  # fmt: skip
ACTS = [
    "2001-01-15,day,AAA,BBB,no,A offers talks,036,4.0,signal,memory,memory",
    "2001-01-20,day,BBB,AAA,no,B turns them down,120,-4.0,signal,memory,memory",
    "2001-02-10,day,AAB,UN,no,A stops inspections,1245,-4.0,breach,Some Paper,partly",
    "2001-03-05,month,AAA,BBB,yes,Talks are held,046,7.0,talks,Some Paper,verified",
    "2001-03-06,day,CCC,BBB,no,A third state praises B,051,3.4,signal,memory,memory",
    "2001-03-30,day,BBB,AAA,no,B shares data,064,7.0,verification,Some Paper,verified",
    "2001-05-01,day,BBB,BBB,no,B holds a debate at home,120,-4.0,domestic,memory,memory",
]


def write_case(folder: Path, acts=ACTS, opening=HEADER_LINES, heading=HEADING, name="neighbours") -> Path:
    """Write a case file and return its path."""
    path = folder / f"{name}.csv"
    path.write_text("\n".join([*opening, heading, *acts]) + "\n", "utf-8")
    return path


def case_errors(path: Path) -> list[str]:
    """Return the errors of loading an invalid case."""
    with pytest.raises(ScenarioError) as error:
        load_case(path)
    return [str(each) for each in error.value.errors]


def acts_with(at: int, old: str, new: str) -> list[str]:
    """Return the acts with one replacement in one row."""
    assert old in ACTS[at]
    return [*ACTS[:at], ACTS[at].replace(old, new, 1), *ACTS[at + 1 :]]
