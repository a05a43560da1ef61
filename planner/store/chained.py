"""Rows that are added and never changed: each signs the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from planner.records.chain import hash_of


def signed(values: dict[str, Any], before: str) -> dict[str, Any]:
    """A row to be added, with the hash of the row before it and its own."""
    row = values | {"before": before}
    return row | {"sha256": hash_of(row)}


def broken(rows: Sequence[Any], names: Sequence[str]) -> Iterator[str]:
    """What of the rows was changed or taken away, a sentence each; `names`: the columns that each row signs."""
    before = ""
    for row in rows:
        if hash_of({name: getattr(row, name) for name in names}) != row.sha256:
            yield f"row {row.id} was changed after it was added"
        if row.before != before:
            yield f"a row before row {row.id} was taken away or changed"
        before = row.sha256
