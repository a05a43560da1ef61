"""What a re-solve confirms of a price: all that it says, or it is not called confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

import numpy as np
import pytest

from planner.plan.prices.limits import PricedLimit
from planner.plan.prices.marginal import Side
from planner.plan.prices.prices import HEADLINES, Priced, _headlines


class Yes:
    """Marginal values of one level where every re-solve finds what it is asked."""

    levels, spent = 1, False

    def __init__(self) -> None:
        self.asked = 0

    def confirm(self, asked: Iterable[Any]) -> list[bool]:
        answers = [True for _ in asked]
        self.asked += len(answers)
        return answers

    def together(self, *_: Any) -> None:
        return None


def priced(row: int, more: Side, less: Side) -> Priced:
    return Priced(PricedLimit("line_capacity", (row,), {row: 1.0}, True, True, 10.0 - row), more, less)


def side(slope: float, extent: float) -> Side:
    return Side(np.array([slope]), extent, True)


@pytest.mark.parametrize(
    ("more", "less", "confirmed", "asked"),
    [
        (side(-2.0, 3.0), side(2.0, 4.0), True, 2),
        (side(-2.0, 3.0), side(inf, 0.0), True, 1),  # one less has no plan, and no price
        (side(-2.0, 3.0), side(5.0, 0.0), False, 1),  # nobody tried that one less costs 5
        (side(-2.0, 0.0), side(2.0, 4.0), False, 1),
        (side(-2.0, 0.0), side(2.0, 0.0), False, 0),
    ],
)
def test_confirmed_is_what_was_tried_on_each_side(more: Side, less: Side, confirmed: bool, asked: int) -> None:
    marginal = Yes()
    (prices,) = _headlines(marginal, [priced(0, more, less)])  # type: ignore[arg-type]
    assert (prices.confirmed, marginal.asked) == (confirmed, asked)


def test_six_are_tried_those_that_weigh_most() -> None:
    several = [priced(row, side(-2.0, 3.0), side(2.0, 4.0)) for row in range(HEADLINES + 2)]
    prices = _headlines(Yes(), several)  # type: ignore[arg-type]
    assert [one.confirmed for one in prices] == [True] * HEADLINES + [False] * 2
