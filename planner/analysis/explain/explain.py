"""What a run folder says of one demand, and of all that it lacks."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from planner.analysis.explain.trace import Trace, demand_names, due_periods, trace
from planner.domain.cells import Field
from planner.domain.instance import PlanningInstance, Target
from planner.domain.titles import title_of
from planner.errors import PlannerError, UsageError
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.model.family import figure
from planner.report.data.held_back import Held, held_back, held_back_in_units
from planner.report.words.numbers import listing
from planner.report.words.reasons import reasons_text
from planner.run.recorded.load import SavedRun
from planner.tolerances import matters
from planner.workbook.instance.positions import ranges

# From where the goods are wanted back to the money: the order in which a chain of limits is listed.
MOST_DEMANDS = 10  # named where there is none of a name
CHAIN = (
    "task",
    "aims",
    "no way",
    "closed",
    "for others",
    "storage",
    "transport",
    "partners",
    "goods",
    "production",
    "rule",
    "cost",
    "money",
)


@dataclass(frozen=True)
class Price:
    """What one more unit of a demand costs at a level: `more`; what one less saves:
    `less` (None: not known, or no plan).
    """

    level: str
    title: str
    unit: str
    more: float | None
    less: float | None


@dataclass(frozen=True)
class DemandExplanation:
    """One demand of one due period.

    `asked`: the cells that ask for it; `held`: what holds back its shortfall, as a chain from the destination to the
    money; `weight`: what one more is worth; `instance`: the run's input, where it is at hand.
    """

    traced: Trace
    asked: str
    held: Sequence[Held]
    weight: float
    prices: Sequence[Price]
    instance: PlanningInstance | None = None


@dataclass(frozen=True)
class PlaceShortage:
    """What a place lacks of an item: units, counted in `unit` (blank: pieces, or items of several units), of how many
    wanted (nan: not known), and why.

    `contingency`: of what responses lack, all its strikes added up. Of a stock target the periods are added up too.
    """

    kind: str
    contingency: str
    place: str
    item: str
    units: float
    unit: str
    wanted: float
    amount: float
    why: str


@dataclass(frozen=True)
class AimShortage:
    """A level that lacks something: its value, and what holds it back, the largest part first."""

    title: str
    unit: str
    value: float
    attributed: float
    held: Sequence[Held]


def explain_demand(
    run: SavedRun, demand: str, due: str | None = None, instance: PlanningInstance | None = None
) -> list[DemandExplanation]:
    """The demand in each of its due periods (`due`: in one, as a label or a number).

    `instance`: the run's input, where it is at hand.

    Raises UsageError where the plan has no such demand.
    """
    dues = due_periods(run, demand)
    if not dues:
        raise UsageError(f"no demand of this plan is called {demand!r}{_nearest(demand, demand_names(run))}")
    wanted = [period for period in dues if due in (None, str(period), run.label(period))]
    if not wanted:
        raise UsageError(f"--due: found {due!r}; {demand!r} is due in {', '.join(map(run.label, dues))}")
    instance = instance or input_at_hand(run)
    supplies = () if instance is None else tuple(instance.supplies)
    return [_explained(run, instance, trace(run, demand, period, supplies)) for period in wanted]


def _nearest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    if close or not known:
        return f", did you mean {close[0]!r}?" if close else ": it has none"
    return f"; there are {listing(list(known), MOST_DEMANDS)}"


def input_at_hand(run: SavedRun) -> PlanningInstance | None:
    """The input, where it is still where it was, and as it was."""
    from planner.workbook import read

    path = Path(run.record.input.path)
    if path.exists():
        with contextlib.suppress(PlannerError):
            reading = read(path)
            if reading.instance is not None and reading.raw.sha256 == run.record.input.sha256:
                return reading.instance
    return None


def _explained(run: SavedRun, instance: PlanningInstance | None, traced: Trace) -> DemandExplanation:
    table = attribution(run)
    rows = table[(table["kind"] == "demand") & (table["name"] == traced.demand) & (table["due"] == traced.due)]
    held = sorted(held_back(rows, instance), key=lambda one: (_place(one), -one.part))
    weight = float(rows["weight"].iloc[0]) if len(rows) else 0.0
    return DemandExplanation(traced, _asked(instance, traced), held, weight, list(_prices(run, traced)), instance)


def _place(held: Held) -> int:
    return CHAIN.index(held.group) if held.group in CHAIN else len(CHAIN)


def _asked(instance: PlanningInstance | None, traced: Trace) -> str:
    if instance is None or instance.cells is None:
        return ""
    asked: Field = figure("Demand", "quantity", demand=traced.demand, period=traced.due - 1)
    return ranges(instance.cells.of(asked))


def _prices(run: SavedRun, traced: Trace) -> Iterator[Price]:
    """At every level at which one more, or one less, of the demand changes something."""
    table = run.tables["prices"]
    of_demand = table[
        (table["family"] == DEMAND_BALANCE.name) & (table["object"] == traced.demand) & (table["period"] == traced.due)
    ]
    titles = _titles(run)
    for row in of_demand.to_dict("records"):
        title, unit = titles.get(str(row["level"]), (str(row["level"]), run.currency))
        yield Price(str(row["level"]), title, unit, _known(row["price"]), _known(row["one_less"]))


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _titles(run: SavedRun) -> dict[str, tuple[str, str]]:
    objective = run.record.objective
    if not isinstance(objective, tuple):
        return {"weighted": ("Weighted objective", run.currency)}
    return {level.name: (level.title, level.unit) for level in objective}


def attribution(run: SavedRun) -> pd.DataFrame:
    """Table attribution of a run. Raises UsageError where it has none, as a run of an earlier version."""
    if "attribution" not in run.tables:
        raise UsageError(f"{run.folder} has no tables/attribution.csv; plan it again with this version")
    return run.tables["attribution"]


def aims(run: SavedRun, instance: PlanningInstance | None = None) -> list[AimShortage]:
    """The levels that lack something, in order; with the names of `instance` where it is given, else with codes."""
    table, objective = attribution(run), run.record.objective
    values = (
        {level.name: level.value for level in objective} if isinstance(objective, tuple) else {"weighted": objective}
    )
    shown_aims = []
    for level, (title, unit) in _titles(run).items():
        rows = table[table["level"] == level]
        if len(rows):
            shown_aims.append(
                AimShortage(title, unit, values[level] or 0.0, float(rows["amount"].sum()), held_back(rows, instance))
            )
    return shown_aims


def lacking(run: SavedRun, instance: PlanningInstance | None = None) -> list[PlaceShortage]:
    """What each place lacks of each item, what counts most in its aim first;
    with the names of `instance` where it is given.
    """
    table = attribution(run)
    wanted = pd.concat([run.tables[name] for name in ("deliveries", "shortfalls")])
    sums = wanted.groupby(["destination", "item"])["quantity"].sum().to_dict()
    shortages = []
    named = table.assign(place=table["destination"].where(table["destination"] != "", table["name"]))
    named["contingency"] = table["name"].where(table["strike"].notna(), "")
    for (kind, case, place, item), rows in named.groupby(["kind", "contingency", "place", "item"], sort=False):
        once = rows.drop_duplicates(["level", "name", "strike", "due"])
        units = float(once["quantity"].sum())
        if matters(units, 0.0):
            whole = float(sums.get((place, item), float("nan"))) if kind == "demand" else float("nan")
            why = reasons_text(held_back_in_units(rows, instance))
            amount = float(rows["amount"].sum())
            names = _titles_of(instance, str(case), str(place), str(item))
            unit = _unit(run, instance, str(kind), str(place), str(item))
            shortages.append(PlaceShortage(str(kind), *names, units, unit, whole, amount, why))
    return sorted(shortages, key=lambda one: -one.amount)


def _unit(run: SavedRun, instance: PlanningInstance | None, kind: str, place: str, item: str) -> str:
    """`1000 rounds`, of a stock target `1000 rounds × months`."""
    target = instance.targets.get(place) if instance is not None and not item else None
    units = {run.record.units.get(name, "") for name in ((item,) if item else target.items if target else ())}
    unit = units.pop() if len(units) == 1 else ""
    if kind != "target":
        return unit
    return " × ".join(part for part in (unit, f"{run.record.calendar.period_length}s") if part)


def _target_at(instance: PlanningInstance, target: Target) -> str:
    """`Target 2: Plain depot`; of several nodes the name of the target alone."""
    return ": ".join(
        [target.name, *(title_of(instance.nodes, node) for node in target.nodes if len(target.nodes) == 1)]
    )


def _titles_of(instance: PlanningInstance | None, case: str, place: str, item: str) -> tuple[str, str, str]:
    """Contingency, place and item by name.

    In place of a node a target stands there with its nodes, and a promise; each with its items.
    """
    if instance is None:
        return case, place, item
    target = instance.targets.get(place)
    items = (item,) if item else target.items if target else ()
    return (
        title_of(instance.contingencies, case),
        _target_at(instance, target)
        if target
        else "all its places"
        if place == case
        else title_of(instance.nodes, place),
        listing([title_of(instance.items, name) for name in items]),
    )
