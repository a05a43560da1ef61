"""Plan stability: departures from the previous plan.

Index sets: activities a, the production of a line or the dispatch of an item on a leg, in a period t.
Variables: above_previous[a], below_previous[a] ≥ 0, units by which a departs from the previous plan; only
where that planned something: elsewhere a's own column is the departure.

A unit departed from weighs what a unit of the item is worth (1 where it has no value).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, figure
from planner.formulation.model.model import EQUAL, Key, Model, Terms, Variable

Activity = tuple[str, Key]  # make, (line, period); or ship, (item, leg, period)


def add_stability(model: Model) -> None:
    """Departures in the frozen periods come before everything else, those after them last of all.

    departure (a):       activity[a] − above_previous[a] + below_previous[a] = previous[a]
        dual of either sign: objective per further unit that was planned.
    departure_cap (plan): Σ_a after the frozen periods, value · departure[a] ≤ departure_cap · Σ_a value · previous[a]
        dual ≤ 0: objective per further unit of value that may change.

    Under the weighted objective, which has no such terms, frozen activities are fixed:
    frozen_plan (a):     activity[a] = previous[a]      dual of either sign.
    """
    instance = model.instance
    if not instance.previous:
        return
    weighed = not model.weighted or instance.settings.departure_cap is not None
    activities = _activities(model)
    planned = _planned(model)
    departures: Terms = []
    volume = 0.0
    for activity in dict.fromkeys([*activities, *planned]):
        terms, before = activities.get(activity, []), planned.get(activity, 0.0)
        frozen = activity[1][-1] < instance.settings.frozen
        if frozen and model.weighted:
            _fix(model, activity, terms, before)
            continue
        if not weighed:
            continue
        weight = _weight(model, activity)
        changed = [(variable, weight) for variable in _departure(model, activity, terms, before)]
        if frozen:
            model.objectives["frozen_departure"] += changed
        else:
            departures += changed
            volume += weight * before
    model.objectives["nervousness"] += departures
    if instance.settings.departure_cap is not None:
        model.limit("departure_cap", ("plan",), departures, instance.settings.departure_cap * volume, ("plan",))


def _activities(model: Model) -> dict[Activity, Terms]:
    """The columns of each activity; shipments are summed over expiry classes."""
    terms_of: dict[Activity, Terms] = defaultdict(list)
    for key, variable in model.columns["production"].items():
        terms_of["make", key].append((variable, 1.0))
    for (item, leg, period, _expires), variable in model.columns["shipment"].items():
        terms_of["ship", (item, leg, period)].append((variable, 1.0))
    return terms_of


def _planned(model: Model) -> dict[Activity, float]:
    previous = model.instance.previous
    makes = {("make", key): quantity for key, quantity in previous.production.items() if quantity}
    return makes | {("ship", key): quantity for key, quantity in previous.shipments.items() if quantity}


def _weight(model: Model, activity: Activity) -> float:
    """Value of a unit of what is made or dispatched."""
    kind, (what, *_) = activity
    item = model.instance.lines[what].item if kind == "make" else str(what)
    return model.instance.unit_values.get(item, 0.0) or 1.0


def _departure(model: Model, activity: Activity, terms: Terms, before: float) -> list[Variable]:
    """The columns whose sum is the departure of an activity."""
    if not before:
        return [variable for variable, _ in terms]
    above, below = (model.variable(f"{side}_previous", activity, _names(activity)) for side in ("above", "below"))
    model.row("departure", activity, [*terms, (above, -1.0), (below, 1.0)], EQUAL, before, _names(activity))
    return [above, below]


def _fix(model: Model, activity: Activity, terms: Terms, before: float) -> None:
    if model.enabled("frozen_plan") and (terms or before):
        model.row("frozen_plan", activity, terms, EQUAL, before, _names(activity))


def _names(activity: Activity) -> tuple[str | int, ...]:
    kind, key = activity
    return (kind, *key)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class ActivityIndex(NamedTuple):
    """An activity of the previous plan."""

    kind: str  # make or ship
    activity: Key  # (line, period), or (item, leg, period)


class PlanIndex(NamedTuple):
    """The previous plan, over all its activities."""

    plan: str


def _place(directory: Directory, row: ActivityIndex) -> Place:
    if row.kind == "make":
        line, period = row.activity
        return line, directory.instance.lines[line].item, period + 1
    item, leg, period = row.activity
    return leg, item, period + 1


def _plan_place(_: Directory, row: PlanIndex) -> Place:
    return row.plan, None, None


def _frozen_origins(model: Model, row: ActivityIndex) -> Iterator[Origin]:
    if row.kind == "make":
        line, period = row.activity
        planned = model.instance.previous.production.get((line, period))
        field = figure("Previous", "quantity", kind=row.kind, line=line, period=period)
    else:
        item, name, period = row.activity
        planned = model.instance.previous.shipments.get((item, name, period))
        leg = model.instance.legs[name]
        field = figure("Previous", "quantity", kind=row.kind, route=leg.route, origin=leg.origin, item=item,
                       period=period)  # fmt: skip
    yield Origin(field, planned or 0.0, 1.0)


def _cap_origins(model: Model, _: PlanIndex) -> Iterator[Origin]:
    yield Origin(figure("Settings", "value", key="departurecap"), model.instance.settings.departure_cap)


DEPARTURE = Family(
    name="departure",
    index=ActivityIndex,
    unit="units",
    dual="per unit planned before",
    sign=Sign.EITHER,
    kind=Kind.IDENTITY,
    place=_place,
    needed=lambda instance: bool(instance.previous),
)
DEPARTURE_CAP = Family(
    name="departure_cap",
    index=PlanIndex,
    unit="value",
    dual="per unit of value",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.RULE,
    place=_plan_place,
    origins=_cap_origins,
    needed=lambda instance: bool(instance.previous) and instance.settings.departure_cap is not None,
    words=Words(limit="the largest departure from the previous plan"),
)
FROZEN_PLAN = Family(
    name="frozen_plan",
    index=ActivityIndex,
    unit="units",
    dual="per unit planned before",
    sign=Sign.EITHER,
    kind=Kind.RULE,
    place=_place,
    origins=_frozen_origins,
    needed=lambda instance: bool(instance.previous) and instance.settings.frozen > 0,
    adds_up=True,
    words=Words(limit="the frozen plan at {object}", lacking="of the frozen plan at {object}"),
)
FAMILIES = (DEPARTURE, DEPARTURE_CAP, FROZEN_PLAN)
