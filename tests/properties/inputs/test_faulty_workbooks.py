"""One cell of a good workbook is made faulty: exactly that cell is named, and nothing ever escapes.

Every strategy draws a cell from the declared schema, so that a column added to the schema is tested as soon as the
good workbook fills it.
"""

from __future__ import annotations

import copy
import csv
import functools
import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.workbook import Reading, read, read_instance
from planner.workbook.reading.table import cell_name, normalise
from planner.workbook.schema import SETTINGS, TABLES, Column
from tests.worlds.good_workbook import GOOD, Sheets

BY_KEY = {normalise(table.name): table for table in TABLES}
REQUIRED = [table.name for table in TABLES if table.required]
# Few, but others on every run.
FAST = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))

Place = tuple[str, int, int]  # sheet, row and column from 0


def column_at(sheet: str, row: int, column: int) -> Column | None:
    """What the schema says of a cell; of Settings values, what it says of that setting. None: a wide quantity."""
    table = BY_KEY[normalise(sheet)]
    if sheet == "Settings" and column == 1:
        return next(setting for setting in SETTINGS if setting.name == GOOD[sheet][row][0])
    name = normalise(GOOD[sheet][0][column])
    return next((known for known in table.columns if normalise(known.name) == name), None)


CELLS: list[Place] = [
    (sheet, row, column)
    for sheet, rows in GOOD.items()
    if sheet != "notes"
    for row in range(1, len(rows))
    for column in range(len(rows[0]))
]
NUMBER = ("number", "integer")


def kind_of(place: Place) -> str:
    column = column_at(*place)
    return "number" if column is None else column.kind


def cells_of(*kinds: str) -> st.SearchStrategy[Place]:
    return st.sampled_from([place for place in CELLS if kind_of(place) in kinds])


def minimum_of(place: Place) -> float | None:
    column = column_at(*place)
    return 0 if column is None else column.minimum


def write(sheets: Sheets, change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@functools.cache
def good_bytes() -> bytes:
    return write(GOOD)


def read_bytes(content: bytes) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(content)
        return read(path)


def read_folder(sheets: Sheets) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in sheets.items():
            with (Path(folder) / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])
        return read(Path(folder))


def with_cell(place: Place, value: Any) -> Sheets:
    sheet, row, column = place
    sheets = copy.deepcopy(GOOD)
    sheets[sheet][row][column] = value
    return sheets


def assert_named(reading: Reading, place: Place, value: object) -> None:
    sheet, row, column = place
    assert reading.instance is None
    faults = [(fault.sheet, fault.cell) for fault in reading.faults]
    assert faults == [(sheet, cell_name(row, column))], (value, [str(fault) for fault in reading.faults])


def assert_faulty(place: Place, value: Any) -> None:
    assert_named(read_bytes(write(with_cell(place, value))), place, value)


def test_the_good_workbook_is_good_in_both_forms() -> None:
    book, folder = read_bytes(good_bytes()), read_folder(GOOD)
    assert not book.faults
    assert not book.warnings
    assert book.instance is not None
    assert book.instance == folder.instance


@FAST
@given(
    cells_of(*NUMBER),
    st.sampled_from(["many", "12", "1,5", True, date(2026, 5, 1), 1e300, -1e300, float("nan"), float("inf")]),
)
def test_what_is_no_number(place: Place, value: Any) -> None:
    assert_faulty(place, value)


@FAST
@given(cells_of(*NUMBER).filter(lambda place: minimum_of(place) is not None), st.floats(0.001, 1e9))
def test_negative_numbers(place: Place, distance: float) -> None:
    least = minimum_of(place)
    assert least is not None
    assert_faulty(place, least - distance)


@FAST
@given(cells_of("name"), st.sampled_from([7.5, True, date(2026, 5, 1), "a;b", 1e300]))
def test_what_is_no_name(place: Place, value: Any) -> None:
    assert_faulty(place, value)


def refers(place: Place) -> bool:
    column = column_at(*place)
    return column is not None and bool(column.refers)


@FAST
@given(st.sampled_from([place for place in CELLS if refers(place)]))
def test_broken_references(place: Place) -> None:
    assert_faulty(place, "Nowhere: 1" if kind_of(place) == "shares" else "Nowhere")


@FAST
@given(
    st.sampled_from([p for p in CELLS if kind_of(p) in ("yes_no", "choice", "choices", "shares", "period")]),
    st.sampled_from(["nonsense", -3, 1.5, 99999, "?;", "2026-13"]),
)
def test_what_is_no_choice_share_or_period(place: Place, value: Any) -> None:
    assert_faulty(place, value)


def required(place: Place) -> bool:
    """A required cell of a row that is not blank without it."""
    sheet, row, at = place
    column = column_at(*place)
    filled = sum(cell is not None for cell in GOOD[sheet][row])
    return column is not None and column.required and filled > 1 and (sheet != "Settings" or at == 1)


@FAST
@given(st.sampled_from([place for place in CELLS if required(place)]))
def test_required_cells_left_blank(place: Place) -> None:
    assert_faulty(place, None)


def keyed(place: Place) -> bool:
    sheet, row, column = place
    table = BY_KEY[normalise(sheet)]
    name = column_at(*place)
    return row > 1 and name is not None and table.key == (name.name,) and GOOD[sheet][1][column] is not None


@pytest.mark.parametrize(
    "place", [place for place in CELLS if keyed(place)], ids=lambda place: f"{place[0]}_{place[1]}"
)
def test_duplicate_keys(place: Place) -> None:
    assert_faulty(place, GOOD[place[0]][1][place[2]])


