"""What a plan lacks: short and late demand, missed targets, promises and needs of contingencies,
rules broken by the past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from planner.catalogue import RESPONSE
from planner.domain.contingency.response import needs
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.goods.targets import DAYS_OF_SUPPLY, STOCK_TARGET
from planner.formulation.model.model import Key, Model
from planner.formulation.responses.coverage import PROMISE
from planner.plan.places import Places
from planner.solver.highs import Vector
from planner.tolerances import NOISE

SURGE, STANDING = "surge", "standing"


@dataclass(frozen=True, slots=True)
class Lack:
    """`units` lacking of a row; `level`: the place of the level that counts them.

    `kind`: demand, target, promise, surge, standing (demand of the plan that a contingency leaves standing), past.

    `due`: period 1…P (below 1: before the horizon); `strike`: of a contingency's case.
    """

    row: int
    column: int
    level: int
    units: float
    kind: str
    name: str
    item: str | None
    due: int | None
    commitment: str | None = None
    destination: str | None = None
    strike: int | None = None


def lacks_of(model: Model, values: Vector, names: Sequence[str], costs: Vector) -> Iterator[Lack]:
    """Everything that a plan lacks at one of the levels `names`; `costs`: levels × columns."""
    for family, rows, kind, described in _counted(model):
        for key, column in model.columns[family].items():
            units = float(values[column])
            counted = costs[:, column].nonzero()[0]
            level = int(counted[0]) if len(counted) else _of_responses(kind, names)
            if units > NOISE and level is not None:
                yield Lack(rows(key), column, level, units, **{"kind": kind, **described(key)})


def _of_responses(kind: str, names: Sequence[str]) -> int | None:
    """What the worst cases lose counts through them alone where the expected loss has no weight."""
    places = [index for index, name in enumerate(names) if name in ("contingency", "weighted")]
    return places[0] if kind == SURGE and places else None


Described = Callable[[Key], Mapping[str, Any]]


class _Describing:
    """What the key of a column says that its lack is of: the fields of `Lack` by name."""

    def __init__(self, model: Model) -> None:
        instance = model.instance
        self._places, self._demands = Places(model), instance.demands_by_key
        self._needs = {
            (*case.key, *need.wanted.key): (case, need) for case in instance.cases for need in needs(instance, case)
        }

    def demand(self, key: Key) -> Mapping[str, Any]:
        name, due = key
        wanted = self._demands[name, due]
        return {"name": wanted.name, "item": wanted.item, "due": wanted.due + 1, "commitment": wanted.commitment,
                "destination": wanted.destination}  # fmt: skip

    def need(self, key: Key) -> Mapping[str, Any]:
        case, need = self._needs[key]
        wanted = need.wanted
        return {"kind": SURGE if need.kind == "surge" else STANDING, "name": case.contingency.name, "item": wanted.item,
                "due": case.begin + wanted.due + 1, "destination": wanted.destination, "strike": case.strike + 1}  # fmt: skip

    def promise(self, key: Key) -> Mapping[str, Any]:
        place = self._place(PROMISE.name, key)
        return {**place, "strike": place["due"]}

    def past(self, key: Key) -> Mapping[str, Any]:
        family, *parts = key
        return self._place(family, tuple(parts))

    def of(self, family: str) -> Described:
        return partial(self._place, family)

    def _place(self, family: str, key: Key) -> Mapping[str, Any]:
        name, item, period = self._places.of(family, key)
        return {"name": name, "item": item, "due": period}


def _counted(model: Model) -> Iterator[tuple[str, Callable[[Key], int], str, Described]]:
    """(family of columns, key → row, kind, key → what it is)"""

    def row(family: str) -> Callable[[Key], int]:
        return lambda key: model.rows[family][key]

    def past_row(key: Key) -> int:
        family, *parts = key
        return model.rows[family][tuple(parts)]

    describing = _Describing(model)
    yield "shortage", row(DEMAND_BALANCE.name), "demand", describing.demand
    yield "target_shortage", row(STOCK_TARGET.name), "target", describing.of(STOCK_TARGET.name)
    yield "supply_shortage", row(DAYS_OF_SUPPLY.name), "target", describing.of(DAYS_OF_SUPPLY.name)
    yield "lack", row(PROMISE.name), PROMISE.name, describing.promise
    yield RESPONSE + "shortage", row(RESPONSE + DEMAND_BALANCE.name), SURGE, describing.need
    yield "past_lack", past_row, "past", describing.past
