"""The template: a workbook with every table, its rules built in, help on every header, and example rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.workbook.schema import SETTINGS, TABLES, Column, Table
from planner.workbook.write.examples import ROWS, ExampleRow
from planner.workbook.write.examples import SETTINGS as EXAMPLE_SETTINGS
from planner.workbook.write.reference import allowed_text, default_text, kind_text, unit_text
from planner.workbook.write.saving import save

LAST_ROW = 2000  # rows that drop-downs and formats reach
FIRST_PLAN = ("Routes", "Lines")  # with the required tables they make a first plan
SMALL = tuple(table for table in TABLES if table.required or table.name in FIRST_PLAN)
# What a first plan can do without: a column that names things of other tables, and these.
FIRST_SETTINGS = ("title", "start", "periods", "period_length", "currency", "objective")
LATER = ("yield", "advance", "overdue", "start_rate", "min_rate", "ramp", "resource_use", "neq", "storage_neq", "lot")
PLAIN_UNITS = ("units", "weight", "rank", "ratio", "{currency}", "nations")  # not worth a place in a header
CURRENCY = "currency"  # how headers' help names the currency of Settings


def _font(size: int = 11, color: str = "000000", bold: bool = False, italic: bool = False) -> Font:
    return Font(name="Calibri", size=size, color=color, bold=bold, italic=italic)


REQUIRED_FILL = PatternFill("solid", fgColor="1F3864")
OPTIONAL_FILL = PatternFill("solid", fgColor="DDE6F3")
REQUIRED_FONT = _font(bold=True, color="FFFFFF")
OPTIONAL_FONT = _font(bold=True, color="1F3864")
EXAMPLE_FONT = _font(italic=True, color="44546A")
NOTE_FONT = _font(italic=True, color="7F7F7F")
RULE = Border(bottom=Side(style="thin", color="1F3864"))
TABS = {"required": "1F3864", "first plan": "2E75B6", "optional": "BDD7EE"}

PERIOD_FORMAT = "yyyy-mm"
NUMBER_FORMAT = "#,##0.######"
WHOLE_FORMAT = "#,##0"

NOTES: tuple[tuple[str, str], ...] = (
    ("How to use this workbook", ""),
    ("1", "Each sheet is a table; each row below the header is one thing. Point at a header to read what belongs there."),
    ("2", "Replace the example rows (in grey italics) by your own, or delete them. A sheet that you do not need may stay empty or go."),
    ("3", "Settings, Items, Nodes and Demand are required (dark tabs); with Routes and Lines (blue tabs) they make a first plan. All other tables add rules."),
    ("4", "Columns with a dark header are required; in the others a blank cell means the default that its help names. A blank capacity or limit is unlimited, a blank cost or lead time is 0."),
    ("5", "Check it:   planner check MY.xlsx      Plan it:   planner solve MY.xlsx"),
    ("", ""),
    ("What to type", ""),
    ("Names", "Short names connect the tables: an origin in Routes must be a node in Nodes. Drop-downs offer the names already typed; lines and routes left without a name are called factory:item and origin>destination:mode."),
    ("Lists", "Separate by semicolons: Generator; Shelter. A category means its items, a group its nations, a nation its nodes."),
    ("Periods", "A date, 2027-03, 2027-Q1, or the period's number from 1. Opening and closing periods are inclusive."),
    ("Events", "Where a period is expected, an event of the sheet Events is accepted, with an offset: ceasefire+3. A blank date there means that it does not happen."),
    ("Money", "In the currency of Settings, unless the row names another currency that the sheet Currencies converts. Undiscounted; budgets are what is still available when the plan starts."),
    ("Capacities", "Units per period for lines (units started), tonnes per period for routes and nodes. Wherever a sheet has period and quantity, one column per period is accepted too."),
    ("Funds", "Without Budgets money is counted, not limited. With Budgets every cost must be paid by a fund that admits it: a fund without a row in Eligibility pays for everything."),
    ("Your own notes", "Sheets and columns whose names begin with note are never read as data, but shown in the report: use them for sources and remarks. Those whose names begin with # are ignored."),
    ("", ""),
    ("The example", "A missile works, its supplier of seeker heads, a depot behind a border crossing with change of gauge, and a receiving area; two funds; twelve months. All of it is invented."),
)  # fmt: skip


SMALL_NOTES: tuple[tuple[str, str], ...] = (
    ("How to use this workbook", ""),
    ("1", "Six sheets make a first plan: what is wanted (Demand), of what (Items), where (Nodes), how it gets there (Routes), who makes it (Lines), and the calendar (Settings)."),
    ("2", "Replace the example rows (in grey italics) by your own, or delete them. Point at a header to read what belongs there."),
    ("3", "Columns with a dark header are required; in the others a blank cell means the default that its help names."),
    ("4", "Check it:   planner check MY.xlsx      Plan it:   planner solve MY.xlsx"),
    ("5", "More sheets and columns (nations, funds, stocks, expansions, rules among partners) can be added at any time: copy them from   planner template ALL.xlsx"),
    ("Periods", "A date, 2027-03, 2027-Q1, or the period's number from 1. One column per period in place of period and quantity is accepted too."),
    ("The example", "A missile works, a world market, a depot behind a border crossing with change of gauge, and a receiving area; twelve months. All of it is invented."),
)  # fmt: skip


def write_template(path: Path, small: bool = False) -> None:
    """Write the template to `path` (.xlsx, replaced if there). What it holds passes `check` and can be planned.

    `small`: only the six sheets of a first plan, and of their columns those that need no other sheet.
    """
    book = Workbook()
    notes = book.worksheets[0]
    notes.title = "# How to"  # not "notes": it would be carried into the report of every plan
    fill_notes(notes, SMALL_NOTES if small else NOTES)
    tables = [_without_others(table) for table in SMALL] if small else TABLES
    for table in tables:
        sheet = book.create_sheet(table.name)
        if table.name == "Settings":
            _fill_settings(sheet, table, small)
        else:
            _fill_table(sheet, table, _simple(ROWS[table.name]) if small else ROWS[table.name])
        finish(sheet, table)
    for name, formula in _named_ranges([table.name for table in tables]):
        book.defined_names[name] = DefinedName(name, attr_text=formula)
    save(book, path)


def _without_others(table: Table) -> Table:
    """The table without the columns of LATER, and those that name things of tables which a first plan lacks."""
    there = {kind for kind, name in _LISTS.items() if name in {each.name for each in SMALL}} | {"category"}
    columns = (column for column in table.columns if set(column.refers) <= there and column.name not in LATER)
    return replace(table, columns=tuple(columns))


def _simple(examples: Sequence[ExampleRow]) -> list[ExampleRow]:
    """The example rows that need no table beyond a first plan: no components, no event."""
    beyond = ("Seeker", "Shelter", *(str(row["event"]) for row in ROWS["Events"]))
    return [row for row in examples if not any(str(value).startswith(beyond) for value in row.values())]


# ── Sheets ──────────────────────────────────────────────────────────────────────────────────────────


def fill_notes(sheet: Worksheet, notes: Sequence[tuple[str, str]]) -> None:
    """Two columns of (label, text); a label without text is a heading."""
    for row, (label, text) in enumerate(notes, start=1):
        first, second = sheet.cell(row, 1, label), sheet.cell(row, 2, text)
        first.alignment = Alignment(vertical="top")
        second.alignment = Alignment(wrap_text=True, vertical="top")
        first.font = _font(bold=True, color="1F3864", size=11 if text else 14)
        # Excel does not fit the height of wrapped rows that it did not wrap itself.
        sheet.row_dimensions[row].height = 15 * max(1, -(-len(text) // 95)) + (8 if label and not text else 0)
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 100
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = "7F7F7F"
    _print_setup(sheet)


def _fill_settings(sheet: Worksheet, table: Table, small: bool) -> None:
    for index, column in enumerate(table.columns, start=1):
        _header(sheet, index, column)
    sheet.cell(1, 3, "# help")
    _style_header(sheet.cell(1, 3), required=False)
    settings = [setting for setting in SETTINGS if setting.name in FIRST_SETTINGS or not small]
    for row, setting in enumerate(settings, start=2):
        name, value = sheet.cell(row, 1, setting.name), sheet.cell(row, 2)
        name.font = _font(bold=setting.required, color="1F3864")
        _put(value, setting, EXAMPLE_SETTINGS[setting.name])
        value.alignment = Alignment(horizontal="left")
        remark = sheet.cell(row, 3, _settings_note(setting))
        remark.font = NOTE_FONT
        validation = _validation(setting)
        if validation is not None:
            sheet.add_data_validation(validation)
            validation.add(value.coordinate)


def _settings_note(setting: Column) -> str:
    allowed = f" ({allowed_text(setting)})" if setting.choices or setting.minimum is not None else ""
    default = default_text(setting)
    blank = "" if not default else (" Required." if setting.required else f" Blank: {default}.")
    return setting.help + allowed + blank


def fill_headers(sheet: Worksheet, table: Table) -> None:
    """The headers of a table, with help, and the rules of its columns."""
    for index, column in enumerate(table.columns, start=1):
        _header(sheet, index, column)
        _prepare_column(sheet, index, column)


def _fill_table(sheet: Worksheet, table: Table, examples: Sequence[ExampleRow]) -> None:
    fill_headers(sheet, table)
    for row, example in enumerate(examples, start=2):
        for index, column in enumerate(table.columns, start=1):
            if column.name in example:
                cell = sheet.cell(row, index)
                _put(cell, column, example[column.name])
                cell.font = EXAMPLE_FONT


def _put(cell: Cell | MergedCell, column: Column, value: str | float | int | bool) -> None:
    """An example value as a person would type it: yes/no, months as dates that Excel shows as 2027-03."""
    if isinstance(value, bool):
        cell.value = "yes" if value else "no"
    elif column.kind == "period" and isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}", value):
        cell.value = date(int(value[:4]), int(value[5:]), 1)
        cell.number_format = PERIOD_FORMAT
    else:
        cell.value = value
        cell.number_format = _number_format(column)


def finish(sheet: Worksheet, table: Table) -> None:
    """Frozen header, filter, widths, colour of the tab, page set-up."""
    sheet.freeze_panes = "A2" if len(table.columns) < 4 else "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(sheet.max_column)}{max(sheet.max_row, 2)}"
    sheet.row_dimensions[1].height = 20
    kind = "required" if table.required else "first plan" if table.name in FIRST_PLAN else "optional"
    sheet.sheet_properties.tabColor = TABS[kind]
    for index in range(1, sheet.max_column + 1):
        letter = get_column_letter(index)
        widest = max(len(str(row[0].value or "")) for row in sheet[f"{letter}1:{letter}{sheet.max_row}"])
        sheet.column_dimensions[letter].width = min(max(widest + 4, 11), 70 if table.name == "Settings" else 36)
    _print_setup(sheet)


def _print_setup(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


# ── Headers ─────────────────────────────────────────────────────────────────────────────────────────


def _header(sheet: Worksheet, index: int, column: Column) -> None:
    cell = sheet.cell(1, index, header_text(column))
    _style_header(cell, column.required)
    if column.kind in ("number", "integer"):
        cell.alignment = Alignment(vertical="center", horizontal="right")
    text = help_text(column)
    cell.comment = Comment(text, "planner", width=300, height=30 + 18 * (text.count("\n") + 1 + len(text) // 45))


def _style_header(cell: Cell | MergedCell, required: bool) -> None:
    cell.fill = REQUIRED_FILL if required else OPTIONAL_FILL
    cell.font = REQUIRED_FONT if required else OPTIONAL_FONT
    cell.alignment = Alignment(vertical="center")
    cell.border = RULE


def header_text(column: Column) -> str:
    """The column's name with its unit in brackets, unless the unit hangs on Settings or says nothing new."""
    unit = column.unit
    return column.name if not unit or column.money or unit in PLAIN_UNITS else f"{column.name} ({unit})"


