"""The register of breaches in a run store: rows are added and never changed, and each signs the one before it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from planner.store import schema
from planner.store.chained import broken, signed
from planner.store.database import Database, StoreError

_table = schema.register
_SIGNED = ("entry", "at", "run_sha256", "workbook_sha256", "content", "before")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """What was noted of an entry, when, from which plan and workbook."""

    id: int
    entry: str
    at: str
    run_sha256: str
    workbook_sha256: str
    content: str  # JSON
    before: str
    sha256: str

    @property
    def document(self) -> dict[str, Any]:
        """The breach or departure, as JSON has it."""
        content: dict[str, Any] = json.loads(self.content)
        return content


@dataclass(frozen=True, slots=True)
class ReviewOrigin:
    """When a review was made (UTC), of which plan (SHA-256 of run.json), from which workbook."""

    at: str
    run_sha256: str
    workbook_sha256: str


def read_register(database: Database) -> list[RegisterRow]:
    """Every row in the order in which it was added. Raises StoreError where one was changed or taken away."""
    with database.reading() as connection:
        rows = _rows(connection)
    _require_whole(rows, database)
    return rows


def standing(rows: Sequence[RegisterRow]) -> dict[str, dict[str, Any]]:
    """Entry → what holds of it: the content of its last row. In the order of first appearance."""
    return {row.entry: row.document for row in rows}


def add_to_register(
    database: Database, entries: Mapping[str, Mapping[str, Any]], origin: ReviewOrigin
) -> tuple[int, str]:
    """Add a row for each entry that is new, or of which something else holds now; how many were added, and the last
    row's hash.

    Raises StoreError where a row was changed or taken away: then nothing is added.
    """
    with database.writing() as connection:
        rows = _rows(connection)
        _require_whole(rows, database)
        known, before = {row.entry: row.content for row in rows}, rows[-1].sha256 if rows else ""
        added = 0
        for entry, document in entries.items():
            content = json.dumps(document, ensure_ascii=False, sort_keys=True, allow_nan=False)
            if known.get(entry) == content:
                continue
            values = {
                "entry": entry,
                "at": origin.at,
                "run_sha256": origin.run_sha256,
                "workbook_sha256": origin.workbook_sha256,
                "content": content,
            }
            row = signed(values, before)
            connection.execute(_table.insert(), row)
            before = row["sha256"]
            added += 1
    return added, before


def _rows(connection: sa.Connection) -> list[RegisterRow]:
    return [RegisterRow(**row._mapping) for row in connection.execute(sa.select(_table).order_by(_table.c.id))]


def _require_whole(rows: Sequence[RegisterRow], database: Database) -> None:
    fault = next(broken(rows, _SIGNED), None)
    if fault is not None:
        raise StoreError(f"the register in {database.address.shown} is damaged: {fault}; nothing was added")
