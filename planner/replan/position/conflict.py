"""Where what was reported does not fit together. Nothing is averaged: the memo names both figures and what is used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportConflict:
    """`stated` against `computed` (units of `unit`), and which of them the next plan starts from."""

    kind: str  # stock, delivery, money, order, gap
    where: str
    what: str
    stated: float | None
    computed: float | None
    unit: str
    used: str
    period: int | None = None  # of the workbook, 0-based; None: none in particular
