"""What really happened: the Actuals table, by kind, in the periods of the workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.errors import Fault, InputError, UsageError
from planner.replan.position.conflict import ReportConflict
from planner.workbook.instance.past import only_contributor
from planner.workbook.reading.periods import NEVER, show
from planner.workbook.reading.reader import TypedWorkbook

KINDS = ("made", "shipped", "delivered", "stock", "scrapped", "bought", "paid", "cancelled")
COLUMNS = ("period", "kind", "line", "route", "origin", "node", "item", "demand", "expansion", "fund", "contributor",
           "cost_type", "object", "quantity")  # fmt: skip


@dataclass(frozen=True)
class Actuals:
    """Sums of what was reported; periods are 0-based, all before `now`, the first period of the next plan."""

    now: int
    made: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (line, period) -> good units
    shipped: Mapping[tuple[str, str, int], float] = field(default_factory=dict)  # (item, leg, period) -> units
    delivered: Mapping[tuple[str, int | None, int], float] = field(
        default_factory=dict
    )  # (demand, due period where it is known, period) -> units
    counted: Mapping[tuple[str, str, int], float] = field(default_factory=dict)  # (item, node, period) -> units
    paid: Mapping[tuple[str, str, str, str, int], float] = field(
        default_factory=dict
    )  # (fund, contributor, cost type, object, period) -> money
    scrapped: Mapping[tuple[str, str, int], float] = field(default_factory=dict)  # (item, node, period) -> units
    bought: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (expansion, period) -> units of capacity
    conflicts: tuple[ReportConflict, ...] = ()  # rows of the sheet that contradict each other
    cancelled: Mapping[tuple[str, str, str, str, int], float] = field(
        default_factory=dict
    )  # (line, leg, node, item, period) -> units: with a line, under way on a leg, or on order for a node
    to_plan: bool = False  # everything is known to have gone to plan: nothing is late

    def reported(self, kind: str) -> set[int]:
        """The periods of which something of a kind was reported."""
        table: Mapping[tuple[object, ...], float] = getattr(self, "counted" if kind == "stock" else kind)
        return {int(str(key[-1])) for key in table}

    @property
    def silent(self) -> list[int]:
        """Past periods of which nothing at all was reported."""
        known = set().union(*(self.reported(kind) for kind in KINDS))
        return [period for period in range(self.now) if period not in known]


def read_actuals(book: TypedWorkbook, instance: PlanningInstance, now: int | None) -> Actuals:
    """The Actuals of a workbook without faults, from its start on: what is before that, the instance knows as past.

    `now` is by default the period after the last one reported.

    Raises UsageError where `now` is not inside the horizon; InputError where nothing is reported and `now` is not
    given, where a row lies in the future or leaves nothing to plan, and where a payment does not say whose.
    """
    table = enumerate(book["Actuals"].records(*COLUMNS))
    news = {record: row for record, row in table if row[0] is NEVER or row[0] >= 0}
    if now is None:
        now = _after_the_last(book, instance, [row[0] for row in news.values() if row[0] is not NEVER])
    if outside := _outside(now, instance):
        raise UsageError(f"--now: {outside}")
    faults: list[Fault] = []
    counts: dict[tuple[str, str, int], set[float]] = defaultdict(set)
    sums: dict[str, dict[Any, float]] = {kind: defaultdict(float) for kind in KINDS}
    for record, row in news.items():
        entry = dict(zip(COLUMNS, row, strict=True))
        if _is_faulty(book, record, entry, instance, now, faults):
            continue
        key = _key(instance, entry)
        if entry["kind"] == "stock":
            counts[key].add(entry["quantity"])
        else:
            sums[entry["kind"]][key] += entry["quantity"]
    if faults:
        raise InputError(faults)
    return Actuals(
        now,
        sums["made"],
        sums["shipped"],
        sums["delivered"],
        {place: min(quantities) for place, quantities in counts.items()},
        sums["paid"],
        sums["scrapped"],
        sums["bought"],
        tuple(_recounts(instance, counts)),
        sums["cancelled"],
    )


def _is_faulty(
    book: TypedWorkbook, record: int, entry: dict[str, Any], instance: PlanningInstance, now: int, faults: list[Fault]
) -> bool:
    """Lists what is wrong with a row; fills in the contributor of a fund that has only one."""
    if entry["period"] is NEVER or entry["period"] >= now:
        cell = show(book["Actuals"].cell(record, "period"))
        message = f"found {cell}; expected a period from {instance.horizon.span(0, now - 1)}"
        faults.append(_fault(book, record, "period", f"{message}, before the next plan's start"))
        return True
    if entry["kind"] == "paid" and entry["contributor"] is None:
        entry["contributor"] = only_contributor(instance.funds[entry["fund"]])
        if entry["contributor"] is None:
            message = f"is blank; {entry['fund']!r} has several contributors: expected the one that paid"
            faults.append(_fault(book, record, "contributor", message))
            return True
    return False


def _key(instance: PlanningInstance, entry: Mapping[str, Any]) -> Any:
    """What a row is about, as `Actuals` tells it."""
    period = entry["period"]
    match entry["kind"]:
        case "made":
            return entry["line"], period
        case "shipped":
            return entry["item"], _leg(instance, entry["route"], entry["origin"]), period
        case "delivered":
            return entry["demand"], None, period
        case "bought":
            return entry["expansion"], period
        case "cancelled":
            leg = _leg(instance, entry["route"], entry["origin"]) if entry["route"] else ""
            return entry["line"] or "", leg, entry["node"] or "", entry["item"] or "", period
        case "paid":
            return entry["fund"], entry["contributor"], entry["cost_type"] or "", entry["object"] or "", period
    return entry["item"], entry["node"], period


def _leg(instance: PlanningInstance, route: str, origin: str | None) -> str:
    """The leg of a route that starts at `origin`; blank: the direction as typed."""
    legs = [leg for leg in instance.legs.values() if leg.route == route]
    return next(leg.name for leg in legs if origin in (None, leg.origin))


def counted(instance: PlanningInstance, item: str, node: str, period: int) -> str:
    """Which stock was counted, by its names: `Winter kits at Forward depot, end of 2026-01`."""
    at = f"{title_of(instance.items, item)} at {title_of(instance.nodes, node)}"
    return f"{at}, end of {instance.horizon.label(period)}"


def _recounts(
    instance: PlanningInstance, counts: Mapping[tuple[str, str, int], set[float]]
) -> Iterator[ReportConflict]:
    """Counts of the same goods at the same time that differ: the lower one promises nothing that may not be there."""
    for (item, node, period), quantities in counts.items():
        if len(quantities) > 1:
            where = counted(instance, item, node, period)
            yield ReportConflict("stock", where, "was counted more than once", max(quantities), min(quantities),
                           instance.items[item].unit, "the lower count holds", period)  # fmt: skip


def _after_the_last(book: TypedWorkbook, instance: PlanningInstance, reported: list[int]) -> int:
    """The period after the last one reported. Raises InputError where there is none, or nothing left to plan."""
    if not reported:
        begins = f"nothing is reported since {instance.horizon.label(0)}, where the workbook starts"
        begins_at = begins if len(book["Actuals"]) else "the table is empty"
        raise InputError([Fault("Actuals", f"{begins_at}; expected what happened so far, or --now PERIOD")])
    now = max(reported) + 1
    if outside := _outside(now, instance):
        raise InputError([Fault("Actuals", outside)])
    return now


def _outside(now: int, instance: PlanningInstance) -> str:
    """What is wrong where the next plan would begin before its second or after its last period;
    blank where nothing is.
    """
    horizon = instance.horizon
    if 1 <= now < horizon.periods:
        return ""
    if horizon.periods == 1:
        return f"the workbook has one period, {horizon.label(0)}; expected several: a next plan begins after the first"
    window = f"a period from {horizon.label(1)} to {horizon.label(horizon.periods - 1)}"
    return f"the next plan would start in {horizon.label(now)}; expected {window}"


def _fault(book: TypedWorkbook, record: int, column: str, message: str) -> Fault:
    table = book["Actuals"]
    assert table.raw is not None
    place = table.place_of(record, column)
    return table.raw.fault(table.rows[record], 0 if place is None else place, message)
