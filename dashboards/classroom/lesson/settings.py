"""The settings of a lesson, and their validation."""

import secrets
from typing import Annotated, Any, Literal

from pydantic import Field

from dashboards.classroom.errors import RefusedError, invalid_field
from dashboards.classroom.game.actions import playable_seats
from dashboards.classroom.schemas import Identifier, PersonName, RequestModel, SettingsUpdate
from dashboards.page_link import MAX_SEED, load_scenario_data
from model.errors import ScenarioError
from model.loading import apply_changes, build_scenario
from model.scenario import Scenario

MAX_ROUNDS, MAX_TURNS = 240, 120
FORCE_SWITCH = "mechanisms.force"  # off in a lesson, unless the instructor sets it in the changes
SeatCapacity = Annotated[int, Field(ge=1, le=20)]


class WorldSettings(RequestModel):
    """Scenario, length and aids of a lesson; omitted fields take their default."""

    scenario: Annotated[str, Field(max_length=200)]
    changes: dict[str, float | int | bool | str | list[str]] = Field(default_factory=dict, max_length=100)
    seed: int | None = Field(None, ge=0, le=MAX_SEED)
    rounds: int | None = Field(None, ge=1, le=MAX_ROUNDS)
    months: int = Field(1, ge=1, le=12)
    advisor: bool = True
    bets: list[Annotated[int, Field(ge=0, le=MAX_TURNS)]] = Field(default_factory=lambda: [0], max_length=12)


class SoloSettings(WorldSettings):
    """The settings of a solo lesson."""

    seat: Identifier
    name: PersonName = "You"


class Settings(SettingsUpdate, WorldSettings):
    """The settings of a class lesson."""

    seats: dict[str, SeatCapacity] | None = None
    sight: Literal["own", "public", "all"] = "own"


def complete_settings(settings: Settings) -> tuple[Settings, dict[str, Any], Scenario]:
    """Return the completed settings, and the scenario as data and built.

    Raises RefusedError naming the invalid field, or the error of the scenario.
    """
    try:
        data = load_scenario_data(settings.scenario)
        rounds = settings.rounds or min(int(data.get("rounds", 60)), MAX_ROUNDS)
        changed_data = apply_changes(data, {FORCE_SWITCH: False, **settings.changes, "rounds": rounds})
        scenario = build_scenario(changed_data)
    except ScenarioError as error:
        errors = "; ".join(map(str, error.errors[:5]))
        raise RefusedError(400, "scenario.bad", f"The scenario cannot be used: {errors}") from None
    turns = -(-rounds // settings.months)
    if turns > MAX_TURNS:
        raise invalid_field("months", f"such that there are at most {MAX_TURNS} turns, not {turns}")
    capacities = _seat_capacities(settings, scenario)
    bets = sorted({at for at in settings.bets if at < turns})
    seed = secrets.randbelow(2**31) if settings.seed is None else settings.seed
    completed = settings.model_copy(update={"rounds": rounds, "seats": capacities, "bets": bets, "seed": seed})
    return completed, changed_data, scenario


def _seat_capacities(settings: Settings, scenario: Scenario) -> dict[str, int]:
    playable = playable_seats(scenario)
    requested = settings.seats if settings.seats is not None else dict.fromkeys(playable, 3)
    if unknown := [name for name in requested if name not in playable]:
        raise RefusedError(400, "seat.unknown", f"{unknown[0][:40]} is not a seat of this scenario.")
    if not requested:
        raise invalid_field("seats", "at least one seat for people")
    return {name: requested[name] for name in playable if name in requested}
