"""The page Compare: two to four settings with common random numbers, and their differences."""

# pyright: reportPrivateImportUsage=false

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import solara

from dashboards.page_link import (
    MAX_ARMS,
    MAX_NAME_LENGTH,
    MAX_SEED,
    MAX_WORLDS,
    MIN_WORLDS,
    Link,
    Setting,
    format_link,
    parse_link,
    scenario_of,
)
from dashboards.web.components import html, page_templates, safe_handler
from dashboards.web.pages.compare import analysis
from dashboards.web.pages.compare.analysis import ArmResult
from dashboards.web.pages.compare.arms import Arms, arm_index, default_name, new_arm
from dashboards.web.pages.compare.messages import (
    ArmDifference,
    ArmOffers,
    ArmRow,
    CompareHead,
    ComparePicture,
    SmallChart,
)
from dashboards.web.pages.shared.messages import TaskProgress
from dashboards.web.pages.shared.setting_edits import (
    catalogue_of,
    describe_change,
    describe_changes,
    shipped_choices,
    with_sample,
)
from dashboards.web.pages.shared.shapes import vue_component
from dashboards.web.pages.shared.use_task import PageTask, Publish, Stop, task_progress, use_task
from model.errors import make_printable


class CompareView(NamedTuple):
    """What the page shows: the results so far, and the progress."""

    results: tuple[tuple[Setting, ArmResult], ...] = ()
    text: str = "Starting."
    share: float = 0.0
    busy: bool = True
    cancelled: bool = False
    error: str = ""


@vue_component("board.vue")
def Board(  # noqa: N802
    components: dict[str, str],
    head: CompareHead,
    arms: list[ArmRow],
    charts: list[SmallChart],
    picture: ComparePicture,
    offers: ArmOffers,
    progress: TaskProgress,
    error: str,
    event_add: Callable[[dict[str, Any]], None],
    event_rename: Callable[[dict[str, Any]], None],
    event_remove: Callable[[int], None],
    event_swap: Callable[[int], None],
    event_sample: Callable[[dict[str, Any]], None],
    event_cancel: Callable[[Any], None],
    event_again: Callable[[Any], None],
    event_open: Callable[[str], None],
) -> None:
    """Show the arms side by side: ``arms`` describes them, ``picture`` has their results."""


class CompareTask(PageTask):
    """A run of all arms: first a preview of each, then all worlds."""

    def __init__(self, arms: Arms, publish: Publish, before: CompareView, stop: Stop):
        super().__init__(CompareView(tuple(each for each in before.results if each[0] in arms.settings)), publish, stop)
        self.arms = arms

    def run(self) -> None:
        """Run the arms."""
        settings = self.arms.settings
        worlds, known = settings[0].worlds, {setting for setting, _ in self.shown.results}
        new = [at for at, setting in enumerate(settings) if setting not in known]
        if worlds >= analysis.MIN_WORLDS_FOR_PREVIEW and not self._play(
            new, analysis.PREVIEW_WORLDS, f"first {analysis.PREVIEW_WORLDS} of {worlds:,} worlds"
        ):
            return
        if self._play(list(range(len(settings))), worlds, f"{worlds:,} worlds"):
            last = settings[0].seed + worlds - 1
            seeds = f"seeds {settings[0].seed} to {last}"
            text = f"{worlds:,} worlds per setting, {seeds}, with the same random events."
            self.publish(busy=False, text=text)

    def _play(self, places: list[int], worlds: int, what: str) -> bool:
        count = len(self.arms.settings)
        for at in places:
            setting, result = self.arms.settings[at], None
            for update in analysis.follow_arm(setting, worlds, self.stop):
                if update.error or self.stop():
                    self.publish(busy=False, error=update.error, text="Stopped.")
                    return False
                part = update.done / update.total if update.total else 0.0
                text = (
                    update.note
                    or f"Running {what} of “{self.arms.title(at)}” ({at + 1} of {count}){update.time_left_text}"
                )
                self.publish(text=text, share=round((at + part) / count, 3))
                result = update.result if update.finished else None
            if result is None:
                return False
            self.publish(results=with_played(self.shown.results, setting, result))
        return True


def with_played(
    before: tuple[tuple[Setting, ArmResult], ...], setting: Setting, result: ArmResult
) -> tuple[tuple[Setting, ArmResult], ...]:
    """Return the results with the latest result of one setting."""
    return (*(each for each in before if each[0] != setting), (setting, result))


