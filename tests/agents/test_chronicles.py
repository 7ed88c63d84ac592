"""Golden chronicles: three whole runs told in sentences. A change here is a change of what the model does or says."""

import json
from pathlib import Path

import pytest

from agents.assembly import Assembly

GOLDEN = Path(__file__).parent / "chronicles"
DIGESTS = GOLDEN / "digests.json"
TOLD = {"us-iran-2026": 1, "two-states": 1, "us-iran-2018": 1}


@pytest.mark.parametrize(("name", "seed"), TOLD.items())
def test_the_story_is_told_as_recorded(name, seed):
    told = Assembly(name, rng=seed).run().ledger.chronicle()
    assert told.splitlines() == (GOLDEN / f"{name}.txt").read_text("utf-8").splitlines()


def test_the_ledger_has_the_recorded_digest_whatever_its_words():
    found = {name: Assembly(name, rng=seed).run().ledger.digest() for name, seed in TOLD.items()}
    assert found == json.loads(DIGESTS.read_text("utf-8"))


def test_stories_have_no_gaps_and_no_unfilled_names():
    for name in TOLD:
        for line in (GOLDEN / f"{name}.txt").read_text("utf-8").splitlines():
            _, _, words = line.partition(": ")
            assert words.strip()
            assert "{" not in words
            assert "  " not in words
            assert "None" not in words
