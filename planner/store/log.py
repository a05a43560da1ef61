"""The log of the desk: who changed or approved what, and when.

Rows are only added, and each signs the one before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from planner.store import schema
from planner.store.chained import broken, signed
from planner.store.database import Database
from planner.store.moments import moment

_table = schema.log
_SIGNED = ("at", "who", "what", "content", "before")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done."""

    id: int
    at: str
    who: str
    what: str
    content: str  # JSON
    before: str
    sha256: str

    @property
    def document(self) -> dict[str, Any]:
        """What was recorded, as JSON has it."""
        content: dict[str, Any] = json.loads(self.content)
        return content


def note(connection: sa.Connection, who: str, what: str, content: Mapping[str, Any]) -> None:
    """Add to the log, in the transaction in which the thing itself is done."""
    before = connection.scalar(sa.select(_table.c.sha256).order_by(_table.c.id.desc()).limit(1)) or ""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False)
    values = {"at": moment(datetime.now(UTC)), "who": who, "what": what, "content": text}
    connection.execute(_table.insert(), signed(values, before))


def read_log(database: Database, most: int) -> tuple[list[Event], str]:
    """The newest events, the newest first, and what is wrong with the log (blank: nothing; all of it is looked
    through).
    """
    with database.reading() as connection:
        rows = [Event(**row._mapping) for row in connection.execute(sa.select(_table).order_by(_table.c.id))]
    return rows[: -most - 1 : -1], next(broken(rows, _SIGNED), "")
