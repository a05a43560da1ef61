"""The least change of the input that makes a plan possible: limits raised, or less asked for;
and what of each is lacking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, floor, log10

import numpy as np

from planner.domain.cells import Field
from planner.domain.coverage import demand_by_item, wanted_stock
from planner.formulation.families import FAMILIES
from planner.formulation.goods.targets import DAYS_OF_SUPPLY
from planner.formulation.model.family import Share
from planner.formulation.model.model import Model
from planner.plan.conflict.elastic import ASK, LIMIT, Elastic, ElasticPoint, Stretch, with_columns
from planner.solver.highs import Arrays, HighsSession, Vector
from planner.tolerances import NOISE, SAME

# How much dearer it is, beside a limit that is raised or a demand that is lowered, to have more goods than there are,
# and to open what is closed.
GOODS, CLOSED = 10.0, 3.0
# Digits of a new figure, and fewer, with room beside them (`SAME`), where those do not do.
DIGITS, FEWER_DIGITS = 9, 6


Holds = Callable[[Mapping[Field, float], Vector], bool]


@dataclass(frozen=True, slots=True)
class NewFigure:
    """A figure of the input with what it would be. `lacking`: by row, in the row's unit; `amount`: in the figure's."""

    stretch: Stretch
    before: float
    after: float
    lacking: tuple[tuple[int, float], ...]

    @property
    def field(self) -> Field:
        """The cell, or cells, of the input that state the figure."""
        return self.stretch.field

    @property
    def amount(self) -> float:
        """By how much the figure changes, in its own unit."""
        return abs(self.after - self.before)


@dataclass(frozen=True)
class LeastChange:
    """Figures that together make a plan possible. `sides`: what of them is changed, limits or what is asked."""

    sides: frozenset[str]
    figures: tuple[NewFigure, ...]
    is_rough: bool = False  # what is lacking is that of one plan, and may be less in another
    is_least: bool = True

    @property
    def values(self) -> dict[Field, float]:
        """Field → its new value."""
        return {figure.field: figure.after for figure in self.figures}


def least_change(model: Model, elastic: Elastic, sides: frozenset[str], holds: Holds) -> LeastChange | None:
    """The least change on these sides, relative to what each figure is; None where there is none.

    `holds`: does the input with these figures have a plan, perhaps this one? What does not pass is no change.
    """
    allowed = np.array([_can_be_typed(model, stretch, sides) for stretch in elastic.stretches])
    prices = np.array([_price(stretch) for stretch in elastic.stretches])
    money = elastic.is_money
    # Most often money is not what is lacking, and without its rows the program is easy.
    for free in [money, np.zeros_like(money)] if money.any() else [money]:
        elastic.allow(allowed | free)
        point = elastic.solve(np.where(free, 0.0, prices), "the least change")
        if point is not None and point.total > 0:
            moved: list[int] = np.flatnonzero((point.stretched > NOISE) & ~free).tolist()
            change = _as_typed(model, elastic, sides, point, moved, holds)
            if change is not None:
                return change
    return None


def change_at(model: Model, elastic: Elastic, point: ElasticPoint, holds: Holds) -> LeastChange | None:
    """What is stretched at a point, as a change that need not be the least; None where it makes no plan possible."""
    sides = frozenset({LIMIT, ASK})
    moved: list[int] = np.flatnonzero(point.stretched > NOISE).tolist()
    if not all(_can_be_typed(model, elastic.stretches[at], sides) for at in moved):
        return None
    change = _as_typed(model, elastic, sides, point, moved, holds)
    return None if change is None else replace(change, is_least=False)


def _as_typed(
    model: Model,
    elastic: Elastic,
    sides: frozenset[str],
    point: ElasticPoint,
    moved: list[int],
    holds: Holds,
) -> LeastChange | None:
    """The change as numbers that can be typed, if with these there is a plan."""
    stretches = elastic.stretches
    if elastic.is_large:
        lacking = _lacking_there(model, elastic.lp, stretches, moved, point)
    else:
        lacking = _lacking(model, elastic.lp, stretches, moved, point, elastic.allowance.time_limit)
    ways = ((DIGITS, 0.0), (FEWER_DIGITS, SAME))
    for digits, room in ways[1:] if elastic.is_large else ways:
        figures = []
        for at in moved:
            stretch = stretches[at]
            exact = _needed(model, elastic.lp, stretch, point, at)
            after = _outward(exact, stretch, digits, room)
            figures.append(NewFigure(stretch, stretch.value or 0.0, after, tuple(lacking[at])))
        change = LeastChange(sides, tuple(figures), elastic.is_large)
        if holds(change.values, point.plan):
            return change
    return None


def _price(stretch: Stretch) -> float:
    if stretch.field.table == "Stocks":
        return GOODS
    return 1.0 if stretch.value else CLOSED


def _can_be_typed(model: Model, stretch: Stretch, sides: frozenset[str]) -> bool:
    """May the figure be changed, and is it known to which number?"""
    if stretch.side not in sides or (stretch.field.table == "Stocks" and stretch.side == ASK):
        return False
    if stretch.is_linear:
        return True
    family = _family(model, stretch)
    return (
        FAMILIES[family].share in (Share.INCLUDED, Share.APART)
        and bool(stretch.value)
        and not _counts_the_past(model, family)
    )


def _family(model: Model, stretch: Stretch) -> str:
    rows = {row for row, _ in stretch.rows}
    return next(family for family, keys in model.rows.items() if not rows.isdisjoint(keys.values()))


def _counts_the_past(model: Model, family: str) -> bool:
    return any(rule is FAMILIES[family].counted for rule, _ in model.history_slacks)


def _needed(model: Model, lp: Arrays, stretch: Stretch, point: ElasticPoint, at: int) -> float:
    """What the figure must be for the point to be a plan."""
    value, moved = stretch.value or 0.0, float(point.stretched[at]) * stretch.scale
    sign = 1.0 if stretch.side == LIMIT else -1.0
    if stretch.field.column == "min_rate":
        # A rate that ramp or capacity holds lower already is due as long as it is below the new one.
        short = {row: float(lp.row_lower[row]) - activity(lp, row, point.plan) for row, _ in stretch.rows}
        return min(float(lp.row_lower[row]) - lack for row, lack in short.items() if lack > 0)
    if stretch.field.column == "days_of_supply":
        return _days(model, lp, stretch, point)
    if stretch.is_linear:
        return max(value + sign * moved, 0.0)
    ratios = [
        _ratio(lp, row, value, point.plan, FAMILIES[_family(model, stretch)].share is Share.INCLUDED)
        for row, _ in stretch.rows
    ]
    return max([value, *ratios]) if stretch.side == LIMIT else min([value, *ratios])


def _ratio(lp: Arrays, row: int, share: float, plan: Vector, of_the_whole: bool) -> float:
    """part ÷ whole of a row Σ part − share · whole; where `of_the_whole`, the part's columns count in the whole."""
    inside = slice(lp.start[row], lp.start[row + 1])
    weights, values = lp.value[inside], plan[lp.index[inside]]
    if of_the_whole:
        part, whole = float(((weights + share) * values).sum()), float(values.sum())
    else:
        part = float((weights * values)[weights > 0].sum())
        whole = -float((weights * values)[weights < 0].sum()) / share
    return part / whole if whole > NOISE else share


