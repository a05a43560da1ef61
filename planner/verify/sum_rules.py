"""Rules about sums: with what happened before the horizon, and what of that no plan can make up for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.verify.verification import ARITHMETIC, TOLERANCE, Findings


@dataclass(frozen=True)
class SumRule:
    """`short`: by how much the rule is broken, with what happened before the horizon (below 0: room); `before`: by that
    alone; each with its largest term. `worth`: what a unit is worth in currency.
    """

    family: str
    text: str
    short: float
    size: float
    before: float = 0.0
    before_size: float = 0.0
    worth: float = 1.0

    @property
    def lacking_before(self) -> float:
        """By how much the past alone breaks it."""
        return self.before if self.before > ARITHMETIC * self.before_size else 0.0

    @property
    def lack(self) -> float:
        """What it is short of, where that may be."""
        return self.short if self.lacking_before and self.short > TOLERANCE * max(1.0, self.size) else 0.0


def judge(rules: Iterable[SumRule], by_levels: bool, findings: Findings) -> None:
    """By levels, a rule that the past breaks by itself may stay as short as that; nothing else may be short at all."""
    for rule in rules:
        allowed = rule.lacking_before if by_levels else 0.0
        findings.one(rule.family, rule.short - allowed, rule.size, rule.text)


def total_lack(rules: Iterable[SumRule]) -> tuple[float, float]:
    """Σ worth · lack, and the largest term of these rules."""
    counted = [rule for rule in rules if rule.lacking_before]
    return sum(rule.worth * rule.lack for rule in counted), max((r.worth * r.size for r in counted), default=0.0)
