"""What an instructor sets for a lesson, checked."""

import secrets
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dashboards.classroom.errors import RefusedError, bad_field
from dashboards.classroom.game.actions import seats
from dashboards.link import LARGEST_SEED, data_of
from model.errors import ScenarioError
from model.loading import build, change
from model.scenario import Scenario

MOST_ROUNDS, MOST_TURNS = 240, 120
Share = Annotated[int, Field(ge=1, le=20)]


class Settings(BaseModel):
    """The settings of a lesson; what is left out takes its default."""

    model_config = ConfigDict(extra="forbid", strict=True)

    scenario: Annotated[str, Field(max_length=200)]
    changes: dict[str, float | int | bool | str | list[str]] = Field(default_factory=dict, max_length=100)
    seed: int | None = Field(None, ge=0, le=LARGEST_SEED)
    rounds: int | None = Field(None, ge=1, le=MOST_ROUNDS)
    months: int = Field(1, ge=1, le=12)
    seconds: int = Field(120, ge=0, le=7200)
    seats: dict[str, Share] | None = None
    chooses: bool = True
    messages: bool = True
    advisor: bool = True
    sight: Literal["own", "public", "all"] = "own"
    bets: list[Annotated[int, Field(ge=0, le=MOST_TURNS)]] = Field(default_factory=lambda: [0], max_length=12)
    absent: int = Field(60, ge=20, le=7200)
    waits: bool = True


CHANGEABLE = ("messages", "advisor", "seconds", "waits", "absent", "chooses")


def read_settings(sent: Any) -> tuple[Settings, dict[str, Any], Scenario]:
    """Check what was sent; give the settings, complete, with the scenario as data and built.

    Raises RefusedError naming the field or the fault of the scenario.
    """
    try:
        settings = Settings.model_validate(sent)
    except ValidationError as error:
        raise _named(error) from None
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


def read_change(settings: Settings, sent: Any) -> Settings:
    """Apply a change made during a lesson. Raises RefusedError if it is none that can be made then."""
    if not isinstance(sent, dict) or not sent or not set(sent) <= set(CHANGEABLE):
        raise bad_field("settings", f"some of {', '.join(CHANGEABLE)}")
    try:
        return Settings.model_validate({**settings.model_dump(), **sent})
    except ValidationError as error:
        raise _named(error) from None


def _named(error: ValidationError) -> RefusedError:
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"])) or "settings"
    return bad_field(field[:80], f"other than it is ({first['msg']})")
