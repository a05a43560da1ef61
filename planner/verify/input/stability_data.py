"""Orders and the previous plan, as the checker reads them (periods 0-based)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Order:
    """Good units ordered before the horizon; `paid` is the share of their cost paid before it."""

    quantity: float
    paid: float


@dataclass(frozen=True)
class Previous:
    """What was planned before; what is not named was planned to be 0."""

    made: Mapping[tuple[str, int], float] = field(default_factory=dict)  # (line, period)
    sent: Mapping[tuple[str, str, str, int], float] = field(default_factory=dict)  # (item, route, origin, period)

    def __bool__(self) -> bool:
        return bool(self.made or self.sent)
