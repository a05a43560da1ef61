"""What really happened: the Actuals table, by kind, in the periods of the workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.instance import PlanningInstance
from planner.errors import Fault, InputError
from planner.workbook.reader import TypedWorkbook

KINDS = ("made", "shipped", "delivered", "stock", "paid")


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
    """The Actuals of a workbook without faults. `now` is by default the period after the last one reported.

    Raises InputError where nothing is reported and `now` is not given, where a row lies in the future, where a
    payment does not say whose, and where `now` is not inside the horizon.
    """
    table = book["Actuals"]
    columns = ("period", "kind", "line", "route", "origin", "node", "item", "demand", "fund", "contributor",
               "cost_type", "object", "quantity")  # fmt: skip
    rows = list(table.records(*columns))
    if now is None:
        if not rows:
            raise InputError([Fault("Actuals", "the table is empty; expected what happened so far, or --now PERIOD")])
        now = max(row[0] for row in rows) + 1
    _require_inside(now, instance)
    faults = []
    sums: dict[str, dict[tuple[object, ...], float]] = {kind: defaultdict(float) for kind in KINDS}
    origins = {leg.route: leg.origin for leg in reversed(list(instance.legs.values()))}
    legs = {(leg.route, leg.origin): leg.name for leg in instance.legs.values()}
    for record, row in enumerate(rows):
        period, kind, line, route, origin, node, item, demand, fund, contributor, cost_type, thing, quantity = row
        if not 0 <= period < now:
            message = f"found {table.cell(record, 'period')}, which is not between the start and the next plan's start"
            faults.append(_fault(book, record, "period", message))
            continue
        if kind == "paid" and contributor is None:
            contributor = _only_contributor(instance, fund)
            if contributor is None:
                message = f"is blank; {fund!r} has several contributors: expected the one that paid"
                faults.append(_fault(book, record, "contributor", message))
                continue
        key: tuple[object, ...] = {
            "made": (line, period),
            "shipped": (item, legs.get((route, origin or origins.get(route, "")), ""), period),
            "delivered": (demand, None, period),
            "stock": (item, node, period),
            "paid": (fund, contributor, cost_type or "", thing or "", period),
        }[kind]
        sums[kind][key] += quantity
    if faults:
        raise InputError(faults)
    return Actuals(now, sums["made"], sums["shipped"], sums["delivered"], sums["stock"], sums["paid"])  # type: ignore[arg-type]


def _require_inside(now: int, instance: PlanningInstance) -> None:
    horizon = instance.horizon
    if not 1 <= now < horizon.periods:
        window = f"{horizon.label(1)} to {horizon.label(horizon.periods - 1)}"
        raise InputError([Fault("Actuals", f"the next plan would start in {horizon.label(now)}; expected {window}")])


def _only_contributor(instance: PlanningInstance, fund: str) -> str | None:
    names = {budget.contributor for budget in instance.funds[fund].budgets} or {fund}
    return next(iter(names)) if len(names) == 1 else None


def _fault(book: TypedWorkbook, record: int, column: str, message: str) -> Fault:
    table = book["Actuals"]
    assert table.raw is not None
    place = table.place_of(record, column)
    return table.raw.fault(table.rows[record], 0 if place is None else place, message)
