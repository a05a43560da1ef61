"""Shadow prices: what is scarce, and what one more unit of it would be worth at each level.

A price is the improvement of the level's objective per further unit of a limit, or the deterioration per
further unit that must be done (demand, targets, minimum rates), as the duals of that level's optimum say,
with the levels before it held. At a degenerate optimum there is more than one set of duals; this is one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from planner.formulation.model import LESS, Key, Model
from planner.formulation.spans import Spans
from planner.solve.levels import SolvedLevel
from planner.solve.plan import TABLE_COLUMNS

# Rows that define quantities rather than limit them; their duals are values of goods and money, not of limits.
DEFINITIONS = frozenset(
    {
        "departure",
        "past_lack_limit",
        "least_served",
        "material_balance",
        "circulation",
        "component_use",
        "spend_balance",
        "payment_balance",
        "allocation_balance",
        "contribution_balance",
        "contributed_total",
        "common_procurement",  # who takes part is fixed when prices are found
    }
)
# Rows of a whole object or nation, over the horizon.
OF_THE_HORIZON = frozenset(
    {
        "departure_cap",
        "fund_ceiling",
        "fund_content",
        "expansion_limit",
        "contributed_total",
        "contribution_min",
        "contribution_max",
        "key_min",
        "key_max",
        "work_share",
        "common_procurement",
    }
)
NOTHING = 1e-9

PriceRow = tuple[str, str, str | None, int | None, str, float, str]


def prices(model: Model, levels: list[SolvedLevel]) -> pd.DataFrame:
    """The prices table: one row a non-zero price."""
    places = Places(model)
    rows = [row for level in levels for row in _of_level(places, level)]
    return pd.DataFrame(rows, columns=list(TABLE_COLUMNS["prices"]))


def _of_level(places: Places, level: SolvedLevel) -> Iterator[PriceRow]:
    model = places.model
    smallest = NOTHING * max(1.0, float(np.abs(level.costs).max(initial=0.0)))
    for name, family in model.catalogue.constraints.items():
        if name in DEFINITIONS:
            continue
        scale = model.money_unit if family.unit == "money" else 1.0
        unit = f"{level_unit(model, level.name)} {family.dual}"
        for key, row in model.rows[name].items():
            limits = model.row_list[row].sense == LESS
            price = (-1.0 if limits else 1.0) * level.row_duals[row] / scale
            if abs(price) * scale > smallest:
                object_, item, period = places.of(name, key)
                yield name, object_, item, period, level.name, price, unit


def level_unit(model: Model, name: str) -> str:
    """The unit of a level's objective; of the weighted objective, the currency."""
    currency = model.instance.settings.currency
    units = {level.name: level.unit for level in model.catalogue.levels}
    return units.get(name, "{currency}").format(currency=currency)


class Places:
    """Where rows stand, in the words of the input: object, item (where there is one), period 1…P.

    A fund's row stands in the last period of its span, a yearly one in the last period of the year.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._spans = Spans(model.instance).ranges
        self._item_of_lock = {lock.name: lock.item for lock in model.instance.locks}
        self._item_of_demand = {demand.key: demand.item for demand in model.instance.demands}

    def of(self, family: str, key: Key) -> tuple[str, str | None, int | None]:
        """(object, item, period) of a row of the family."""
        if family in {"departure", "frozen_plan"}:
            return self._activity(*key)
        if family == "past_lack_limit":
            return self.of(str(key[0]), key[1:])
        first, last = str(key[0]), key[-1]
        if family == "least_served":
            return str(key[2]), None, None
        if family in OF_THE_HORIZON:
            return first, None, None
        if family == "beneficiary":
            return str(last), first, None
        if family == "allocation_balance":
            return ", ".join(last), first, None
        if family == "taking_part":
            return f"{first}: {last}", None, None
        if family == "cofinancing":
            return first, None, self._last_period(last)
        if family == "payment_lock":
            return first, None, self._last_period(int(last)) if len(key) == 3 else None
        if family in {"largest_share", "smallest_share"}:
            return f"{first}: {key[2]}", str(key[3]), None
        if family == "lock":
            return first, self._item_of_lock[first], last + 1 if isinstance(last, int) else None
        if not isinstance(last, int):
            raise TypeError(f"rows of {family} end with a period, not {last!r}")
        if family == "contribution_limit":
            return f"{first}: {key[1]}", None, self._spans[last].stop
        if family in {"fund_limit", "contribution_balance"}:
            return first, None, self._spans[last].stop
        if family in {"route_item_capacity", "storage_item", "circulation"}:
            return str(key[1]), first, last + 1
        if family in {"days_of_supply", "component_use"}:
            return (first, str(key[1]), last + 1) if family == "days_of_supply" else (str(key[1]), first, last + 1)
        if family == "material_balance":
            return str(key[1]), first, int(str(key[2])) + 1
        return first, self._item(family, key), last + 1

    def _activity(self, kind: str, key: Key) -> tuple[str, str | None, int]:
        """What was planned before: making on a line, or dispatching an item on a leg."""
        if kind == "make":
            return str(key[0]), self.model.instance.lines[str(key[0])].item, int(key[1]) + 1
        return str(key[1]), str(key[0]), int(key[2]) + 1

    def _last_period(self, year: int) -> int:
        years = self.model.instance.horizon.fiscal_years
        return max(period for period, of in enumerate(years, 1) if of == year)

    def _item(self, family: str, key: Key) -> str | None:
        if family == "demand_balance":
            return self._item_of_demand[key]
        if family in {"line_capacity", "minimum_rate", "ramp", "placed_order"}:
            return self.model.instance.lines[str(key[0])].item
        return None
