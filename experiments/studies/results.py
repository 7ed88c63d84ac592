"""What a sweep left in its folder: the table of runs, of points, and any question in SQL."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from experiments.studies.store import check_parts, part_paths, read_manifest, stored_points
from experiments.studies.study import Study, restore_study
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError


def stored_study(folder: str | Path) -> Study:
    """Give the study whose results a folder holds. Raises ScenarioError if it holds none."""
    found, points = read_manifest(Path(folder)), stored_points(Path(folder))
    facts = {key: value for key, value in found["study"].items() if not key.endswith("_digest")}
    return restore_study(facts, found["scenario"], points)


def open_results(folder: str | Path, study: Study | None = None) -> duckdb.DuckDBPyConnection:
    """Open a folder's results for SQL: the views `runs`, `points` (values of factors), `results` (both joined), and
    `kept` if bands or trajectories were.

    Raises ScenarioError if the folder holds none, or a file of it is damaged. What is asked for reads no more than
    what lies on this machine: nothing is fetched, and no extension installed.
    """
    folder = Path(folder)
    study = study or stored_study(folder)
    paths = part_paths(folder, "runs")
    if not paths:
        raise ScenarioError([InputError(str(folder), "", "holds no finished part yet")])
    check_parts(folder)
    database = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    own = "0" if study.file.common_random_numbers else f"point::bigint * {study.file.replications}"
    names = ", ".join(f"{int(each)}: '{each.name}'" for each in Outcome)
    database.read_parquet([str(path) for path in paths]).create_view("raw")
    database.execute(
        f"create view runs as select * replace (map {{{names}}}[outcome] as outcome), "
        f"{study.file.seed}::bigint + replication + {own} as seed from raw"
    )
    points = stored_points(folder).rename_axis("point").reset_index()
    database.register("points_frame", points)
    database.execute("create view points as select * from points_frame")
    database.execute("create view results as select * from runs join points using (point)")
    if kept := part_paths(folder, "kept"):
        database.read_parquet([str(path) for path in kept]).create_view("kept")
    return database


def runs_table(folder: str | Path) -> pd.DataFrame:
    """Give one row a run: values of the factors, outcome, indicators; of a point that failed, its error and stage."""
    with open_results(folder) as database:
        return database.sql("select * from results order by point, replication").df()


def summary_by_point(folder: str | Path, study: Study | None = None) -> pd.DataFrame:
    """Give one row a point that did not fail: its factors, shares of outcomes, mean indicators and their variances."""
    study = study or stored_study(folder)
    shares = ", ".join(f"avg((outcome = '{each.name}')::int) as {each.name}" for each in Outcome)
    some = "avg((outcome in ('partial_arrangement', 'comprehensive_deal'))::int) as some_deal"
    means = ", ".join(
        f'avg("{name}") as "{name}", var_samp("{name}") as "var_{name}"' for name in study.file.indicators
    )
    with open_results(folder, study) as database:
        found = database.sql(
            f"select point, count(*) as runs, {shares}, {some}, {means} from runs where error is null "
            "group by point order by point"
        ).df()
        points = database.sql("select * from points").df()
    return points.merge(found, on="point")


def values_by_run(folder: str | Path, outcome: str) -> np.ndarray:
    """Give one outcome (0 or 1) or indicator of every run that did not fail: [point, replication]."""
    some = "(outcome in ('partial_arrangement', 'comprehensive_deal'))::int"
    named = f"(outcome = '{outcome}')::int" if outcome in Outcome.__members__ else f'"{outcome}"'
    value = some if outcome == "some_deal" else named
    with open_results(folder) as database:
        found = database.sql(f"select point, replication, {value} as value from runs where error is null").df()
    return found.pivot(index="point", columns="replication", values="value").to_numpy(float)


def outcome_names(study: Study, points: pd.DataFrame) -> list[str]:
    """Name the outcomes and indicators in a table of points."""
    others = {"point", "runs", *(factor.path for factor in study.factors)}
    return [name for name in points.columns if name not in others and not name.startswith("var_")]


def query_results(folder: str | Path, query: str) -> pd.DataFrame:
    """Answer a question in SQL about the views `runs`, `points` and `results`. Raises ScenarioError if it is none."""
    with open_results(folder) as database:
        try:
            answer: Any = database.sql(query)
            if answer is not None:
                return answer.df()
        except duckdb.Error as error:
            raise ScenarioError([InputError("--sql", query, str(error).splitlines()[0])]) from None
    asked = "gives no rows; a question begins with `select`" if query.strip() else "is empty; ask with `select ...`"
    raise ScenarioError([InputError("--sql", query, asked)])


def sweep_summary(folder: str | Path) -> dict[str, Any]:
    """Count what is there: points and runs, points that failed, by stage and error, and shares of outcomes."""
    study = stored_study(folder)
    with open_results(folder, study) as database:
        counted: Any = database.sql(
            "select count(distinct point), count(*) filter (error is null), count(*) filter (error is not null) "
            "from runs"
        )
        ((points, runs, failures),) = counted.fetchall()
        errors = database.sql(
            "select stage, error, count(*) as points, min(point) as first from runs where error is not null "
            "group by stage, error order by points desc limit 10"
        ).df()
        shares = dict(
            database.sql("select outcome, count(*) from runs where error is null group by outcome").fetchall()
        )
    size = sum(path.stat().st_size for path in part_paths(Path(folder), "runs"))
    return {
        "study": study.name,
        "question": study.file.question,
        "scenario": study.file.scenario,
        "points": points,
        "of": study.size,
        "runs": runs,
        "failed": failures,
        "errors": errors.to_dict("records"),
        "outcomes": {each.name: shares.get(each.name, 0) / max(runs, 1) for each in reversed(Outcome)},
        "bytes": size,
    }
