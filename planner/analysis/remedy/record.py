"""remedy.json."""

from __future__ import annotations

from pydantic import Field

from planner.analysis.record import AnalysisRecord
from planner.records.remedies import GoalRecord


class RemedyResultRecord(AnalysisRecord):
    """What `planner remedy` found."""

    goals: tuple[GoalRecord, ...] = Field(description="In the order of the input.")
