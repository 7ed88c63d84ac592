"""Golden chronicles: runs of seven years as text, one per family. They change if the model or its sentences change."""

import json
from pathlib import Path

import pytest

from agents.assembly import Assembly

CHRONICLES = Path(__file__).parent / "chronicles"
DIGESTS = CHRONICLES / "digests.json"
ROUNDS = 84
SEEDS = {"us-iran-2026": 5, "us-iran-2018": 5, "us-ussr-1985": 5, "egypt-israel-1973": 2, "gulf-region": 6}


@pytest.mark.parametrize(("name", "seed"), SEEDS.items())
def test_chronicle_matches_the_recorded_one(name, seed):
    chronicle = Assembly(name, rng=seed).run(ROUNDS).ledger.chronicle()
    assert chronicle.splitlines() == (CHRONICLES / f"{name}.txt").read_text("utf-8").splitlines()


def test_ledger_digest_matches_the_recorded_one():
    digests = {name: Assembly(name, rng=seed).run(ROUNDS).ledger.digest() for name, seed in SEEDS.items()}
    assert digests == json.loads(DIGESTS.read_text("utf-8"))


def test_chronicles_have_no_gaps_or_unfilled_placeholders():
    for name in SEEDS:
        for line in (CHRONICLES / f"{name}.txt").read_text("utf-8").splitlines():
            _, _, sentence = line.partition(": ")
            assert sentence.strip()
            assert "{" not in sentence
            assert "  " not in sentence
            assert "None" not in sentence
