"""Every family of rows comes from figures of the input, or is an identity;
and each figure is found where it is typed.
"""

from __future__ import annotations

import pytest

from planner.catalogue import load
from planner.formulation.build import build
from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Kind
from planner.formulation.model.origins import origins_of
from planner.workbook import read_instance
from tests.places import INPUTS


def test_every_family_is_an_identity_or_comes_from_the_input() -> None:
    for family in FAMILIES.values():
        assert (family.origins is None) == (family.kind is Kind.IDENTITY), family.name


@pytest.mark.parametrize("name", ["quickstart", "partners"])
def test_every_figure_stands_in_a_cell(name: str) -> None:
    instance = read_instance(INPUTS / name)
    assert instance.cells is not None
    model = build(instance, load("full"))
    found = [(row, origin) for row, own in origins_of(model).items() for origin in own]
    assert found
    for row, origin in found:
        assert instance.cells.of(origin.field), origin
        if origin.slope and origin.field.table in {"Lines", "Demand", "Routes", "Nodes"}:
            assert model.row_at(row).bound == pytest.approx(origin.slope * origin.value)