def _days(model: Model, lp: Arrays, stretch: Stretch, point: ElasticPoint) -> float:
    """The most days of supply that are covered in all rows, by bisection: what is wanted rises with the days."""
    demand, length = demand_by_item(model.instance), model.instance.horizon.days_per_period
    held = {row: activity(lp, row, point.plan) for row, _ in stretch.rows}
    places = {row: key for key, row in model.rows[DAYS_OF_SUPPLY.name].items() if row in held}

    def covered(days: float) -> bool:
        return all(wanted_stock(demand[item], period, days, length) <= held[row] * (1 + NOISE) + NOISE
                   for row, (_, item, period) in places.items())  # fmt: skip

    low, high = 0.0, stretch.value or 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if covered(middle) else (low, middle)
    return low


def activity(lp: Arrays, row: int, plan: Vector) -> float:
    """The activity of a row: Σ coefficient × value of the column."""
    inside = slice(lp.start[row], lp.start[row + 1])
    return float((lp.value[inside] * plan[lp.index[inside]]).sum())


def _outward(exact: float, stretch: Stretch, digits: int, room: float) -> float:
    """The nearest number of so many digits that gives at least as much."""
    up = stretch.side == LIMIT
    exact *= 1.0 + room if up else 1.0 - room
    if exact <= NOISE * max(1.0, stretch.scale):
        return 0.0
    step = 10.0 ** (floor(log10(exact)) - digits + 1)
    inward = exact * (1 - NOISE / 10) if up else exact * (1 + NOISE / 10)
    steps = ceil(inward / step) if up else floor(inward / step)
    rounded = float(f"{steps * step:.{digits - 1}e}")
    return min(rounded, 1.0) if up and not stretch.is_linear else rounded


