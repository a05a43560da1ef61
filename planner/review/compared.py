"""Planned against made, shipped, delivered and paid, in every past period of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.replan.position.actuals import Actuals
from planner.replan.position.as_planned import as_planned
from planner.replan.replan import Start
from planner.tolerances import matters

KINDS = ("made", "shipped", "delivered", "paid")
COLUMNS = [
    "kind",
    "period",
    "nation",
    "commitment",
    "object",
    "party",
    "item",
    "planned",
    "actual",
    "difference",
    "unit",
]


Course = tuple[str, str, str, str]  # kind, object, party, item: what has an amount in each period
Courses = Mapping[Course, Mapping[str, float]]  # amounts by period, as people write it


@dataclass(frozen=True, slots=True)
class ComparedKey:
    """What is compared: of a kind, an object (line, leg, demand, fund), its contributor, an item,
    in a 0-based period.
    """

    kind: str
    object: str
    party: str
    item: str
    period: int

    @property
    def course(self) -> Course:
        """What it is a period of."""
        return self.kind, self.object, self.party, self.item


@dataclass(frozen=True)
class Compared:
    """`planned` and `actual` by key, over the periods `first` to `now` − 1 (0-based, of the workbook).

    What was not reported at all (a kind in a period) is in neither: `silent` has (kind, period). `plan` has all that
    the plan has in any period, up to `plan_ends`; `done` all that was reported before `now`, and `heard` the periods
    with a report, by kind.
    """

    instance: PlanningInstance
    first: int
    now: int
    planned: Mapping[ComparedKey, float]
    actual: Mapping[ComparedKey, float]
    silent: tuple[tuple[str, int], ...]
    plan: Courses
    plan_ends: str
    done: Courses
    heard: Mapping[str, Sequence[str]]

    @property
    def differences(self) -> dict[ComparedKey, float]:
        """Key → actual − planned in its unit, where that is more than arithmetic."""
        differences = {}
        for key in sorted({*self.planned, *self.actual}, key=lambda key: (key.period, key.kind, key.object, key.item)):
            planned, actual = self.planned.get(key, 0.0), self.actual.get(key, 0.0)
            if matters(abs(actual - planned), planned, actual):
                differences[key] = actual - planned
        return differences

    def nation(self, key: ComparedKey) -> str:
        """Whose it was to do: the line's nation, that of a route's origin, of a demand's destination;
        the contributor.
        """
        instance = self.instance
        if key.kind == "paid":
            return key.party
        place = {
            "made": lambda: instance.lines[key.object].factory,
            "shipped": lambda: instance.legs[key.object].origin,
            "delivered": lambda: next(d.destination for d in instance.demands if d.name == key.object),
        }[key.kind]()
        return instance.nodes[place].nation or ""

    def commitment(self, key: ComparedKey) -> str:
        """The commitment of a delivery; blank for anything else, or where it has none."""
        if key.kind != "delivered":
            return ""
        return next((d.commitment or "" for d in self.instance.demands if d.name == key.object), "")

    def unit(self, key: ComparedKey) -> str:
        """The unit of the item; of payments the currency."""
        return self.instance.items[key.item].unit if key.item else self.instance.settings.currency

    @property
    def table(self) -> pd.DataFrame:
        """Every key that was planned or done, in the order of periods."""
        keys = sorted(
            {*self.planned, *self.actual}, key=lambda key: (key.period, KINDS.index(key.kind), key.object, key.item)
        )
        return pd.DataFrame([self._row(key) for key in keys], columns=COLUMNS)

    def _row(self, key: ComparedKey) -> list[Any]:
        planned, actual = self.planned.get(key, 0.0), self.actual.get(key, 0.0)
        label = self.instance.horizon.label(key.period)
        return [key.kind, label, self.nation(key), self.commitment(key), key.object, key.party, key.item, planned, actual,
                actual - planned, self.unit(key)]  # fmt: skip


def compared(start: Start) -> Compared:
    """The plan's past beside the actuals. Raises UsageError where no period of it is past, or its input is gone."""
    first, now = max(start.last.start, 0), start.now.now
    if first >= now:
        raise UsageError(
            f"no period of {start.run.folder} is past: it begins in {start.instance.horizon.label(first)}, and what is "
            f"reported ends before {start.instance.horizon.label(now)}"
        )
    if start.before.instance is None:
        raise UsageError(f"{start.before.why}; expected it, as it says what was planned month by month")
    periods = start.before.instance.horizon.periods
    happened, shift = start.now.happened, start.last.start
    plan, done = _sums(start, as_planned(start.run, start.before.instance, periods), shift), _sums(start, happened, 0)
    heard = {kind: sorted(period for period in happened.reported(kind) if period < now) for kind in KINDS}
    label = start.instance.horizon.label
    silent = tuple((kind, period) for kind in KINDS for period in range(first, now) if period not in heard[kind])

    def past(table: Mapping[ComparedKey, float]) -> dict[ComparedKey, float]:
        return {
            key: amount for key, amount in table.items() if first <= key.period < now and key.period in heard[key.kind]
        }

    return Compared(
        start.instance,
        first,
        now,
        planned=past(plan),
        actual=past(done),
        silent=_worth_telling(silent, plan),
        plan=_courses(plan, label),
        plan_ends=label(shift + periods - 1),
        done=_courses(done, label),
        heard={kind: [label(period) for period in periods_heard] for kind, periods_heard in heard.items()},
    )


def _courses(table: Mapping[ComparedKey, float], label: Callable[[int], str]) -> Courses:
    courses: dict[Course, dict[str, float]] = defaultdict(dict)
    for key in sorted(table, key=lambda key: key.period):
        courses[key.course][label(key.period)] = table[key]
    return courses


def _worth_telling(
    silent: tuple[tuple[str, int], ...], planned: Mapping[ComparedKey, float]
) -> tuple[tuple[str, int], ...]:
    """Of what was not reported, that of which something was planned."""
    wanted = {(key.kind, key.period) for key, amount in planned.items() if matters(amount)}
    return tuple(one for one in silent if one in wanted)


def _sums(start: Start, happened: Actuals, shift: int) -> dict[ComparedKey, float]:
    sums: dict[ComparedKey, float] = defaultdict(float)
    for key, amount in _entries(start.instance, happened, shift):
        sums[key] += amount
    return sums


def _entries(instance: PlanningInstance, happened: Actuals, shift: int) -> Iterator[tuple[ComparedKey, float]]:
    """What the new workbook no longer has is left out: nobody can be asked for it."""
    for (line, period), amount in happened.made.items():
        if line in instance.lines:
            yield ComparedKey("made", line, "", instance.lines[line].item, period + shift), amount
    for (item, leg, period), amount in happened.shipped.items():
        if leg in instance.legs and item in instance.items:
            yield ComparedKey("shipped", leg, "", item, period + shift), amount
    items = {demand.name: demand.item for demand in instance.demands}
    for (demand, _, period), amount in happened.delivered.items():
        if demand in items:
            yield ComparedKey("delivered", demand, "", items[demand], period + shift), amount
    for (fund, contributor, _, _, period), amount in happened.paid.items():
        yield ComparedKey("paid", fund, contributor, "", period + shift), amount
