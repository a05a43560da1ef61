"""The template holds what the schema declares, and what it holds can be checked and planned."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from planner import cli
from planner.plan import solve
from planner.records.run import read_run
from planner.workbook import read
from planner.workbook.reading.table import normalise
from planner.workbook.schema import SETTINGS, TABLES, Column
from planner.workbook.validate.checks import check_network
from planner.workbook.write.examples import ROWS
from planner.workbook.write.examples import SETTINGS as EXAMPLE_SETTINGS
from planner.workbook.write.template import help_text, write_template


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(written)
    return written


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return load_workbook(path)


def test_what_the_template_writes_is_accepted(path: Path) -> None:
    reading = read(path)
    assert [str(fault) for fault in (*reading.faults, *reading.warnings)] == []
    assert reading.instance is not None
    assert [str(fault) for fault in check_network(reading.instance, reading.raw)] == []


@pytest.mark.usefixtures("without_reports")
def test_the_full_template_is_a_plan(path: Path, tmp_path: Path) -> None:
    """All that is promised in the examples can be kept, and the checker agrees."""
    assert cli.run(["solve", str(path), "-o", str(tmp_path / "plan")]) == 0
    record = read_run(tmp_path / "plan")
    assert isinstance(record.objective, tuple)
    short = {level.name: level.value for level in record.objective if level.name.endswith("shortfall")}
    assert (record.status, short["binding_shortfall"], short["other_shortfall"]) == ("optimal", 0.0, 0.0)
    assert record.verified
    assert max(size or 0.0 for size in record.verified.values()) <= 1e-6


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("template") / "small.xlsx"
    write_template(written, small=True)
    return written


def test_the_small_template_is_a_first_plan(small: Path) -> None:
    tables = ["Settings", "Items", "Nodes", "Routes", "Lines", "Demand"]
    assert load_workbook(small).sheetnames == ["# How to", *tables]
    reading = read(small)
    assert reading.instance is not None
    assert [*reading.faults, *reading.warnings, *check_network(reading.instance, reading.raw)] == []
    plan = solve(reading.instance)
    short = sum(level.value or 0.0 for level in plan.levels if level.name.endswith("shortfall"))
    assert (plan.status, short) == ("optimal", 0.0)


def test_no_column_of_the_small_template_needs_another_sheet(small: Path) -> None:
    kinds = {"item", "category", "node", "route", "line", "demand"}
    for sheet in load_workbook(small).worksheets[2:]:
        table = next(table for table in TABLES if table.name == sheet.title)
        for cell in sheet[1]:
            column = next(column for column in table.columns if normalise(column.name) == normalise(cell.value))
            assert set(column.refers) <= kinds


def emptied(book: Workbook, **own: list[dict[str, object]]) -> Workbook:
    """The template with the examples of some sheets replaced by rows of one's own."""
    for name, rows in own.items():
        sheet = book[name]
        headers = [normalise(cell.value) for cell in sheet[1]]
        sheet.delete_rows(2, sheet.max_row)
        for row in rows:
            sheet.append([row.get(header) for header in headers])
    return book


OWN: dict[str, list[dict[str, object]]] = {
    "Items": [{"item": "kit"}],
    "Nodes": [{"node": "Plant", "kind": "factory"}, {"node": "Field", "kind": "destination"}],
    "Demand": [{"destination": "Field", "item": "kit", "period": "2027-04", "quantity": 30}],
}


