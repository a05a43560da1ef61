"""The coalition sample is solved once for all tests that look at its plan."""

from __future__ import annotations

import pytest

from planner.plan import Plan, solve
from planner.workbook import read_instance
from tests.places import INPUTS


@pytest.fixture(scope="session")
def coalition_plan() -> Plan:
    return solve(read_instance(INPUTS / "coalition"))


@pytest.fixture(scope="session")
def quickstart_plan() -> Plan:
    return solve(read_instance(INPUTS / "quickstart"))
