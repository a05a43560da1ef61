"""Rules across cells of a row and across tables."""

from __future__ import annotations

from planner.domain.instance import PlanningInstance
from planner.workbook.reader import TypedWorkbook


def check_rules(book: TypedWorkbook) -> None:
    pass


def check_values(book: TypedWorkbook, instance: PlanningInstance) -> None:
    pass