def help_text(column: Column) -> str:
    """What the comment on a header says: meaning, kind, unit, default, what is allowed."""
    unit, default, allowed = unit_text(column, CURRENCY), default_text(column), allowed_text(column)
    lines = [column.help, f"Kind: {kind_text(column)}"]
    lines += [f"Unit: {unit}"] if unit else []
    lines += [f"Allowed: {allowed}"] if allowed and not column.refers else []
    lines += [f"From: {allowed}"] if column.refers else []
    lines += ["Required"] if column.required else [f"Blank: {default}"] if default else []
    return "\n".join(lines)


# ── Rules of columns ────────────────────────────────────────────────────────────────────────────────


def _prepare_column(sheet: Worksheet, index: int, column: Column) -> None:
    validation = _validation(column)
    if validation is not None:
        letter = get_column_letter(index)
        sheet.add_data_validation(validation)
        validation.add(f"{letter}2:{letter}{LAST_ROW}")


def _validation(column: Column) -> DataValidation | None:
    if column.kind == "yes_no":
        return _drop_down('"yes,no"', "yes or no")
    if column.kind == "choice":
        return _drop_down(f'"{",".join(column.choices)}"', f"one of: {', '.join(column.choices)}")
    if column.kind == "name" and len(column.refers) == 1 and column.refers[0] in _LISTS:
        table = _LISTS[column.refers[0]]
        return _drop_down(_range_name(table), f"a name of the sheet {table}", strict=False)
    if column.kind in ("number", "integer"):
        return _number_rule(column)
    return None


