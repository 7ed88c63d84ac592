"""Golden chronicles: three runs as text. They change if the model or its sentences change."""

import json
from pathlib import Path

import pytest

from agents.assembly import Assembly

CHRONICLES = Path(__file__).parent / "chronicles"
DIGESTS = CHRONICLES / "digests.json"
SEEDS = {"us-iran-2026": 1, "two-states": 1, "us-iran-2018": 1}


@pytest.mark.parametrize(("name", "seed"), SEEDS.items())
def test_chronicle_matches_the_recorded_one(name, seed):
    chronicle = Assembly(name, rng=seed).run().ledger.chronicle()
    assert chronicle.splitlines() == (CHRONICLES / f"{name}.txt").read_text("utf-8").splitlines()


def test_ledger_digest_matches_the_recorded_one():
    digests = {name: Assembly(name, rng=seed).run().ledger.digest() for name, seed in SEEDS.items()}
    assert digests == json.loads(DIGESTS.read_text("utf-8"))


def test_chronicles_have_no_gaps_or_unfilled_placeholders():
    for name in SEEDS:
        for line in (CHRONICLES / f"{name}.txt").read_text("utf-8").splitlines():
            _, _, sentence = line.partition(": ")
            assert sentence.strip()
            assert "{" not in sentence
            assert "  " not in sentence
            assert "None" not in sentence
