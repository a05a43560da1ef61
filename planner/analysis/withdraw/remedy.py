"""The remedy of a withdrawal: the limit that, raised by half by itself, makes good most of the damage.

The damage meant is that at the first level that is worse; what a limit makes good is proved by a plan with it raised.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.analysis.withdraw.ranking import Damage
from planner.plan.again.raising import NamedLimit
from planner.plan.again.remainder import ANEW, Remainders
from planner.report.data.held_back import MATERIAL


@dataclass(frozen=True)
class DamageRemedy:
    """`limit` makes good the share `part` of the damage at the first level that is worse."""

    limit: NamedLimit
    part: float


def remedy(remainders: Remainders, one: Damage) -> DamageRemedy | None:
    """The remedy of a withdrawal; None where no limit tried makes good a material part.

    None too where there is no plan left, or where it had to be made from nothing.
    """
    level = one.first
    if level is None or one.damage[level] <= 0 or one.remainder.how == ANEW:
        return None
    raised = remainders.help([thing for taken in one.taken for thing in taken.things], level)
    if raised is None or raised.gain[level] < MATERIAL * one.damage[level]:
        return None
    return DamageRemedy(raised.limit, min(raised.gain[level] / one.damage[level], 1.0))
