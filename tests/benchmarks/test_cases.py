"""The worlds of the benchmark of cases have as many cases as they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.workbook import read_instance
from tests.benchmarks.cases import shortened, strikes, with_cases
from tests.places import INPUTS

COALITION = INPUTS / "coalition"


def test_strikes_are_evenly_spread() -> None:
    assert strikes(1, 36) == [19]
    assert strikes(3, 36) == [7, 19, 31]
    assert strikes(36, 36) == list(range(1, 37))


@pytest.mark.parametrize(("asked", "contingencies"), [(0, 0), (18, 6), (72, 6), (144, 12)])
def test_as_many_cases_as_asked_for(asked: int, contingencies: int, tmp_path: Path) -> None:
    """Twelve months of six contingencies make 72 at most; beyond that each comes again, as likely in all as before."""
    world = shortened(COALITION, 12, tmp_path / "shortened")
    with_cases(world, asked, 12, tmp_path / "world")
    found = read_instance(tmp_path / "world")
    assert len(found.cases) == asked
    assert len(found.contingencies) == contingencies
    likely = sum(one.probability or 0.0 for one in read_instance(COALITION).contingencies.values())
    assert sum(case.weight for case in found.cases) == pytest.approx(likely if asked else 0.0)
