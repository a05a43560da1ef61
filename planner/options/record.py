"""compare.json: what a comparison says of itself. Its JSON schema is `planner/compare.schema.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.options.comparison import Comparison, nearly
from planner.options.outcome import Outcome
from planner.run.record import versions
from planner.solve.idle import NOT_DELIVERIES

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
    """For each level, and for the fill rate: the best value and the options that reach it.

    What costs less because it delivers less is not called best: at the levels that are no deliveries only options
    count (`among`) that are no worse than the base at every delivery.
    """
    table = comparison.tables["headline"]
    levels = [name for name, *_ in level_titles(comparison)]
    deliveries = [name for name in levels if name not in NOT_DELIVERIES]
    found = []
    for figure, rows in table[table["figure"].isin([*levels, "fill_rate"])].groupby("figure", sort=False):
        values = rows.dropna(subset=["value"])
        if figure in NOT_DELIVERIES:
            values = values[[comparison.delivers_as_much(str(o), deliveries) for o in values["option"]]]
        if not len(values):
            continue
        top = values["value"].max() if values["better"].iloc[0] == "more" else values["value"].min()
        names = [str(o) for o, value in zip(values["option"], values["value"], strict=True) if nearly(value, top)]
        first = values.iloc[0]
        found.append(
            {
                "figure": str(figure),
                "title": str(first["title"]),
                "unit": str(first["unit"]),
                "value": float(top),
                "options": names,
                "among": [str(option) for option in values["option"]],
            }
        )
    return found


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
