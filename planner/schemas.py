"""The JSON schemas of what the commands leave behind for programs: planner/NAME.schema.json."""

from __future__ import annotations

import json
from typing import Any

from planner.paths import PACKAGE

ENDING = ".schema.json"


def schema_names() -> tuple[str, ...]:
    """The records that have a schema: `run` for run.json, `compare` for compare.json …"""
    return tuple(sorted(path.name.removesuffix(ENDING) for path in PACKAGE.glob(f"*{ENDING}")))


def schema(name: str = "run") -> dict[str, Any]:
    """The JSON schema of NAME.json."""
    loaded: dict[str, Any] = json.loads((PACKAGE / f"{name}{ENDING}").read_text(encoding="utf-8"))
    return loaded