def _drop_down(formula: str, expected: str, strict: bool = True) -> DataValidation:
    """A list to choose from; where not `strict`, another entry is asked about but can be kept."""
    rule = DataValidation(type="list", formula1=formula, allow_blank=True)
    rule.errorStyle = "stop" if strict else "warning"
    rule.errorTitle, rule.error = "Not in the list", f"Expected {expected}."
    rule.showErrorMessage = True
    return rule


def _number_rule(column: Column) -> DataValidation:
    low, high = column.minimum, column.maximum
    rule = DataValidation(type="whole" if column.kind == "integer" else "decimal", allow_blank=True)
    if low is not None and (high is None or column.positive):
        rule.operator = "greaterThan" if column.positive else "greaterThanOrEqual"
        rule.formula1 = f"{low:g}"
    else:
        rule.operator = "between"
        rule.formula1 = f"{low:g}" if low is not None else "-1E+15"
        rule.formula2 = f"{high:g}" if high is not None else "1E+15"
    bounds = allowed_text(column)
    rule.errorTitle = "Not this number"
    rule.error = f"Expected a {kind_text(column)}{', ' + bounds if bounds else ''}."
    rule.showErrorMessage = True
    return rule


def _number_format(column: Column) -> str:
    if column.kind == "integer":
        return "0"
    if column.kind == "number":
        return WHOLE_FORMAT if column.money else NUMBER_FORMAT
    return "General"


# ── Names that drop-downs offer ─────────────────────────────────────────────────────────────────────

# What a column may refer to → the sheet whose first column lists the names.
_LISTS: Mapping[str, str] = {
    "nation": "Nations",
    "item": "Items",
    "node": "Nodes",
    "route": "Routes",
    "line": "Lines",
    "resource": "Resources",
    "commitment": "Commitments",
    "demand": "Demand",
    "fund": "Funds",
    "contingency": "Contingencies",
    "currency": "Currencies",
}


def _range_name(table: str) -> str:
    return f"list_{table.lower()}"


def _named_ranges(tables: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The filled part of each list's first column, growing with it."""
    for table in (name for name in _LISTS.values() if name in tables):
        column = f"{table}!$A$2:$A${LAST_ROW}"
        yield _range_name(table), f"{table}!$A$2:INDEX({column},MAX(1,COUNTA({column})))"
