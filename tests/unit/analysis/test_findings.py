"""Tables of an analysis: what the figures below each heading are counted in, on pages and in sheets."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.analysis.findings import FindingsTable, TableField
from planner.report.words.numbers import GOODS_WEIGHTED, Money

MILLIONS = Money("EUR", 1e6)


def table(*fields: TableField, **columns: list[object]) -> FindingsTable:
    return FindingsTable("some", "Some", pd.DataFrame(columns), fields)


@pytest.mark.parametrize(
    ("unit", "in_sheet", "on_page"),
    [
        ("EUR", "Aim (EUR)", "EUR million"),
        ("EUR of value x priority", f"Aim (EUR of {GOODS_WEIGHTED})", f"EUR million of {GOODS_WEIGHTED}"),
        ("EUR of value x days", "Aim (EUR of goods × days)", "EUR million of goods × days"),
        ("units", "Aim (units)", "units"),
        ("share", "Aim", ""),
    ],
)
def test_a_column_of_an_aim_names_what_it_counts(unit: str, in_sheet: str, on_page: str) -> None:
    found = table(TableField.of_aim("aim", "Aim", unit, "EUR"), aim=[2e6])
    (column,) = found.view("some", MILLIONS, 9, titled=True).columns
    assert column.unit_in(MILLIONS) == on_page
    assert [column.heading for column in found.sheet("EUR").columns] == [in_sheet]


def test_money_that_is_paid_stands_under_the_currency_alone() -> None:
    found = table(TableField("paid", "Paid", "money"), paid=[2e6])
    assert [column.unit_in(MILLIONS) for column in found.view("some", MILLIONS, 9, titled=True).columns] == [
        "EUR million"
    ]
    assert [column.heading for column in found.sheet("EUR").columns] == ["Paid (EUR)"]


def test_amounts_of_several_aims_are_told_apart_row_by_row() -> None:
    """A share is no money: a worth of 0.5 of it was shown as EUR 0.5."""
    units = ["EUR of value x priority", "EUR", "share", "units"]
    fields = (TableField("unit", "Unit", "unit"), TableField("worth", "Worth", "amount"))
    found = table(*fields, unit=units, worth=[2.5e6, 3e6, 0.5, float("nan")])
    view = found.view("some", MILLIONS, 9, titled=True)
    assert [[cell.text for cell in row] for row in view.shown(MILLIONS)] == [
        [f"EUR million of {GOODS_WEIGHTED}", "2.50"],
        ["EUR million", "3.00"],
        ["", "50.0\u00a0%"],
        ["units", "–"],
    ]
    assert [column.unit_in(MILLIONS) for column in view.columns] == ["", ""], "each row has its own"
    sheet = found.sheet("EUR")
    assert [column.heading for column in sheet.columns] == ["Unit", "Worth"]
    assert sheet.columns[0].values.tolist() == [f"EUR of {GOODS_WEIGHTED}", "EUR", "share", "units"]
