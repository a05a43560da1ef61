"""The keys of rows that several modules of money have, and where such rows stand."""

from __future__ import annotations

from typing import NamedTuple

from planner.formulation.model.family import Directory, Place


class FundIndex(NamedTuple):
    """A fund over the horizon."""

    fund: str


class FundPeriodIndex(NamedTuple):
    """A fund, and a budget period by its number from 0."""

    fund: str
    budget_period: int


def fund_place(_: Directory, row: FundIndex) -> Place:
    """The fund, in no period."""
    return row.fund, None, None


def fund_period_place(directory: Directory, row: FundPeriodIndex) -> Place:
    """The fund, in the last period of the budget period."""
    return row.fund, None, directory.budget_periods[row.budget_period].stop
