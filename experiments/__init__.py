"""Measured runs: the compiled kernel, ensembles, counterfactuals, studies, cases and validation.

Programs use `from experiments import Study, load_study, sweep`; each name is imported on first use.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.studies.study import Study, load_study
    from experiments.studies.sweep import sweep

__all__ = ["Study", "load_study", "sweep"]


def __getattr__(name: str) -> Any:
    if name == "sweep":
        from experiments.studies.sweep import sweep

        return sweep
    if name in __all__:
        from experiments.studies import study

        return getattr(study, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
