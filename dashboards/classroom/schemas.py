"""Requests that browsers may send: one model each, strict and of bounded size."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, WrapValidator

from dashboards.classroom.errors import RefusedError
from model.enumerations import Outcome

MAX_CHOICES, MAX_PENDING_EVENTS, MAX_ID = 80, 20, 2**53
OUTCOMES = tuple(outcome.name for outcome in Outcome)


def validate(declared: Any, content: bytes | Mapping[str, Any]) -> Any:
    """Validate JSON text or data as a declared type. Raises RefusedError naming the invalid field."""
    adapter = _adapter(declared)
    try:
        return (
            adapter.validate_json(content or b"{}") if isinstance(content, bytes) else adapter.validate_python(content)
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    code, text, context = first["type"], first["msg"][:400], first.get("ctx", {})
    if code == "json_invalid":
        raise RefusedError(400, "bad.json", "The body is not JSON.")
    if code.endswith("_type") and not first["loc"]:
        raise RefusedError(400, "bad.json", "The body must be an object.")
    field = ".".join(map(str, first["loc"]))[:80] or str(context.get("discriminator", "")).strip("'")
    raise RefusedError(400, "bad.field", f"{field}: {text}.", field=field, allowed=text)


@cache
def _adapter(declared: Any) -> TypeAdapter[Any]:
    return TypeAdapter(declared)


def _refuse_with(code: str, text: str, **params: Any) -> WrapValidator:
    """Return a validator that reports every error of a field under one error code."""

    def check(value: Any, inner: Any) -> Any:
        try:
            return inner(value)
        except ValidationError:
            raise RefusedError(400, code, text, **params) from None

    return WrapValidator(check)


def _printable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _sums_to_100(percent: dict[str, float]) -> dict[str, float]:
    if {*percent} != {*OUTCOMES} or abs(sum(percent.values()) - 100) > 0.5:
        raise ValueError("the percentages of all outcomes must add up to 100")
    return percent


PRINTABLE = AfterValidator(_printable)  # removes control characters and surrounding blanks
Identifier = Annotated[str, Field(min_length=1, max_length=80)]
Code = Annotated[str, Field(max_length=40)]
PersonId = Annotated[int, Field(ge=1, le=MAX_ID)]
PersonName = Annotated[
    str,
    PRINTABLE,
    Field(min_length=1, max_length=40),
    _refuse_with("name.bad", "A name has 1 to 40 characters."),
]
OutcomePercentages = Annotated[
    dict[str, Annotated[float, Field(ge=0, le=100)]],
    AfterValidator(_sums_to_100),
    _refuse_with("forecast.bad", f"A forecast has a percentage for each of {', '.join(OUTCOMES)}, together 100."),
]
Choices = Annotated[
    dict[Identifier, Identifier],
    Field(max_length=MAX_CHOICES),
    _refuse_with("move.bad", "choices must be an object that maps verbs to options.", verb="", option=""),
]


class RequestModel(BaseModel):
    """Base of all requests: unknown fields, numbers sent as text, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


# Anyone


class RoomCode(RequestModel):
    """The code of a room."""

    code: Code = ""


class PersonalToken(RequestModel):
    """The token of a personal link."""

    token: Annotated[str, Field(min_length=16, max_length=80)]


class JoinRequest(RequestModel):
    """A name, and the seat to take; without a seat, any."""

    code: Code
    name: PersonName
    seat: Identifier | None = None


# Students


class MoveRequest(RequestModel):
    """A move for the open turn, based on a version of the delegation's move."""

    turn: Annotated[int, Field(ge=0, le=MAX_ID)]
    base: Annotated[int, Field(ge=0, le=MAX_ID)] = 0
    choices: Choices
    done: bool = True


class ForecastRequest(RequestModel):
    """A forecast made after a number of turns."""

    at: Annotated[int, Field(ge=0, le=MAX_ID)]
    percent: OutcomePercentages


class MessageRequest(RequestModel):
    """A message to another seat, or to all."""

    to: Identifier
    text: Annotated[str, PRINTABLE, Field(min_length=1, max_length=500)]


class PresenceReport(RequestModel):
    """The page that a student has open, and for how many seconds since the last report."""

    page: Literal["join", "card", "play", "bets", "messages", "debrief", "other"] = "other"
    seconds: Annotated[float, Field(ge=0, le=600)] = 0.0


class SeatChoice(RequestModel):
    """A seat, or any."""

    seat: Identifier | None = None


class SoloAction(RequestModel):
    """What a solo player does with the lesson."""

    action: Literal["next", "end", "stop"]


# Instructor


class RoomTitle(RequestModel):
    """A request to create a room."""

    title: Annotated[str, PRINTABLE, Field(min_length=1, max_length=80)] = "Classroom"


class SimpleAction(RequestModel):
    """An action without parameters."""

    action: Literal["open", "close", "start", "pause", "resume", "next", "slowest", "end", "stop"]


class ClockExtension(RequestModel):
    """A request to add time to the clock."""

    action: Literal["extend"]
    seconds: Annotated[float, Field(ge=1, le=7200)]


class SeatHandover(RequestModel):
    """A request to hand a seat to its agent, or back to its participants."""

    action: Literal["hand"]
    seat: Identifier
    agent: bool


class Notice(RequestModel):
    """A request to send a notice to all."""

    action: Literal["notice"]
    text: Annotated[str, PRINTABLE, Field(min_length=1, max_length=300)]


class EventRequest(RequestModel):
    """An event in the first month of the open turn."""

    kind: Identifier
    negotiation: Identifier | None = None
    actor: Identifier | None = None
    counterpart: Identifier | None = None
    value: float | None = None


class EventInjection(RequestModel):
    """A request to inject an event."""

    action: Literal["inject"]
    event: EventRequest


class EventCancellation(RequestModel):
    """A request to cancel a pending event, given by its position."""

    action: Literal["cancel"]
    at: Annotated[int, Field(ge=0, le=MAX_PENDING_EVENTS)]


class SettingsUpdate(RequestModel):
    """The settings that can change during a lesson; omitted ones stay as they are."""

    messages: bool = True
    advisor: bool = True
    seconds: Annotated[int, Field(ge=0, le=7200)] = 120
    waits: bool = True
    absent: Annotated[int, Field(ge=20, le=7200)] = 60
    chooses: bool = True


class SettingsChange(RequestModel):
    """A request to change some settings."""

    action: Literal["set"]
    settings: SettingsUpdate


class ParticipantRemoval(RequestModel):
    """A request to remove a participant from the lesson."""

    action: Literal["remove"]
    person: PersonId


class ParticipantMove(RequestModel):
    """A request to move a participant to another seat."""

    action: Literal["move_person"]
    person: PersonId
    seat: Identifier


InstructorAction = Annotated[
    SimpleAction
    | ClockExtension
    | SeatHandover
    | Notice
    | EventInjection
    | EventCancellation
    | SettingsChange
    | ParticipantRemoval
    | ParticipantMove,
    Field(discriminator="action"),
]


class LessonNumber(BaseModel):
    """The lesson number in an address; without one, the newest."""

    lesson: Annotated[int, Field(ge=0, lt=10**7)] | None = None
