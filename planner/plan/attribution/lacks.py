"""What a plan lacks: short and late demand, missed targets, promises and needs of contingencies, rules broken by the past."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    """`units` lacking of a row; `level`: the place of the level that counts them. `kind`: demand, target, promise, surge,
    standing (demand of the plan that a contingency leaves standing), past.

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
    places = Places(model)
    for family, rows, kind, told in _counted(model, places):
        for key, column in model.columns[family].items():
            units = float(values[column])
            counted = costs[:, column].nonzero()[0]
            level = int(counted[0]) if len(counted) else _of_responses(kind, names)
            if units > NOISE and level is not None:
                yield Lack(rows(key), column, level, units, **{"kind": kind, **told(key)})


def _of_responses(kind: str, names: Sequence[str]) -> int | None:
    """What the worst cases lose counts through them alone where the expected loss has no weight."""
    places = [place for place, name in enumerate(names) if name in ("contingency", "weighted")]
    return places[0] if kind == SURGE and places else None


Told = Callable[[Key], Mapping[str, Any]]


def _counted(model: Model, places: Places) -> Iterator[tuple[str, Callable[[Key], int], str, Told]]:
    """(family of columns, key → row, kind, key → what it is)"""
    demands = model.instance.demands_by_key

    def demand(key: Key) -> Mapping[str, Any]:
        name, due = key
        own = demands[name, due]
        return {"name": own.name, "item": own.item, "due": own.due + 1, "commitment": own.commitment,
                "destination": own.destination}  # fmt: skip

    wanted = {
        (*case.key, *need.wanted.key): (case, need)
        for case in model.instance.cases
        for need in needs(model.instance, case)
    }

    def need(key: Key) -> Mapping[str, Any]:
        case, wanted_here = wanted[key]
        own = wanted_here.wanted
        return {"kind": SURGE if wanted_here.kind == "surge" else STANDING, "name": case.contingency.name, "item": own.item, "due": case.begin + own.due + 1,
                "destination": own.destination, "strike": case.strike + 1}  # fmt: skip

    def place(family: str) -> Told:
        def told(key: Key) -> Mapping[str, Any]:
            name, item, period = places.of(family, key)
            return {"name": name, "item": item, "due": period}

        return told

    def past(key: Key) -> Mapping[str, Any]:
        family, *own = key
        return place(family)(tuple(own))

    def promise(key: Key) -> Mapping[str, Any]:
        described = place(PROMISE.name)(key)
        return {**described, "strike": described["due"]}

    def row(family: str) -> Callable[[Key], int]:
        return lambda key: model.rows[family][key]

    yield "shortage", row(DEMAND_BALANCE.name), "demand", demand
    yield "target_shortage", row(STOCK_TARGET.name), "target", place(STOCK_TARGET.name)
    yield "supply_shortage", row(DAYS_OF_SUPPLY.name), "target", place(DAYS_OF_SUPPLY.name)
    yield "lack", row(PROMISE.name), PROMISE.name, promise
    yield RESPONSE + "shortage", row(RESPONSE + DEMAND_BALANCE.name), SURGE, need

    def past_row(key: Key) -> int:
        family, *own = key
        return model.rows[family][tuple(own)]

    yield "past_lack", past_row, "past", past
