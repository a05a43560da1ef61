"""A share as people type it, wherever they do."""

from __future__ import annotations

import pytest

from planner.shares import share_of


@pytest.mark.parametrize(
    ("text", "share"), [("15%", 0.15), (" 15 % ", 0.15), ("0.15", 0.15), ("150%", 1.5), ("1", 1.0)]
)
def test_with_the_sign_or_as_a_fraction(text: str, share: float) -> None:
    assert share_of(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["15", "inf%", "nan", "-1%", "15%%", "much", "", "%"])
def test_what_is_no_share(text: str) -> None:
    assert share_of(text) is None
