"""compare.json: what a comparison says of itself. Its JSON schema is `planner/compare.schema.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.options.comparison import Comparison
from planner.options.outcome import Outcome
from planner.run.record import versions

Record = dict[str, Any]


def comparison_record(comparison: Comparison, about: Mapping[str, Any]) -> Record:
    """Everything that compare.json says; `about` is what only the run knows: input, model, started, seconds …"""
    return {
        "title": comparison.title,
        "marking": comparison.marking,
        "measure": comparison.measure.unit,
        "calendar": comparison.base.record["calendar"],
        "sweep": comparison.sweep,
        "best": best(comparison),
        "options": [_option(comparison, outcome) for outcome in comparison.outcomes],
        **about,
        "versions": versions(),
    }


def best(comparison: Comparison) -> list[Record]:
    """For each level, and for the fill rate: the best value and the options that reach it, among whom.

    At a level only those count (`among`) that are best at all levels before it: what costs less because it delivers less
    is not best at cost. At the fill rate those count that want as much as the base.
    """
    found = []
    for figure, title, unit in level_titles(comparison):
        names, among = comparison.best[figure]
        values = [value for name in names if (value := comparison.figure(name, figure)) is not None]
        if values:
            found.append(_entry(figure, title, unit, min(values), names, among))
    rates = {
        outcome.name: rate
        for outcome in comparison.solved
        if comparison.wants_as_much(outcome.name) and (rate := comparison.figure(outcome.name, "fill_rate")) is not None
    }
    if rates:
        top = max(rates.values())
        names = [name for name, rate in rates.items() if not comparison.differ(rate, top)]
        found.append(_entry("fill_rate", "Fill rate", "share", top, names, list(rates)))
    return found


def _entry(figure: str, title: str, unit: str, value: float, names: list[str], among: list[str]) -> Record:
    return {"figure": figure, "title": title, "unit": unit, "value": value, "options": names, "among": among}


def level_titles(comparison: Comparison) -> list[tuple[str, str, str]]:
    """(name, title, unit) of each objective level, in order."""
    found: dict[str, tuple[str, str, str]] = {}
    for outcome in comparison.solved:
        objective = outcome.record["objective"]
        if isinstance(objective, list):
            for level in objective:
                found.setdefault(level["name"], (level["name"], level["title"], level["unit"]))
        else:
            currency = str(outcome.record["calendar"]["currency"])
            found.setdefault("weighted", ("weighted", "Weighted objective", currency))
    return [found[name] for name in comparison.levels]


def _option(comparison: Comparison, outcome: Outcome) -> Record:
    record = outcome.record
    figures = comparison.tables["headline"]
    mine = figures[figures["option"] == outcome.name]
    return {
        "name": outcome.name,
        "description": outcome.option.description,
        "factor": outcome.option.factor,
        "status": record["status"],
        "message": record["message"],
        "conflict": record["conflict"],
        "rank": comparison.ranks.get(outcome.name),
        "objective": record["objective"],
        "verification": record["verification"],
        "not_enforced": record["not_enforced"],
        "cells_changed": len(comparison.edits.get(outcome.name, ())),
        "figures": {
            str(row["figure"]): {"value": row["value"], "difference": row["difference"]}
            for row in mine.to_dict("records")
        },
        "solved": outcome.how,
        "seconds": sum(record["seconds"].values()),
        "folder": "",
    }
