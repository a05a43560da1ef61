"""money.json."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.analysis.record import AnalysisRecord
from planner.records.model import Count, Money, Record
from planner.records.remedies import Weighed


class MoneyRemedyRecord(Record):
    """What makes a commitment whole that lacks something."""

    commitment: str = Field(description="Blank: the demands of no commitment.")
    short: Weighed = Field(description="In the plan.")
    left: Weighed = Field(description="With the money.")
    money: dict[str, Money] = Field(
        description="The least extra money by budget cell: a fund, contributors and a fiscal year."
    )
    why_not: str = Field(description="What else stands in the way; blank if the money is enough.")
    others_stay: bool = Field(
        description="Does the plan for other goods stay fixed? Yes in large programs: remedies that change it, and "
        "would take less or reach more, were not searched."
    )


class MoneyRecord(AnalysisRecord):
    """What `planner money` found."""

    step: Annotated[Money, Field(gt=0)] = Field(
        description="The sum that prices are per; the prices are in tables/prices.csv."
    )
    levels: tuple[str, ...] = Field(description="Objective levels, in order.")
    budget_cells: Count = Field(
        description="Places where a further sum can come in: a fund, contributors and a fiscal year."
    )
    remedies: tuple[MoneyRemedyRecord, ...] = Field(
        description="For each commitment that lacks something: the least money that makes it whole, or brings it as "
        "far as money can."
    )
