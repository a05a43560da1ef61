"""Departures from the previous plan, written down from the contract as plainly as they read."""

from __future__ import annotations

from collections import defaultdict

from plain.agreements import Decision
from plain.lp import PlainLp, Terms
from plain.world import Row, World, number

Activity = tuple[str, ...]  # make, line; or ship, route, origin, item


def departures(world: World, lp: PlainLp, decisions: list[Decision]) -> dict[str, Terms]:
    """The terms of the levels frozen_departure and nervousness;
    under the weighted objective what is frozen is fixed.
    """
    levels: dict[str, Terms] = {"frozen_departure": [], "nervousness": []}
    if not world.rows("Previous"):
        return levels
    before, done = _planned(world), _done(decisions)
    frozen = int(float(world.settings.get("frozen", 0)))
    weighed = 0.0
    for activity, period in sorted({*before, *done}):
        planned, terms = before[activity, period], done[activity, period]
        if period < frozen and world.settings["objective"] == "weighted":
            lp.row(terms, planned, planned)
            continue
        above, below = lp.variable(), lp.variable()
        lp.row([*terms, (above, -1.0), (below, 1.0)], planned, planned)
        item = str(world.lines[activity[1]]["item"]) if activity[0] == "make" else activity[3]
        worth = world.value(item) or 1.0
        levels["frozen_departure" if period < frozen else "nervousness"] += [(above, worth), (below, worth)]
        weighed += 0.0 if period < frozen else worth * planned
    if "departure_cap" in world.settings:
        lp.row(levels["nervousness"], upper=float(world.settings["departure_cap"]) * weighed)
    return levels


def _planned(world: World) -> dict[tuple[Activity, int], float]:
    planned: dict[tuple[Activity, int], float] = defaultdict(float)
    for row in world.rows("Previous"):
        planned[_activity(row), int(row["period"]) - 1] += number(row, "quantity")
    return planned


def _activity(row: Row) -> Activity:
    columns = ("kind", "line") if row["kind"] == "make" else ("kind", "route", "origin", "item")
    return tuple(str(row[column]) for column in columns)


def _done(decisions: list[Decision]) -> dict[tuple[Activity, int], Terms]:
    done: dict[tuple[Activity, int], Terms] = defaultdict(list)
    for decision in decisions:
        if decision.kind in {"make", "ship"}:
            activity = _activity({"kind": decision.kind, **decision.about})
            done[activity, decision.period].append((decision.variable, 1.0))
    return done
