"""What every sample keeps: folder and workbook agree, both are read without a fault,
figures say where they come from.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.workbook import read
from planner.workbook.reading.raw import read_raw
from planner.workbook.reading.reader import TypedWorkbook, read_tables
from planner.workbook.schema import TABLES
from planner.workbook.validate.checks import check_network
from planner.workbook.write.convert import write_workbook
from tests.places import INPUTS

COALITION = INPUTS / "coalition"
SAMPLES = ("quickstart", "renewed-attack", "coalition")
NATIONAL_RESERVES = ("FR Larch", "IT Laurel", "SE Juniper")  # depots that admit none of those who need what lies there
SOURCE = re.compile(r"\bS\d{2,3}\b")
TAG = re.compile(r"\b(sourced|derived|illustrative|by definition)\b")
FREE_OF_FIGURES = {"Settings"}  # dates and choices


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _as_number(value: object) -> object:
    try:
        return float(str(value))
    except ValueError:
        return value


def tables_of(book: TypedWorkbook) -> dict[str, dict[str, list[object]]]:
    """Typed values of all tables but Settings; values kept as typed are text in a CSV file."""
    return {
        table.name: {
            column.name: [
                _as_number(value) if column.kind == "any" else value for value in book[table.name][column.name]
            ]
            for column in table.columns
        }
        for table in TABLES
        if table.name != "Settings"
    }


@pytest.mark.parametrize("sample", SAMPLES)
def test_folder_and_workbook_hold_the_same_tables(sample: str) -> None:
    from_folder = read_tables(read_raw(INPUTS / sample))
    from_workbook = read_tables(read_raw(INPUTS / f"{sample}.xlsx"))
    assert from_folder.settings == from_workbook.settings
    assert tables_of(from_folder) == tables_of(from_workbook)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_workbook_is_what_the_command_makes_of_the_folder(sample: str, tmp_path: Path) -> None:
    """By content: the bytes may differ between versions of openpyxl."""
    write_workbook(INPUTS / sample, tmp_path / "again.xlsx")
    again, committed = read_raw(tmp_path / "again.xlsx"), read_raw(INPUTS / f"{sample}.xlsx")
    assert again.tables == committed.tables
    assert again.notes == committed.notes


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("form", ["", ".xlsx"])
def test_reading_finds_no_fault(sample: str, form: str) -> None:
    reading = read(INPUTS / f"{sample}{form}")
    assert [str(fault) for fault in reading.faults] == []
    assert reading.instance is not None


def test_the_network_of_the_quickstart_gives_no_warning() -> None:
    reading = read(INPUTS / "quickstart")
    assert reading.instance is not None
    assert not list(check_network(reading.instance))


def test_only_money_that_never_comes_and_a_consent_that_comes_late_are_warned_of() -> None:
    reading = read(COALITION)
    assert reading.instance is not None
    assert {warning.place for warning in check_network(reading.instance)} <= {
        "Budgets 'EPF', 'EU', '2026'",
        "Consents 'Missiles from Germany'",
        *(f"Nodes '{reserve}'" for reserve in NATIONAL_RESERVES),
    }


def table_files() -> Iterator[Path]:
    return (file for file in sorted(COALITION.glob("*.csv")) if not file.stem.startswith("notes"))


@pytest.mark.parametrize("file", list(table_files()), ids=lambda file: file.stem)
def test_every_row_of_figures_says_where_it_comes_from(file: Path) -> None:
    if file.stem in FREE_OF_FIGURES:
        return
    silent = [line for line, row in enumerate(rows_of(file), start=2) if not TAG.search(row["note"])]
    assert silent == []


def test_the_sources_cited_are_listed_and_the_sources_listed_are_cited() -> None:
    cited = {source for file in table_files() for source in SOURCE.findall(file.read_text(encoding="utf-8"))}
    cited |= set(SOURCE.findall((COALITION / "notes.csv").read_text(encoding="utf-8")))
    listed = rows_of(COALITION / "notes_sources.csv")
    assert {row["source"] for row in listed} == cited
    assert len(cited) >= 40
    for row in listed:
        assert row["grade"] in {"A", "B", "C"}
        assert row["what"]
        assert re.fullmatch(r"https?://\S+", row["address"])


def test_what_is_sourced_names_its_source() -> None:
    for file in table_files():
        for row in rows_of(file):
            for column, note in row.items():
                if column.startswith("note") and re.search(r"\bsourced\b", note):
                    assert re.search(r"\bsourced S\d", note), f"{file.name}: {note}"


def test_places_are_rounded_and_lie_roughly_where_their_nation_is() -> None:
    """Fictional places: whole degrees only, so that none can be taken for a real one."""
    for row in rows_of(COALITION / "Nodes.csv"):
        for coordinate in (row["lat"], row["lon"]):
            assert re.fullmatch(r"-?\d+|", coordinate), row["node"]
        if row["nation"] == "UA":
            assert 45 <= int(row["lat"]) <= 52, row["node"]
            assert 23 <= int(row["lon"]) <= 39, row["node"]


def test_the_coalition_has_the_extent_that_it_promises() -> None:
    reading = read(COALITION)
    instance = reading.instance
    assert instance is not None
    kinds = [node.kind for node in instance.nodes.values()]
    assert len(instance.nations) >= 35
    assert kinds.count("depot") == 28
    assert kinds.count("factory") >= 20
    assert instance.horizon.periods == 36
    pillars = {commitment.pillar[0] for commitment in instance.commitments.values()}
    assert pillars == set("12345"), "all five elements of the declaration"
    assert {"SAFE", "UA_LOAN", "EDIP", "PURL", "UA_BUDGET", "BILATERAL"} <= set(instance.funds)
    assert {fund.content_scope for fund in instance.funds.values() if fund.content_min} == {"line", "fund"}
    demanded = {demand.commitment for demand in instance.demands}
    assert demanded == set(instance.commitments)


def test_the_coalition_has_rules_for_a_renewed_attack_and_nothing_is_left_unenforced() -> None:
    instance = read(COALITION).instance
    assert instance is not None
    assert not instance.not_enforced
    assert len(instance.contingencies) == 6
    assert len(instance.cases) == 18
    assert all(contingency.surges and contingency.disruptions for contingency in instance.contingencies.values())
    surge = {instance.items[one.item].category for all_of in instance.contingencies.values() for one in all_of.surges}
    assert {"Ammunition", "Air defence", "Drones", "Vehicles", "Medical", "Fuel"} <= surge
    assert {instance.items[one.item].domain for all_of in instance.contingencies.values() for one in all_of.surges} == {
        "land",
        "air",
        "sea",
    }
    attack = [case for case in instance.cases if case.contingency.name == "renewed_attack"]
    assert [case.strike for case in attack] == list(range(14, 33, 3)), "each quarter after the ceasefire of 2027-01"


def test_rights_of_access_differ_by_depot() -> None:
    instance = read(COALITION).instance
    assert instance is not None
    assert len({node.access for node in instance.nodes.values() if node.access}) >= 5
    for reserve in NATIONAL_RESERVES:
        assert "UA" not in instance.nodes[reserve].access
    assert any(supply.nation for supply in instance.supplies)
    assert any(leg.nations for leg in instance.legs.values())
    assert all(leg.days is not None for leg in instance.legs.values())
