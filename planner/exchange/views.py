"""Which rows of an input a nation may see: its own, and what the policy gives it beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from planner.exchange.merge.sources import SPEAKER
from planner.exchange.policy import SUMMED_INPUT, DisclosurePolicy
from planner.exchange.rights import CELL, RowTexts, Territory
from planner.workbook.reading.raw import RawInput
from planner.workbook.reading.spelling import row_texts
from planner.workbook.reading.table import RawTable, is_hidden, normalise, number_text
from planner.workbook.schema import BY_NAME, TABLES, Table

SheetTexts = list[list[str]]  # header and rows of a sheet, as CSV text
Sum = tuple[str, str]  # item and period


@dataclass(frozen=True)
class Reader:
    """Who looks: a nation, or the cell, which owns what no nation owns."""

    name: str
    territory: Territory

    def owns(self, owners: frozenset[str]) -> bool:
        """Is it theirs: of the nation that looks, or (the cell) of nobody?"""
        return self.name in owners or (self.name == CELL and not owners)

    def may_see(self, owners: frozenset[str], concerned: Iterable[str], level: str) -> bool:
        """One row: its own; of the cell's, all or those that concern it alone. Never another nation's."""
        if self.owns(owners):
            return True
        if owners or level == "withhold":
            return False
        return level == "all" or set(concerned) == {self.name}


def territory_of(raw: RawInput) -> Territory:
    """Whose everything is in one input."""
    rows = ((CELL, table.name, row) for table in TABLES for _, row in _rows(table, raw.table(table.name)))
    return Territory(rows)


def input_view(raw: RawInput, reader: Reader, policy: DisclosurePolicy) -> dict[str, SheetTexts]:
    """The sheets that `reader` may see; sums of others' rows on sheets `#others TABLE`, which no reader takes for
    data.
    """
    view: dict[str, SheetTexts] = {}
    for table in TABLES:
        sheet = raw.table(table.name)
        if sheet is not None and sheet.header:
            texts = _own_part(table, sheet, reader, policy)
            if len(texts) > 1:
                view[table.name] = texts
            if policy.of_input(table.name) == "aggregate" and reader.name != CELL:
                view[f"#others {table.name}"] = _others(table, sheet, reader, policy)
    view["Settings"] = _signed(view.get("Settings", [["key", "value"]]), reader.name)
    notes = (note for note in raw.notes if not is_hidden(note.name) and note.header)
    return view | {note.name: row_texts(note) for note in notes if _writer(note.name, reader) == reader.name}


def seen_codes(raw: RawInput, table: str, reader: Reader, policy: DisclosurePolicy) -> frozenset[str]:
    """The codes of a table (of its first column) whose rows `reader` sees in `input_view`."""
    known, sheet = BY_NAME[table], raw.table(table)
    if sheet is None or not sheet.header:
        return frozenset()
    header, *rows = _own_part(known, sheet, reader, policy)
    at = next((at for at, name in enumerate(header) if normalise(name) == normalise(known.columns[0].name)), None)
    return frozenset() if at is None else frozenset(row[at] for row in rows)


def _writer(sheet: str, reader: Reader) -> str:
    """Who wrote a sheet of notes: the nation after which a merge has called it, else the cell."""
    words = sheet.split()
    return words[1] if len(words) > 1 and words[1] in reader.territory.nations else CELL


def _own_part(table: Table, sheet: RawTable, reader: Reader, policy: DisclosurePolicy) -> SheetTexts:
    """Header and the rows that may be seen; of notes, only those beside the reader's own rows,
    if the policy says so.
    """
    keep_notes = policy.notes or reader.name == CELL
    hidden = {at for at in sheet.note_columns if is_hidden(str(sheet.header[at]))}
    columns = [at for at in range(len(sheet.header)) if at not in (hidden if keep_notes else sheet.note_columns)]
    header, *texts = row_texts(sheet)
    view = [[header[at] for at in columns]]
    level = policy.of_input(table.name)
    for number, row in _rows(table, sheet):
        owners = reader.territory.owners(table.name, row)
        if reader.may_see(owners, reader.territory.concerned(table.name, row), level):
            owned = reader.owns(owners)
            view.append([texts[number][at] if owned or at not in sheet.note_columns else "" for at in columns])
    return view


def _others(table: Table, sheet: RawTable, reader: Reader, policy: DisclosurePolicy) -> SheetTexts:
    """Other nations' quantities by item and period, where enough nations are in the sum."""
    sums = Sums(policy.least_nations)
    column = SUMMED_INPUT[table.name]
    for _, row in _rows(table, sheet):
        owners = reader.territory.owners(table.name, row)
        if owners and reader.name not in owners:
            for period, quantity in _quantities(table, row):
                sums.add((row.get("item", ""), period), owners, quantity)
    rows = [[item, period, number_text(total)] for (item, period), total in sums.given()]
    return [["item", column, "quantity"], *rows]


class Sums:
    """Sums of other nations' figures; those in which too few nations have a part are not given."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._parts: dict[Sum, dict[frozenset[str], float]] = defaultdict(lambda: defaultdict(float))

    def add(self, key: Sum, owners: frozenset[str], quantity: float) -> None:
        """Add a figure of `owners` to the sum of its item and period."""
        self._parts[key][owners] += quantity

    def given(self) -> Iterator[tuple[Sum, float]]:
        """Item and period with the sum, where so many nations as the policy asks for have a part that is not 0."""
        for key, parts in self._parts.items():
            nations = {nation for owners, quantity in parts.items() if quantity for nation in owners}
            if len(nations) >= self._least:
                yield key, sum(parts.values())


def _quantities(table: Table, row: RowTexts) -> Iterator[tuple[str, float]]:
    """Period and quantity of a row: of a wide one, each of its columns of periods."""
    columns = {column.name for column in table.columns}
    wide = {name: text for name, text in row.items() if name not in columns}
    for period, text in wide.items() if "quantity" not in row else [(row.get("period", ""), row["quantity"])]:
        try:
            yield period, float(text)
        except ValueError:  # the input has been checked: this is a column of notes
            continue


def _rows(table: Table, sheet: RawTable | None) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and filled cells of each row that is not blank, by column of the schema (of others, by their header)."""
    if sheet is None:
        return
    known = {normalise(column.name): column.name for column in table.columns}
    header, *texts = row_texts(sheet)
    names = [known.get(normalise(name), name) for name in header]
    for number, cells in enumerate(texts):
        filled = {name: text for at, (name, text) in enumerate(zip(names, cells, strict=True))
                  if text and name and at not in sheet.note_columns}  # fmt: skip
        if filled:
            yield number, filled


def _signed(settings: SheetTexts, speaker: str) -> SheetTexts:
    """The settings, with who states them."""
    header, *rows = settings
    key, value = (
        next(at for at, name in enumerate(header) if normalise(name) == wanted) for wanted in ("key", "value")
    )
    other_rows = [row for row in rows if normalise(row[key]) != SPEAKER]
    labels = [""] * len(header)
    labels[key], labels[value] = "stated_by", speaker
    return [header, *other_rows, labels]


def known_nations(raw: RawInput) -> Mapping[str, str]:
    """Nation → its full name, blank where none is filled in."""
    sheet = raw.table("Nations")
    return {row["nation"]: row.get("name", "") for _, row in _rows(BY_NAME["Nations"], sheet) if "nation" in row}
