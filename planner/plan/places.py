"""Where rows stand, in the words of the input; and the units of levels."""

from __future__ import annotations

from planner.formulation.model.model import Key, Model
from planner.formulation.money.budget_periods import Spans

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
