"""Which figures of the input a row is made of: the limits and demands that people set, and can set otherwise.

A row that comes from none is an identity or a definition: no input could make it another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from planner.domain.contingency.losses import node_hits
from planner.formulation.families import FAMILIES
from planner.formulation.goods.balance import SUPPLIED, supplied_row
from planner.formulation.model.family import Family, Kind, Origin, figure, reduced_by
from planner.formulation.model.model import Key, Model
from planner.formulation.responses.figures import Same, same_figures


def origins_of(model: Model) -> dict[int, tuple[Origin, ...]]:
    """row → the figures that it is made of; identities are left out, and balances into which no supply enters."""
    origins: dict[int, tuple[Origin, ...]] = {}
    for name, family in FAMILIES.items():
        rows = model.rows[name]
        if family.kind is Kind.SUPPLY:
            origins |= _supplies(model, name, rows)
        elif family.origins:
            origins |= {row: tuple(_origins(model, family, family.index(*key))) for key, row in rows.items()}
    origins |= {same.row: tuple(_same(model, same)) for same in same_figures(model)}
    return origins


def _same(model: Model, same: Same) -> Iterator[Origin]:
    """The figures of the plan that a limit of a response is made of, as far as disruptions leave them.

    What is unlimited in the plan is no figure, also where a disruption leaves nothing of it.
    """
    assert same.family.origins is not None
    for origin in same.family.origins(model, same.index):
        if origin.value is None or isfinite(origin.value):
            yield origin._replace(slope=origin.slope * same.left)


def _origins(model: Model, family: Family, row: Any) -> Iterator[Origin]:
    assert family.origins is not None
    hits = family.hits(model.instance, row) if family.hits else ()
    return reduced_by(family.origins(model, row), hits)


def _supplies(model: Model, family: str, rows: Mapping[Key, int]) -> dict[int, tuple[Origin, ...]]:
    """Opening stock and goods on order, in the balance of their node and period,
    or in the row that assigns them to recipients.
    """
    origins: dict[int, tuple[Origin, ...]] = {}
    for supply in model.instance.supplies:
        where, key = supplied_row(model.reach, supply)
        row = rows.get(key)
        if row is not None and where == family:
            period = None if supply.opening else supply.period
            field = figure("Stocks", "quantity", node=supply.node, item=supply.item, period=period,
                           nation=supply.nation, age=supply.age)  # fmt: skip
            hits = node_hits(model.instance, supply.node, supply.period)
            reduced_origins = reduced_by([Origin(field, supply.quantity, SUPPLIED[family])], hits)
            origins[row] = (*origins.get(row, ()), *reduced_origins)
    return origins
