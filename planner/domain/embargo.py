"""Embargoes: combinations of item and place that may not exist."""

from __future__ import annotations

from planner.domain.instance import Line, PlanningInstance


class Embargo:
    """`forbid` policies, spelled out by item and place."""

    def __init__(self, instance: PlanningInstance, enabled: bool) -> None:
        self._policies = [p for p in instance.policies if p.kind == "forbid"] if enabled else []

    def making(self, line: Line, period: int) -> bool:
        """Is the line's item forbidden at its factory in the period?"""
        return any(
            line.item in policy.items and period in policy.periods and line.factory in policy.nodes
            for policy in self._policies
        )

    def dispatching(self, item: str, route: str) -> set[int]:
        """The periods in which the item may not be dispatched on the route."""
        return {
            period
            for policy in self._policies
            if item in policy.items and route in policy.routes
            for period in policy.periods
        }
