"""A share as people type it."""

from __future__ import annotations

from math import isfinite


def share_of(text: str) -> float | None:
    """`15%` or `0.15`; above 1 only with the sign, as 15 is as likely 15 %. None where it is no such share."""
    bare = text.strip()
    per_cent = bare.endswith("%")
    try:
        value = float(bare.removesuffix("%")) / (100.0 if per_cent else 1.0)
    except ValueError:
        return None
    return value if isfinite(value) and value >= 0 and (per_cent or value <= 1) else None
