"""The coalition sample is solved once for all tests that look at its plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.plan import Plan, solve
from planner.workbook import read_instance

INPUTS = Path(__file__).resolve().parents[3] / "inputs"


@pytest.fixture(scope="session")
def coalition_plan() -> Plan:
    return solve(read_instance(INPUTS / "coalition"))


@pytest.fixture(scope="session")
def quickstart_plan() -> Plan:
    return solve(read_instance(INPUTS / "quickstart"))
