"""What a plan departs by is what it does differently, whatever the columns that count it were left at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.catalogue import load
from planner.domain.instance import PreviousPlan, Settings
from planner.formulation.build import build
from planner.plan.settle.departures import with_departures
from tests.unit.solver.test_lexicographic import scarce

BEFORE = {("L", 0): 10.0, ("L", 1): 4.0}  # units by line and period


@pytest.mark.parametrize(
    ("made", "above", "below"), [((10.0, 7.5), 3.5, 0.0), ((10.0, 1.0), 0.0, 3.0), ((10.0, 4.0), 0.0, 0.0)]
)
def test_departures_are_read_off_the_activities(made: tuple[float, float], above: float, below: float) -> None:
    instance = replace(scarce(), previous=PreviousPlan(production=BEFORE), settings=Settings(frozen=1))
    model = build(instance, load("full"))
    values = np.full(model.column_count, -4.8e-6)  # rounding, wherever it may be
    for (_line, period), variable in model.columns["production"].items():
        values[variable] = made[period] if period < len(made) else 0.0
    found = with_departures(model, values)
    for side, later in (("above", above), ("below", below)):
        columns = model.columns[f"{side}_previous"]
        departures = [found[columns["make", key]] for key in BEFORE]
        assert departures == [0.0, later]
