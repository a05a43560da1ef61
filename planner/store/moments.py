"""Moments as the store writes them: text in UTC, which sorts as it should in every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

CLOCK_SLACK = timedelta(minutes=5)  # clocks of two machines may differ by so much


def moment(when: datetime) -> str:
    """A moment as the store writes it."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
