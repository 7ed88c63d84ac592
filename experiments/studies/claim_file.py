"""Claims of one's own, in a TOML file: two settings as changes, a measure and a direction."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from experiments.studies.claim import Arm, Claim, ClaimComparison
from experiments.studies.claim_measures import MEASURES
from experiments.studies.claims import SCENARIO
from model.errors import InputError, ScenarioError, collect_errors, format_value
from model.loading import apply_changes, build_scenario, parse_toml, read_scenario

MAX_FILE_BYTES = 2**20
DIRECTIONS, ARMS, KEYS = ("more", "less"), ("claimed", "reference"), ("scenario", "claims")
NAME = r"^[a-z][a-z0-9-]{0,39}$"

Settings = dict[str, float | int | bool | str]


class ClaimSection(BaseModel):
    """A claim in a file: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)

    name: str = Field(pattern=NAME)
    words: str = Field(min_length=1, max_length=300)
    claimed: Settings
    reference: Settings
    measure: str
    direction: str
    relevant: float | None = Field(None, gt=0)


class ClaimFile(NamedTuple):
    """The claims of a file, and the scenario in which they are tested."""

    scenario: str
    claims: tuple[Claim, ...]


def load_claims(path: str | Path) -> ClaimFile:
    """Load the claims of a file. Raises ScenarioError with all errors found."""
    data = _read(Path(path))
    unknown = [InputError.unknown_name(key, key, KEYS, "key") for key in data if key not in KEYS]
    scenario, written = data.get("scenario", SCENARIO), data.get("claims")
    if not isinstance(written, list) or not written or not all(isinstance(each, Mapping) for each in written):
        raise ScenarioError([*unknown, InputError("claims", "", "at least one table [[claims]] is needed")])
    try:
        base = read_scenario(scenario)
    except ScenarioError as error:
        raise ScenarioError([*unknown, *error.errors]) from None
    errors, claims = [*unknown], []
    for at, given in enumerate(written):
        each = {key: flat_changes(x) if key in ARMS and isinstance(x, Mapping) else x for key, x in given.items()}
        where, problems = f"claims.{each.get('name', at)}", list(_section_errors(each))
        problems += list(_setting_errors(each, base))
        errors += [problem._replace(path=f"{where}.{problem.path}") for problem in problems]
        if not problems:
            claims.append(_claim(ClaimSection.model_validate(each)))
    names = [each.get("name") for each in written]
    errors += [
        InputError(f"claims.{name}", "", "two claims have this name")
        for name in dict.fromkeys(map(str, names))
        if list(map(str, names)).count(name) > 1
    ]
    if errors:
        raise ScenarioError(collect_errors(errors))
    return ClaimFile(str(scenario), tuple(claims))


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ScenarioError([InputError(str(path), path.stat().st_size, "a file of claims has at most 1 MiB")])
        return parse_toml(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read: {error.strerror}")]) from None
    except ScenarioError:
        raise
    except ValueError as error:
        raise ScenarioError([InputError(str(path), "", f"cannot be read as TOML: {error}")]) from None


def _section_errors(written: Mapping[str, Any]) -> Iterator[InputError]:
    """Yield the errors in the keys of a claim."""
    try:
        ClaimSection.model_validate(written)
    except ValidationError as error:
        for each in error.errors():
            key = str(each["loc"][0])
            if each["type"] == "missing":
                yield InputError(key, "", "is missing")
            elif each["type"] == "extra_forbidden":
                yield InputError.unknown_name(key, key, ClaimSection.model_fields, "key of a claim")
            elif key in ARMS:
                yield InputError(".".join(map(str, each["loc"][:2])), each["input"], "should be a table of changes")
            elif key == "name":
                problem = "a name has up to 40 lower-case letters, digits and hyphens, and begins with a letter"
                yield InputError(key, each["input"], problem)
            else:
                yield InputError(key, each["input"], each["msg"])
    if isinstance(written.get("measure"), str) and written["measure"] not in MEASURES:
        yield InputError.unknown_name("measure", written["measure"], MEASURES, "measure")
    if isinstance(written.get("direction"), str) and written["direction"] not in DIRECTIONS:
        yield InputError("direction", written["direction"], "allowed is more or less")


def _setting_errors(written: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[InputError]:
    """Yield the errors in the two settings of a claim."""
    arms = {key: written.get(key) for key in ARMS}
    if not all(isinstance(arm, Mapping) for arm in arms.values()):
        return
    built = []
    for key, arm in arms.items():
        if "rounds" in (arm or {}):
            yield InputError(f"{key}.rounds", "", "cannot differ between the two settings; set it in the scenario")
            return
        try:
            built.append(build_scenario(apply_changes(base, arm or {})))
        except ScenarioError as error:
            yield from (each._replace(path=f"{key}.{each.path}") for each in error.errors)
    if len(built) == len(arms) and built[0] == built[1]:
        yield InputError("reference", "", "is the same setting as `claimed`: nothing would be compared")


def flat_changes(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return a table of changes by dotted path, whether its paths were quoted or not."""
    changes: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            changes |= flat_changes(value, f"{before}{key}.")
        else:
            changes[f"{before}{key}"] = value
    return changes


def _claim(section: ClaimSection) -> Claim:
    """Return a checked claim."""
    measure, more = MEASURES[section.measure], section.direction == "more"
    says = f"{measure.words} {measure.more if more else measure.less}"
    claimed, reference = _arm(section.claimed), _arm(section.reference)
    comparison = ClaimComparison(says, claimed, reference, section.measure, more, relevant=section.relevant)
    question = f"Is the {measure.words} {measure.more if more else measure.less} with {claimed.words}?"
    return Claim(section.name, section.words, question, (comparison,))


def _arm(settings: Settings) -> Arm:
    words = ", ".join(f"{path} = {format_value(value)}" for path, value in settings.items())
    return Arm(words or "the scenario as it is", lambda _: dict(settings))
