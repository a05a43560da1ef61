"""From raw tables to typed ones: every sheet by the schema, every name in its set, every reference found.

All faults are gathered; one that follows from another is not reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from planner.domain.horizon import Horizon
from planner.errors import Fault
from planner.workbook.names.names import NameSets, either, few, nearest, suggestion
from planner.workbook.names.namespaces import check_namespace
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.events import read_events
from planner.workbook.reading.headers import displaced_header
from planner.workbook.reading.keys import check_keys, derive_names
from planner.workbook.reading.periods import BAD, PeriodReader
from planner.workbook.reading.raw import RawInput, made_from
from planner.workbook.reading.settings import SettingValues, read_settings
from planner.workbook.reading.table import RawTable, normalise, row_number
from planner.workbook.reading.typed import TypedTable, empty_table, read_table
from planner.workbook.schema import BY_NAME, TABLES, Column

# The column that holds the names of each set.
SET_COLUMNS = {
    "nation": ("Nations", "nation"),
    "nation_group": ("Nations", "groups"),
    "item": ("Items", "item"),
    "category": ("Items", "category"),
    "node": ("Nodes", "node"),
    "resource": ("Resources", "resource"),
    "expansion": ("Expansions", "expansion"),
    "commitment": ("Commitments", "commitment"),
    "fund": ("Funds", "fund"),
    "contingency": ("Contingencies", "contingency"),
    "currency": ("Currencies", "currency"),
    "policy": ("Policies", "policy"),
    # Last: these may be blank, and then follow from other columns.
    "route": ("Routes", "route"),
    "line": ("Lines", "line"),
    "demand": ("Demand", "demand"),
}
NOTHING_WITHOUT = ("Items", "Nodes")  # of these a first plan needs a row at least
NAMED_BY_OTHERS = {"Routes": ("origin", "destination"), "Lines": ("factory", "item")}
NUMBERED = frozenset({"Targets", "Consents", "Locks", "Remedies"})  # a blank name is table and row


@dataclass
class TypedWorkbook:
    """All tables as typed values (missing ones empty), the names they define, and the faults found so far."""

    raw: RawInput
    settings: SettingValues
    tables: dict[str, TypedTable]
    names: NameSets
    periods: PeriodReader
    faults: FaultList
    doubtful: set[str] = field(default_factory=set)  # tables that could not be found or read

    def __getitem__(self, table: str) -> TypedTable:
        return self.tables[table]

    @property
    def horizon(self) -> Horizon | None:
        """The horizon of Settings; None where it has faults."""
        return self.periods.horizon


def read_tables(raw: RawInput) -> TypedWorkbook:
    """Reads every table. Look at `.faults` before using what it returns: faulty cells are BAD."""
    faults = FaultList(raw.faults, [table.name for table in raw.tables])
    tables = {table.name: empty_table(table) for table in TABLES}
    book = TypedWorkbook(raw, SettingValues(), tables, NameSets(), PeriodReader(None), faults)
    other = no_input(raw)
    if other is not None:
        book.faults = FaultList([other])
        return book
    if not raw.tables and raw.faults:
        return book
    sheets = _match_sheets(book)
    _read_settings(book, sheets.pop("Settings", None))
    currency = book.settings.currency
    book.periods = PeriodReader(book.settings.horizon())
    if "Events" in sheets:
        book.tables["Events"] = read_events(sheets.pop("Events"), raw.textual, book.periods, book.names, faults)
    book.periods.events_certain = "Events" not in book.doubtful and "event" not in book.names.incomplete
    for name, sheet in sheets.items():
        book.tables[name] = read_table(BY_NAME[name], sheet, raw.textual, currency, book.periods, faults)
    _name_everything(book)
    for table in book.tables.values():
        check_references(table, [column for column in table.schema.columns if column.refers], book.names, faults)
    return book


def no_input(raw: RawInput) -> Fault | None:
    """The fault of a workbook, or a folder of CSV files, that is something else:
    most of its sheets are no tables of the input.
    """
    known = {normalise(table.name) for table in TABLES}
    strange = [sheet.name for sheet in raw.tables if sheet.key not in known]
    if 2 * len(strange) <= len(raw.tables):
        return None
    needed = [table.name for table in TABLES if table.required]
    if any(nearest(sheet.name, BY_NAME) in needed for sheet in raw.tables):
        return None
    folder = raw.path if raw.path.is_dir() else raw.path.parent
    results = next((made for place in (folder, folder.parent) if (made := made_from(place))), "")
    if results:
        return Fault(raw.path.name, f"holds results, no input; {results}")
    message = (
        f"is no input: it has none of the sheets {either(needed)}; found {few(strange)}; `planner template` writes "
        "one to fill in"
    )
    return Fault(raw.path.name, message)


def _match_sheets(book: TypedWorkbook) -> dict[str, RawTable]:
    """The sheet of each table; unknown, repeated and missing ones are faults."""
    sheets, doubtful = match_sheets(book.raw, book.faults)
    book.doubtful |= doubtful
    for name in NOTHING_WITHOUT:
        if name in sheets and not sheets[name].rows:
            book.faults.about(sheets[name], "has no rows; expected at least one below the column names")
            book.doubtful.add(name)
    for table in TABLES:
        if not table.required or table.name in sheets or table.name in book.doubtful:
            continue
        empty = book.raw.table(table.name)
        if empty is None:
            _missing(book, table.name)
        else:
            columns = ", ".join(column.name for column in table.columns)
            book.faults.about(empty, f"is empty; expected the columns {columns}")
            book.doubtful.add(table.name)
    return sheets


def match_sheets(raw: RawInput, faults: FaultList) -> tuple[dict[str, RawTable], set[str]]:
    """The sheet of each table that is there and not empty, and the tables that a sheet which is a fault may be."""
    known = {normalise(table.name): table for table in TABLES}
    sheets: dict[str, RawTable] = {}
    doubtful: set[str] = set()
    for sheet in raw.tables:
        table = known.get(sheet.key)
        if table is None:
            hint = suggestion(sheet.name, BY_NAME) or f"; the tables are {', '.join(BY_NAME)}"
            faults.about(sheet, f"found the sheet {sheet.name!r}, which is no table{hint}")
            near = nearest(sheet.name, BY_NAME)
            doubtful |= {near} if near else set()
        elif table.name in sheets:
            faults.about(sheet, f"found a second sheet for {table.name} (the first is {sheets[table.name].name!r})")
        elif any(name is not None for name in sheet.header) or sheet.rows:
            displaced = displaced_header(table, sheet)
            if displaced is None:
                sheets[table.name] = sheet
            else:
                faults.forget_above(sheet.name, row_number(displaced.cell or ""))
                faults.add(displaced)
                doubtful.add(table.name)
        elif any(fault.sheet == sheet.name for fault in raw.faults):
            doubtful.add(table.name)
    return sheets, doubtful - set(sheets)


def _missing(book: TypedWorkbook, name: str) -> None:
    columns = ", ".join(column.name for column in BY_NAME[name].columns if column.required)
    book.faults.add(Fault(name, f"the table is missing; expected a sheet {name} with at least {columns}", sheet=name))
    book.doubtful.add(name)


def _read_settings(book: TypedWorkbook, sheet: RawTable | None) -> None:
    if sheet is None:
        book.settings.values.update(start=BAD, periods=BAD, currency=BAD)
        return
    table = read_table(BY_NAME["Settings"], sheet, book.raw.textual, None, PeriodReader(None), book.faults)
    book.tables["Settings"] = table
    book.settings = read_settings(table, book.raw.textual, book.faults)


def _name_everything(book: TypedWorkbook) -> None:
    """Fills the name sets in an order in which blank names can follow from names already checked."""
    names = book.names
    if book.settings.currency is None:
        names.incomplete.add("currency")
    else:
        names.add("currency", [book.settings.currency])
    for kind, (table_name, column) in SET_COLUMNS.items():
        table = book.tables[table_name]
        if table_name in book.doubtful:
            names.incomplete.add(kind)
        if table_name in NAMED_BY_OTHERS:
            sources = [table.schema.column(name) for name in NAMED_BY_OTHERS[table_name]]
            check_references(table, sources, names, book.faults)
        if kind in ("route", "line", "demand"):
            derive_names(table)
        if column == table.schema.key[0] and not check_keys(table, book.faults):
            names.incomplete.add(kind)
        values = _spread(table[column])
        if any(value is BAD for value in values):
            names.incomplete.add(kind)
        names.add(kind, (value for value in values if value is not BAD and value is not None))
        if column == table.schema.key[0] and "name" in (each.name for each in table.schema.columns):
            pairs = zip(table["name"], table[column], strict=True)
            names.entitle(
                kind,
                ((title, name) for title, name in pairs if isinstance(title, str) and title and isinstance(name, str)),
            )
        check_namespace(kind, table, column, book.tables, names, book.faults)
    done = {table_name for table_name, _ in SET_COLUMNS.values()} | {"Settings", "Events"}
    for name, table in book.tables.items():
        if name not in done:
            if name in NUMBERED:
                derive_names(table)
            if name != "Capacity":  # its periods may overlap: see rules_places
                check_keys(table, book.faults)


def _spread(values: Iterable[Any]) -> list[Any]:
    """The names in a column of names or of lists of names."""
    spread: list[Any] = []
    for value in values:
        if isinstance(value, tuple):
            spread += value
        else:
            spread.append(value)
    return spread


def check_references(table: TypedTable, columns: list[Column], names: NameSets, faults: FaultList) -> None:
    """Every name in these columns must be in one of the sets that the column refers to; what is not becomes BAD."""
    for column in columns:
        values = table[column.name]
        distinct = {value if not isinstance(value, dict) else tuple(value) for value in values}
        unknown = {name for name in _spread(distinct) if isinstance(name, str) and not names.knows(name, column.refers)}
        if not unknown:
            continue
        silent = not names.certain(column.refers)
        for record, value in enumerate(values):
            parts = (value,) if isinstance(value, str) else () if value in (None, BAD) else tuple(value)
            wrong = [part for part in parts if part in unknown]
            if wrong:
                if not silent:
                    message = "; ".join(names.describe_unknown(name, column.refers) for name in wrong)
                    table.fail(faults, record, column.name, message)
                values[record] = BAD
