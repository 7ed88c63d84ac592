"""The arms that Compare shows side by side, and what can be added to them."""

from typing import Any, NamedTuple

from dashboards.injected_events import check_integer
from dashboards.page_link import MAX_ARMS, Link, Setting, scenario_of
from dashboards.web.pages.shared.setting_edits import describe_change, with_change, with_suggestion
from model.errors import InputError, ScenarioError


class Arms(NamedTuple):
    """The settings that are compared, each with its name; an empty one is made up from what differs."""

    settings: tuple[Setting, ...]
    names: tuple[str, ...]

    @classmethod
    def from_link(cls, link: Link) -> "Arms":
        """Read the arms of a link; all have the dice of the first."""
        dice = {"seed": link.setting.seed, "worlds": link.setting.worlds}
        found = (link.setting, *(arm._replace(**dice) for arm in link.arms))
        return cls(found, (*link.names, *[""] * len(found))[: len(found)])

    def to_link(self, link: Link) -> Link:
        """Write the arms back into a link."""
        names = self.names if any(self.names) else ()
        return link._replace(setting=self.settings[0], arms=self.settings[1:], names=names)

    def add(self, setting: Setting, name: str = "") -> "Arms":
        """Add an arm. Raises ScenarioError if there is no room."""
        if len(self.settings) > MAX_ARMS:
            raise ScenarioError([InputError("arms", len(self.settings), "no more than four settings fit side by side")])
        dice = {"seed": self.settings[0].seed, "worlds": self.settings[0].worlds}
        return Arms((*self.settings, setting._replace(**dice)), (*self.names, name))

    def remove(self, at: int) -> "Arms":
        """Take an arm away; the last one stays."""
        if len(self.settings) == 1:
            return self
        return self._in_order([*range(at), *range(at + 1, len(self.settings))])

    def swap_right(self, at: int) -> "Arms":
        """Let an arm and its right neighbour change places."""
        if not 0 <= at < len(self.settings) - 1:
            return self
        return self._in_order([*range(at), at + 1, at, *range(at + 2, len(self.settings))])

    def _in_order(self, order: list[int]) -> "Arms":
        return Arms(tuple(self.settings[at] for at in order), tuple(self.names[at] for at in order))

    def rename(self, at: int, name: str) -> "Arms":
        """Give an arm another name."""
        return Arms(self.settings, (*self.names[:at], name, *self.names[at + 1 :]))

    def title(self, at: int) -> str:
        """Name an arm: by its own name, else by what differs."""
        return self.names[at] or default_name(self.settings[at], self.settings[0], at)


def default_name(setting: Setting, first: Setting, at: int) -> str:
    """Name a setting by what it changes."""
    scenario = scenario_of(Setting(setting.scenario))
    own = [each for each in setting.changes if at == 0 or each not in first.changes]
    told = [describe_change(path, value, scenario) for path, value in own]
    if setting.scenario != first.scenario:
        return scenario.title["en"]
    if not told and setting.events != first.events:
        return f"{len(setting.events)} injected event{'s' * (len(setting.events) != 1)}"
    if not told:
        return "As it is" if not setting.changes else "The same setting" if at else "As set"
    return told[0][:1].upper() + told[0][1:] + (f" and {len(told) - 1} more" if len(told) > 1 else "")


def arm_index(at: Any, arms: Arms) -> int:
    """Check the place of an arm that came from a browser. Raises ScenarioError."""
    return check_integer("arm", at, 0, len(arms.settings) - 1)


def new_arm(link: Link, sent: dict[str, Any]) -> tuple[Setting, str]:
    """Make the setting that is to be added, and its name. Raises ScenarioError."""
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
    raise ScenarioError([InputError("kind", str(kind), "is no way to add a setting")])
