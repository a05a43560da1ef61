"""One thing that somebody should hear of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Alert:
    """`kind`: failed, clock, stale_input, actuals, fill_rate, fund_used, fund_overdrawn, conflict, gap. `about` is the
    fund, place or period; `value` what was found, `limit` what the schedule allows (None: not a matter of degree).
    """

    kind: str
    message: str
    about: str = ""
    value: float | None = None
    limit: float | None = None
