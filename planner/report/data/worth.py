"""What giving way by one unit, or tightening by one, is worth at a limit: rows of the prices table, read for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any

from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Sign
from planner.tolerances import NOISE, close


@dataclass(frozen=True, slots=True)
class LimitWorth:
    """`gain`: what one unit of give brings; `loss`: what one unit tighter costs, None where no plan is left then.

    Not `exact`: at most, and at least. `partners` in words, with what giving way together with them brings.
    """

    gain: float
    loss: float | None
    exact: bool
    confirmed: bool
    partners: str = ""
    together: float = nan

    @property
    def matters(self) -> bool:
        """Is more or less of the limit worth anything?"""
        return self.gain > NOISE or (self.gain > -NOISE and (self.loss or 0.0) > NOISE)

    @property
    def weight(self) -> float:
        """By which limits are ranked: what is at stake per unit, be it more or less."""
        return max(self.gain, self.loss or 0.0)

    @property
    def is_one(self) -> bool:
        """Is giving way worth as much as tightening costs?"""
        return self.loss is not None and close(self.gain, self.loss, 0.0)


def worth(family: str, row: Mapping[Any, Any]) -> LimitWorth:
    """Of a row of the prices table. A limit gives way by one more, a task by one less, a lock by what is worth less."""
    more, less = (_or_inf(row[name]) for name in ("price", "one_less"))
    gain, loss = (less, more) if " less " in FAMILIES[family].words.step else (more, less)
    if FAMILIES[family].sign is Sign.AS_BOUND:  # locks may bind from above, from below, or both
        gain, loss = min(more, less), max(more, less)
    partners = row["together_with"]
    return LimitWorth(
        gain if isfinite(gain) else 0.0,
        loss if isfinite(loss) else None,
        row["exact"] == "yes",
        row["confirmed"] == "yes",
        partners if isinstance(partners, str) else "",
        float(row["together"]),
    )


def _or_inf(value: Any) -> float:
    number = float(value)
    return number if isfinite(number) else inf
