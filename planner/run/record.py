"""What run.json says. Its JSON schema is `planner/run.schema.json`, and a part of the product."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from math import isfinite
from pathlib import Path
from typing import Any

from planner import __version__
from planner.catalogue import Catalogue
from planner.domain.instance import PlanningInstance
from planner.plan.plan import LevelResult, Plan
from planner.report.data.taking_part import taking_part
from planner.report.data.unserved import Unserved, unserved_sentences
from planner.run.comparable import units_of

Record = dict[str, Any]

# Everything whose version may change a number or a page.
_PACKAGES = (
    "highspy",
    "jinja2",
    "networkx",
    "numpy",
    "openpyxl",
    "pandas",
    "pulp",
    "python-calamine",
)


def empty_record(started: str, input_path: Path, options: Mapping[str, Any]) -> Record:
    """What is known before the input is read; every key that run.json always has, in its order."""
    return {
        "status": "error",
        "message": "",
        "title": "",
        "marking": "",
        "objective": None,
        "bound": None,
        "gap": None,
        "verification": "not verified",
        "verified": {},
        "not_enforced": [],
        "removed_by_events": [],
        "warnings": [],
        "conflict": [],
        "calendar": {},
        "units": {},
        "model": {},
        "input": {"file": input_path.name, "path": str(input_path.resolve()), "sha256": ""},
        "options": dict(options),
        "counts": {},
        "started": started,
        "seconds": {},
        "peak_memory_mb": {},
        "versions": versions(),
    }


def instance_entries(instance: PlanningInstance) -> Record:
    """What the input says about itself."""
    horizon = instance.horizon
    return {
        "title": instance.settings.title,
        "marking": instance.settings.marking,
        "removed_by_events": list(instance.removed_by_events),
        "calendar": {
            "start": horizon.start.isoformat(),
            "periods": horizon.periods,
            "period_length": horizon.period_length,
            "fiscal_years": list(horizon.fiscal_years),
            "labels": [horizon.label(period) for period in range(horizon.periods)],
            "currency": instance.settings.currency,
        },
        "units": units_of(instance),
    }


def model_entry(catalogue: Catalogue, kind: str = "LP") -> Record:
    return {
        "name": catalogue.name,
        "title": catalogue.title,
        "kind": kind,
        "families_off": [family.name for family in catalogue.switched_off],
    }


def level_entries(levels: Sequence[LevelResult]) -> Record:
    """`objective`, `bound` and `gap`: single numbers when weighted, else one entry per level in order.

    `gap` is the largest over the levels; null where one was not optimised, or its bound is not known.
    """
    gaps = [level.gap for level in levels if level.gap is not None]
    gap = max(gaps) if gaps and len(gaps) == len(levels) else None
    if [level.name for level in levels] == ["weighted"]:
        return {"objective": levels[0].value, "bound": levels[0].bound, "gap": gap}
    kept = ("level", "name", "title", "unit", "value", "bound", "gap", "status", "iterations", "seconds")
    entries = [{key: entry for key, entry in asdict(level).items() if key in kept} for level in levels]
    return {"objective": entries, "bound": [level.bound for level in levels], "gap": gap}


def plan_entries(plan: Plan) -> Record:
    """What a plan says: its levels, how many nations take part where a fund asks for some, what rules lack from the past."""
    procurement = [
        {
            "fund": found.fund.name,
            "nations_asked": found.fund.min_nations,
            "enforced": found.fund.min_nations_enforced,
            "nations_taking_part": len(found.nations),
            "nations": dict(found.nations),
            "paid": found.paid,
        }
        for found in taking_part(plan)
    ]
    lacks = [asdict(lack) for lack in plan.lacking]
    found = level_entries(plan.levels) | ({"common_procurement": procurement} if procurement else {})
    return found | ({"past_lack": lacks} if lacks else {})


def unserved_entry(plan: Plan, found: Unserved) -> Record:
    """Who gets nothing of what is wanted: names, and the same in sentences."""
    return {
        "destinations": list(found.destinations),
        "items": list(found.items),
        "periods": [plan.instance.horizon.label(period - 1) for period in found.periods],
        "partly": [{"destination": name, "items": list(items), "wanted": count} for name, items, count in found.partly],
        "sentences": unserved_sentences(found, plan.instance),
        "least_served": [],
    }


def verification_text(passed: bool, worst: str, not_enforced: Sequence[str]) -> str:
    if not passed:
        return f"failed: {worst}"
    count = len(not_enforced)
    return f"verified; {count} rule{'s' * (count != 1)} not enforced" if count else "verified"


def versions() -> dict[str, str]:
    """The version of everything that computes or draws; what is not installed is left out."""
    found = {"python": platform.python_version(), "planner": __version__}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def write_record(record: Mapping[str, Any], path: Path) -> None:
    """Write run.json. JSON knows no infinity and no NaN: they become null."""
    text = json.dumps(_plain(record), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_record(folder: Path) -> Record:
    loaded: Record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return loaded


def _plain(value: Any) -> Any:
    """`value` in JSON's own types; numpy numbers among them have `item()`."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(entry) for entry in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
