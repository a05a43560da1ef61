"""The reference page says what the declarations say."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import catalogue
from planner.plan.plan import TABLE_COLUMNS
from planner.workbook.schema import BY_NAME, SETTINGS, TABLES, Column
from planner.workbook.write.reference import (
    PAGE,
    allowed_text,
    bounds_text,
    default_text,
    kind_text,
    main,
    reference_page,
    unit_text,
)
from planner.workbook.write.results import RESULT_TABLES


def test_the_page_in_docs_is_up_to_date() -> None:
    found = PAGE.read_text(encoding="utf-8")
    assert found == reference_page(), "run: python -m planner.workbook.write.reference"


def test_every_column_of_every_table_is_explained() -> None:
    sections = reference_page().split("\n### ")
    by_title = {section.split("\n", 1)[0]: section for section in sections}
    for table in TABLES:
        columns = SETTINGS if table.name == "Settings" else table.columns
        for column in columns:
            assert f"| `{column.name}` | {kind_text(column)} |" in by_title[table.name]
            assert column.help in by_title[table.name]


def test_the_result_tables_are_those_that_are_written() -> None:
    assert {name: tuple(table.columns) for name, table in RESULT_TABLES.items()} == TABLE_COLUMNS


def test_every_family_of_the_model_is_listed() -> None:
    page = reference_page()
    full = catalogue.load("full")
    for name in (*full.variables, *full.constraints, *full.rules):
        assert f"| `{name}` |" in page
    for level in full.levels:
        assert level.title in page


@pytest.mark.parametrize(
    ("table", "column", "bounds", "default", "unit"),
    [
        ("Items", "weight", "at least 0", "1", "t/unit"),
        ("Items", "lot", "above 0", "", "units"),
        ("Nodes", "lat", "-90 … 90", "", "degrees"),
        ("Lines", "yield", "above 0, at most 1", "1", "share"),
        ("Lines", "unit_cost", "at least 0", "0", "EUR/unit"),
        ("Routes", "both_ways", "", "no", ""),
        ("Demand", "item", "", "required", ""),
    ],
)
def test_rules_of_a_column_in_words(table: str, column: str, bounds: str, default: str, unit: str) -> None:
    found = BY_NAME[table].column(column)
    assert (bounds_text(found), default_text(found), unit_text(found, "EUR")) == (bounds, default, unit)


def test_what_is_allowed_in_words() -> None:
    assert allowed_text(BY_NAME["Nodes"].column("kind")) == "factory, depot, transit, destination, market"
    assert allowed_text(BY_NAME["Routes"].column("excludes")) == "item or category"
    assert bounds_text(Column("x", "number", "", maximum=3)) == "at most 3"


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "page.md"
    assert main([str(target)]) == 0
    assert target.read_text(encoding="utf-8") == reference_page()
    assert str(target) in capsys.readouterr().out