@FAST
@given(st.sampled_from(CELLS), st.sampled_from(["=1+1", '=A1&"x"', "#DIV/0!", "#N/A", "#REF!"]))
def test_formulas_without_value_and_error_values(place: Place, value: str) -> None:
    assert_faulty(place, value)


@FAST
@given(st.sampled_from(CELLS), st.integers(0, 2), st.integers(0, 2))
def test_merged_cells(place: Place, down: int, right: int) -> None:
    sheet, row, column = place

    def merge(book: openpyxl.Workbook) -> None:
        last = cell_name(row + down, column + right)
        book[sheet].merge_cells(f"{cell_name(row, column)}:{last}")

    if down or right:
        assert_named(read_bytes(write(GOOD, merge)), place, (down, right))


@FAST
@given(
    st.sampled_from(
        [(sheet, 0, column) for sheet, rows in GOOD.items() if sheet != "notes" for column in range(len(rows[0]))]
    )
)
def test_unknown_columns(place: Place) -> None:
    assert_faulty(place, "zzz")


@FAST
@given(
    st.sampled_from([sheet for sheet in GOOD if sheet != "notes"]), st.integers(1, 9), st.integers(0, 9), st.booleans()
)
def test_stray_cells_beside_and_below_a_table(sheet: str, away: int, along: int, below: bool) -> None:
    height, width = len(GOOD[sheet]), len(GOOD[sheet][0])
    row, column = (height + away, width + along) if below else (min(1 + along, height + 2), width + away)

    def stray(book: openpyxl.Workbook) -> None:
        book[sheet][cell_name(row, column)] = "stray"

    reading = read_bytes(write(GOOD, stray))
    places = {(fault.sheet, fault.cell) for fault in reading.faults}
    # A short table with a value beside its rows may as well lack a column name.
    assert places in ({(sheet, cell_name(row, column))}, {(sheet, cell_name(0, column))} if row < height else None)


@pytest.mark.parametrize("table", REQUIRED)
def test_a_missing_sheet_is_named(table: str) -> None:
    reading = read_bytes(write({name: rows for name, rows in GOOD.items() if name != table}))
    assert [(fault.place, fault.cell) for fault in reading.faults] == [(table, None)]


@pytest.mark.parametrize("sheet", [name for name in GOOD if name != "notes"])
def test_a_misspelt_sheet_is_named(sheet: str) -> None:
    reading = read_bytes(write({name + "x" if name == sheet else name: rows for name, rows in GOOD.items()}))
    assert [(fault.sheet, fault.cell) for fault in reading.faults] == [(sheet + "x", None)]


@FAST
@given(
    st.sampled_from([p for p in CELLS if kind_of(p) in NUMBER]),
    st.sampled_from(["many", "1,5", "1 000", "nan", "inf", "-1e300", "-0.5"]),
)
def test_faulty_numbers_in_csv(place: Place, value: str) -> None:
    least = minimum_of(place)
    if value == "-0.5" and (least is None or least < 0):
        value = "x"
    assert_named(read_folder(with_cell(place, value)), place, value)


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_at_most_one_fault(content: bytes) -> None:
    for prefix in (b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"):
        reading = read_bytes(prefix + content)
        assert reading.instance is None
        assert len(reading.faults) == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 30))
def test_damaged_workbooks_never_raise(seed: int, number: int) -> None:
    """Bytes of the file are changed anywhere: whatever that does, it is a reading."""
    chance = random.Random(seed)
    content = bytearray(good_bytes())
    for _ in range(number):
        content[chance.randrange(len(content))] = chance.randrange(256)
    reading = read_bytes(bytes(content[: chance.choice([len(content), chance.randrange(len(content))])]))
    assert (reading.instance is None) == bool(reading.faults)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_damaged_sheets_never_raise(seed: int, number: int) -> None:
    """Bytes of the XML inside are changed, and the archive is sound."""
    chance = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(good_bytes())) as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    for _ in range(number):
        part = parts[chance.choice(list(parts))]
        start = chance.randrange(len(part))
        part[start : start + chance.randrange(4)] = chance.choice(
            [b"", b"<", b'"', b"9", b"A", b"&amp;", bytes([chance.randrange(256)])]
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, bytes(content))
    reading = read_bytes(stream.getvalue())
    assert (reading.instance is None) == bool(reading.faults)


CONTENTS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.dates(),
    st.sampled_from(
        ["PL", "EU", "shell", "ammo", "Works", "R1", "L1", "2026-03", "ceasefire+1", "a;b", "PL:1", "Depot; City"]
    ),
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(CELLS + [(s, 0, 0) for s in GOOD]), CONTENTS), min_size=1, max_size=8))
def test_any_contents_of_any_cells_never_raise(changes: list[tuple[Place, Any]]) -> None:
    sheets = copy.deepcopy(GOOD)
    for (sheet, row, column), value in changes:
        sheets[sheet][row][column] = value
    for reading in (read_folder(sheets), read_bytes(write(sheets))):
        assert (reading.instance is None) == bool(reading.faults)
        assert all(fault.message and fault.place for fault in reading.faults)


def test_read_instance_raises_only_input_errors(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InputError, match="is not an Excel workbook"):
        read_instance(tmp_path / "book.xlsx")
    (tmp_path / "book.xlsx").write_bytes(good_bytes())
    assert read_instance(tmp_path / "book.xlsx").items["shell"].weight_t == 0.05
