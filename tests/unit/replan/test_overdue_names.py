"""The name of an overdue row of a wide table is told from the demand's own, in the old plan and in the new."""

from __future__ import annotations

from datetime import date

import pytest

from planner.domain.horizon import Horizon
from planner.replan.rolled.rolling import demand_of, overdue_name

LENGTHS = {"week": (date(2026, 1, 5), date(2026, 2, 2)), "month": (date(2026, 1, 1), date(2026, 5, 1)),
           "quarter": (date(2026, 1, 1), date(2027, 1, 1)), "year": (date(2026, 1, 1), date(2030, 1, 1))}  # fmt: skip


@pytest.mark.parametrize("length", LENGTHS)
def test_the_new_plan_reads_what_the_old_one_wrote(length: str) -> None:
    before, after = (Horizon(start, 12, length) for start in LENGTHS[length])
    shift = 4  # the new plan starts four periods later
    name = overdue_name("Shells", before, 2)
    assert name != "Shells"
    assert demand_of(name, before, 2) == "Shells"
    assert demand_of(name, after, 2 - shift) == "Shells"
    assert demand_of("Shells", after, 2 - shift) == "Shells"
    assert demand_of(name, after, 3 - shift) == name
