"""Where rows stand, in the words of the input; and the units of levels."""

from __future__ import annotations

from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Directory, Place
from planner.formulation.model.model import Key, Model


def level_unit(model: Model, name: str) -> str:
    """The unit of a level's objective; of the weighted objective, the currency."""
    currency = model.instance.settings.currency
    units = {level.name: level.unit for level in model.catalogue.levels}
    return units.get(name, "{currency}").format(currency=currency)


class Places:
    """Where rows stand, in the words of the input: object, item (where there is one), period 1…P.

    A fund's row stands in the last period of its budget period, a yearly one in the last period of the year.
    """

    def __init__(self, model: Model) -> None:
        self._directory = Directory(model.instance)

    def of(self, family: str, key: Key) -> Place:
        """(object, item, period) of a row of the family."""
        known = FAMILIES[family]
        return known.place(self._directory, known.index(*key))
