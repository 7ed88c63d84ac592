"""The Python interface of Detente: run, explain, measure and compare scenarios of step-by-step diplomacy.

    import detente

    run = detente.run("us-iran-2026", seed=3)
    run.outcomes
    run.frame()["trust"].plot()

Each function takes a scenario as the name of a built-in one (`scenarios()` lists them), the path of a TOML file, plain
data, or a `Scenario`. `set` changes values by the same dotted paths as the option --set of the command line;
`parameters` lists them. Errors of the user raise `ScenarioError`, which names the field and what is allowed.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente import arguments
from detente.advice import advise
from detente.ensembles import compare, ensemble, estimate

if TYPE_CHECKING:
    import pandas as pd

    from agents.assembly import Assembly
    from agents.state import State
    from dashboards.cli.explanation import DecisionExplanation
    from detente.arguments import ScenarioSource
    from experiments.counterfactuals.turning_points import PivotResult
    from experiments.ensembles.compare import Comparison
    from experiments.ensembles.design_ensemble import DesignEnsemble
    from experiments.ensembles.ensemble import Ensemble
    from experiments.studies.advice import Advice, Tradeoffs
    from experiments.studies.study import Study
    from experiments.studies.sweep import SweepResult
    from model.enumerations import Outcome
    from model.errors import ScenarioError
    from model.scenario import Scenario

    __version__: str

__all__ = [
    "Advice",
    "Assembly",
    "Comparison",
    "DecisionExplanation",
    "DesignEnsemble",
    "Ensemble",
    "Outcome",
    "PivotResult",
    "Scenario",
    "ScenarioError",
    "State",
    "Study",
    "SweepResult",
    "Tradeoffs",
    "__version__",
    "advise",
    "compare",
    "ensemble",
    "estimate",
    "load_scenario",
    "load_study",
    "parameters",
    "pivot",
    "run",
    "scenario_data",
    "scenarios",
    "studies",
    "sweep",
    "why",
]


def scenarios() -> list[str]:
    """Return the names of the built-in scenarios."""
    from model.loading import scenario_names

    return scenario_names()


def studies() -> list[str]:
    """Return the names of the built-in studies."""
    from experiments.studies.study import shipped_studies

    return shipped_studies()


def load_scenario(scenario: "ScenarioSource", set: Mapping[str, Any] | None = None) -> "Scenario":
    """Return a checked scenario, with changes applied. Raises ScenarioError with every error found."""
    from model.loading import load_scenario

    return load_scenario(scenario, set)


def scenario_data(scenario: "ScenarioSource") -> dict[str, Any]:
    """Return a scenario as plain data, to edit: tables are dicts, as in the TOML file. It is not checked."""
    from model.loading import scenario_data

    return scenario_data(scenario)


def load_study(study: str | Path | Mapping[str, Any]) -> "Study":
    """Return a checked study, by its name, the path of a TOML file, or plain data. Raises ScenarioError."""
    from experiments.studies.study import load_study

    return load_study(study)


def parameters(scenario: "ScenarioSource") -> "pd.DataFrame":
    """Return one row for each parameter of a scenario: its path, value, range, unit, meaning and source."""
    import pandas as pd

    from model.parameter_space import list_parameters

    return pd.DataFrame(list_parameters(load_scenario(scenario)))


def run(
    scenario: "ScenarioSource",
    seed: int = 1,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
) -> "Assembly":
    """Play one run to its end and return it.

    rounds: months to play; the scenario's own number by default. The result has `outcomes` (by negotiation),
    `outcome` (overall), `frame()`, `chronicle()` and `ledger`; `why` explains a decision of it. It is a Mesa model.
    """
    from agents.assembly import Assembly

    return Assembly(arguments.changed_scenario(scenario, set, rounds, seed), rng=seed).run()


def why(
    run: "Assembly",
    round: int,
    actor: str,
    act: str | None = None,
    counterpart: str | None = None,
    negotiation: str | None = None,
    levers: bool = True,
) -> "DecisionExplanation":
    """Explain why an actor of a run decided as it did, and find what would have changed the decision.

    act: the most telling decision of that actor in that round by default. levers: whether to search the nearest
    value of each lever that changes the decision, which takes some seconds.
    """
    from agents.assembly import Assembly
    from dashboards.cli.explanation import explain_run
    from model.errors import InputError, ScenarioError

    if not isinstance(run, Assembly):
        raise ScenarioError([InputError("run", run, "must be a run, as `detente.run` returns it")])
    arguments.check_integer("round", round, 1, run.round)
    for name, value in (("actor", actor), ("act", act), ("counterpart", counterpart), ("negotiation", negotiation)):
        if not isinstance(value, str) and (value is not None or name == "actor"):
            raise ScenarioError([InputError(name, value, "must be a name")])
    return explain_run(run, round, actor, act=act, counterpart=counterpart, negotiation=negotiation, levers=levers)


def pivot(
    scenario: "ScenarioSource",
    seed: int = 1,
    futures: int = 200,
    rounds: int | None = None,
    set: Mapping[str, Any] | None = None,
) -> "PivotResult":
    """Find the round of a run that changed the probability of a deal most, and the decisions that did so.

    futures: continuations simulated from each round. The result has `frame()` with the probability of each outcome by
    round, `turning_round`, and `decisions()`.
    """
    from experiments.counterfactuals.turning_points import pivot

    arguments.check_integer("futures", futures, 2, arguments.MAX_WORLDS)
    return pivot(arguments.changed_scenario(scenario, set, rounds, seed), seed, futures)


def sweep(
    study: "str | Path | Mapping[str, Any] | Study",
    folder: str | Path,
    points: int | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] = lambda done, failed: None,
) -> "SweepResult":
    """Play the points of a study that are not in the folder yet, and store the results there.

    points: the first points of the design only. progress is called with the numbers of points done and failed.
    The result has `frame()` with one row for each run, and `by_point()`.
    """
    from experiments.studies.sweep import sweep
    from model.errors import InputError, ScenarioError

    if not isinstance(folder, str | Path) or not str(folder) or Path(folder).is_file():
        raise ScenarioError([InputError("folder", folder, "must be the path of a folder")])
    if points is not None:
        arguments.check_integer("points", points, 1, arguments.MAX_WORLDS)
    if workers is not None:
        arguments.check_integer("workers", workers, 1, 1024)
    return sweep(study, folder, points, workers, progress=progress)


def __getattr__(name: str) -> Any:
    """Import a class on first access, so that `import detente` is quick."""
    match name:
        case "Assembly":
            from agents import assembly as module
        case "State":
            from agents import state as module
        case "DecisionExplanation":
            from dashboards.cli import explanation as module
        case "PivotResult":
            from experiments.counterfactuals import turning_points as module
        case "Comparison":
            from experiments.ensembles import compare as module
        case "DesignEnsemble":
            from experiments.ensembles import design_ensemble as module
        case "Ensemble":
            from experiments.ensembles import ensemble as module
        case "Advice" | "Tradeoffs":
            from experiments.studies import advice as module
        case "Study":
            from experiments.studies import study as module
        case "SweepResult":
            from experiments.studies import sweep as module
        case "Outcome":
            from model import enumerations as module
        case "ScenarioError":
            from model import errors as module
        case "Scenario":
            from model import scenario as module
        case "__version__":
            from model.version import VERSION

            return VERSION
        case _:
            raise AttributeError(f"module 'detente' has no attribute {name!r}")
    return getattr(module, name)


def __dir__() -> list[str]:
    return __all__
