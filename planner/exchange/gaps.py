"""What nobody said: nations that are silent, placeholders in use, names that nobody states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from planner.errors import Fault
from planner.exchange.merge.merged import CellPlace, MergedTables
from planner.exchange.rights import CELL, names_in
from planner.workbook.names.names import SET_TITLES, NameSets
from planner.workbook.reading.reader import TypedWorkbook
from planner.workbook.reading.table import cell_name
from planner.workbook.schema import BY_NAME, Column

# Kinds of gaps, and what the coordination cell learns of each.
KINDS: Mapping[str, str] = {
    "silent": "Nations that sent nothing",
    "placeholder": "Placeholders of the coordination cell in use",
    "unclaimed": "Nodes of which nobody says which nation holds them",
    "reference": "Names that nobody states",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """`kind`: silent (a nation sent nothing), placeholder (the cell stands in for `nation`), unclaimed (a nation states
    a node and does not say that it holds it), reference (a name that nobody states). `sheet` and `cell` are of the
    merged input; `message` says it to people."""

    kind: str
    nation: str
    sheet: str
    cell: str
    message: str


def silent_nations(nations: Iterable[str], speakers: Iterable[str]) -> list[Gap]:
    """Nations of which no workbook came."""
    heard = set(speakers)
    return [Gap("silent", nation, "", "", f"{nation} sent nothing") for nation in nations if nation not in heard]


def placeholders(merged: MergedTables) -> list[Gap]:
    """Rows in which the coordination cell stands in for the nation that should speak."""
    gaps = []
    for (sheet, number), row in merged.rows.items():
        if row.placeholder:
            whose = " and ".join(sorted(row.owners))
            columns = ", ".join(name.lstrip("@") for name in row.placeholder)
            message = f"{row.words}: the cell stands in for {whose} with {columns}"
            gaps.append(Gap("placeholder", whose, sheet, cell_name(number - 1, 0), message))
    return gaps


def unclaimed_nodes(merged: MergedTables, speakers: Mapping[str, str]) -> list[Gap]:
    """Nodes that a nation states (`speakers`: file → who speaks in it) without saying whose they are."""
    gaps = []
    for (sheet, number), row in merged.rows.items():
        if sheet != "Nodes" or "nation" in row.cells:
            continue
        statement = next(iter(row.cells.values()))
        speaker = speakers[statement.file]
        if speaker != CELL:
            message = f"{statement.place}: {speaker} states {row.words}, and nobody says which nation holds it"
            gaps.append(Gap("unclaimed", speaker, sheet, cell_name(number - 1, 0), message))
    return gaps


def unstated_references(merged: MergedTables, book: TypedWorkbook) -> dict[CellPlace, Gap]:
    """Every cell of the merged input with a name that nobody states, by its place."""
    gaps: dict[CellPlace, Gap] = {}
    for sheet, texts in merged.texts.items():
        columns = {place: column for place, column in enumerate(texts[0]) if column in _columns(sheet)}
        for number, row in enumerate(texts[1:], start=1):
            for place, name in columns.items():
                column = _columns(sheet)[name]
                missing = [each for each in names_in(column, row[place]) if not _known(book.names, column, each)]
                if missing:
                    cell = cell_name(number, place)
                    sets = " or ".join(dict.fromkeys(SET_TITLES[kind][0] for kind in column.refers))
                    statement = merged.statements[sheet, cell]
                    message = f"{statement.place} names {', '.join(missing)}, a {sets} that nobody states"
                    gaps[sheet, cell] = Gap("reference", "", sheet, cell, message)
    return gaps


def _columns(sheet: str) -> Mapping[str, Column]:
    return {column.name: column for column in BY_NAME[sheet].columns if column.refers}


def _known(names: NameSets, column: Column, name: str) -> bool:
    return names.knows(name, column.refers)


def beside(faults: Iterable[Fault], gaps: Mapping[CellPlace, Gap]) -> Iterator[Fault]:
    """The faults of the merged input that are no missing reference."""
    return (fault for fault in faults if (fault.sheet or "", fault.cell or "") not in gaps)
