"""The workbooks that were sent: who speaks in each, what each says, and what is wrong with its cells."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from planner.errors import Fault, InputError
from planner.exchange.merge.statements import StatedRow, StatementSheet, is_wide, stays_wide
from planner.exchange.rights import CELL
from planner.workbook.names.names import suggestion
from planner.workbook.reading.collect import FaultList
from planner.workbook.reading.periods import NEVER, PeriodReader, show
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.reader import match_sheets, no_input
from planner.workbook.reading.settings import SettingValues, read_settings
from planner.workbook.reading.spelling import Meaning, row_texts
from planner.workbook.reading.table import RawTable, is_hidden, normalise
from planner.workbook.reading.typed import read_table
from planner.workbook.schema import BY_NAME, TABLES

SPEAKER = "statedby"  # the setting, normalised


@dataclass(frozen=True)
class Sender:
    """One workbook: `speaker` is a nation, or the cell; `file` tells it from the others."""

    speaker: str
    file: str
    path: Path
    raw: RawInput
    sheets: dict[str, RawTable]

    def sheet(self, table: str) -> StatementSheet:
        """What it sent of a table of the contract. Raises KeyError where it sent none."""
        return StatementSheet(self.speaker, self.file, BY_NAME[table], self.sheets[table], self.raw.path.is_dir())


def read_senders(paths: Sequence[Path]) -> list[Sender]:
    """Every workbook with its speaker.

    Raises InputError, which names each that cannot be read or does not say who speaks.
    """
    senders, faults = [], []
    for path, file in zip(paths, _distinct_names(paths), strict=True):
        raw = read_raw(path)
        other = no_input(raw)
        faults_of_file = FaultList(raw.faults if other is None else [other])
        read = raw.tables and other is None
        sheets, _ = match_sheets(raw, faults_of_file) if read else ({}, set())
        faults += [with_file(fault, file, raw) for fault in faults_of_file.errors]
        speaker = _speaker(sheets, file, faults) if read else None
        if speaker is not None:
            senders.append(Sender(speaker, file, path, raw, sheets))
    if faults:
        raise InputError(faults)
    return senders


def _distinct_names(paths: Sequence[Path]) -> list[str]:
    """The shortest ends of the paths that tell them apart."""
    files = [path.resolve() for path in paths]
    for length in range(1, max((len(path.parts) for path in files), default=1)):
        ends = ["/".join(path.parts[-length:]) for path in files]
        if len(set(ends)) == len(ends):
            return ends
    return [str(path) for path in files]


def with_file(fault: Fault, file: str, raw: RawInput) -> Fault:
    """A fault of one workbook, with its file before its place."""
    mark = "/" if raw.path.is_dir() else " "
    place = file if fault.place == raw.path.name else f"{file}{mark}{fault.place}"
    return replace(fault, place=place, sheet=None, cell=None)


def _speaker(sheets: dict[str, RawTable], file: str, faults: list[Fault]) -> str | None:
    """Who speaks, by the setting stated_by; a fault that tells how where nobody is named."""
    how = "expected a row with stated_by and a nation of Nations, or cell for the coordination cell"
    sheet = sheets.get("Settings")
    if sheet is None:
        faults.append(Fault(file, f"does not say who states it: there is no sheet Settings; {how}"))
        return None
    known = [normalise(name) if name is not None else "" for name in sheet.header]
    if not {"key", "value"} <= set(known):
        faults.append(Fault(file, f"does not say who states it: Settings has no columns key and value; {how}"))
        return None
    key, value = known.index("key"), known.index("value")
    for row in sheet.rows:
        if row[key] is not None and normalise(row[key]) == SPEAKER and row[value] is not None:
            name = str(row[value])
            return CELL if name.casefold() == CELL else name
    faults.append(Fault(file, f"does not say who states it: Settings has no stated_by; {how}"))
    return None


@dataclass(frozen=True)
class Statements:
    """All rows by table, and how their cells are read. `wide`: the tables that keep a column for each period.

    `faults` name every cell that is none of its column (numbers, units, periods, unknown columns) and every reference
    that goes by a row's number.
    """

    rows: dict[str, list[StatedRow]]
    wide: frozenset[str]
    meaning: Meaning
    faults: tuple[Fault, ...]


def read_statements(senders: Sequence[Sender], settings: SettingValues) -> Statements:
    """What all senders say, on the calendar of the merged `settings`. What a cell refers to is not asked here."""
    horizon, meaning = settings.horizon(), Meaning(settings.horizon())
    faults: list[Fault] = []
    for sender in senders:
        faults += _cell_faults(sender, settings.currency, PeriodReader(horizon, _events(senders), False))
    rows: dict[str, list[StatedRow]] = {}
    wide = set()
    for table in TABLES:
        sheets = [sender.sheet(table.name) for sender in senders if table.name in sender.sheets]
        if stays_wide(table) and any(is_wide(table, sheet.raw) for sheet in sheets):
            wide.add(table.name)
        rows[table.name] = [row for sheet in sheets for row in sheet.rows(meaning, table.name in wide)]
    rows["Settings"] = [row for row in rows["Settings"] if row.key != (SPEAKER,)]
    return Statements(rows, frozenset(wide), meaning, (*faults, *_named_by_row(rows)))


def _named_by_row(rows: Mapping[str, Sequence[StatedRow]]) -> list[Fault]:
    """References to a demand without a name, by the number of its row: a merge would lead them to another."""
    names = {row.texts.get("demand") for row in rows["Demand"]}
    return [
        Fault(
            statement.place,
            f"found {show(statement.text)}, which goes by a row's number; expected a name, given to that demand",
        )
        for table in ("Locks", "Actuals")
        for row in rows[table]
        for column, statement in row.cells.items()
        if column == "demand" and statement.text not in names and re.fullmatch(r"Demand \d+", statement.text)
    ]


def _events(senders: Iterable[Sender]) -> dict[str, object]:
    """The names of events; when they happen is not asked here."""
    plain = Meaning(None)
    stated = (row.texts for s in senders if "Events" in s.sheets for row in s.sheet("Events").rows(plain, False))
    return {texts["event"]: NEVER for texts in stated if "event" in texts}


def _cell_faults(sender: Sender, currency: str | None, periods: PeriodReader) -> list[Fault]:
    """The faults of headers and of single cells. Nothing is required here: where one is silent, another may speak."""
    faults_of_cells = FaultList((), [sheet.name for sheet in sender.raw.tables])
    for name, sheet in sender.sheets.items():
        if name == "Settings":
            continue  # checked when they are merged
        table = BY_NAME[name]
        lenient = replace(table, columns=tuple(replace(column, required=False) for column in table.columns))
        read_table(lenient, sheet, sender.raw.textual, currency, periods, faults_of_cells)
    return [with_file(fault, sender.file, sender.raw) for fault in faults_of_cells.errors]


def stated_settings(senders: Iterable[Sender]) -> list[StatedRow]:
    """The rows of all sheets Settings, but for who speaks."""
    plain = Meaning(None)
    rows = [row for sender in senders for row in sender.sheet("Settings").rows(plain, False)]
    return [row for row in rows if row.key != (SPEAKER,)]


def merged_settings(rows: Iterable[StatedRow]) -> SettingValues:
    """The values of the settings, the first that is said of each;
    faults are found when the merged tables are checked.
    """
    stated_by: dict[object, tuple[str, str]] = {}
    for row in rows:
        if "key" in row.texts and "value" in row.texts:
            stated_by.setdefault(row.key, (row.texts["key"], row.texts["value"]))
    header = ("key", "value")
    sheet = RawTable("Settings", "settings", header, tuple(stated_by.values()), "Settings.csv")
    table = read_table(BY_NAME["Settings"], sheet, True, None, PeriodReader(None), FaultList())
    return read_settings(table, True, FaultList())


def unknown_speakers(senders: Sequence[Sender], nations: Iterable[str]) -> list[Fault]:
    """Senders that no workbook knows as a nation."""
    known = sorted(nations)
    faults = []
    for sender in senders:
        if sender.speaker != CELL and sender.speaker not in known:
            hint = suggestion(sender.speaker, [*known, CELL])
            message = f"is stated by {sender.speaker!r}, which no workbook names in Nations{hint}"
            faults.append(Fault(sender.file, message))
    return faults


def note_sheets(senders: Iterable[Sender]) -> dict[str, list[list[str]]]:
    """Sheet → its rows of text: the sheets of notes, each nation's under its name; what starts with # stays behind."""
    sheets: dict[str, list[list[str]]] = {}
    for sender in senders:
        for note in sender.raw.notes:
            if is_hidden(note.name) or not note.header:
                continue
            plain = note.name if sender.speaker == CELL else f"notes {sender.speaker}"
            names = (plain if number == 1 else f"{plain} {number}" for number in itertools.count(1))
            sheets[next(name for name in names if name not in sheets)] = row_texts(note)
    return sheets
