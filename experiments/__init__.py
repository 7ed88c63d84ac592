"""The measuring wing: the compiled kernel, ensembles, counterfactuals, studies and what they say.

`from experiments import Study, load_study, sweep` is the way in for programs; each is imported when asked for.
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
