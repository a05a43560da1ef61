"""Which change of the input led to what: each group of tables changed alone, and all together.

The base is the last plan's input rolled to the present as if everything had gone to plan. Each group of tables is then
exchanged for that of the new rolled input, alone; so its effect is its own. Effects need not add up: where they do
not, changes make each other better or worse, and the rest is named so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from planner.errors import PlannerError, SolverStoppedError
from planner.options.cluster import crew
from planner.plan import SolveOptions
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import Plan
from planner.tolerances import NOISE
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput, RawTable

GROUPS: Mapping[str, tuple[str, ...]] = {
    "stocks, orders and reports": ("Stocks", "Orders", "Actuals"),
    "demand": ("Demand", "Commitments", "Targets", "Events", "Surge", "Contingencies"),
    "money": ("Budgets", "Tranches", "Funds", "Eligibility", "Currencies"),
    "production and transport": ("Items", "Nodes", "NodeItems", "Routes", "RouteItems", "Lines", "Resources",
                                 "ResourceUse", "Capacity", "Components", "Expansions", "Disruptions"),
    "rules": ("Settings", "Nations", "Policies", "Consents", "Locks"),
}  # fmt: skip


PATIENCE, LEAST_SECONDS = 3.0, 20.0
SAID_ONLY = frozenset({("key", "title"), ("key", "marking")})  # settings that no plan depends on


@dataclass(frozen=True)
class Effect:
    """What changing one group alone does: its tables that differ, and the level values that come of it.

    `values` is None where the group does not make sense without the others; `why` says so.
    """

    group: str
    tables: tuple[str, ...]
    values: Mapping[str, float] | None
    why: str = ""


@dataclass(frozen=True)
class Effects:
    """Level values of the base, of each changed group alone, and of the new plan."""

    base: Mapping[str, float]
    groups: Sequence[Effect]
    together: Mapping[str, float]


class _Group(NamedTuple):
    """Tables of a group that differ."""

    name: str
    tables: tuple[str, ...]


@dataclass
class _Base:
    """What was planned, solved, and the input that is new;
    all is to be done by `deadline` (seconds since the epoch).
    """

    bench: WarmStart
    values: Mapping[str, float]  # of what was planned
    planned: RawInput
    rolled: RawInput
    options: SolveOptions
    deadline: float


def effects_of(
    planned: RawInput,
    rolled: RawInput,
    plan: Plan,
    options: SolveOptions,
    tell: Callable[[str], None],
    workers: int = 1,
) -> Effects | None:
    """The effects; None where even what was planned has no plan now (its frozen part cannot be kept), or none in time.

    All these solves together take about PATIENCE times as long as that of the plan at most: a memo must not hold up the
    plan that it explains. Levels that were not reached by then are left out. `tell` hears what is asked next.
    `workers`: so many processes solve for groups side by side.
    """
    seconds = max(LEAST_SECONDS, PATIENCE * sum(plan.seconds.values()))
    deadline = time.time() + min(seconds, options.time_limit or seconds)
    reading = interpret(planned)
    if reading.instance is None:
        return None
    tell("as planned")
    try:
        bench = WarmStart(reading.instance, _until(deadline, options), priced=False)
    except PlannerError:
        return None
    groups = [_Group(name, tuple(t for t in tables if not _same(planned.table(t), rolled.table(t))))
              for name, tables in GROUPS.items()]  # fmt: skip
    groups = [group for group in groups if group.tables]
    base = _Base(bench, _values(bench.base_plan), planned, rolled, options, deadline)
    if groups:
        tell(f"with the new {groups[0].name} alone")
    following = iter(groups[1:])

    def tell_next(_: Effect) -> None:
        if (group := next(following, None)) is not None:
            tell(f"with the new {group.name} alone")

    with crew(workers) as work_all:
        effects = work_all(_alone, base, groups, tell_next)
    return Effects(base.values, effects, _values(plan))


def _until(deadline: float, options: SolveOptions) -> SolveOptions:
    return replace(options, time_limit=max(deadline - time.time(), 0.0))


def _alone(base: _Base, group: _Group) -> Effect:
    reading = interpret(exchanged(base.planned, base.rolled, group.tables))
    if reading.instance is None:
        return Effect(*group, None, f"makes no sense without the other changes ({reading.faults[0]})")
    base.bench.options = _until(base.deadline, base.options)
    try:
        values = _values(base.bench.solve_changed(reading.instance))
        return Effect(*group, {level: value for level, value in values.items() if level in base.values})
    except SolverStoppedError:
        return Effect(*group, None, "was not solved in the time that a memo may take")
    except PlannerError as problem:
        return Effect(*group, None, f"alone it has no plan ({problem})")


def exchanged(planned: RawInput, rolled: RawInput, names: Iterable[str]) -> RawInput:
    """`planned` with these tables as they are in `rolled`."""
    keys = {table.key for name in names for table in (planned.table(name), rolled.table(name)) if table}
    unchanged = [table for table in planned.tables if table.key not in keys]
    return replace(planned, tables=(*unchanged, *(table for table in rolled.tables if table.key in keys)))


def _same(one: RawTable | None, other: RawTable | None) -> bool:
    before, after = _rows(one), _rows(other)
    return len(before) == len(after) and all(
        len(row) == len(new)
        and all(a == b or (a[0] == b[0] and same_number(a[1], b[1])) for a, b in zip(row, new, strict=True))
        for row, new in zip(before, after, strict=True)
    )


def same_number(one: str, other: str) -> bool:
    """Are these cells the same number but for its last digits, as sums in another order have them?"""
    try:
        before, after = float(one), float(other)
    except ValueError:
        return False
    return abs(before - after) <= NOISE * max(1.0, abs(before), abs(after))


def _rows(table: RawTable | None) -> list[tuple[tuple[str, str], ...]]:
    """Rows as sets of filled cells under their column names, in order: blank columns make no difference."""
    if table is None:
        return []
    rows = [
        tuple(sorted((str(name), str(cell)) for name, cell in zip(table.header, row, strict=True) if cell is not None))
        for row in table.rows
    ]
    return [row for row in rows if not SAID_ONLY.intersection(row)]


def _values(plan: Plan) -> dict[str, float]:
    """The levels that were optimised."""
    done = [level for level in plan.levels if level.status != "not optimised"]
    return {level.name: level.value for level in done if level.value is not None}
