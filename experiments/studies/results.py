"""Read the results of a sweep: the table of runs, the summary by point, and SQL queries."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from experiments.studies.store import check_parts, part_paths, read_manifest, stored_points, stored_version
from experiments.studies.study import Study, restore_study
from model.enumerations import Outcome
from model.errors import InputError, ScenarioError


def stored_study(folder: str | Path) -> Study:
    """Return the study whose results a folder holds. Raises ScenarioError if it holds none."""
    manifest, points = read_manifest(Path(folder)), stored_points(Path(folder))
    facts = {key: value for key, value in manifest["study"].items() if not key.endswith("_digest")}
    return restore_study(facts, manifest["scenario"], points)


def open_results(folder: str | Path, study: Study | None = None) -> duckdb.DuckDBPyConnection:
    """Open a folder's results for SQL. Raises ScenarioError if it holds no results, or a damaged file.

    The views are `runs`, `points` (factor values), `results` (both joined) and, if the study keeps bands or
    trajectories, `kept`. Missing values are NULL: the first deal of a run without a deal (NAME.censored is then true),
    and the results of a failed point. Queries cannot install extensions, so they cannot fetch files from other
    machines.
    """
    folder = Path(folder)
    study = study or stored_study(folder)
    paths = part_paths(folder, "runs")
    if not paths:
        raise ScenarioError([InputError(str(folder), "", "holds no finished results")])
    check_parts(folder)
    database = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    database.read_parquet([str(path) for path in paths]).create_view("raw")
    database.execute(f"create view runs as {_runs_query(study)}")
    points = stored_points(folder).rename_axis("point").reset_index()
    database.register("points_frame", points)
    database.execute("create view points as select * from points_frame")
    database.execute("create view results as select * from runs join points using (point)")
    if kept_paths := part_paths(folder, "kept"):
        database.read_parquet([str(path) for path in kept_paths]).create_view("kept")
    return database


def _runs_query(study: Study) -> str:
    """Return the SQL query of the view `runs`; folders of earlier versions hold -1 where a value is missing."""
    offset = "0" if study.file.common_random_numbers else f"point::bigint * {study.file.replications}"
    names = ", ".join(f"{int(each)}: '{each.name}'" for each in Outcome)
    deals = [(f'"{name}.first_deal"', f'"{name}.censored"') for name in study.scenario_data["negotiations"]]
    replaced = [
        f"map {{{names}}}[outcome] as outcome",
        "nullif(replication, -1) as replication",
        *(f"nullif({deal}, -1) as {deal}" for deal, _ in deals),
    ]
    added = [
        *(f"case when error is null then coalesce({deal}, -1) < 0 end as {censored}" for deal, censored in deals),
        f"{study.file.seed}::bigint + nullif(replication, -1) + {offset} as seed",
    ]
    return f"select * replace ({', '.join(replaced)}), {', '.join(added)} from raw"


def runs_table(folder: str | Path) -> pd.DataFrame:
    """Return one row per run: factor values, outcome, indicators; for a failed point its stage and error.

    Integer columns with missing values have pandas' nullable integer types.
    """
    with open_results(folder) as database:
        return database.sql("select * from results order by point, replication").df()


def summary_by_point(folder: str | Path, study: Study | None = None) -> pd.DataFrame:
    """Return one row per point that did not fail: factors, outcome shares, means of numbers and their variances.

    The numbers are the indicators, the rounds played and the metrics. The mean of a metric leaves missing values out;
    `missing_` and its name is the share of runs whose value is missing.
    """
    study = study or stored_study(folder)
    shares = ", ".join(f"avg((outcome = '{each.name}')::int) as {each.name}" for each in Outcome)
    some = "avg((outcome in ('partial_arrangement', 'comprehensive_deal'))::int) as some_deal"
    means = ", ".join(
        [f'avg("{name}") as "{name}", var_samp("{name}") as "var_{name}"' for name in study.value_columns]
        + [f'avg(("{name}" is null)::int) as "missing_{name}"' for name in study.file.metrics]
    )
    with open_results(folder, study) as database:
        table = database.sql(
            f"select point, count(*) as runs, {shares}, {some}, {means} from runs where error is null "
            "group by point order by point"
        ).df()
        points = database.sql("select * from points").df()
    return points.merge(table, on="point")


def values_by_run(folder: str | Path, outcome: str) -> np.ndarray:
    """Return an outcome (0 or 1) or an indicator of every run that did not fail: float64 [point, replication]."""
    some = "(outcome in ('partial_arrangement', 'comprehensive_deal'))::int"
    named = f"(outcome = '{outcome}')::int" if outcome in Outcome.__members__ else f'"{outcome}"'
    value = some if outcome == "some_deal" else named
    with open_results(folder) as database:
        table = database.sql(f"select point, replication, {value} as value from runs where error is null").df()
    return table.pivot(index="point", columns="replication", values="value").to_numpy(float)


def outcome_names(study: Study, points: pd.DataFrame) -> list[str]:
    """Return the names of the outcomes and indicators in a summary by point."""
    others = {"point", "runs", *(factor.path for factor in study.factors)}
    return [name for name in points.columns if name not in others and not name.startswith(("var_", "missing_"))]


def outcome_by_point(study: Study, points: pd.DataFrame, outcome: str, complete: bool = True) -> np.ndarray:
    """Return an outcome, an indicator or a metric of each row of a summary by point: float64 [point].

    Raises ScenarioError if there is no such outcome, or if ``complete`` and it is missing in all runs of a point.
    """
    if outcome not in (known := outcome_names(study, points)):
        kind = "outcome, indicator or metric of this study"
        raise ScenarioError([InputError.unknown_name("--outcome", outcome, known, kind)])
    values = points[outcome].to_numpy(float)
    if complete and (missing := int(np.isnan(values).sum())):
        problem = (
            f"is missing in all runs of {missing:,} points; use a metric that always has a value, such as share(...)"
        )
        raise ScenarioError([InputError("--outcome", outcome, problem)])
    return values


def query_results(folder: str | Path, query: str) -> pd.DataFrame:
    """Run an SQL query over the views `runs`, `points` and `results`. Raises ScenarioError if it is invalid."""
    with open_results(folder) as database:
        try:
            answer: Any = database.sql(query)
            if answer is not None:
                return answer.df()
        except duckdb.Error as error:
            raise ScenarioError([InputError("--sql", query, str(error).splitlines()[0])]) from None
    problem = "returns no rows: a query begins with `select`" if query.strip() else "is empty: write `select ...`"
    raise ScenarioError([InputError("--sql", query, problem)])


def _metric_summary(database: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """Return the mean of a metric over the runs that have a value, and the number of runs whose value is missing."""
    query = f'select avg("{name}"), count(*) - count("{name}") from runs where error is null'
    ((mean, missing),) = database.sql(query).fetchall()
    return {"mean": mean, "missing": missing}


def sweep_summary(folder: str | Path) -> dict[str, Any]:
    """Return the counts of points and runs, the failed points by stage and error, the outcome shares and metrics."""
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
        metrics = {name: _metric_summary(database, name) for name in study.file.metrics}
    size = sum(path.stat().st_size for path in part_paths(Path(folder), "runs"))
    return {
        "study": study.name,
        "version": stored_version(folder),
        "question": study.file.question,
        "scenario": study.file.scenario,
        "points": points,
        "of": study.size,
        "runs": runs,
        "failed": failures,
        "errors": errors.to_dict("records"),
        "outcomes": {each.name: shares.get(each.name, 0) / max(runs, 1) for each in reversed(Outcome)},
        "metrics": metrics,
        "bytes": size,
    }
