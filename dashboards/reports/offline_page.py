"""Self-contained HTML pages: only their own scripts run, and they send no requests."""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TEMPLATE_FOLDER = Path(__file__).parent


def render_page(template: str, scripts: Sequence[str] = (), folder: Path = TEMPLATE_FOLDER, **texts: Any) -> str:
    """Render a template with escaped texts, its style sheet, its scripts and a policy that allows only these."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader((folder, TEMPLATE_FOLDER)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template(template)
    return page.render(**texts, style=read_asset("run.css"), scripts=scripts, policy=content_security_policy(scripts))


def read_asset(name: str) -> str:
    """Return the text of a script or a style sheet of the reports."""
    return (TEMPLATE_FOLDER / name).read_text("utf-8")


def content_security_policy(scripts: Sequence[str]) -> str:
    """Return a policy that allows these scripts, by their hashes, and no other."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes) or "'none'"
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"


def embedded_json(data: Any) -> str:
    """Return data as JSON that cannot close the enclosing script element."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