@pytest.mark.parametrize("which", ["path", "small"])
def test_examples_left_in_are_told_once(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed.xlsx"
    emptied(load_workbook(request.getfixturevalue(which)), **OWN).save(mixed)
    (fault,) = read(mixed).faults
    assert fault.message.startswith("example rows of the template are left: ")
    assert "Lines rows 2 to " in fault.message


def test_own_rows_among_examples_keep_their_faults(small: Path, tmp_path: Path) -> None:
    routes: list[dict[str, object]] = [{"origin": "Plant", "destination": "Filed"}]
    mixed = tmp_path / "mixed.xlsx"
    emptied(load_workbook(small), **OWN, Routes=routes).save(mixed)
    assert [fault.place for fault in read(mixed).faults] == ["Lines!A2", "Routes!C2"]


def test_examples_that_bring_no_fault_are_a_warning(small: Path, tmp_path: Path) -> None:
    book = load_workbook(small)
    book["Items"].append(["kit", None, None, None, None, None, 0.1, 0.2])
    book.save(tmp_path / "mixed.xlsx")
    reading = read(tmp_path / "mixed.xlsx")
    assert reading.faults == ()
    (warning,) = reading.warnings
    assert (
        "Items rows 2 to 4; Nodes rows 2 to 7; Routes rows 2 to 5; Lines rows 2 to 5; Demand rows 2 to 5"
        in warning.message
    )


def test_what_is_filled_in_by_oneself_is_no_example(small: Path, tmp_path: Path) -> None:
    lines: list[dict[str, object]] = [{"factory": "Plant", "item": "kit", "unitcost": 3}]
    routes: list[dict[str, object]] = [{"origin": "Plant", "destination": "Field"}]
    emptied(load_workbook(small), **OWN, Lines=lines, Routes=routes).save(tmp_path / "own.xlsx")
    reading = read(tmp_path / "own.xlsx")
    assert [*reading.faults, *reading.warnings] == []


def test_its_help_is_not_carried_into_reports(path: Path) -> None:
    instance = read(path).instance
    assert instance is not None
    assert instance.notes == ()


def test_every_table_and_column_is_there_with_help(book: Workbook) -> None:
    assert book.sheetnames == ["# How to", *(table.name for table in TABLES)]
    for table in TABLES:
        headers = book[table.name][1]
        for cell, column in zip(headers, table.columns, strict=False):
            assert normalise(cell.value) == normalise(column.name)
            assert cell.comment is not None
            assert cell.comment.text == help_text(column)
            assert column.help in cell.comment.text


def test_required_columns_stand_out(book: Workbook) -> None:
    pairs = {
        (column.required, cell.fill.fgColor.rgb)
        for table in TABLES
        for cell, column in zip(book[table.name][1], table.columns, strict=False)
    }
    assert len(pairs) == 2
    assert len({colour for _, colour in pairs}) == 2


def test_every_table_has_example_rows_with_known_columns(book: Workbook) -> None:
    assert set(EXAMPLE_SETTINGS) == {setting.name for setting in SETTINGS}
    for table in TABLES:
        assert book[table.name].max_row >= 2
        known = {column.name for column in table.columns}
        for row in ROWS.get(table.name, ()):
            assert set(row) <= known


def rules(book: Workbook, table: str, header: str) -> list[tuple[str, str | None]]:
    """(type, formula) of the rules on the column's third row."""
    sheet = book[table]
    letter = next(cell.column_letter for cell in sheet[1] if normalise(cell.value) == normalise(header))
    return [(rule.type, rule.formula1) for rule in sheet.data_validations.dataValidation if f"{letter}3" in rule.sqref]


def test_choices_references_and_numbers_have_rules(book: Workbook) -> None:
    assert rules(book, "Nodes", "kind") == [("list", '"factory,depot,transit,destination,market"')]
    assert rules(book, "Routes", "both_ways") == [("list", '"yes,no"')]
    assert rules(book, "Routes", "origin") == [("list", "list_nodes")]
    assert rules(book, "Lines", "yield") == [("decimal", "0")]
    assert rules(book, "Routes", "excludes") == []  # a list of names: no drop-down can offer it


def test_every_named_list_points_at_the_names_of_a_sheet(book: Workbook) -> None:
    names = {name: defined.attr_text for name, defined in book.defined_names.items()}
    used = {
        rule.formula1
        for sheet in book.worksheets
        for rule in sheet.data_validations.dataValidation
        if str(rule.formula1).startswith("list_")
    }
    assert used <= set(names)
    for table in TABLES:
        formula = names.get(f"list_{table.name.lower()}")
        if formula is not None:
            assert formula.startswith(f"{table.name}!$A$2:INDEX({table.name}!$A$2:$A$")
            assert table.columns[0].kind == "name"


def test_help_says_unit_default_and_what_is_allowed() -> None:
    column = Column("yield", "number", "Good units.", default=1.0, minimum=0, positive=True, maximum=1, unit="share")
    assert help_text(column) == "Good units.\nKind: number\nUnit: share\nAllowed: above 0, at most 1\nBlank: 1"
    reference = Column("origin", "name", "Start.", required=True, refers=("node",))
    assert help_text(reference) == "Start.\nKind: name\nFrom: node\nRequired"
