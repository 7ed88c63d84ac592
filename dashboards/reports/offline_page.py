"""Pages that open offline: all they need is inside, only their own scripts run, and no request leaves."""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TEMPLATE_FOLDER = Path(__file__).parent


def render_page(template: str, scripts: Sequence[str] = (), folder: Path = TEMPLATE_FOLDER, **words: Any) -> str:
    """Render a template of a folder with every text escaped, its style, its scripts and the policy that allows them."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader((folder, TEMPLATE_FOLDER)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template(template)
    return page.render(**words, style=read_asset("run.css"), scripts=scripts, policy=content_security_policy(scripts))


def read_asset(name: str) -> str:
    """Return a script or a style sheet of the reports."""
    return (TEMPLATE_FOLDER / name).read_text("utf-8")


def content_security_policy(scripts: Sequence[str]) -> str:
    """Return the policy that allows these scripts and nothing else: any other has no such hash."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes) or "'none'"
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"


def embedded_json(plain: Any) -> str:
    """Write data as JSON that cannot end the script element that holds it."""
    text = json.dumps(plain, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
