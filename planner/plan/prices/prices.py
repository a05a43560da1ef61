"""Prices: what one more of a scarce thing would bring, and one less would cost, at each level, the levels in order.

A price is the improvement of the level's optimum per further unit of a limit or of stock, or its deterioration per
further unit that must be done (demand, targets, minimum rates), where all levels are optimised again in order. At a
degenerate optimum one more and one less are not worth the same: both are reported, and how far each holds at least.

Where the exact answer would take too much work the row is a bound: one more brings at most, one less costs at least the
price, at the first level at which it is not 0; later levels are left out. Nor are levels after the last for which the
basis of the plan proves all levels in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, nan

import numpy as np
import pandas as pd

from planner.domain.titles import object_title, title_of
from planner.formulation.families import FAMILIES
from planner.formulation.model.model import Model
from planner.numerals import numeral
from planner.plan.places import Places, level_unit
from planner.plan.plan import TABLE_COLUMNS
from planner.plan.prices.limits import PricedLimit, limits
from planner.plan.prices.marginal import Marginal, Side, Together
from planner.plan.prices.tolerant import tolerant_sides
from planner.solver.clock import TimeLeft
from planner.solver.highs import Basis, HighsSession, Vector
from planner.solver.lexicographic import SolvedLevel
from planner.tolerances import NOISE, ONE_PRICE

HEADLINES = 6  # limits that a re-solve confirms, at most
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Priced:
    """What one more and one less of a limit changes: slopes of the levels' optima (see `Side`)."""

    limit: PricedLimit
    more: Side
    less: Side
    confirmed: bool = False
    together: Together | None = None

    @property
    def exact(self) -> bool:
        """Are the slopes exact on both sides?"""
        return self.more.exact and self.less.exact

    def gains(self) -> Vector:
        """By level, per unit more: what is won, or of a task what is lost."""
        return -self.more.slopes if self.limit.helps else self.more.slopes

    def losses(self) -> Vector:
        """By level, per unit less: what is lost, or of a task what is won."""
        return self.less.slopes if self.limit.helps else -self.less.slopes

    @property
    def idle_at(self) -> int | None:
        """The first level at which one less costs something, where up to it one more alone brings nothing."""
        at = np.flatnonzero(np.isfinite(self.losses()) & (self.losses() != 0))
        return int(at[0]) if len(at) and not self.gains()[: at[0] + 1].any() else None


def prices(
    model: Model,
    session: HighsSession,
    levels: Sequence[SolvedLevel],
    start: Basis | None,
    time_left: TimeLeft | None = None,
    at_vertex: Callable[[Marginal], None] | None = None,
) -> pd.DataFrame:
    """The prices table: a row a limit and level at which one more or one less is worth something.

    `session`: the LP with all its rows, choices fixed. `start`: the basis that the plan was found with. Once
    `time_left` is over the rows are bounds, and none is confirmed. `at_vertex` gets the prices of the vertex, before
    anything is solved again.
    """
    with_costs = [level for level in levels if level.costs.any()]
    to_price = limits(model) if with_costs else []
    priced = _of_levels(model, session, with_costs, start, to_price, time_left, at_vertex)
    table = _Rows(model, with_costs, to_price)
    rows = [row for one in priced for row in table.of(one)]
    return pd.DataFrame(rows, columns=list(TABLE_COLUMNS["prices"]))


def _of_levels(
    model: Model,
    session: HighsSession,
    levels: Sequence[SolvedLevel],
    start: Basis | None,
    to_price: Sequence[PricedLimit],
    time_left: TimeLeft | None,
    at_vertex: Callable[[Marginal], None] | None,
) -> list[Priced]:
    if not levels:
        return []
    tolerance = model.instance.settings.level_tolerance
    if tolerance > 0 and len(levels) > 1 and start is not None:
        sides = tolerant_sides(session, levels, start, tolerance, to_price, model.catalogue.solver, time_left)
        if sides is not None:
            return [_without_less(Priced(limit, *pair)) for limit, pair in zip(to_price, sides, strict=True)]
        return _first_level(to_price, levels)
    named, values = [(level.name, level.costs) for level in levels], [level.value for level in levels]
    marginal = Marginal(session, named, start, values, time_left)
    if not marginal.proved:
        return _first_level(to_price, levels)
    priced = _all(marginal, to_price)
    if at_vertex is not None:
        at_vertex(marginal)
    return _headlines(marginal, priced)