@solara.component
def Compare(link: Link, go: Callable[[Link], None]) -> None:  # noqa: N802
    """Show the page."""
    arms = Arms.from_link(link)
    shown, restart, cancel = use_task(CompareView(), partial(CompareTask, arms), [arms.settings])
    error_text, show_error = solara.use_state("")

    def put(changed: Arms) -> None:
        go(changed.to_link(link))

    def add(sent: dict[str, Any]) -> None:
        put(arms.add(*new_arm(link, sent)))

    def rename(sent: dict[str, Any]) -> None:
        name = make_printable(str(sent["name"])[:MAX_NAME_LENGTH], MAX_NAME_LENGTH).strip()
        at = arm_index(sent["at"], arms)
        put(arms.rename(at, "" if name == default_name(arms.settings[at], arms.settings[0], at) else name))

    def sample(sent: dict[str, Any]) -> None:
        go(link._replace(setting=with_sample(link.setting, sent["seed"], sent["worlds"])))

    with html("main", class_="det-single"):
        now = dict(shown.value.results)
        results = [now.get(setting) for setting in arms.settings]
        Board(
            components=page_templates("shared/progress", "shared/typed", "shared/line_chart"),
            head=compare_head(link),
            arms=[arm_row(link, arms, at) for at in range(len(arms.settings))],
            charts=analysis.chart_rows([each for each in results if each is not None]),
            picture=solara.use_memo(lambda: compare_picture(arms, results), [arms, *map(id, results)]),
            offers=solara.use_memo(lambda: arm_offers(link), [link.setting, link.baseline, len(link.arms)]),
            progress=task_progress(shown.value),
            error=error_text,
            event_add=safe_handler(add, show_error),
            event_rename=safe_handler(rename, show_error),
            event_remove=safe_handler(lambda at: put(arms.remove(arm_index(at, arms))), show_error),
            event_swap=safe_handler(lambda at: put(arms.swap_right(arm_index(at, arms))), show_error),
            event_sample=safe_handler(sample, show_error),
            event_cancel=safe_handler(cancel, show_error),
            event_again=safe_handler(restart, show_error),
            event_open=safe_handler(lambda query: go(parse_link(str(query))[0]), show_error),
        )


def compare_head(link: Link) -> CompareHead:
    """Return the seed and worlds, and their limits."""
    return {
        "seed": link.setting.seed,
        "worlds": link.setting.worlds,
        "largest_seed": MAX_SEED,
        "fewest": MIN_WORLDS,
        "most": MAX_WORLDS,
        "longest": MAX_NAME_LENGTH,
    }


def arm_row(link: Link, arms: Arms, at: int) -> ArmRow:
    """Return the description of an arm, and the link that opens it."""
    setting = arms.settings[at]
    return {
        "name": arms.title(at),
        "scenario": scenario_of(setting).title["en"],
        "description": describe_changes(setting),
        "explore": format_link(link._replace(page="explore", setting=setting)),
    }


def compare_picture(arms: Arms, results: list[ArmResult | None]) -> ComparePicture:
    """Return the results of all arms and their differences from the first."""
    first = results[0]

    def paired(at: int) -> ArmDifference | None:
        other = results[at]
        if first is None or other is None or first.worlds != other.worlds:
            return None
        mixed = arms.settings[at].scenario != arms.settings[0].scenario
        return {**analysis.paired_differences(first, other), "mixed": mixed}

    return {
        "arms": [analysis.arm_numbers(each) if each is not None else None for each in results],
        "differences": [None, *map(paired, range(1, len(results)))],
        "rounds": max((each.rounds for each in results if each is not None), default=1),
    }


def arm_offers(link: Link) -> ArmOffers:
    """Return what can be added: scenarios, the baseline, things to try, and every adjustable value."""
    scenario = scenario_of(Setting(link.setting.scenario))
    listed = catalogue_of(link.setting)
    return {
        "room": len(link.arms) < MAX_ARMS,
        "scenarios": shipped_choices(),
        "baseline": describe_changes(link.baseline) if link.baseline is not None else "",
        "tries": [
            {
                "at": at,
                "text": suggestion.text["en"],
                "sets": "; ".join(describe_change(path, value, scenario) for path, value in suggestion.set.items()),
            }
            for at, suggestion in enumerate(scenario.things_to_try)
            if suggestion.set
        ],
        "fields": listed["fields"],
        "groups": [
            {"title": group["title"], "role": group["role"], "rows": group["rows"]} for group in listed["groups"]
        ],
        "now": {path: list(value) if isinstance(value, tuple) else value for path, value in link.setting.changes},
    }
