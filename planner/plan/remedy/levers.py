"""Levers: figures of the input that may rise, by how much, at what price, and who decides.

A row of Remedies says it of what it names; without any row every such figure may rise, at default prices. They only
rank:

    money 1 per unit · capacity that an expansion can add: the cost of the cheapest · else per period of the figure, of
    a line or resource the mean unit cost of what is made there, of a route or handling the mean cost of a tonne on a
    route, of storage the holding cost of a tonne (1 where that is 0) · a consent next to nothing
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from statistics import fmean

from planner.catalogue import RESPONSE
from planner.domain.cells import Field
from planner.domain.instance import PlanningInstance
from planner.domain.rules import CHANGEABLE, Changeable
from planner.formulation.model.model import Model
from planner.formulation.model.origins import origins_of
from planner.plan.conflict.elastic import LIMIT, Stretch, stretches_of
from planner.solver.highs import Arrays
from planner.tolerances import NEXT_TO_NOTHING
from planner.workbook.instance.positions import ranges

MONEY, CAPACITY, THROUGHPUT, STORAGE, GIVEN, ACCESS, DATE, LEAD_TIME, SHARE = CHANGEABLE
# What each figure of the input is, by table and column.
KIND = {
    **dict.fromkeys((("Budgets", "amount"), ("Funds", "ceiling"), ("Tranches", "amount")), MONEY),
    **dict.fromkeys(
        (
            *(("Lines", "capacity"), ("Lines", "ramp"), ("Resources", "capacity"), ("Routes", "capacity_t")),
            *(("Routes", "capacity_m3"), ("RouteItems", "capacity"), ("Capacity", "quantity"), ("Expansions", "limit")),
        ),
        CAPACITY,
    ),
    ("Nodes", "throughput_t"): THROUGHPUT,
    **dict.fromkeys(
        (("Nodes", "storage_t"), ("Nodes", "storage_m3"), ("Nodes", "storage_neq"), ("NodeItems", "storage")), STORAGE
    ),
    ("Consents", "status"): GIVEN,
}
ALL = tuple(Changeable("", what) for what in (MONEY, CAPACITY, THROUGHPUT, STORAGE, GIVEN))
NO_COST = 1.0  # where the input has no cost to go by


@dataclass(frozen=True, slots=True)
class Lever:
    """A figure that may rise by `most`, at `price` per unit; `entries`: row → coefficient of a column that counts its
    rise.

    Some are no amounts in rows and have no entries (`planner.plan.remedy.discrete`): `falls`: the figure goes down by
    its rise; `becomes`: what the cell says instead, of a list.
    """

    name: str
    what: str
    field: Field
    value: float  # as the input has it; of a consent 0
    price: float
    most: float
    decides: str
    cells: str
    entries: Mapping[int, float]
    falls: bool = False
    becomes: str | None = None

    def after(self, rise: float) -> float | str:
        """The value of the cell after the rise."""
        if self.becomes is not None:
            return self.becomes
        return self.value + (-rise if self.falls else rise)


def levers(model: Model, lp: Arrays) -> list[Lever]:
    """Every figure of the model that may rise, in the order of its rows."""
    instance = model.instance
    prices = _DefaultPrices(instance)
    levers_of = []
    of_plan = {row for name, rows in model.rows.items() if not name.startswith(RESPONSE) for row in rows.values()}
    for stretch in stretches_of(model, lp, origins_of(model)):
        what = KIND.get((stretch.field.table, stretch.field.column))
        if what is None or stretch.side != LIMIT or not (stretch.is_linear or what == GIVEN):
            continue
        if _is_stored(instance, stretch.field):
            what = STORAGE
        owners = tuple(owners_of(instance, stretch.field))
        rule = rule_of(instance, what, stretch.field, owners)
        if rule is not None:
            levers_of.append(
                _lever(instance, what, stretch, rule, owners, prices, sum(row in of_plan for row, _ in stretch.rows))
            )
    return levers_of


def _lever(
    instance: PlanningInstance,
    what: str,
    stretch: Stretch,
    rule: Changeable,
    owners: tuple[str, ...],
    prices: _DefaultPrices,
    periods: int,
) -> Lever:
    field = stretch.field
    cells = instance.cells
    price = prices.of(what, field, periods) if rule.price is None else max(rule.price, NEXT_TO_NOTHING)
    return Lever(
        name=f"{what}: {field.table} {', '.join(str(value) for _, value in field.key)} {field.column}",
        what=what,
        field=field,
        value=stretch.value or 0.0,
        price=price,
        most=inf if rule.limit is None else rule.limit,
        decides=rule.decides or "; ".join(owners),
        cells=ranges(cells.of(field)) if cells is not None else "",
        entries={row: -gives for row, gives in stretch.rows},
    )


def rule_of(instance: PlanningInstance, what: str, field: Field, owners: tuple[str, ...]) -> Changeable | None:
    """The first row of Remedies that the figure is among."""
    named = {*field.names, *owners}
    for rule in instance.changeable or ALL:
        if rule.what == what and (rule.names is None or rule.names & named):
            return rule
    return None


def _is_stored(instance: PlanningInstance, field: Field) -> bool:
    """Is it a capacity of a node: what may be stored there?"""
    return field.table == "Capacity" and any(name in instance.nodes for name in field.names)


def owners_of(instance: PlanningInstance, field: Field) -> Iterator[str]:
    """The nation, or the contributor, whose a figure is."""
    key = dict(field.key)
    if "contributor" in key:
        yield str(key["contributor"])
    yield from (
        consent.nation for consent in instance.consents if field.table == "Consents" and consent.name in field.names
    )
    for name in field.names:
        thing = instance.expansions[name].object if name in instance.expansions else name
        node = instance.lines[thing].factory if thing in instance.lines else thing
        node = (instance.resources[thing].factory or "") if thing in instance.resources else node
        if node in instance.nodes and (nation := instance.nation_of(node)):
            yield nation


class _DefaultPrices:
    """Default prices, per unit that a figure rises by."""

    def __init__(self, instance: PlanningInstance) -> None:
        self._instance = instance
        self._tonne = _mean(leg.cost_per_t for leg in instance.legs.values())

    def of(self, what: str, field: Field, periods: int) -> float:
        if what == MONEY:
            return 1.0
        if what == GIVEN:
            return NEXT_TO_NOTHING
        instance, name = self._instance, str(field.key[0][1])
        bought = [one.cost for one in instance.expansions.values() if one.object == name and one.cost > 0]
        if bought:
            return min(bought)
        if name in instance.expansions:
            return instance.expansions[name].cost or NO_COST
        if what == STORAGE:
            node = instance.nodes.get(name)
            return (node.holding_cost if node else 0.0) * periods or NO_COST
        made = [line.unit_cost for line in instance.lines.values() if line.name == name or name in line.resources]
        return (_mean(made) if made else self._tonne) * periods


def _mean(costs: Iterator[float] | list[float]) -> float:
    known = [cost for cost in costs if cost > 0]
    return fmean(known) if known else NO_COST


def consent_of(field: Field) -> str | None:
    """The name of the consent that a figure belongs to."""
    return field.names[0] if field.table == "Consents" else None
