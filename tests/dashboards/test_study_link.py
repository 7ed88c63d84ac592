"""Links that open the scenario of a study in Explore."""

import json
from contextlib import chdir

from support.studies import study_data

from dashboards.page_link import scenario_of
from dashboards.study_link import study_setting
from experiments.studies.study import load_study


def test_a_scenario_file_opens_like_an_upload(tmp_path):
    import tomli_w

    from model.loading import read_scenario as read_scenario

    data = json.loads(json.dumps(read_scenario("two-states"), default=str))
    (tmp_path / "mine.toml").write_text(tomli_w.dumps(data))
    with chdir(tmp_path):
        setting = study_setting(load_study(study_data(scenario="mine.toml")))
    assert setting.scenario.startswith("file:")
    assert scenario_of(setting).rounds == 8