def _lacking(
    model: Model,
    lp: Arrays,
    stretches: list[Stretch],
    moved: list[int],
    point: ElasticPoint,
    time_limit: float | None,
) -> dict[int, list[tuple[int, float]]]:
    """By stretch: how much is lacking in each of its rows, in all as little as those figures allow.

    A figure of many periods (a line's capacity) is needed in full in some of them only.
    """
    entries: list[tuple[int, int, float, float]] = []  # stretch, row, entry, the most
    lacks_of: dict[int, list[tuple[int, float]]] = {at: [] for at in moved} | _lacking_in_one_row(
        model, stretches, moved, point
    )
    for at in [at for at in moved if not lacks_of[at]]:
        stretch = stretches[at]
        whole = float(point.stretched[at]) * stretch.scale
        sign = 1.0 if stretch.side == ASK else -1.0
        entries += [(at, row, sign, whole * gives) for row, gives in stretch.rows]
    if not entries:
        return lacks_of
    fixed = [at for at in moved if lacks_of[at]]
    columns = [[(row, sign)] for _, row, sign, _ in entries]
    columns += [[(row, (1.0 if stretches[at].side == ASK else -1.0) * gives * stretches[at].scale)
                 for row, gives in stretches[at].rows] for at in fixed]  # fmt: skip
    session = HighsSession(with_columns(lp, columns), model.catalogue.solver)
    session.set_column_bounds(lp.binary, point.plan[lp.binary], point.plan[lp.binary])
    added = lp.columns + np.arange(len(columns))
    most = np.array([*(most * (1 + NOISE) for *_, most in entries), *(point.stretched[at] for at in fixed)])
    session.set_column_bounds(added, np.zeros(len(added)), most)
    prices = [1.0 / stretches[at].scale for at, *_ in entries]
    session.set_costs(np.array([*[0.0] * lp.columns, *prices, *[0.0] * len(fixed)]))
    outcome = session.solve("what is lacking", time_limit)
    for (at, row, _, most_), value in zip(entries, _values(outcome.values, lp, entries), strict=True):
        lack = most_ if value is None else value
        if lack > NOISE * max(1.0, stretches[at].scale):
            lacks_of[at].append((row, lack))
    return lacks_of


def _lacking_in_one_row(
    model: Model, stretches: list[Stretch], moved: list[int], point: ElasticPoint
) -> dict[int, list[tuple[int, float]]]:
    """By stretch: how much is lacking, of those that have one row, or whose rows all lack the same."""
    families = {row: family for family, keys in model.rows.items() for row in keys.values()}
    lacks_of: dict[int, list[tuple[int, float]]] = {}
    for at in moved:
        (row, gives), *others = stretches[at].rows
        if not others or not FAMILIES[families[row]].adds_up:
            lacks_of[at] = [(row, float(point.stretched[at]) * stretches[at].scale * gives)]
    return lacks_of


def _lacking_there(
    model: Model, lp: Arrays, stretches: list[Stretch], moved: list[int], point: ElasticPoint
) -> dict[int, list[tuple[int, float]]]:
    """By stretch: how much is lacking in each of its rows for this very plan."""
    lacks_of = _lacking_in_one_row(model, stretches, moved, point)
    for at in [at for at in moved if at not in lacks_of]:
        stretch = stretches[at]
        reached = {row: activity(lp, row, point.plan) for row, _ in stretch.rows}
        over = {row: (lp.row_lower[row] - size if stretch.side == ASK else size - lp.row_upper[row])
                for row, size in reached.items()}  # fmt: skip
        lacks_of[at] = [(row, float(size)) for row, size in over.items() if size > NOISE * max(1.0, stretch.scale)]
    return {at: lacks_of[at] for at in moved}


def _values(values: Vector, lp: Arrays, entries: list[tuple[int, int, float, float]]) -> Iterator[float | None]:
    if not len(values):
        return iter([None] * len(entries))
    return iter(values[lp.columns : lp.columns + len(entries)].tolist())
