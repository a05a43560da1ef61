"""Embargoes: combinations of item and place that may not exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from planner.domain.instance import Line, PlanningInstance


class Embargo:
    """`forbid` policies, spelled out by item and place."""

    def __init__(self, instance: PlanningInstance, enabled: bool) -> None:
        policies = [p for p in instance.policies if p.kind == "forbid"] if enabled else []
        self._making = [policy for policy in policies if policy.nodes]
        self._dispatching = [policy for policy in policies if policy.routes]

    def making(self, line: Line, period: int) -> bool:
        """Is the line's item forbidden at its factory in the period?"""
        return any(
            line.item in policy.items and period in policy.periods and line.factory in policy.nodes
            for policy in self._making
        )

    def dispatching(self, item: str) -> Mapping[str, set[int]]:
        """Route → the periods in which the item may not be dispatched on it."""
        periods: dict[str, set[int]] = defaultdict(set)
        for policy in self._dispatching:
            for route in policy.routes if item in policy.items else ():
                periods[route].update(policy.periods)
        return periods
