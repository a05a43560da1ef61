"""An irreducible set of figures that cannot hold together, the identities given: a deletion filter on the elastic
program.

The stretches whose rows have a dual at the optimum prove that there is no plan (a Farkas certificate), so no other is
needed; where nations choose whether to take part, those of every choice (`ElasticChoice`). Of these each is set free in
turn: where there is still no plan, it is none of the set. That depends on the program alone, not on what a solver calls
an irreducible set.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.cells import Field
from planner.plan.conflict.elastic import Elastic, ElasticPoint
from planner.tolerances import NOISE

# Work that the filter may take, as pivots: some, and so many times those that the first solve took.
LEAST_PIVOTS, MOST_TIMES = 5_000, 1
MOST_SOLVES, MOST_LARGE_SOLVES = 400, 40


@dataclass(frozen=True)
class ConflictSet:
    """Figures that cannot all hold, and the rows through which they meet.

    `is_irreducible`: without any one of the figures the others can hold, and that is proved.
    """

    fields: tuple[Field, ...]
    rows: tuple[tuple[Field, int], ...]
    is_irreducible: bool


def conflicting(elastic: Elastic, first: ElasticPoint, group: Callable[[Field], Hashable]) -> ConflictSet:
    """A conflicting set; `first` is the elastic optimum at equal prices, of which something is stretched.

    `group`: figures of one kind, which are first tried together.
    """
    return _Filter(elastic, group, first).run()


class _Filter:
    def __init__(self, elastic: Elastic, group: Callable[[Field], Hashable], first: ElasticPoint) -> None:
        self._elastic, self._group = elastic, group
        self._fields = [stretch.field for stretch in elastic.stretches]
        self._left = LEAST_PIVOTS + MOST_TIMES * elastic.pivots
        self._began, self._most = elastic.solves, MOST_LARGE_SOLVES if elastic.is_large else MOST_SOLVES
        self._active = self._of(first.support)
        self._proof = first  # that these cannot hold together
        self._is_proved = True

    def run(self) -> ConflictSet:
        needed: set[Field] = set()
        groups: dict[Hashable, list[Field]] = {}
        for field in self._active:
            groups.setdefault(self._group(field), []).append(field)
        for fields in sorted(groups.values(), key=len, reverse=True):
            if not any(field in self._active for field in fields):
                continue
            if not self._drops(fields) and len(fields) == 1:
                needed.add(fields[0])
        for field in list(self._active):
            if field in self._active and field not in needed:
                self._drops([field])
        return ConflictSet(tuple(self._active), tuple(self._rows()), self._is_proved)

    def _rows(self) -> Iterator[tuple[Field, int]]:
        """The rows of the figures in the proof that they cannot hold together."""
        proof = self._proof
        for stretch, needed in zip(self._elastic.stretches, proof.support, strict=True):
            weigh = [abs(float(proof.duals[row])) * gives * stretch.scale for row, gives in stretch.rows]
            for (row, _), weight in zip(stretch.rows, weigh, strict=True):
                if needed and stretch.field in self._active and weight > NOISE:
                    yield stretch.field, row

    def _of(self, support: NDArray[np.bool_]) -> dict[Field, None]:
        """The figures of stretches, in order, each once."""
        return {self._fields[at]: None for at in np.flatnonzero(support)}

    def _drops(self, fields: list[Field]) -> bool:
        """Is there no plan without these figures either? Then they, and all else that this needs not, are dropped."""
        remaining = {field: None for field in self._active if field not in fields}
        prices = np.array([1.0 if field in remaining else 0.0 for field in self._fields])
        used_up = self._left <= 0 or self._elastic.solves - self._began >= self._most
        if used_up or self._elastic.allowance.left == 0:
            self._is_proved = False
            return False
        before = self._elastic.pivots
        point = self._elastic.prove(prices, "what conflicts", pivots=max(self._left, 1))
        self._left -= self._elastic.pivots - before
        if point is None:
            self._is_proved = False
            return False
        if point.total <= 0:
            return False
        members = self._of(point.support)
        self._active = {field: None for field in remaining if field in members}
        self._proof = point
        return True
