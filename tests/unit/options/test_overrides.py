"""What an option does to the cells of the input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_world import options, raw

from planner.options.changes.option import option_title, read_options
from planner.options.changes.overrides import Changed, apply_option
from planner.workbook import interpret

FORMS = pytest.mark.parametrize("textual", [False, True], ids=["workbook", "csv"])


def changed(tmp_path: Path, *rows: tuple[Any, ...], textual: bool = False, **sheets: Any) -> Changed:
    """The input as option X changes it; a row is (table, where, column, change, value)."""
    made = raw(tmp_path, textual, Options=options(*[("X", *row) for row in rows]), **sheets)
    assert interpret(made).faults == ()
    return apply_option(read_options(made)["X"], made)


def edits(found: Changed) -> list[tuple[Any, ...]]:
    assert found.problems == ()
    return [(e.table, e.cell, e.row, e.column, e.before, e.after) for e in found.edits]


def problem(found: Changed) -> tuple[str, str]:
    ((column, message),) = [(p.column, p.message) for p in found.problems]
    assert found.edits == ()
    return column, message


@FORMS
def test_set_scale_and_add_change_the_cells_that_the_conditions_name(tmp_path: Path, textual: bool) -> None:
    found = changed(
        tmp_path,
        ("Budgets", "fund=Joint; contributor=PL", "amount", "scale", 1.5),
        ("Budgets", "fund=Joint; contributor=CZ; year=2026", "amount", "add", -100),
        ("Lines", "line=B", "unit_cost", "set", 12.5),
        textual=textual,
    )
    changes = [
        ("Budgets", "D2", "Joint; PL; 2026", "amount", 500, 750),
        ("Budgets", "D3", "Joint; CZ; 2026", "amount", 500, 400),
        ("Lines", "D3", "B", "unit_cost", 20, 12.5),
    ]
    assert edits(found) == ([(*row[:4], str(row[4]), str(row[5])) for row in changes] if textual else changes)
    instance = interpret(found.raw).instance
    assert instance is not None
    assert [budget.amount for budget in instance.funds["Joint"].budgets] == [750, 400]
    assert instance.lines["B"].unit_cost == 12.5


def test_without_a_condition_every_row_is_changed(tmp_path: Path) -> None:
    found = changed(tmp_path, ("Budgets", None, "amount", "scale", 2))
    assert [edit.after for edit in found.edits] == [1000, 1000, 400]


def test_later_changes_see_what_earlier_ones_did_and_a_cell_is_told_once(tmp_path: Path) -> None:
    found = changed(
        tmp_path,
        ("Lines", "line=B", "unit_cost", "set", 30),
        ("Lines", "unit_cost=30", "unit_cost", "scale", 2),
        ("Lines", "line=A", "capacity", "scale", 2),
        ("Lines", "line=A", "capacity", "scale", 0.5),
    )
    assert edits(found) == [("Lines", "D3", "B", "unit_cost", 20, 60)]  # the capacity is what it was


@FORMS
def test_conditions_are_read_as_the_reader_reads_cells(tmp_path: Path, textual: bool) -> None:
    """Lists by an element, defaults as values, blank names as the names they get, spelling of columns aside."""
    for number, (row, cells) in enumerate(
        [
            (("commitments", "Nations = PL", "binding", "set", "no"), ["C2"]),
            (("Commitments", "nations=CZ", "binding", "set", "no"), ["C2", "C3"]),
            (("Commitments", "binding=TRUE", "binding", "set", "no"), ["C2"]),
            (("Funds", "carry_over=no; kind=grant", "kind", "set", "pledge"), ["B3"]),
            (("Routes", "route=Bravo>Hub:road", "capacity_t", "add", 5), ["D3"]),
            (("Routes", "capacity_t=", "capacity_t", "set", 5), ["D2"]),
            (("Budgets", "contributor=", "amount", "set", 1), ["D4"]),
            (("Budgets", "contributor=Extra", "amount", "set", 1), ["D4"]),  # a blank contributor is the fund
            (("Budgets", "amount=500.0", "amount", "set", 1), ["D2", "D3"]),
            (("Nodes", "node=Hub", "opens", "set", "2026-02"), ["E4"]),  # a column that the sheet did not have
        ]
    ):
        place = tmp_path / str(number)
        place.mkdir()
        assert [edit.cell for edit in changed(place, row, textual=textual).edits] == [
            cell
            for cell in cells
            if not (number == 1 and cell == "C3")  # it was "no" already
        ]


@FORMS
def test_periods_are_met_as_periods(tmp_path: Path, textual: bool) -> None:
    long = [
        ["demand", "destination", "item", "period", "quantity"],
        ["First", "Hub", "crate", "2026-01", 10],
        ["Second", "Hub", "crate", 2, 20],
        ["Third", "Hub", "crate", "2026-02", 30],
    ]
    for number, (where, cells) in enumerate(
        [("period=2026-02", ["E3", "E4"]), ("period=1", ["E2"]), ("period=2026-Q1", ["E2", "E3", "E4"])]
    ):
        place = tmp_path / str(number)
        place.mkdir()
        found = changed(place, ("Demand", where, "quantity", "scale", 2), textual=textual, Demand=long)
        assert [edit.cell for edit in found.edits] == cells


@FORMS
def test_a_wide_table_has_a_cell_for_each_period(tmp_path: Path, textual: bool) -> None:
    cases = [
        (("Demand", "period=2026-02", "quantity", "add", 5), [("F3", "Second; 2026-02")]),
        (("Demand", "", "quantity", "scale", 2), [("E2", "First; 2026-01"), ("F3", "Second; 2026-02")]),
        (("Demand", "", "quantity", "set", 7), [("E2", "First; 2026-01"), ("F3", "Second; 2026-02")]),
        (("Demand", "demand=First; period=2", "quantity", "set", 7), [("F2", "First; 2026-02")]),  # blank before
        (("Demand", "commitment=one", "priority", "set", 3), [("G2", "First; 2026-01")]),
    ]
    for number, (row, cells) in enumerate(cases):
        place = tmp_path / str(number)
        place.mkdir()
        found = changed(place, row, textual=textual)
        assert [(edit.cell, edit.row) for edit in found.edits] == cells
        assert interpret(found.raw).faults == ()


@FORMS
@pytest.mark.parametrize(
    ("where", "column"), [("", "discount_rate"), ("key=Discount rate", "value"), ("currency=EUR", "discount_rate")]
)
def test_a_setting_is_a_column_or_a_key(tmp_path: Path, where: str, column: str, textual: bool) -> None:
    found = changed(tmp_path, ("Settings", where, column, "add", 0.05), textual=textual)
    value = "0.05" if textual else 0.05
    assert edits(found) == [("Settings", "B6", "discount_rate", "value", None, value)]  # it was not given: 0
    instance = interpret(found.raw).instance
    assert instance is not None
    assert instance.settings.discount_rate == 0.05


@FORMS
def test_an_event_that_moves_moves_what_hangs_on_it(tmp_path: Path, textual: bool) -> None:
    events = [["event", "period"], ["pause", "2026-01"], ["later", "pause+1"]]
    found = changed(
        tmp_path,
        ("Events", "event=pause", "period", "set", "2026-02"),
        ("Demand", "period=pause", "quantity", "set", 1),  # read after the event has moved
        textual=textual,
        Events=events,
    )
    assert [edit.cell for edit in found.edits] == ["B2", "F2", "F3"]


def test_a_blank_with_a_number_as_default_counts_as_that_number(tmp_path: Path) -> None:
    found = changed(tmp_path, ("Routes", "origin=Alpha", "cost", "add", 3), ("Lines", "line=A", "yield", "scale", 0.5))
    assert [(edit.cell, edit.before, edit.after) for edit in found.edits] == [("E2", None, 3), ("F2", None, 0.5)]


def test_money_stays_in_the_currency_of_its_row(tmp_path: Path) -> None:
    budgets = [["fund", "contributor", "year", "amount", "currency"], ["Joint", "PL", 2026, 500, "PLN"]]
    found = changed(
        tmp_path,
        ("Budgets", "fund=Joint", "amount", "add", 100),
        Budgets=budgets,
        Funds=[["fund"], ["Joint"]],
        Currencies=[["currency", "rate"], ["PLN", 0.25]],
    )
    instance = interpret(found.raw).instance
    assert instance is not None
    assert instance.funds["Joint"].budgets[0].amount == 150  # (500 + 100) × 0.25


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (
            ("Budgets", "fund=Jont", "amount", "scale", 2),
            "where",
            "no row of Budgets has fund=Jont, did you mean 'Joint'?",
        ),
        (("Budgets", "year=2035", "amount", "scale", 2), "where", "no row of Budgets has year=2035; known: 2026"),
        (
            ("Budgets", "fund=Extra; contributor=PL", "amount", "scale", 2),
            "where",
            "no row of Budgets has fund=Extra and contributor=PL together",
        ),
        (("Budgets", "year=soon", "amount", "set", 2), "where", "found 'soon', expected a whole number"),
        (("Demand", "period=2026-13", "quantity", "set", 2), "where", "found '2026-13', expected a date"),
        (("Expansions", "", "cost", "scale", 2), "table", "the input has no table Expansions"),
        (("Routes", "origin=Alpha", "capacity_t", "scale", 2), "column", "Routes!D2 is blank, which means: unlimited"),
        (("Lines", "line=A", "item", "scale", 2), "change", "Lines.item holds a name, which only `set` can change"),
        (("Demand", "", "period", "set", 2), "column", "Demand has a column for each period"),
        (("Settings", "", "value", "set", 2), "where", "does not say which setting"),
        (
            ("Settings", "key=currencies", "value", "set", "USD"),
            "where",
            "no setting is called 'currencies', did you mean",
        ),
        (("Settings", "", "title", "scale", 2), "change", "Settings.title holds text"),
        (("Settings", "currency=USD", "discount_rate", "set", 0.1), "where", "currency is not 'USD' in Settings"),
        (("Options", "", "value", "set", 2), "table", "an option cannot change the options"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(tmp_path: Path, row: tuple[Any, ...], column: str, message: str) -> None:
    found = problem(changed(tmp_path, row))
    assert found[0] == column
    assert message in found[1]


@pytest.mark.parametrize(
    ("description", "title"),
    [("A fifth more", "A fifth more"), ("", "MORE"), ("a" * 120, "a" * 120), ("a" * 121, "MORE")],
)
def test_an_option_is_called_by_its_description_unless_that_is_no_title(description: str, title: str) -> None:
    assert option_title("MORE", description) == title
