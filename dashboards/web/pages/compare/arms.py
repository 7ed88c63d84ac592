"""The arms that Compare shows, and the settings that can be added."""

from typing import Any, NamedTuple

from dashboards.injected_events import check_integer
from dashboards.page_link import MAX_ARMS, Link, Setting, scenario_of
from dashboards.web.pages.shared.setting_edits import describe_change, with_change, with_suggestion
from model.errors import InputError, ScenarioError


class Arms(NamedTuple):
    """The compared settings and their names; an empty name means a default that describes the differences."""

    settings: tuple[Setting, ...]
    names: tuple[str, ...]

    @classmethod
    def from_link(cls, link: Link) -> "Arms":
        """Return the arms of a link; all have the seed and worlds of the first."""
        sample = {"seed": link.setting.seed, "worlds": link.setting.worlds}
        settings = (link.setting, *(arm._replace(**sample) for arm in link.arms))
        return cls(settings, (*link.names, *[""] * len(settings))[: len(settings)])

    def to_link(self, link: Link) -> Link:
        """Return the link with these arms."""
        names = self.names if any(self.names) else ()
        return link._replace(setting=self.settings[0], arms=self.settings[1:], names=names)

    def add(self, setting: Setting, name: str = "") -> "Arms":
        """Return the arms with one more. Raises ScenarioError if there are too many."""
        if len(self.settings) > MAX_ARMS:
            raise ScenarioError([InputError("arms", len(self.settings), "at most four settings can be compared")])
        sample = {"seed": self.settings[0].seed, "worlds": self.settings[0].worlds}
        return Arms((*self.settings, setting._replace(**sample)), (*self.names, name))

    def remove(self, at: int) -> "Arms":
        """Return the arms without one; the last arm cannot be removed."""
        if len(self.settings) == 1:
            return self
        return self._in_order([*range(at), *range(at + 1, len(self.settings))])

    def swap_right(self, at: int) -> "Arms":
        """Return the arms with one swapped with its right neighbour."""
        if not 0 <= at < len(self.settings) - 1:
            return self
        return self._in_order([*range(at), at + 1, at, *range(at + 2, len(self.settings))])

    def _in_order(self, order: list[int]) -> "Arms":
        return Arms(tuple(self.settings[at] for at in order), tuple(self.names[at] for at in order))

    def rename(self, at: int, name: str) -> "Arms":
        """Return the arms with one renamed."""
        return Arms(self.settings, (*self.names[:at], name, *self.names[at + 1 :]))

    def title(self, at: int) -> str:
        """Return the name of an arm, or its default name."""
        return self.names[at] or default_name(self.settings[at], self.settings[0], at)


def default_name(setting: Setting, first: Setting, at: int) -> str:
    """Return the default name of a setting, which describes its changes."""
    scenario = scenario_of(Setting(setting.scenario))
    own = [each for each in setting.changes if at == 0 or each not in first.changes]
    descriptions = [describe_change(path, value, scenario) for path, value in own]
    if setting.scenario != first.scenario:
        return scenario.title["en"]
    if not descriptions and setting.events != first.events:
        return f"{len(setting.events)} injected event{'s' * (len(setting.events) != 1)}"
    if not descriptions:
        return "No changes" if not setting.changes else "Same setting" if at else "First setting"
    return (
        descriptions[0][:1].upper()
        + descriptions[0][1:]
        + (f" and {len(descriptions) - 1} more" if len(descriptions) > 1 else "")
    )


def arm_index(at: Any, arms: Arms) -> int:
    """Return the index of an arm from the browser. Raises ScenarioError if it is invalid."""
    return check_integer("arm", at, 0, len(arms.settings) - 1)


def new_arm(link: Link, sent: dict[str, Any]) -> tuple[Setting, str]:
    """Return the setting to add and its name. Raises ScenarioError if the request is invalid."""
    kind, first = sent["kind"], link.setting
    if kind == "scenario":
        chosen = Setting(str(sent["name"]))
        scenario_of(chosen)
        return chosen, ""
    if kind == "baseline" and link.baseline is not None:
        return link.baseline, "Baseline"
    if kind == "change":
        return with_change(first, sent["path"], sent["value"]), ""
    if kind == "try":
        return with_suggestion(first, sent["at"]), ""
    raise ScenarioError([InputError("kind", str(kind), "is not a way to add a setting")])
