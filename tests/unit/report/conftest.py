"""Plans to report on. See report_worlds for what they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from planner.report.data.report_data import read_report_data
from planner.report.pages.report import render
from tests.unit.report import report_worlds
from tests.unit.report.report_worlds import Case


@pytest.fixture(scope="session")
def page_of() -> Callable[[Case], str]:
    """The report of a case, made once."""
    made: dict[int, tuple[Case, str]] = {}  # with the case, so that no other one gets its identity

    def page(case: Case) -> str:
        if id(case) not in made:
            made[id(case)] = case, render(read_report_data(*case))
        return made[id(case)][1]

    return page


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
