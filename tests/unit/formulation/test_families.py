"""What the families declare of themselves holds: of the switchboard, and of the rows that are built."""

from __future__ import annotations

import pytest
from pieces import MODELS, PIECES

from planner.catalogue import load
from planner.formulation.build import build
from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Directory, Sign
from planner.formulation.model.model import EQUAL, GREATER, LESS

SIGNS = {LESS: Sign.NEVER_ABOVE, EQUAL: Sign.EITHER, GREATER: Sign.NEVER_BELOW}
OF_BOUND = {"maximum": Sign.NEVER_ABOVE, "quantity": Sign.EITHER, "minimum": Sign.NEVER_BELOW}


def test_the_registry_and_the_switchboard_name_the_same_families() -> None:
    constraints = load("full").constraints
    assert FAMILIES.keys() == constraints.keys()
    for name, family in FAMILIES.items():
        assert (family.unit, family.dual) == (constraints[name].unit, constraints[name].dual), name


def test_a_figure_belongs_to_one_family() -> None:
    figures = [(c, field) for family in FAMILIES.values() for c, fields in family.figures.items() for field in fields]
    assert len(figures) == len(set(figures))


@pytest.mark.parametrize("piece", PIECES)
def test_rows_are_as_declared(piece: str) -> None:
    """The key of each row has the fields of the index, its sense fits the sign of the dual, and it is located."""
    model = build(PIECES[piece](), load(MODELS.get(piece, "full")))
    directory = Directory(model.instance)
    for name, rows in model.rows.items():
        family = FAMILIES[name]
        for key, row in rows.items():
            sign = OF_BOUND[key[1]] if family.sign is Sign.AS_BOUND else family.sign
            assert SIGNS[model.row_list[row].sense] is sign, name
            object_, item, period = family.place(directory, family.index(*key))
            assert isinstance(object_, str), name
            assert item is None or item in model.instance.items, name
            assert period is None or 1 <= period <= model.instance.horizon.periods, name
