"""Settings that open the scenario of a study, or a point inside a discovered box, on the Explore page."""

from pathlib import Path

from dashboards import uploads
from dashboards.page_link import MAX_SEED, Setting, shipped_names
from experiments.studies.discover import Box, box_midpoint
from experiments.studies.study import Study


def study_setting(study: Study) -> Setting:
    """Return the setting of a study's scenario; a scenario file is stored like an upload."""
    seed = study.file.seed if study.file.seed <= MAX_SEED else 1
    if study.file.scenario not in shipped_names():
        name = uploads.store_upload({"name": Path(study.file.scenario).stem, **study.scenario_data})
        return Setting(name, seed=seed)
    rounds = {"rounds": study.file.rounds} if study.file.rounds else {}
    return Setting(study.file.scenario, tuple({**study.file.changes, **rounds}.items()), seed=seed)


def setting_in_box(setting: Setting, box: Box, study: Study) -> Setting:
    """Return a study's setting with the factors at a point inside a box."""
    return setting._replace(changes=tuple({**dict(setting.changes), **box_midpoint(box, study)}.items()))


def is_portable(setting: Setting) -> bool:
    """Return whether a link to a setting opens on other servers: only with a built-in scenario."""
    return setting.scenario in shipped_names()
