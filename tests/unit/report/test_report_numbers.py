from __future__ import annotations

from math import inf, nan

import pytest

from planner.report.pages.views import written
from planner.report.words.numbers import (
    Money,
    Units,
    compact,
    exact_share,
    listing,
    number,
    one_more,
    plural,
    share,
    with_unit,
)
from planner.report.words.wording import HeadlineFigure

T = "\u202f"


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (1234567.0, 0, f"1{T}234{T}567"),
        (-0.2, 0, "0"),
        (-1234.5, 1, f"−1{T}234.5"),
        (inf, 0, "unlimited"),
        (nan, 0, "–"),
    ],
)
def test_number(value: float, digits: int, written: str) -> None:
    assert number(value, digits) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (12.34, "12.3"),
        (0.04567, "0.0457"),
        (98765.4, f"98{T}765"),
        (3e-9, "<0.000001"),
        (-3e-9, ">−0.000001"),
        (4.2e-5, "0.000042"),
        (-2.5, "−2.5"),
    ],
)
def test_compact(value: float, written: str) -> None:
    assert compact(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, "100\u00a0%"),
        (0.99999, "over 99.9\u00a0%"),
        (0.9961, "99.6\u00a0%"),
        (0.0, "0\u00a0%"),
        (0.0004, "under 0.1\u00a0%"),
        (0.004, "0.4\u00a0%"),
        (0.7849, "78\u00a0%"),
        (None, "–"),
    ],
)
def test_share_never_says_all_or_nothing_wrongly(value: float | None, written: str) -> None:
    assert share(value) == written


def test_a_ratio_that_was_typed_keeps_its_digits() -> None:
    assert [exact_share(value) for value in (0.0001, 0.00025, 0.05)] == ["0.01\u00a0%", "0.025\u00a0%", "5\u00a0%"]


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        ("1000 rounds", "12\u202f400 rounds"),
        ("1 million rounds", "12.4 million rounds"),
        ("10 t", "124 t"),
        ("10 kg bags", "12.4 × 10 kg bags"),
        ("155 mm rounds", "12.4 × 155 mm rounds"),
        ("t", "12.4 t"),
        ("unit", "12.4"),
        ("", "12.4"),
    ],
)
def test_amounts_of_goods_say_their_unit(unit: str, written: str) -> None:
    assert with_unit(12.4, unit) == written


def test_money_is_in_millions_unless_the_plan_is_tiny() -> None:
    large, tiny = Money.scaled("EUR", 5e9), Money.scaled("UAH", 4e6)
    assert (large.unit, tiny.unit) == ("EUR million", "UAH")
    assert large.figure(1234.56e6) == f"1{T}235"
    assert large.figure(12.34e6) == "12.3"
    assert [large.figure(amount) for amount in (2.3e6, 456_700.0, 48_123.0)] == ["2.30", "0.457", "0.0481"]
    assert (large.figure(1000.0), large.figure(10.0)) == ("0.0010", "<0.0001")
    assert large.text(2.5e6) == "EUR\u00a02.50\u00a0million"
    assert large.text(1234.0) == f"EUR\u00a01{T}234"
    assert tiny.figure(2_646_612.0) == f"2{T}646{T}612"
    assert tiny.text(12.5) == "UAH\u00a012.5"


def test_units_and_words() -> None:
    assert Units().text(12.0) == "12\u00a0units"
    assert plural(1, "factory", "factories") == "1 factory"
    assert plural(2, "factory", "factories") == "2 factories"
    assert listing(["a"]) == "a"
    assert listing(["a", "b"]) == "a and b"
    assert listing(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "100 %"),
        (0.99999, "over 99.9 %"),
        (0.9996, "over 99.9 %"),
        (0.754, "75.4 %"),
        (0.0001, "under 0.1 %"),
        (0.0, "0 %"),
    ],
)
def test_a_share_in_a_table_is_100_percent_only_for_all(value: float, text: str) -> None:
    assert written(value, "share", Money("EUR", 1.0)).replace("\u00a0", " ") == text


@pytest.mark.parametrize("amount", [2.5e6, 380_360.0])
def test_a_headline_figure_of_money_is_told_as_in_a_sentence(amount: float) -> None:
    money = Money.scaled("EUR", 10 * amount)
    assert HeadlineFigure("Paid", money.figure(amount), unit=money.unit).text == money.text(amount)


@pytest.mark.parametrize(
    ("unit", "written"),
    [("", "one more unit"), ("unit", "one more unit"), ("t", "one more unit (t)"), ("1000 rounds", "one more unit (1000 rounds)")],
)  # fmt: skip
def test_a_price_says_of_what_one_more_it_is(unit: str, written: str) -> None:
    assert one_more(unit) == written
