"""Changes that are no amounts in rows of the program: access, opening dates, lead times and shares.

Only rows of Remedies name them, as they have no price to go by. They change which columns or coefficients there are, so
that each is tried on a program of its own: every one by itself at its limit, and all of them together without those
that are not needed; with each the cheapest rises of the other levers. What is used of periods and shares is then as
little as does as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, inf

from planner.domain.cells import Field
from planner.domain.instance import PlanningInstance
from planner.plan.remedy.levers import ACCESS, DATE, LEAD_TIME, SHARE, Lever, owners_of, rule_of
from planner.tolerances import NEXT_TO_NOTHING
from planner.workbook.instance.positions import ranges

OPENS = {"Nodes": "node", "Lines": "line", "Routes": "route", "Funds": "fund"}  # table → its key column
LEAD_TIMES = {
    ("Routes", "route"): "lead_time",
    ("Lines", "line"): "order_lead_time",
    ("Expansions", "expansion"): "lead_time",
}
LISTS = {("Nodes", "node"): "access", ("Routes", "route"): "nations"}
# Shares that ask for at least so much (they fall), and those that allow at most so much.
LEAST = {("Funds", "fund"): ("content_min",), ("Nations", "nation"): ("contribution_min", "work_share_min")}
MOST = {("Funds", "fund"): ("cofinancing",), ("Nations", "nation"): ("contribution_max",)}
STEP = 0.01  # of shares
WHOLE = 1.0


def discrete_levers(instance: PlanningInstance) -> list[Lever]:
    """Everything of these kinds that Remedies names and that is there to be changed, in the order of the tables."""
    if instance.cells is None or not any(rule.what in (ACCESS, DATE, LEAD_TIME, SHARE) for rule in instance.changeable):
        return []
    return [*_accesses(instance), *_dates(instance), *_lead_times(instance), *_shares(instance)]


def steps_of(lever: Lever) -> int:
    """In how many steps it may be used: periods, hundredths of a share; an access is whole."""
    return 1 if lever.what == ACCESS else ceil(lever.most / step_of(lever))


def step_of(lever: Lever) -> float:
    """What one step changes, in the unit of the figure."""
    return STEP if lever.what == SHARE else WHOLE


def _accesses(instance: PlanningInstance) -> Iterator[Lever]:
    """Nodes and routes that are not for everybody, opened to all nations."""
    everybody = "; ".join(instance.nations)
    for (table, key), column in LISTS.items():
        for name in _names(instance, table):
            field = Field(table, ((key, name),), column)
            if _typed(instance, field):
                yield from _lever(instance, ACCESS, field, 0.0, WHOLE, becomes=everybody)


def _dates(instance: PlanningInstance) -> Iterator[Lever]:
    """What opens after the first period, opened earlier."""
    for table, key in OPENS.items():
        for name in _names(instance, table):
            field = Field(table, ((key, name),), "opens")
            opens = _typed(instance, field)
            if isinstance(opens, int) and 0 < opens < instance.horizon.periods:
                yield from _lever(instance, DATE, field, float(opens + 1), float(opens), falls=True)


def _lead_times(instance: PlanningInstance) -> Iterator[Lever]:
    for (table, key), column in LEAD_TIMES.items():
        for name in _names(instance, table):
            field = Field(table, ((key, name),), column)
            periods = _typed(instance, field)
            if isinstance(periods, int | float) and periods > 0:
                yield from _lever(instance, LEAD_TIME, field, float(periods), float(periods), falls=True)


def _shares(instance: PlanningInstance) -> Iterator[Lever]:
    for falls, kinds in ((True, LEAST), (False, MOST)):
        for (table, key), columns in kinds.items():
            for column in columns:
                for name in _names(instance, table):
                    yield from _share(instance, Field(table, ((key, name),), column), falls)
    for policy in instance.policies:
        if policy.share is not None:
            yield from _share(
                instance, Field("Policies", (("policy", policy.name),), "share"), policy.kind == "smallest_share"
            )


def _share(instance: PlanningInstance, field: Field, falls: bool) -> Iterator[Lever]:
    """A share that may fall to 0 or rise to 1."""
    value = _typed(instance, field)
    if isinstance(value, int | float):
        room = float(value) if falls else WHOLE - float(value)
        if room > 0:
            yield from _lever(instance, SHARE, field, float(value), room, falls=falls)


def _lever(
    instance: PlanningInstance,
    what: str,
    field: Field,
    value: float,
    most: float,
    *,
    falls: bool = False,
    becomes: str | None = None,
) -> Iterator[Lever]:
    """The lever of a field, where a row of Remedies names it."""
    owners = tuple(owners_of(instance, field))
    rule = rule_of(instance, what, field, owners)
    if rule is None or instance.cells is None:
        return
    limit = min(most, inf if rule.limit is None else rule.limit)
    if limit <= 0:
        return
    (name,) = field.names
    yield Lever(
        name=f"{what}: {field.table} {name} {field.column}",
        what=what,
        field=field,
        value=value,
        price=max(rule.price or 0.0, NEXT_TO_NOTHING),
        most=limit,
        decides=rule.decides or "; ".join(owners),
        cells=ranges(instance.cells.of(field)),
        entries={},
        falls=falls,
        becomes=becomes,
    )


def _names(instance: PlanningInstance, table: str) -> Iterator[str]:
    """The names in the key of a table."""
    routes = {leg.route: None for leg in instance.legs.values()}
    known: Mapping[str, Mapping[str, object]] = {
        "Nodes": instance.nodes, "Lines": instance.lines, "Routes": routes, "Funds": instance.funds,
        "Expansions": instance.expansions, "Nations": instance.nations,
    }  # fmt: skip
    yield from known[table]


def _typed(instance: PlanningInstance, field: Field) -> object:
    return instance.cells.typed(field) if instance.cells is not None else None
