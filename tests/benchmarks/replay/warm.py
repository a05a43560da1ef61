"""Is a re-optimisation faster from the last plan's basis?

Both solve the same program of the next month: once from nothing, as `planner replan` does, and once from the basis in
which the last plan's solve of its first levels ended, carried over by the keys of columns and rows, one period on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from planner.domain.instance import PlanningInstance
from planner.plan import SolveOptions
from planner.plan.again.structure import Structure
from planner.plan.again.warm_start import WarmStart

BY_YEAR = frozenset({"spend", "payment", "payment_limit", "spending"})  # told by spans of years, not by periods


@dataclass(frozen=True)
class Warmth:
    """Seconds that HiGHS took for all levels, and the value of the first, each way; `differ`: columns and rows that one
    of the programs lacks."""

    cold_seconds: float
    warm_seconds: float
    cold_value: float
    warm_value: float
    differ: str


def measured(before: PlanningInstance, after: PlanningInstance) -> Warmth:
    """The next month's program cold and warm; `before` is the last plan's input, `after` the next one's."""
    options = SolveOptions()
    last, now = WarmStart(before, options), WarmStart(after, options)
    assert last.optimum.basis is not None
    program = now.program
    shifted = _one_on(Structure.of(last.program.model))
    start, differ = shifted.onto(Structure.of(program.model)).basis(last.optimum.basis)
    began = time.perf_counter()
    cold = program.optimum(program.session(options), program.lazy_funds(options), options)
    between = time.perf_counter()
    warm = program.optimum_from(program.session(options), start, options, False)
    ended = time.perf_counter()
    return Warmth(between - began, ended - between, cold.levels[0].value, warm.levels[0].value, differ)


def _one_on(structure: Structure) -> Structure:
    """The keys of the last program in the periods of the next."""
    return replace(structure, columns=_earlier(structure.columns), rows=_earlier(structure.rows))


def _earlier(places: Mapping[str, Mapping[Any, int]]) -> dict[str, dict[Any, int]]:
    return {
        family: {
            key if family in BY_YEAR else tuple(part - 1 if type(part) is int else part for part in key): place
            for key, place in keys.items()
        }
        for family, keys in places.items()
    }
