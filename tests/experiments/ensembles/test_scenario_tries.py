"""What each change to try of the shipped scenarios moves: the amounts in its text, measured again on fewer worlds."""

import re

import numpy as np
import pytest

from experiments.ensembles.compare import INDICATOR_INDEX, compare_ensembles, outcome_measures
from experiments.ensembles.ensemble import Ensemble, play_ensemble
from model.loading import load_scenario, scenario_names

WORLDS = 300
SHARES = {
    "a deal": "some_deal", "a comprehensive deal": "comprehensive_deal", "a partial arrangement": "partial_arrangement",
    "managed contact": "managed_contact", "breakdown": "breakdown",
}  # fmt: skip
MEANS = {name.replace("_", " "): name for name in INDICATOR_INDEX}
SHARE_CLAIM = re.compile(rf"(\d+) points (more|fewer) runs with ({'|'.join(SHARES)})\b")
MEAN_CLAIM = re.compile(rf"mean ({'|'.join(MEANS)}) (\d+\.\d+) (higher|lower)\b")


def amounts(text: str) -> dict[str, float]:
    """Return the effects that the text of a change states, by measure."""
    shares = {
        SHARES[name]: (-1) ** (way == "fewer") * int(points) / 100 for points, way, name in SHARE_CLAIM.findall(text)
    }
    means = {MEANS[name]: (-1) ** (way == "lower") * float(size) for name, size, way in MEAN_CLAIM.findall(text)}
    return shares | means


def measures(ensemble: Ensemble) -> dict[str, np.ndarray]:
    """Return the outcomes (0 or 1) and the means of all indicators of the worlds of an ensemble, by name."""
    means = {name: ensemble.means[:, at].astype(float) for name, at in INDICATOR_INDEX.items()}
    return outcome_measures(ensemble.overall) | means


@pytest.mark.parametrize("name", scenario_names())
def test_each_change_to_try_moves_what_its_text_says(name):
    scenario = load_scenario(name)
    base = play_ensemble(scenario, WORLDS, paired=True, band_worlds=1)
    for suggestion in scenario.things_to_try:
        text, stated = suggestion.text["en"], amounts(suggestion.text["en"])
        assert stated, f"states no amount: {text}"
        changed = play_ensemble(load_scenario(name, suggestion.set), WORLDS, paired=True, band_worlds=1)
        effects = compare_ensembles(base, changed, measures)
        for measure, amount in stated.items():
            found = effects[measure]
            tolerance = max(found.high - found.low, abs(amount) / 2)
            assert found.difference * amount > 0, f"{measure} {found.difference:+.3f}: {text}"
            assert abs(found.difference - amount) <= tolerance, f"{measure} {found.difference:+.3f}: {text}"
