"""The numbers in the teaching kit are those that the commands print."""

import re
from pathlib import Path

import pytest

from agents.assembly import Assembly
from dashboards.cli.options import parse_changes
from dashboards.terminal.ensembles import format_effect
from experiments.counterfactuals.pivot import outcome_chances
from experiments.ensembles.compare import compare
from experiments.ensembles.ensemble import play_ensemble
from model.loading import apply_changes, read_scenario

ROOT = Path(__file__).parent.parent

# Results of commands in the teaching kit: (page, command, text with placeholders for the numbers).
TWO_YEARS = {"two-years.toml": ("two-states", {"rounds": 24})}
KIT_STATEMENTS = [
    (
        "lesson-50", "ensemble two-years.toml",
        "comprehensive deal {comprehensive_deal} %, partial arrangement {partial_arrangement} %, managed contact "
        "{managed_contact} %, breakdown {breakdown} %.",
    ),
    (
        "lesson-50", "compare two-years.toml --set facilitators.corvia.capacity=0",
        "some deal {some_deal} points (95 % interval {some_deal_reach}), breakdown {breakdown} ({breakdown_reach}).",
    ),
    (
        "lesson-90", "compare us-iran-2026 --set negotiations.nuclear.bundling=2",
        "some deal {some_deal} points ({some_deal_reach}); yet comprehensive deal {comprehensive_deal} "
        "({comprehensive_deal_reach})",
    ),
    (
        "lesson-90", "compare us-iran-2026 --set mechanisms.facilitation=false",
        "some deal {some_deal} ({some_deal_reach}); breakdown {breakdown} ({breakdown_reach}); "
        "mean contact {mean_contact:.5}",
    ),
    (
        "lesson-90", "compare us-iran-2026 --set relations.us.iran.campaign=0.35",
        "some deal {some_deal} ({some_deal_reach}); comprehensive deal {comprehensive_deal} "
        "({comprehensive_deal_reach}); breakdown {breakdown} ({breakdown_reach})",
    ),
    (
        "lesson-90", "compare us-iran-2026 --set facilitators.oman.good_offices=0",
        "some deal {some_deal} ({some_deal_reach}); breakdown {breakdown} ({breakdown_reach}); "
        "mean contact {mean_contact:.5}",
    ),
    (
        "lesson-90", "ensemble us-iran-2026 --set rounds=36",
        "{comprehensive_deal} % comprehensive deal, {partial_arrangement} % partial arrangement, {managed_contact} % "
        "managed contact, {breakdown} % breakdown.",
    ),
    (
        "lesson-90", "ensemble us-iran-2026",
        "Over 60 months {comprehensive_deal} %, {partial_arrangement} %, {managed_contact} %, {breakdown} %.",
    ),
    (
        "module-two-weeks", "pivot two-states --seed 158 --set rounds=24",
        "round {round} moved the chance of a deal most, from {before} % to {after} %,",
    ),
    ("module-two-weeks", "ensemble grand-bargain", "some deal in {some_deal} % of 1,000 worlds"),
    ("module-two-weeks", "ensemble us-iran-2026", "beside {some_deal} %"),
    (
        "module-two-weeks",
        "compare us-iran-2026 --set bodies.iaea.detection=0.9 --set negotiations.nuclear.access=0.6",
        "some deal {some_deal} points ({some_deal_reach})",
    ),
    (
        "module-two-weeks", "compare us-iran-2026 --set facilitators.oman.clarity=0",
        "some deal {some_deal} ({some_deal_reach}); breakdown {breakdown} ({breakdown_reach})",
    ),
]  # fmt: skip
NUMBER = re.compile(r"[+-]\d+\.\d|\d\.\d %")


def kit_text(name):
    return " ".join((ROOT / "docs" / "classroom" / f"{name}.md").read_text("utf-8").split())


def command_numbers(command):
    """Return the numbers of a command by name, and its settings."""
    verb, scenario, *rest = command.split()
    settings = [word for word in rest if "=" in word]
    scenario, base = TWO_YEARS.get(scenario, (scenario, {}))
    changes = parse_changes(settings)
    if verb == "ensemble":
        chances = play_ensemble(scenario, 1000, changes=base | changes).shares()
        shares = {name: share.share for name, share in chances.items()}
        shares["some_deal"] = shares["comprehensive_deal"] + shares["partial_arrangement"]
        return {name: f"{share * 100:.1f}" for name, share in shares.items()}, settings
    if verb == "compare":
        effects = compare(scenario, changes, base_changes=base).effects
        shown = {name: format_effect(name, effect) for name, effect in effects.items()}
        reach = {f"{name}_reach": words[2] for name, words in shown.items()}
        return {name: words[1] for name, words in shown.items()} | reach, settings
    chances = outcome_chances(apply_changes(read_scenario(scenario), changes), int(rest[rest.index("--seed") + 1]))
    now = chances.turning_round
    before, after = (f"{share * 100:.0f}" for share in chances.deal[now - 1 : now + 1])
    return {"round": now, "before": before, "after": after}, settings


@pytest.mark.parametrize(
    ("page", "command", "words"), KIT_STATEMENTS, ids=[f"{page}: {command}" for page, command, _ in KIT_STATEMENTS]
)
def test_numbers_in_the_teaching_kit_are_current(page, command, words):
    numbers, settings = command_numbers(command)
    text = kit_text(page)
    assert words.format(**numbers) in text, f"{page}: use the numbers of `detente {command}`"
    assert [each for each in settings if each not in text] == []


def test_all_numbers_in_the_teaching_kit_are_tested():
    for page in {page for page, _, _ in KIT_STATEMENTS}:
        text = kit_text(page)
        for name, _, words in KIT_STATEMENTS:
            if name == page:
                pieces = map(re.escape, re.split(r"\{.*?\}", words))
                text = re.sub(r"[-+.\d to]+".join(pieces), "", text)
        assert NUMBER.findall(text) == [], page


def test_the_run_in_the_two_week_module_is_current():
    model = Assembly("two-states", {"rounds": 24}, rng=158).run()
    assert model.ledger is not None
    rows = [(row.round, row.sentence) for row in model.ledger.rows]

    def rounds(words):
        return sorted({now for now, sentence in rows if words in sentence})

    (rejected,), (opens,) = rounds("concludes that the other side is bluffing"), rounds("process of talks opens again")
    (withdraws,) = rounds("Alba withdraws")
    assert rounds("“Hotline between the two commands” is verified") == [11]
    assert rounds("Alba rejects “Notice and observation of exercises”") == rounds("process of talks ends") == [rejected]
    expected = (
        f"Alba rejects the second step in round {rejected}, because it concludes that the other side is bluffing, and "
        f"the process of talks ends in the same round. In round {withdraws} Alba withdraws from the first step; the "
        f"talks open again in round {opens}, and the outcome is {model.outcome.name}."
    )
    assert expected in kit_text("module-two-weeks")
