"""A record read back from its JSON file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from planner.errors import UsageError
from planner.records.faults import faults_of
from planner.records.model import Record

RecordT = TypeVar("RecordT", bound=Record)


class RecordError(UsageError):
    """A record is damaged; `faults` are (field, what is wrong) of all of it."""

    def __init__(self, path: Path | str, faults: Sequence[tuple[str, str]]) -> None:
        self.path, self.faults = path, tuple(faults)
        super().__init__("\n".join(f"{path}: {field}: {message}" for field, message in self.faults))


def read_record(path: Path, kind: type[RecordT]) -> RecordT:
    """Read a JSON file. Raises UsageError where there is none, RecordError with all that is wrong in it."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror or problem}") from problem
    return record_of(content, kind, path)


def record_of(content: bytes, kind: type[RecordT], path: Path | str) -> RecordT:
    """A record from the bytes of its file; `path` is for people. Raises RecordError."""
    try:
        data: Any = json.loads(content.decode("utf-8"))
    except RecursionError:
        raise UsageError(f"{path} cannot be read: it is no JSON in UTF-8 (nested too deeply)") from None
    except ValueError as problem:  # no JSON, or no UTF-8
        raise UsageError(f"{path} cannot be read: it is no JSON in UTF-8 ({problem})") from problem
    if not isinstance(data, dict):
        raise UsageError(f"{path} is damaged: found a {type(data).__name__}, expected a table")
    try:
        return kind.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        raise RecordError(path, faults_of(error, kind, data, "known field")) from error


def write_record(record: Record, path: Path) -> None:
    """Write a record as JSON, whole."""
    text = json.dumps(record.document(), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