def _without_less(one: Priced) -> Priced:
    """What is not there cannot be less."""
    return replace(one, less=Side(np.full(len(one.less.slopes), inf), 0.0, True)) if one.limit.is_empty else one


def _all(marginal: Marginal, to_price: Iterable[PricedLimit]) -> list[Priced]:
    """Every limit that the plan rests on: exact, the weightiest first, as long as the work lasts; then bounds."""
    resting = [limit for limit in to_price if marginal.rests_on(limit.step)]
    slopes = np.array([marginal.bounds(limit.step) for limit in resting]).reshape(len(resting), marginal.levels)
    sizes = np.array([min(abs(limit.rhs), 1e300) for limit in resting]).reshape(-1, 1)
    rents = np.abs(slopes) * sizes
    families = np.array([limit.family for limit in resting])
    shares = np.zeros(rents.shape)
    for family in dict.fromkeys(families.tolist()):  # of each the weightiest
        of_family = families == family
        shares[of_family] = rents[of_family] / np.maximum(rents[of_family].sum(axis=0), 1e-300)
    order = np.lexsort((np.arange(len(resting)), -np.abs(slopes).sum(axis=1), -shares.sum(axis=1)))
    priced = {int(index): _priced(marginal, resting[index], slopes[index]) for index in order}
    return [priced[index] for index in range(len(resting))]


def _priced(marginal: Marginal, limit: PricedLimit, slopes: Vector) -> Priced:
    if limit.relaxes and not slopes.any():  # more can only do good, and by a dual it does none
        more = Side(slopes, inf, True)
    elif marginal.spent:
        more = Side(slopes, 0.0, False)
    else:
        more = marginal.side(limit.step)
    if limit.relaxes and more.exact and not more.slopes.any():  # each level is convex: flat at first, flat for good
        more = replace(more, extent=inf)
    less = Side(-slopes, 0.0, False) if marginal.spent or limit.is_empty else marginal.side(limit.less)
    return _without_less(Priced(limit, more, less))


def _first_level(to_price: Iterable[PricedLimit], levels: Sequence[SolvedLevel]) -> list[Priced]:
    """Bounds by the duals of the first level alone, where no basis was proved optimal for all of them."""
    priced: list[Priced] = []
    for limit in to_price if levels else ():
        slopes = np.zeros(len(levels))
        slopes[0] = sum(levels[0].row_duals[row] * by for row, by in limit.step.items())
        priced.append(Priced(limit, Side(slopes, 0.0, False), Side(-slopes, 0.0, False)))
    return priced


# ── What a reader sees first ─────────────────────────────────────────────────────────────────────


def _headlines(marginal: Marginal, priced: list[Priced]) -> list[Priced]:
    """With what else the weightiest limits would bring something, and whether a re-solve confirms them."""
    chosen = _weightiest(priced, marginal.levels)
    movable = {row: one.limit.step for one in reversed(priced) if one.limit.relaxes for row in one.limit.step}
    movable |= {one.limit.row: one.limit.step for one in priced if one.limit.relaxes}
    result = list(priced)
    for index in chosen:
        one = result[index]
        level = one.idle_at
        if one.together is None and level is not None and not marginal.spent:
            _tell(result, index, marginal.together(one.limit.step, movable, level))
    questions = {index: list(_questions(result[index])) for index in chosen[:HEADLINES]}
    answers = iter(
        marginal.confirm([question for questions_of_limit in questions.values() for question in questions_of_limit])
    )
    for index, questions_of_limit in questions.items():
        confirmed = [next(answers) for _ in questions_of_limit]
        result[index] = replace(
            result[index], confirmed=bool(confirmed) and all(confirmed) and _can_be_asked(result[index])
        )
    return result


def _tell(priced: list[Priced], index: int, together: Together | None) -> None:
    """Note what a limit needs beside it, and of each of those that it needs this one:
    the same step the other way round.
    """
    if together is None:
        return
    priced[index] = replace(priced[index], together=together)
    step = priced[index].limit.step
    for other, one in enumerate(priced):
        by = together.others.get(one.limit.row, 0.0) if len(one.limit.step) == 1 == len(step) else 0.0
        if by and one.together is None and one.exact and one.idle_at is not None:
            size = one.limit.step[one.limit.row] / by
            beside = {row: entry for row, entry in {**together.others, **step}.items() if row != one.limit.row}
            others = {row: entry * size for row, entry in beside.items()}
            priced[other] = replace(one, together=Together(others, together.slopes * size))


