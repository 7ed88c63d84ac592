"""Former parameters that are constants of the rules now, by path, under their earlier names too.

A file, study, link or command that gives one its present value still works: nothing changes. Any other value is an
error that names the present one.
"""

from collections.abc import Mapping
from typing import Any

FIXED: dict[str, float] = {
    "bargaining.alliance_pull": 0.1,
    "bargaining.haste": 0.2,
    "bargaining.impatience_growth": 0.2,
    "bargaining.oil_blunts_pressure": 0.5,
    "bargaining.wariness": 0.4,
    "environment.oil_memory": 0.92,
    "environment.oil_region_link": 0.4,
    "environment.region_memory": 0.9,
    "facilitation.credibility_rate": 0.08,
    "facilitation.exchange_calms": 0.05,
    "facilitation.fatigue_persistence": 0.92,
    "facilitation.fatigue_rate": 0.012,
    "facilitation.rest": 0.92,
    "home.attack_at_home": 0.12,
    "home.attack_erodes_support": 0.12,
    "home.audience_weight": 0.4,
    "home.concession_at_home": 0.1,
    "home.concession_erodes_support": 0.1,
    "home.dividend": 0.06,
    "home.pain_at_home": 0.03,
    "home.pressure_erodes_support": 0.03,
    "home.progress_builds_support": 0.06,
    "home.support_speed": 0.1,
    "home.unpopularity": 0.02,
    "ladder.recovery": 18,
    "pressure.hedging": 0.3,
    "pressure.programme_speed": 0.08,
    "pressure.unseen_growth": 0.15,
    "scrutiny.prior_weight": 0.5,
    "tension.attack_provokes": 0.5,
    "tension.demand_provokes": 0.1,
    "tension.force_provokes": 0.4,
    "tension.programme_provokes": 0.05,
    "tension.region_provokes": 0.15,
    "verification.belief_drift": 0.05,
    "verification.blind_drift": 0.05,
    "verification.good_name": 2.0,
    "verification.prior_violation": 0.1,
    "verification.reputation_cost": 2.0,
}


def has_fixed_value(path: str, value: Any) -> bool:
    """Return whether a former parameter is given the value that the rules fix now: it changes nothing."""
    return path in FIXED and isinstance(value, int | float) and value == FIXED[path]


def drop_fixed(data: dict[str, Any]) -> None:
    """Remove former parameters that are given the value that the rules fix now."""
    for path in FIXED:
        section, name = path.split(".")
        table = data.get(section)
        if isinstance(table, Mapping) and has_fixed_value(path, table.get(name)):
            data[section] = {key: value for key, value in table.items() if key != name}
