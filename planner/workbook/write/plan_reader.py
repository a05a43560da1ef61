"""Reads a plan that people made by hand, with the eyes and the faults of the workbook's own reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from planner.domain.fixed_plan import FixedQuantity, GivenKey, GivenPlan
from planner.domain.instance import PlanningInstance
from planner.errors import Fault, InputError
from planner.workbook.kind import RUN
from planner.workbook.names.names import few, nearest, suggestion
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.periods import BAD
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.reader import check_references, read_tables
from planner.workbook.reading.table import RawTable, normalise
from planner.workbook.reading.typed import TypedTable, read_table
from planner.workbook.write.plan_tables import DERIVED, PLAN_BY_NAME, PLAN_TABLES

RowReader = Callable[["_PlanReader", TypedTable, int], GivenKey | None]


def read_plan(path: Path, raw: RawInput, instance: PlanningInstance) -> GivenPlan:
    """The plan in a workbook, a folder of CSV files, or a run folder, for the input `raw` with its `instance`.

    A table without rows is as one that is not there: left to be completed.

    Raises InputError, which lists every fault by its cell: unknown names with the nearest, periods outside the
    horizon, columns that contradict each other, tables that are none.
    """
    typed = read_raw(path / "tables" if (path / "tables").is_dir() else path)
    _require_plan(path, typed)
    faults = FaultList(typed.faults, [table.name for table in typed.tables])
    reader = _PlanReader(raw, instance, faults, typed.textual)
    tables: dict[str, Mapping[GivenKey, FixedQuantity]] = {}
    for sheet in typed.tables:
        if sheet.key in tables:
            faults.about(sheet, f"found a second sheet for {sheet.key}; expected one")
        elif sheet.key in PLAN_BY_NAME:
            if sheet.rows:
                tables[sheet.key] = reader.table(sheet)
        elif sheet.key not in {normalise(name) for name in DERIVED}:
            hint = suggestion(sheet.name, PLAN_BY_NAME) or f"; the tables of a plan are {', '.join(PLAN_BY_NAME)}"
            faults.about(sheet, f"found the sheet {sheet.name!r}, which is no table of a plan{hint}")
    if not tables and not faults.errors:
        names = ", ".join(table.name for table in PLAN_TABLES)
        faults.add(Fault(path.name or str(path), f"gives nothing; expected a row in at least one of {names}"))
    if faults.errors:
        raise InputError(faults.errors)
    return GivenPlan(tables)


def _require_plan(path: Path, typed: RawInput) -> None:
    """Raise InputError where the file is a page of a run to be read, or most of its sheets are no tables of a plan."""
    known = {*PLAN_BY_NAME, *(normalise(name) for name in DERIVED)}
    strange = [
        sheet.name for sheet in typed.tables if sheet.key not in known and nearest(sheet.name, PLAN_BY_NAME) is None
    ]
    if path.is_file() and (path.parent / RUN).is_file():
        raise InputError([Fault(path.name, f"is made for reading; give the run folder {path.parent}")])
    if 2 * len(strange) > len(typed.tables):
        names = few(table.name for table in PLAN_TABLES)
        message = f"is no plan: found {few(strange)}; expected at least one of the tables {names}"
        raise InputError([Fault(path.name, message)])


class _PlanReader:
    """Reads the tables of one plan against the names and periods of the input."""

    def __init__(self, raw: RawInput, instance: PlanningInstance, faults: FaultList, textual: bool) -> None:
        book = read_tables(raw)
        self._names, self._periods, self._textual = book.names, book.periods, textual
        self._currency = instance.settings.currency
        self.instance, self.faults = instance, faults
        self.dues: dict[str, list[int]] = {}
        for demand in instance.demands:
            self.dues.setdefault(demand.name, []).append(demand.due)

    def table(self, sheet: RawTable) -> dict[GivenKey, FixedQuantity]:
        """Quantities by key; rows of one key add up."""
        schema = PLAN_BY_NAME[sheet.key]
        table = read_table(schema, sheet, self._textual, self._currency, self._periods, self.faults)
        check_references(table, [column for column in schema.columns if column.refers], self._names, self.faults)
        amount = "amount" if schema.name == "payments" else "quantity"
        quantities: dict[GivenKey, FixedQuantity] = {}
        for record in range(len(table)):
            if any(table[column.name][record] is BAD for column in schema.columns):
                continue
            key = _READERS[schema.name](self, table, record)
            if key is not None:
                place = sheet.place(table.rows[record], table.place_of(record, amount) or 0)[0]
                before = quantities.get(key)
                quantity = table[amount][record] + (before.quantity if before else 0.0)
                quantities[key] = FixedQuantity(quantity, before.place if before else place)
        return quantities

    def agrees(self, table: TypedTable, record: int, column: str, expected: str, because: str) -> bool:
        """Is a column that follows from others blank, or as it must be? Else that is a fault."""
        value = table[column][record]
        if value in (None, expected):
            return True
        table.fail(self.faults, record, column, f"found {value!r}, expected {expected!r}: {because}")
        return False


def _production(reader: _PlanReader, table: TypedTable, record: int) -> GivenKey | None:
    line = reader.instance.lines[table["line"][record]]
    made = reader.agrees(table, record, "item", line.item, f"the line {line.name} makes it")
    stands = reader.agrees(table, record, "factory", line.factory, f"the line {line.name} stands there")
    return (line.name, table["period"][record]) if made and stands else None


def _shipment(reader: _PlanReader, table: TypedTable, record: int) -> GivenKey | None:
    route, origin, destination = (table[name][record] for name in ("route", "origin", "destination"))
    legs = [
        leg
        for leg in reader.instance.legs.values()
        if route in (None, leg.route) and origin in (None, leg.origin) and destination in (None, leg.destination)
    ]
    if route is not None and origin is None and destination is None:
        legs = [leg for leg in legs if leg.name == route]  # the direction as typed
    if len(legs) == 1:
        return table["item"][record], legs[0].name, table["period"][record]
    ends = f"from {origin or 'anywhere'} to {destination or 'anywhere'}"
    if not legs:
        legs_of_route = [leg for leg in reader.instance.legs.values() if leg.route == route]
        where = (
            f"; {route} leads from {legs_of_route[0].origin} to {legs_of_route[0].destination}" if legs_of_route else ""
        )
        message = f"found no route {ends}{where}; expected the ends of a route of Routes"
    else:
        names = ", ".join(dict.fromkeys(leg.route for leg in legs[:6]))
        message = f"found {len(legs)} ways {ends} ({names}); expected one: name the route, its origin and destination"
    table.fail(reader.faults, record, "route" if table.has("route") else "origin", message)
    return None


def _delivery(reader: _PlanReader, table: TypedTable, record: int) -> GivenKey | None:
    name, due = table["demand"][record], table["due"][record]
    dues = reader.dues[name]
    label = reader.instance.horizon.label
    if due is None and len(dues) > 1:
        spelled = ", ".join(label(period) for period in dues[:8])
        table.fail(reader.faults, record, "due", f"is blank, but {name} is due in {spelled}; expected one of them")
        return None
    if due is not None and due not in dues:
        spelled = ", ".join(label(period) for period in dues[:8])
        table.fail(reader.faults, record, "due", f"found {label(due)}, but {name} is due in {spelled}")
        return None
    demand = reader.instance.demands_by_key[name, dues[0] if due is None else due]
    wanted = reader.agrees(table, record, "item", demand.item, f"the demand {name} is for it")
    there = reader.agrees(table, record, "destination", demand.destination, f"the demand {name} is there")
    return (name, demand.due, table["period"][record]) if wanted and there else None


def _investment(_: _PlanReader, table: TypedTable, record: int) -> GivenKey:
    return table["expansion"][record], table["period"][record]


def _stored(_: _PlanReader, table: TypedTable, record: int) -> GivenKey:
    return table["item"][record], table["node"][record], table["period"][record]


def _payment(reader: _PlanReader, table: TypedTable, record: int) -> GivenKey | None:
    year, years = table["year"][record], reader.instance.horizon.years
    if year not in years:
        message = f"found {year}, which is outside the horizon; expected a fiscal year from {years[0]} to {years[-1]}"
        table.fail(reader.faults, record, "year", message)
        return None
    return table["fund"][record], year


_READERS: dict[str, RowReader] = {
    "production": _production,
    "shipments": _shipment,
    "deliveries": _delivery,
    "investments": _investment,
    "stocks": _stored,
    "scrap": _stored,
    "payments": _payment,
}