def _weightiest(priced: Sequence[Priced], levels: int) -> list[int]:
    """Exact limits that bring or cost most in all, those of each level in turn."""
    weights = np.zeros((levels, len(priced)))
    for index, one in enumerate(priced):
        if one.exact and one.limit.relaxes:
            worth = np.maximum(one.gains(), np.where(np.isfinite(one.losses()), one.losses(), 0.0))
            weights[:, index] = worth * max(abs(one.limit.rhs), 1.0)
    order = np.argsort(-weights, axis=1, kind="stable")[:, :HEADLINES]
    turns = [(level, int(order[level, turn])) for turn in range(order.shape[1]) for level in range(levels)]
    return list(dict.fromkeys(index for level, index in turns if weights[level, index] > 0))


def _can_be_asked(one: Priced) -> bool:
    """Whether all that the price says can be tried: a side whose slope holds for no known distance cannot."""
    return all(side.extent > 0 for side in (one.more, one.less) if np.isfinite(side.slopes).all())


def _questions(one: Priced) -> Iterator[tuple[Mapping[int, float], float, Side]]:
    """What a re-solve is to confirm: as much more, and less, as the price holds for, at most all there is."""
    most = max(1.0, abs(one.limit.rhs) if isfinite(one.limit.rhs) else 1.0)
    for step, side in ((one.limit.step, one.more), (one.limit.less, one.less)):
        if side.extent > 0 and np.isfinite(side.slopes).all():
            yield step, min(side.extent, most), side


# ── Rows of the table ────────────────────────────────────────────────────────────────────────────


class _Rows:
    """The rows of the table, in the words of the input."""

    def __init__(self, model: Model, levels: Sequence[SolvedLevel], to_price: Iterable[PricedLimit]) -> None:
        self._model, self._places = model, Places(model)
        self._limit_of = {limit.row: limit for limit in to_price}
        self._names = [level.name for level in levels]
        self._least = np.array([NOISE * max(1.0, float(np.abs(level.costs).max())) for level in levels])
        self._units = [level_unit(model, name) for name in self._names]

    def of(self, one: Priced) -> Iterator[tuple[object, ...]]:
        """A row a level; of a bound the first only, as later ones may be anything."""
        limit = one.limit
        least = self._least[: len(one.more.slopes)] * abs(limit.step[limit.row])
        gains, losses = _without_noise(one.gains(), least), _without_noise(one.losses(), least)
        if not (np.isfinite(gains).all() or np.isfinite(losses).all()):
            return
        changed = np.flatnonzero((np.isfinite(gains) & (gains != 0)) | (np.isfinite(losses) & (losses != 0)))
        if not len(changed) and not np.isfinite(gains).all():  # no plan can do one more
            changed = np.array([0])
        place = self._places.of(limit.family, limit.key)
        for level in changed if one.exact else changed[:1]:
            gain, loss = float(gains[level]), float(losses[level])
            yield (
                *(limit.family, *place, self._names[level]),
                *(_or_blank(gain), f"{self._units[level]} {FAMILIES[limit.family].dual}"),
                *(_or_blank(loss), _or_blank(one.more.extent), _or_blank(one.less.extent)),
                YES if one.exact and isfinite(gain - loss) and abs(gain - loss) <= ONE_PRICE * abs(gain) else NO,
                YES if one.exact else NO,
                YES if one.confirmed else NO,
                *self._together(one, level),
            )

    def _together(self, one: Priced, level: int) -> tuple[str | None, float]:
        if one.together is None or one.together.slopes[level] >= 0:
            return None, nan
        others = "; ".join(self._more_of(row, by) for row, by in one.together.others.items())
        return others, -float(one.together.slopes[level])

    def _more_of(self, row: int, by: float) -> str:
        """`1 more of route capacity of Second road in 2026-01`"""
        limit, instance = self._limit_of[row], self._model.instance
        object_, item, period = self._places.of(limit.family, limit.key)
        title = self._model.catalogue.constraints[limit.family].title
        title = title[:1].lower() + title[1:]
        goods = f" for {title_of(instance.items, item)}" if item and item != object_ else ""
        when = "" if period is None else f" in {instance.horizon.label(period - 1)}"
        return f"{numeral(abs(by / limit.step[row]))} more of {title} of {object_title(instance, object_)}{goods}{when}"


def _without_noise(values: Vector, least: Vector) -> Vector:
    return np.where(np.abs(values) > least, values, 0.0)


def _or_blank(value: float) -> float:
    return value if isfinite(value) else nan
