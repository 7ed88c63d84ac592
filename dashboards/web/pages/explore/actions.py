"""The handlers of Explore's controls."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dashboards.page_link import Link, Setting, scenario_of
from dashboards.web.jobs.explore_worker import ExploreRequest, ExploreWorker
from dashboards.web.pages.shared.setting_edits import toggle_suggestion, with_change, with_sample
from dashboards.web.upload import uploaded_setting


@dataclass
class Draft:
    """Changes that the page has received and not rendered yet; a loaded server renders late.

    commits: settings put into the link, oldest first. moving: the setting while a slider moves, or None.
    """

    commits: list[Setting] = field(default_factory=list)
    moving: Setting | None = None


def compared_with(link: Link, setting: Setting) -> Setting | None:
    """Return what a setting is compared with, with its seed and worlds.

    That is the link's baseline, else the scenario as shipped; None if nothing is changed.
    """
    if link.baseline is not None:
        return link.baseline._replace(seed=setting.seed, worlds=setting.worlds, plausible=setting.plausible)
    is_changed = bool(setting.changes or setting.events)
    return setting._replace(changes=(), events=()) if is_changed else None


class ExploreActions:
    """Handlers of the page's events, for one rendered link. ``draft`` lasts from one rendering to the next."""

    def __init__(
        self,
        link: Link,
        go: Callable[[Link], None],
        worker: ExploreWorker,
        draft: Draft,
        refresh_panel: Callable[[], None],
        await_setting: Callable[[Setting], object],
    ):
        self.link, self.setting, self._go = link, link.setting, go
        self._worker, self._draft, self._refresh_panel, self._await_setting = (
            worker,
            draft,
            refresh_panel,
            await_setting,
        )
        self.baseline = compared_with(link, self.setting)

    @property
    def latest(self) -> Setting:
        """Return the setting that was put into the link last, rendered or not."""
        return self._draft.commits[-1] if self._draft.commits else self.setting

    @property
    def draft_setting(self) -> Setting:
        """Return the latest setting including the change of a moving slider."""
        return self._draft.moving or self.latest

    def play_link(self) -> None:
        """Run the setting of a link that was just rendered. A link from elsewhere replaces all changes under way."""
        commits = self._draft.commits
        if self.setting in commits:
            del commits[: commits.index(self.setting) + 1]
        else:
            commits.clear()
            self._draft.moving = None
        self.run(self.draft_setting)

    def run(self, setting: Setting) -> None:
        """Run a setting and what it is compared with; curves wait until it is done."""
        self._await_setting(setting)
        self._worker.request(ExploreRequest(setting, compared_with(self.link, setting)))

    def apply(self, changed: Setting) -> None:
        """Put a setting into the link; if nothing changed, refresh the panel."""
        self._draft.moving = None
        if changed == self.latest:
            self._refresh_panel()
        else:
            self._draft.commits.append(changed)
        self._go(self.link._replace(setting=changed))

    def choose(self, name: str) -> None:
        """Open another scenario. Raises ScenarioError for an unknown name."""
        scenario_of(Setting(name))
        was = self.setting
        self._open(Setting(name, seed=was.seed, worlds=was.worlds, plausible=was.plausible))

    def upload(self, sent: dict[str, Any]) -> None:
        """Open an uploaded file. Raises ScenarioError if it is invalid."""
        self._open(uploaded_setting(sent, self.setting.seed, self.setting.worlds))

    def _open(self, setting: Setting) -> None:
        self._go(Link(setting, charts=self.link.charts, sweep_view=self.link.sweep_view))

    def preview(self, sent: dict[str, Any]) -> None:
        """Run the setting while a slider moves. Raises ScenarioError if the value is not allowed."""
        self._draft.moving = with_change(self.draft_setting, str(sent["path"]), sent["value"])
        self.run(self._draft.moving)

    def commit(self, _: Any) -> None:
        """Put the change of a slider into the link."""
        self.apply(self.draft_setting)

    def reset(self, paths: list[str] | None) -> None:
        """Remove the changes of some paths, or all changes and events."""
        if paths is None:
            self.apply(self.draft_setting._replace(changes=(), events=()))
        else:
            others = tuple(each for each in self.draft_setting.changes if each[0] not in paths)
            self.apply(self.draft_setting._replace(changes=others))

    def toggle_suggestion(self, at: int) -> None:
        """Apply a thing to try, or remove it if it is applied."""
        self.apply(toggle_suggestion(self.draft_setting, at))

    def sample(self, sent: dict[str, Any]) -> None:
        """Change the seed and the number of worlds."""
        self.apply(with_sample(self.draft_setting, sent["seed"], sent["worlds"]))

    def set_uncertainty(self, plausible: bool) -> None:
        """Let each world play with a draw from the plausible sample, or not."""
        self.apply(self.draft_setting._replace(plausible=bool(plausible)))

    def remove(self, place: int) -> None:
        """Remove an injected event by its index."""
        others = [event for at, event in enumerate(self.setting.events) if at != place]
        self.apply(self.draft_setting._replace(events=tuple(others)))

    def show_negotiation(self, name: str) -> None:
        """Show another negotiation of the scenario."""
        if name in scenario_of(self.setting).negotiations:
            self._go(self.link._replace(setting=self.draft_setting, talks=name))

    def toggle_chart(self, chart: str) -> None:
        """Show or hide one of the additional charts."""
        charts, shown = tuple(each for each in self.link.charts if each != chart), self.link.charts
        self._go(
            self.link._replace(setting=self.draft_setting, charts=charts if chart in shown else (*shown, str(chart)))
        )

    def toggle_baseline(self, on: bool) -> None:
        """Set or clear the baseline."""
        self._go(self.link._replace(setting=self.draft_setting, baseline=self.draft_setting if on else None))

    def stop(self, _: Any) -> None:
        """Stop running worlds."""
        self._worker.stop()

    def restart(self, _: Any) -> None:
        """Run all worlds after a stop."""
        self.run(self.draft_setting)
