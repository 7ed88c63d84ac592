"""The version of Detente, and of the model that it plays.

The rules of the model change only with the first two numbers of the version. What an earlier model made still opens,
and says so.
"""

from model.errors import make_printable

VERSION = "0.2.0"  # pyproject.toml reads it


def model_version(version: str) -> str:
    """Return the version of the model in a version of Detente: its first two numbers."""
    return ".".join(version.split(".")[:2])


def describe_other_model(made_with: str) -> str:
    """Return that a link, lesson or run was made with another model, by the version that made it; else empty."""
    if model_version(made_with) == model_version(VERSION):
        return ""
    made = make_printable(made_with, 20)
    return f"Made with the model of Detente {made}; this version plays it by other rules, so the run differs."
