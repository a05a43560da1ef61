"""A remedy as an option of a copy of the input, so that it can be compared, changed and solved like any other."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl

from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.options.changes.option import read_options
from planner.options.changes.overrides import apply_option
from planner.plan.remedy.levers import DATE, GIVEN, MONEY, Lever
from planner.plan.remedy.results import Raised
from planner.report.words.remedy_words import RemedyWords
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.table import normalise, number_text
from planner.workbook.schema import BY_NAME
from planner.workbook.write.saving import save

OPTIONS = "Options"
COLUMNS = tuple(column.name for column in BY_NAME[OPTIONS].columns)
OptionRow = tuple[str, str, str, str, str, float | str, str]  # as COLUMNS


def require_new(raw: RawInput, name: str) -> None:
    """Raises UsageError where the input has such an option already."""
    if name in read_options(raw) or normalise(name) == "base":
        raise UsageError(f"--as-option: found {name!r}, which is an option of the input already")


def write_option(
    raw: RawInput, name: str, remedy: Raised, words: RemedyWords, folder: Path
) -> tuple[Path, PlanningInstance]:
    """A copy of the input in `folder` with the remedy among its options; and the instance that the option makes of it.

    Raises UsageError where its cells cannot say the remedy.
    """
    rows = [row for lever, rise in remedy[1] for row in _rows(name, lever, rise, words)]
    target = folder / f"with-{raw.path.stem}{raw.path.suffix if not raw.path.is_dir() else ''}"
    if raw.path.is_dir():
        shutil.copytree(raw.path, target)
        _append_to_folder(raw, target, rows)
    else:
        _append_to_workbook(raw, target, rows)
    written = read_raw(target)
    changed = apply_option(read_options(written)[name], written)
    reading = interpret(changed.raw)
    if changed.problems or reading.instance is None:
        problems = [*(problem.message for problem in changed.problems), *map(str, reading.faults)]
        raise UsageError(f"--as-option: an option cannot say this remedy: {'; '.join(problems[:3])}")
    return target, reading.instance


def _rows(name: str, lever: Lever, rise: float, words: RemedyWords) -> Iterator[OptionRow]:
    """The rows of Options that say it: one for each way in which rows of the input that make up the figure are
    distinguished from others.
    """
    cells, horizon = words.instance.cells, words.instance.horizon
    assert cells is not None
    rates = {
        "; ".join(f"{column}={said}" for column, said in row.condition): row.rate for row in cells.rows(lever.field)
    }
    for index, (where, rate) in enumerate(rates.items()):
        said = "" if index else words.rise(lever, rise)
        row = (name, lever.field.table, where, lever.field.column)
        if lever.what == GIVEN:
            yield name, lever.field.table, where, "status", "set", "given", said
            yield name, lever.field.table, where, "from", "set", horizon.label(0), ""
        elif lever.becomes is not None:
            yield *row, "set", lever.becomes, said
        elif lever.what == DATE:
            yield *row, "set", horizon.label(round(float(lever.after(rise))) - 1), said
        elif lever.what == MONEY and lever.value > 0:  # whatever its currency, and in however many rows
            yield *row, "scale", (lever.value + rise) / lever.value, said
        elif not index:
            yield *row, "add", (-rise if lever.falls else rise) / rate, said


def _append_to_workbook(raw: RawInput, target: Path, rows: Sequence[OptionRow]) -> None:
    book = openpyxl.load_workbook(raw.path)
    known = next((name for name in book.sheetnames if normalise(name) == normalise(OPTIONS)), None)
    sheet = book[known] if known else book.create_sheet(OPTIONS)
    if known is None:
        sheet.append(COLUMNS)
    headers = {normalise(cell.value): index for index, cell in enumerate(sheet[1], 1) if cell.value is not None}
    for name in COLUMNS:
        if normalise(name) not in headers:
            headers[normalise(name)] = len(headers) + 1
            sheet.cell(1, headers[normalise(name)], name)
    filled = (number for number, row in enumerate(sheet.values, 1) if any(value is not None for value in row))
    at = 1 + max(filled, default=1)
    for index, row in enumerate(rows):
        for name, value in zip(COLUMNS, row, strict=True):
            if value != "":
                sheet.cell(at + index, headers[normalise(name)], value)
    save(book, target)


def _append_to_folder(raw: RawInput, target: Path, rows: Sequence[OptionRow]) -> None:
    known = raw.table(OPTIONS)
    file = target / (known.file if known is not None and known.file else f"{OPTIONS}.csv")
    header = [str(name or "") for name in known.header] if known is not None else list(COLUMNS)
    missing = [name for name in COLUMNS if normalise(name) not in map(normalise, header)]
    before = [[*map(_text, row), *[""] * len(missing)] for row in (known.rows if known is not None else ())]
    header += missing
    order = [
        next((place for place, name in enumerate(COLUMNS) if normalise(name) == normalise(head)), None)
        for head in header
    ]
    added = [["" if place is None else _text(row[place]) for place in order] for row in rows]
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *before, *added])


def _text(value: object) -> str:
    return "" if value is None else number_text(value) if isinstance(value, float) else str(value)
