"""What an instructor sets for a lesson, checked."""

import secrets
from typing import Annotated, Any, Literal

from pydantic import Field

from dashboards.classroom.errors import RefusedError, bad_field
from dashboards.classroom.game.actions import seats
from dashboards.classroom.schemas import PersonName, Sent, SettingsUpdate, Word
from dashboards.link import LARGEST_SEED, data_of
from model.errors import ScenarioError
from model.loading import build, change
from model.scenario import Scenario

MOST_ROUNDS, MOST_TURNS = 240, 120
Share = Annotated[int, Field(ge=1, le=20)]


class WorldSettings(Sent):
    """What is played, how long, and with what help; what is left out takes its default."""

    scenario: Annotated[str, Field(max_length=200)]
    changes: dict[str, float | int | bool | str | list[str]] = Field(default_factory=dict, max_length=100)
    seed: int | None = Field(None, ge=0, le=LARGEST_SEED)
    rounds: int | None = Field(None, ge=1, le=MOST_ROUNDS)
    months: int = Field(1, ge=1, le=12)
    advisor: bool = True
    bets: list[Annotated[int, Field(ge=0, le=MOST_TURNS)]] = Field(default_factory=lambda: [0], max_length=12)


class SoloSettings(WorldSettings):
    """A seat played against agents."""

    seat: Word
    name: PersonName = "You"


class Settings(SettingsUpdate, WorldSettings):
    """The settings of a lesson."""

    seats: dict[str, Share] | None = None
    sight: Literal["own", "public", "all"] = "own"


def read_settings(settings: Settings) -> tuple[Settings, dict[str, Any], Scenario]:
    """Return the settings completed, with the scenario as data and built.

    Raises RefusedError naming the field or the error of the scenario.
    """
    try:
        data = data_of(settings.scenario)
        rounds = settings.rounds or min(int(data.get("rounds", 60)), MOST_ROUNDS)
        changed = change(data, {**settings.changes, "rounds": rounds})
        scenario = build(changed)
    except ScenarioError as error:
        told = "; ".join(map(str, error.faults[:5]))
        raise RefusedError(400, "scenario.bad", f"The scenario cannot be used: {told}") from None
    turns = -(-rounds // settings.months)
    if turns > MOST_TURNS:
        raise bad_field("months", f"such that there are at most {MOST_TURNS} turns, not {turns}")
    taken = _seats(settings, scenario)
    bets = sorted({at for at in settings.bets if at < turns})
    drawn = secrets.randbelow(2**31) if settings.seed is None else settings.seed
    whole = settings.model_copy(update={"rounds": rounds, "seats": taken, "bets": bets, "seed": drawn})
    return whole, changed, scenario


def _seats(settings: Settings, scenario: Scenario) -> dict[str, int]:
    known = seats(scenario)
    wanted = settings.seats if settings.seats is not None else dict.fromkeys(known, 3)
    if unknown := [name for name in wanted if name not in known]:
        raise RefusedError(400, "seat.unknown", f"{unknown[0][:40]} is no seat of this scenario.")
    if not wanted:
        raise bad_field("seats", "at least one seat for people")
    return {name: wanted[name] for name in known if name in wanted}
