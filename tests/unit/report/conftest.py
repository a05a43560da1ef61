"""Plans to report on. See report_worlds for what they hold."""

from __future__ import annotations

import pytest
import report_worlds

from planner.plan.plan import Plan
from planner.records.run import RunRecord

Case = tuple[Plan, RunRecord]


@pytest.fixture(scope="session")
def small() -> Case:
    return report_worlds.small()


@pytest.fixture(scope="session")
def coalition() -> Case:
    return report_worlds.coalition()


@pytest.fixture(scope="session")
def big() -> Case:
    plan, run = report_worlds.coalition(36, 35)
    return report_worlds.with_many_shipments(plan, 300_000), run


@pytest.fixture(scope="session")
def attack() -> Case:
    return report_worlds.renewed_attack()
