"""The shares that limits have in one lack: the rents on its way, at several optimal duals.

Where the plan rests on more limits than it needs to, there are many optimal duals, and no one of them is the truth. So
each limit on the way is taken at the dual where it is worth least, and at the one where it is worth most (the ends of
`planner.plan.prices.marginal`). The share of a limit is its mean over those of these duals that differ on the way, so
that it does not matter how many limits lead to the same one; its range goes from the least to the largest of them. At
each of these duals the rents on the way add up to the weight of what is lacking, and a reduced cost: the way is dearer
where what is worth more takes it. Shares are parts of the rents, so they add up to 1.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.plan.attribution.ways import WayPart, WayParts
from planner.plan.prices.marginal import DualBase
from planner.solver.highs import Vector
from planner.solver.parametric.derivatives import DualChange
from planner.tolerances import NOISE, SAME

DualEnds = Mapping[tuple[int, bool], tuple[DualChange, bool]]  # see `Marginal.duals`


@dataclass(frozen=True, slots=True)
class LimitShare:
    """`part` of a lack, from `least` to `most`; `tried`: at both ends of each of its rows, or
    nothing else on the way can take any of it."""

    parts: tuple[WayPart, ...]
    part: float
    least: float
    most: float
    tried: bool


@dataclass(frozen=True)
class Duals:
    """The dual of the plan's basis, and the ends that are known; `costs`: levels × columns."""

    base: DualBase
    ends: DualEnds
    costs: Vector

    @cached_property
    def largest(self) -> Vector:
        """The largest cost of a column, by level."""
        largest: Vector = np.abs(self.costs).max(axis=1)
        return largest

    def shares(
        self, parts: WayParts, level: int, groups: Mapping[Hashable, Sequence[WayPart]], weight: float, rest: Hashable
    ) -> dict[Hashable, LimitShare]:
        """The share of each group of parts, without those that no dual gives one.

        `weight`: what all rents on the way add up to at least, at every dual. Where the groups take less, something
        before the way takes the rest: there the groups have smaller shares, which count for the range and not for the
        mean. `rest`: the group that takes no more than the others leave of the weight.
        """
        used = sorted((part for part in parts if part.is_row), key=lambda part: part.position)
        rows = np.array([part.position for part in used], dtype=np.intp)
        amounts = np.array([parts[part] for part in used])
        index_of = {part: at for at, part in enumerate(used)}
        rents, tried = self._rents(rows, amounts, level)
        columns = {
            group: ([index_of[part] for part in members if part.is_row], self._cost(parts, members, level))
            for group, members in groups.items()
        }
        takes = _taken(rents, columns, weight, rest)
        all_taken = _all_taken(takes, weight)
        if not len(all_taken):  # at the plan's own nothing before the way has a price
            takes = _taken(np.vstack([rents, self.base.row_duals[level, rows] * amounts]), columns, weight, rest)
            all_taken = _all_taken(takes, weight)
        if not len(all_taken):
            return {}
        all_rents = np.maximum(sum(takes.values()), weight)
        whole = sum(float(taken[all_taken].mean()) for taken in takes.values())
        shares = {}
        for group, taken in takes.items():
            ratios = (taken / np.where(all_rents > 0, all_rents, 1.0))[all_rents > 0]
            if ratios.max() > NOISE:
                is_tried = self._is_alone(parts, groups[group]) or bool(tried[columns[group][0]].all())
                part, least, most = float(taken[all_taken].mean()) / whole, float(ratios.min()), float(ratios.max())
                shares[group] = LimitShare(tuple(groups[group]), part, least, most, is_tried)
        return shares

    def _cost(self, parts: WayParts, members: Sequence[WayPart], level: int) -> float:
        """What the columns of a group cost at the level."""
        return float(sum(parts[part] * self.costs[level, part.position] for part in members if not part.is_row))

    def _is_alone(self, parts: WayParts, members: Sequence[WayPart]) -> bool:
        """Can nothing else on the way take any of it?"""
        return not any(self._may_take(part) for part in parts if part not in members)

    def _may_take(self, part: WayPart) -> bool:
        """May some optimal dual give it a rent?"""
        return not part.is_row or bool(self.base.tight[part.position])

    def _rents(self, rows: NDArray[np.intp], amounts: Vector, level: int) -> tuple[Vector, NDArray[np.bool_]]:
        """(duals × rows: what each row takes, at each dual that differs from the others; rows: is each known at both
        ends?)
        """
        tried = np.ones(len(rows), dtype=bool)
        ends = [(index, row, gives_way) for index, row in enumerate(rows.tolist()) for gives_way in (True, False)]
        usual = self.base.row_duals[level, rows]
        for index, row, gives_way in ends:
            tried[index] &= self.ends.get((row, gives_way), (None, usual[index] == 0 and gives_way))[1]
        changes = [self.ends.get((row, gives_way), (None, False))[0] for _, row, gives_way in ends] or [None]
        size = max(
            (float(np.abs(one).max(initial=0.0)) for one in self._taken(changes, rows, amounts, level)), default=0.0
        )
        distinct: dict[bytes, Vector] = {}
        for rents in self._taken(changes, rows, amounts, level):
            distinct.setdefault((np.round(rents / ((size or 1.0) * NOISE)) + 0.0).tobytes(), rents)  # −0 is 0
        return np.array(list(distinct.values())), tried

    def _taken(
        self, changes: Iterable[DualChange | None], rows: NDArray[np.intp], amounts: Vector, level: int
    ) -> Iterator[Vector]:
        """What each row takes at each of the duals that changes of the plan's own lead to; that of none once."""
        usual = self.base.row_duals[level, rows]
        has_usual = False
        for change in changes:
            if change is not None and len(change.rows):
                at = np.searchsorted(change.rows, rows)
                at[at == len(change.rows)] = 0
                same = change.rows[at] == rows
                duals = usual.copy()
                duals[same] += change.change[level, at[same]]
                yield duals * amounts
            elif not has_usual:
                has_usual = True
                yield usual * amounts


def _taken(
    rents: Vector, columns: Mapping[Hashable, tuple[list[int], float]], weight: float, rest: Hashable
) -> dict[Hashable, Vector]:
    """What each group takes at each dual; `columns`: its columns of `rents`, and what it costs beside them.

    `rest`: see `Duals.shares`.
    """
    takes = {group: np.maximum(rents[:, at].sum(axis=1) + cost, 0.0) for group, (at, cost) in columns.items()}
    if rest in takes:
        others = sum((amounts for group, amounts in takes.items() if group != rest), start=np.zeros(len(rents)))
        takes[rest] = np.minimum(takes[rest], np.maximum(weight - others, 0.0))
    return takes


def _all_taken(takes: Mapping[Hashable, Vector], weight: float) -> NDArray[np.intp]:
    """The duals at which the groups take all of the weight."""
    total = np.asarray(sum(takes.values()))
    return np.flatnonzero((total > 0) & (total >= weight * (1.0 - SAME)))
